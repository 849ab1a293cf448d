//! The portal, tested from outside: one binary, one file a story, one database a test.
//!
//! Stories that need a real browser live under `chromium/`; `tests/run` tells the two kinds apart by that name.

#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise, and this crate has no callers"
)]

/// Runs the same expression on the connection of either database.
macro_rules! on_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            dovetail::testing::platform::db::Conn::Postgres($inner) => $body,
            dovetail::testing::platform::db::Conn::Sqlite($inner) => $body,
        }
    };
}

mod access;
mod access_objects;
mod activity;
mod amazon_connect;
mod amazon_down;
mod amazon_faults;
mod amazon_profile;
mod architecture;
mod audit_chain;
mod audit_coverage;
mod audit_page;
mod callback;
mod change_email;
mod change_keys;
mod change_password;
mod chromium;
mod claim_by_code;
mod cli;
mod clock_jumps;
mod close_account;
mod config;
mod confirm_identity;
mod confirm_identity_with_amazon;
mod doctor;
mod documented_tokeninfo;
mod documents;
mod ended_meanwhile;
mod erase_account;
mod errors;
mod export_data;
mod game_account_changes;
mod game_accounts;
mod game_devices;
mod game_frames;
mod game_http;
mod game_links;
mod game_sessions;
mod game_socket;
mod game_tokens;
mod harness;
mod hash_memory;
mod held_in_browsers;
mod janitor;
mod known_callers;
mod link_amazon;
mod link_by_code;
mod link_events;
mod link_writers;
mod links_of_others;
mod log_events;
mod lost_database;
mod lost_everything;
mod lost_key;
mod mail;
mod match_account;
mod migrations;
mod odd_answers;
mod open_ends;
mod operations;
mod passkeys;
mod passkeys_last_way_in;
mod passkeys_refused;
mod personal_data;
mod player_plans;
mod profile;
mod races;
mod refresh_brake;
mod refresh_pass;
mod refresh_tokens;
mod refused_forms;
mod register;
mod replace_amazon;
mod reset_password;
mod restore;
mod revocation;
mod rollback;
mod search_plans;
mod secret_leaks;
mod security;
mod security_promises;
mod service_api;
mod sessions;
mod sign_in;
mod sign_in_by_code;
mod sign_in_with_amazon;
mod sign_out;
mod simulator;
mod sleeping_log_reader;
mod staff_late_forms;
mod staff_roles;
mod staff_sign_in;
mod static_files;
mod stolen_passwords;
mod support_actions;
mod support_player;
mod support_search;
mod two_step;
mod two_step_doors;
mod unlink_amazon;
mod verify;
mod webhooks;
mod without_cookies;
