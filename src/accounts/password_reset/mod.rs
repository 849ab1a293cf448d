//! A forgotten password: a link by mail, and a new password for whoever holds it.
//!
//! Promises one answer for every address (S12), a token that works once, for a short time, for the address
//! it was sent to, and only while nothing newer stands against it; and that a reset starts clean: whoever
//! held the account before holds nothing after it (S9, S61). Refuses to sign anybody in: the new password
//! does that. Opening the link spends nothing, because programs open links in mails as well.

mod forms;
mod linked_account;
pub mod pages;
mod request;
mod reset_cookie;
mod set_password;
mod store;
mod token;
mod views;

pub use store::{cancel_what_is_open, sweep};
pub use token::{ResetToken, ResetWording, may_send};

pub(super) use pages::after_sign_in;
