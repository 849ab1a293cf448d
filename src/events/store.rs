//! The feed's tables.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::events::model::{EndpointId, EventId, Kind, NewEvent};
use crate::platform::db::schema::{link_event_counter, link_events, webhook_deliveries, webhook_endpoints};
use crate::platform::db::{Conn, UtcTime, new_id};

/// Records the event and owes it to every endpoint that wants it, in the caller's transaction.
///
/// Call it last: the counter's row is held until the commit, which is what makes positions follow commits, and
/// a transaction that took other rows after it could wait for one that waits for it.
pub fn record(conn: &mut Conn, event: &NewEvent) -> QueryResult<()> {
    use link_events::dsl;
    let position = take_position(conn)?;
    diesel::insert_into(dsl::link_events)
        .values((
            dsl::position.eq(position),
            dsl::id.eq(EventId::new(event.at)),
            dsl::kind.eq(event.kind),
            dsl::at.eq(UtcTime::from(event.at)),
            dsl::player_id.eq(&event.player),
            dsl::actor.eq(event.actor),
            dsl::cause.eq(event.cause),
        ))
        .execute(conn)?;
    for endpoint in listeners(conn, event.kind)? {
        owe(conn, &endpoint, position, event.at)?;
    }
    Ok(())
}

/// The next position. Its row stays locked until this transaction ends.
fn take_position(conn: &mut Conn) -> QueryResult<i64> {
    use link_event_counter::dsl;
    diesel::update(dsl::link_event_counter)
        .set(dsl::position.eq(dsl::position + 1))
        .returning(dsl::position)
        .get_result(conn)
}

/// The endpoints that want events of this kind. Asked under the counter's row, so that none comes or goes.
fn listeners(conn: &mut Conn, kind: Kind) -> QueryResult<Vec<EndpointId>> {
    use webhook_endpoints::dsl;
    let rows: Vec<(EndpointId, String)> =
        dsl::webhook_endpoints.filter(dsl::disabled_at.is_null()).select((dsl::id, dsl::kinds)).load(conn)?;
    let wants = |kinds: &str| kinds.split(' ').any(|wanted| wanted == kind.as_str());
    Ok(rows.into_iter().filter(|(_, kinds)| wants(kinds)).map(|(id, _)| id).collect())
}

fn owe(conn: &mut Conn, endpoint: &EndpointId, position: i64, at: DateTime<Utc>) -> QueryResult<()> {
    use webhook_deliveries::dsl;
    diesel::insert_into(dsl::webhook_deliveries)
        .values((
            dsl::id.eq(new_id(at)),
            dsl::endpoint_id.eq(endpoint),
            dsl::position.eq(position),
            dsl::next_attempt_at.eq(UtcTime::from(at)),
            dsl::created_at.eq(UtcTime::from(at)),
        ))
        .execute(conn)
        .map(drop)
}
