//! Settings of the game gateway: credentials, browser origins, and what linking requires.

use secrecy::{ExposeSecret, SecretString};
use url::Origin;

use super::parse::{ParseResult, ParseRules, SettingValue, first_repeated};
use super::reader::SettingReader;
use super::setting::{default, in_development, or_else, settings};
use super::strength;
use crate::text_enum;

settings! {
    /// The GameSparks-compatible gateway. Without credentials it is closed.
    #[derive(Debug)]
    pub struct GameConfig, checked by check_credentials {
        /// comma list of `apiKey:credential:secret`; unset in production closes the door
        pub credentials: Vec<GameCredential> = DOVETAIL_GAME_CREDENTIALS, in_development(
            "dovetail:device:development-device-secret-0001,dovetail:server:development-server-secret-0002"
        ).secret();
        /// `on`: the `device` credential may use the HTTP door
        pub is_device_allowed_on_http: bool = DOVETAIL_GAME_DEVICE_HTTP, default("off");
        /// comma list of browser origins allowed on the socket
        pub origins: Vec<Origin> = DOVETAIL_GAME_ORIGINS, or_else("none");
        /// `fresh`: linking through the game API always needs a lately proven credential
        pub linking: GameLinking = DOVETAIL_GAME_LINKING, default("documented");
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

text_enum! {
    /// What linking through the game API requires besides the rules for every player (S75).
    pub enum GameLinking {
        /// The session of the request, as GameSparks requires, where the owner cannot be asked.
        Documented = "documented",
        /// A session whose player has recently proven a credential.
        Fresh = "fresh",
    }
}

impl GameConfig {
    /// Whether linking through the game API requires a recently proven credential (S75).
    pub fn is_linking_fenced(&self) -> bool {
        self.linking == GameLinking::Fresh
    }

    fn check_credentials(&self, reader: &mut SettingReader) {
        for credential in &self.credentials {
            let secret = credential.secret.expose_secret().as_bytes();
            reader.remember_secret(&DOVETAIL_GAME_CREDENTIALS, secret);
        }
        let names = self.credentials.iter().map(|credential| (&credential.api_key, &credential.name));
        let is_distinct = first_repeated(names).is_none();
        reader.demand(&DOVETAIL_GAME_CREDENTIALS, is_distinct, "names one credential of one key twice");
    }
}

impl SettingValue for GameCredential {
    fn parse(entry: &str, rules: ParseRules) -> ParseResult<Self> {
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
        match strength::text_weakness(secret, 20).filter(|_| rules.is_production) {
            Some(weakness) => Err(format!("its secret {weakness}")),
            None => Ok(Self {
                api_key: (*api_key).to_owned(),
                name: (*name).to_owned(),
                secret: (*secret).into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::{DEVELOPMENT, PRODUCTION};
    use crate::config::setting::SettingDefault;

    type Credentials = Vec<GameCredential>;

    #[test]
    fn a_credential_has_three_plain_parts() {
        assert_eq!(Credentials::parse("k:device:s1,k:server:s2", DEVELOPMENT).unwrap().len(), 2);
        for wrong in ["k:device", "k:device:a:b", "k::s", "k:secure:s", "k:de vice:s", "k:a:s/1"] {
            assert!(Credentials::parse(wrong, DEVELOPMENT).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_credentials_of_development_do_not_open_production() {
        let SettingDefault::Development(example) = DOVETAIL_GAME_CREDENTIALS.fallback else {
            panic!("no example")
        };
        assert!(Credentials::parse(example, DEVELOPMENT).is_ok());
        assert!(Credentials::parse(example, PRODUCTION).is_err());
    }
}
