//! The loop that delivers webhooks. Every endpoint has a lane of its own, so that one that is slow keeps
//! nobody else waiting. It asks once a second and stops when told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::outbound::webhooks::deliver::lane;
use crate::outbound::webhooks::model::EndpointId;
use crate::outbound::webhooks::send::WebhookSender;
use crate::outbound::webhooks::store;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Worker, pause};
use crate::platform::metrics::{Pass, Worker as Name};

/// How often it looks for what is due.
const EVERY: Duration = Duration::from_secs(1);
/// The same after the database could not be asked.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// How long stopping waits for what is on its way; what is not done then is left to its lease.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the loop beside the portal.
pub fn start(app: Arc<App>) -> Result<Worker, Fault> {
    let sender = WebhookSender::new(&app)?;
    Ok(Worker::start(GRACE, |stop| async move {
        DeliveryLanes { app, sender, stop, set: JoinSet::new(), busy: HashMap::new() }.work().await;
    }))
}

struct DeliveryLanes {
    app: Arc<App>,
    sender: WebhookSender,
    stop: CancellationToken,
    set: JoinSet<Result<usize, Fault>>,
    busy: HashMap<Id, EndpointId>,
}

impl DeliveryLanes {
    async fn work(mut self) {
        while !self.stop.is_cancelled() {
            let (rest, outcome) = match self.open().await {
                Ok(()) => (EVERY, Pass::Well),
                Err(fault) => {
                    tracing::error!(fault = %fault, "webhooks could not be delivered");
                    (AFTER_A_FAULT, Pass::Fault)
                }
            };
            self.app.metrics.pass(Name::Webhooks, outcome, self.app.clock.now().timestamp());
            pause(&self.stop, rest).await;
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
            let (stop, of) = (self.stop.clone(), endpoint.clone());
            let lane = self.set.spawn(async move { lane(&app, &sender, &of, &stop).await });
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
