//! Letters to players. A letter is put into the outbox in the transaction that causes it, sealed, and sent
//! afterwards by a worker; nothing is sent inside a request (S13). It goes to one stored address, its links
//! are made from the settings only (S10), and no log line tells its reader, its subject or its text.

mod deliver;
mod message;
mod mime;
pub mod pages;
pub mod personal_data;
mod rate_limits;
mod smtp;
mod smtp_check;
mod store;
mod views;
mod worker;

pub use deliver::deliver_due;
pub use message::{Kind, MailMessage};
pub use rate_limits::budgets;
pub use smtp_check::greet;
pub use store::{MailSummary, SEALED, WaitingMail, enqueue, of_player, sweep, waiting};
pub use worker::start;
