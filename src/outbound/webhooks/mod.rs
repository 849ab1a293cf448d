//! The feed's events as signed requests to whoever registered an address, in the form of Standard Webhooks.
//!
//! Promises that each event reaches each endpoint at least once, or shows as a dead letter; that the body is
//! signed with the endpoint's own secret; and that nothing is sent to an address inside our own network
//! unless the operator allows it. Order is not promised: every event carries its position. Refuses redirects,
//! and reads nothing of an answer but its status and `Retry-After` (S53).

mod address;
mod deliver;
mod endpoints;
mod model;
mod send;
mod store;
mod worker;

pub use address::{AddressRefused, WebhookAddress};
pub use deliver::deliver_due;
pub use endpoints::{add, list, remove, replay};
pub use model::{AddedWebhook, EndpointId, WebhookEndpoint, WebhookPayload, WebhookReplay};
pub(super) use store::owe;
pub use store::{SEALED, backlog};
pub use worker::start;
