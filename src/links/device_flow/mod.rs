//! Linking by code: a TV or console shows a code of Amazon's, its player types it on a phone, and here the portal asks
//! Amazon whether that has happened, until it has (contract, section 16).
//!
//! Promises that Amazon is asked at its own pace, once an interval on however many copies, through restarts: a linking
//! is a row, taken by lease, and what we ask with is sealed in it until it ends. One linking a player; a new one ends
//! the old. Refuses to show a code to a player whose link works, and to link what an unlink has meanwhile undone.

mod begin;
pub(super) mod link;
mod model;
mod poll;
mod poll_batch;
mod qr;
mod status;
mod store;
mod worker;

pub use begin::{DeviceFlowBeginRefusal, DeviceFlowBegun, DeviceFlowRequester, begin};
pub use model::{AskedBy, Outcome};
pub use poll_batch::{DeviceFlowBatch, pass};
pub use qr::qr;
pub use status::{DeviceFlowStatus, ended_since, progress};
pub use store::{EndedDeviceFlow, SEALED, sweep};
pub use worker::start;
