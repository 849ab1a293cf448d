//! What every feature stands on, and what knows nothing of players, Amazon or HTML.

pub mod catalogue;
pub mod clock;
pub mod db;
pub mod email;
pub mod fault;
pub mod json;
pub mod keys;
pub mod metrics;
pub mod name;
pub mod password;
pub mod telemetry;
pub mod throttle;
pub mod token;
pub mod vault;
mod weak_key;
pub mod worker;
