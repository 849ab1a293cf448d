//! Leases for refreshing links, taken by conditional updates.
//!
//! A background lease also moves the link's next check to the end of the lease. After a crash another copy therefore
//! takes over by time alone.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::links::refresh::model::{LeasedLink, LeasedRow, RefreshLease, SeenLink};
use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::db::schema::players;
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::{LinkId, PlayerId};

pub(in crate::links::refresh) fn read_link(
    conn: &mut Conn,
    player: &PlayerId,
) -> QueryResult<Option<SeenLink>> {
    dsl::amazon_links
        .inner_join(players::table)
        .filter(dsl::player_id.eq(player))
        .select(SeenLink::as_select())
        .first(conn)
        .optional()
}

/// Leases a link that still matches what was read.
///
/// `None` if another request was faster, even if its refresh failed. Of a hundred requests with an expired token only
/// one therefore asks Amazon during an outage.
pub(in crate::links::refresh) fn lease_link(
    conn: &mut Conn,
    seen: &SeenLink,
    lease: &RefreshLease,
    now: DateTime<Utc>,
) -> QueryResult<Option<LeasedLink>> {
    let free = dsl::amazon_links
        .filter(dsl::id.eq(&seen.link))
        .filter(dsl::token_version.eq(seen.token_version))
        .filter(dsl::failures.eq(seen.failures))
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(UtcTime::from(now))));
    let row: Option<LeasedRow> = diesel::update(free)
        .set((dsl::lease_owner.eq(Some(&lease.owner)), dsl::lease_until.eq(Some(UtcTime::from(lease.until)))))
        .returning(columns_of::<LeasedRow>())
        .get_result(conn)
        .optional()?;
    Ok(row.map(|row| LeasedLink { row, ends: lease.ends }))
}

/// Links that are due, longest due first.
pub(in crate::links::refresh) fn due_links(
    conn: &mut Conn,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<LinkId>> {
    let now = UtcTime::from(now);
    dsl::amazon_links
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(now))
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(now)))
        .order(dsl::next_check_at)
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

pub(in crate::links::refresh) fn count_due(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    dsl::amazon_links
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(UtcTime::from(now)))
        .count()
        .get_result(conn)
}

/// Since when the link that has been due longest is due.
pub(in crate::links::refresh) fn oldest_due(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> QueryResult<Option<DateTime<Utc>>> {
    dsl::amazon_links
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(UtcTime::from(now)))
        .order(dsl::next_check_at)
        .select(dsl::next_check_at)
        .first(conn)
        .optional()
}

/// Leases those of `links` that are still due and not leased.
pub(in crate::links::refresh) fn lease_due(
    conn: &mut Conn,
    links: &[LinkId],
    lease: &RefreshLease,
    now: DateTime<Utc>,
) -> QueryResult<Vec<LeasedLink>> {
    let at = UtcTime::from(now);
    let free = dsl::amazon_links
        .filter(dsl::id.eq_any(links))
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(at))
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(at)));
    let rows: Vec<LeasedRow> = diesel::update(free)
        .set((
            dsl::lease_owner.eq(Some(&lease.owner)),
            dsl::lease_until.eq(Some(UtcTime::from(lease.until))),
            dsl::next_check_at.eq(UtcTime::from(lease.until)),
        ))
        .returning(columns_of::<LeasedRow>())
        .get_results(conn)?;
    Ok(rows.into_iter().map(|row| LeasedLink { row, ends: lease.ends }).collect())
}
