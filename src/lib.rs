//! Dovetail, a self-hosted account portal for games.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test stops at the first surprise"
    )
)]

pub mod platform;
