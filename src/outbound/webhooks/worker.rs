//! The worker that delivers webhooks. Every second it looks for due deliveries.
//!
//! Each endpoint has a task of its own, so that a slow one delays no other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::outbound::link_events::model::EndpointId;
use crate::outbound::webhooks::deliver::{LEASE, deliver_to_endpoint};
use crate::outbound::webhooks::send::WebhookSender;
use crate::outbound::webhooks::store;
use crate::platform::fault::Fault;
use crate::platform::jobs::lease::Lease;
use crate::platform::jobs::worker::{Job, Worker};
use crate::platform::metrics::WorkerName;

const EVERY: Duration = Duration::from_secs(1);

/// Starts the worker. A stop leaves the deliveries that it cannot finish to their leases.
pub fn start(app: Arc<App>) -> Result<Worker, Fault> {
    let sender = WebhookSender::new(&app)?;
    Ok(Worker::every(EVERY).start(
        Arc::clone(&app.metrics),
        app.clock.clone(),
        EndpointDeliveries { app, sender, tasks: JoinSet::new(), endpoints: HashMap::new() },
    ))
}

struct EndpointDeliveries {
    app: Arc<App>,
    sender: WebhookSender,
    tasks: JoinSet<Result<usize, Fault>>,
    endpoints: HashMap<Id, EndpointId>,
}

impl Job for EndpointDeliveries {
    const NAME: WorkerName = WorkerName::Webhooks;

    /// Starts a task for every endpoint that has due deliveries and no task yet.
    async fn run_pass(&mut self, stop: &CancellationToken) -> Result<Option<Duration>, Fault> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.finish_task(ended);
        }
        let lease = Lease::new(&self.app.clock, LEASE);
        for endpoint in self.app.db.read(move |conn| store::endpoints_due(conn, &lease)).await? {
            if self.endpoints.values().any(|endpoints| *endpoints == endpoint) {
                continue;
            }
            let (app, sender) = (Arc::clone(&self.app), self.sender.clone());
            let (stop, of) = (stop.clone(), endpoint.clone());
            let task = self.tasks.spawn(async move { deliver_to_endpoint(&app, &sender, &of, &stop).await });
            self.endpoints.insert(task.id(), endpoint);
        }
        Ok(None)
    }

    fn report(fault: &Fault) {
        tracing::error!(event = "outbound.webhooks.batch_failed", %fault, "reading the due webhook deliveries failed");
    }

    async fn finish(&mut self) -> Result<(), Fault> {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.finish_task(ended);
        }
        Ok(())
    }
}

impl EndpointDeliveries {
    fn finish_task(&mut self, ended: Result<(Id, Result<usize, Fault>), JoinError>) {
        let (id, fault) = match ended {
            Ok((id, result)) => (id, result.err().map(|fault| fault.to_string())),
            Err(error) => (error.id(), Some("a delivery task panicked".to_owned())),
        };
        let endpoint = self.endpoints.remove(&id);
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
