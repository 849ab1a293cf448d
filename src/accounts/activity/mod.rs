//! A player's own history: what happened on the account, and what our support team did (S127).
//!
//! Promises that what staff did for a player is there beside the player's own steps, a look as well as a change,
//! and that every kind of record has been thought of: shown or not, it is said in one place. Refuses to name a member
//! of staff, to repeat their reasons and notes, or to show a record of anybody else; an address names no player.

mod forms;
mod grouping;
pub mod pages;
mod views;
mod visible_events;
