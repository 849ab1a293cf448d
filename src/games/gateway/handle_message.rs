//! Handles one message: identify the player (S82), dispatch the request, and answer within the time limit.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use tokio::time::Instant;

use crate::accounts::players;
use crate::app::App;
use crate::games::connection_registry::{ConnectionHandle, ConnectionRegistry};
use crate::games::protocol::{GameErrors, GameResponse, ReplyEnvelope};
use crate::games::requests::caller::{CredentialKind, GameCaller, SignedInPlayer};
use crate::games::requests::dispatch::{ParsedRequest, SessionChange};
use crate::games::requests::message::GameMessage;
use crate::games::requests::script_data::keep_script_data;
use crate::platform::crypto::token::{OpaqueToken, TokenHash};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::GameRequest;
use crate::sessions::game::{self, GamePlace, GameSession};

/// Time from receipt to answer.
///
/// The most impatient SDKs wait for 10 s (docs/protocols/gamesparks.md#requests-and-answers).
const ANSWER_WITHIN: Duration = Duration::from_secs(9);

/// The data of a connection or HTTP request that is the same for each of its messages.
#[derive(Clone)]
pub(in crate::games) struct MessageSender {
    pub app: Arc<App>,
    pub connections: Arc<ConnectionRegistry>,
    /// The connection itself. `None` over HTTP.
    pub connection: Option<Arc<ConnectionHandle>>,
    pub place: GamePlace,
    pub kind: CredentialKind,
    pub connected_at: DateTime<Utc>,
    pub reference: String,
    /// The token of the handshake, if it opened no session.
    pub ended_token: Option<TokenHash>,
}

/// Where the player of a message is taken from.
///
/// On a socket it is the connection's session, with the time of its last proof of identity. Over HTTP the
/// message itself names its player.
pub(in crate::games) enum MessageIdentity {
    Connection(Option<GameSession>),
    Message,
}

/// The answer to a message, and its effect on the connection's session.
pub(in crate::games) struct HandledMessage {
    pub answer: String,
    pub after: SessionAfter,
}

pub(in crate::games) enum SessionAfter {
    Same,
    Is(GameSession),
    /// The session had ended, so nothing was carried out for its player.
    Ended,
}

/// The player that the database confirms for a message.
enum IdentifiedSender {
    Anonymous,
    Player(SignedInPlayer),
    /// The connection's session, or the token in the message, is no longer valid.
    Ended,
    /// The message names a player who does not exist.
    UnknownPlayer,
}

/// Answers `message`, which was received at `received`.
///
/// There is always an answer in time, also after a panic. A request that takes too long is given up and
/// answered with `request: TRY_AGAIN`.
pub(in crate::games) async fn handle_message(
    sender: MessageSender,
    identity: MessageIdentity,
    message: GameMessage,
    received: Instant,
) -> HandledMessage {
    let GameMessage { request_id, player_id, auth_token, request } = message;
    let app = Arc::clone(&sender.app);
    let (response, after) = match request {
        Err(refusal) => {
            app.metrics.game_requests.add(GameRequest::NotUnderstood);
            (*refusal, SessionAfter::Same)
        }
        Ok(request) => {
            let kind = request.kind;
            let began = Instant::now();
            let claimed = ClaimedIdentity { player_id, auth_token };
            let work = AssertUnwindSafe(answer_message(sender, identity, claimed, request)).catch_unwind();
            let (outcome, result) = match tokio::time::timeout_at(received + ANSWER_WITHIN, work).await {
                Ok(Ok(done)) => (GameRequest::Answered, done),
                Ok(Err(_)) => {
                    (GameRequest::Panicked, ((kind.refuse)(GameErrors::try_again()), SessionAfter::Same))
                }
                Err(_) => {
                    (GameRequest::TooLate, ((kind.refuse)(GameErrors::try_again()), SessionAfter::Same))
                }
            };
            app.metrics.game_requests.add(outcome);
            let outcome = outcome.as_str();
            let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            let request = kind.name;
            tracing::info!(
                event = "games.request.answered",
                request,
                outcome,
                duration.us = took,
                "a game's request was answered"
            );
            result
        }
    };
    let reply = ReplyEnvelope { response: &response, request_id: request_id.as_deref() };
    // Our own types always serialise. With an empty answer a game would wait for its timeout, no more.
    HandledMessage { answer: serde_json::to_string(&reply).unwrap_or_default(), after }
}

/// The player that a message itself claims.
struct ClaimedIdentity {
    player_id: Option<String>,
    auth_token: Option<secrecy::SecretString>,
}

