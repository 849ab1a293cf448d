//! Letters to players. A letter is put into the outbox in the transaction that causes it, sealed, and sent
//! afterwards by a worker; nothing is sent inside a request (S13). It goes to one stored address, its links
//! are made from the settings only (S10), and no log line tells its reader, its subject or its text.

mod budgets;
mod deliver;
mod greet;
pub mod held;
mod letter;
mod message;
pub mod pages;
mod smtp;
mod store;
mod views;
mod worker;

pub use budgets::budgets;
pub use deliver::deliver_due;
pub use greet::greet;
pub use letter::{Kind, Letter};
pub use store::{SEALED, Waiting, Written, enqueue, of_player, sweep, waiting};
pub use worker::start;
