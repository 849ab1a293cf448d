//! Leases of deliveries, and their outcomes.
//!
//! The next attempt of a leased delivery is the end of its lease ([`Lease`]).

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::outbound::link_events::model::{EndpointId, LinkEvent};
use crate::platform::db::schema::{link_events, webhook_deliveries, webhook_endpoints};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::jobs::lease::Lease;

/// A delivery that only this worker may send now.
pub struct ClaimedDelivery {
    pub id: String,
    pub event: LinkEvent,
    /// Includes this attempt.
    pub attempts: i64,
}

/// The endpoints with due deliveries.
pub fn endpoints_due(conn: &mut Conn, lease: &Lease) -> QueryResult<Vec<EndpointId>> {
    use webhook_deliveries::dsl;
    dsl::webhook_deliveries
        .inner_join(webhook_endpoints::table)
        .filter(webhook_endpoints::disabled_at.is_null())
        .filter(dsl::delivered_at.is_null())
        .filter(dsl::failed_at.is_null())
        .filter(lease.is_free(dsl::lease, dsl::next_attempt_at.nullable()))
        .select(dsl::endpoint_id)
        .distinct()
        .load(conn)
}

/// How many deliveries wait, counted up to 10,000, and since when the oldest of those waits.
pub fn backlog(conn: &mut Conn) -> QueryResult<(usize, Option<DateTime<Utc>>)> {
    use webhook_deliveries::dsl;
    let waiting: Vec<DateTime<Utc>> = dsl::webhook_deliveries
        .inner_join(webhook_endpoints::table)
        .filter(webhook_endpoints::disabled_at.is_null())
        .filter(dsl::delivered_at.is_null())
        .filter(dsl::failed_at.is_null())
        .limit(10_000)
        .select(dsl::created_at)
        .load(conn)?;
    Ok((waiting.len(), waiting.into_iter().min()))
}

/// The ids of due deliveries, in the feed's order.
pub fn due(conn: &mut Conn, endpoint: &EndpointId, lease: &Lease, limit: i64) -> QueryResult<Vec<String>> {
    use webhook_deliveries::dsl;
    dsl::webhook_deliveries
        .filter(dsl::endpoint_id.eq(endpoint))
        .filter(dsl::delivered_at.is_null())
        .filter(dsl::failed_at.is_null())
        .filter(lease.is_free(dsl::lease, dsl::next_attempt_at.nullable()))
        .order(dsl::position)
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

/// Claims one delivery. `None` if another worker was quicker.
pub fn claim(conn: &mut Conn, id: &str, lease: &Lease) -> QueryResult<Option<ClaimedDelivery>> {
    use webhook_deliveries::dsl;
    let open = dsl::webhook_deliveries
        .filter(dsl::id.eq(id))
        .filter(dsl::delivered_at.is_null())
        .filter(dsl::failed_at.is_null())
        .filter(lease.is_free(dsl::lease, dsl::next_attempt_at.nullable()));
    let claimed: Option<(i64, i64)> = diesel::update(open)
        .set((
            dsl::lease.eq(Some(&lease.owner)),
            dsl::attempts.eq(dsl::attempts + 1),
            dsl::next_attempt_at.eq(UtcTime::from(lease.until)),
        ))
        .returning((dsl::position, dsl::attempts))
        .get_result(conn)
        .optional()?;
    let Some((position, attempts)) = claimed else { return Ok(None) };
    let event = link_events::table
        .filter(link_events::position.eq(position))
        .select(LinkEvent::as_select())
        .first(conn)?;
    Ok(Some(ClaimedDelivery { id: id.to_owned(), event, attempts }))
}

/// The outcome that ends a lease.
pub enum DeliveryOutcome {
    Delivered(DateTime<Utc>),
    PutOff(DateTime<Utc>),
    Dead(DateTime<Utc>),
}

/// Records the outcome of a delivery. False if the lease had ended.
pub fn record_delivery(
    conn: &mut Conn,
    id: &str,
    lease: &str,
    outcome: &DeliveryOutcome,
    answer: &str,
) -> QueryResult<bool> {
    use webhook_deliveries::dsl;
    let mine = dsl::webhook_deliveries.filter(dsl::id.eq(id)).filter(dsl::lease.eq(lease));
    let rows = diesel::update(mine)
        .set((dsl::lease.eq(None::<String>), dsl::last_answer.eq(Some(answer))))
        .execute(conn)?;
    if rows != 1 {
        return Ok(false);
    }
    let row = dsl::webhook_deliveries.filter(dsl::id.eq(id));
    match outcome {
        DeliveryOutcome::Delivered(at) => {
            diesel::update(row).set(dsl::delivered_at.eq(Some(UtcTime::from(*at)))).execute(conn)?
        }
        DeliveryOutcome::PutOff(until) => {
            diesel::update(row).set(dsl::next_attempt_at.eq(UtcTime::from(*until))).execute(conn)?
        }
        DeliveryOutcome::Dead(at) => {
            diesel::update(row).set(dsl::failed_at.eq(Some(UtcTime::from(*at)))).execute(conn)?
        }
    };
    Ok(true)
}
