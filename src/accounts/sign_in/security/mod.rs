//! The list of a player's sessions, which can be ended from any of them (S24).
//!
//! Only a player's own sessions are listed or ended, by ids that are not their secrets. Another player's id gets
//! the same answer as an unknown one.

mod check_up;
mod end_sessions;
mod forms;
pub mod pages;
mod store;
mod views;
