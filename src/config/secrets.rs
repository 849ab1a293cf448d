//! The portal's own keys: for sealing tokens, for sessions, for lookup hashes and for the audit chain.
//!
//! Keys come from the environment or from files, never from a default in the program. In development they may be
//! missing until the first `serve` creates them (`src/config/development.rs`).

use std::collections::BTreeMap;

use data_encoding::BASE64;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox};

use super::parse::{self, ParseResult};
use super::reader::{ReadResult, ReportedSetting, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::Words;
use super::strength;

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

pub(super) static TOKEN_KEYS: Setting = Setting::new(
    "DOVETAIL_TOKEN_KEYS",
    Words("made in development"),
    "ring for sealing Amazon tokens: comma list of `id:base64(32 bytes)`, the first seals, all open",
)
.required()
.secret();
pub(super) static SESSION_KEY: Setting = Setting::new(
    "DOVETAIL_SESSION_KEY",
    Words("made in development"),
    "base64 of 64 bytes; other uses take their own key from it by HKDF",
)
.required()
.secret();
static INDEX_KEY: Setting = Setting::new(
    "DOVETAIL_INDEX_KEY",
    Words("from the session key"),
    "base64 of 32 bytes: own key for lookup hashes",
)
.secret();
static AUDIT_KEY: Setting = Setting::new(
    "DOVETAIL_AUDIT_KEY",
    Words("from the session key"),
    "base64 of 32 bytes: own key for the audit chain",
)
.secret();

pub(super) static SETTINGS: &[&Setting] = &[&TOKEN_KEYS, &SESSION_KEY, &INDEX_KEY, &AUDIT_KEY];

/// The keys, or `None` if development has not created any yet.
///
/// `made` has the keys that an earlier `serve` created; a value from the environment takes precedence.
pub(super) fn read(
    reader: &mut SettingReader,
    made: &BTreeMap<String, String>,
) -> ReadResult<Option<SecretsConfig>> {
    let token_keys = from_either(reader, &TOKEN_KEYS, made, ring);
    let session_key = from_either(reader, &SESSION_KEY, made, key::<64>);
    let index_key = reader.optional(&INDEX_KEY, key::<32>);
    let audit_key = reader.optional(&AUDIT_KEY, key::<32>);
    for token_key in token_keys.iter().flatten().flatten() {
        refuse_weak(reader, &TOKEN_KEYS, token_key.key.expose_secret());
    }
    if let Ok(Some(key)) = &session_key {
        refuse_weak(reader, &SESSION_KEY, key.expose_secret());
    }
    for (setting, found) in [(&INDEX_KEY, &index_key), (&AUDIT_KEY, &audit_key)] {
        if let Ok(Some(key)) = found {
            refuse_weak(reader, setting, key.expose_secret());
        }
    }
    let (token_keys, session_key) = (token_keys?, session_key?);
    let (index_key, audit_key) = (index_key?, audit_key?);
    Ok(token_keys.zip(session_key).map(|(token_keys, session_key)| SecretsConfig {
        token_keys,
        session_key,
        index_key,
        audit_key,
    }))
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
        TOKEN_KEYS.name,
        data_encoding::HEXLOWER.encode(&id),
        BASE64.encode(token_key.as_ref()),
        SESSION_KEY.name,
        BASE64.encode(session_key.as_ref()),
    )))
}

fn from_either<T>(
    reader: &mut SettingReader,
    setting: &'static Setting,
    made: &BTreeMap<String, String>,
    parse: impl Fn(&str) -> ParseResult<T>,
) -> ReadResult<Option<T>> {
    let own = reader.optional(setting, &parse)?;
    match (own, made.get(setting.name)) {
        (None, Some(text)) => {
            reader.show(setting, "set (made in development)");
            let made = parse(text).map_err(|_| {
                reader.refuse(setting, "is damaged in keys.env beside the database; restore that file")
            });
            made.map(Some)
        }
        (own, _) => Ok(own),
    }
}

pub(super) fn ring(text: &str) -> ParseResult<Vec<TokenKey>> {
    let keys = parse::list_of(text, |entry| {
        let (id, encoded) =
            entry.split_once(':').ok_or_else(|| "must be an id, a colon and a base64 key".to_owned())?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=16).contains(&id.len()) || !id.bytes().all(is_plain) {
            return Err("its id must be 1 to 16 letters, digits, _ or -".to_owned());
        }
        Ok(TokenKey { id: id.to_owned(), key: key(encoded)? })
    })?;
    let mut rest = keys.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if others.iter().any(|other| other.id == first.id) {
            return Err("uses one id for two keys".to_owned());
        }
        rest = others;
    }
    Ok(keys)
}

pub(super) fn key<const LENGTH: usize>(text: &str) -> ParseResult<SecretBox<[u8; LENGTH]>> {
    let decoded =
        BASE64.decode(text.as_bytes()).map_err(|_| "must be base64, with its padding".to_owned())?;
    let decoded = Zeroizing::new(decoded);
    let bytes = <[u8; LENGTH]>::try_from(decoded.as_slice())
        .map_err(|_| format!("must be base64 of exactly {LENGTH} bytes"))?;
    Ok(SecretBox::new(Box::new(bytes)))
}

fn refuse_weak(reader: &mut SettingReader, setting: &'static Setting, key: &[u8]) {
    reader.remember_secret(setting, key);
    if let Some(weakness) = strength::key_weakness(key).filter(|_| reader.is_production()) {
        let _noted: ReportedSetting = reader.refuse(setting, weakness);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_keys_can_be_read_back() {
        let lines = new_keys().unwrap();
        let values: BTreeMap<&str, &str> = lines.lines().map(|line| line.split_once('=').unwrap()).collect();
        assert_eq!(ring(values["DOVETAIL_TOKEN_KEYS"]).unwrap().len(), 1);
        assert!(key::<64>(values["DOVETAIL_SESSION_KEY"]).is_ok());
        assert_ne!(*lines, *new_keys().unwrap());
    }

    #[test]
    fn a_key_has_exactly_its_length() {
        assert!(key::<32>(&BASE64.encode(&[1; 31])).is_err());
        assert!(key::<32>(&BASE64.encode(&[1; 33])).is_err());
        assert!(key::<32>("not base64").is_err());
        assert!(key::<32>(&BASE64.encode(&[1; 32])).is_ok());
    }

    #[test]
    fn two_keys_do_not_share_an_id() {
        let (a, b) = (BASE64.encode(&[1; 32]), BASE64.encode(&[2; 32]));
        assert!(ring(&format!("a:{a},b:{b}")).is_ok());
        assert!(ring(&format!("a:{a},a:{b}")).is_err());
        assert!(ring(&format!(":{a}")).is_err());
        assert!(ring(&a).is_err());
    }
}
