//! The worker that refreshes links: batch after batch, with a rest where Amazon demands one.
//!
//! On a stop it finishes and writes the calls under way, and releases the remaining leases.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::refresh::batch::RefreshBatch;
use crate::links::refresh::schedule::RefreshPace;
use crate::links::refresh::{mass_revocation_guard, store};
use crate::platform::jobs::backoff::random_byte;
use crate::platform::jobs::worker::{Worker, pause};
use crate::platform::metrics::{Brake, Pass as Ended, Worker as Name};

/// The pause between batches, a fifth more or less, so that copies do not run in step.
const EVERY: Duration = Duration::from_secs(5);
/// The pause after a database fault.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// The grace for writing the answer, beyond the duration of a call to Amazon.
const GRACE: Duration = Duration::from_secs(2);

/// Starts the worker. It ends at once if the settings disable it.
pub fn start(app: Arc<App>) -> Worker {
    let grace = app.config.limits.upstream.total + GRACE;
    Worker::start(grace, |stop| async move {
        if app.config.limits.refresh.is_on {
            work(&app, &stop).await;
        }
    })
}

async fn work(app: &App, stop: &CancellationToken) {
    let pace = Mutex::new(RefreshPace::default());
    while !stop.is_cancelled() {
        let passed = RefreshBatch::begin(app, &pace, stop).run(&|_| ()).await;
        let outcome = if passed.is_ok() { Ended::Well } else { Ended::Fault };
        app.metrics.pass(Name::Refresher, outcome, app.clock.now().timestamp());
        measure(app).await;
        let rest = match passed {
            Ok(progress) => {
                if progress.done > 0 {
                    tracing::info!(
                        event = "links.refresh.batch_finished",
                        links.done = progress.done,
                        links.renewed = progress.renewed,
                        links.revoked = progress.revoked,
                        links.put_off = progress.put_off,
                        links.need_reconnect = progress.need_reconnect,
                        "a batch of refreshes finished"
                    );
                }
                progress.rest
            }
            Err(fault) => {
                tracing::error!(event = "links.refresh.batch_failed", %fault, "a batch of refreshes failed");
                let rest = pace.lock().unwrap_or_else(PoisonError::into_inner).rest();
                Some(rest.unwrap_or_default().max(AFTER_A_FAULT))
            }
        };
        let rest = rest.unwrap_or_default().max(EVERY * (820 + u32::from(random_byte())) / 1000);
        pause(stop, rest).await;
    }
}

/// Sets the gauges for overdue links and for the mass-revocation guard.
///
/// After a fault they stay until the next batch.
async fn measure(app: &App) {
    let now = app.clock.now();
    let read = app.db.read(move |conn| {
        Ok((store::oldest_due(conn, now)?, mass_revocation_guard::guard_status(conn)?.on_since))
    });
    if let Ok((oldest, on_since)) = read.await {
        let waits = oldest.and_then(|oldest| (now - oldest).to_std().ok()).unwrap_or_default();
        app.metrics.oldest_overdue_link.set(waits.as_secs_f64());
        app.metrics.brake.is(if on_since.is_some() { Brake::Held } else { Brake::Released });
    }
}
