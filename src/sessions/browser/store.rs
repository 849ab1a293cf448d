//! Queries of browser sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::sessions::dsl;
use crate::platform::db::{Conn, UtcTime, on_commit};
use crate::platform::ids::{PlayerId, SessionId};
use crate::platform::metrics::SessionEnd;
use crate::sessions::SignedInWith;
use crate::sessions::browser::model::{BrowserSessionSummary, NewBrowserSession, SessionRotation};
use crate::sessions::game;

/// Writes the row, and ends the oldest sessions beyond the limit of one player.
///
/// `is_proven`: whether the sign-in proved identity, so that the session starts with fresh proof.
pub fn start_session(conn: &mut Conn, new: &NewBrowserSession, is_proven: bool) -> QueryResult<()> {
    let keep = i64::from(new.per_player).max(1) - 1;
    let surplus: Vec<SessionId> = dsl::sessions
        .filter(dsl::player_id.eq(&new.player))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .offset(keep)
        .limit(i64::MAX / 2)
        .select(dsl::id)
        .load(conn)?;
    let surplus_count = diesel::delete(dsl::sessions.filter(dsl::id.eq_any(surplus))).execute(conn)?;
    note_ended(SessionEnd::Crowded, surplus_count);
    let with = new.signed_in_with.as_str();
    on_commit(move |metrics| metrics.sessions_started.add(with));
    diesel::insert_into(dsl::sessions)
        .values((
            dsl::id.eq(&new.id),
            dsl::token_hash.eq(new.token_hash()),
            dsl::player_id.eq(&new.player),
            dsl::csrf_secret.eq(&new.csrf_secret),
            dsl::signed_in_with.eq(new.signed_in_with),
            dsl::is_remembered.eq(new.is_remembered),
            dsl::fresh_at.eq(is_proven.then_some(UtcTime::from(new.at))),
            dsl::browser.eq(&new.browser),
            dsl::network.eq(&new.network),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::last_seen_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Gives the session its new token. False if it ended or was rotated meanwhile; the verb must then stop.
pub fn rotate_session(conn: &mut Conn, rotation: &SessionRotation) -> QueryResult<bool> {
    let session =
        dsl::sessions.filter(dsl::id.eq(&rotation.session)).filter(dsl::token_hash.eq(&rotation.from_hash));
    let rows = diesel::update(session)
        .set((
            dsl::token_hash.eq(rotation.token_hash()),
            dsl::fresh_at.eq(rotation.fresh_at.map(UtcTime::from)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// How a browser session began. `None` if it has ended.
pub fn signed_in_with(conn: &mut Conn, session: &SessionId) -> QueryResult<Option<SignedInWith>> {
    dsl::sessions.filter(dsl::id.eq(session)).select(dsl::signed_in_with).first(conn).optional()
}

/// Ends one browser or game session of this player. False if it is not theirs or does not exist.
pub fn end(conn: &mut Conn, player: &PlayerId, session: &SessionId) -> QueryResult<bool> {
    let theirs = dsl::sessions.filter(dsl::id.eq(session)).filter(dsl::player_id.eq(player));
    let browsers = diesel::delete(theirs).execute(conn)?;
    note_ended(SessionEnd::Ended, browsers);
    Ok(browsers == 1 || game::end_session(conn, player, session)?)
}

/// Ends every browser and game session of this player (S25). Returns how many.
pub fn end_all(conn: &mut Conn, player: &PlayerId) -> QueryResult<usize> {
    let browsers = diesel::delete(dsl::sessions.filter(dsl::player_id.eq(player))).execute(conn)?;
    note_ended(SessionEnd::Ended, browsers);
    Ok(browsers + game::end_all(conn, player, None)?)
}

/// Ends every browser and game session of this player except one (S25). Returns how many.
pub fn end_others(conn: &mut Conn, player: &PlayerId, but: &SessionId) -> QueryResult<usize> {
    let others = dsl::sessions.filter(dsl::player_id.eq(player)).filter(dsl::id.ne(but));
    let browsers = diesel::delete(others).execute(conn)?;
    note_ended(SessionEnd::Ended, browsers);
    Ok(browsers + game::end_all(conn, player, Some(but))?)
}

/// Ends the player's browser and game sessions that began in this way, except `but` (S63). Returns how many.
pub fn end_all_signed_in_with(
    conn: &mut Conn,
    player: &PlayerId,
    with: SignedInWith,
    but: Option<&SessionId>,
) -> QueryResult<usize> {
    let excluded = but.map_or("", SessionId::as_str);
    let others = dsl::sessions
        .filter(dsl::player_id.eq(player))
        .filter(dsl::signed_in_with.eq(with))
        .filter(dsl::id.ne(excluded));
    let browsers = diesel::delete(others).execute(conn)?;
    note_ended(SessionEnd::Ended, browsers);
    Ok(browsers + game::end_all_signed_in_with(conn, player, with, but)?)
}

/// The player's sessions, last used first.
pub fn list(
    conn: &mut Conn,
    player: &PlayerId,
    now: DateTime<Utc>,
) -> QueryResult<Vec<BrowserSessionSummary>> {
    dsl::sessions
        .filter(dsl::player_id.eq(player))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .order((dsl::last_seen_at.desc(), dsl::id.desc()))
        .select(BrowserSessionSummary::as_select())
        .load(conn)
}

/// Whether a browser or game session of this player was last used in `network`.
pub fn has_come_from(conn: &mut Conn, player: &PlayerId, network: &str) -> QueryResult<bool> {
    let theirs = dsl::sessions.filter(dsl::player_id.eq(player)).filter(dsl::network.eq(network));
    let has_browser = diesel::select(diesel::dsl::exists(theirs)).get_result(conn)?;
    Ok(has_browser || game::has_come_from(conn, player, network)?)
}

/// Records that the session was used now.
pub fn touch(conn: &mut Conn, session: &SessionId, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(dsl::sessions.filter(dsl::id.eq(session)))
        .set(dsl::last_seen_at.eq(UtcTime::from(now)))
        .execute(conn)
        .map(drop)
}

/// Ends a session that has expired, unless it was used after `last_seen_at`.
pub fn end_expired(conn: &mut Conn, session: &SessionId, last_seen_at: DateTime<Utc>) -> QueryResult<()> {
    let unused =
        dsl::sessions.filter(dsl::id.eq(session)).filter(dsl::last_seen_at.le(UtcTime::from(last_seen_at)));
    let rows = diesel::delete(unused).execute(conn)?;
    note_ended(SessionEnd::Expired, rows);
    Ok(())
}

/// Removes at most `limit` expired sessions. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<SessionId> = dsl::sessions
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    let rows = diesel::delete(dsl::sessions.filter(dsl::id.eq_any(over))).execute(conn)?;
    note_ended(SessionEnd::Expired, rows);
    Ok(rows)
}

fn note_ended(how: SessionEnd, rows: usize) {
    on_commit(move |metrics| metrics.sessions_ended.add_many(how, rows));
}
