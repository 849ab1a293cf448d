//! A pass over every linking whose time to ask has come.

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::device_flow::model::ClaimedDeviceFlow;
use crate::links::device_flow::poll::turn;
use crate::links::device_flow::store;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;

/// Questions under way at once: few, for sign-ins have the same calls to Amazon to share.
const AT_ONCE: usize = 8;
const TAKEN_AT_ONCE: i64 = 8;
/// More than a question, the proof and its repeats may take. A copy that died holds a linking no longer than this.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// What a pass has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceFlowBatch {
    /// Linkings that had their turn.
    pub asked: usize,
    /// Those that ended by it.
    pub ended: usize,
}

/// One pass, to its end. Safe beside others on any copy: each linking has one turn an interval.
pub async fn pass(app: &App) -> Result<DeviceFlowBatch, Fault> {
    pass_until(app, &CancellationToken::new()).await
}

/// The same, which takes nothing more once it is told to stop.
pub(super) async fn pass_until(app: &App, stop: &CancellationToken) -> Result<DeviceFlowBatch, Fault> {
    let mut progress = DeviceFlowBatch::default();
    let mut failed = None;
    while !stop.is_cancelled() {
        let taken = take(app).await?;
        if taken.is_empty() {
            break;
        }
        let mut turns =
            stream::iter(taken).map(|taken| async move { turn(app, &taken).await }).buffer_unordered(AT_ONCE);
        while let Some(done) = turns.next().await {
            progress.asked += 1;
            match done {
                Ok(outcome) => progress.ended += usize::from(outcome.is_some()),
                // Its lease ends by itself; the others must not wait for it.
                Err(fault) => failed = Some(fault),
            }
        }
    }
    failed.map_or(Ok(progress), Err)
}

async fn take(app: &App) -> Result<Vec<ClaimedDeviceFlow>, Fault> {
    let now = app.clock.now();
    // Most of the time there is nothing, and nobody has to wait for the right to write.
    let due = app.db.read(move |conn| store::due(conn, now, TAKEN_AT_ONCE)).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let lease = new_id(now);
    app.db
        .write(move |conn| {
            let mut taken = Vec::new();
            for id in &due {
                taken.extend(store::take(conn, id, &lease, now, now + LEASE)?);
            }
            Ok::<_, Fault>(taken)
        })
        .await
}
