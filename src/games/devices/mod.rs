//! Devices that games run on: the ids by which they come back to their player, and the codes by which a person
//! in a browser says who plays there.
//!
//! Promises that a device id is handled as the bearer secret it is (S147): known only as a keyed hash, counted like a
//! password, good for a game session and nothing else, never for another game's player, and switched off by its player;
//! that a code is typed, looked at with device, place and player named, and only then acted on. Refuses to link or
//! claim anything by one click of a link.

mod authenticate;
pub mod claim;
mod forms;
mod model;
pub mod pages;
pub mod personal_data;
mod revoke;
mod store;
mod views;

pub use authenticate::{DeviceSignInRefusal, PresentedDevice, enter};
pub use claim::{ClaimBeginRefusal, ClaimProgress, begin as begin_claim, progress as progress_of_claim};
pub use model::{DeviceId, DeviceSummary, label_of};
pub use store::all_of;
