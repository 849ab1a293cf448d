//! Amazon's JSON, spelled as on the wire.
//!
//! Promises fields that were checked while they were read: a value of these types is fit to use. Unknown
//! fields are welcome, known ones of another type are not. The old wrapped profile is not read: its
//! address is not one of ours.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

/// Longest lifetime believed; Amazon's is an hour.
const DAY: u64 = 24 * 60 * 60;
/// The documents say 2,048 bytes; S49 leaves room.
pub(super) const TOKEN_BYTES: usize = 4096;
/// Far more than a client may ask for.
const SCOPE_BYTES: usize = 1024;
/// What we keep of a name: display only, and nobody needs more of it.
const NAME_CHARS: usize = 100;
/// What a person can be asked to type.
const USER_CODE_BYTES: usize = 32;
/// What fits into a QR code that a phone reads from across a room.
const ADDRESS_BYTES: usize = 256;
/// Longer than any pair lives.
const LONGEST_INTERVAL: u64 = 10 * 60;
/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const EMAIL_BYTES: usize = 254;

/// The answer to a code exchange or a refresh (contract, sections 7 and 8).
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    #[serde(deserialize_with = "token")]
    pub(super) access_token: SecretString,
    /// Absent is fine, `null` is not.
    #[serde(default, deserialize_with = "present_token")]
    pub(super) refresh_token: Option<SecretString>,
    pub(super) token_type: String,
    #[serde(deserialize_with = "lifetime")]
    pub(super) expires_in: Duration,
    /// Not in any answer that was recorded; where it comes, it counts (RFC 6749 §5.1).
    #[serde(default, deserialize_with = "scope")]
    pub(super) scope: Option<String>,
    /// A success that names an error is neither.
    #[serde(default, deserialize_with = "must_be_absent")]
    #[expect(dead_code, reason = "read only to refuse it")]
    error: (),
}

/// The answer of `tokeninfo` (contract, section 11).
#[derive(Deserialize)]
pub(super) struct TokenInfoAnswer {
    pub(super) iss: String,
    #[serde(deserialize_with = "user_id")]
    pub(super) user_id: String,
    pub(super) aud: String,
    /// Seconds left, not a date.
    pub(super) exp: i64,
}

/// The answer of `profile` (contract, section 12). Everything but the id is optional.
#[derive(Deserialize)]
pub(super) struct ProfileAnswer {
    #[serde(deserialize_with = "user_id")]
    pub(super) user_id: String,
    #[serde(default, deserialize_with = "name")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "email")]
    pub(super) email: Option<String>,
}

/// The answer to the question for a code pair (contract, section 16.1).
#[derive(Deserialize)]
pub(super) struct CodePairAnswer {
    #[serde(deserialize_with = "user_code")]
    pub(super) user_code: String,
    #[serde(deserialize_with = "token")]
    pub(super) device_code: SecretString,
    #[serde(deserialize_with = "address")]
    pub(super) verification_uri: Url,
    #[serde(deserialize_with = "lifetime")]
    pub(super) expires_in: Duration,
    /// Without one it is five seconds (RFC 8628 §3.2).
    #[serde(default = "usual_interval", deserialize_with = "interval")]
    pub(super) interval: Duration,
    /// A success that names an error is neither.
    #[serde(default, deserialize_with = "must_be_absent")]
    #[expect(dead_code, reason = "read only to refuse it")]
    error: (),
}

/// The body of a refusal. The description is not read: nothing may hang on it (contract, section 9).
#[derive(Deserialize)]
pub(super) struct ErrorAnswer {
    pub(super) error: String,
}

/// Whether a token is 1 to 4,096 visible ASCII bytes (S49).
pub(super) fn is_token(text: &str) -> bool {
    (1..=TOKEN_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn token<'de, D: Deserializer<'de>>(reader: D) -> Result<SecretString, D::Error> {
    let text = String::deserialize(reader)?;
    if is_token(&text) { Ok(text.into()) } else { Err(D::Error::custom("not a token")) }
}

fn present_token<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<SecretString>, D::Error> {
    token(reader).map(Some)
}

/// A list of names, short enough to keep.
fn scope<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    let is_list =
        |text: &String| text.len() <= SCOPE_BYTES && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.as_ref().is_none_or(is_list) { Ok(text) } else { Err(D::Error::custom("not a list of scopes")) }
}

fn must_be_absent<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(D::Error::custom("must be absent"))
}

/// Opaque, but something a database can keep and a log can show: no controls (S51).
fn user_id<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let id = String::deserialize(reader)?;
    if (1..=255).contains(&id.len()) && !id.chars().any(char::is_control) {
        Ok(id)
    } else {
        Err(D::Error::custom("not a user id"))
    }
}

fn name<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let name = Option::<String>::deserialize(reader)?.unwrap_or_default();
    let name: String = name.trim().chars().take(NAME_CHARS).collect();
    Ok(Some(name.trim_end().to_owned()).filter(|name| !name.is_empty()))
}

/// An address cut short is another address, so one too long counts as missing.
fn email<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let email = Option::<String>::deserialize(reader)?.unwrap_or_default();
    let email = email.trim();
    Ok(Some(email.to_owned()).filter(|email| (1..=EMAIL_BYTES).contains(&email.len())))
}

fn user_code<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let code = String::deserialize(reader)?;
    let is_fit =
        (1..=USER_CODE_BYTES).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    if is_fit { Ok(code) } else { Err(D::Error::custom("not a code that can be typed")) }
}

/// An address that a person is sent to: a host, no credentials.
fn address<'de, D: Deserializer<'de>>(reader: D) -> Result<Url, D::Error> {
    let text = String::deserialize(reader)?;
    let url = Url::parse(&text).ok().filter(|url| {
        let is_web = matches!(url.scheme(), "https" | "http") && url.has_host();
        is_web && url.username().is_empty() && url.password().is_none() && text.len() <= ADDRESS_BYTES
    });
    url.ok_or_else(|| D::Error::custom("not an address"))
}

fn usual_interval() -> Duration {
    Duration::from_secs(5)
}

fn interval<'de, D: Deserializer<'de>>(reader: D) -> Result<Duration, D::Error> {
    let seconds = lifetime(reader)?;
    if seconds.as_secs() <= LONGEST_INTERVAL { Ok(seconds) } else { Err(D::Error::custom("not an interval")) }
}

fn lifetime<'de, D: Deserializer<'de>>(reader: D) -> Result<Duration, D::Error> {
    reader.deserialize_any(Lifetime)
}

/// A number on the wire; one of Amazon's pages prints a string (contract, section 27).
struct Lifetime;

impl Visitor<'_> for Lifetime {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds, at least one, up to a day")
    }

    fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<Duration, E> {
        if (1..=DAY).contains(&seconds) {
            Ok(Duration::from_secs(seconds))
        } else {
            Err(E::custom("not a lifetime"))
        }
    }

    fn visit_str<E: serde::de::Error>(self, digits: &str) -> Result<Duration, E> {
        // `parse` alone would take a plus sign.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(E::custom("not a lifetime"));
        }
        digits.parse().map_err(E::custom).and_then(|seconds| self.visit_u64(seconds))
    }
}
