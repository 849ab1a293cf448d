//! The loop that empties the outbox. It asks once a second, sends side by side what is due, and stops when
//! told: what it is just handing over is finished, or left to its lease.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::App;
use crate::mail::deliver::{pass, server};
use crate::mail::smtp::Server;
use crate::platform::fault::Fault;
use crate::platform::metrics::{Pass, Worker as Name};

/// How often an empty outbox is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// The same after the database could not be asked.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// How long stopping waits for letters that are on their way.
const GRACE: Duration = Duration::from_secs(5);

/// A running worker.
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Worker {
    /// Starts one beside the portal. Where mail stays in the outbox it has nothing to do and ends at once.
    pub fn start(app: Arc<App>) -> Result<Self, Fault> {
        let (stop, stopped) = watch::channel(false);
        let server = server(&app)?;
        let task = tokio::spawn(async move {
            if let Some(server) = server {
                work(&app, &server, stopped).await;
            }
        });
        Ok(Self { task, stop })
    }

    /// Claims nothing more, and waits a moment for what is on its way.
    pub async fn stop(self) {
        // Nobody listens any more: then it has ended already.
        let _ = self.stop.send(true);
        let mut task = self.task;
        if timeout(GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

async fn work(app: &App, server: &Server, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let done = pass(app, server).await;
        let outcome = if done.is_ok() { Pass::Well } else { Pass::Fault };
        app.metrics.pass(Name::Mail, outcome, app.clock.now().timestamp());
        let pause = match done {
            Ok(done) if done.claimed > 0 => continue,
            Ok(_) => EVERY,
            Err(fault) => {
                tracing::error!(fault = %fault, "the outbox could not be emptied");
                AFTER_A_FAULT
            }
        };
        // Whoever started us may be gone without a word: that is a stop, too.
        if matches!(timeout(pause, stopped.changed()).await, Ok(Err(_))) {
            return;
        }
    }
}
