//! A forgotten password: a link by mail, and a new password from the person who opens it.
//!
//! Every address gets the same answer (S12). A token works once, for a short time, for the address it was sent
//! to, and only until something newer supersedes it. A reset leaves nothing to an earlier user of the account
//! (S9, S61). A reset signs nobody in: the new password does that. Opening the link spends nothing, because
//! programs open links in mails as well.

mod forms;
pub mod pages;
mod request;
mod reset_cookie;
mod set_password;
mod store;
mod token;
mod views;

pub use store::sweep;
pub use token::{ResetRequester, ResetToken, ResetWording, may_send};

pub(super) use request::{TooManyResets, count_request, may_mail};
pub(super) use reset_cookie::ResetDone;
pub(super) use set_password::{SetPasswordRefusal, hash_password};
