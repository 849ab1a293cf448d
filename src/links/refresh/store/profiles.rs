//! When the profile of a link is read.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::links::LinkState;
use crate::links::model::DueProfile;
use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::db::schema::players;
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::LinkId;

/// Makes the profiles of renewed links due, where the player's name follows Amazon's and no time is set yet.
pub(in crate::links::refresh) fn schedule_profiles(
    conn: &mut Conn,
    links: &[&LinkId],
    at: DateTime<Utc>,
) -> QueryResult<()> {
    if links.is_empty() {
        return Ok(());
    }
    let follows = players::table.filter(players::sync_display_name.eq(true)).select(players::id);
    let open = dsl::amazon_links
        .filter(dsl::id.eq_any(links.iter().copied()))
        .filter(dsl::profile_due_at.is_null())
        .filter(dsl::player_id.eq_any(follows));
    diesel::update(open).set(dsl::profile_due_at.eq(Some(UtcTime::from(at)))).execute(conn).map(drop)
}

/// Links whose profile is due, longest due first.
pub(in crate::links::refresh) fn due_profiles(
    conn: &mut Conn,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<LinkId>> {
    dsl::amazon_links
        .filter(dsl::profile_due_at.le(UtcTime::from(now)))
        .order(dsl::profile_due_at)
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

/// Takes those of `links` that are still due and can be read now. The others wait for their next renewal.
///
/// One that was taken is due again after `retry`, so that whoever took it may fail.
pub(in crate::links::refresh) fn claim_profiles(
    conn: &mut Conn,
    links: &[LinkId],
    now: DateTime<Utc>,
    retry: TimeDelta,
) -> QueryResult<Vec<DueProfile>> {
    let at = UtcTime::from(now);
    let follows = players::table
        .filter(players::sync_display_name.eq(true))
        .filter(players::disabled_at.is_null())
        .select(players::id);
    let readable = dsl::amazon_links
        .filter(dsl::id.eq_any(links))
        .filter(dsl::profile_due_at.le(at))
        .filter(dsl::state.eq(LinkState::Active))
        .filter(dsl::access_token_sealed.is_not_null())
        .filter(dsl::access_token_expires_at.gt(at))
        .filter(dsl::player_id.eq_any(follows));
    let taken = diesel::update(readable)
        .set(dsl::profile_due_at.eq(Some(UtcTime::from(now + retry))))
        .returning(columns_of::<DueProfile>())
        .get_results(conn)?;
    let others = dsl::amazon_links.filter(dsl::id.eq_any(links)).filter(dsl::profile_due_at.le(at));
    diesel::update(others).set(dsl::profile_due_at.eq(None::<UtcTime>)).execute(conn)?;
    Ok(taken)
}
