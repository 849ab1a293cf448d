//! The open connections of this copy of the program, with their sessions.
//!
//! A connection receives [`ConnectionCommand`]s and carries them out itself; nothing here waits. Several
//! connections may share one session. One player may have `DOVETAIL_WS_PER_PLAYER` connections on one copy.
//! Beyond that the oldest connection loses its player. It stays open, because SDKs reconnect at once when a
//! socket is closed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;

use crate::games::protocol::PushMessage;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::game::GameSession;

/// Commands that may wait for one connection.
///
/// A connection whose queue is full does not respond, and a lost command does no harm. Whatever matters is
/// sent again a second later.
const COMMAND_QUEUE: usize = 16;

/// How long before the idle limit a silent connection is pinged.
///
/// Games that send keep-alives have sent one by then.
const PING_BEFORE: TimeDelta = TimeDelta::seconds(15);

/// A command to one connection.
pub(in crate::games) enum ConnectionCommand {
    /// The session has ended, so the connection signs its player out.
    SignOut(SessionId),
    /// A message to send, if this session is still the connection's.
    Push(SessionId, String),
    /// A message to send, whoever is signed in.
    Tell(String),
    Ping,
    /// The connection was silent or unauthenticated for too long.
    Close,
    /// The program stops.
    Stop,
}

pub(in crate::games) struct ConnectionRegistry {
    next: AtomicU64,
    idle: TimeDelta,
    per_player: usize,
    open: Mutex<HashMap<u64, Arc<ConnectionHandle>>>,
    is_stopping: AtomicBool,
}

/// One connection, as seen by the registry. Times are in microseconds since the Unix epoch.
pub(in crate::games) struct ConnectionHandle {
    number: u64,
    session: Mutex<Option<GameSession>>,
    last_frame_at: AtomicI64,
    /// `i64::MAX` means that only silence closes the connection.
    closes_at: AtomicI64,
    is_pinged: AtomicBool,
    /// The code for signing in that the game shows on this connection.
    watched_code: Mutex<Option<WatchedCode>>,
    commands: mpsc::Sender<ConnectionCommand>,
}

/// A code for signing in, and the secret with which its game asks for it.
#[derive(Clone)]
pub(in crate::games) struct WatchedCode {
    pub id: String,
    pub linking_id: String,
}

impl ConnectionRegistry {
    pub fn new(idle: TimeDelta, per_player: u32) -> Arc<Self> {
        Arc::new(Self {
            next: AtomicU64::new(0),
            idle,
            per_player: usize::try_from(per_player).unwrap_or(usize::MAX).max(1),
            open: Mutex::default(),
            is_stopping: AtomicBool::new(false),
        })
    }

    /// Registers a connection that closes at `closes_at`. Returns `None` once the program is stopping.
    pub fn register(
        &self,
        now: DateTime<Utc>,
        closes_at: DateTime<Utc>,
    ) -> Option<(Arc<ConnectionHandle>, mpsc::Receiver<ConnectionCommand>)> {
        let (commands, receiver) = mpsc::channel(COMMAND_QUEUE);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(ConnectionHandle {
            number,
            session: Mutex::default(),
            last_frame_at: AtomicI64::new(now.timestamp_micros()),
            closes_at: AtomicI64::new(closes_at.timestamp_micros()),
            is_pinged: AtomicBool::new(false),
            watched_code: Mutex::default(),
            commands,
        });
        let mut open = self.open();
        if self.is_stopping.load(Ordering::SeqCst) {
            return None;
        }
        open.insert(number, Arc::clone(&connection));
        Some((connection, receiver))
    }

    pub fn unregister(&self, connection: &ConnectionHandle) {
        self.open().remove(&connection.number);
    }

    /// Binds the connection to a session, and signs out the player's oldest surplus connections.
    pub fn sign_in(&self, connection: &ConnectionHandle, session: &GameSession) {
        connection.set_session(Some(session.clone()));
        let mut of_player: Vec<(u64, Arc<ConnectionHandle>, SessionId)> = self
            .handles()
            .into_iter()
            .filter_map(|connection| {
                let session = connection.session().filter(|own| own.player == session.player)?;
                Some((connection.number, connection, session.id))
            })
            .collect();
        of_player.sort_by_key(|(number, ..)| std::cmp::Reverse(*number));
        for (_, surplus, session) in of_player
            .into_iter()
            .filter(|(number, ..)| *number != connection.number)
            .skip(self.per_player - 1)
        {
            surplus.send(ConnectionCommand::SignOut(session));
        }
    }

