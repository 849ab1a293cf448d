//! What every feature stands on, and what knows nothing of players, Amazon or HTML.

pub mod clock;
pub mod fault;
pub mod telemetry;
