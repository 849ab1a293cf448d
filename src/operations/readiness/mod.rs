//! The operations listener: `/readyz` and `/metrics`, and nothing else.
//!
//! `/readyz` says "ok" or "not ready" and nothing more. Frequent requests cost almost nothing. The listener
//! works while the portal does not. It has no cookies and no forms, and refuses every other path and method.
//! `/healthz` stays on the public listener and touches nothing (S136).

mod listener;
mod ready;
mod samples;

pub use self::listener::start;
pub use self::ready::ReadinessReport;
