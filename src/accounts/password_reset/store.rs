//! Queries for the tokens of mailed links.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::crypto::token::TokenHash;
use crate::platform::db::schema::password_resets::{self, dsl};
use crate::platform::db::schema::players;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A link about to be mailed.
pub(super) struct NewPasswordReset {
    pub id: String,
    pub player: PlayerId,
    pub token_hash: TokenHash,
    /// The address that the link goes to. The link is dead once the player has another address.
    pub email_key: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A valid link.
#[derive(Queryable, Selectable)]
#[diesel(table_name = password_resets)]
pub(super) struct PasswordReset {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub email_key: String,
}

/// Stores the player's newest link and deletes the others. The caller has locked the player's row.
pub(super) fn put(conn: &mut Conn, new: &NewPasswordReset) -> QueryResult<()> {
    diesel::delete(dsl::password_resets.filter(dsl::player_id.eq(&new.player))).execute(conn)?;
    diesel::insert_into(dsl::password_resets)
        .values((
            dsl::id.eq(&new.id),
            dsl::player_id.eq(&new.player),
            dsl::token_hash.eq(new.token_hash.as_str()),
            dsl::email_key.eq(&new.email_key),
            dsl::created_at.eq(UtcTime::from(new.created_at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The link with this token, unless it has expired or a new address or password has superseded it.
pub(super) fn find(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Option<PasswordReset>> {
    let found: Option<(PasswordReset, UtcTime)> = dsl::password_resets
        .filter(dsl::token_hash.eq(token.as_str()))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select((PasswordReset::as_select(), dsl::created_at))
        .first(conn)
        .optional()?;
    let Some((reset, created_at)) = found else { return Ok(None) };
    Ok(is_current(conn, &reset, created_at)?.then_some(reset))
}

/// Uses the link up. False if it was used meanwhile, has expired, or was superseded.
pub(super) fn spend(conn: &mut Conn, reset: &PasswordReset, now: DateTime<Utc>) -> QueryResult<bool> {
    let row =
        dsl::password_resets.filter(dsl::id.eq(&reset.id)).filter(dsl::expires_at.gt(UtcTime::from(now)));
    let created_at: Option<UtcTime> =
        diesel::delete(row).returning(dsl::created_at).get_result(conn).optional()?;
    match created_at {
        Some(created_at) => is_current(conn, reset, created_at),
        None => Ok(false),
    }
}

fn is_current(conn: &mut Conn, reset: &PasswordReset, created_at: UtcTime) -> QueryResult<bool> {
    let player = players::table
        .filter(players::id.eq(&reset.player))
        .filter(players::email_key.eq(&reset.email_key))
        .filter(players::password_changed_at.is_null().or(players::password_changed_at.le(created_at)));
    diesel::select(diesel::dsl::exists(player)).get_result(conn)
}

/// Deletes at most `limit` expired links. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::password_resets
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::password_resets.filter(dsl::id.eq_any(over))).execute(conn)
}
