//! I3: whose session.

use diesel::prelude::*;

use super::{BATCH, Batch, Tools, batch};
use crate::platform::db::schema::{players, sessions};
use crate::platform::db::{Conn, UtcTime};

/// Sessions whose time is over are no use to anybody, and are left to the janitor.
pub(super) fn of_players_who_may_use_them(conn: &mut Conn, tools: &Tools, after: &str) -> QueryResult<Batch> {
    use sessions::dsl;
    type Row = (String, UtcTime, Option<String>, Option<UtcTime>);
    let rows: Vec<Row> = dsl::sessions
        .left_join(players::table)
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::expires_at, players::id.nullable(), players::disabled_at.nullable()))
        .load(conn)?;
    let now = UtcTime::from(tools.now);
    Ok(batch(
        "I3",
        "sessions",
        rows,
        |row| &row.0,
        |(_, expires_at, player, disabled_at)| match (player, disabled_at) {
            _ if *expires_at <= now => None,
            (None, _) => Some("belongs to no player"),
            (Some(_), Some(_)) => Some("belongs to a player who is disabled"),
            (Some(_), None) => None,
        },
    ))
}
