//! The feed's events as signed requests to registered addresses, in the format of Standard Webhooks.
//!
//! Each event reaches each endpoint at least once, or shows as a dead letter. The endpoint's own secret signs the
//! body. Nothing is sent to a private network unless the operator allows it. Order is not promised, but every event
//! has its position. Redirects are refused. Of an answer only status and `Retry-After` are read (S53).

mod address;
mod deliver;
mod endpoints;
mod model;
mod send;
mod store;
mod worker;

#[cfg(feature = "test-support")]
pub use deliver::deliver_due;
pub use endpoints::{add, list, remove, replay};
pub use model::{WebhookEndpoint, WebhookPayload, WebhookReplay};
pub use store::{SEALED, backlog};
pub use worker::start;
