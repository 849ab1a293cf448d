//! The state of one game connection: handshake, refused, or admitted with a queue of requests.
//!
//! This module decides; [`super::websocket`] reads, writes and waits. Only one request of a connection is
//! handled at a time. The answers therefore come in order, and at most one request waits for Amazon.

use std::collections::VecDeque;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use super::Gateway;
use super::connection_limits::Slot;
use super::handle_message::{HandledMessage, MessageIdentity, MessageSender, SessionAfter, handle_message};
use super::handshake::{self, HandshakeMessage, HandshakeRequest};
use crate::games::connection_registry::{ConnectionCommand, ConnectionHandle};
use crate::games::protocol::PushMessage;
use crate::games::requests::message::GameMessage;
use crate::platform::metrics::{GameRequest, GaugeGuard};
use crate::sessions::game::{self, GameSession};

/// Requests that may wait for their turn. Further messages stay unread in the network.
const QUEUE: usize = 16;

/// The use of a session is stored at most this often.
const STORE_USE_EVERY: TimeDelta = TimeDelta::hours(1);

/// One connection, without its socket.
pub(super) struct GameConnection {
    gateway: Arc<Gateway>,
    handle: Arc<ConnectionHandle>,
    slot: Slot,
    sender: MessageSender,
    ip: IpAddr,
    stage: ConnectionStage,
    session: Option<GameSession>,
    use_stored_at: DateTime<Utc>,
    waiting: VecDeque<(GameMessage, Instant)>,
    running: Option<RunningRequest>,
    rate: MessageRate,
    _counted: GaugeGuard,
}

enum ConnectionStage {
    /// The server has sent this nonce and waits for its signature.
    AwaitingSignature(String),
    /// The handshake failed; the connection stays open until its closing time (S80).
    Refused,
    Admitted,
}

/// The request under way, and the id of the session that it came from.
struct RunningRequest {
    from: Option<String>,
    work: Pin<Box<dyn Future<Output = HandledMessage>>>,
}

/// What the socket does next.
pub(super) enum NextAction {
    Nothing,
    Send(Vec<String>),
    Ping,
    /// Closes the connection after everything was sent.
    Close(ClosingReason),
}

/// Why a connection is closed (RFC 6455 §7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClosingReason {
    /// The program stops.
    Stopping,
    /// A signed-in connection was silent.
    Silent,
    /// The handshake met a fault of ours.
    Fault,
    /// No handshake in time.
    NoHandshake,
    /// The handshake was refused a while ago.
    Refused,
    /// No player in time, or silence without a player.
    NoPlayer,
}

impl GameConnection {
    pub fn new(
        gateway: Arc<Gateway>,
        handle: Arc<ConnectionHandle>,
        slot: Slot,
        sender: MessageSender,
        ip: IpAddr,
        nonce: String,
    ) -> Self {
        Self {
            rate: MessageRate::of(&sender),
            use_stored_at: sender.connected_at,
            _counted: sender.app.metrics.game_sockets.hold(),
            stage: ConnectionStage::AwaitingSignature(nonce),
            session: None,
            waiting: VecDeque::new(),
            running: None,
            gateway,
            handle,
            slot,
            sender,
            ip,
        }
    }

    /// The largest message that is accepted now, in bytes (S81).
    pub fn largest_message(&self) -> usize {
        let limits = &self.sender.app.config.limits.socket;
        if self.session.is_some() { limits.message } else { limits.anonymous_message }
    }

    /// Whether the queue and the message rate allow another read.
    pub fn may_read(&self) -> bool {
        self.waiting.len() < QUEUE && self.rate.allows_next(self.now())
    }

    /// Whether reading has stopped because of the message rate; this ends with time.
    pub fn is_too_fast(&self) -> bool {
        !self.rate.allows_next(self.now())
    }

    /// Notes that any frame was received, keep-alives included.
    pub fn note_frame(&mut self) {
        let now = self.now();
        self.handle.note_frame(now);
        self.rate.count(now);
        if now - self.use_stored_at >= STORE_USE_EVERY {
            self.use_stored_at = now;
            self.store_use(now);
        }
    }

