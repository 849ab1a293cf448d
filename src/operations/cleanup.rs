//! Deletes expired rows (S131).
//!
//! A pass may run on several copies at once and may stop anywhere; the next pass continues. Rows are deleted
//! in batches, so that no pass locks the database for long. Data that must be kept, such as audit records, is
//! not in the list.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::accounts::registration;
use crate::accounts::sign_in;
use crate::app::App;
use crate::games::devices;
use crate::links;
use crate::links::refresh;
use crate::operations::key_rotation;
use crate::outbound::link_events;
use crate::outbound::mail;
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Job, Worker};
use crate::platform::metrics::WorkerName;
use crate::platform::rate_limit;
use crate::privacy;
use crate::sessions::browser;
use crate::sessions::game;
use crate::sessions::held_answer;
use crate::support::staff;

/// The pause between passes, a sixth more or less.
const EVERY: Duration = Duration::from_mins(1);
const SIXTH: u32 = 6;
/// Rows deleted in one transaction.
const BATCH: i64 = 1_000;

/// Swept by the age of its events, not by a time in the row.
const LINK_EVENTS: &str = "link_events";

/// Deletes at most the given number of expired rows, and returns how many.
type CleanupTask = fn(&mut Conn, DateTime<Utc>, i64) -> Result<usize, Fault>;

/// The tables with expiring rows, and the functions that delete them.
const SWEEPS: &[(&str, CleanupTask)] = &[
    ("sessions", |conn, now, limit| Ok(browser::sweep(conn, now, limit)?)),
    ("game_sessions", |conn, now, limit| Ok(game::sweep(conn, now, limit)?)),
    ("throttles", |conn, now, limit| Ok(rate_limit::sweep(conn, now, limit)?)),
    ("link_attempts", |conn, now, limit| Ok(links::sweep(conn, now, limit)?)),
    ("held_answers", |conn, now, limit| Ok(held_answer::sweep(conn, now, limit)?)),
    ("registrations", |conn, now, limit| Ok(registration::sweep(conn, now, limit)?)),
    ("sign_in_codes", |conn, now, limit| Ok(sign_in::sweep_codes(conn, now, limit)?)),
    ("pending_sign_ins", |conn, now, limit| Ok(sign_in::sweep_pending(conn, now, limit)?)),
    ("factor_recoveries", |conn, now, limit| Ok(sign_in::lost_factor::sweep(conn, now, limit)?)),
    ("remembered_browsers", |conn, now, limit| {
        Ok(crate::accounts::second_factor::sweep_remembered_browsers(conn, now, limit)?)
    }),
    ("password_resets", |conn, now, limit| Ok(crate::accounts::password_reset::sweep(conn, now, limit)?)),
    ("email_changes", |conn, now, limit| Ok(crate::accounts::email::sweep_changes(conn, now, limit)?)),
    ("passkey_ceremonies", |conn, now, limit| Ok(crate::accounts::passkeys::sweep(conn, now, limit)?)),
    ("email_undos", |conn, now, limit| Ok(crate::accounts::email::sweep_undos(conn, now, limit)?)),
    ("link_undos", |conn, now, limit| Ok(links::sweep_undos(conn, now, limit)?)),
    ("staff_sessions", |conn, now, limit| Ok(crate::sessions::staff::sweep(conn, now, limit)?)),
    ("staff_proposals", |conn, now, limit| Ok(staff::sweep_proposals(conn, now, limit)?)),
    ("staff", |conn, now, limit| Ok(staff::sweep_invitations(conn, now, limit)?)),
    ("claim_codes", |conn, now, limit| Ok(devices::claim::sweep(conn, now, limit)?)),
    ("game_sign_in_codes", |conn, now, limit| Ok(devices::sign_in_code::sweep(conn, now, limit)?)),
    ("code_linkings", |conn, now, limit| Ok(crate::links::device_flow::sweep(conn, now, limit)?)),
    ("refresh_counts", |conn, now, limit| Ok(refresh::mass_revocation_guard::sweep(conn, now, limit)?)),
    ("mails", |conn, now, limit| Ok(mail::sweep(conn, now, limit)?)),
];

/// The tables whose expired rows are deleted, as metrics name them.
pub fn swept_tables() -> impl Iterator<Item = &'static str> {
    SWEEPS.iter().map(|(table, _)| *table).chain([LINK_EVENTS])
}

/// Starts the worker. A stop does not wait for it, because each batch is a transaction.
pub fn start(app: Arc<App>) -> Worker {
    let schedule = Worker::every(EVERY).give_or_take(SIXTH).delayed().stopping_within(Duration::ZERO);
    schedule.start(Arc::clone(&app.metrics), app.clock.clone(), Cleanup { app, passes: 0 })
}

