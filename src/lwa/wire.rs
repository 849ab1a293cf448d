//! Amazon's JSON responses, with every field checked while it is parsed.
//!
//! Unknown fields are ignored; a known field of another type is an error. The old wrapped profile is not read,
//! because its endpoint is not used.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::platform::name::one_line;

/// The longest lifetime accepted, in seconds. Amazon's access tokens live an hour.
const DAY: u64 = 24 * 60 * 60;
/// Twice the 2,048 bytes that Amazon documents.
pub(super) const TOKEN_BYTES: usize = 4096;
/// Far above the length of any list that a client may request.
const SCOPE_BYTES: usize = 1024;
/// A longer name is cut, because names are for display only.
const NAME_CHARS: usize = 100;
/// Far above the length of any country's postal codes.
const POSTAL_CODE_CHARS: usize = 32;
/// The longest code that a person can be asked to type.
const USER_CODE_BYTES: usize = 32;
/// The longest URL whose QR code a phone can read from some distance.
const ADDRESS_BYTES: usize = 256;
/// The longest interval accepted, in seconds: the lifetime of a pair in Amazon's samples.
const LONGEST_INTERVAL: u64 = 10 * 60;
/// RFC 5321 §4.5.3.1.3, without the angle brackets.
const EMAIL_BYTES: usize = 254;

/// The successful response to a code exchange, a refresh or a poll.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    #[serde(deserialize_with = "token")]
    pub(super) access_token: SecretString,
    /// May be absent, but not `null`.
    #[serde(default, deserialize_with = "present_token")]
    pub(super) refresh_token: Option<SecretString>,
    pub(super) token_type: String,
    #[serde(deserialize_with = "lifetime")]
    pub(super) expires_in: Duration,
    /// Absent in every recorded response. If present, it counts (RFC 6749 §5.1).
    #[serde(default, deserialize_with = "scope")]
    pub(super) scope: Option<String>,
    /// A success with an `error` field is rejected.
    #[serde(default, deserialize_with = "must_be_absent")]
    #[expect(dead_code, reason = "read only to refuse it")]
    error: (),
}

/// The response of `tokeninfo`.
#[derive(Deserialize)]
pub(super) struct TokenInfoAnswer {
    pub(super) iss: String,
    #[serde(deserialize_with = "user_id")]
    pub(super) user_id: String,
    pub(super) aud: String,
    /// Seconds left, not a date.
    pub(super) exp: i64,
}

/// The response of `profile`. Everything but the id is optional.
#[derive(Deserialize)]
pub(super) struct ProfileAnswer {
    #[serde(deserialize_with = "user_id")]
    pub(super) user_id: String,
    #[serde(default, deserialize_with = "name")]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "email")]
    pub(super) email: Option<String>,
    #[serde(default, deserialize_with = "postal_code")]
    pub(super) postal_code: Option<String>,
}

/// The response to a request for a code pair.
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
    /// Five seconds if absent (RFC 8628 §3.2).
    #[serde(default = "usual_interval", deserialize_with = "interval")]
    pub(super) interval: Duration,
    /// A success with an `error` field is rejected.
    #[serde(default, deserialize_with = "must_be_absent")]
    #[expect(dead_code, reason = "read only to refuse it")]
    error: (),
}

/// The body of an error response. The description is not read, because nothing may depend on it.
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

/// A list of scope names of limited length.
fn scope<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    let is_list =
        |text: &String| text.len() <= SCOPE_BYTES && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.as_ref().is_none_or(is_list) { Ok(text) } else { Err(D::Error::custom("not a list of scopes")) }
}

fn must_be_absent<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(D::Error::custom("must be absent"))
}

/// An opaque id without control characters, fit for the database and the log (S51).
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
    // The name goes as it is into pages, mails and logs, and PostgreSQL stores no NUL.
    Ok(Some(one_line(&name, NAME_CHARS)).filter(|name| !name.is_empty()))
}

fn postal_code<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let code = Option::<String>::deserialize(reader)?.unwrap_or_default();
    Ok(Some(one_line(&code, POSTAL_CODE_CHARS)).filter(|code| !code.is_empty()))
}

/// A truncated or cleaned address would be another address, so one that is unfit counts as missing.
fn email<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let email = Option::<String>::deserialize(reader)?.unwrap_or_default();
    let email = email.trim();
    let is_fit =
        |email: &String| (1..=EMAIL_BYTES).contains(&email.len()) && !email.chars().any(char::is_control);
    Ok(Some(email.to_owned()).filter(is_fit))
}

fn user_code<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let code = String::deserialize(reader)?;
    let is_fit =
        (1..=USER_CODE_BYTES).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    if is_fit { Ok(code) } else { Err(D::Error::custom("not a code that can be typed")) }
}

/// A web URL that a person is sent to: with a host, without credentials.
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

/// A lifetime in seconds. It is a number on the wire, and a string on one of Amazon's pages.
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
        // `parse` alone would accept a plus sign.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(E::custom("not a lifetime"));
        }
        digits.parse().map_err(E::custom).and_then(|seconds| self.visit_u64(seconds))
    }
}
