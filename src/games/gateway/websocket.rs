//! `GET /ws/{credential}/{apiKey}`: reads and writes one WebSocket (S80, S81).
//!
//! See docs/protocols/gamesparks.md#opening-a-socket. Every outgoing frame is one whole text, because some
//! SDKs support nothing else. Compression is never agreed to. Cookies, `Authorization` and the query string
//! are ignored.

use std::cell::Cell;
use std::io::ErrorKind;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ORIGIN, RETRY_AFTER};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use actix_ws::{CloseCode, CloseReason, Item, Message, MessageStream, ProtocolError, Session};
use chrono::TimeDelta;
use futures_util::StreamExt;
use tokio::sync::mpsc::Receiver;
use tracing::Instrument;
use url::Url;

use super::Gateway;
use super::connection::{ClosingReason, GameConnection, NextAction};
use super::frame_limit::{FrameHeaders, FrameRefusal};
use super::handle_message::MessageSender;
use super::handshake::HandshakeMessage;
use crate::app::App;
use crate::games::connection_registry::ConnectionCommand;
use crate::games::requests::caller::CredentialKind;
use crate::platform::metrics::GameRequest;
use crate::sessions::game::GamePlace;
use crate::web::request_context::RequestContext;
use crate::web::request_log::Quiet;
use crate::web::{PageError, PageResult};

/// The most frames of one message.
const FRAMES: usize = 64;

/// How long a game may take to read what is sent. A slower connection is dropped.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// How long reading pauses after too many messages.
const READ_PAUSE: Duration = Duration::from_millis(25);

/// Opens a socket. Limits and unknown origins are refused before the upgrade.
///
/// A wrong credential is refused after the upgrade, as SDKs expect.
pub async fn open_socket(
    context: RequestContext,
    path: web::Path<(String, String)>,
    gateway: web::Data<Gateway>,
    request: HttpRequest,
    body: web::Payload,
) -> PageResult {
    let app = &context.app;
    if app.config.game.credentials.is_empty() {
        return Err(PageError::NotFound);
    }
    if !is_origin_known(&request, app) {
        return Ok(refusal_response(StatusCode::FORBIDDEN));
    }
    let Ok(slot) = gateway.limits.take_slot(context.caller.ip, context.now) else {
        request.extensions_mut().insert(Quiet);
        app.metrics.game_requests.add(GameRequest::TurnedAway);
        return Ok(refusal_response(StatusCode::TOO_MANY_REQUESTS));
    };
    if slot.is_noisy {
        request.extensions_mut().insert(Quiet);
    }
    let (nonce, first_message) = HandshakeMessage::new_nonce()?;
    let limits = &app.config.limits.socket;
    let limit = Limit::new(Cell::new(limits.anonymous_message));
    let body = limit_frames(&request, body, Limit::clone(&limit)).await;
    let Ok((response, session, stream)) = body.and_then(|body| actix_ws::handle(&request, body)) else {
        return Ok(refusal_response(StatusCode::BAD_REQUEST));
    };
    let handshake = TimeDelta::from_std(limits.handshake).unwrap_or(TimeDelta::zero());
    let Some((handle, commands)) = gateway.connections.register(context.now, context.now + handshake) else {
        return Ok(refusal_response(StatusCode::SERVICE_UNAVAILABLE));
    };
    let (credential, api_key) = path.into_inner();
    let sender = MessageSender {
        app: Arc::clone(app),
        connections: Arc::clone(&gateway.connections),
        connection: Some(Arc::clone(&handle)),
        kind: CredentialKind::of(&credential),
        place: GamePlace { api_key, credential, client: String::new(), network: context.caller.network() },
        connected_at: context.now,
        reference: context.reference.to_string(),
        ended_token: None,
    };
    let connection =
        GameConnection::new(gateway.into_inner(), handle, slot, sender, context.caller.ip, nonce);
    // `limit_frames` applies the current limit. The library's own limit must not be narrower.
    let stream = stream.max_frame_size(limits.message);
    let task = WebSocketTask { session, connection, limit }.run(stream, commands, first_message.to_text());
    // The connection's log lines carry the reference of the request that opened it.
    actix_web::rt::spawn(task.in_current_span());
    Ok(response)
}

