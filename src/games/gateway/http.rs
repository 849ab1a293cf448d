//! `POST /rs/{credential}/{secret}/{RequestName}`: the same requests over HTTP, for game servers.
//!
//! See docs/protocols/gamesparks.md#http. There is no session: `playerId` names the player that a server acts
//! for, `authToken` the player who asks. Answers and errors of a request are both status 200. The address
//! contains the secret, so no code here and no layer around it may log an address (S72).

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use tokio::time::Instant;

use super::handle_message::{MessageIdentity, MessageSender, handle_message};
use super::{Gateway, credentials};
use crate::games::protocol::{GameResponse, ReplyEnvelope};
use crate::games::requests::caller::CredentialKind;
use crate::games::requests::message::GameMessage;
use crate::sessions::game::GamePlace;
use crate::web::request_context::RequestContext;
use crate::web::request_log::Quiet;
use crate::web::{PageError, PageResult};

pub async fn answer_http(
    context: RequestContext,
    path: web::Path<(String, String, String)>,
    gateway: web::Data<Gateway>,
    request: HttpRequest,
    body: web::Payload,
) -> PageResult {
    let app = &context.app;
    let game = &app.config.game;
    if game.credentials.is_empty() {
        return Err(PageError::NotFound);
    }
    let ip = context.caller.ip;
    let (name, secret, request_name) = path.into_inner();
    let kind = CredentialKind::of(&name);
    let credential = credentials::with_secret(&game.credentials, &name, &secret)
        .filter(|_| kind == CredentialKind::Server || game.is_device_allowed_on_http);
    // The right secret is never refused for the wrong ones of its address.
    let Some(credential) = credential else {
        if gateway.limits.is_noisy(ip, context.now) {
            request.extensions_mut().insert(Quiet);
            return Ok(refusal_response(StatusCode::TOO_MANY_REQUESTS));
        }
        gateway.limits.count_refusal(ip, context.now);
        return Ok(refusal_response(StatusCode::FORBIDDEN));
    };
    let body = match read_message(body, &context).await {
        Ok(body) => body,
        Err(status) => return Ok(refusal_response(status)),
    };
    let received = Instant::now();
    let sender = MessageSender {
        app: Arc::clone(app),
        connections: Arc::clone(&gateway.connections),
        connection: None,
        kind,
        place: GamePlace {
            api_key: credential.api_key.clone(),
            credential: name,
            client: String::new(),
            network: context.caller.network(),
        },
        connected_at: context.now,
        reference: context.reference.to_string(),
        ended_token: None,
    };
    let message = GameMessage::read(&body, Some(&request_name));
    let done = handle_message(sender, MessageIdentity::Message, message, received).await;
    Ok(json_response(StatusCode::OK, done.answer))
}

/// Reads the body within the limits of size and time.
async fn read_message(body: web::Payload, context: &RequestContext) -> Result<web::Bytes, StatusCode> {
    let limits = &context.app.config.limits;
    let (longest, deadline): (usize, Duration) = (limits.socket.message, limits.request.body_deadline);
    match tokio::time::timeout(deadline, body.to_bytes_limited(longest)).await {
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Ok(Err(_))) => Err(StatusCode::BAD_REQUEST),
        Ok(Ok(Ok(bytes))) => Ok(bytes),
    }
}

/// Answers `UNRECOGNISED` with an error status, because clients parse the body first.
fn refusal_response(status: StatusCode) -> HttpResponse {
    let response = GameResponse::unrecognised();
    let reply = ReplyEnvelope { response: &response, request_id: None };
    json_response(status, serde_json::to_string(&reply).unwrap_or_default())
}

fn json_response(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status).insert_header((CONTENT_TYPE, "application/json")).body(body)
}
