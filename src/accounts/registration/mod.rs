//! A new local account, in two steps: a form, and a mailed code that comes back in the same browser.
//!
//! Between them there is no account (S60), only a registration that waits for an hour and then is
//! forgotten. Both steps answer alike whether or not the address has an account (S12) and do the same work
//! (S13); the owner of a taken address is told by mail. Refuses to make an account without a proven address.

mod budgets;
mod forms;
mod letters;
mod model;
mod new_code;
pub mod pages;
pub mod personal_data;
mod register;
mod store;
mod verify;
mod views;

pub use store::{SEALED, sweep};