/// Whether the `Origin` header is absent, the portal's own or in the settings (S80). Browsers send one, games do not.
fn is_origin_known(request: &HttpRequest, app: &App) -> bool {
    let own = app.config.http.public_url.origin();
    request.headers().get_all(ORIGIN).all(|origin| {
        let origin = origin.to_str().ok().and_then(|text| Url::parse(text).ok()).map(|url| url.origin());
        origin.is_some_and(|origin| origin == own || app.config.game.origins.contains(&origin))
    })
}

fn refusal_response(status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.insert_header((RETRY_AFTER, 15));
    }
    response.insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body("This address is for games.\n")
}

/// The largest message that is accepted now, in bytes.
type Limit = Rc<Cell<usize>>;

/// The same bytes; a chunk with a refused frame header is replaced by an error.
async fn limit_frames(
    request: &HttpRequest,
    body: web::Payload,
    limit: Limit,
) -> Result<web::Payload, Error> {
    let mut headers = FrameHeaders::default();
    let bytes = body.map(move |chunk| {
        let chunk = chunk?;
        match headers.check(&chunk, limit.get()) {
            Ok(()) => Ok(chunk),
            Err(FrameRefusal::TooLarge) => Err(PayloadError::Overflow),
            Err(FrameRefusal::Broken) => Err(PayloadError::EncodingCorrupted),
        }
    });
    // Only an extractor can make the type that the library takes.
    web::Payload::from_request(request, &mut Payload::Stream { payload: Box::pin(bytes) }).await
}

/// A connection and its socket.
struct WebSocketTask {
    session: Session,
    connection: GameConnection,
    limit: Limit,
}

/// The socket cannot be written or read any more.
struct SocketClosed;

impl WebSocketTask {
    async fn run(
        mut self,
        mut stream: MessageStream,
        mut commands: Receiver<ConnectionCommand>,
        first_message: String,
    ) {
        if self.send_text(first_message).await.is_err() {
            return;
        }
        let mut fragments = FragmentBuffer::default();
        loop {
            let may_read = self.connection.may_read();
            let is_too_fast = self.connection.is_too_fast();
            let next = tokio::select! {
                biased;
                Some(command) = commands.recv() => match command {
                    ConnectionCommand::Stop => return self.finish().await,
                    command => self.connection.execute(command),
                },
                next = self.connection.answer() => next,
                frame = stream.recv(), if may_read => match self.handle_frame(frame, &mut fragments).await {
                    Ok(next) => next,
                    Err(None) => return,
                    Err(Some(code)) => return self.close(code).await,
                },
                () = tokio::time::sleep(READ_PAUSE), if is_too_fast => NextAction::Nothing,
            };
            match next {
                NextAction::Nothing => {}
                NextAction::Send(texts) => {
                    for text in texts {
                        if self.send_text(text).await.is_err() {
                            return;
                        }
                    }
                    self.limit.set(self.connection.largest_message());
                }
                NextAction::Ping => {
                    if tokio::time::timeout(SEND_WITHIN, self.session.ping(b"")).await.is_err() {
                        return;
                    }
                }
                NextAction::Close(reason) => return self.close_for(reason).await,
            }
        }
    }

    /// Answers the request under way, then closes because the program stops (S101).
    async fn finish(mut self) {
        while self.connection.is_running() {
            if let NextAction::Send(texts) = self.connection.answer().await {
                for text in texts {
                    if self.send_text(text).await.is_err() {
                        return;
                    }
                }
            }
        }
        self.close_for(ClosingReason::Stopping).await;
    }

    /// Reads one frame. An error ends the connection, with a code unless the other end is gone.
    async fn handle_frame(
        &mut self,
        frame: Option<Result<Message, ProtocolError>>,
        fragments: &mut FragmentBuffer,
    ) -> Result<NextAction, Option<CloseCode>> {
        let frame = match frame {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Err(closing_code(&error)),
            None => return Err(None),
        };
        self.connection.note_frame();
        match frame {
            Message::Text(text) => self.handle_text(&text).await,
            Message::Continuation(item) => match fragments.add(item, self.connection.largest_message())? {
                Some(text) => self.handle_text(&text).await,
                None => Ok(NextAction::Nothing),
            },
            Message::Ping(bytes) => {
                match tokio::time::timeout(SEND_WITHIN, self.session.pong(&bytes)).await {
                    Ok(Ok(())) => Ok(NextAction::Nothing),
                    _ => Err(None),
                }
            }
            Message::Pong(_) | Message::Nop => Ok(NextAction::Nothing),
            Message::Binary(_) => Err(Some(CloseCode::Unsupported)),
            Message::Close(_) => Err(Some(CloseCode::Normal)),
        }
    }

