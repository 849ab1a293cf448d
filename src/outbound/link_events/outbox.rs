//! The outbox of webhooks: an event and its deliveries are one transaction.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::outbound::link_events::model::{EndpointId, Kind};
use crate::platform::db::schema::{webhook_deliveries, webhook_endpoints};
use crate::platform::db::types::WordList;
use crate::platform::db::{Conn, UtcTime, new_id};

/// Queues an event for every endpoint that wants its kind.
///
/// The caller has locked the feed's counter, so no endpoint is added or removed meanwhile.
pub(super) fn enqueue_deliveries(
    conn: &mut Conn,
    kind: Kind,
    position: i64,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    use webhook_endpoints::dsl;
    let rows: Vec<(EndpointId, WordList<Kind>)> =
        dsl::webhook_endpoints.filter(dsl::disabled_at.is_null()).select((dsl::id, dsl::kinds)).load(conn)?;
    for (endpoint, kinds) in rows {
        if Vec::from(kinds).contains(&kind) {
            insert_delivery(conn, &endpoint, position, at)?;
        }
    }
    Ok(())
}

/// Queues one event for one endpoint.
pub(in crate::outbound) fn insert_delivery(
    conn: &mut Conn,
    endpoint: &EndpointId,
    position: i64,
    at: DateTime<Utc>,
) -> QueryResult<()> {
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
