//! The game sessions and tokens stored about a player, for the export.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::db::schema::{game_sessions, game_tokens};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;
use crate::sessions::SignedInWith;

/// A game in which the player is signed in.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedGameSession {
    pub id: String,
    game: String,
    credential: String,
    client: String,
    signed_in_with: SignedInWith,
    identity_proven_at: Option<UtcTime>,
    network: String,
    created_at: UtcTime,
    last_seen_at: UtcTime,
    ends_at: UtcTime,
    expires_at: UtcTime,
}

/// A token with which a game resumes its session. Only the game knows the token itself.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedGameToken {
    #[serde(skip)]
    pub hash: String,
    session_id: String,
    uses: i64,
    created_at: UtcTime,
    last_used_at: UtcTime,
    ends_at: UtcTime,
    identity_proven_at: Option<UtcTime>,
}

/// At most `limit` sessions after the id `after`.
pub fn sessions(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedGameSession>> {
    use game_sessions::dsl;
    dsl::game_sessions
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((
            dsl::id,
            dsl::api_key,
            dsl::credential,
            dsl::client,
            dsl::signed_in_with,
            dsl::proved_at,
            dsl::network,
            dsl::created_at,
            dsl::last_seen_at,
            dsl::ends_at,
            dsl::expires_at,
        ))
        .load(conn)
}

/// At most `limit` tokens after the hash `after`.
pub fn tokens(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedGameToken>> {
    use game_tokens::dsl;
    dsl::game_tokens
        .inner_join(game_sessions::table)
        .filter(game_sessions::player_id.eq(player))
        .filter(dsl::token_hash.gt(after))
        .order(dsl::token_hash)
        .limit(limit)
        .select((
            dsl::token_hash,
            dsl::session_id,
            dsl::uses,
            dsl::created_at,
            dsl::last_used_at,
            dsl::ends_at,
            dsl::proved_at,
        ))
        .load(conn)
}
