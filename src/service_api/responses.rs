//! What the API says, exactly: one type an answer. The description is made from these.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

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
    pub display_name: String,
    pub created_at: DateTime<Utc>,
    /// What the player's link is worth; `none` where there is none.
    pub amazon_link: LinkSummary,
}

#[derive(Serialize, ToSchema)]
pub(super) struct LinkSummary {
    pub state: StateOrNone,
}

/// The players that were looked for.
#[derive(Serialize, ToSchema)]
pub(super) struct Players {
    /// One at most: an Amazon identity is one player's.
    #[schema(max_items = 1)]
    pub players: Vec<Player>,
}

/// The state of a link.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Tokens work, or have not been seen failing.
    Active,
    /// The portal's copy of the tokens is unusable; the player has to link again.
    NeedsReconnect,
    /// Amazon said that its customer withdrew access.
    Revoked,
}

/// The state of a link, or that there is none.
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
    /// Since when it is in this state.
    pub since: DateTime<Utc>,
    /// Why it is not active: `key_lost`, `scope_missing`, `token_ended`, `revoked_by_amazon`.
    #[schema(required)]
    pub cause: Option<&'static str>,
    /// Amazon's `user_id`, the same for every app of one developer.
    pub amazon_id: String,
    pub linked_at: DateTime<Utc>,
    /// When Amazon last confirmed it.
    pub checked_at: DateTime<Utc>,
    /// Whether the portal can get a new token when this one ends.
    pub renewable: bool,
    /// What the customer allowed.
    pub scopes: Vec<String>,
}

/// Amazon's access token of a player.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the fields' names are RFC 6749's")]
pub(super) struct AccessToken {
    pub access_token: String,
    #[schema(value_type = String, pattern = "^bearer$")]
    pub token_type: &'static str,
    /// Seconds the token holds from now on. Keep it that long instead of asking again.
    #[schema(minimum = 1)]
    pub expires_in: i64,
    pub scopes: Vec<String>,
    pub amazon_id: String,
    /// The client that the token was given to.
    pub client_id: String,
}

/// A code that the player types at Amazon.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkCode {
    /// Asks how it went.
    pub linking_id: String,
    /// Show it to the player.
    pub user_code: String,
    /// Where it is typed.
    #[schema(format = "uri")]
    pub verification_uri: String,
    /// The same as a picture, without the code.
    pub qr_svg: String,
    /// Seconds the code holds from now on.
    #[schema(minimum = 1)]
    pub expires_in: i64,
    /// Seconds between two questions that make sense.
    #[schema(minimum = 1)]
    pub interval: i64,
}

/// How linking by a code went.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkCodeState {
    pub linking_id: String,
    pub state: LinkingState,
}

/// How linking by a code fares.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkingState {
    /// Nobody has typed the code yet.
    Pending,
    /// The player has the link.
    Linked,
    /// It was the player's own Amazon account, whose link works.
    AlreadyLinked,
    /// Another player has that Amazon account.
    Taken,
    /// The player has another Amazon account.
    PlayerHasAnother,
    /// The player said no at Amazon.
    Denied,
    /// Nobody typed the code in time.
    Expired,
    /// Amazon or the portal could not.
    Failed,
    /// The player asked for a newer code.
    Replaced,
}

/// A page of the feed.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkEvents {
    /// In the order in which they happened, without gaps.
    pub events: Vec<LinkEvent>,
    /// Give this as `after` next time.
    #[schema(minimum = 0)]
    pub next: i64,
    /// Whether there is more already.
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
    fn from(fares: device_flow::DeviceFlowStatus) -> Self {
        let outcome = match fares {
            device_flow::DeviceFlowStatus::Pending => return Self::Pending,
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

/// Scopes as Amazon writes them, one by one.
pub(super) fn scopes(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
