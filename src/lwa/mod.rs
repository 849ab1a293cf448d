//! Login with Amazon, as a protocol.
//!
//! Promises to build every request Amazon documents for the code grant, and to believe an answer only
//! when its status, its type and every field are what the contract says. Refuses everything else with an
//! [`LwaError`] that callers can act on and that holds no token, no address and no word of Amazon's.
//! It knows nothing of players, links or pages: what an identity means is decided elsewhere.

mod authorize;
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

pub use authorize::AuthorizationRequest;
pub use callback::{CallbackQuery, CallbackResult};
pub use circuit_breaker::CircuitBreaker;
pub use client::{ClientRegistration, LwaClient};
pub use device_flow::{CodePair, DeviceTokenAnswer};
pub use errors::{LwaError, LwaErrorClass, LwaErrorKind};
pub use reachability::Reachability;
pub use scopes::missing_scopes;
pub use settings::{ISSUER, LwaEndpoints, LwaLimits, LwaSettings};
pub use token::LwaTokens;
pub use token_identity::{Profile, TokenIdentity, TokenInfo, TokenProvenance};
