//! Walks over every sealed column in small batches by id.
//!
//! A walk may stop anywhere and be repeated, also by several programs at once. Values under the current key
//! are left alone. An envelope is replaced only if it is still the one that was read, so concurrent writes
//! win.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::app::App;
use crate::operations::key_rotation::columns;
use crate::platform::crypto::vault::{OpenError, key_id_of};
use crate::platform::db::sealed::{SealedColumn, SealedRow};
use crate::platform::fault::{Fault, Kind};

/// Envelopes in one transaction.
const BATCH: i64 = 200;

/// Retries of a batch while the database is busy, and the pause between them.
const TRIES: u32 = 10;
const APART: Duration = Duration::from_millis(500);

/// The most values that will not open and are listed; all of them are counted.
const NAMED: usize = 100;

/// Is called with the number of envelopes since the last call.
type RotationProgress<'a> = &'a (dyn Fn(u64) + Sync);

/// The result of a walk.
#[derive(Debug, Default)]
pub struct RotationTally {
    /// Envelopes per key id, after the walk.
    pub by_key: BTreeMap<String, u64>,
    /// Envelopes that were sealed again under the first key.
    pub resealed: u64,
    /// Envelopes that another writer changed meanwhile. The next walk checks them.
    pub overtaken: u64,
    /// Values that will not open.
    pub shut: u64,
    /// The first values that will not open.
    pub findings: Vec<RotationFinding>,
}

/// A value that will not open.
#[derive(Debug, PartialEq, Eq)]
pub struct RotationFinding {
    pub table: &'static str,
    pub column: &'static str,
    pub row: String,
    pub why: OpenError,
}

/// Counts all envelopes.
pub async fn count_values(app: &App) -> Result<u64, Fault> {
    let mut all = 0;
    for column in columns() {
        all += u64::try_from(app.db.read(|conn| (column.count)(conn)).await?).unwrap_or_default();
    }
    Ok(all)
}

/// Opens every value and changes nothing.
pub async fn find_due(app: &App, progress: RotationProgress<'_>) -> Result<RotationTally, Fault> {
    walk_columns(app, progress, false).await
}

/// Seals every value again that is not sealed with the first key.
pub async fn reseal(app: &App, progress: RotationProgress<'_>) -> Result<RotationTally, Fault> {
    walk_columns(app, progress, true).await
}

async fn walk_columns(
    app: &App,
    progress: RotationProgress<'_>,
    reseals: bool,
) -> Result<RotationTally, Fault> {
    let mut tally = RotationTally::default();
    for column in columns() {
        let mut after = String::new();
        loop {
            let began = Instant::now();
            let from = after.clone();
            let rows = app.db.read(move |conn| (column.after)(conn, &from, BATCH)).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            let seen = u64::try_from(rows.len()).unwrap_or_default();
            let due = judge_value(app, column, rows, &mut tally, reseals)?;
            if !due.is_empty() {
                write_resealed(app, column, due, &mut tally).await?;
                // Pauses as long as the batch took. SQLite has one writer and no queue, so the portal needs
                // its turn.
                tokio::time::sleep(began.elapsed()).await;
            }
            progress(seen);
        }
    }
    Ok(tally)
}

/// An envelope and its replacement.
#[derive(Clone)]
struct DueValue {
    id: String,
    old: Vec<u8>,
    new: Vec<u8>,
}

/// Counts current values, notes those that will not open, and seals the rest again.
fn judge_value(
    app: &App,
    column: &SealedColumn,
    rows: Vec<SealedRow>,
    tally: &mut RotationTally,
    reseals: bool,
) -> Result<Vec<DueValue>, Fault> {
    let mut due = Vec::new();
    for SealedRow { id, place, envelope } in rows {
        match app.vault.open(&place, &envelope) {
            Err(why) => {
                tally.keep(&envelope);
                tally.note(RotationFinding { table: column.table, column: column.column, row: id, why });
            }
            Ok(secret) if reseals && !app.vault.is_current(&envelope) => {
                let new = app.vault.seal(&place, &secret)?;
                due.push(DueValue { id, old: envelope, new });
            }
            Ok(_) => tally.keep(&envelope),
        }
    }
    Ok(due)
}

async fn write_resealed(
    app: &App,
    column: &'static SealedColumn,
    due: Vec<DueValue>,
    tally: &mut RotationTally,
) -> Result<(), Fault> {
    let mut tries = 0;
    let written = loop {
        let batch = due.clone();
        let replaced = app.db.write(move |conn| {
            let mut replaced = Vec::with_capacity(batch.len());
            for DueValue { id, old, new } in &batch {
                replaced.push((column.replace)(conn, id, old, new)?);
            }
            Ok(replaced)
        });
        match replaced.await {
            Err(fault) if fault.kind() != Kind::Broken && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(APART).await;
            }
            ended => break ended?,
        }
    };
    for (due, is_replaced) in due.iter().zip(written) {
        if is_replaced {
            tally.resealed += 1;
            tally.keep(&due.new);
        } else {
            tally.overtaken += 1;
        }
    }
    Ok(())
}

impl RotationTally {
    fn keep(&mut self, envelope: &[u8]) {
        if let Some(key) = key_id_of(envelope) {
            *self.by_key.entry(key.to_owned()).or_default() += 1;
        }
    }

    fn note(&mut self, finding: RotationFinding) {
        tracing::error!(
            event = "operations.keys.value_unreadable",
            table = finding.table,
            column = finding.column,
            row = finding.row,
            fault = %finding.why,
            "opening a sealed value failed"
        );
        self.shut += 1;
        if self.findings.len() < NAMED {
            self.findings.push(finding);
        }
    }
}
