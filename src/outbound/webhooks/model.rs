//! Endpoints and what is owed to them.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use crate::id_type;
use crate::outbound::link_events::model::{EventId, Kind, LinkEvent};
use crate::platform::crypto::vault::SealContext;
use crate::word_type;

id_type! {
    /// An address that wants to be told.
    EndpointId
}

word_type! {
    /// Why nothing is sent to an endpoint any more.
    DisabledBecause {
        /// It answered 410.
        Gone = "gone",
        ByOperator = "by_operator",
    }
}

/// A new endpoint, and the secret that its owner sees this once.
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
    pub created_at: DateTime<Utc>,
    pub disabled_because: Option<DisabledBecause>,
    pub waiting: i64,
    pub delivered: i64,
    /// Deliveries given up: dead letters.
    pub dead: i64,
    /// What the endpoint last said to a delivery that failed.
    pub last_trouble: Option<String>,
}

/// Which events are owed again.
#[derive(Clone, Debug)]
pub enum WebhookReplay {
    /// Everything from this instant on, also what an endpoint never heard of.
    Since(DateTime<Utc>),
    One(EventId),
    /// What was given up.
    Dead,
}

/// The body of a webhook.
#[derive(Serialize, ToSchema)]
pub struct WebhookPayload<'a> {
    /// The event's kind.
    pub r#type: &'static str,
    /// When it happened. When it was sent is in `webhook-timestamp`.
    pub timestamp: DateTime<Utc>,
    pub data: &'a LinkEvent,
}

/// Where the vault knows an endpoint's secret.
pub(super) fn place_of_secret(endpoint: &EndpointId) -> SealContext {
    SealContext {
        purpose: "webhook secret",
        table: "webhook_endpoints",
        row: endpoint.to_string(),
        player: String::new(),
        identity: String::new(),
    }
}

/// How long to wait after so many attempts: 5 s, 15 s, 45 s … 12 h; twelve tries take a day and a half.
pub(super) fn pause_after(attempts: i64) -> TimeDelta {
    const FIRST: i64 = 5;
    const LONGEST: i64 = 12 * 60 * 60;
    let steps = u32::try_from((attempts - 1).clamp(0, 12)).unwrap_or_default();
    TimeDelta::seconds((FIRST * 3_i64.saturating_pow(steps)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_threefold_up_to_half_a_day() {
        let pauses: Vec<i64> = (1..=12).map(|attempts| pause_after(attempts).num_seconds()).collect();
        assert_eq!(pauses[..4], [5, 15, 45, 135]);
        assert_eq!(pauses[11], 12 * 60 * 60);
        assert_eq!(pause_after(i64::MAX), pause_after(12));
    }
}
