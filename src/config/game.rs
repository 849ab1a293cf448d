//! Settings of the game gateway: credentials, browser origins, and what linking requires.

use secrecy::{ExposeSecret, SecretString};
use url::Origin;

use super::parse::{self, ParseResult};
use super::reader::{ReadResult, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::{Development, Value, Words};
use super::strength;

/// The GameSparks-compatible gateway.
#[derive(Debug)]
pub struct GameConfig {
    /// If empty, the gateway is closed.
    pub credentials: Vec<GameCredential>,
    /// Whether the `device` credential may use the HTTP gateway.
    pub is_device_allowed_on_http: bool,
    /// Browser origins allowed on the socket.
    pub origins: Vec<Origin>,
    pub linking: GameLinking,
}

impl GameConfig {
    /// Whether linking through the game API requires a recently proven credential (S75).
    pub fn is_linking_fenced(&self) -> bool {
        self.linking == GameLinking::Fresh
    }
}

/// A game credential. Its parts consist of `[A-Za-z0-9._~-]`, because they appear in URLs.
#[derive(Debug)]
pub struct GameCredential {
    pub api_key: String,
    /// `device`, `server`, or a name chosen for the game.
    pub name: String,
    pub secret: SecretString,
}

/// What linking and unlinking through the game API require (S75).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GameLinking {
    /// The session of the request, as GameSparks requires.
    Documented,
    /// A session whose player has recently proven a credential.
    Fresh,
}

static CREDENTIALS: Setting = Setting::new(
    "DOVETAIL_GAME_CREDENTIALS",
    Development(
        "dovetail:device:development-device-secret-0001,dovetail:server:development-server-secret-0002",
    ),
    "comma list of `apiKey:credential:secret`; unset in production closes the door",
)
.secret();
static DEVICE_HTTP: Setting = Setting::new(
    "DOVETAIL_GAME_DEVICE_HTTP",
    Value("off"),
    "`on`: the `device` credential may use the HTTP door",
);
static ORIGINS: Setting = Setting::new(
    "DOVETAIL_GAME_ORIGINS",
    Words("none"),
    "comma list of browser origins allowed on the socket",
);
static LINKING: Setting = Setting::new(
    "DOVETAIL_GAME_LINKING",
    Value("documented"),
    "`fresh`: linking through the game API needs a lately proven credential",
);

pub(super) static SETTINGS: &[&Setting] = &[&CREDENTIALS, &DEVICE_HTTP, &ORIGINS, &LINKING];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<GameConfig> {
    let is_production = reader.is_production();
    let credentials = reader.optional(&CREDENTIALS, |text| credentials(text, is_production));
    let device_http = reader.value(&DEVICE_HTTP, parse::switch);
    let origins = reader
        .optional(&ORIGINS, |text| parse::list_of(text, |entry| parse::trusted_origin(entry, is_production)));
    let linking = reader.value(&LINKING, linking);
    let credentials = credentials?.unwrap_or_default();
    for credential in &credentials {
        reader.remember_secret(&CREDENTIALS, credential.secret.expose_secret().as_bytes());
    }
    Ok(GameConfig {
        credentials,
        is_device_allowed_on_http: device_http?,
        origins: origins?.unwrap_or_default(),
        linking: linking?,
    })
}

fn linking(text: &str) -> ParseResult<GameLinking> {
    match text {
        "documented" => Ok(GameLinking::Documented),
        "fresh" => Ok(GameLinking::Fresh),
        _ => Err("must be documented or fresh".to_owned()),
    }
}

fn credentials(text: &str, is_production: bool) -> ParseResult<Vec<GameCredential>> {
    let credentials = parse::list_of(text, |entry| credential(entry, is_production))?;
    let mut rest = credentials.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if others.iter().any(|other| other.api_key == first.api_key && other.name == first.name) {
            return Err("names one credential of one key twice".to_owned());
        }
        rest = others;
    }
    Ok(credentials)
}

fn credential(entry: &str, is_production: bool) -> ParseResult<GameCredential> {
    let parts: Vec<&str> = entry.split(':').collect();
    let [api_key, name, secret] = parts.as_slice() else {
        return Err("must be apiKey:credential:secret".to_owned());
    };
    let is_plain = |part: &&str| {
        (1..=128).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte))
    };
    if ![api_key, name, secret].into_iter().all(is_plain) {
        return Err("must have three parts of letters, digits and . _ ~ -".to_owned());
    }
    if *name == "secure" {
        return Err("must not be named secure, which SDKs reserve for another protocol".to_owned());
    }
    match strength::text_weakness(secret, 20).filter(|_| is_production) {
        Some(weakness) => Err(format!("its secret {weakness}")),
        None => Ok(GameCredential {
            api_key: (*api_key).to_owned(),
            name: (*name).to_owned(),
            secret: (*secret).into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_has_three_plain_parts() {
        assert_eq!(credentials("k:device:s1,k:server:s2", false).unwrap().len(), 2);
        for wrong in
            ["k:device", "k:device:a:b", "k::s", "k:secure:s", "k:de vice:s", "k:a:s1,k:a:s2", "k:a:s/1"]
        {
            assert!(credentials(wrong, false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_credentials_of_development_do_not_open_production() {
        let Development(example) = CREDENTIALS.fallback else { panic!("no example") };
        assert!(credentials(example, false).is_ok());
        assert!(credentials(example, true).is_err());
    }
}
