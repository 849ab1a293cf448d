//! Linking through the browser: the authorization code flow of Login with Amazon, from its start to its decision.

mod begin;
pub(super) mod callback;
mod confirm;
pub mod confirm_pages;
mod email_match;
mod exchange;
pub mod oauth_pages;
mod register;
