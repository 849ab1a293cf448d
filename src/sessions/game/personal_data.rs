//! The game sessions and tokens stored about a player, for the export.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::{game_sessions, game_tokens};
use crate::sessions::SignedInWith;

/// A game in which the player is signed in.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = game_sessions)]
pub struct ExportedGameSession {
    pub id: String,
    #[diesel(column_name = api_key)]
    game: String,
    credential: String,
    client: String,
    signed_in_with: SignedInWith,
    #[diesel(column_name = proved_at)]
    identity_proven_at: Option<UtcTime>,
    network: String,
    created_at: UtcTime,
    last_seen_at: UtcTime,
    ends_at: UtcTime,
    expires_at: UtcTime,
    device_id: Option<String>,
}

exported_rows!(ExportedGameSession, game_sessions);

/// A token with which a game resumes its session. Only the game knows the token itself.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = game_tokens)]
pub struct ExportedGameToken {
    #[serde(skip)]
    #[diesel(column_name = token_hash)]
    pub hash: String,
    session_id: String,
    uses: i64,
    created_at: UtcTime,
    last_used_at: UtcTime,
    ends_at: UtcTime,
    #[diesel(column_name = proved_at)]
    identity_proven_at: Option<UtcTime>,
}

exported_rows!(
    ExportedGameToken,
    hash,
    game_tokens::table.inner_join(game_sessions::table),
    game_tokens::token_hash,
    game_sessions::player_id
);
