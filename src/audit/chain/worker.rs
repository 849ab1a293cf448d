//! The loop that keeps the chain: it seals once a second, tells the log the head once a minute, and lets old
//! records go once an hour. Every copy runs one; the lease decides whose turn it is.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::audit::chain::AuditChain;
use crate::audit::chain::model::ExternalChainHead;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Worker, pause};

/// How often it looks for new records.
const EVERY: Duration = Duration::from_secs(1);
/// The same after something went wrong.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// Between full batches: on SQLite another process gets no turn to write beside one that never lets go.
const BETWEEN: Duration = Duration::from_millis(20);
/// How often the head goes to the log, where nobody who holds the database can reach it.
const TELL_EVERY: Duration = Duration::from_mins(1);
/// How often old records are looked for.
const RETAIN_EVERY: Duration = Duration::from_hours(1);
/// How long stopping waits for a pass under way.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the loop beside the portal. Told to stop, it ends with what is left.
pub fn start(chain: AuditChain) -> Worker {
    Worker::start(GRACE, |stop| work(chain, stop))
}

/// What the loop remembers.
struct SealerMemory {
    lease: String,
    /// The last head, and when it was told.
    told: Option<(ExternalChainHead, Instant)>,
    retained: Option<Instant>,
    refused: i64,
}

async fn work(chain: AuditChain, stop: CancellationToken) {
    let lease = new_id(chain.clock.now());
    let mut memory = SealerMemory { lease, told: None, retained: None, refused: 0 };
    loop {
        let is_last = stop.is_cancelled();
        let rest = match turn(&chain, &mut memory).await {
            Ok(true) if is_last => continue,
            Ok(true) => BETWEEN,
            Ok(false) => EVERY,
            Err(fault) => {
                tracing::error!(fault = %fault, "audit records could not be sealed");
                AFTER_A_FAULT
            }
        };
        if is_last {
            return;
        }
        pause(&stop, rest).await;
    }
}

/// One pass. Whether more may wait.
async fn turn(chain: &AuditChain, memory: &mut SealerMemory) -> Result<bool, Fault> {
    let sealed = chain.seal(&memory.lease).await?;
    if memory.retained.is_none_or(|at| at.elapsed() >= RETAIN_EVERY) {
        while chain.retain(&memory.lease).await? > 0 {}
        memory.retained = Some(Instant::now());
    }
    let Some(sealed) = sealed else { return Ok(false) };
    if sealed.refused > memory.refused {
        tracing::error!(
            audit.refused = sealed.refused,
            "audit records without a seal of this portal stay out of the chain; run `dovetail audit verify`"
        );
    }
    memory.refused = sealed.refused;
    let is_news =
        memory.told.as_ref().is_none_or(|(head, at)| *head != sealed.head && at.elapsed() >= TELL_EVERY);
    if is_news {
        tracing::info!(audit.head = %sealed.head, "the audit chain has grown");
        memory.told = Some((sealed.head, Instant::now()));
    }
    Ok(sealed.has_more && sealed.records > 0)
}
