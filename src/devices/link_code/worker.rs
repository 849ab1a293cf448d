//! The loop that asks Amazon how codes fare. It stops when told; what is being asked just then is written.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::App;
use crate::devices::link_code::pass::pass_until;
use crate::platform::metrics::{Pass, Worker as Name};

/// How often it looks for what is due.
const EVERY: Duration = Duration::from_secs(1);
/// The same after the database could not be asked.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// What stopping waits for beyond a question to Amazon: the write of its answer.
const GRACE: Duration = Duration::from_secs(2);

/// A running worker.
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
    grace: Duration,
}

impl Worker {
    /// Starts one beside the portal. Without a device client it still ends what an earlier start left open.
    pub fn start(app: Arc<App>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let grace = app.config.limits.upstream.total + GRACE;
        let task = tokio::spawn(async move { work(&app, stopped).await });
        Self { task, stop, grace }
    }

    /// Takes nothing more, and waits a moment for the answers that are on their way; what is not done then is left
    /// to its lease.
    pub async fn stop(self) {
        // Nobody listens any more: then it has ended already.
        let _ = self.stop.send(true);
        let mut task = self.task;
        if timeout(self.grace, &mut task).await.is_err() {
            task.abort();
        }
    }
}

async fn work(app: &App, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let (pause, outcome) = match pass_until(app, &stopped).await {
            Ok(_) => (EVERY, Pass::Well),
            Err(fault) => {
                tracing::error!(fault = %fault, "a pass over the linkings by code did not end");
                (AFTER_A_FAULT, Pass::Fault)
            }
        };
        app.metrics.pass(Name::CodeLinkings, outcome, app.clock.now().timestamp());
        // Whoever started us may be gone without a word: that is a stop, too.
        if matches!(timeout(pause, stopped.changed()).await, Ok(Err(_))) {
            return;
        }
    }
}
