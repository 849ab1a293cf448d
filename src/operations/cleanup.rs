//! Deletes expired rows (S131).
//!
//! A pass may run on several copies at once and may stop anywhere; the next pass continues. Rows are deleted
//! in batches, so that no pass locks the database for long. Data that must be kept, such as audit records, is
//! not in the list.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::accounts::registration;
use crate::accounts::sign_in;
use crate::app::App;
use crate::games::devices;
use crate::links;
use crate::links::refresh;
use crate::operations::key_rotation;
use crate::outbound::link_events;
use crate::outbound::mail;
use crate::platform::crypto::token::random_bytes;
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::metrics::{Pass, Worker};
use crate::platform::rate_limit;
use crate::sessions::browser;
use crate::sessions::game;
use crate::support::staff;

/// Rows deleted in one transaction.
const BATCH: i64 = 1_000;

/// Deletes at most the given number of expired rows, and returns how many.
type CleanupTask = fn(&mut Conn, DateTime<Utc>, i64) -> Result<usize, Fault>;

/// The tables with expiring rows, and the functions that delete them.
const SWEEPS: &[(&str, CleanupTask)] = &[
    ("sessions", |conn, now, limit| Ok(browser::sweep(conn, now, limit)?)),
    ("game_sessions", |conn, now, limit| Ok(game::sweep(conn, now, limit)?)),
    ("throttles", |conn, now, limit| Ok(rate_limit::sweep(conn, now, limit)?)),
    ("link_attempts", |conn, now, limit| Ok(links::sweep(conn, now, limit)?)),
    ("registrations", |conn, now, limit| Ok(registration::sweep(conn, now, limit)?)),
    ("sign_in_codes", |conn, now, limit| Ok(sign_in::sweep_codes(conn, now, limit)?)),
    ("password_resets", |conn, now, limit| Ok(crate::accounts::password_reset::sweep(conn, now, limit)?)),
    ("email_changes", |conn, now, limit| Ok(crate::accounts::email::sweep_changes(conn, now, limit)?)),
    ("email_undos", |conn, now, limit| Ok(crate::accounts::email::sweep_undos(conn, now, limit)?)),
    ("staff_sessions", |conn, now, limit| Ok(crate::sessions::staff::sweep(conn, now, limit)?)),
    ("staff_proposals", |conn, now, limit| Ok(staff::sweep_proposals(conn, now, limit)?)),
    ("staff", |conn, now, limit| Ok(staff::sweep_invitations(conn, now, limit)?)),
    ("claim_codes", |conn, now, limit| Ok(devices::claim::sweep(conn, now, limit)?)),
    ("code_linkings", |conn, now, limit| Ok(crate::links::device_flow::sweep(conn, now, limit)?)),
    ("refresh_counts", |conn, now, limit| Ok(refresh::mass_revocation_guard::sweep(conn, now, limit)?)),
    ("mails", |conn, now, limit| Ok(mail::sweep(conn, now, limit)?)),
];

/// Runs a pass about once a minute, until it is dropped. A random pause keeps copies from running in step.
pub async fn run_cleanup(app: Arc<App>) {
    loop {
        tokio::time::sleep(pause()).await;
        if let Err(fault) = key_rotation::seals_here(&app).await {
            tracing::warn!(event = "operations.keys.use_not_recorded", %fault, "key use not recorded");
        }
        let done = clean_up_once(&app).await;
        let outcome = if done.is_ok() { Pass::Well } else { Pass::Fault };
        app.metrics.pass(Worker::Janitor, outcome, app.clock.now().timestamp());
        match done {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(event = "operations.cleanup.rows_deleted", rows, "rows were deleted"),
            Err(fault) => tracing::warn!(event = "operations.cleanup.failed", %fault, "deleting rows failed"),
        }
    }
}

/// Runs one pass over all tables. Returns how many rows were deleted.
pub async fn clean_up_once(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    let mut gone = 0;
    for &(table, sweep) in SWEEPS {
        gone += empty(app, table, now, sweep).await?;
    }
    // `DOVETAIL_LINK_EVENTS_KEEP` limits the age of events; their deliveries are deleted with them.
    let kept_from = now - app.config.events.keep;
    gone +=
        empty(app, "link_events", kept_from, |conn, from, limit| Ok(link_events::sweep(conn, from, limit)?))
            .await?;
    // SQLite's write-ahead log still contains the deleted rows, those of erased accounts too.
    app.db.empty_log().await?;
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

fn pause() -> Duration {
    let [byte] = random_bytes::<1>().unwrap_or_default();
    Duration::from_millis(50_000 + u64::from(byte) * 20_000 / 255)
}
