//! Linking by code: a TV or console shows Amazon's code, and its player types it on a phone.
//!
//! The portal polls Amazon for the result (docs/protocols/login-with-amazon.md#codes-for-tvs-and-consoles). A device
//! flow is a row under a lease. Amazon is therefore called once an interval, on any number of copies and across
//! restarts. The codes are sealed in the row until the flow ends.
//!
//! A link waits until the game that asked has shown both names and confirms them, because Amazon's page does not say
//! for whom a code is. What a game server asks for is linked at once. The owner of the Amazon account gets a mail with
//! a way back.
//!
//! A player has one open device flow; a new one replaces the old. A player with an active link gets no code. A flow
//! does not restore a link that was unlinked after its begin.

mod attempt_by_code;
mod begin;
mod confirm;
pub(super) mod link;
mod model;
mod poll;
mod poll_batch;
mod qr;
mod status;
mod store;
mod worker;

pub use attempt_by_code::{LinkByCodeRefusal, link_attempt_by_code, may_link_by_code, waiting_amazon_name};
pub use begin::{DeviceFlowBeginRefusal, DeviceFlowBegun, DeviceFlowRequester, begin_device_flow};
pub use confirm::{AskedElsewhere, confirm_device_flow};
pub use model::{AskedBy, Outcome};
#[cfg(feature = "test-support")]
pub use poll_batch::{DeviceFlowBatch, poll_batch};
pub use qr::qr;
pub use status::{DeviceFlowStatus, NamesToConfirm, device_flow_status, ended_since, waiting_since};
pub use store::{SEALED, sweep};
pub use worker::start;
