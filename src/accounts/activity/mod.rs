//! A player's own history: what happened on the account, and what the support team did (S127).
//!
//! What staff did is shown beside the player's own actions, a view of the account as well as a change.
//! `visible_events.rs` decides for every kind of record whether and how it is shown. No member of staff is named,
//! none of their reasons and notes is repeated, and no other player's record is shown. No address names a player.

mod forms;
mod grouping;
pub mod pages;
mod views;
mod visible_events;
