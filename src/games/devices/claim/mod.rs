//! Claims of players who are known only by a device.
//!
//! The game shows a code, and a person types it in a browser. The page shows device, network and player. The
//! person then makes the player an account, or moves the device to an account they have.

mod begin;
pub(super) mod code;
mod enter_code;
mod finish;
mod forms;
mod move_device;
pub mod pages;
mod store;
mod views;

pub use begin::{ClaimBeginRefusal, ClaimProgress, begin_claim, claim_progress};
pub use store::sweep;
