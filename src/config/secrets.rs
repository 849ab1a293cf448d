//! The portal's own keys: for sealing tokens, for sessions, for lookup hashes and for the audit chain.
//!
//! Keys come from the environment or from files, never from a default in the program. In development they may be
//! missing until the first `serve` creates them (`src/config/development.rs`).

use data_encoding::BASE64;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox};

use super::parse::{ParseResult, ParseRules, SettingValue, first_repeated};
use super::reader::{ReadResult, SettingReader};
use super::setting::{Setting, SettingGroup, or_else, settings};
use super::strength;

settings! {
    struct KeySettings {
        /// ring for sealing Amazon tokens: comma list of `id:base64(32 bytes)`, the first seals, all open
        token_keys: Vec<TokenKey> =
            DOVETAIL_TOKEN_KEYS, or_else("made in development").required().secret();
        /// base64 of 64 bytes; other uses take their own key from it by HKDF
        session_key: Option<SecretBox<[u8; 64]>> =
            DOVETAIL_SESSION_KEY, or_else("made in development").required().secret();
        /// base64 of 32 bytes: own key for lookup hashes
        index_key: Option<SecretBox<[u8; 32]>> =
            DOVETAIL_INDEX_KEY, or_else("from the session key").secret();
        /// base64 of 32 bytes: own key for the audit chain
        audit_key: Option<SecretBox<[u8; 32]>> =
            DOVETAIL_AUDIT_KEY, or_else("from the session key").secret();
    }
}

/// All keys of the portal.
#[derive(Debug)]
pub struct SecretsConfig {
    /// Never empty. The first key seals; every key opens.
    pub token_keys: Vec<TokenKey>,
    /// The root of the derived keys, through HKDF with one label for each purpose.
    pub session_key: SecretBox<[u8; 64]>,
    /// For lookup hashes; `None` means that it is derived from the session key.
    pub index_key: Option<SecretBox<[u8; 32]>>,
    /// For the audit chain; `None` means that it is derived from the session key.
    pub audit_key: Option<SecretBox<[u8; 32]>>,
}

/// One of the keys that seal Amazon's tokens.
#[derive(Debug)]
pub struct TokenKey {
    /// The prefix of every value sealed with this key: 1 to 16 of `[A-Za-z0-9_-]`.
    pub id: String,
    pub key: SecretBox<[u8; 32]>,
}

/// `None` if development has not created any keys yet.
impl SettingGroup for Option<SecretsConfig> {
    fn settings() -> Vec<&'static Setting> {
        KeySettings::settings()
    }

    fn read(reader: &mut SettingReader) -> ReadResult<Self> {
        let KeySettings { token_keys, session_key, index_key, audit_key } = KeySettings::read(reader)?;
        for token_key in &token_keys {
            check_key(reader, &DOVETAIL_TOKEN_KEYS, token_key.key.expose_secret());
        }
        let is_distinct = first_repeated(token_keys.iter().map(|key| &key.id)).is_none();
        reader.demand(&DOVETAIL_TOKEN_KEYS, is_distinct, "uses one id for two keys");
        let Some(session_key) = session_key.filter(|_| !token_keys.is_empty()) else { return Ok(None) };
        check_key(reader, &DOVETAIL_SESSION_KEY, session_key.expose_secret());
        for (setting, key) in [(&DOVETAIL_INDEX_KEY, &index_key), (&DOVETAIL_AUDIT_KEY, &audit_key)] {
            if let Some(key) = key {
                check_key(reader, setting, key.expose_secret());
            }
        }
        Ok(Some(SecretsConfig { token_keys, session_key, index_key, audit_key }))
    }
}

impl SettingValue for TokenKey {
    fn parse(entry: &str, rules: ParseRules) -> ParseResult<Self> {
        let (id, key) =
            entry.split_once(':').ok_or_else(|| "must be an id, a colon and a base64 key".to_owned())?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=16).contains(&id.len()) || !id.bytes().all(is_plain) {
            return Err("its id must be 1 to 16 letters, digits, _ or -".to_owned());
        }
        Ok(Self { id: id.to_owned(), key: SecretBox::parse(key, rules)? })
    }
}

/// A key in standard base64 with padding.
impl<const LENGTH: usize> SettingValue for SecretBox<[u8; LENGTH]> {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        let decoded =
            BASE64.decode(text.as_bytes()).map_err(|_| "must be base64, with its padding".to_owned())?;
        let bytes = <[u8; LENGTH]>::try_from(Zeroizing::new(decoded).as_slice())
            .map_err(|_| format!("must be base64 of exactly {LENGTH} bytes"))?;
        Ok(Self::new(Box::new(bytes)))
    }
}

fn check_key(reader: &mut SettingReader, setting: &'static Setting, key: &[u8]) {
    reader.remember_secret(setting, key);
    if let Some(weakness) = strength::key_weakness(key).filter(|_| reader.is_production()) {
        reader.refuse(setting, weakness);
    }
}

/// New values for `DOVETAIL_TOKEN_KEYS` and `DOVETAIL_SESSION_KEY`, as lines of an environment file.
pub fn new_keys() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut id = [0; 4];
    let mut token_key = Zeroizing::new([0; 32]);
    let mut session_key = Zeroizing::new([0; 64]);
    getrandom::fill(&mut id)?;
    getrandom::fill(token_key.as_mut())?;
    getrandom::fill(session_key.as_mut())?;
    Ok(Zeroizing::new(format!(
        "{}=k{}:{}\n{}={}\n",
        DOVETAIL_TOKEN_KEYS.name,
        data_encoding::HEXLOWER.encode(&id),
        BASE64.encode(token_key.as_ref()),
        DOVETAIL_SESSION_KEY.name,
        BASE64.encode(session_key.as_ref()),
    )))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::parse::PRODUCTION;

    #[test]
    fn new_keys_can_be_read_back() {
        let lines = new_keys().unwrap();
        let values: BTreeMap<&str, &str> = lines.lines().map(|line| line.split_once('=').unwrap()).collect();
        assert!(TokenKey::parse(values["DOVETAIL_TOKEN_KEYS"], PRODUCTION).is_ok());
        assert!(SecretBox::<[u8; 64]>::parse(values["DOVETAIL_SESSION_KEY"], PRODUCTION).is_ok());
        assert_ne!(*lines, *new_keys().unwrap());
    }

    #[test]
    fn a_key_has_exactly_its_length() {
        let key = |text: &str| SecretBox::<[u8; 32]>::parse(text, PRODUCTION);
        assert!(key(&BASE64.encode(&[1; 31])).is_err());
        assert!(key(&BASE64.encode(&[1; 33])).is_err());
        assert!(key("not base64").is_err());
        assert!(key(&BASE64.encode(&[1; 32])).is_ok());
    }

    #[test]
    fn a_token_key_has_an_id() {
        let key = BASE64.encode(&[1; 32]);
        assert!(TokenKey::parse(&format!("a:{key}"), PRODUCTION).is_ok());
        for wrong in
            [format!(":{key}"), key.clone(), format!("a b:{key}"), format!("{}:{key}", "a".repeat(17))]
        {
            assert!(TokenKey::parse(&wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }
}
