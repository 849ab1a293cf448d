//! The audit table: append and read, nothing else; triggers refuse the rest.

use diesel::prelude::*;

use crate::audit::event::Event;
use crate::platform::db::schema::audit_events::dsl;
use crate::platform::db::{Conn, UtcTime, new_id, on_commit};
use crate::words::{PlayerId, SessionId};

/// Writes the record, in the caller's transaction.
pub fn append(conn: &mut Conn, event: &Event) -> QueryResult<()> {
    let kind = event.kind.as_str();
    on_commit(move |metrics| metrics.audit_events.add(kind));
    diesel::insert_into(dsl::audit_events)
        .values((
            dsl::id.eq(new_id(event.at)),
            dsl::at.eq(UtcTime::from(event.at)),
            dsl::kind.eq(kind),
            dsl::player_id.eq(event.player.as_ref().map(PlayerId::as_str)),
            dsl::actor.eq(event.actor.as_str()),
            dsl::session_id.eq(event.session.as_ref().map(SessionId::as_str)),
            dsl::reference.eq(&event.reference),
            dsl::network.eq(event.network.as_deref()),
            dsl::details.eq(event.details.to_string()),
        ))
        .execute(conn)
        .map(drop)
}
