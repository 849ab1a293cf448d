//! The types of webhook endpoints and their deliveries.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use crate::outbound::link_events::model::{EndpointId, EventId, Kind, LinkEvent};
use crate::platform::crypto::vault::SealContext;
use crate::stored_enum;

stored_enum! {
    /// Why an endpoint is disabled.
    pub enum DisabledBecause {
        /// Its receiver answered 410.
        Gone = "gone",
        ByOperator = "by_operator",
    }
}

/// A new endpoint, and its secret, which is shown this once.
pub struct AddedWebhook {
    pub id: EndpointId,
    pub secret: SecretString,
}

/// An endpoint on the operator's list.
#[derive(Debug)]
pub struct WebhookEndpoint {
    pub id: EndpointId,
    pub url: String,
    pub kinds: Vec<Kind>,
    pub disabled_because: Option<DisabledBecause>,
    pub waiting: i64,
    pub delivered: i64,
    /// Deliveries that were given up: dead letters.
    pub dead: i64,
    /// The last answer to a delivery that failed.
    pub last_trouble: Option<String>,
}

/// Which events are queued again.
#[derive(Clone, Debug)]
pub enum WebhookReplay {
    /// Every event from this instant on, including those that an endpoint was never sent.
    Since(DateTime<Utc>),
    One(EventId),
    /// The dead letters.
    Dead,
}

/// The body of a webhook.
#[derive(Serialize, ToSchema)]
pub struct WebhookPayload<'a> {
    /// The event's kind.
    pub r#type: &'static str,
    /// When the event happened. `webhook-timestamp` has the time of sending.
    pub timestamp: DateTime<Utc>,
    pub data: &'a LinkEvent,
}

/// The seal context of an endpoint's secret.
pub(super) fn place_of_secret(endpoint: &EndpointId) -> SealContext {
    SealContext {
        purpose: "webhook secret",
        table: "webhook_endpoints",
        row: endpoint.to_string(),
        player: String::new(),
        identity: String::new(),
    }
}
