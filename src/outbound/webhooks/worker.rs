//! The worker that delivers webhooks. Every second it looks for due deliveries.
//!
//! Each endpoint has a task of its own, so that a slow one delays no other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::outbound::webhooks::deliver::{LEASE, lane_of};
use crate::outbound::webhooks::model::EndpointId;
use crate::outbound::webhooks::send::WebhookSender;
use crate::outbound::webhooks::store;
use crate::platform::fault::Fault;
use crate::platform::jobs::lease::Lease;
use crate::platform::jobs::worker::{Worker, pause};
use crate::platform::metrics::{Pass, Worker as Name};

/// The pause between two passes.
const EVERY: Duration = Duration::from_secs(1);
/// The pause after a pass that failed.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// How long stopping waits for deliveries being sent. The rest is left to their leases.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the worker.
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
                    tracing::error!(
                        event = "outbound.webhooks.batch_failed",
                        %fault,
                        "reading the due webhook deliveries failed"
                    );
                    (AFTER_A_FAULT, Pass::Fault)
                }
            };
            self.app.metrics.pass(Name::Webhooks, outcome, self.app.clock.now().timestamp());
            pause(&self.stop, rest).await;
            self.close_finished();
        }
        while self.set.join_next().await.is_some() {}
    }

    /// Starts a task for every endpoint that has due deliveries and no task yet.
    async fn open(&mut self) -> Result<(), Fault> {
        let lease = Lease::new(&self.app.clock, LEASE);
        for endpoint in self.app.db.read(move |conn| store::endpoints_due(conn, &lease)).await? {
            if self.busy.values().any(|busy| *busy == endpoint) {
                continue;
            }
            let (app, sender) = (Arc::clone(&self.app), self.sender.clone());
            let (stop, of) = (self.stop.clone(), endpoint.clone());
            let lane = self.set.spawn(async move { lane_of(&app, &sender, &of, &stop).await });
            self.busy.insert(lane.id(), endpoint);
        }
        Ok(())
    }

    fn close_finished(&mut self) {
        while let Some(ended) = self.set.try_join_next_with_id() {
            let (id, fault) = match ended {
                Ok((id, result)) => (id, result.err().map(|fault| fault.to_string())),
                Err(error) => (error.id(), Some("a delivery task panicked".to_owned())),
            };
            let endpoint = self.busy.remove(&id);
            if let (Some(fault), Some(endpoint)) = (fault, endpoint) {
                tracing::error!(
                    event = "outbound.webhooks.endpoint_failed",
                    webhook.id = %endpoint,
                    fault,
                    "recording the deliveries to a webhook failed"
                );
            }
        }
    }
}
