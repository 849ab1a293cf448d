//! The browser sessions stored about a player, for the export.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::db::schema::sessions::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;
use crate::sessions::SignedInWith;

/// A browser session, without its token and its CSRF secret.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedBrowserSession {
    pub id: String,
    signed_in_with: SignedInWith,
    is_remembered: bool,
    identity_proven_at: Option<UtcTime>,
    browser: String,
    network: String,
    created_at: UtcTime,
    last_seen_at: UtcTime,
    expires_at: UtcTime,
}

/// At most `limit` sessions after the id `after`.
pub fn sessions(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedBrowserSession>> {
    dsl::sessions
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((
            dsl::id,
            dsl::signed_in_with,
            dsl::is_remembered,
            dsl::fresh_at,
            dsl::browser,
            dsl::network,
            dsl::created_at,
            dsl::last_seen_at,
            dsl::expires_at,
        ))
        .load(conn)
}
