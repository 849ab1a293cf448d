//! Devices that games run on: sign-in by device id, and claim codes for a browser.
//!
//! A device id is a bearer secret (S147). It is stored only as a keyed hash, and unknown ids are counted like
//! wrong passwords. It opens a game session of one game and nothing else, and its player can disable it. A
//! claim code is typed by a person. The page then shows device, network and player, and acts only after a
//! confirmation. No link or claim is made by one click of a URL.

mod authenticate;
pub mod claim;
mod forms;
mod model;
pub mod pages;
pub mod personal_data;
mod revoke;
pub mod sign_in_code;
mod store;
mod views;

pub use authenticate::{DeviceSignInRefusal, PresentedDevice, authenticate_device};
pub use claim::{ClaimBeginRefusal, ClaimProgress, begin_claim, claim_progress as progress_of_claim};
pub use model::{DeviceId, DeviceSummary, label_of};
pub use sign_in_code::{
    SignInCodeRefusal, SignInCodeRequester, SignInCodeState, begin_sign_in,
    states_of as states_of_sign_in_codes, take_progress,
};
pub use store::{is_device_of, list_summaries};
