//! The actions of staff on a player, one file an action.
//!
//! Each change has a reason and writes its audit record in the same transaction. The player gets a mail where there
//! is a confirmed address; it names neither the reason nor the member of staff. A form of an outdated page changes
//! nothing and shows the present state, so a form that is sent twice acts once.
//!
//! Support cannot set a password, show a token, sign in as a player, change an address, or remove the last login
//! method without a replacement.

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
