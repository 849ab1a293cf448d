//! The password of an account: set, changed, removed (S7, S8).
//!
//! A change needs the current password in the same request. A first password needs fresh proof of identity, and a
//! removal needs another login method. Each ends every other session.

mod forms;
pub mod pages;
mod remove;
mod save;
mod views;

use crate::audit::{Actor, AuditEvent, Kind};
use crate::web::{CurrentPlayer, RequestContext};

/// An audit record of what the signed-in player has just done.
fn record(visit: &RequestContext, viewer: &CurrentPlayer, kind: Kind) -> AuditEvent {
    AuditEvent::new(visit.now, kind, Actor::Player, &visit.reference.to_string())
        .on(&viewer.player.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser)
}
