//! The player account, with the password and the address to sign in with.
//!
//! An address counts only after its mailed code came back, and the previous address can undo a change for a week.
//! The portal never says whether somebody else has an address.

pub(super) mod limits;
mod model;
mod open_ends;
pub mod personal_data;
pub mod store;

pub use model::{NewGamePlayer, NewPlayer, PlayerAccount, PlayerCredentials, TABLE};
pub use open_ends::end_everything;
pub use store::player_account;

use crate::audit::{Actor, AuditEvent, Kind};
use crate::web::{CurrentPlayer, RequestContext};

/// An audit record of what the signed-in player has just done.
pub(super) fn record(visit: &RequestContext, viewer: &CurrentPlayer, kind: Kind) -> AuditEvent {
    AuditEvent::new(visit.now, kind, Actor::Player, &visit.reference.to_string())
        .on(&viewer.player.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser)
}
