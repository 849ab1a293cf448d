//! Login with Amazon.
//!
//! Promises to be the only place that knows Amazon's wire; refuses to know players or pages.

#[cfg(feature = "simulator")]
pub mod simulator;
