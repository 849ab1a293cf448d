//! Delivers what is due to one endpoint: claims it, sends it, and records the outcome.
//!
//! Several copies may run at once. A receiver may get an event twice if its answer was lost or a copy of the program
//! died in between. Both have the same `webhook-id`.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream;
use secrecy::SecretString;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::outbound::link_events::EndpointId;
use crate::outbound::webhooks::address::WebhookAddress;
use crate::outbound::webhooks::model::{DisabledBecause, place_of_secret};
use crate::outbound::webhooks::send::{ReceiverAnswer, WebhookSender};
use crate::outbound::webhooks::store::{self, ClaimedDelivery, DeliveryOutcome};
use crate::platform::fault::Fault;
use crate::platform::jobs::backoff::{Backoff, random_byte, share};
use crate::platform::jobs::lease::Lease;
use crate::platform::metrics::Delivery;

/// Concurrent requests to one endpoint.
const AT_ONCE: usize = 4;
/// Longer than sending can take.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(2);
/// The pauses between attempts: 5 s, 15 s, 45 s … 12 h. Twelve attempts take a day and a half.
const PAUSES: Backoff = Backoff::tripling(Duration::from_secs(5), Duration::from_hours(12));

/// Sends everything that is due to any endpoint. Returns how many deliveries were accepted.
#[cfg(feature = "test-support")]
pub async fn deliver_due(app: &App) -> Result<usize, Fault> {
    let sender = WebhookSender::new(app)?;
    let stop = CancellationToken::new();
    let lease = Lease::new(&app.clock, LEASE);
    let mut accepted = 0;
    for endpoint in app.db.read(move |conn| store::endpoints_due(conn, &lease)).await? {
        accepted += deliver_to_endpoint(app, &sender, &endpoint, &stop).await?;
    }
    Ok(accepted)
}

/// Delivers to one endpoint until nothing is due or the worker stops. Returns how many were accepted.
pub(super) async fn deliver_to_endpoint(
    app: &App,
    sender: &WebhookSender,
    endpoint: &EndpointId,
    stop: &CancellationToken,
) -> Result<usize, Fault> {
    let mut accepted = 0;
    while !stop.is_cancelled() {
        let Some(target) = DeliveryTarget::of(app, endpoint).await? else { break };
        let lease = Lease::new(&app.clock, LEASE);
        let claimed = claim_deliveries(app, endpoint, &lease).await?;
        if claimed.is_empty() {
            break;
        }
        let results: Vec<Result<bool, Fault>> = stream::iter(claimed)
            .map(|delivery| deliver_event(app, sender, &target, delivery, &lease.owner))
            .buffered(AT_ONCE)
            .collect()
            .await;
        for result in results {
            accepted += usize::from(result?);
        }
    }
    Ok(accepted)
}

/// Where to send, and the secret to sign with.
struct DeliveryTarget {
    endpoint: EndpointId,
    /// Or why nothing can be sent: a lost key, or settings that became stricter.
    address_and_secret: Result<(WebhookAddress, SecretString), String>,
}

impl DeliveryTarget {
    async fn of(app: &App, endpoint: &EndpointId) -> Result<Option<Self>, Fault> {
        let id = endpoint.clone();
        let Some((url, sealed)) = app.db.read(move |conn| store::target(conn, &id)).await? else {
            return Ok(None);
        };
        let may_be_private = app.config.events.may_be_private;
        let address = WebhookAddress::parse(&url, app.config.is_production(), may_be_private);
        let address_and_secret = address.map_err(|refused| refused.to_string()).and_then(|address| {
            let secret = app.vault.open(&place_of_secret(endpoint), &sealed);
            secret.map(|secret| (address, secret)).map_err(|error| error.to_string())
        });
        Ok(Some(Self { endpoint: endpoint.clone(), address_and_secret }))
    }
}

