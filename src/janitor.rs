//! Takes away what nobody needs any more: rows whose time is over (S131).
//!
//! Every pass may run on several copies at once and may stop anywhere: what one left, the next finds. Rows go
//! in batches, so that no pass holds the database for long. What must never go, such as audit records, is
//! not known here.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::platform::throttle;
use crate::platform::token::random_bytes;
use crate::{players, sessions};

/// Rows that go in one transaction.
const BATCH: i64 = 1_000;

/// Removes at most so many rows that are over, and says how many.
type Sweep = fn(&mut Conn, DateTime<Utc>, i64) -> QueryResult<usize>;

/// Every table with rows that end, and who knows when they do.
const SWEEPS: &[(&str, Sweep)] = &[
    ("sessions", sessions::sweep),
    ("throttles", throttle::sweep),
    ("email_changes", players::sweep_changes),
    ("email_undos", players::sweep_undos),
];

/// Sweeps about once a minute, for as long as it is awaited. Copies started together drift apart.
pub async fn run(app: Arc<App>) {
    loop {
        tokio::time::sleep(pause()).await;
        match pass(&app).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "rows whose time was over are gone"),
            Err(fault) => tracing::warn!(fault = %fault, "sweeping did not end; the next pass goes on"),
        }
    }
}

/// One pass over every table. Returns how many rows went.
pub async fn pass(app: &App) -> Result<usize, Fault> {
    let now = app.clock.now();
    let mut gone = 0;
    for &(table, sweep) in SWEEPS {
        loop {
            let rows = app.db.write(move |conn| Ok::<_, Fault>(sweep(conn, now, BATCH)?)).await?;
            gone += rows;
            if i64::try_from(rows).unwrap_or_default() < BATCH {
                break;
            }
            tracing::debug!(table, rows, "a full batch went; there may be more");
        }
    }
    Ok(gone)
}

/// Between 50 and 70 seconds.
fn pause() -> Duration {
    let [byte] = random_bytes::<1>().unwrap_or_default();
    Duration::from_millis(50_000 + u64::from(byte) * 20_000 / 255)
}
