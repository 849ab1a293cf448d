//! What works beside the portal, from its start until it is told to stop.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

/// A task that takes up nothing new once it is told to stop, or once whoever started it is gone.
pub struct Worker {
    task: JoinHandle<()>,
    stop: DropGuard,
    grace: Duration,
}

impl Worker {
    /// Starts `work`. It gets the token by which it is told, and `grace` to end what is under way by then.
    pub fn start<W>(grace: Duration, work: impl FnOnce(CancellationToken) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(work(stop.clone())), stop: stop.drop_guard(), grace }
    }

    /// Tells it, and waits as long as its grace. What is not done then is left to its lease.
    pub async fn stop(self) {
        drop(self.stop);
        let mut task = self.task;
        if timeout(self.grace, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// Waits, unless told to stop meanwhile.
pub async fn pause(stop: &CancellationToken, pause: Duration) {
    stop.run_until_cancelled(sleep(pause)).await;
}
