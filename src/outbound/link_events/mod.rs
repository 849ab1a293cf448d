//! What game servers are told about links: one feed for all, and the same events as webhooks.
//!
//! Promises a feed whose positions are 1, 2, 3 … in the order in which the changes were committed, so that a
//! reader who goes on after the last position it saw neither misses an event nor sees one twice, however many
//! writers there are. An event is recorded in the transaction of the change it tells of, together with its
//! deliveries, or the change does not happen. Refuses to carry anything about a person but the player's id.

mod feed;
pub(super) mod model;
pub(super) mod store;

pub use feed::{CursorRefused, FeedPage, read};
pub use model::{EventId, Kind, LinkEvent, NewLinkEvent};
pub use store::{record, sweep};
