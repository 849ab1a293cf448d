//! The loop that maintains the chain.
//!
//! It seals once a second, logs the head at most once a minute and deletes old records once an hour. Every
//! copy of the program runs one; the lease decides which of them works.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::audit::chain::AuditChain;
use crate::audit::chain::model::ExternalChainHead;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Worker, pause};

/// The pause between two searches for new records.
const EVERY: Duration = Duration::from_secs(1);
/// The pause after a fault.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// The pause between full batches: on SQLite another process could not write without it.
const BETWEEN: Duration = Duration::from_millis(20);
/// How often the head is logged: access to the database does not give access to the log.
const TELL_EVERY: Duration = Duration::from_mins(1);
/// How often old records are deleted.
const RETAIN_EVERY: Duration = Duration::from_hours(1);
/// How long a stop waits for a running pass.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the loop. After a stop signal it seals what is waiting, then ends.
pub fn start(chain: AuditChain) -> Worker {
    Worker::start(GRACE, |stop| work(chain, stop))
}

/// The state of the loop.
struct SealerMemory {
    lease: String,
    /// The last logged head, and when it was logged.
    told: Option<(ExternalChainHead, Instant)>,
    retained: Option<Instant>,
    refused: i64,
}

async fn work(chain: AuditChain, stop: CancellationToken) {
    let lease = new_id(chain.clock.now());
    let mut memory = SealerMemory { lease, told: None, retained: None, refused: 0 };
    loop {
        let is_last = stop.is_cancelled();
        let rest = match run_once(&chain, &mut memory).await {
            Ok(true) if is_last => continue,
            Ok(true) => BETWEEN,
            Ok(false) => EVERY,
            Err(fault) => {
                tracing::error!(event = "audit.chain.seal_failed", %fault, "sealing audit records failed");
                AFTER_A_FAULT
            }
        };
        if is_last {
            return;
        }
        pause(&stop, rest).await;
    }
}

/// Runs one pass. Returns whether more records may be waiting.
async fn run_once(chain: &AuditChain, memory: &mut SealerMemory) -> Result<bool, Fault> {
    let sealed = chain.seal(&memory.lease).await?;
    if memory.retained.is_none_or(|at| at.elapsed() >= RETAIN_EVERY) {
        while chain.retain(&memory.lease).await? > 0 {}
        memory.retained = Some(Instant::now());
    }
    let Some(sealed) = sealed else { return Ok(false) };
    if sealed.refused > memory.refused {
        tracing::error!(
            event = "audit.chain.records_rejected",
            audit.refused = sealed.refused,
            "audit records without a seal of this portal stay out of the chain"
        );
    }
    memory.refused = sealed.refused;
    let is_news =
        memory.told.as_ref().is_none_or(|(head, at)| *head != sealed.head && at.elapsed() >= TELL_EVERY);
    if is_news {
        tracing::info!(event = "audit.chain.extended", audit.head = %sealed.head, "the audit chain grew");
        memory.told = Some((sealed.head, Instant::now()));
    }
    Ok(sealed.has_more && sealed.records > 0)
}
