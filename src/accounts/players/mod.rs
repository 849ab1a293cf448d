//! The player account: who somebody is here, and the password and address that let them in.
//!
//! Promises that an address counts only after its mailed code came back, that the address before it can take
//! the change back for a week. Refuses to say whether somebody else has an address.

pub(super) mod limits;
mod model;
pub mod personal_data;
pub mod store;

pub use model::{NewGamePlayer, NewPlayer, PlayerAccount, PlayerCredentials, TABLE};
pub use store::account;

use crate::audit::{Actor, AuditEvent, Kind};
use crate::web::{CurrentPlayer, RequestContext};

/// A record of what the signed-in player has just done.
pub(super) fn record(visit: &RequestContext, viewer: &CurrentPlayer, kind: Kind) -> AuditEvent {
    AuditEvent::new(visit.now, kind, Actor::Player, &visit.reference.to_string())
        .on(&viewer.player.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser)
}