async fn answer_message(
    sender: MessageSender,
    identity: MessageIdentity,
    claimed: ClaimedIdentity,
    request: ParsedRequest,
) -> (GameResponse, SessionAfter) {
    let kind = request.kind;
    let is_acting = sender.kind == CredentialKind::Server && claimed.player_id.is_some();
    let is_connection = matches!(identity, MessageIdentity::Connection(_));
    let in_message = claimed.auth_token.as_ref().and_then(|token| OpaqueToken::parse(token.expose_secret()));
    let presented_token = in_message.map(|token| token.hash()).or_else(|| sender.ended_token.clone());
    let identified = match identify_sender(&sender, identity, claimed).await {
        Ok(identified) => identified,
        Err(fault) => {
            return (kind.fault_response(&fault), SessionAfter::Same);
        }
    };
    let (signed_in, after) = match identified {
        IdentifiedSender::Anonymous => (None, SessionAfter::Same),
        IdentifiedSender::Player(signed_in) => (Some(signed_in), SessionAfter::Same),
        IdentifiedSender::Ended if request.outlives_session => (None, SessionAfter::Ended),
        // The message was meant for a player whose session has ended. Without that player it would be another
        // request.
        IdentifiedSender::Ended => {
            return ((kind.refuse)(GameErrors::not_authorized()), SessionAfter::Ended);
        }
        IdentifiedSender::UnknownPlayer => {
            return ((kind.refuse)(GameErrors::of("playerId", "INVALID")), SessionAfter::Same);
        }
    };
    let MessageSender { app, connections, connection, place, connected_at, reference, .. } = sender;
    let script_data = request.script_data.clone();
    let player = signed_in.as_ref().map(|signed_in| signed_in.player.clone());
    let caller =
        GameCaller { place, signed_in, connections, connection, connected_at, reference, presented_token };
    let mut answered = request.answer(Arc::clone(&app), caller).await;
    if let Err(fault) = keep_script_data(&app, player, script_data, &mut answered).await {
        answered.response = kind.fault_response(&fault);
    }
    match answered.session {
        SessionChange::Is(session) if is_connection && !is_acting => {
            (answered.response, SessionAfter::Is(session))
        }
        _ => (answered.response, after),
    }
}

async fn identify_sender(
    sender: &MessageSender,
    identity: MessageIdentity,
    claimed: ClaimedIdentity,
) -> Result<IdentifiedSender, Fault> {
    let now = sender.app.clock.now();
    if let Some(player) = claimed.player_id.filter(|_| sender.kind == CredentialKind::Server) {
        // No id has such a character, and PostgreSQL takes no NUL in a text.
        if player.contains(char::is_control) {
            return Ok(IdentifiedSender::UnknownPlayer);
        }
        let player = PlayerId::from(player);
        let id = player.clone();
        let version = sender.app.db.read(move |conn| players::store::version_of(conn, &id)).await?;
        return Ok(match version {
            Some(version) => IdentifiedSender::Player(SignedInPlayer { player, version, session: None }),
            None => IdentifiedSender::UnknownPlayer,
        });
    }
    let session = match identity {
        MessageIdentity::Connection(None) => return Ok(IdentifiedSender::Anonymous),
        MessageIdentity::Connection(Some(session)) => {
            find_session_of_connection(&sender.app, session, now).await?
        }
        MessageIdentity::Message => {
            let Some(token) = claimed.auth_token else { return Ok(IdentifiedSender::Anonymous) };
            match OpaqueToken::parse(token.expose_secret()) {
                Some(token) => find_session_of_token(&sender.app, token.hash(), now).await?,
                None => None,
            }
        }
    };
    Ok(session.map_or(IdentifiedSender::Ended, |session| {
        let (player, version) = (session.player.clone(), session.player_version);
        IdentifiedSender::Player(SignedInPlayer { player, version, session: Some(session) })
    }))
}

/// The session of a connection, if it still has the token by which the connection came. One that has ended by time
/// stays so when the clock goes back.
async fn find_session_of_connection(
    app: &App,
    held: GameSession,
    now: DateTime<Utc>,
) -> Result<Option<GameSession>, Fault> {
    let GameSession { id, proved_at, token_hash, .. } = held;
    let (asked, token) = (id.clone(), token_hash.clone());
    let (found, has_token) = app
        .db
        .read(move |conn| {
            let has_token = match &token {
                Some(token) => game::has_token(conn, &asked, token)?,
                None => true,
            };
            Ok((game::find_session(conn, &asked, now)?, has_token))
        })
        .await?;
    if found.is_none() && has_token {
        app.db.write(move |conn| Ok(game::end_expired_session(conn, &id, now)?)).await?;
    }
    Ok(found.filter(|_| has_token).map(|session| GameSession { proved_at, token_hash, ..session }))
}

/// The session that a token opens. A token that has ended by time stays so when the clock goes back.
async fn find_session_of_token(
    app: &App,
    hash: TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<GameSession>, Fault> {
    let asked = hash.clone();
    let (found, expired) = app
        .db
        .read(move |conn| {
            let found = game::find_by_token(conn, asked.as_str(), now)?;
            let expired = if found.is_none() { game::find_expired(conn, &asked, now)? } else { None };
            Ok((found, expired))
        })
        .await?;
    if let Some(session) = expired {
        let end = move |conn: &mut Conn| {
            game::end_expired_token(conn, hash.as_str(), now)?;
            Ok(game::end_expired_session(conn, &session, now)?)
        };
        app.db.write(end).await?;
    }
    Ok(found)
}
