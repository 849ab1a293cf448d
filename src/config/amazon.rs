//! Login with Amazon: our client, and the audiences whose tokens are accepted.
//!
//! In development the client is the simulator's unless one is set. Production rejects that client (S140).

mod endpoints;

use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};

use self::endpoints::EndpointSettings;
use super::parse::{ParseResult, ParseRules, SettingValue};
use super::reader::{ReadResult, SettingReader};
use super::setting::{Setting, SettingGroup, default, or_else, settings};
use super::strength;

pub use self::endpoints::EndpointsConfig;

settings! {
    struct AmazonSettings {
        /// client id of the security profile (`amzn1.application-oa2-client.…`)
        client_id: Option<ClientId> = DOVETAIL_AMAZON_CLIENT_ID, or_else("the simulator's").required();
        /// secret of that client
        client_secret: Option<SecretString> =
            DOVETAIL_AMAZON_CLIENT_SECRET, or_else("the simulator's").required().secret();
        /// the client of code linking, which has no secret; an audience too
        device_client_id: Option<ClientId> = DOVETAIL_AMAZON_DEVICE_CLIENT_ID, or_else("none");
        /// comma list of client ids whose tokens are believed
        audiences: Vec<ClientId> = DOVETAIL_AMAZON_AUDIENCES, or_else("the client id");
        /// `profile`; `profile:user_id` for the id alone; `games::prime profile` for Prime; each also with `postal_code`
        scope: String = DOVETAIL_AMAZON_SCOPE, default("profile"), by scope;
        /// `off` to use real addresses in development; refused in production
        simulator: Option<bool> = DOVETAIL_SIMULATOR, or_else("`on` in development");
        /// address and port of the Amazon simulator
        simulator_listen: SocketAddr = DOVETAIL_SIMULATOR_LISTEN, default("127.0.0.1:8081");
        /// comma list of return URLs that the simulator takes beside the portal's own, for other programs
        simulator_return_urls: Vec<ReturnUrl> = DOVETAIL_SIMULATOR_RETURN_URLS, or_else("none");
        endpoints: EndpointSettings;
    }
}

/// Our registration at Amazon, with Amazon's addresses.
#[derive(Debug)]
pub struct AmazonConfig {
    pub client_id: String,
    pub client_secret: SecretString,
    /// The client for linking by code, which has no secret.
    pub device_client_id: Option<String>,
    /// The client ids whose tokens are accepted, compared whole (S74). Never empty; includes the device client.
    pub audiences: Vec<String>,
    /// Scopes separated by one space, `profile` or `profile:user_id` among them.
    pub scope: String,
    pub endpoints: EndpointsConfig,
    /// Where the built-in simulator listens; `None` when it is off.
    pub simulator_listen: Option<SocketAddr>,
    /// What the simulator takes as return URL beside the portal's own, letter by letter.
    #[cfg_attr(not(feature = "simulator"), expect(dead_code, reason = "only the simulator reads it"))]
    pub simulator_return_urls: Vec<String>,
}

/// The simulator's client for the portal. Its secret is public.
#[cfg(feature = "simulator")]
pub mod simulated {
    pub const CLIENT_ID: &str = "amzn1.application-oa2-client.646f76657461696c0000000000000001";
    pub const CLIENT_SECRET: &str =
        "amzn1.oa2-cs.v1.646f76657461696c000000000000000000000000000000000000000000000001";
}

impl SettingGroup for AmazonConfig {
    fn settings() -> Vec<&'static Setting> {
        AmazonSettings::settings()
    }

    fn read(reader: &mut SettingReader) -> ReadResult<Self> {
        let given = AmazonSettings::read(reader)?;
        let is_simulated = is_simulated(reader, given.simulator);
        let client = client(reader, is_simulated, given.client_id, given.client_secret);
        let simulator_listen = is_simulated.then_some(given.simulator_listen);
        let endpoints = given.endpoints.resolve(reader, simulator_listen);
        let (client_id, client_secret) = client?;
        let device_client_id = given.device_client_id.map(|id| id.0);
        let mut audiences: Vec<String> = given.audiences.into_iter().map(|id| id.0).collect();
        if audiences.is_empty() {
            audiences.push(client_id.clone());
        }
        audiences.extend(device_client_id.clone().filter(|id| !audiences.contains(id)));
        reader.show(&DOVETAIL_AMAZON_AUDIENCES, audiences.join(","));
        Ok(Self {
            client_id,
            client_secret,
            device_client_id,
            audiences,
            scope: given.scope,
            endpoints: endpoints?,
            simulator_listen,
            simulator_return_urls: given.simulator_return_urls.into_iter().map(|url| url.0).collect(),
        })
    }
}