    /// Handles one complete text message.
    pub async fn handle_text(&mut self, text: &str) -> NextAction {
        // SDKs send blank texts as keep-alives at any time
        // (docs/protocols/gamesparks.md#keep-alive-and-limits).
        if text.trim().is_empty() {
            return NextAction::Nothing;
        }
        match &self.stage {
            ConnectionStage::AwaitingSignature(nonce) => {
                let nonce = nonce.clone();
                self.check_handshake(&nonce, text).await
            }
            ConnectionStage::Refused => NextAction::Nothing,
            ConnectionStage::Admitted => {
                self.waiting.push_back((GameMessage::read(text.as_bytes(), None), Instant::now()));
                self.start_next();
                NextAction::Nothing
            }
        }
    }

    async fn check_handshake(&mut self, nonce: &str, text: &str) -> NextAction {
        let Some(request) = HandshakeRequest::read(text)
            .filter(|request| request.is_signed(&self.sender.app, &self.sender.place, nonce))
        else {
            return self.refuse();
        };
        self.sender.place.client.clone_from(&request.client);
        let (response, session) =
            match handshake::accept_handshake(&self.sender.app, &self.sender.place, &request).await {
                Ok(accepted) => accepted,
                Err(fault) => {
                    tracing::error!(event = "games.handshake.failed", %fault, "a handshake failed");
                    return NextAction::Close(ClosingReason::Fault);
                }
            };
        self.stage = ConnectionStage::Admitted;
        self.slot.mark_admitted();
        if session.is_none() {
            self.sender.ended_token = request.token_hash();
        }
        self.change_session(session);
        send([response.to_text()])
    }

    /// Answers the refusal and leaves the connection open for a while.
    ///
    /// An immediate close makes some SDKs reconnect thousands of times (S80).
    fn refuse(&mut self) -> NextAction {
        let now = self.now();
        self.stage = ConnectionStage::Refused;
        self.sender.app.metrics.game_requests.add(GameRequest::HandshakeRefused);
        self.handle.set_closing_time(self.gateway.limits.refused_until(self.ip, now));
        if self.gateway.limits.count_refusal(self.ip, now) {
            let network = &self.sender.place.network;
            tracing::warn!(event = "games.handshake.rate_limited", network, "many handshakes were refused");
        }
        send([HandshakeMessage::refused().to_text()])
    }

    /// Carries out a command of the registry.
    pub fn execute(&mut self, command: ConnectionCommand) -> NextAction {
        let is_here = |session| self.session.as_ref().is_some_and(|own| own.id == session);
        match command {
            ConnectionCommand::SignOut(session) if is_here(session.clone()) => send(self.sign_out()),
            ConnectionCommand::Push(session, text) if is_here(session.clone()) => send([text]),
            ConnectionCommand::SignOut(_) | ConnectionCommand::Push(..) => NextAction::Nothing,
            ConnectionCommand::Tell(text) => send([text]),
            ConnectionCommand::Ping => NextAction::Ping,
            ConnectionCommand::Close => NextAction::Close(match &self.stage {
                ConnectionStage::AwaitingSignature(_) => ClosingReason::NoHandshake,
                ConnectionStage::Refused => ClosingReason::Refused,
                ConnectionStage::Admitted if self.session.is_some() => ClosingReason::Silent,
                ConnectionStage::Admitted => ClosingReason::NoPlayer,
            }),
            ConnectionCommand::Stop => NextAction::Close(ClosingReason::Stopping),
        }
    }

    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Waits for the answer of the request under way. Never completes if there is none.
    pub async fn answer(&mut self) -> NextAction {
        let Some(running) = &mut self.running else { return std::future::pending().await };
        let done = running.work.as_mut().await;
        let from = self.running.take().and_then(|running| running.from);
        let next = self.apply_answer(from.as_deref(), done);
        self.start_next();
        next
    }

