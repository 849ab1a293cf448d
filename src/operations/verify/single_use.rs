//! Invariant I4: one-time values are used at most once, and tried no more often than allowed.
//!
//! Using such a value deletes its row. A second use is thus possible only with too many tries, or with two
//! rows for one secret.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{BATCH, RowJudge, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{
    claim_codes, email_changes, game_sign_in_codes, link_attempts, registrations, sign_in_codes,
};

pub(super) const JUDGES: &[RowJudge] = &[
    states_of_attempts,
    tries_of_registrations,
    tries_of_email_changes,
    tries_of_sign_in_codes,
    tries_of_claim_codes,
    tries_of_game_sign_in_codes,
];

const TRIED: &str = "was tried more often than allowed";

/// Declares a check for each table whose codes have a limited number of tries.
macro_rules! tries {
    ($($name:ident in $table:ident at most $most:expr),+) => { $(
        fn $name(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
            use $table::dsl;
            let rows: Vec<(String, i64)> = dsl::$table
                .filter(dsl::id.gt(after))
                .order(dsl::id)
                .limit(BATCH)
                .select((dsl::id, dsl::tries))
                .load(conn)?;
            let most: fn(&VerifyTools) -> i64 = $most;
            let most = most(tools);
            Ok(batch("I4", stringify!($table), &rows, |row| &row.0, |(_, tries)| (*tries > most).then_some(TRIED)))
        }
    )+ };
}

tries! {
    tries_of_registrations in registrations at most |tools| tools.tries,
    tries_of_email_changes in email_changes at most |tools| tools.tries,
    tries_of_sign_in_codes in sign_in_codes at most |tools| tools.tries,
    // See `TRIES` in `games::devices::claim::store`.
    tries_of_claim_codes in claim_codes at most |_| 10,
    // See `MAX_ENTRIES` in `games::devices::sign_in_code::store`.
    tries_of_game_sign_in_codes in game_sign_in_codes at most |_| 10
}

fn states_of_attempts(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use link_attempts::dsl;
    let rows: Vec<(String, String)> = dsl::link_attempts
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::state_hash))
        .load(conn)?;
    let states: Vec<&String> = rows.iter().map(|(_, state)| state).collect();
    let mut once = HashSet::new();
    let twice: HashSet<String> = dsl::link_attempts
        .filter(dsl::state_hash.eq_any(states))
        .select(dsl::state_hash)
        .load::<String>(conn)?
        .into_iter()
        .filter(|state| !once.insert(state.clone()))
        .collect();
    Ok(batch(
        "I4",
        "link_attempts",
        &rows,
        |row| &row.0,
        |(_, state)| twice.contains(state).then_some("answers to the same state as another attempt"),
    ))
}
