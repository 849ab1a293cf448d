//! The messages of games in JSON (docs/protocols/gamesparks.md#requests-and-answers).
//!
//! A message is one JSON object with a known `@class` and fields of exactly their types (S78). Only listed
//! fields are read (S79). Answers never contain a `null`. Anything else is refused with an error of the
//! protocol, which repeats no input.

mod fields;
mod requests;
mod responses;

use serde_json::{Map, Value};

use crate::platform::json;

use fields::RequestFields;
pub(super) use requests::{
    AmazonConnect, AmazonLinkByCode, Authentication, ChangeUserDetails, ClaimAccountByCode,
    DeviceAuthentication, GameRequest, Registration, RequestKind, SocialDisconnect, kept_segments,
};
pub(super) use responses::{
    AccountDetails, Authenticated, CodePairResponse, DoneResponse, EndedResponse, ExternalIds, GameErrors,
    GameResponse, LinkDetails, PushMessage, ReplyEnvelope, SwitchSummary, auth_token,
};

/// The deepest accepted nesting (S78).
const DEPTH: usize = 16;

/// The longest `requestId` that is echoed, in bytes (S83).
const REQUEST_ID: usize = 128;

/// One message of a game.
pub(super) struct GameMessage {
    /// Repeated in the answer.
    pub request_id: Option<String>,
    /// The player that a server acts for.
    pub player_id: Option<String>,
    /// Names the player over HTTP, where no connection keeps a session.
    pub auth_token: Option<secrecy::SecretString>,
    /// The request, or the answer that refuses it.
    pub request: Result<GameRequest, GameResponse>,
}

/// Parses a message as one JSON object. Returns `None` for anything else.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    json::read(text, DEPTH).ok()
}

impl GameMessage {
    /// Reads a message. Over HTTP, `name` is the request name in the address.
    pub fn read(text: &[u8], name: Option<&str>) -> Self {
        match object(text) {
            Some(object) => Self::of(object, name),
            None => Self::unrecognised(None),
        }
    }

    fn of(mut object: Map<String, Value>, name: Option<&str>) -> Self {
        let class = object.remove("@class");
        let mut fields = RequestFields::of(object);
        let request_id = fields.text("requestId");
        let request_id = match request_id {
            Some(long) if long.len() > REQUEST_ID => {
                fields.refuse("requestId", "INVALID");
                None
            }
            request_id => request_id,
        };
        let kind = match (name, class) {
            (Some(name), None | Some(Value::Null)) => RequestKind::of(name),
            // Address and body both name the request, so they must agree.
            (Some(name), Some(Value::String(class))) => {
                class.strip_prefix('.').filter(|class| *class == name).and_then(RequestKind::of)
            }
            (None, Some(Value::String(class))) => class.strip_prefix('.').and_then(RequestKind::of),
            _ => None,
        };
        let Some(kind) = kind else { return Self::unrecognised(request_id) };
        let player_id = fields.text("playerId");
        let auth_token = fields.secret("authToken");
        let request = GameRequest::read(kind, &mut fields);
        let request = match fields.errors() {
            Some(errors) => Err(GameResponse::refused(kind, errors)),
            None => Ok(request),
        };
        Self { request_id, player_id, auth_token, request }
    }

    fn unrecognised(request_id: Option<String>) -> Self {
        let request = Err(GameResponse::unrecognised());
        Self { request_id, player_id: None, auth_token: None, request }
    }
}

#[cfg(test)]
mod tests;