async fn claim_deliveries(
    app: &App,
    endpoint: &EndpointId,
    lease: &Lease,
) -> Result<Vec<ClaimedDelivery>, Fault> {
    let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let (of, wanted) = (endpoint.clone(), lease.clone());
    let due = app.db.read(move |conn| store::due(conn, &of, &wanted, limit)).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let lease = lease.clone();
    let claimed: Vec<Option<ClaimedDelivery>> = app
        .db
        .write(move |conn| {
            let claims = due.iter().map(|id| store::claim(conn, id, &lease));
            let claims: Result<Vec<_>, _> = claims.collect();
            Ok(claims?)
        })
        .await?;
    Ok(claimed.into_iter().flatten().collect())
}

/// Whether the receiver accepted the delivery.
async fn deliver_event(
    app: &App,
    sender: &WebhookSender,
    target: &DeliveryTarget,
    delivery: ClaimedDelivery,
    lease: &str,
) -> Result<bool, Fault> {
    let reply = match &target.address_and_secret {
        Ok((address, secret)) => sender.send(address, secret, &delivery.event, app.clock.now()).await?,
        Err(problem) => ReceiverAnswer::NotNow { problem: problem.clone(), retry_after: None },
    };
    let now = app.clock.now();
    let (outcome, answer) = match reply {
        ReceiverAnswer::Accepted { status } => (DeliveryOutcome::Delivered(now), status.to_string()),
        ReceiverAnswer::Gone => {
            disable_endpoint(app, target).await?;
            (DeliveryOutcome::Dead(now), "410".to_owned())
        }
        ReceiverAnswer::NotNow { problem, .. }
            if delivery.attempts >= i64::from(app.config.events.webhook_tries) =>
        {
            (DeliveryOutcome::Dead(now), problem)
        }
        ReceiverAnswer::NotNow { problem, retry_after } => {
            let pause = PAUSES.pause_after(delivery.attempts).max(retry_after.unwrap_or_default());
            // Deliveries that failed together are not retried together.
            (DeliveryOutcome::PutOff(now + pause + share(pause / 5, random_byte())), problem)
        }
    };
    let is_accepted = matches!(outcome, DeliveryOutcome::Delivered(_));
    if is_accepted {
        tracing::info!(
            event = "outbound.webhooks.delivered",
            webhook.id = %target.endpoint,
            link_event.position = delivery.event.position,
            "an event was delivered to a webhook"
        );
    } else {
        tracing::warn!(
            event = "outbound.webhooks.delivery_failed",
            webhook.id = %target.endpoint,
            link_event.position = delivery.event.position,
            webhook.attempts = delivery.attempts,
            webhook.is_dead = matches!(outcome, DeliveryOutcome::Dead(_)),
            answer,
            "delivering an event to a webhook failed"
        );
    }
    let result = match outcome {
        DeliveryOutcome::Delivered(_) => Delivery::Delivered,
        DeliveryOutcome::PutOff(_) => Delivery::PutOff,
        DeliveryOutcome::Dead(_) => Delivery::Dead,
    };
    let (id, lease) = (delivery.id, lease.to_owned());
    app.db.write(move |conn| Ok(store::record_delivery(conn, &id, &lease, &outcome, &answer)?)).await?;
    app.metrics.deliveries.add(result);
    Ok(is_accepted)
}

/// Disables an endpoint whose receiver answered 410, until the operator adds it again.
async fn disable_endpoint(app: &App, target: &DeliveryTarget) -> Result<(), Fault> {
    let (id, now) = (target.endpoint.clone(), app.clock.now());
    tracing::warn!(
        event = "outbound.webhooks.endpoint_disabled",
        webhook.id = %id,
        "a webhook's receiver answered 410, so the webhook was disabled"
    );
    let event = AuditEvent::new(now, Kind::WebhookDisabled, Actor::System, "worker")
        .with(json!({ "webhook": id, "because": DisabledBecause::Gone }));
    app.db
        .write(move |conn| {
            if store::disable(conn, &id, DisabledBecause::Gone, now)? {
                audit::append_event(conn, &event)?;
            }
            Ok(())
        })
        .await
}
