//! What the client must be told, and the limits it keeps.
//!
//! Promises defaults that are the policy of the house. Refuses nothing by itself: [`super::LwaClient::new`]
//! says no to a set that is unsafe or empty where it must not be.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// The issuer in every region.
pub const ISSUER: &str = "https://www.amazon.com";

/// One Login with Amazon client and the servers it talks to.
#[derive(Clone)]
pub struct LwaSettings {
    /// Amazon's id of the web client, at most 100 bytes.
    pub client_id: String,
    pub client_secret: SecretString,
    /// Amazon's id of the client for code linking, which has no secret.
    pub device_client_id: Option<String>,
    /// Client ids whose tokens are believed when handed over; whole strings, at least one (S74).
    pub audiences: Vec<String>,
    /// The same bytes in the authorize and the token request (S38).
    pub redirect_uri: Url,
    /// Scopes asked for, at least one.
    pub scopes: Vec<String>,
    /// Those of the scopes that a customer may not untick; with none, Amazon's own marks hold.
    pub essential_scopes: Vec<String>,
    /// What `iss` must say: [`ISSUER`], unless Amazon is played by another.
    pub issuer: String,
    pub endpoints: LwaEndpoints,
    /// Refuses every address that is not https; always on in production.
    pub only_https: bool,
    pub limits: LwaLimits,
}

/// Amazon's addresses. Only the browser visits `authorize`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LwaEndpoints {
    pub authorize: Url,
    pub token: Url,
    pub tokeninfo: Url,
    pub profile: Url,
    pub codepair: Url,
}

/// How much of our time and room one call may take (S85).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LwaLimits {
    pub connect: Duration,
    /// From the first byte sent to the last byte read, of one try.
    pub total: Duration,
    /// A whole [`super::LwaClient::identify`], with its two calls and their repeats.
    pub identify: Duration,
    /// Bytes of a body.
    pub body: usize,
    /// Calls under way at once; one more is [`super::LwaErrorKind::Busy`].
    pub in_flight: usize,
    /// Failures within `failure_window` that open the circuit (S86), for `rest`.
    pub failures: u32,
    pub failure_window: Duration,
    pub rest: Duration,
}

impl Default for LwaLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(5),
            identify: Duration::from_secs(8),
            body: 64 * 1024,
            in_flight: 32,
            failures: 10,
            failure_window: Duration::from_secs(30),
            rest: Duration::from_secs(15),
        }
    }
}
