//! Polls Amazon for every device flow that is due.

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::App;
use crate::links::device_flow::model::ClaimedDeviceFlow;
use crate::links::device_flow::poll::poll_device_flow;
use crate::links::device_flow::store;
use crate::platform::fault::Fault;
use crate::platform::jobs::lease::Lease;

/// Concurrent polls. The number is small, because sign-ins share the limit of calls to Amazon.
const AT_ONCE: usize = 8;
const CLAIMED_AT_ONCE: i64 = 8;
/// More time than a poll and the identity calls with their repeats take. A crashed copy blocks a flow no longer.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// What a batch has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceFlowBatch {
    /// Device flows that were polled.
    pub polled: usize,
    /// Device flows that ended.
    pub ended: usize,
}

/// Runs one batch to its end.
///
/// Any number of copies may run it at the same time, because each device flow is polled once an interval.
#[cfg(feature = "test-support")]
pub async fn poll_batch(app: &App) -> Result<DeviceFlowBatch, Fault> {
    poll_due_flows(app, &CancellationToken::new()).await
}

/// Runs one batch, and takes no further device flows once `stop` is cancelled.
pub(super) async fn poll_due_flows(app: &App, stop: &CancellationToken) -> Result<DeviceFlowBatch, Fault> {
    let mut progress = DeviceFlowBatch::default();
    let mut failed = None;
    while !stop.is_cancelled() {
        let flows = claim_due(app).await?;
        if flows.is_empty() {
            break;
        }
        let mut polls = stream::iter(flows)
            .map(|flow| async move {
                let span = tracing::error_span!("device_flow", request.reference = flow.reference);
                poll_device_flow(app, &flow).instrument(span).await
            })
            .buffer_unordered(AT_ONCE);
        while let Some(done) = polls.next().await {
            progress.polled += 1;
            match done {
                Ok(outcome) => progress.ended += usize::from(outcome.is_some()),
                // Its lease expires by itself, and the other device flows do not wait for it.
                Err(fault) => failed = Some(fault),
            }
        }
    }
    failed.map_or(Ok(progress), Err)
}

async fn claim_due(app: &App) -> Result<Vec<ClaimedDeviceFlow>, Fault> {
    let lease = Lease::new(&app.clock, LEASE);
    let wanted = lease.clone();
    // Usually nothing is due, and a read spares other writers the write lock.
    let due = app.db.read(move |conn| store::due_device_flows(conn, &wanted, CLAIMED_AT_ONCE)).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    app.db
        .write(move |conn| {
            let mut flows = Vec::new();
            for id in &due {
                flows.extend(store::claim_device_flow(conn, id, &lease)?);
            }
            Ok(flows)
        })
        .await
}
