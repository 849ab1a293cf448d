//! What game servers may ask, with a key: players, the state of their links, fresh tokens, and the feed of events.
//!
//! Promises JSON whatever happens, with codes that stay (RFC 9457), described by a document that is made from
//! this code. A key opens its scopes only, is stored as a hash, and can be revoked at once. Refuses parameters
//! it does not know, cookies, and whatever a browser could be made to send.

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
pub use auth::admit;
pub use keys::{add, list, revoke};
pub use model::{KeyId, ServiceKey};
pub use token_issue_log::TokenIssueLog;
