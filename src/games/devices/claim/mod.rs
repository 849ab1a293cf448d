//! Claiming a player whom only a device knows: the game shows a code, a person types it in a browser, looks at device,
//! place and player, and makes it an account of their own, or moves the device to the account they have.

mod begin;
mod code;
mod enter_code;
mod finish;
mod forms;
mod move_device;
pub mod pages;
mod store;
mod views;

pub use begin::{ClaimBeginRefusal, ClaimProgress, begin, progress};
pub use store::sweep;
