//! Queries for pending changes of an address, and for undo tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::crypto::token::TokenHash;
use crate::platform::db::schema::{email_changes, email_undos, factor_recoveries, password_resets, players};
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::email::EmailAddress;
use crate::platform::ids::{PlayerId, SessionId};

/// A change about to be stored, which waits for its code.
pub(super) struct NewEmailChange {
    pub id: String,
    pub player: PlayerId,
    pub email: EmailAddress,
    /// Another player has the address: no code was mailed, and none works.
    pub is_taken: bool,
    pub code_hash: String,
    /// The session that asks. The change ends with it.
    pub session: Option<SessionId>,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A pending change, with one more try counted.
#[derive(Queryable, Selectable)]
#[diesel(table_name = email_changes)]
pub(super) struct PendingEmailChange {
    pub id: String,
    pub email: String,
    pub is_taken: bool,
    pub code_hash: String,
}

/// An undo token about to be stored, with the address that it restores.
pub(super) struct NewEmailUndo {
    pub id: String,
    pub player: PlayerId,
    pub token_hash: TokenHash,
    pub email: EmailAddress,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Stores the change in place of an earlier one of the player.
pub(super) fn replace_change(conn: &mut Conn, new: &NewEmailChange) -> QueryResult<()> {
    forget_changes(conn, &new.player)?;
    diesel::insert_into(email_changes::table)
        .values((
            email_changes::id.eq(&new.id),
            email_changes::player_id.eq(&new.player),
            email_changes::email.eq(new.email.typed()),
            email_changes::email_key.eq(new.email.key()),
            email_changes::is_taken.eq(new.is_taken),
            email_changes::code_hash.eq(&new.code_hash),
            email_changes::tries.eq(0),
            email_changes::session_id.eq(new.session.as_ref()),
            email_changes::created_at.eq(UtcTime::from(new.at)),
            email_changes::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The address of the pending change, unless the change has expired.
pub fn pending(conn: &mut Conn, player: &PlayerId, now: DateTime<Utc>) -> QueryResult<Option<String>> {
    email_changes::table
        .filter(email_changes::player_id.eq(player))
        .filter(email_changes::expires_at.gt(UtcTime::from(now)))
        .select(email_changes::email)
        .first(conn)
        .optional()
}

/// Counts one try, and checks in the same statement that one is left (S14).
pub(super) fn take_try(
    conn: &mut Conn,
    player: &PlayerId,
    most: u32,
    now: DateTime<Utc>,
) -> QueryResult<Option<PendingEmailChange>> {
    let open = email_changes::table
        .filter(email_changes::player_id.eq(player))
        .filter(email_changes::tries.lt(i64::from(most)))
        .filter(email_changes::expires_at.gt(UtcTime::from(now)));
    diesel::update(open)
        .set(email_changes::tries.eq(email_changes::tries + 1))
        .returning(columns_of::<PendingEmailChange>())
        .get_result(conn)
        .optional()
}

/// The key of the player's current address.
pub(super) fn present_key(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<String>> {
    players::table.filter(players::id.eq(player)).select(players::email_key).first(conn)
}

pub(super) fn insert_undo(conn: &mut Conn, new: &NewEmailUndo) -> QueryResult<()> {
    diesel::insert_into(email_undos::table)
        .values((
            email_undos::id.eq(&new.id),
            email_undos::player_id.eq(&new.player),
            email_undos::token_hash.eq(new.token_hash.as_str()),
            email_undos::email.eq(new.email.typed()),
            email_undos::email_key.eq(new.email.key()),
            email_undos::created_at.eq(UtcTime::from(new.at)),
            email_undos::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The player of an undo token and the address that it restores, unless it has expired.
pub(super) fn undo(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Option<(PlayerId, String)>> {
    email_undos::table
        .filter(email_undos::token_hash.eq(token.as_str()))
        .filter(email_undos::expires_at.gt(UtcTime::from(now)))
        .select((email_undos::player_id, email_undos::email))
        .first(conn)
        .optional()
}

/// Spends an undo token, and the tokens of later changes: their addresses are what is undone.
///
/// False if the token was spent meanwhile.
pub(super) fn spend_undo(conn: &mut Conn, player: &PlayerId, token: &TokenHash) -> QueryResult<bool> {
    let of_player = email_undos::table.filter(email_undos::player_id.eq(player));
    let at: Option<UtcTime> = of_player
        .filter(email_undos::token_hash.eq(token.as_str()))
        .select(email_undos::created_at)
        .first(conn)
        .optional()?;
    let Some(at) = at else { return Ok(false) };
    let later =
        email_undos::table.filter(email_undos::player_id.eq(player)).filter(email_undos::created_at.ge(at));
    Ok(diesel::delete(later).execute(conn)? > 0)
}

/// Deletes the player's pending change (S61, S62).
pub(super) fn forget_changes(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    diesel::delete(email_changes::table.filter(email_changes::player_id.eq(player))).execute(conn).map(drop)
}

/// Deletes the player's links for a password reset, and the recovery of a second factor.
///
/// They were mailed to an address that no longer counts.
pub(super) fn forget_mailed_ways(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    diesel::delete(password_resets::table.filter(password_resets::player_id.eq(player))).execute(conn)?;
    diesel::delete(factor_recoveries::table.filter(factor_recoveries::player_id.eq(player)))
        .execute(conn)
        .map(drop)
}

/// Deletes at most `limit` expired changes. Returns how many.
pub fn sweep_changes(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = email_changes::table
        .filter(email_changes::expires_at.le(UtcTime::from(now)))
        .order(email_changes::id)
        .limit(limit)
        .select(email_changes::id)
        .load(conn)?;
    diesel::delete(email_changes::table.filter(email_changes::id.eq_any(over))).execute(conn)
}

/// Deletes at most `limit` expired undo tokens. Returns how many.
pub fn sweep_undos(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = email_undos::table
        .filter(email_undos::expires_at.le(UtcTime::from(now)))
        .order(email_undos::id)
        .limit(limit)
        .select(email_undos::id)
        .load(conn)?;
    diesel::delete(email_undos::table.filter(email_undos::id.eq_any(over))).execute(conn)
}
