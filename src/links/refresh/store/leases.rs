//! Leases for refreshing links, taken by conditional updates.

use chrono::{DateTime, Utc};
use diesel::dsl::{auto_type, case_when};
use diesel::prelude::*;

use crate::links::refresh::model::{LeasedLink, LeasedRow, SeenLink};
use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::db::schema::players;
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::jobs::lease::Lease;

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
/// Returns `None` if another request was faster, even if its refresh failed. During an outage, only one of many
/// concurrent requests therefore calls Amazon.
pub(in crate::links::refresh) fn lease_link(
    conn: &mut Conn,
    seen: &SeenLink,
    lease: &Lease,
) -> QueryResult<Option<LeasedLink>> {
    let free = dsl::amazon_links
        .filter(dsl::id.eq(&seen.link))
        .filter(dsl::token_version.eq(seen.token_version))
        .filter(dsl::failures.eq(seen.failures))
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(lease.is_free(dsl::lease_owner, dsl::lease_until));
    let row: Option<LeasedRow> = diesel::update(free)
        .set((
            dsl::lease_owner.eq(Some(&lease.owner)),
            dsl::lease_until.eq(Some(UtcTime::from(lease.until))),
            noting_what_was_left(),
        ))
        .returning(columns_of::<LeasedRow>())
        .get_result(conn)
        .optional()?;
    Ok(row.map(|row| LeasedLink { row, ends: lease.ends }))
}

/// Links that are due, longest due first.
pub(in crate::links::refresh) fn due_links(
    conn: &mut Conn,
    lease: &Lease,
    limit: i64,
) -> QueryResult<Vec<LinkId>> {
    dsl::amazon_links
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(UtcTime::from(lease.taken_at)))
        .filter(lease.is_free(dsl::lease_owner, dsl::lease_until))
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

/// When the link that has waited longest became due.
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
    lease: &Lease,
) -> QueryResult<Vec<LeasedLink>> {
    let free = dsl::amazon_links
        .filter(dsl::id.eq_any(links))
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(UtcTime::from(lease.taken_at)))
        .filter(lease.is_free(dsl::lease_owner, dsl::lease_until));
    let rows: Vec<LeasedRow> = diesel::update(free)
        .set((
            dsl::lease_owner.eq(Some(&lease.owner)),
            dsl::lease_until.eq(Some(UtcTime::from(lease.until))),
            noting_what_was_left(),
        ))
        .returning(columns_of::<LeasedRow>())
        .get_results(conn)?;
    Ok(rows.into_iter().map(|row| LeasedLink { row, ends: lease.ends }).collect())
}

/// Notes the version of tokens whose former lease nobody gave back, because that renewal may have been answered.
#[auto_type(no_type_alias)]
fn noting_what_was_left() -> _ {
    let is_left = dsl::lease_owner.is_not_null();
    let version = case_when(is_left, dsl::token_version.nullable()).otherwise(dsl::unsettled_version);
    dsl::unsettled_version.eq(version)
}
