//! One message of a game: the request, and the player that the message itself names.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::dispatch::{ParsedRequest, RequestType};
use crate::games::protocol::{self, GameResponse, RequestFields};

/// The longest `requestId` that is echoed, in bytes (S83).
const REQUEST_ID: usize = 128;

/// One message of a game.
pub(in crate::games) struct GameMessage {
    /// Repeated in the answer.
    pub request_id: Option<String>,
    /// The player that a server acts for.
    pub player_id: Option<String>,
    /// Names the player over HTTP, where no connection keeps a session.
    pub auth_token: Option<SecretString>,
    /// The request, or the answer that refuses it.
    pub request: Result<ParsedRequest, Box<GameResponse>>,
}

impl GameMessage {
    /// Reads a message. Over HTTP, `name` is the request name in the address.
    pub fn read(text: &[u8], name: Option<&str>) -> Self {
        match protocol::object(text) {
            Some(object) => Self::of(object, name),
            None => Self::unrecognised(None),
        }
    }

    fn of(mut object: Map<String, Value>, name: Option<&str>) -> Self {
        let class = object.remove("@class");
        let mut fields = RequestFields::of(object);
        let request_id = match fields.text("requestId") {
            Some(long) if long.len() > REQUEST_ID => {
                fields.refuse("requestId", "INVALID");
                None
            }
            request_id => request_id,
        };
        let name_in_class = match &class {
            Some(Value::String(class)) => class.strip_prefix('.'),
            _ => None,
        };
        let name = match (name, class.as_ref()) {
            (Some(name), None | Some(Value::Null)) => Some(name),
            // Address and body both name the request, so they must agree.
            (Some(name), Some(_)) => name_in_class.filter(|class| *class == name),
            (None, _) => name_in_class,
        };
        let Some(kind) = name.and_then(RequestType::find) else { return Self::unrecognised(request_id) };
        let player_id = fields.text("playerId");
        let auth_token = fields.secret("authToken");
        Self { request_id, player_id, auth_token, request: kind.parse(&mut fields) }
    }

    fn unrecognised(request_id: Option<String>) -> Self {
        let request = Err(Box::new(GameResponse::unrecognised()));
        Self { request_id, player_id: None, auth_token: None, request }
    }
}