    async fn handle_text(&mut self, text: &str) -> Result<NextAction, Option<CloseCode>> {
        // The frame may have passed under the larger limit of a player who was signed out since.
        if text.len() > self.connection.largest_message() {
            return Err(Some(CloseCode::Size));
        }
        Ok(self.connection.handle_text(text).await)
    }

    /// Sends a text, and gives up a connection that does not read in time.
    async fn send_text(&mut self, text: String) -> Result<(), SocketClosed> {
        match tokio::time::timeout(SEND_WITHIN, self.session.text(text)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(SocketClosed),
        }
    }

    /// Closes because of a frame that the game sent.
    async fn close(self, code: CloseCode) {
        let description = match code {
            CloseCode::Size => Some("message too large"),
            CloseCode::Unsupported => Some("text frames only"),
            CloseCode::Invalid => Some("not UTF-8"),
            CloseCode::Protocol => Some("frame breaks the protocol"),
            _ => None,
        };
        self.close_with(code, description).await;
    }

    async fn close_for(self, reason: ClosingReason) {
        let (code, description) = match reason {
            ClosingReason::Stopping => (CloseCode::Away, "portal stops"),
            ClosingReason::Silent => (CloseCode::Away, "nothing heard"),
            ClosingReason::Fault => (CloseCode::Away, "handshake failed, try again"),
            ClosingReason::NoHandshake => (CloseCode::Policy, "no handshake in time"),
            ClosingReason::Refused => (CloseCode::Policy, "credential refused"),
            ClosingReason::NoPlayer => (CloseCode::Policy, "no player signed in"),
        };
        self.close_with(code, Some(description)).await;
    }

    /// The reason is for whoever reads the game's log; games decide by the code (docs/games.md#limits).
    async fn close_with(self, code: CloseCode, description: Option<&str>) {
        let reason = CloseReason { code, description: description.map(str::to_owned) };
        let _ = tokio::time::timeout(SEND_WITHIN, self.session.close(Some(reason))).await;
    }
}

/// The closing code for an error, or `None` if the connection itself is broken.
fn closing_code(error: &ProtocolError) -> Option<CloseCode> {
    match error {
        ProtocolError::Overflow => Some(CloseCode::Size),
        ProtocolError::Io(error) if error.kind() == ErrorKind::InvalidData => Some(CloseCode::Invalid),
        ProtocolError::Io(error) => match error.get_ref()?.downcast_ref()? {
            PayloadError::Overflow => Some(CloseCode::Size),
            PayloadError::EncodingCorrupted => Some(CloseCode::Protocol),
            _ => None,
        },
        _ => Some(CloseCode::Protocol),
    }
}

/// A text message in several frames.
#[derive(Default)]
struct FragmentBuffer {
    bytes: Vec<u8>,
    frames: usize,
}

impl FragmentBuffer {
    /// Adds a frame. Returns the whole text after the last one.
    fn add(&mut self, item: Item, limit: usize) -> Result<Option<String>, Option<CloseCode>> {
        let (bytes, is_last) = match item {
            Item::FirstText(bytes) => {
                *self = Self::default();
                (bytes, false)
            }
            Item::FirstBinary(_) => return Err(Some(CloseCode::Unsupported)),
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        self.frames += 1;
        if self.frames > FRAMES || self.bytes.len() + bytes.len() > limit {
            return Err(Some(CloseCode::Size));
        }
        self.bytes.extend_from_slice(&bytes);
        if !is_last {
            return Ok(None);
        }
        let whole = std::mem::take(self);
        String::from_utf8(whole.bytes).map(Some).map_err(|_| Some(CloseCode::Invalid))
    }
}
