//! Link events for game servers: one feed for all, and the same events as webhooks.
//!
//! Positions in the feed are 1, 2, 3 … in the order of commits. A reader that continues after its last position
//! neither misses an event nor sees one twice, however many writers there are. An event and its deliveries are
//! recorded in the transaction of the change, or the change does not happen. The player's id is all that an event
//! says about a person.

mod feed;
pub(super) mod model;
pub(super) mod outbox;
pub(super) mod store;

pub use feed::{CursorRefused, read_feed};
pub use model::{EndpointId, EventId, Kind, LinkEvent, NewLinkEvent};
pub use store::{jump, record_event, sweep};
