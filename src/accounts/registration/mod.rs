//! Registration of a local account: a form, then a mailed code that comes back in the same browser.
//!
//! Between the steps there is no account (S60), only a registration that waits for its code and expires. Both
//! steps answer alike whether or not the address has an account (S12), and do the same work (S13). The owner of a
//! taken address is notified by mail. No account is made without a proven address.

mod forms;
mod mails;
mod model;
mod new_code;
pub mod pages;
pub mod personal_data;
mod rate_limits;
mod register;
mod store;
mod verify;
mod views;

pub use store::{SEALED, sweep};
