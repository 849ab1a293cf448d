//! Settings and limits of the Login with Amazon client.
//!
//! The defaults are the product's policy. Nothing is checked here: [`super::LwaClient::new`] rejects unsafe and
//! missing values.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// Amazon's issuer, the same in every region.
pub const ISSUER: &str = "https://www.amazon.com";

/// One Login with Amazon client, and its servers.
#[derive(Clone)]
pub struct LwaSettings {
    /// Amazon's id of the website client, at most 100 bytes.
    pub client_id: String,
    pub client_secret: SecretString,
    /// Amazon's id of the client for linking by code, which has no secret.
    pub device_client_id: Option<String>,
    /// Client ids whose presented tokens are accepted, compared whole; at least one (S74).
    pub audiences: Vec<String>,
    /// Sent with the same bytes in the authorization and the token request (S38).
    pub redirect_uri: Url,
    /// Requested scopes, at least one.
    pub scopes: Vec<String>,
    /// Requested scopes that a customer may not untick; the others are voluntary. If there are none, Amazon's own
    /// defaults apply.
    pub essential_scopes: Vec<String>,
    /// The expected `iss`: [`ISSUER`], unless a test uses another one.
    pub issuer: String,
    pub endpoints: LwaEndpoints,
    /// Rejects every address that is not https; always on in production.
    pub only_https: bool,
    pub limits: LwaLimits,
}

/// Amazon's addresses. The browser visits `authorize`; the portal calls the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LwaEndpoints {
    pub authorize: Url,
    pub token: Url,
    pub tokeninfo: Url,
    pub profile: Url,
    pub codepair: Url,
}

/// Limits on calls to Amazon (S85).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LwaLimits {
    pub connect: Duration,
    /// From the first byte sent to the last byte read, for one try.
    pub total: Duration,
    /// For a whole [`super::LwaClient::identify`]: two calls and their repeats.
    pub identify: Duration,
    /// The largest body, in bytes.
    pub body: usize,
    /// Calls under way at once. One more waits for its turn.
    pub in_flight: usize,
    /// Presented tokens of one network that are checked at once. One more waits for its turn.
    pub of_network: usize,
    /// How long a call waits for its turn. After it the call gets [`super::LwaErrorKind::Busy`].
    pub turn_wait: Duration,
    /// Failures within `failure_window` that open the circuit breaker for `open_time` (S86).
    pub failures: u32,
    pub failure_window: Duration,
    pub open_time: Duration,
}

impl Default for LwaLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(5),
            identify: Duration::from_secs(8),
            body: 64 * 1024,
            in_flight: 32,
            of_network: 4,
            turn_wait: Duration::from_secs(2),
            failures: 10,
            failure_window: Duration::from_secs(30),
            open_time: Duration::from_secs(15),
        }
    }
}
