//! The worker that empties the outbox. Every second it sends the due mails side by side.
//!
//! When it stops, it finishes the mails being sent, or leaves them to their leases.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::outbound::mail::deliver::{run_delivery_pass, server};
use crate::outbound::mail::smtp::SmtpServer;
use crate::platform::fault::Fault;
use crate::platform::jobs::worker::{Job, Worker};
use crate::platform::metrics::WorkerName;

const EVERY: Duration = Duration::from_secs(1);

/// Starts the worker. Without a mail server it has no work.
pub fn start(app: Arc<App>) -> Result<Worker, Fault> {
    let Some(server) = server(&app)? else { return Ok(Worker::idle()) };
    Ok(Worker::every(EVERY).start(Arc::clone(&app.metrics), app.clock.clone(), MailDelivery { app, server }))
}

struct MailDelivery {
    app: Arc<App>,
    server: SmtpServer,
}

impl Job for MailDelivery {
    const NAME: WorkerName = WorkerName::Mail;

    async fn run_pass(&mut self, stop: &CancellationToken) -> Result<Option<Duration>, Fault> {
        let done = run_delivery_pass(&self.app, &self.server, stop).await?;
        // More may be due by now.
        Ok((!done.is_empty()).then_some(Duration::ZERO))
    }

    fn report(fault: &Fault) {
        tracing::error!(event = "outbound.mail.batch_failed", %fault, "delivering mail failed");
    }
}
