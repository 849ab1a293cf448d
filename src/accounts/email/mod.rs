//! The address of an account: added or changed by a mailed code, taken back by the one before it (S60, S62).
//!
//! A taken address is answered like a free one; its owner hears of it by mail and the code never works.

mod ask;
mod confirm;
mod forms;
pub mod pages;
mod store;
mod undo;
mod views;

pub use ask::{EmailChangeRequester, ask};
pub use store::{forget_changes, forget_resets, sweep_changes, sweep_undos};

use crate::platform::email::{EmailAddress, LocalPart};

/// An address that stands in the database, so it was accepted before.
fn stored(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(text, LocalPart::Unicode).ok()
}

/// The player's own address as pages show it; empty if there is none.
pub(super) fn masked(email: Option<&str>) -> String {
    email.and_then(stored).map_or_else(String::new, |email| email.masked())
}
