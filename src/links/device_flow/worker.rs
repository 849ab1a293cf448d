//! The worker that polls Amazon for device flows. On a stop it finishes and writes the polls under way.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::device_flow::poll_batch::pass_until;
use crate::platform::jobs::worker::{Worker, pause};
use crate::platform::metrics::{Pass, Worker as Name};

/// How often the worker checks for due device flows.
const EVERY: Duration = Duration::from_secs(1);
/// The pause after a database fault.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// The grace for writing the answer, beyond the duration of a call to Amazon.
const GRACE: Duration = Duration::from_secs(2);

/// Starts the worker. Without a device client it still ends device flows that an earlier run left open.
pub fn start(app: Arc<App>) -> Worker {
    let grace = app.config.limits.upstream.total + GRACE;
    Worker::start(grace, |stop| async move { work(&app, &stop).await })
}

async fn work(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let (rest, outcome) = match pass_until(app, stop).await {
            Ok(_) => (EVERY, Pass::Well),
            Err(fault) => {
                tracing::error!(event = "links.device_flow.batch_failed", %fault, "a batch of polls failed");
                (AFTER_A_FAULT, Pass::Fault)
            }
        };
        app.metrics.pass(Name::CodeLinkings, outcome, app.clock.now().timestamp());
        pause(stop, rest).await;
    }
}
