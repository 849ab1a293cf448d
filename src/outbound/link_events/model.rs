//! The types of link events.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use crate::audit::Actor;
use crate::id_type;
use crate::platform::db::schema::link_events;
use crate::platform::ids::PlayerId;
use crate::stored_enum;

stored_enum! {
    /// What happened to a link (docs/service-api.md#events).
    pub enum Kind {
        /// The player had no link and now has one.
        Linked = "linked",
        /// Another Amazon identity replaced the one before, in one step.
        Replaced = "replaced",
        Unlinked = "unlinked",
        /// Amazon reported that its customer withdrew access.
        Revoked = "revoked",
        /// The stored tokens became unusable.
        ReconnectNeeded = "reconnect_needed",
        /// A link that was not active is active again.
        Reconnected = "reconnected",
        /// The account was erased, with everything known of it.
        Erased = "erased",
        /// The player's display name has followed Amazon's.
        ProfileChanged = "profile_changed",
    }
}

id_type! {
    /// The id of an event, in the feed and as `webhook-id`.
    EventId
}

id_type! {
    /// The id of an endpoint of webhooks.
    EndpointId
}

/// An event that is about to be recorded.
///
/// It names the player by id and has neither name, address nor Amazon id, so copies of the feed need no erasure.
#[derive(Clone, Debug)]
pub struct NewLinkEvent {
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub player: PlayerId,
    /// Never [`Actor::Visitor`], because every change of a link has a known actor.
    pub actor: Actor,
    /// The cause, from the recorder's closed list: `unlinked_by_player`, `revoked_by_amazon`.
    pub cause: Option<&'static str>,
}

/// An event, as the feed and webhooks carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable)]
#[diesel(table_name = link_events)]
pub struct LinkEvent {
    /// The position in the feed: 1, 2, 3 … in the order of commits, without gaps but for those that a restore leaves.
    #[schema(minimum = 1)]
    pub position: i64,
    /// The same in the feed and in every delivery.
    #[schema(value_type = String, format = "uuid")]
    pub id: EventId,
    #[schema(schema_with = kinds)]
    pub kind: Kind,
    pub at: DateTime<Utc>,
    /// The player of the link.
    #[serde(rename = "player_id")]
    #[schema(value_type = String, format = "uuid")]
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    /// Who changed the link.
    #[schema(schema_with = actors)]
    pub actor: Actor,
    /// The cause, where the kind alone does not say it.
    pub cause: Option<String>,
}

fn kinds() -> Object {
    words(Kind::ALL.iter().map(|kind| kind.as_str()))
}

fn actors() -> Object {
    words(["player", "support", "amazon", "system"])
}

/// A closed list of words in the OpenAPI description.
fn words(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
