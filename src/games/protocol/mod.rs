//! Messages exactly as they stand on the wire (`gamesparks-contract.md` §4).
//!
//! Promises that what is read is one JSON object with a known `@class` and fields of exactly their types
//! (S78), that only listed fields are read (S79), and that what is written never holds a `null`. Refuses
//! the rest with the contract's error, without repeating any of the input.

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

/// How deep a message may be nested (S78).
const DEPTH: usize = 16;

/// The longest `requestId` that is echoed, in bytes (S83).
const REQUEST_ID: usize = 128;

/// One message of a game.
pub(super) struct GameMessage {
    /// Echoed with the answer.
    pub request_id: Option<String>,
    /// The player whom a server acts for.
    pub player_id: Option<String>,
    /// Names the player over HTTP, where there is no connection to remember one.
    pub auth_token: Option<secrecy::SecretString>,
    /// The request, or the answer that refuses it.
    pub request: Result<GameRequest, GameResponse>,
}

/// One JSON object, as any message is. `None` for whatever is not.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    json::read(text, DEPTH).ok()
}

impl GameMessage {
    /// Reads a message. `name` is the request's name where the address tells it, as over HTTP.
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
            // Both say what is asked for, so they must agree.
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
