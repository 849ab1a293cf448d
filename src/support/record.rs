//! What staff do leaves a record (S125).

use crate::audit::{Actor, Event, Kind};
use crate::web::{StaffViewer, Visit};

/// A record of what this member of staff does. Add `on(player)` and `because(reason)` where there are such.
pub(super) fn record(visit: &Visit, viewer: &StaffViewer, kind: Kind) -> Event {
    Event::new(visit.now, kind, Actor::Support, visit.reference.as_str())
        .by(&viewer.id)
        .in_session(&viewer.session.id)
        .from(&visit.caller.network())
}
