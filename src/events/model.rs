//! What is told about links.

use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::Actor;
use crate::id_type;
use crate::platform::vault::Place;
use crate::word_type;
use crate::words::PlayerId;

word_type! {
    /// What happened to a link (product §9).
    Kind {
        /// The player has a link and had none.
        Linked = "linked",
        /// Another Amazon identity in place of the one before, in one step.
        Replaced = "replaced",
        Unlinked = "unlinked",
        /// Amazon said that its customer withdrew access.
        Revoked = "revoked",
        /// Our copy of the tokens became unusable.
        ReconnectNeeded = "reconnect_needed",
        /// A link that was not active is active again.
        Reconnected = "reconnected",
        /// The account is gone, and with it whatever was known of it.
        Erased = "erased",
    }
}

word_type! {
    /// Why nothing is sent to an endpoint any more.
    DisabledBecause {
        /// It answered 410.
        Gone = "gone",
        ByOperator = "by_operator",
    }
}

id_type! {
    /// One event, in the feed and as `webhook-id`.
    EventId
}

id_type! {
    /// An address that wants to be told.
    EndpointId
}

/// An event about to be recorded. It names the player by id and says nothing else about a person: neither
/// name nor address nor Amazon id, so that a copy of the feed never has to be erased.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub player: PlayerId,
    /// Never [`Actor::Visitor`]: whoever changes a link is somebody.
    pub actor: Actor,
    /// Why, in a word of the recorder's closed list: `unlinked_by_player`, `revoked_by_amazon`.
    pub cause: Option<&'static str>,
}

/// An event as the feed has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkEvent {
    /// Its place in the feed: 1, 2, 3 … in the order of commits, without gaps.
    pub position: i64,
    pub id: EventId,
    pub kind: Kind,
    pub at: DateTime<Utc>,
    pub player: PlayerId,
    pub actor: Actor,
    pub cause: Option<String>,
}

/// Where the vault knows an endpoint's secret.
pub fn place_of_secret(endpoint: &EndpointId) -> Place {
    Place {
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
