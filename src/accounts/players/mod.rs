//! The player account: who somebody is here, and the password and address that let them in.
//!
//! Promises that an address counts only after its mailed code came back, that the address before it can take
//! the change back for a week. Refuses to say whether somebody else has an address.

pub(super) mod limits;
mod model;
pub mod personal_data;
pub mod store;

pub use model::{Account, Credentials, NewGamePlayer, NewPlayer, TABLE};
pub use store::account;

use crate::audit::{Actor, Event, Kind};
use crate::web::{Viewer, Visit};

/// A record of what the signed-in player has just done.
pub(super) fn record(visit: &Visit, viewer: &Viewer, kind: Kind) -> Event {
    Event::new(visit.now, kind, Actor::Player, &visit.reference.to_string())
        .on(&viewer.player.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser)
}
