//! What every feature stands on, and what knows nothing of players, Amazon or HTML.

pub mod catalogue;
pub mod clock;
pub mod db;
pub mod fault;
pub mod throttle;
