//! Audit records of what staff do (S125).

use crate::audit::{Actor, AuditEntry, AuditEvent, Kind};
use crate::platform::ids::PlayerId;
use crate::web::{CurrentStaffMember, RequestContext};

/// Begins a record of an action by this member of staff.
///
/// The caller adds `on(player)` and `because(reason)` where they apply.
pub(super) fn record_action(visit: &RequestContext, viewer: &CurrentStaffMember, kind: Kind) -> AuditEvent {
    AuditEvent::new(visit.now, kind, Actor::Support, visit.reference.as_str())
        .by(&viewer.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
}

/// Puts a list that is filtered by player on record for that player, who can see it (S127).
///
/// An id without any record stays a word in the details.
pub(super) fn action_event(event: AuditEvent, player: Option<&PlayerId>, found: &[AuditEntry]) -> AuditEvent {
    match player.filter(|_| !found.is_empty()) {
        Some(player) => event.on(player),
        None => event,
    }
}
