//! Mails to players.
//!
//! A mail enters the outbox, sealed, in the transaction that causes it. A worker sends it later, and never a
//! request (S13). It goes to one stored address, and its links are made from the settings only (S10). No log line
//! contains its recipient, its subject or its text.

mod deliver;
mod message;
mod mime;
pub mod pages;
pub mod personal_data;
mod rate_limits;
mod recipient;
mod smtp;
mod smtp_check;
mod store;
mod views;
mod worker;

#[cfg(feature = "test-support")]
pub use deliver::deliver_due;
pub use message::{Kind, MailMessage};
pub use rate_limits::{limit_of_network, may_send_to_player, may_send_to_typed};
pub use recipient::MailRecipient;
pub use smtp_check::check_server;
pub use store::{MailSummary, SEALED, enqueue, last_of, of_player, sweep, waiting};
pub use worker::start;
