//! The handshake on a socket: the nonce, the signed request, and the answer
//! (docs/protocols/gamesparks.md#handshake).
//!
//! A missing, unknown or expired token is no error: the answer then names no player. A wrong signature, an
//! unknown key or credential, and any other request get the same refusal.

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;

use super::credentials;
use crate::app::App;
use crate::games::protocol::{self, auth_token};
use crate::platform::crypto::token::{OpaqueToken, TokenHash, random_bytes};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::GameRequest;
use crate::sessions::game::{self, GamePlace, GameSession, ResumedSession, TokenExchange};

/// The longest stored platform name, in characters.
const CLIENT: usize = 32;

/// A message of the server during the handshake. Its fields tell the three messages apart.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HandshakeMessage {
    #[serde(rename = "@class")]
    class: HandshakeClass,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "auth_token")]
    auth_token: Option<SecretString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<PlayerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

#[derive(Default, Serialize)]
enum HandshakeClass {
    #[default]
    #[serde(rename = ".AuthenticatedConnectResponse")]
    AuthenticatedConnectResponse,
}

/// The game's request: a signature, and perhaps a token of an earlier session.
pub(super) struct HandshakeRequest {
    hmac: String,
    token: Option<String>,
    /// The platform, as the game reports it.
    pub client: String,
}

impl HandshakeRequest {
    /// The hash of the token with which the game wants to resume a session.
    pub fn token_hash(&self) -> Option<TokenHash> {
        self.token.as_deref().and_then(OpaqueToken::parse).map(|token| token.hash())
    }

    /// Parses the request. Returns `None` for any other message.
    pub fn read(text: &str) -> Option<Self> {
        let message = protocol::object(text.as_bytes())?;
        let text = |name: &str| message.get(name).and_then(Value::as_str);
        if text("@class") != Some(".AuthenticatedConnectRequest") {
            return None;
        }
        let platform = text("platform").or_else(|| text("os")).unwrap_or_default();
        Some(Self {
            hmac: text("hmac")?.to_owned(),
            token: text("authToken").map(str::to_owned),
            client: plain_client_name(platform),
        })
    }

    /// Whether the request signs `nonce` with the secret of the credential in the address.
    pub fn is_signed(&self, app: &App, place: &GamePlace, nonce: &str) -> bool {
        let all = &app.config.game.credentials;
        credentials::find(all, &place.api_key, &place.credential)
            .is_some_and(|credential| credentials::is_signature_valid(credential, nonce, &self.hmac))
    }
}

impl HandshakeMessage {
    /// Generates an unpredictable nonce in printable ASCII.
    pub fn new_nonce() -> Result<(String, Self), Fault> {
        let nonce = random_uuid()?;
        Ok((nonce.clone(), Self { nonce: Some(nonce), ..Self::default() }))
    }

    pub fn to_text(&self) -> String {
        // Our own types always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The refusal. SDKs do not read the value of `error`.
    pub fn refused() -> Self {
        Self { error: Some("NOTAUTHENTICATED"), ..Self::default() }
    }
}

/// Admits the game, and signs its player in if the request has a valid token.
pub(super) async fn accept_handshake(
    app: &App,
    place: &GamePlace,
    request: &HandshakeRequest,
) -> Result<(HandshakeMessage, Option<GameSession>), Fault> {
    // A connection's id ends with the connection, so each handshake gets a new one.
    let session_id = Some(random_uuid()?);
    let exchange = match &request.token {
        Some(token) => TokenExchange::prepare(app, token, place)?.map(|exchange| (token, exchange)),
        None => None,
    };
    let Some((presented, exchange)) = exchange else {
        return Ok((HandshakeMessage { session_id, ..HandshakeMessage::default() }, None));
    };
    let new_token = exchange.auth_token();
    let resumed = app.db.write(move |conn| Ok(game::resume_session(conn, &exchange)?)).await?;
    let Some(ResumedSession { session, uses, has_new_token }) = resumed else {
        return Ok((HandshakeMessage { session_id, ..HandshakeMessage::default() }, None));
    };
    if uses > 0 {
        // The earlier answer was lost, or two clients use the same token (S77).
        app.metrics.game_requests.add(GameRequest::TokenUsedAgain);
        tracing::info!(event = "games.token.reused", player.id = %session.player, uses, "a token was reused");
    }
    let response = HandshakeMessage {
        session_id,
        auth_token: Some(if has_new_token { new_token } else { SecretString::from(presented.as_str()) }),
        user_id: Some(session.player.clone()),
        ..HandshakeMessage::default()
    };
    Ok((response, Some(session)))
}

fn random_uuid() -> Result<String, Fault> {
    Ok(uuid::Builder::from_random_bytes(random_bytes()?).into_uuid().to_string())
}

/// Keeps letters, digits and a few signs, because the player sees the name in a list.
fn plain_client_name(text: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || " ._-/()".contains(*c);
    text.chars().filter(is_plain).take(CLIENT).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_and_extra_fields_are_ignored() {
        let request = HandshakeRequest::read(
            r#"{"@class":".AuthenticatedConnectRequest","hmac":"x","authToken":"0","os":"Win\u0007dows","deviceStats":{"a":1}}"#,
        )
        .unwrap();
        assert_eq!((request.hmac.as_str(), request.token.as_deref()), ("x", Some("0")));
        assert_eq!(request.client, "Windows");
        for other in [
            "",
            " ",
            "{}",
            r#"{"@class":".AuthenticatedConnectRequest"}"#,
            r#"{"@class":".AuthenticatedConnectRequest","hmac":null}"#,
            r#"{"@class":".EndSessionRequest","hmac":"x"}"#,
            r#"{"@class":".AuthenticatedConnectRequest","hmac":"x","hmac":"x"}"#,
        ] {
            assert!(HandshakeRequest::read(other).is_none(), "{other}");
        }
    }

    #[test]
    fn each_message_has_its_own_fields_and_no_null() {
        let (nonce, response) = HandshakeMessage::new_nonce().unwrap();
        let expected = format!(r#"{{"@class":".AuthenticatedConnectResponse","nonce":"{nonce}"}}"#);
        assert_eq!(response.to_text(), expected);
        assert!(nonce.is_ascii() && nonce.len() == 36);
        assert_eq!(
            HandshakeMessage::refused().to_text(),
            r#"{"@class":".AuthenticatedConnectResponse","error":"NOTAUTHENTICATED"}"#
        );
    }
}
