//! The desk: what staff see and do for players.
//!
//! Promises that every change asks for a reason and for fresh proof, and that looking leaves a trace. What is
//! here: the home page, and the record of what happened with its export. It knows no game and no tokens.

pub mod notes;
pub mod pages;
mod record;
pub mod records;
mod views;

pub use notes::held as notes_held;
