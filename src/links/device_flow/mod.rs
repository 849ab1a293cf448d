//! Linking by code: a TV or console shows Amazon's code, and its player types it on a phone.
//!
//! The portal polls Amazon for the result (docs/protocols/login-with-amazon.md#codes-for-tvs-and-consoles). A device
//! flow is a row under a lease. Amazon is therefore called once an interval, on any number of copies and across
//! restarts. The codes are sealed in the row until the flow ends.
//!
//! A player has one open device flow; a new one replaces the old. A player with an active link gets no code. A flow
//! does not restore a link that was unlinked after its begin.

mod begin;
pub(super) mod link;
mod model;
mod poll;
mod poll_batch;
mod qr;
mod status;
mod store;
mod worker;

pub use begin::{DeviceFlowBeginRefusal, DeviceFlowBegun, DeviceFlowRequester, begin_device_flow};
pub use model::{AskedBy, Outcome};
#[cfg(feature = "test-support")]
pub use poll_batch::{DeviceFlowBatch, poll_batch};
pub use qr::qr;
pub use status::{DeviceFlowStatus, device_flow_status, ended_since};
pub use store::{SEALED, sweep};
pub use worker::start;
