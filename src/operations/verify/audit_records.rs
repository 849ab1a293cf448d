//! Invariant I6: every link, and every end of a link, has its audit record.
//!
//! The transaction that writes a link or a former link also writes a record with the same time.
//! `dovetail audit verify` checks the chain over all records.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{BATCH, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, audit_events, former_links};

const BEGINNINGS: [&str; 2] = ["link.amazon.added", "link.amazon.replaced"];
/// A replaced link ends with the record of its successor.
const ENDS: [&str; 5] = [
    "link.amazon.removed",
    "link.amazon.denied",
    "link.amazon.replaced",
    "link.amazon.revoked",
    "link.amazon.added",
];

type AuditInvariantRow = (String, String, DateTime<Utc>);

pub(super) fn of_links(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use amazon_links::dsl;
    let rows: Vec<AuditInvariantRow> = dsl::amazon_links
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::player_id, dsl::linked_at))
        .load(conn)?;
    judged(conn, tools, "amazon_links", &rows, &BEGINNINGS, "began without a record of it")
}

pub(super) fn of_ends(conn: &mut Conn, tools: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use former_links::dsl;
    let rows: Vec<AuditInvariantRow> = dsl::former_links
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::player_id, dsl::ended_at))
        .load(conn)?;
    judged(conn, tools, "former_links", &rows, &ENDS, "ended without a record of it")
}

/// Compares each row with the number of records of its player and time.
fn judged(
    conn: &mut Conn,
    tools: &VerifyTools,
    table: &'static str,
    rows: &[AuditInvariantRow],
    kinds: &[&str],
    missing: &'static str,
) -> QueryResult<VerifyBatch> {
    use audit_events::dsl;
    // The record of an older change may be deleted by now (S131).
    let oldest = tools.now - tools.records_kept;
    let whose: Vec<&String> = rows.iter().map(|(_, player, _)| player).collect();
    let records: Vec<(Option<String>, DateTime<Utc>)> = dsl::audit_events
        .filter(dsl::player_id.eq_any(whose))
        .filter(dsl::kind.eq_any(kinds))
        .select((dsl::player_id, dsl::at))
        .load(conn)?;
    // Microseconds are the finest unit that both databases store.
    let mut counts: HashMap<(String, i64), usize> = HashMap::new();
    for (player, at) in records {
        *counts.entry((player.unwrap_or_default(), at.timestamp_micros())).or_default() += 1;
    }
    Ok(batch(
        "I6",
        table,
        rows,
        |row| &row.0,
        |(_, player, at)| match counts.get(&(player.clone(), at.timestamp_micros())) {
            _ if *at < oldest => None,
            Some(1) => None,
            Some(_) => Some("has more than one record of one change"),
            None => Some(missing),
        },
    ))
}
