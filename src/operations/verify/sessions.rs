//! Invariant I3: no browser or game session belongs to a player who is gone or disabled.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{BATCH, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{game_sessions, players, sessions};

/// The id, the end, the player if any, and when that player was disabled.
type SessionInvariantRow = (String, DateTime<Utc>, Option<String>, Option<DateTime<Utc>>);

/// Checks browser sessions. Expired ones are ignored, because the cleanup deletes them.
pub(super) fn of_players_who_may_use_them(
    conn: &mut Conn,
    tools: &VerifyTools,
    after: &str,
) -> QueryResult<VerifyBatch> {
    use sessions::dsl;
    let rows: Vec<SessionInvariantRow> = dsl::sessions
        .left_join(players::table)
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::expires_at, players::id.nullable(), players::disabled_at.nullable()))
        .load(conn)?;
    Ok(judged("sessions", &rows, tools))
}

/// Checks game sessions. Game tokens need no check, because a token is useless without its session.
pub(super) fn of_games(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use game_sessions::dsl;
    let rows: Vec<SessionInvariantRow> = dsl::game_sessions
        .left_join(players::table.on(players::id.eq(dsl::player_id)))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::ends_at, players::id.nullable(), players::disabled_at.nullable()))
        .load(conn)?;
    Ok(judged("game_sessions", &rows, tools))
}

fn judged(table: &'static str, rows: &[SessionInvariantRow], tools: &VerifyTools) -> VerifyBatch {
    batch(
        "I3",
        table,
        rows,
        |row| &row.0,
        |(_, ends_at, player, disabled_at)| match (player, disabled_at) {
            _ if *ends_at <= tools.now => None,
            (None, _) => Some("belongs to no player"),
            (Some(_), Some(_)) => Some("belongs to a player who is disabled"),
            (Some(_), None) => None,
        },
    )
}
