//! Dovetail, a self-hosted account portal for games.
//!
//! Players sign in with a password or with Amazon. They link one Amazon account, unlink it, or replace it. The
//! program needs one SQL database: SQLite, or PostgreSQL where several copies run side by side.
//!
//! Each module imports only from modules above it in this table; `tests/portal/architecture.rs` enforces that.
//! The modules are private, so that the compiler reports dead code. Tests see what `testing` exports.
//! `docs/architecture.md` follows one request through the modules and explains their files and rules.
//!
//! | module | what it is |
//! | --- | --- |
//! | `platform` | tools that know neither players nor Amazon: clock, database, cryptography, passwords, rate limits |
//! | `config` | the settings, read and checked once |
//! | `lwa` | the protocol of Login with Amazon, and a simulator of Amazon |
//! | `app` | the portal as one value, built from the settings |
//! | `audit` | the audit log as a signed chain of sealed records |
//! | `web` | the HTTP toolkit: requests, forms, cookies, pages, errors |
//! | `outbound` | mail, the feed of link events, and webhooks |
//! | `sessions` | the sessions of browsers, games and staff |
//! | `accounts` | player accounts: registration, sign-in, password, email address, profile |
//! | `links` | links between players and Amazon accounts, and the refresh of their tokens |
//! | `games` | the GameSparks-compatible interface for games, and device sign-in |
//! | `service_api` | the JSON API for game servers |
//! | `support` | the support pages, and the accounts of staff |
//! | `privacy` | the privacy page, and the export and erasure of a player's data |
//! | `server` | the routes and layers of the HTTP server |
//! | `operations` | the command line, metrics, diagnosis, key rotation, cleanup |

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

mod accounts;
mod app;
mod audit;
mod config;
mod games;
mod links;
mod lwa;
mod operations;
mod outbound;
mod platform;
mod privacy;
mod server;
mod service_api;
mod sessions;
mod support;
#[cfg(feature = "test-support")]
#[doc(hidden)]
pub mod testing;
mod web;

pub use operations::cli::run;

use platform::db::exported::exported_rows;
use platform::db::on_backend;
use platform::db::sealed::sealed_column;
use platform::db::types::{id_type, stored_enum, text_column};
use platform::text_enum::text_enum;