/// Passes from one look for players whom nobody can open to the next: it reads all of them.
const PASSES_PER_LOOK: u32 = 60;

struct Cleanup {
    app: Arc<App>,
    passes: u32,
}

impl Job for Cleanup {
    const NAME: WorkerName = WorkerName::Janitor;

    async fn run_pass(&mut self, _stop: &CancellationToken) -> Result<Option<Duration>, Fault> {
        if let Err(fault) = key_rotation::seals_here(&self.app).await {
            tracing::warn!(event = "operations.keys.use_not_recorded", %fault, "key use not recorded");
        }
        if self.passes.is_multiple_of(PASSES_PER_LOOK) {
            let players = privacy::erase_left_behind(&self.app).await?;
            self.app.metrics.swept_rows.add_many("players", players);
        }
        self.passes = self.passes.wrapping_add(1);
        let rows = clean_up_once(&self.app).await?;
        if rows > 0 {
            tracing::debug!(event = "operations.cleanup.rows_deleted", rows, "rows were deleted");
        }
        Ok(None)
    }

    fn report(fault: &Fault) {
        tracing::warn!(event = "operations.cleanup.failed", %fault, "deleting rows failed");
    }
}

/// Runs one pass over all tables. Returns how many rows were deleted.
pub async fn clean_up_once(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    // Accounts whose time to keep them is over.
    let closed = privacy::erase_due(app).await;
    sign_in::lost_factor::tell_due(app).await?;
    let mut gone = 0;
    for &(table, sweep) in SWEEPS {
        gone += empty(app, table, now, sweep).await?;
    }
    // `DOVETAIL_LINK_EVENTS_KEEP` limits the age of events; their deliveries are deleted with them.
    let kept_from = now - app.config.events.keep;
    gone +=
        empty(app, LINK_EVENTS, kept_from, |conn, from, limit| Ok(link_events::sweep(conn, from, limit)?))
            .await?;
    // SQLite's write-ahead log still contains the deleted rows, those of erased accounts too.
    app.db.empty_log().await?;
    // An account that cannot be erased keeps nothing else from going.
    let closed = closed?;
    app.metrics.swept_rows.add_many("players", closed);
    gone += closed;
    Ok(gone)
}

/// What a restored backup must not bring back to life: tables of [`SWEEPS`].
const OPEN: [&str; 18] = [
    "held_answers",
    "pending_sign_ins",
    "factor_recoveries",
    "remembered_browsers",
    "passkey_ceremonies",
    "sessions",
    "game_sessions",
    "link_attempts",
    "registrations",
    "sign_in_codes",
    "password_resets",
    "link_undos",
    "staff_sessions",
    "staff_proposals",
    "staff",
    "claim_codes",
    "game_sign_in_codes",
    "code_linkings",
];

/// What a restored backup must not bring back either, and what names the former addresses of its players.
const NAMES_ADDRESSES: [&str; 2] = ["email_changes", "email_undos"];

/// Deletes every session and code, expired or not, and ends the enrolments of staff. Returns how many rows.
///
/// For a backup that has been put back: some of them had ended since. [`end_changes_of_address`] comes after the
/// erasures.
pub async fn end_all_open(app: &App) -> Result<usize, Fault> {
    empty_whole(app, &OPEN).await
}

/// Deletes every change of an address, open or to be undone. Letters wait to the addresses that they name, so players
/// are erased first.
pub async fn end_changes_of_address(app: &App) -> Result<usize, Fault> {
    empty_whole(app, &NAMES_ADDRESSES).await
}

async fn empty_whole(app: &App, tables: &[&str]) -> Result<usize, Fault> {
    let late = app.clock.now() + TimeDelta::days(365 * 1_000);
    let mut gone = 0;
    for &(table, sweep) in SWEEPS.iter().filter(|(table, _)| tables.contains(table)) {
        gone += empty(app, table, late, sweep).await?;
    }
    Ok(gone)
}

async fn empty(
    app: &App,
    table: &'static str,
    now: DateTime<Utc>,
    sweep: CleanupTask,
) -> Result<usize, Fault> {
    let mut gone = 0;
    loop {
        let rows = app.db.write(move |conn| sweep(conn, now, BATCH)).await?;
        gone += rows;
        app.metrics.swept_rows.add_many(table, rows);
        if i64::try_from(rows).unwrap_or_default() < BATCH {
            return Ok(gone);
        }
        tracing::debug!(event = "operations.cleanup.batch_full", table, rows, "more expired rows may remain");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_restore_ends_is_swept() {
        let unknown: Vec<_> = OPEN
            .iter()
            .chain(&NAMES_ADDRESSES)
            .filter(|open| !SWEEPS.iter().any(|(table, _)| table == *open))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
