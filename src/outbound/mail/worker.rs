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
use crate::platform::jobs::worker::{Worker, pause};
use crate::platform::metrics::{Pass, Worker as Name};

/// The pause when no mail is due.
const EVERY: Duration = Duration::from_secs(1);
/// The pause after a pass that failed.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// How long stopping waits for mails that are being sent.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the worker. Without a mail server it ends at once.
pub fn start(app: Arc<App>) -> Result<Worker, Fault> {
    let server = server(&app)?;
    Ok(Worker::start(GRACE, |stop| async move {
        if let Some(server) = server {
            work(&app, &server, &stop).await;
        }
    }))
}

async fn work(app: &App, server: &SmtpServer, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let done = run_delivery_pass(app, server).await;
        let outcome = if done.is_ok() { Pass::Well } else { Pass::Fault };
        app.metrics.pass(Name::Mail, outcome, app.clock.now().timestamp());
        match done {
            Ok(done) if done.claimed > 0 => {}
            Ok(_) => pause(stop, EVERY).await,
            Err(fault) => {
                tracing::error!(event = "outbound.mail.batch_failed", %fault, "delivering mail failed");
                pause(stop, AFTER_A_FAULT).await;
            }
        }
    }
}
