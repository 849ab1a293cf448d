//! What game servers may ask, with a key: players, the state of their links, fresh tokens, and the feed of events.
//!
//! Promises JSON whatever happens, with codes that stay (RFC 9457), described by a document that is made from
//! this code. A key opens its scopes only, is stored as a hash, and can be revoked at once. Refuses parameters
//! it does not know, cookies, and whatever a browser could be made to send.

mod answers;
pub mod code_pages;
mod door;
mod handouts;
mod keys;
mod lookup;
mod model;
mod openapi;
pub mod pages;
mod query;
mod store;

pub use door::admit;
pub use handouts::Handouts;
pub use keys::{add, list, revoke};
pub use model::{KeyId, ServiceKey};
