//! What is told about links.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use crate::audit::Actor;
use crate::id_type;
use crate::platform::ids::PlayerId;
use crate::word_type;

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

id_type! {
    /// One event, in the feed and as `webhook-id`.
    EventId
}

/// An event about to be recorded. It names the player by id and says nothing else about a person: neither
/// name nor address nor Amazon id, so that a copy of the feed never has to be erased.
#[derive(Clone, Debug)]
pub struct NewLinkEvent {
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub player: PlayerId,
    /// Never [`Actor::Visitor`]: whoever changes a link is somebody.
    pub actor: Actor,
    /// Why, in a word of the recorder's closed list: `unlinked_by_player`, `revoked_by_amazon`.
    pub cause: Option<&'static str>,
}

/// An event, as the feed has it and as a webhook carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkEvent {
    /// Its place in the feed: 1, 2, 3 … in the order of commits, without gaps.
    #[schema(minimum = 1)]
    pub position: i64,
    /// The same in the feed and in every delivery.
    #[schema(value_type = String, format = "uuid")]
    pub id: EventId,
    #[schema(schema_with = kinds)]
    pub kind: Kind,
    pub at: DateTime<Utc>,
    /// Whose link it is.
    #[serde(rename = "player_id")]
    #[schema(value_type = String, format = "uuid")]
    pub player: PlayerId,
    /// Who did it.
    #[schema(schema_with = actors)]
    pub actor: Actor,
    /// Why, in a word, where the kind alone does not say it.
    pub cause: Option<String>,
}

fn kinds() -> Object {
    words(Kind::ALL.iter().map(|kind| kind.as_str()))
}

fn actors() -> Object {
    words(["player", "support", "amazon", "system"])
}

/// A closed list of words in the API's description.
fn words(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
