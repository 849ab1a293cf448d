//! The table `factor_recoveries`: at most one row a player.
//!
//! Until the mailed link has come back, `due_at` is empty and the token is that link's. From then on it is the token
//! of the link that cancels.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::platform::crypto::token::TokenHash;
use crate::platform::db::schema::factor_recoveries::{self, dsl};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A recovery about to be asked for.
pub(super) struct NewRecovery {
    pub id: String,
    pub player: PlayerId,
    pub token_hash: TokenHash,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A row that a mailed link has found.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = factor_recoveries)]
pub(super) struct MailedRecovery {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
}

/// A recovery that runs, and its player has to be told again.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = factor_recoveries)]
pub(super) struct UntoldRecovery {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    #[diesel(select_expression = factor_recoveries::due_at.assume_not_null())]
    pub due_at: DateTime<Utc>,
    #[diesel(select_expression = factor_recoveries::mailed_at.assume_not_null())]
    pub mailed_at: DateTime<Utc>,
}

/// Stores what was asked for, in place of what has not begun. False if a wait runs, which goes on as it is.
///
/// The caller has locked the player's row.
pub(super) fn put(conn: &mut Conn, new: &NewRecovery) -> QueryResult<bool> {
    let theirs = dsl::factor_recoveries.filter(dsl::player_id.eq(&new.player));
    let at = UtcTime::from(new.created_at);
    diesel::delete(theirs.filter(dsl::due_at.is_null().or(dsl::expires_at.le(at)))).execute(conn)?;
    if diesel::select(diesel::dsl::exists(theirs)).get_result(conn)? {
        return Ok(false);
    }
    diesel::insert_into(dsl::factor_recoveries)
        .values((
            dsl::id.eq(&new.id),
            dsl::player_id.eq(&new.player),
            dsl::token_hash.eq(new.token_hash.as_str()),
            dsl::created_at.eq(at),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// What the link of the first mail begins.
pub(super) fn find_asked(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Option<MailedRecovery>> {
    dsl::factor_recoveries
        .filter(dsl::token_hash.eq(token.as_str()))
        .filter(dsl::due_at.is_null())
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select(MailedRecovery::as_select())
        .first(conn)
        .optional()
}

/// What a link to cancel ends.
pub(super) fn find_running(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Option<MailedRecovery>> {
    dsl::factor_recoveries
        .filter(dsl::token_hash.eq(token.as_str()))
        .filter(dsl::due_at.is_not_null())
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select(MailedRecovery::as_select())
        .first(conn)
        .optional()
}

/// The wait that begins, and the token of the links that cancel it.
#[derive(Clone)]
pub(super) struct RecoveryWait {
    pub cancel_hash: TokenHash,
    pub from: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Begins the wait. False if the link was used, superseded or is too old.
pub(super) fn begin(conn: &mut Conn, id: &str, wait: &RecoveryWait) -> QueryResult<bool> {
    let asked = dsl::factor_recoveries
        .filter(dsl::id.eq(id))
        .filter(dsl::due_at.is_null())
        .filter(dsl::expires_at.gt(UtcTime::from(wait.from)));
    let rows = diesel::update(asked)
        .set((
            dsl::token_hash.eq(wait.cancel_hash.as_str()),
            dsl::due_at.eq(UtcTime::from(wait.due_at)),
            dsl::mailed_at.eq(UtcTime::from(wait.from)),
            dsl::expires_at.eq(UtcTime::from(wait.expires_at)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// When the wait of this player ends or has ended, if one runs.
pub(in crate::accounts) fn due_of(
    conn: &mut Conn,
    player: &PlayerId,
    now: DateTime<Utc>,
) -> QueryResult<Option<DateTime<Utc>>> {
    dsl::factor_recoveries
        .filter(dsl::player_id.eq(player))
        .filter(dsl::due_at.is_not_null())
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select(dsl::due_at.assume_not_null())
        .first(conn)
        .optional()
}

/// Uses up a wait that is over. False if there is none: it was cancelled, used, or has some time left.
pub(super) fn take_due(conn: &mut Conn, player: &PlayerId, now: DateTime<Utc>) -> QueryResult<bool> {
    let at = UtcTime::from(now);
    let due = dsl::factor_recoveries
        .filter(dsl::player_id.eq(player))
        .filter(dsl::due_at.le(at))
        .filter(dsl::expires_at.gt(at));
    Ok(diesel::delete(due).execute(conn)? == 1)
}

/// Cancels the wait with this id. False if it was cancelled or used before.
pub(super) fn cancel(conn: &mut Conn, id: &str) -> QueryResult<bool> {
    let running = dsl::factor_recoveries.filter(dsl::id.eq(id)).filter(dsl::due_at.is_not_null());
    Ok(diesel::delete(running).execute(conn)? == 1)
}

/// Deletes what this player has asked for. True if a wait ran.
pub(in crate::accounts) fn forget(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let theirs = dsl::factor_recoveries.filter(dsl::player_id.eq(player));
    let ran = diesel::delete(theirs.filter(dsl::due_at.is_not_null())).execute(conn)? == 1;
    diesel::delete(theirs).execute(conn)?;
    Ok(ran)
}

/// At most `limit` waits whose players were last told more than a day ago, or before the wait was over.
pub(super) fn untold(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<Vec<UntoldRecovery>> {
    let (at, a_day_ago) = (UtcTime::from(now), UtcTime::from(now - TimeDelta::days(1)));
    dsl::factor_recoveries
        .filter(dsl::expires_at.gt(at))
        .filter(dsl::mailed_at.lt(dsl::due_at))
        .filter(dsl::due_at.le(at).or(dsl::mailed_at.le(a_day_ago)))
        .order(dsl::id)
        .limit(limit)
        .select(UntoldRecovery::as_select())
        .load(conn)
}

/// Notes that the player is told at `now`. False if another copy was first, or the wait has ended.
pub(super) fn note_told(conn: &mut Conn, read: &UntoldRecovery, now: DateTime<Utc>) -> QueryResult<bool> {
    let running = dsl::factor_recoveries
        .filter(dsl::id.eq(&read.id))
        .filter(dsl::mailed_at.eq(UtcTime::from(read.mailed_at)));
    Ok(diesel::update(running).set(dsl::mailed_at.eq(UtcTime::from(now))).execute(conn)? == 1)
}

/// Deletes at most `limit` rows whose time is over. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::factor_recoveries
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::factor_recoveries.filter(dsl::id.eq_any(over))).execute(conn)
}
