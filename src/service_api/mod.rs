//! The API for game servers, authenticated by a key: players, their links, fresh tokens, link events.
//!
//! Every answer is JSON with codes that do not change (RFC 9457). The OpenAPI document is generated from this
//! code. A key opens only its scopes, is stored as a hash, and can be revoked at once. The API refuses unknown
//! parameters, cookies, and requests that a browser could be made to send.

mod auth;
pub mod code_pages;
mod keys;
mod lookup;
mod model;
mod openapi;
pub mod pages;
mod query;
mod responses;
mod store;
mod token_issue_log;

pub use crate::web::guard::Scope;
pub use auth::admit_service;
pub use keys::{add, list, revoke};
pub use model::{KeyId, ServiceKey};
pub use token_issue_log::TokenIssueLog;
