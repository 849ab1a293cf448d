//! Leases for refreshing links, taken by conditional updates.
//!
//! A background lease also moves the link's next check to the end of the lease. After a crash another copy therefore
//! takes over by time alone.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::links::refresh::model::{LeasedLink, RefreshLease, SeenLink};
use crate::links::{LinkState, StateCause, TokenSnapshot};
use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::db::schema::players;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId};

type LeasedColumns = (
    LinkId,
    PlayerId,
    String,
    i64,
    LinkState,
    Option<StateCause>,
    String,
    String,
    Option<Vec<u8>>,
    i64,
    Option<UtcTime>,
);

const LEASED: (
    dsl::id,
    dsl::player_id,
    dsl::amazon_id,
    dsl::token_version,
    dsl::state,
    dsl::state_cause,
    dsl::client_id,
    dsl::scopes,
    dsl::refresh_token_sealed,
    dsl::failures,
    dsl::held_at,
) = (
    dsl::id,
    dsl::player_id,
    dsl::amazon_id,
    dsl::token_version,
    dsl::state,
    dsl::state_cause,
    dsl::client_id,
    dsl::scopes,
    dsl::refresh_token_sealed,
    dsl::failures,
    dsl::held_at,
);

fn leased_link_of(
    lease: &RefreshLease,
    (link, player, amazon_id, token_version, state, cause, client_id, scopes, sealed, failures, held_at): LeasedColumns,
) -> LeasedLink {
    let sent = TokenSnapshot { link, player, amazon_id, token_version, lease: lease.owner.clone() };
    LeasedLink {
        sent,
        lease: lease.clone(),
        state,
        cause,
        client_id,
        scopes,
        refresh_sealed: sealed.unwrap_or_default(),
        failures,
        held_at: held_at.map(Into::into),
    }
}

type SeenColumns = (
    (LinkId, bool, String, String, String, LinkState, UtcTime, i64),
    (Option<Vec<u8>>, Option<UtcTime>, bool, Option<UtcTime>, Option<UtcTime>, i64),
);

pub(in crate::links::refresh) fn read_link(
    conn: &mut Conn,
    player: &PlayerId,
) -> QueryResult<Option<SeenLink>> {
    let row: Option<SeenColumns> = dsl::amazon_links
        .inner_join(players::table)
        .filter(dsl::player_id.eq(player))
        .select((
            (
                dsl::id,
                players::disabled_at.is_not_null(),
                dsl::amazon_id,
                dsl::client_id,
                dsl::scopes,
                dsl::state,
                dsl::state_since,
                dsl::token_version,
            ),
            (
                dsl::access_token_sealed,
                dsl::access_token_expires_at,
                dsl::refresh_token_sealed.is_not_null(),
                dsl::lease_until,
                dsl::retry_at,
                dsl::failures,
            ),
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(identity, tokens)| {
        let (link, player_is_disabled, amazon_id, client_id, scopes, state, since, token_version) = identity;
        let (access_sealed, expires_at, is_renewable, lease_until, retry_at, failures) = tokens;
        SeenLink {
            link,
            player: player.clone(),
            player_is_disabled,
            amazon_id,
            client_id,
            scopes,
            state,
            since: since.into(),
            token_version,
            access_sealed,
            access_expires_at: expires_at.map(Into::into),
            is_renewable,
            lease_until: lease_until.map(Into::into),
            retry_at: retry_at.map(Into::into),
            failures,
        }
    }))
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
    let row: Option<LeasedColumns> = diesel::update(free)
        .set((dsl::lease_owner.eq(Some(&lease.owner)), dsl::lease_until.eq(Some(UtcTime::from(lease.until)))))
        .returning(LEASED)
        .get_result(conn)
        .optional()?;
    Ok(row.map(|row| leased_link_of(lease, row)))
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
    let oldest: Option<UtcTime> = dsl::amazon_links
        .filter(dsl::refresh_token_sealed.is_not_null())
        .filter(dsl::next_check_at.le(UtcTime::from(now)))
        .order(dsl::next_check_at)
        .select(dsl::next_check_at)
        .first(conn)
        .optional()?;
    Ok(oldest.map(Into::into))
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
    let rows: Vec<LeasedColumns> = diesel::update(free)
        .set((
            dsl::lease_owner.eq(Some(&lease.owner)),
            dsl::lease_until.eq(Some(UtcTime::from(lease.until))),
            dsl::next_check_at.eq(UtcTime::from(lease.until)),
        ))
        .returning(LEASED)
        .get_results(conn)?;
    Ok(rows.into_iter().map(|row| leased_link_of(lease, row)).collect())
}
