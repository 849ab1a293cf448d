//! The support pages: what staff see and do for players.
//!
//! Every change needs a reason and fresh proof of identity, and every view of a player writes an audit record.
//! The module holds the home page, the search, a player's page, staff accounts, and the audit log with its export.
//! It knows no protocol of a game and no token.

pub mod actions;
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
