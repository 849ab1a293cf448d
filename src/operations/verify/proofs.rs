//! Invariant I10: a proof of identity belongs to the session or the token in which it was given.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{BATCH, InvariantFinding, RowJudge, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{game_sessions, game_tokens, sessions, staff_sessions};

pub(super) const JUDGES: &[RowJudge] = &[of_browsers, of_games, of_staff, of_game_tokens];

const INVARIANT: &str = "I10";

/// A clock that was set back by less than this makes no finding.
const CLOCK_STEP: TimeDelta = TimeDelta::hours(1);

/// Declares a check for each table of sessions: no proof is older than its session.
macro_rules! proofs {
    ($($name:ident in $table:ident by $proof:ident),+) => { $(
        fn $name(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
            use $table::dsl;
            let rows: Vec<(String, DateTime<Utc>, Option<DateTime<Utc>>)> = dsl::$table
                .filter(dsl::id.gt(after))
                .order(dsl::id)
                .limit(BATCH)
                .select((dsl::id, dsl::created_at, dsl::$proof))
                .load(conn)?;
            Ok(batch(INVARIANT, stringify!($table), &rows, |row| &row.0, |(_, began, proof)| {
                let is_older = proof.is_some_and(|proof| proof + CLOCK_STEP < *began);
                is_older.then_some("has a proof of identity from before it began")
            }))
        }
    )+ };
}

proofs! {
    of_browsers in sessions by fresh_at,
    of_games in game_sessions by proved_at,
    of_staff in staff_sessions by fresh_at
}

/// Checks that a token was proved by the request that returned it. A finding names the session, not the token.
fn of_game_tokens(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use game_tokens::dsl;
    type Row = (String, String, DateTime<Utc>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = dsl::game_tokens
        .filter(dsl::token_hash.gt(after))
        .order(dsl::token_hash)
        .limit(BATCH)
        .select((dsl::token_hash, dsl::session_id, dsl::created_at, dsl::proved_at))
        .load(conn)?;
    let findings = rows
        .iter()
        .filter(|(_, _, issued, proof)| proof.is_some_and(|proof| proof != *issued))
        .map(|(_, session, ..)| InvariantFinding {
            invariant: INVARIANT,
            table: "game_tokens",
            row: session.clone(),
            says: "has a token that was proved at another time than it was issued",
        })
        .collect();
    Ok(VerifyBatch { last: rows.last().map(|row| row.0.clone()), rows: rows.len(), findings })
}
