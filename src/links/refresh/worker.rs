//! The worker that refreshes links: batch after batch, with a backoff where Amazon demands one.
//!
//! On a stop it finishes and writes the calls under way, and releases the remaining leases.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::refresh::batch::RefreshBatch;
use crate::links::refresh::schedule::RefreshPace;
use crate::links::refresh::{mass_revocation_guard, store};
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Job, Worker};
use crate::platform::metrics::{GuardState, WorkerName};

/// The pause between batches, a fifth more or less.
const EVERY: Duration = Duration::from_secs(5);
const FIFTH: u32 = 5;
/// The grace for writing the answer, beyond the duration of a call to Amazon.
const GRACE: Duration = Duration::from_secs(2);

/// Starts the worker. It has no work if the settings disable it.
pub fn start(app: Arc<App>) -> Worker {
    if !app.config.limits.refresh.is_on {
        return Worker::idle();
    }
    let grace = app.config.limits.upstream.total + GRACE;
    let schedule = Worker::every(EVERY).give_or_take(FIFTH).stopping_within(grace);
    let (metrics, clock) = (Arc::clone(&app.metrics), app.clock.clone());
    schedule.start(metrics, clock, LinkRefresh { app, pace: Mutex::default(), seen_on_since: None })
}

struct LinkRefresh {
    app: Arc<App>,
    pace: Mutex<RefreshPace>,
    /// Since when the mass-revocation guard was on in the latest pass.
    seen_on_since: Option<DateTime<Utc>>,
}

impl Job for LinkRefresh {
    const NAME: WorkerName = WorkerName::Refresher;

    async fn run_pass(&mut self, stop: &CancellationToken) -> Result<Option<Duration>, Fault> {
        let passed = RefreshBatch::begin(&self.app, &self.pace, stop).run(&|_| ()).await;
        self.measure().await;
        let progress = passed?;
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
        Ok(None)
    }

    fn report(fault: &Fault) {
        tracing::error!(event = "links.refresh.batch_failed", %fault, "a batch of refreshes failed");
    }

    fn least_pause(&self) -> Duration {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).backoff().unwrap_or_default()
    }
}

impl LinkRefresh {
    /// Sets the gauges for overdue links and for the mass-revocation guard. After a fault they stay until the next batch.
    ///
    /// The alert is raised here as well, because a command or a copy that has died may have turned the guard on.
    async fn measure(&mut self) {
        let app = &self.app;
        let now = app.clock.now();
        let read = app.db.read(move |conn| {
            Ok((store::oldest_due(conn, now)?, mass_revocation_guard::guard_status(conn)?.on_since))
        });
        let Ok((oldest, on_since)) = read.await else { return };
        let waits = oldest.and_then(|oldest| (now - oldest).to_std().ok()).unwrap_or_default();
        app.metrics.oldest_overdue_link.set(waits.as_secs_f64());
        app.metrics.revocation_guard.set(if on_since.is_some() { GuardState::On } else { GuardState::Off });
        if on_since.is_some() && on_since != self.seen_on_since {
            tracing::error!(
                event = "links.refresh.guard_on",
                alert = "refresh_brake_pulled",
                "the mass-revocation guard is on"
            );
        }
        self.seen_on_since = on_since;
    }
}
