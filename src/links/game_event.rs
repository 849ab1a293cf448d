//! Audit events of a request without a browser.

use crate::audit::{Actor, AuditEvent, Kind};
use crate::links::GameCallContext;

impl GameCallContext {
    /// An event of this request. Game servers call without a network.
    pub fn audit_event(&self, kind: Kind, actor: Actor) -> AuditEvent {
        let event = AuditEvent::new(self.at, kind, actor, &self.reference);
        if self.network.is_empty() { event } else { event.from(&self.network) }
    }
}
