//! Queries of second factors, recovery codes and remembered browsers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::accounts::second_factor::model::{RememberedBrowser, StoredFactor, place_of_factor};
use crate::accounts::second_factor::remembered_browser::NewRememberedBrowser;
use crate::platform::db::schema::{player_recovery_codes, player_second_factors, remembered_browsers};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime, new_id};
use crate::platform::ids::PlayerId;
use crate::sealed_column;

/// The sealed columns, for a change of keys.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(player_second_factors.totp_sealed, |player_id| place_of_factor(&PlayerId::from(
        player_id.clone()
    )))];

/// Whether the player's second factor is on. Call it under `lock_player` where a decision depends on it.
pub fn is_on(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let theirs = player_second_factors::table.filter(player_second_factors::player_id.eq(player));
    diesel::select(diesel::dsl::exists(theirs)).get_result(conn)
}

pub fn find(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<StoredFactor>> {
    let theirs = player_second_factors::table.filter(player_second_factors::player_id.eq(player));
    theirs.select(StoredFactor::as_select()).first(conn).optional()
}

/// Turns the second factor on. False if it is on already. The caller has locked the player's row.
pub fn turn_on(
    conn: &mut Conn,
    player: &PlayerId,
    totp_sealed: &[u8],
    step: i64,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    if is_on(conn, player)? {
        return Ok(false);
    }
    diesel::insert_into(player_second_factors::table)
        .values((
            player_second_factors::player_id.eq(player),
            player_second_factors::totp_sealed.eq(totp_sealed),
            player_second_factors::totp_step.eq(step),
            player_second_factors::created_at.eq(UtcTime::from(now)),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Turns the second factor off, with its recovery codes and remembered browsers. False if it was off.
pub fn turn_off(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    forget_recovery_codes(conn, player)?;
    forget_browsers(conn, player)?;
    let theirs = player_second_factors::table.filter(player_second_factors::player_id.eq(player));
    Ok(diesel::delete(theirs).execute(conn)? == 1)
}

/// Uses up a code of the app: no code of its step or an earlier one works again.
///
/// False if it was used meanwhile, or the factor is not the one that was read.
pub(super) fn spend_step(
    conn: &mut Conn,
    player: &PlayerId,
    read: &StoredFactor,
    step: i64,
) -> QueryResult<bool> {
    let open = player_second_factors::table
        .filter(player_second_factors::player_id.eq(player))
        .filter(player_second_factors::created_at.eq(UtcTime::from(read.created_at)))
        .filter(player_second_factors::totp_step.lt(step));
    Ok(diesel::update(open).set(player_second_factors::totp_step.eq(step)).execute(conn)? == 1)
}

/// Uses up a recovery code. False if there is no such code any more.
pub(super) fn spend_recovery_code(conn: &mut Conn, player: &PlayerId, code_hash: &str) -> QueryResult<bool> {
    let code = player_recovery_codes::table
        .filter(player_recovery_codes::player_id.eq(player))
        .filter(player_recovery_codes::code_hash.eq(code_hash));
    Ok(diesel::delete(code).execute(conn)? == 1)
}

/// Replaces the recovery codes.
pub fn put_recovery_codes(
    conn: &mut Conn,
    player: &PlayerId,
    hashes: &[String],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    forget_recovery_codes(conn, player)?;
    for hash in hashes {
        diesel::insert_into(player_recovery_codes::table)
            .values((
                player_recovery_codes::id.eq(new_id(now)),
                player_recovery_codes::player_id.eq(player),
                player_recovery_codes::code_hash.eq(hash),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn forget_recovery_codes(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    let theirs = player_recovery_codes::table.filter(player_recovery_codes::player_id.eq(player));
    diesel::delete(theirs).execute(conn).map(drop)
}

/// The number of recovery codes that this player has left.
pub fn count_recovery_codes(conn: &mut Conn, player: &PlayerId) -> QueryResult<i64> {
    player_recovery_codes::table.filter(player_recovery_codes::player_id.eq(player)).count().get_result(conn)
}

/// The number of recovery codes left where the second factor is on; `None` where it is off.
pub fn codes_left(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<i64>> {
    if is_on(conn, player)? { count_recovery_codes(conn, player).map(Some) } else { Ok(None) }
}

/// Remembers the browser, in place of an older row for it.
pub(in crate::accounts) fn remember_browser(
    conn: &mut Conn,
    player: &PlayerId,
    new: &NewRememberedBrowser,
) -> QueryResult<()> {
    let token_hash = new.token.hash();
    let older = remembered_browsers::table
        .filter(remembered_browsers::player_id.eq(player))
        .filter(remembered_browsers::token_hash.eq(token_hash.as_str()));
    diesel::delete(older).execute(conn)?;
    diesel::insert_into(remembered_browsers::table)
        .values((
            remembered_browsers::id.eq(&new.id),
            remembered_browsers::player_id.eq(player),
            remembered_browsers::token_hash.eq(token_hash.as_str()),
            remembered_browsers::browser.eq(&new.browser),
            remembered_browsers::network.eq(&new.network),
            remembered_browsers::created_at.eq(UtcTime::from(new.at)),
            remembered_browsers::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Whether the player is remembered in the browser with this token.
pub fn is_remembered(
    conn: &mut Conn,
    player: &PlayerId,
    token_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let browser = remembered_browsers::table
        .filter(remembered_browsers::player_id.eq(player))
        .filter(remembered_browsers::token_hash.eq(token_hash))
        .filter(remembered_browsers::expires_at.gt(UtcTime::from(now)));
    diesel::select(diesel::dsl::exists(browser)).get_result(conn)
}

/// The player's remembered browsers, the newest first.
pub fn list_browsers(
    conn: &mut Conn,
    player: &PlayerId,
    now: DateTime<Utc>,
) -> QueryResult<Vec<RememberedBrowser>> {
    remembered_browsers::table
        .filter(remembered_browsers::player_id.eq(player))
        .filter(remembered_browsers::expires_at.gt(UtcTime::from(now)))
        .order((remembered_browsers::created_at.desc(), remembered_browsers::id.desc()))
        .select(RememberedBrowser::as_select())
        .load(conn)
}

/// Forgets one browser. False if it is not this player's.
pub fn forget_browser(conn: &mut Conn, player: &PlayerId, id: &str) -> QueryResult<bool> {
    let browser = remembered_browsers::table
        .filter(remembered_browsers::player_id.eq(player))
        .filter(remembered_browsers::id.eq(id));
    Ok(diesel::delete(browser).execute(conn)? == 1)
}

fn forget_browsers(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    let theirs = remembered_browsers::table.filter(remembered_browsers::player_id.eq(player));
    diesel::delete(theirs).execute(conn).map(drop)
}

/// Deletes at most `limit` browsers whose time is over. Returns how many.
pub fn sweep_remembered_browsers(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = remembered_browsers::table
        .filter(remembered_browsers::expires_at.le(UtcTime::from(now)))
        .order(remembered_browsers::id)
        .limit(limit)
        .select(remembered_browsers::id)
        .load(conn)?;
    diesel::delete(remembered_browsers::table.filter(remembered_browsers::id.eq_any(over))).execute(conn)
}
