//! The password of an account: set, changed, removed (S7, S8).
//!
//! A change needs the current password in the same request. A first password needs fresh proof of identity, and a
//! removal needs another login method. Each ends every other session.

mod forms;
pub mod pages;
mod remove;
mod save;
mod views;
