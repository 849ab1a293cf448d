//! Where a player is signed in, and ending it from afar (S24).
//!
//! Promises that only a player's own sessions are ever listed or ended, by ids that are not their secrets.
//! Refuses an id that is not theirs exactly as one that never was.

mod end_sessions;
mod forms;
pub mod pages;
mod views;
