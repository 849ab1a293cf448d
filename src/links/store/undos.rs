//! Queries on the tokens by which the owner of an Amazon account undoes a link by code.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::crypto::token::TokenHash;
use crate::platform::db::schema::link_undos::{self, dsl};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId};

/// A token about to be stored.
pub(in crate::links) struct NewLinkUndo {
    pub id: String,
    pub player: PlayerId,
    pub link: LinkId,
    pub token_hash: TokenHash,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub(in crate::links) fn insert_undo(conn: &mut Conn, new: &NewLinkUndo) -> QueryResult<()> {
    diesel::insert_into(link_undos::table)
        .values((
            dsl::id.eq(&new.id),
            dsl::player_id.eq(&new.player),
            dsl::link_id.eq(&new.link),
            dsl::token_hash.eq(new.token_hash.as_str()),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The player and the link of a token, unless it has expired. The end of the link has deleted it.
pub(in crate::links) fn find_undo(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Option<(PlayerId, LinkId)>> {
    dsl::link_undos
        .filter(dsl::token_hash.eq(token.as_str()))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select((dsl::player_id, dsl::link_id))
        .first(conn)
        .optional()
}

/// Spends a token. False if another request did.
pub(in crate::links) fn spend_undo(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = dsl::link_undos
        .filter(dsl::token_hash.eq(token.as_str()))
        .filter(dsl::expires_at.gt(UtcTime::from(now)));
    Ok(diesel::delete(open).execute(conn)? == 1)
}

/// Deletes at most `limit` expired tokens. Returns the number.
pub fn sweep_undos(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::link_undos
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::link_undos.filter(dsl::id.eq_any(over))).execute(conn)
}
