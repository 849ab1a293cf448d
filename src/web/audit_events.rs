//! Audit events of a request, with what the request says about its caller.

use crate::audit::{Actor, AuditEvent, Kind};
use crate::web::{CurrentPlayer, CurrentStaffMember, RequestContext};

impl RequestContext {
    /// An event of this request, from the caller's network and browser.
    pub fn audit_event(&self, kind: Kind, actor: Actor) -> AuditEvent {
        AuditEvent::new(self.now, kind, actor, self.reference.as_str())
            .from(&self.caller.network())
            .in_browser(self.caller.browser())
    }

    /// An event of the current player's own doing, in the current session.
    pub fn player_event(&self, current_player: &CurrentPlayer, kind: Kind) -> AuditEvent {
        self.audit_event(kind, Actor::Player)
            .on(&current_player.player.id)
            .in_session(&current_player.session.id)
    }

    /// An event of a member of staff, without the browser, because the player who is concerned may see the event.
    pub fn staff_event(&self, staff: &CurrentStaffMember, kind: Kind) -> AuditEvent {
        AuditEvent::new(self.now, kind, Actor::Support, self.reference.as_str())
            .by(&staff.id)
            .in_session(&staff.session.id)
            .from(&self.caller.network())
    }
}
