//! Queries of webhook endpoints and their deliveries.

mod leases;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

pub use self::leases::backlog;
pub(super) use self::leases::{ClaimedDelivery, DeliveryOutcome, claim, due, endpoints_due, record_delivery};
use crate::outbound::link_events::model::{EndpointId, EventId, Kind};
use crate::outbound::link_events::outbox::insert_delivery;
use crate::outbound::webhooks::model::{DisabledBecause, WebhookEndpoint, place_of_secret};
use crate::platform::db::schema::{link_events, webhook_deliveries, webhook_endpoints};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::types::WordList;
use crate::platform::db::{Conn, UtcTime};
use crate::sealed_column;

/// The sealed columns of these tables.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(webhook_endpoints.secret_sealed, |id| place_of_secret(&id.into()))];

pub(super) fn insert(
    conn: &mut Conn,
    id: &EndpointId,
    url: &str,
    kinds: &[Kind],
    secret_sealed: &[u8],
    at: DateTime<Utc>,
) -> QueryResult<()> {
    use webhook_endpoints::dsl;
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    diesel::insert_into(dsl::webhook_endpoints)
        .values((
            dsl::id.eq(id),
            dsl::url.eq(url),
            dsl::kinds.eq(kinds.join(" ")),
            dsl::secret_sealed.eq(secret_sealed),
            dsl::created_at.eq(UtcTime::from(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Removes an endpoint with its deliveries. False if there is none.
pub(super) fn remove(conn: &mut Conn, id: &EndpointId) -> QueryResult<bool> {
    let row = webhook_endpoints::table.filter(webhook_endpoints::id.eq(id));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Disables an endpoint. False if it was disabled already.
pub(super) fn disable(
    conn: &mut Conn,
    id: &EndpointId,
    because: DisabledBecause,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    use webhook_endpoints::dsl;
    let row = dsl::webhook_endpoints.filter(dsl::id.eq(id)).filter(dsl::disabled_at.is_null());
    let rows = diesel::update(row)
        .set((dsl::disabled_at.eq(Some(UtcTime::from(at))), dsl::disabled_because.eq(Some(because))))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The address and the sealed secret of an endpoint. `None` if it is removed or disabled.
pub(super) fn target(conn: &mut Conn, id: &EndpointId) -> QueryResult<Option<(String, Vec<u8>)>> {
    use webhook_endpoints::dsl;
    dsl::webhook_endpoints
        .filter(dsl::id.eq(id))
        .filter(dsl::disabled_at.is_null())
        .select((dsl::url, dsl::secret_sealed))
        .first(conn)
        .optional()
}

/// The columns of an endpoint. The counts beside them are queries of their own.
type EndpointColumns = (EndpointId, String, WordList<Kind>, Option<DisabledBecause>);

/// Every endpoint, oldest first, with the counts of its deliveries.
pub(super) fn list(conn: &mut Conn) -> QueryResult<Vec<WebhookEndpoint>> {
    use webhook_endpoints::dsl;
    let rows: Vec<EndpointColumns> = dsl::webhook_endpoints
        .order((dsl::created_at, dsl::id))
        .select((dsl::id, dsl::url, dsl::kinds, dsl::disabled_because))
        .load(conn)?;
    rows.into_iter().map(|row| with_counts(conn, row)).collect()
}

fn with_counts(
    conn: &mut Conn,
    (id, url, kinds, disabled_because): EndpointColumns,
) -> QueryResult<WebhookEndpoint> {
    use webhook_deliveries::dsl;
    let of = dsl::webhook_deliveries.filter(dsl::endpoint_id.eq(&id));
    let delivered = of.filter(dsl::delivered_at.is_not_null()).count().get_result(conn)?;
    let dead = of.filter(dsl::failed_at.is_not_null()).count().get_result(conn)?;
    let waiting =
        of.filter(dsl::delivered_at.is_null()).filter(dsl::failed_at.is_null()).count().get_result(conn)?;
    let last_trouble: Option<Option<String>> = of
        .filter(dsl::delivered_at.is_null())
        .filter(dsl::last_answer.is_not_null())
        .order(dsl::position.desc())
        .select(dsl::last_answer)
        .first(conn)
        .optional()?;
    Ok(WebhookEndpoint {
        kinds: kinds.into(),
        id,
        url,
        disabled_because,
        waiting,
        delivered,
        dead,
        last_trouble: last_trouble.flatten(),
    })
}

/// The positions and kinds of the events for a replay, in the feed's order.
pub(super) fn to_replay(
    conn: &mut Conn,
    since: Option<DateTime<Utc>>,
    one: Option<&EventId>,
) -> QueryResult<Vec<(i64, Kind)>> {
    let mut events = link_events::table.into_boxed();
    if let Some(since) = since {
        events = events.filter(link_events::at.ge(UtcTime::from(since)));
    }
    if let Some(one) = one {
        events = events.filter(link_events::id.eq(one.clone()));
    }
    events.order(link_events::position).select((link_events::position, link_events::kind)).load(conn)
}

/// The positions of an endpoint's dead letters.
pub(super) fn dead_letters(conn: &mut Conn, endpoint: &EndpointId) -> QueryResult<Vec<i64>> {
    use webhook_deliveries::dsl;
    dsl::webhook_deliveries
        .filter(dsl::endpoint_id.eq(endpoint))
        .filter(dsl::failed_at.is_not_null())
        .order(dsl::position)
        .select(dsl::position)
        .load(conn)
}

/// Queues an event, again or for the first time, if it is still kept. The caller has locked the feed's counter.
pub(super) fn requeue_delivery(
    conn: &mut Conn,
    endpoint: &EndpointId,
    position: i64,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    use webhook_deliveries::dsl;
    let row =
        dsl::webhook_deliveries.filter(dsl::endpoint_id.eq(endpoint)).filter(dsl::position.eq(position));
    let rows = diesel::update(row)
        .set((
            dsl::attempts.eq(0),
            dsl::next_attempt_at.eq(UtcTime::from(now)),
            dsl::lease.eq(None::<String>),
            dsl::last_answer.eq(None::<String>),
            dsl::delivered_at.eq(None::<UtcTime>),
            dsl::failed_at.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    let kept = link_events::table.filter(link_events::position.eq(position));
    if rows == 0 && diesel::select(diesel::dsl::exists(kept)).get_result(conn)? {
        return insert_delivery(conn, endpoint, position, now);
    }
    Ok(())
}
