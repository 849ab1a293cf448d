//! What staff do for a player: one file a verb.
//!
//! Promises that each change has a reason and a record in its own transaction, that the player is told by mail where
//! there is a proven address, never of the reason or of who it was, and that whoever acts on a page that is no longer
//! true changes nothing and sees what is true now. Pressed twice, it happens once. Refuses to set a password, to show
//! a token, to sign in as a player, to change an address, and to leave anybody without a way in.

mod add_note;
mod check_link;
mod disable;
mod enable;
mod end_sessions;
mod forms;
mod last_action;
mod model;
pub mod pages;
mod release_brake;
mod request;
mod send_reset;
mod unlink_amazon;
mod views;

pub(in crate::support) use last_action::LastAction;
pub(in crate::support) use release_brake::{GuardRelease, release as release_brake};
pub(in crate::support) use views::ActionPanel;
