//! Whether the portal can serve: a write succeeds, the key ring works, and the schema is this program's.
//!
//! The result is cached briefly, and concurrent requests wait for one check together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::app::App;

/// How long a result is cached.
const A_MOMENT: Duration = Duration::from_secs(1);
/// The time limit of the database check: a slower database cannot serve players either (S92).
const PATIENCE: Duration = Duration::from_secs(3);

/// The cached readiness of the portal.
pub struct ReadinessReport {
    app: Arc<App>,
    is_stopping: AtomicBool,
    last: Mutex<Option<(Instant, bool)>>,
}

impl ReadinessReport {
    pub fn of(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self { app, is_stopping: AtomicBool::new(false), last: Mutex::new(None) })
    }

    /// Makes the portal not ready for good, so that the load balancer sends no more requests.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether requests can be served, now or at the last check within a second.
    pub async fn is_ready(&self) -> bool {
        if self.is_stopping.load(Ordering::Relaxed) {
            return false;
        }
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = *last
            && at.elapsed() < A_MOMENT
        {
            return answer;
        }
        let is_ready = self.look().await;
        let was_ready = last.map(|(_, answer)| answer);
        if was_ready != Some(is_ready) && !is_ready {
            tracing::warn!(event = "operations.readiness.lost", "the portal is not ready");
        } else if was_ready == Some(false) && is_ready {
            tracing::info!(event = "operations.readiness.regained", "the portal is ready again");
        }
        *last = Some((Instant::now(), is_ready));
        self.app.metrics.ready.set(usize::from(is_ready));
        is_ready
    }

    async fn look(&self) -> bool {
        if !self.app.vault.opens_what_it_seals() {
            return false;
        }
        let now = self.app.clock.now();
        let database = timeout(PATIENCE, self.app.db.probe(now)).await;
        match database {
            Ok(Ok(is_current)) => is_current,
            Ok(Err(fault)) => {
                tracing::debug!(
                    event = "operations.readiness.check_failed",
                    %fault,
                    "checking the database for readiness failed"
                );
                false
            }
            Err(_) => false,
        }
    }
}
