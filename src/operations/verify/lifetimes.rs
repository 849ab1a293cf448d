//! Invariant I12: no session and no token outlives what the settings allow at most.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{BATCH, InvariantFinding, RowJudge, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{game_sessions, game_tokens, sessions, staff_sessions};

pub(super) const JUDGES: &[RowJudge] = &[of_browsers, of_staff, of_games, of_game_tokens];

const INVARIANT: &str = "I12";
const TOO_LONG: &str = "lives longer than any setting allows";

/// The largest values of the settings in `config::sessions`. A smaller one may have been set later.
const BROWSER: TimeDelta = TimeDelta::days(30);
const STAFF: TimeDelta = TimeDelta::days(1);
const GAME: TimeDelta = TimeDelta::days(90);

/// A session: id, begin, end.
type LifetimeRow = (String, DateTime<Utc>, DateTime<Utc>);

fn of_browsers(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use sessions::dsl;
    let rows: Vec<LifetimeRow> = dsl::sessions
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::created_at, dsl::expires_at))
        .load(conn)?;
    Ok(judged("sessions", &rows, BROWSER))
}

fn of_staff(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use staff_sessions::dsl;
    let rows: Vec<LifetimeRow> = dsl::staff_sessions
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::created_at, dsl::expires_at))
        .load(conn)?;
    Ok(judged("staff_sessions", &rows, STAFF))
}

fn judged(table: &'static str, rows: &[LifetimeRow], longest: TimeDelta) -> VerifyBatch {
    batch(
        INVARIANT,
        table,
        rows,
        |row| &row.0,
        |(_, began, ends)| (*ends - *began > longest).then_some(TOO_LONG),
    )
}

/// Checks sessions of games, which live anew from each sign-in.
fn of_games(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use game_sessions::dsl;
    type Row = (String, DateTime<Utc>, DateTime<Utc>, DateTime<Utc>);
    let rows: Vec<Row> = dsl::game_sessions
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::last_seen_at, dsl::ends_at, dsl::expires_at))
        .load(conn)?;
    Ok(batch(
        INVARIANT,
        "game_sessions",
        &rows,
        |row| &row.0,
        |(_, seen, ends, expires)| {
            if ends > expires {
                return Some("ends after its absolute end");
            }
            (*expires - *seen > GAME).then_some(TOO_LONG)
        },
    ))
}

/// Checks tokens of games. A finding names the session, not the token.
fn of_game_tokens(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use game_tokens::dsl;
    let rows: Vec<(String, String, DateTime<Utc>, DateTime<Utc>)> = dsl::game_tokens
        .inner_join(game_sessions::table)
        .filter(dsl::token_hash.gt(after))
        .order(dsl::token_hash)
        .limit(BATCH)
        .select((dsl::token_hash, dsl::session_id, dsl::ends_at, game_sessions::expires_at))
        .load(conn)?;
    let findings = rows
        .iter()
        .filter(|(_, _, ends, session_ends)| ends > session_ends)
        .map(|(_, session, ..)| InvariantFinding {
            invariant: INVARIANT,
            table: "game_tokens",
            row: session.clone(),
            says: "has a token that outlives its session",
        })
        .collect();
    Ok(VerifyBatch { last: rows.last().map(|row| row.0.clone()), rows: rows.len(), findings })
}
