//! A forgotten password: a link by mail, and a new password for whoever holds it.
//!
//! Promises one answer for every address (S12), a token that works once, for a short time, for the address
//! it was sent to, and only while nothing newer stands against it; and that a reset starts clean: whoever
//! held the account before holds nothing after it (S9, S61). Refuses to sign anybody in: the new password
//! does that. Opening the link spends nothing, because programs open links in mails as well.

mod ask;
mod carried;
mod choose;
mod forms;
mod link;
mod linked;
pub mod pages;
mod store;
mod views;

pub use link::{ResetLink, Wording, may_send};
pub use store::{cancel_what_is_open, sweep};

pub(super) use pages::after_sign_in;
