//! The operator's door: `/readyz` and `/metrics` on a listener of their own, and nothing else.
//!
//! Promises to say no more than "ok" or "not ready", to cost next to nothing however often it is asked, and to
//! work while the portal does not. Refuses cookies, forms, and every other address and method. `/healthz` stays at
//! the public door and touches nothing (S136).

mod listener;
mod ready;
mod samples;

pub use self::listener::start;
pub use self::ready::ReadinessReport;