    fn apply_answer(&mut self, from: Option<&str>, done: HandledMessage) -> NextAction {
        let is_same = self.session.as_ref().map(|session| session.id.as_str()) == from;
        match done.after {
            SessionAfter::Is(session) => {
                self.change_session(Some(session));
                send([done.answer])
            }
            SessionAfter::Ended if is_same && self.session.is_some() => {
                let mut texts = self.sign_out();
                texts.push(done.answer);
                send(texts)
            }
            // The answer is for a player who was signed out meanwhile (S83).
            SessionAfter::Same if !is_same => NextAction::Nothing,
            SessionAfter::Ended | SessionAfter::Same => send([done.answer]),
        }
    }

    fn change_session(&mut self, session: Option<GameSession>) {
        let now = self.now();
        match &session {
            Some(session) => {
                self.use_stored_at = session.last_seen_at;
                self.gateway.connections.sign_in(&self.handle, session);
                self.handle.clear_closing_time();
            }
            None => self.limit_anonymous_time(now),
        }
        self.session = session;
    }

    /// Signs the player out and returns the messages for the game.
    fn sign_out(&mut self) -> Vec<String> {
        self.session = None;
        self.handle.set_session(None);
        self.sender.app.metrics.game_requests.add(GameRequest::SignedOut);
        self.limit_anonymous_time(self.now());
        vec![serde_json::to_string(&PushMessage::SessionTerminated {}).unwrap_or_default()]
    }

    fn limit_anonymous_time(&self, now: DateTime<Utc>) {
        let longest = self.sender.app.config.limits.socket.anonymous;
        self.handle.set_closing_time(now + TimeDelta::from_std(longest).unwrap_or(TimeDelta::days(1)));
    }

    fn start_next(&mut self) {
        if self.running.is_some() {
            return;
        }
        let Some((message, received)) = self.waiting.pop_front() else { return };
        let session = self.session.clone();
        let from = session.as_ref().map(|session| session.id.to_string());
        let identity = MessageIdentity::Connection(session);
        self.running = Some(RunningRequest {
            from,
            work: Box::pin(handle_message(self.sender.clone(), identity, message, received)),
        });
    }

    fn store_use(&self, now: DateTime<Utc>) {
        let Some(session) = self.session.as_ref().map(|session| session.id.clone()) else { return };
        let (app, idle) = (Arc::clone(&self.sender.app), self.sender.app.config.sessions.game_token().idle);
        tokio::spawn(async move {
            let stored = app.db.write(move |conn| Ok(game::note_use(conn, &session, now, idle)?)).await;
            if let Err(fault) = stored {
                tracing::warn!(event = "games.session_use.not_recorded", %fault, "session use not recorded");
            }
        });
    }

    fn now(&self) -> DateTime<Utc> {
        self.sender.app.clock.now()
    }
}

impl Drop for GameConnection {
    fn drop(&mut self) {
        self.gateway.connections.unregister(&self.handle);
    }
}

fn send(texts: impl Into<Vec<String>>) -> NextAction {
    NextAction::Send(texts.into())
}

/// A limit of messages per second, with a burst (S81). Further messages are read later.
struct MessageRate {
    /// `None` while the rate limiter is off.
    every: Option<TimeDelta>,
    burst: TimeDelta,
    /// When all messages so far would have arrived at the steady rate.
    due: DateTime<Utc>,
}

impl MessageRate {
    fn of(sender: &MessageSender) -> Self {
        let limits = &sender.app.config.limits;
        let every = TimeDelta::microseconds(1_000_000 / i64::from(limits.socket.messages_per_second).max(1));
        let burst = every * i32::try_from(limits.socket.burst).unwrap_or(i32::MAX);
        Self { every: limits.is_throttled.then_some(every), burst, due: sender.connected_at }
    }

    fn allows_next(&self, now: DateTime<Utc>) -> bool {
        self.every.is_none_or(|every| self.due + every - now <= self.burst)
    }

    fn count(&mut self, now: DateTime<Utc>) {
        if let Some(every) = self.every {
            self.due = self.due.max(now) + every;
        }
    }
}
