//! The bodies of the API's responses, one type each. The OpenAPI document is generated from them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::players;
use crate::links::device_flow;
use crate::links::{LinkState, StateCause};
use crate::outbound::link_events::LinkEvent;
use crate::platform::ids::PlayerId;
use crate::service_api::store::{FoundLink, FoundPlayer};

/// A player.
#[derive(Serialize, ToSchema)]
pub(super) struct Player {
    #[schema(value_type = String, format = "uuid")]
    pub id: PlayerId,
    #[schema(min_length = 1, max_length = 128)]
    pub display_name: String,
    /// The groups that the game put its player in, by segment type; at most 16.
    pub segments: BTreeMap<String, String>,
    pub created_at: DateTime<Utc>,
    /// The state of the player's link, or `none` without one.
    pub amazon_link: LinkSummary,
}

#[derive(Serialize, ToSchema)]
pub(super) struct LinkSummary {
    pub state: StateOrNone,
}

/// The players that were found.
#[derive(Serialize, ToSchema)]
pub(super) struct Players {
    /// At most one: an Amazon identity belongs to one player.
    #[schema(max_items = 1)]
    pub players: Vec<Player>,
}

/// The state of a link.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// The tokens work, as far as the portal knows.
    Active,
    /// The stored tokens cannot be used; the player has to link again.
    NeedsReconnect,
    /// Amazon answered that the customer withdrew access.
    Revoked,
}

/// The state of a link, or `none` without one.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateOrNone {
    None,
    Active,
    NeedsReconnect,
    Revoked,
}

/// A link.
#[derive(Serialize, ToSchema)]
pub(super) struct AmazonLink {
    pub state: State,
    /// When the link entered this state.
    pub since: DateTime<Utc>,
    /// Why the link is not active: `key_lost`, `scope_missing`, `token_ended`, `revoked_by_amazon`.
    #[schema(required)]
    pub cause: Option<&'static str>,
    /// Amazon's `user_id`, the same for every app of one developer.
    #[schema(min_length = 1, max_length = 255)]
    pub amazon_id: String,
    pub linked_at: DateTime<Utc>,
    /// When Amazon last confirmed the link.
    pub checked_at: DateTime<Utc>,
    /// Whether the portal can renew the access token.
    pub renewable: bool,
    /// The scopes that the customer granted.
    pub scopes: Vec<String>,
}

/// An access token of Amazon's for a player.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the fields' names are RFC 6749's")]
pub(super) struct AccessToken {
    #[schema(min_length = 1, max_length = 4096)]
    pub access_token: String,
    #[schema(value_type = String, pattern = "^bearer$")]
    pub token_type: &'static str,
    /// Seconds until the token expires. Keep it that long instead of requesting another.
    #[schema(minimum = 1)]
    pub expires_in: i64,
    pub scopes: Vec<String>,
    #[schema(min_length = 1, max_length = 255)]
    pub amazon_id: String,
    /// The OAuth client to which Amazon issued the token.
    #[schema(min_length = 1, max_length = 100)]
    pub client_id: String,
}

/// A code that the player enters at Amazon.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkCode {
    /// Names this linking when its state is requested.
    #[schema(min_length = 36, max_length = 36)]
    pub linking_id: String,
    /// The code to show to the player.
    #[schema(min_length = 1)]
    pub user_code: String,
    /// The address where the player enters the code.
    #[schema(format = "uri")]
    pub verification_uri: String,
    /// `verification_uri` as a QR code in SVG. It does not contain the code.
    pub qr_svg: String,
    /// Seconds until the code expires.
    #[schema(minimum = 1)]
    pub expires_in: i64,
    /// Seconds to wait between two requests for the state.
    #[schema(minimum = 1)]
    pub interval: i64,
}

/// The state of a linking by code.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkCodeState {
    #[schema(min_length = 36, max_length = 36)]
    pub linking_id: String,
    pub state: LinkingState,
}

/// Whether a linking by code is pending, or how it ended.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkingState {
    /// Nobody has entered the code yet.
    Pending,
    /// The Amazon account is linked to the player.
    Linked,
    /// The Amazon account was linked to this player already, and the link works.
    AlreadyLinked,
    /// The Amazon account is linked to another player.
    Taken,
    /// The player is linked to another Amazon account.
    PlayerHasAnother,
    /// The customer refused at Amazon.
    Denied,
    /// Nobody entered the code in time, or the link was removed meanwhile.
    Expired,
    /// Amazon's response could not be used, or the portal failed.
    Failed,
    /// A newer code of the player replaced this one.
    Replaced,
}

/// A page of the event feed.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkEvents {
    /// In the order in which the changes were committed. Only a restored backup leaves gaps.
    pub events: Vec<LinkEvent>,
    /// Pass this as `after` in the next request.
    #[schema(minimum = 0)]
    pub next: i64,
    /// Whether more events are available already.
    pub more: bool,
}

impl From<device_flow::DeviceFlowBegun> for LinkCode {
    fn from(begun: device_flow::DeviceFlowBegun) -> Self {
        Self {
            linking_id: begun.linking_id,
            user_code: begun.user_code,
            verification_uri: begun.verification_uri,
            qr_svg: begun.qr_svg,
            expires_in: begun.expires_in.num_seconds(),
            interval: begun.interval.num_seconds(),
        }
    }
}

impl From<device_flow::DeviceFlowStatus> for LinkingState {
    fn from(status: device_flow::DeviceFlowStatus) -> Self {
        let outcome = match status {
            // A game asked for this code, and confirms it itself.
            device_flow::DeviceFlowStatus::Pending | device_flow::DeviceFlowStatus::Confirm(_) => {
                return Self::Pending;
            }
            device_flow::DeviceFlowStatus::Ended(outcome) => outcome,
        };
        match outcome {
            device_flow::Outcome::Linked => Self::Linked,
            device_flow::Outcome::AlreadyLinked => Self::AlreadyLinked,
            device_flow::Outcome::Taken => Self::Taken,
            device_flow::Outcome::PlayerHasAnother => Self::PlayerHasAnother,
            device_flow::Outcome::Denied => Self::Denied,
            device_flow::Outcome::Expired => Self::Expired,
            device_flow::Outcome::Failed => Self::Failed,
            device_flow::Outcome::Replaced => Self::Replaced,
        }
    }
}

impl From<FoundPlayer> for Player {
    fn from(found: FoundPlayer) -> Self {
        let state = found.link.map_or(StateOrNone::None, |link| match link.state {
            LinkState::Active => StateOrNone::Active,
            LinkState::NeedsReconnect => StateOrNone::NeedsReconnect,
            LinkState::Revoked => StateOrNone::Revoked,
        });
        Self {
            id: found.id,
            display_name: found.display_name,
            segments: players::read_segments(found.segments.as_deref()),
            created_at: found.created_at,
            amazon_link: LinkSummary { state },
        }
    }
}

impl From<FoundLink> for AmazonLink {
    fn from(found: FoundLink) -> Self {
        let state = match found.state {
            LinkState::Active => State::Active,
            LinkState::NeedsReconnect => State::NeedsReconnect,
            LinkState::Revoked => State::Revoked,
        };
        Self {
            state,
            since: found.since,
            cause: found.cause.map(StateCause::as_str),
            amazon_id: found.amazon_id,
            linked_at: found.linked_at,
            checked_at: found.checked_at,
            renewable: found.is_renewable,
            scopes: scopes(&found.scopes),
        }
    }
}

/// Splits Amazon's space-separated scopes.
pub(super) fn scopes(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
