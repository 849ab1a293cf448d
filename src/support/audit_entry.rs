//! What staff do leaves a record (S125).

use crate::audit::{Actor, AuditEntry, AuditEvent, Kind};
use crate::platform::ids::PlayerId;
use crate::web::{CurrentStaffMember, RequestContext};

/// A record of what this member of staff does. Add `on(player)` and `because(reason)` where there are such.
pub(super) fn record(visit: &RequestContext, viewer: &CurrentStaffMember, kind: Kind) -> AuditEvent {
    AuditEvent::new(visit.now, kind, Actor::Support, visit.reference.as_str())
        .by(&viewer.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
}

/// Whoever narrows the record to one player looks at that player, who gets to see it (S127). An id that nothing is
/// known of stays a word in the details.
pub(super) fn about(event: AuditEvent, player: Option<&PlayerId>, found: &[AuditEntry]) -> AuditEvent {
    match player.filter(|_| !found.is_empty()) {
        Some(player) => event.on(player),
        None => event,
    }
}
