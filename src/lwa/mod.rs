//! Login with Amazon, as a protocol.
//!
//! Promises to build every request Amazon documents for the code grant, and to believe an answer only
//! when its status, its type and every field are what the contract says. Refuses everything else with an
//! [`Error`] that callers can act on and that holds no token, no address and no word of Amazon's.
//! It knows nothing of players, links or pages: what an identity means is decided elsewhere.

mod authorize;
pub mod callback;
mod circuit;
mod client;
mod customer;
mod device;
mod egress;
mod error;
mod exchange;
mod json;
mod knock;
mod refresh;
mod request;
mod scopes;
mod settings;
#[cfg(feature = "simulator")]
pub mod simulator;
mod wire;

#[cfg(test)]
mod tests;

pub use authorize::Authorization;
pub use callback::{Callback, Outcome};
pub use circuit::Circuit;
pub use client::{Client, Registration};
pub use customer::{Identity, Profile, Provenance, TokenInfo};
pub use device::{Answered, CodePair};
pub use error::{Class, Error, Kind};
pub use exchange::Tokens;
pub use knock::Knock;
pub use scopes::missing_scopes;
pub use settings::{Endpoints, ISSUER, Limits, Settings};
