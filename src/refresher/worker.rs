//! The loop that looks at links by itself: pass after pass, with a rest where Amazon wants one. It stops when
//! told; what Amazon is being asked just then is written, and what was only reserved is given back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::App;
use crate::platform::metrics::{Brake, Pass as Ended, Worker as Name};
use crate::refresher::brake;
use crate::refresher::pass::Pass;
use crate::refresher::schedule::Pace;
use crate::refresher::settle::chance;
use crate::refresher::store;

/// How often the links are looked through when nothing was due, a fifth more or less: copies drift apart.
const EVERY: Duration = Duration::from_secs(5);
/// The same after the database could not be asked.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// What stopping waits for beyond a call to Amazon: the write of its answer.
const GRACE: Duration = Duration::from_secs(2);

/// A running worker.
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
    grace: Duration,
}

impl Worker {
    /// Starts one beside the portal. Where the settings switch it off it ends at once.
    pub fn start(app: Arc<App>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let grace = app.config.limits.upstream.total + GRACE;
        let task = tokio::spawn(async move {
            if app.config.limits.refresh.is_on {
                work(&app, stopped).await;
            }
        });
        Self { task, stop, grace }
    }

    /// Asks Amazon nothing more, and waits a moment for the answers that are on their way.
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
    let pace = Mutex::new(Pace::default());
    while !*stopped.borrow() {
        let passed = Pass::begin(app, &pace, &stopped).run(&|_| ()).await;
        let outcome = if passed.is_ok() { Ended::Well } else { Ended::Fault };
        app.metrics.pass(Name::Refresher, outcome, app.clock.now().timestamp());
        measure(app).await;
        let pause = match passed {
            Ok(progress) => {
                if progress.done > 0 {
                    tracing::info!(
                        links.done = progress.done,
                        links.renewed = progress.renewed,
                        links.revoked = progress.revoked,
                        links.put_off = progress.put_off,
                        links.need_reconnect = progress.need_reconnect,
                        "a pass over the links ended"
                    );
                }
                progress.rest
            }
            Err(fault) => {
                tracing::error!(fault = %fault, "a pass over the links did not end");
                let rest = pace.lock().unwrap_or_else(PoisonError::into_inner).rest();
                Some(rest.unwrap_or_default().max(AFTER_A_FAULT))
            }
        };
        let pause = pause.unwrap_or_default().max(EVERY * (820 + u32::from(chance())) / 1000);
        // Whoever started us may be gone without a word: that is a stop, too.
        if matches!(timeout(pause, stopped.changed()).await, Ok(Err(_))) {
            return;
        }
    }
}

/// Shows how far behind the links are, and whether some copy has pulled the brake. What cannot be asked now is
/// shown after the next pass.
async fn measure(app: &App) {
    let now = app.clock.now();
    let read = app.db.read(move |conn| Ok((store::oldest_due(conn, now)?, brake::status(conn)?.on_since)));
    if let Ok((oldest, on_since)) = read.await {
        let waits = oldest.and_then(|oldest| (now - oldest).to_std().ok()).unwrap_or_default();
        app.metrics.oldest_overdue_link.set(waits.as_secs_f64());
        app.metrics.brake.is(if on_since.is_some() { Brake::Held } else { Brake::Released });
    }
}
