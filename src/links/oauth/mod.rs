//! Linking in the browser: the authorization code flow of Login with Amazon, from its begin to the decision.

mod begin;
pub(super) mod callback;
pub(super) mod confirm;
pub mod confirm_pages;
mod email_match;
mod exchange;
mod game_link;
pub mod game_link_pages;
pub mod oauth_pages;
mod register;
