//! The operator's commands for webhook endpoints.

use data_encoding::BASE64;
use secrecy::SecretString;
use serde_json::json;

use crate::app::App;
use crate::audit::{self, AuditEvent};
use crate::outbound::link_events::model::{EndpointId, Kind};
use crate::outbound::link_events::store::lock_feed;
use crate::outbound::webhooks::address::{AddressRefused, WebhookAddress, is_public};
use crate::outbound::webhooks::model::{AddedWebhook, WebhookEndpoint, WebhookReplay, place_of_secret};
use crate::outbound::webhooks::store;
use crate::platform::crypto::token::random_bytes;
use crate::platform::fault::{Fault, Stop};

/// Deliveries that one transaction queues again.
const BATCH: usize = 500;

/// Registers an address for these kinds of events. It gets every later event of these kinds.
pub async fn add(app: &App, url: &str, kinds: Vec<Kind>) -> Result<AddedWebhook, Stop<AddressRefused>> {
    let may_be_private = app.config.events.may_be_private;
    let address =
        WebhookAddress::parse(url, app.config.is_production(), may_be_private).map_err(Stop::Refused)?;
    if !may_be_private && resolves_to_private(&address).await {
        return Err(Stop::Refused(AddressRefused::Private));
    }
    let now = app.clock.now();
    let id = EndpointId::new(now);
    let secret = SecretString::from(format!("whsec_{}", BASE64.encode(&random_bytes::<32>()?)));
    let sealed = app.vault.seal(&place_of_secret(&id), &secret)?;
    let event = AuditEvent::of_operator(now, audit::Kind::WebhookAdded).with(json!({ "webhook": id }));
    let added = id.clone();
    app.db
        .write(move |conn| {
            lock_feed(conn)?;
            store::insert(conn, &added, address.as_str(), &kinds, &sealed, now)?;
            Ok(audit::append_event(conn, &event)?)
        })
        .await?;
    Ok(AddedWebhook { id, secret })
}

pub async fn list(app: &App) -> Result<Vec<WebhookEndpoint>, Fault> {
    app.db.read(store::list).await
}

/// Removes an endpoint with its waiting deliveries. False if there is none.
pub async fn remove(app: &App, id: EndpointId) -> Result<bool, Fault> {
    let event = AuditEvent::of_operator(app.clock.now(), audit::Kind::WebhookRemoved);
    let event = event.with(json!({ "webhook": id }));
    app.db
        .write(move |conn| {
            lock_feed(conn)?;
            let is_removed = store::remove(conn, &id)?;
            if is_removed {
                audit::append_event(conn, &event)?;
            }
            Ok(is_removed)
        })
        .await
}

/// Queues events again for one endpoint, or for all that are not disabled. Returns how many.
///
/// An endpoint gets only the kinds it asked for. `progress` gets the size of each batch.
pub async fn replay(
    app: &App,
    what: WebhookReplay,
    only: Option<EndpointId>,
    progress: impl Fn(usize),
) -> Result<usize, Fault> {
    let now = app.clock.now();
    let mut queued = 0;
    for endpoint in list(app).await? {
        let is_meant = only.as_ref().is_none_or(|only| *only == endpoint.id);
        if !is_meant || endpoint.disabled_because.is_some() {
            continue;
        }
        let positions = positions(app, &what, &endpoint).await?;
        for batch in positions.chunks(BATCH) {
            let (id, batch, count) = (endpoint.id.clone(), batch.to_vec(), batch.len());
            let event = AuditEvent::of_operator(now, audit::Kind::WebhooksReplayed)
                .with(json!({ "webhook": id, "events": count }));
            app.db
                .write(move |conn| {
                    // The lock keeps the endpoint and the feed unchanged meanwhile.
                    lock_feed(conn)?;
                    for position in &batch {
                        store::requeue_delivery(conn, &id, *position, now)?;
                    }
                    Ok(audit::append_event(conn, &event)?)
                })
                .await?;
            queued += count;
            progress(count);
        }
    }
    Ok(queued)
}

async fn positions(app: &App, what: &WebhookReplay, endpoint: &WebhookEndpoint) -> Result<Vec<i64>, Fault> {
    let (since, one) = match what {
        WebhookReplay::Dead => {
            let id = endpoint.id.clone();
            return app.db.read(move |conn| store::dead_letters(conn, &id)).await;
        }
        WebhookReplay::Since(at) => (Some(*at), None),
        WebhookReplay::One(id) => (None, Some(id.clone())),
    };
    let events = app.db.read(move |conn| store::to_replay(conn, since, one.as_ref())).await?;
    let wanted = events.into_iter().filter(|(_, kind)| endpoint.kinds.contains(kind));
    Ok(wanted.map(|(position, _)| position).collect())
}

/// Whether the host name leads to a private network now. Every delivery checks again.
async fn resolves_to_private(address: &WebhookAddress) -> bool {
    let Some(host) = address.url().domain() else { return false };
    match tokio::net::lookup_host((host, 443)).await {
        Ok(mut found) => found.any(|address| !is_public(address.ip())),
        Err(_) => false,
    }
}