    /// Sends a message to every connection of this copy on which the player is signed in, by `only` that session.
    ///
    /// Returns how many connections there were.
    pub fn push(&self, player: &PlayerId, only: Option<&SessionId>, message: &PushMessage) -> usize {
        let Ok(text) = serde_json::to_string(message) else { return 0 };
        let mut count = 0;
        for connection in self.handles() {
            let is_meant =
                |own: &GameSession| own.player == *player && only.is_none_or(|only| own.id == *only);
            if let Some(session) = connection.session().filter(is_meant) {
                connection.send(ConnectionCommand::Push(session.id, text.clone()));
                count += 1;
            }
        }
        count
    }

    /// The connections that show a code for signing in.
    pub fn watched_codes(&self) -> Vec<(Arc<ConnectionHandle>, WatchedCode)> {
        let handles = self.handles().into_iter();
        handles.filter_map(|connection| Some((Arc::clone(&connection), connection.watched_code()?))).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.open().is_empty()
    }

    /// Whether the player is signed in on a connection of this copy.
    pub fn is_online(&self, player: &PlayerId) -> bool {
        self.handles().iter().any(|connection| connection.session().is_some_and(|own| own.player == *player))
    }

    /// The ids of all signed-in sessions, sorted and without duplicates.
    pub fn sessions(&self) -> Vec<SessionId> {
        let mut sessions: Vec<SessionId> =
            self.handles().iter().filter_map(|connection| Some(connection.session()?.id)).collect();
        sessions.sort();
        sessions.dedup();
        sessions
    }

    /// The ids of all signed-in players, sorted and without duplicates.
    pub fn players(&self) -> Vec<PlayerId> {
        let mut players: Vec<PlayerId> =
            self.handles().iter().filter_map(|connection| Some(connection.session()?.player)).collect();
        players.sort();
        players.dedup();
        players
    }

    /// Signs out the connections of `ended` sessions. `ended` must be sorted.
    pub fn sign_out(&self, ended: &[SessionId]) {
        for connection in self.handles() {
            if let Some(session) = connection.session().filter(|own| ended.binary_search(&own.id).is_ok()) {
                connection.send(ConnectionCommand::SignOut(session.id));
            }
        }
    }

    /// Closes connections that were silent too long or whose time is over, and pings those close to the idle
    /// limit.
    pub fn close_silent(&self, now: DateTime<Utc>) {
        let (now, idle) = (now.timestamp_micros(), micros(self.idle));
        for connection in self.handles() {
            let silent_since = connection.last_frame_at.load(Ordering::Relaxed);
            if now >= connection.closes_at.load(Ordering::Relaxed) || now - silent_since >= idle {
                connection.send(ConnectionCommand::Close);
            } else if now - silent_since >= idle - micros(PING_BEFORE)
                && !connection.is_pinged.swap(true, Ordering::Relaxed)
            {
                connection.send(ConnectionCommand::Ping);
            }
        }
    }

    /// Commands every connection to finish its request and to close.
    ///
    /// New connections are refused from then on.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        for connection in self.handles() {
            connection.send(ConnectionCommand::Stop);
        }
    }

    fn handles(&self) -> Vec<Arc<ConnectionHandle>> {
        self.open().values().cloned().collect()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<ConnectionHandle>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionHandle {
    /// Notes that a frame was received.
    pub fn note_frame(&self, now: DateTime<Utc>) {
        self.last_frame_at.store(now.timestamp_micros(), Ordering::Relaxed);
        self.is_pinged.store(false, Ordering::Relaxed);
    }

    pub fn set_closing_time(&self, at: DateTime<Utc>) {
        self.closes_at.store(at.timestamp_micros(), Ordering::Relaxed);
    }

    /// Removes the closing time; only silence closes the connection then.
    pub fn clear_closing_time(&self) {
        self.closes_at.store(i64::MAX, Ordering::Relaxed);
    }

    pub fn set_session(&self, session: Option<GameSession>) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }

    pub fn session(&self) -> Option<GameSession> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn watched_code(&self) -> Option<WatchedCode> {
        self.watched_code.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes the code that the game shows now.
    pub fn watch_code(&self, code: WatchedCode) {
        *self.watched_code.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }

    /// Sends what became of the code, and forgets it unless the game shows another one by now.
    pub fn tell_of_code(&self, id: &str, message: &PushMessage) {
        let Ok(text) = serde_json::to_string(message) else { return };
        let mut watched = self.watched_code.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.as_ref().is_some_and(|code| code.id == id) {
            *watched = None;
        }
        drop(watched);
        self.send(ConnectionCommand::Tell(text));
    }

    /// Drops the command if the queue is full. Such a connection is closed by its own limits.
    fn send(&self, command: ConnectionCommand) {
        let _ = self.commands.try_send(command);
    }
}

fn micros(span: TimeDelta) -> i64 {
    span.num_microseconds().unwrap_or(i64::MAX)
}
