//! Background tasks that run from start-up until a stop signal.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

/// A background task. It starts no new work after the stop signal, or once its `Worker` is dropped.
pub struct Worker {
    task: JoinHandle<()>,
    stop: DropGuard,
    grace: Duration,
}

impl Worker {
    /// Starts `work` with its stop signal. `grace` is the time for work in progress after the signal.
    pub fn start<W>(grace: Duration, work: impl FnOnce(CancellationToken) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(work(stop.clone())), stop: stop.drop_guard(), grace }
    }

    /// Sends the stop signal and waits for up to the grace period.
    ///
    /// Unfinished work is aborted; its lease expires and another worker takes it.
    pub async fn stop(self) {
        drop(self.stop);
        let mut task = self.task;
        if timeout(self.grace, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// Waits for `pause`, or until the stop signal.
pub async fn pause(stop: &CancellationToken, pause: Duration) {
    stop.run_until_cancelled(sleep(pause)).await;
}
