//! The worker that maintains the chain.
//!
//! It seals once a second, logs the head at most once a minute and deletes old records once an hour. Every
//! copy of the program runs one; the lease decides which of them works.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::audit::chain::AuditChain;
use crate::audit::chain::model::ExternalChainHead;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Job, Worker};
use crate::platform::metrics::{Metrics, WorkerName};

/// The pause between two searches for new records.
const EVERY: Duration = Duration::from_secs(1);
/// The pause between full batches: on SQLite another process could not write without it.
const BETWEEN: Duration = Duration::from_millis(20);
/// How often the head is logged: access to the database does not give access to the log.
const LOG_EVERY: Duration = Duration::from_mins(1);
/// How often old records are deleted.
const RETAIN_EVERY: Duration = Duration::from_hours(1);

/// Starts the worker. After a stop signal it seals what is waiting.
pub fn start(chain: AuditChain, metrics: Arc<Metrics>) -> Worker {
    let (clock, lease) = (chain.clock.clone(), new_id(chain.clock.now()));
    let sealer = ChainSealer { chain, lease, logged: None, retained: None, refused: 0 };
    Worker::every(EVERY).start(metrics, clock, sealer)
}

struct ChainSealer {
    chain: AuditChain,
    lease: String,
    /// The last logged head, and when it was logged.
    logged: Option<(ExternalChainHead, Instant)>,
    retained: Option<Instant>,
    refused: i64,
}

impl Job for ChainSealer {
    const NAME: WorkerName = WorkerName::AuditSealer;

    async fn run_pass(&mut self, _stop: &CancellationToken) -> Result<Option<Duration>, Fault> {
        Ok(self.seal_batch().await?.then_some(BETWEEN))
    }

    fn report(fault: &Fault) {
        tracing::error!(event = "audit.chain.seal_failed", %fault, "sealing audit records failed");
    }

    async fn finish(&mut self) -> Result<(), Fault> {
        while self.seal_batch().await? {}
        Ok(())
    }
}

impl ChainSealer {
    /// Returns whether more records may be waiting.
    async fn seal_batch(&mut self) -> Result<bool, Fault> {
        let sealed = self.chain.seal(&self.lease).await?;
        if self.retained.is_none_or(|at| at.elapsed() >= RETAIN_EVERY) {
            while self.chain.retain(&self.lease).await? > 0 {}
            self.retained = Some(Instant::now());
        }
        let Some(sealed) = sealed else { return Ok(false) };
        if sealed.refused > self.refused {
            tracing::error!(
                event = "audit.chain.records_rejected",
                audit.refused = sealed.refused,
                "audit records without a seal of this portal stay out of the chain"
            );
        }
        self.refused = sealed.refused;
        let is_due =
            self.logged.as_ref().is_none_or(|(head, at)| *head != sealed.head && at.elapsed() >= LOG_EVERY);
        if is_due {
            tracing::info!(event = "audit.chain.extended", audit.head = %sealed.head, "the audit chain grew");
            self.logged = Some((sealed.head, Instant::now()));
        }
        Ok(sealed.has_more && sealed.records > 0)
    }
}
