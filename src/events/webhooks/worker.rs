//! The loop that delivers webhooks. Every endpoint has a lane of its own, so that one that is slow keeps
//! nobody else waiting. It asks once a second and stops when told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::app::App;
use crate::events::webhooks::deliver::lane;
use crate::events::webhooks::model::EndpointId;
use crate::events::webhooks::send::Sender;
use crate::events::webhooks::store;
use crate::platform::fault::Fault;
use crate::platform::metrics::{self, Pass};

/// How often it looks for what is due.
const EVERY: Duration = Duration::from_secs(1);
/// The same after the database could not be asked.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// How long stopping waits for what is on its way; what is not done then is left to its lease.
const GRACE: Duration = Duration::from_secs(5);

/// A running worker.
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Worker {
    /// Starts one beside the portal.
    pub fn start(app: Arc<App>) -> Result<Self, Fault> {
        let sender = Sender::new(&app)?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let mut lanes =
                Lanes { app, sender, stopped: stopped.clone(), set: JoinSet::new(), busy: HashMap::new() };
            lanes.work(stopped).await;
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

struct Lanes {
    app: Arc<App>,
    sender: Sender,
    stopped: watch::Receiver<bool>,
    set: JoinSet<Result<usize, Fault>>,
    busy: HashMap<Id, EndpointId>,
}

impl Lanes {
    async fn work(&mut self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let (pause, pass) = match self.open().await {
                Ok(()) => (EVERY, Pass::Well),
                Err(fault) => {
                    tracing::error!(fault = %fault, "webhooks could not be delivered");
                    (AFTER_A_FAULT, Pass::Fault)
                }
            };
            let now = self.app.clock.now().timestamp();
            self.app.metrics.pass(metrics::Worker::Webhooks, pass, now);
            tokio::select! {
                // Whoever started us may be gone without a word: that is a stop, too.
                told = stopped.changed() => if told.is_err() { break },
                () = tokio::time::sleep(pause) => {}
            }
            self.close_finished();
        }
        while self.set.join_next().await.is_some() {}
    }

    /// Opens a lane for every endpoint that is due and has none.
    async fn open(&mut self) -> Result<(), Fault> {
        let now = self.app.clock.now();
        for endpoint in self.app.db.read(move |conn| store::endpoints_due(conn, now)).await? {
            if self.busy.values().any(|busy| *busy == endpoint) {
                continue;
            }
            let (app, sender) = (Arc::clone(&self.app), self.sender.clone());
            let (stopped, of) = (self.stopped.clone(), endpoint.clone());
            let lane = self.set.spawn(async move { lane(&app, &sender, &of, &stopped).await });
            self.busy.insert(lane.id(), endpoint);
        }
        Ok(())
    }

    fn close_finished(&mut self) {
        while let Some(ended) = self.set.try_join_next_with_id() {
            let (id, fault) = match ended {
                Ok((id, result)) => (id, result.err().map(|fault| fault.to_string())),
                Err(error) => (error.id(), Some("a lane panicked".to_owned())),
            };
            let endpoint = self.busy.remove(&id);
            if let (Some(fault), Some(endpoint)) = (fault, endpoint) {
                tracing::error!(webhook.id = %endpoint, fault, "webhooks could not be delivered");
            }
        }
    }
}