/// Whether the simulator is on.
///
/// If it may not be (S140), the problem is recorded, and the other settings are checked as if it may.
fn is_simulated(reader: &mut SettingReader, wanted: Option<bool>) -> bool {
    let is_built_in = cfg!(feature = "simulator");
    let is_on = wanted.unwrap_or(is_built_in && !reader.is_production());
    reader.show(&DOVETAIL_SIMULATOR, if is_on { "on" } else { "off" });
    if is_on && reader.is_production() {
        reader.refuse(&DOVETAIL_SIMULATOR, "must be off in production");
    } else if is_on && !is_built_in {
        reader.refuse(&DOVETAIL_SIMULATOR, "is on, but this build has no simulator");
    }
    is_on
}

/// The id and the secret of our client: the simulator's, where the simulator is on and none is given.
fn client(
    reader: &mut SettingReader,
    is_simulated: bool,
    id: Option<ClientId>,
    secret: Option<SecretString>,
) -> ReadResult<(String, SecretString)> {
    if let Some(secret) = &secret {
        check_client_secret(reader, secret);
    }
    #[cfg(feature = "simulator")]
    if is_simulated {
        let id = id.map_or_else(|| simulated::CLIENT_ID.to_owned(), |id| id.0);
        reader.show(&DOVETAIL_AMAZON_CLIENT_ID, id.as_str());
        if secret.is_none() {
            reader.show(&DOVETAIL_AMAZON_CLIENT_SECRET, "set (the simulator's)");
        }
        return Ok((id, secret.unwrap_or_else(|| simulated::CLIENT_SECRET.into())));
    }
    #[cfg(feature = "simulator")]
    if reader.is_production() && id.as_ref().is_some_and(|id| id.0 == simulated::CLIENT_ID) {
        return Err(reader.refuse(&DOVETAIL_AMAZON_CLIENT_ID, "is the simulator's"));
    }
    let says = if is_simulated { "must be set" } else { "must be set when the simulator is off" };
    let id = id.ok_or_else(|| reader.refuse(&DOVETAIL_AMAZON_CLIENT_ID, says));
    let secret = secret.ok_or_else(|| reader.refuse(&DOVETAIL_AMAZON_CLIENT_SECRET, says));
    Ok((id?.0, secret?))
}

fn check_client_secret(reader: &mut SettingReader, secret: &SecretString) {
    let text = secret.expose_secret();
    reader.remember_secret(&DOVETAIL_AMAZON_CLIENT_SECRET, text.as_bytes());
    let random = text.strip_prefix("amzn1.oa2-cs.v1.").unwrap_or(text);
    if let Some(weakness) = strength::text_weakness(random, 32).filter(|_| reader.is_production()) {
        reader.refuse(&DOVETAIL_AMAZON_CLIENT_SECRET, weakness);
    }
}

/// One opaque word of at most 100 bytes, the limit that Amazon documents.
struct ClientId(String);

impl SettingValue for ClientId {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        let is_one_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        // Some copies of Amazon's documentation have the letter l in place of the digit 1.
        if text.len() > 100 || !is_one_word || text.starts_with("amznl.") {
            return Err("is not a client id such as amzn1.application-oa2-client.…".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

/// A return URL as it is written, because Amazon compares it letter by letter.
struct ReturnUrl(String);

impl SettingValue for ReturnUrl {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        <url::Url as SettingValue>::parse(text, rules)?;
        Ok(Self(text.to_owned()))
    }
}

fn scope(text: &str, _: ParseRules) -> ParseResult<String> {
    let scopes: Vec<&str> = text.split(' ').collect();
    if scopes.iter().any(|scope| scope.is_empty()) {
        return Err("must be scopes separated by one blank".to_owned());
    }
    if !scopes.contains(&"profile") {
        if !scopes.contains(&"profile:user_id") {
            return Err("must contain profile or profile:user_id".to_owned());
        }
        if scopes.contains(&"games::prime") {
            return Err("must contain profile beside games::prime".to_owned());
        }
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::PRODUCTION;

    #[test]
    fn a_client_id_is_one_word() {
        assert!(ClientId::parse("amzn1.application-oa2-client.00ff", PRODUCTION).is_ok());
        for wrong in
            ["a b", "[\"amzn1.application-oa2-client.00ff\"]", "amznl.application-oa2-client.00", "é"]
        {
            assert!(ClientId::parse(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_return_url_stays_as_it_is_written() {
        for url in ["http://127.0.0.1:3000/cb", "https://Game.Example/cb?x=1", "http://localhost:3000"] {
            assert_eq!(ReturnUrl::parse(url, PRODUCTION).ok().unwrap().0, url);
        }
        for wrong in ["", "/cb", "app:callback", "https://game.example/#x", "https://a:b@game.example/"] {
            assert!(ReturnUrl::parse(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_scope_without_an_identity_is_refused() {
        for good in ["games::prime profile", "profile:user_id", "profile:user_id postal_code"] {
            assert!(scope(good, PRODUCTION).is_ok(), "{good}");
        }
        for wrong in [
            "games::prime",
            "games::prime profile:user_id",
            "postal_code",
            "profile  games::prime",
            "profiles",
        ] {
            assert!(scope(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }
}
