//! Writes the results of refreshes. Every write checks its lease, or the version that was read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::links::{ClearLease, LinkState, StateCause, TokenSnapshot, matching_snapshot};

use crate::links::refresh::model::{LeasedLink, RenewedTokens};
use crate::links::refresh::schedule::NextCheck;
use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::LinkId;

/// Stores new tokens and releases the lease.
///
/// False if the link no longer matches the snapshot; then the tokens are not stored (S71).
pub(in crate::links::refresh) fn store_renewed(
    conn: &mut Conn,
    leased: &LeasedLink,
    renewed: &RenewedTokens,
    at: DateTime<Utc>,
    next_check_at: DateTime<Utc>,
) -> QueryResult<bool> {
    let (state, cause) = if renewed.lacks_scope {
        (LinkState::NeedsReconnect, Some(StateCause::ScopeMissing))
    } else {
        (LinkState::Active, None)
    };
    let rows = diesel::update(matching_snapshot(&leased.row.snapshot))
        .set((
            dsl::access_token_sealed.eq(Some(&renewed.access_sealed)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(renewed.expires_at))),
            renewed.refresh_sealed.as_ref().map(|sealed| dsl::refresh_token_sealed.eq(Some(sealed))),
            renewed.scopes.as_ref().map(|scopes| dsl::scopes.eq(scopes)),
            renewed.drops_postal_code.then(|| dsl::amazon_postal_code.eq(None::<String>)),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::state.eq(state),
            dsl::state_cause.eq(cause),
            (state != leased.row.state).then(|| dsl::state_since.eq(UtcTime::from(at))),
            dsl::checked_at.eq(UtcTime::from(at)),
            dsl::next_check_at.eq(UtcTime::from(next_check_at)),
            ClearLease::default(),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Records a failed refresh and releases the lease. `held_at` marks a link that the mass-revocation guard keeps.
pub(in crate::links::refresh) fn postpone_check(
    conn: &mut Conn,
    snapshot: &TokenSnapshot,
    again: NextCheck,
    held_at: Option<DateTime<Utc>>,
) -> QueryResult<()> {
    let mine =
        dsl::amazon_links.filter(dsl::id.eq(&snapshot.link)).filter(dsl::lease_owner.eq(&snapshot.lease));
    diesel::update(mine)
        .set((
            dsl::failures.eq(dsl::failures + 1),
            dsl::retry_at.eq(Some(UtcTime::from(again.retry_at))),
            dsl::next_check_at.eq(UtcTime::from(again.next_check_at)),
            held_at.map(|at| dsl::held_at.eq(Some(UtcTime::from(at)))),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<UtcTime>),
        ))
        .execute(conn)
        .map(drop)
}

/// Releases the lease. The next check is at `next_check_at`.
pub(in crate::links::refresh) fn release_lease(
    conn: &mut Conn,
    snapshot: &TokenSnapshot,
    next_check_at: DateTime<Utc>,
) -> QueryResult<()> {
    let mine =
        dsl::amazon_links.filter(dsl::id.eq(&snapshot.link)).filter(dsl::lease_owner.eq(&snapshot.lease));
    diesel::update(mine)
        .set((
            dsl::next_check_at.eq(UtcTime::from(next_check_at)),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<UtcTime>),
        ))
        .execute(conn)
        .map(drop)
}

/// Marks an active link whose stored tokens are useless, so that its player links again.
///
/// Nothing is deleted (S66). False if the link is not active, or has other tokens by now.
pub(in crate::links::refresh) fn mark_needs_reconnect(
    conn: &mut Conn,
    seen: (&LinkId, i64),
    cause: StateCause,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    let same = dsl::amazon_links
        .filter(dsl::id.eq(seen.0))
        .filter(dsl::token_version.eq(seen.1))
        .filter(dsl::state.eq(LinkState::Active));
    let rows = diesel::update(same)
        .set((
            dsl::state.eq(LinkState::NeedsReconnect),
            dsl::state_since.eq(UtcTime::from(at)),
            dsl::state_cause.eq(Some(cause)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}
