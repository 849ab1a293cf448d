//! The simulator against the recorded contract, over real sockets.

#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod authorize;
mod device;
mod faults;
mod harness;
mod people;
mod profile;
mod switchboard;
mod tokens;
