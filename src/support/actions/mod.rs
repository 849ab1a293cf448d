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
mod last_action;
mod model;
mod release_brake;
mod request;
mod send_reset;
mod unlink_amazon;

pub(in crate::support) use add_note::add_note;
pub(in crate::support) use check_link::{CheckedLinkAnswer, check_link};
pub(in crate::support) use disable::disable_player;
pub(in crate::support) use enable::enable_player;
pub(in crate::support) use end_sessions::end_sessions;
pub(in crate::support) use last_action::{LastAction, newest};
pub(in crate::support) use model::{ActionRefusal, Verb, standing};
pub(in crate::support) use release_brake::{GuardRelease, release as release_brake};
pub(in crate::support) use request::ActionRequest;
pub(in crate::support) use send_reset::send_reset;
pub(in crate::support) use unlink_amazon::{SupportUnlinked, unlink_amazon};
