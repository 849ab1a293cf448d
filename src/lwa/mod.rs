//! Login with Amazon as a protocol (docs/protocols/login-with-amazon.md).
//!
//! The module builds every request that the product sends to Amazon. It accepts a response only if its status, type
//! and every field are as documented. Everything else becomes an [`LwaError`] that contains no token, no address
//! and no text of Amazon's. The module knows nothing of players, links or pages.

mod authorize;
mod call_limits;
pub mod callback;
mod circuit_breaker;
mod client;
mod device_flow;
mod errors;
mod http;
mod json;
mod reachability;
mod refresh;
mod scopes;
mod settings;
#[cfg(feature = "simulator")]
pub mod simulator;
mod token;
mod token_identity;
mod token_request;
mod wire;

#[cfg(test)]
mod tests;

pub use callback::CallbackResult;
pub use circuit_breaker::CircuitBreaker;
pub use client::{ClientRegistration, LwaClient};
pub use device_flow::DeviceTokenAnswer;
pub use errors::{LwaError, LwaErrorClass, LwaErrorKind};
pub use scopes::{POSTAL_CODE, is_voluntary, missing_scopes, names_scope};
pub use settings::{ISSUER, LwaEndpoints, LwaLimits, LwaSettings};
pub use token::LwaTokens;
pub use token_identity::{Profile, TokenProvenance};
