//! Invariants I14 and I15: what holds for accounts that close, and after a restore.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{BATCH, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, players, restores, sessions};

/// The cleanup looks every minute; a day is more than it needs.
const LATE: TimeDelta = TimeDelta::days(1);

/// Checks I14.
pub(super) fn accounts(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use players::dsl;
    type Row = (String, Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<bool>);
    let has_token =
        amazon_links::access_token_sealed.is_not_null().or(amazon_links::refresh_token_sealed.is_not_null());
    let rows: Vec<Row> = dsl::players
        .left_join(amazon_links::table)
        .filter(dsl::id.gt(after))
        .filter(dsl::closes_at.is_not_null())
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::disabled_at, dsl::closes_at, has_token.nullable()))
        .load(conn)?;
    Ok(batch(
        "I14",
        "players",
        &rows,
        |row| &row.0,
        |(_, disabled_at, closes_at, has_token)| match (disabled_at, closes_at) {
            (None, _) => Some("closes and is not disabled"),
            (Some(_), Some(closes_at)) if *closes_at + LATE < tools.now => {
                Some("should long be erased; does the cleanup run?")
            }
            _ if *has_token == Some(true) => Some("closes and still has a token of Amazon's"),
            _ => None,
        },
    ))
}

/// Checks I15.
pub(super) fn sessions_after_restore(
    conn: &mut Conn,
    _: &VerifyTools,
    after: &str,
) -> QueryResult<VerifyBatch> {
    let restored: Option<DateTime<Utc>> =
        restores::table.order(restores::epoch.desc()).select(restores::restored_at).first(conn).optional()?;
    let rows: Vec<(String, DateTime<Utc>)> = sessions::table
        .filter(sessions::id.gt(after))
        .order(sessions::id)
        .limit(BATCH)
        .select((sessions::id, sessions::created_at))
        .load(conn)?;
    Ok(batch(
        "I15",
        "sessions",
        &rows,
        |row| &row.0,
        |(_, created_at)| {
            restored.is_some_and(|restored| *created_at < restored).then_some("is from before the restore")
        },
    ))
}
