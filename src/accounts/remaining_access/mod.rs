//! What opens an account besides its password: the Amazon account, passkeys, devices, and sessions
//! of games.
//!
//! A reset ends all sessions, but whoever brought a device, a passkey or an Amazon account along still comes in (S61).
//! The mail about the reset lists them, and the first sign-in after it shows them with a button each. Each button posts to the
//! action that exists for it elsewhere.

mod forms;
mod mail_lines;
mod model;
pub mod pages;
mod store;
mod views;

pub(super) use mail_lines::list_for_mail;
