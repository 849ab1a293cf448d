//! The worker that polls Amazon for device flows. On a stop it finishes and writes the polls under way.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::device_flow::poll_batch::poll_due_flows;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Job, Worker};
use crate::platform::metrics::WorkerName;

/// How often the worker checks for due device flows.
const EVERY: Duration = Duration::from_secs(1);
/// The grace for writing the answer, beyond the duration of a call to Amazon.
const GRACE: Duration = Duration::from_secs(2);

/// Starts the worker. Without a device client it still ends device flows that an earlier run left open.
pub fn start(app: Arc<App>) -> Worker {
    let grace = app.config.limits.upstream.total + GRACE;
    let schedule = Worker::every(EVERY).stopping_within(grace);
    schedule.start(Arc::clone(&app.metrics), app.clock.clone(), DeviceFlowPolling(app))
}

struct DeviceFlowPolling(Arc<App>);

impl Job for DeviceFlowPolling {
    const NAME: WorkerName = WorkerName::CodeLinkings;

    async fn run_pass(&mut self, stop: &CancellationToken) -> Result<Option<Duration>, Fault> {
        poll_due_flows(&self.0, stop).await?;
        Ok(None)
    }

    fn report(fault: &Fault) {
        tracing::error!(event = "links.device_flow.batch_failed", %fault, "a batch of polls failed");
    }
}
