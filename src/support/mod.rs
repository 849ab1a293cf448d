//! The desk: what staff see and do for players.
//!
//! Promises that every change asks for a reason and for fresh proof, and that looking leaves a trace. What is
//! here: the home page, a player's page, and the record of what happened with its export. It knows no game's door
//! and no tokens.

pub mod actions;
mod audit_entry;
pub mod audit_log;
mod forms;
mod mask;
pub mod notes;
pub mod pages;
pub mod player;
pub mod search;
pub mod staff;
mod view_quota;
mod views;

pub use notes::held as notes_held;
