//! Login with Amazon: our client, and the audiences whose tokens are accepted.
//!
//! In development the client is the simulator's unless one is set. Production rejects that client (S140).

mod endpoints;

use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};

use super::parse::{self, ParseResult};
use super::reader::{ReadResult, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::{Value, Words};
use super::{http, strength};

pub(super) use self::endpoints::SETTINGS as ENDPOINT_SETTINGS;
pub use self::endpoints::{EndpointsConfig, Region};

/// Our registration at Amazon, with Amazon's addresses.
#[derive(Debug)]
pub struct AmazonConfig {
    pub client_id: String,
    pub client_secret: SecretString,
    /// The client for linking by code, which has no secret.
    pub device_client_id: Option<String>,
    /// The client ids whose tokens are accepted, compared whole (S74). Never empty; includes the device client.
    pub audiences: Vec<String>,
    /// Scopes separated by one space, `profile` among them.
    pub scope: String,
    pub endpoints: EndpointsConfig,
    /// Where the built-in simulator listens; `None` when it is off.
    pub simulator_listen: Option<SocketAddr>,
}

/// The simulator's client for the portal. Its secret is public.
#[cfg(feature = "simulator")]
pub mod simulated {
    pub const CLIENT_ID: &str = "amzn1.application-oa2-client.646f76657461696c0000000000000001";
    pub const CLIENT_SECRET: &str =
        "amzn1.oa2-cs.v1.646f76657461696c000000000000000000000000000000000000000000000001";
}

static CLIENT_ID: Setting = Setting::new(
    "DOVETAIL_AMAZON_CLIENT_ID",
    Words("the simulator's"),
    "client id of the security profile (`amzn1.application-oa2-client.…`)",
)
.required();
static CLIENT_SECRET: Setting =
    Setting::new("DOVETAIL_AMAZON_CLIENT_SECRET", Words("the simulator's"), "secret of that client")
        .required()
        .secret();
static DEVICE_CLIENT_ID: Setting = Setting::new(
    "DOVETAIL_AMAZON_DEVICE_CLIENT_ID",
    Words("none"),
    "the client of code linking, which has no secret; an audience too",
);
static AUDIENCES: Setting = Setting::new(
    "DOVETAIL_AMAZON_AUDIENCES",
    Words("the client id"),
    "comma list of client ids whose tokens are believed",
);
static SCOPE: Setting =
    Setting::new("DOVETAIL_AMAZON_SCOPE", Value("profile"), "`profile`, or `games::prime profile` for Prime");
static SIMULATOR: Setting = Setting::new(
    "DOVETAIL_SIMULATOR",
    Words("`on` in development"),
    "`off` to use real addresses in development; refused in production",
);
static SIMULATOR_LISTEN: Setting = Setting::new(
    "DOVETAIL_SIMULATOR_LISTEN",
    Value("127.0.0.1:8081"),
    "address and port of the Amazon simulator",
);

pub(super) static SETTINGS: &[&Setting] =
    &[&CLIENT_ID, &CLIENT_SECRET, &DEVICE_CLIENT_ID, &AUDIENCES, &SCOPE, &SIMULATOR, &SIMULATOR_LISTEN];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<AmazonConfig> {
    let is_simulated = is_simulated(reader);
    let simulator_listen = http::listener(reader, &SIMULATOR_LISTEN);
    let (client_id, client_secret) = own_client(reader, is_simulated);
    let device_client_id = reader.optional(&DEVICE_CLIENT_ID, client_id_text);
    let audiences = reader.optional(&AUDIENCES, |text| parse::list_of(text, client_id_text));
    let scope = reader.value(&SCOPE, scope);
    let simulator = simulator_listen.as_ref().ok().copied().filter(|_| is_simulated);
    let endpoints = endpoints::read(reader, simulator);
    simulator_listen?;
    let (client_id, device_client_id) = (client_id?, device_client_id?);
    let mut audiences = audiences?.unwrap_or_else(|| vec![client_id.clone()]);
    audiences.extend(device_client_id.clone().filter(|id| !audiences.contains(id)));
    reader.show(&AUDIENCES, audiences.join(","));
    Ok(AmazonConfig {
        client_id,
        client_secret: client_secret?,
        device_client_id,
        audiences,
        scope: scope?,
        endpoints: endpoints?,
        simulator_listen: simulator,
    })
}

/// Whether the simulator is on.
///
/// If it may not be (S140), the problem is recorded, and the other settings are read as if it may.
fn is_simulated(reader: &mut SettingReader) -> bool {
    let is_built_in = cfg!(feature = "simulator");
    let wanted = reader.optional(&SIMULATOR, parse::switch).ok().flatten();
    let is_on = wanted.unwrap_or(is_built_in && !reader.is_production());
    reader.show(&SIMULATOR, if is_on { "on" } else { "off" });
    if is_on && reader.is_production() {
        reader.refuse(&SIMULATOR, "must be off in production");
    } else if is_on && !is_built_in {
        reader.refuse(&SIMULATOR, "is on, but this build has no simulator");
    }
    is_on
}

fn own_client(
    reader: &mut SettingReader,
    is_simulated: bool,
) -> (ReadResult<String>, ReadResult<SecretString>) {
    let id = own_client_id(reader);
    let secret = own_client_secret(reader);
    #[cfg(feature = "simulator")]
    if is_simulated {
        let id = id.map(|id| id.unwrap_or_else(|| simulated::CLIENT_ID.to_owned()));
        if let Ok(id) = &id {
            reader.show(&CLIENT_ID, id.as_str());
        }
        if let Ok(None) = secret {
            reader.show(&CLIENT_SECRET, "set (the simulator's)");
        }
        return (id, secret.map(|secret| secret.unwrap_or_else(|| simulated::CLIENT_SECRET.into())));
    }
    let says = if is_simulated { "must be set" } else { "must be set when the simulator is off" };
    let id = id.and_then(|id| id.ok_or_else(|| reader.refuse(&CLIENT_ID, says)));
    let secret = secret.and_then(|secret| secret.ok_or_else(|| reader.refuse(&CLIENT_SECRET, says)));
    (id, secret)
}

fn own_client_id(reader: &mut SettingReader) -> ReadResult<Option<String>> {
    let found = reader.optional(&CLIENT_ID, client_id_text)?;
    #[cfg(feature = "simulator")]
    if reader.is_production() && found.as_deref() == Some(simulated::CLIENT_ID) {
        return Err(reader.refuse(&CLIENT_ID, "is the simulator's"));
    }
    Ok(found)
}

fn own_client_secret(reader: &mut SettingReader) -> ReadResult<Option<SecretString>> {
    let found = reader.optional(&CLIENT_SECRET, |text| Ok(SecretString::from(text)))?;
    if let Some(secret) = &found {
        let text = secret.expose_secret();
        let random = text.strip_prefix("amzn1.oa2-cs.v1.").unwrap_or(text);
        if let Some(weakness) = strength::text_weakness(random, 32).filter(|_| reader.is_production()) {
            return Err(reader.refuse(&CLIENT_SECRET, weakness));
        }
        reader.remember_secret(&CLIENT_SECRET, text.as_bytes());
    }
    Ok(found)
}

/// Accepts one opaque word of at most 100 bytes, the limit that Amazon documents.
fn client_id_text(text: &str) -> ParseResult<String> {
    let is_one_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    // Some copies of Amazon's documentation have the letter l in place of the digit 1.
    if text.len() > 100 || !is_one_word || text.starts_with("amznl.") {
        return Err("is not a client id such as amzn1.application-oa2-client.…".to_owned());
    }
    Ok(text.to_owned())
}

fn scope(text: &str) -> ParseResult<String> {
    let scopes: Vec<&str> = text.split(' ').collect();
    if scopes.iter().any(|scope| scope.is_empty()) {
        return Err("must be scopes separated by one blank".to_owned());
    }
    if !scopes.contains(&"profile") {
        return Err("must contain profile".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_one_word() {
        assert!(client_id_text("amzn1.application-oa2-client.00ff").is_ok());
        for wrong in
            ["a b", "[\"amzn1.application-oa2-client.00ff\"]", "amznl.application-oa2-client.00", "é"]
        {
            assert!(client_id_text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_scope_without_profile_is_refused() {
        assert!(scope("games::prime profile").is_ok());
        for wrong in ["games::prime", "profile  games::prime", "profiles"] {
            assert!(scope(wrong).is_err(), "{wrong}");
        }
    }
}
