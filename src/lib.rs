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

mod amazon_link;
pub mod app;
mod audit;
pub mod cli;
pub mod config;
mod janitor;
pub mod lwa;
mod mail;
pub mod platform;
mod players;
mod privacy;
mod resume;
mod routes;
pub mod server;
mod sessions;
mod sign_in;
mod viewer;
mod web;
mod words;
