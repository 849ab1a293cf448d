//! The portal, tested from outside: one binary, one file a story, one database a test.
//!
//! Stories that need a real browser live under `chromium/`; `tests/run` tells the two kinds apart by that name.

#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "a test stops at the first surprise, and this crate has no callers"
)]

mod access;
mod architecture;
mod change_email;
mod change_password;
mod cli;
mod config;
mod harness;
mod janitor;
mod migrations;
mod profile;
mod security;
mod simulator;
