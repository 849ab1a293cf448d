//! What happened, to whom, by whom. A record is written in the transaction of the change it tells of, or
//! the change does not happen (S125). It holds no secret, no address and no name.

mod event;
mod store;

pub use event::{Actor, Event, Kind};
pub use store::append;
