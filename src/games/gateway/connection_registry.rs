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
const OUTSTANDING: usize = 16;

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
    last_heard: AtomicI64,
    /// `i64::MAX` means that only silence closes the connection.
    closes_at: AtomicI64,
    is_pinged: AtomicBool,
    orders: mpsc::Sender<ConnectionCommand>,
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
        let (orders, receiver) = mpsc::channel(OUTSTANDING);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let line = Arc::new(ConnectionHandle {
            number,
            session: Mutex::default(),
            last_heard: AtomicI64::new(now.timestamp_micros()),
            closes_at: AtomicI64::new(closes_at.timestamp_micros()),
            is_pinged: AtomicBool::new(false),
            orders,
        });
        let mut open = self.open();
        if self.is_stopping.load(Ordering::SeqCst) {
            return None;
        }
        open.insert(number, Arc::clone(&line));
        Some((line, receiver))
    }

    pub fn leave(&self, line: &ConnectionHandle) {
        self.open().remove(&line.number);
    }

    /// Binds the connection to a session, and signs out the player's oldest surplus connections.
    pub fn sign_in(&self, line: &ConnectionHandle, session: &GameSession) {
        line.set_session(Some(session.clone()));
        let mut theirs: Vec<(u64, Arc<ConnectionHandle>, SessionId)> = self
            .lines()
            .into_iter()
            .filter_map(|line| {
                let session = line.session().filter(|own| own.player == session.player)?;
                Some((line.number, line, session.id))
            })
            .collect();
        theirs.sort_by_key(|(number, ..)| std::cmp::Reverse(*number));
        for (_, surplus, session) in
            theirs.into_iter().filter(|(number, ..)| *number != line.number).skip(self.per_player - 1)
        {
            surplus.tell(ConnectionCommand::SignOut(session));
        }
    }

    /// Sends a message to every connection of this copy on which the player is signed in.
    ///
    /// Returns how many connections there were.
    pub fn push(&self, player: &PlayerId, message: &PushMessage) -> usize {
        let Ok(text) = serde_json::to_string(message) else { return 0 };
        let mut told = 0;
        for line in self.lines() {
            if let Some(session) = line.session().filter(|own| own.player == *player) {
                line.tell(ConnectionCommand::Push(session.id, text.clone()));
                told += 1;
            }
        }
        told
    }

    pub fn is_empty(&self) -> bool {
        self.open().is_empty()
    }

    /// Whether the player is signed in on a connection of this copy.
    pub fn is_online(&self, player: &PlayerId) -> bool {
        self.lines().iter().any(|line| line.session().is_some_and(|own| own.player == *player))
    }

    /// The ids of all signed-in sessions, sorted and without duplicates.
    pub fn sessions(&self) -> Vec<SessionId> {
        let mut sessions: Vec<SessionId> =
            self.lines().iter().filter_map(|line| Some(line.session()?.id)).collect();
        sessions.sort();
        sessions.dedup();
        sessions
    }

    /// Signs out the connections of `ended` sessions. `ended` must be sorted.
    pub fn sign_out(&self, ended: &[SessionId]) {
        for line in self.lines() {
            if let Some(session) = line.session().filter(|own| ended.binary_search(&own.id).is_ok()) {
                line.tell(ConnectionCommand::SignOut(session.id));
            }
        }
    }

    /// Closes connections that were silent too long or whose time is over, and pings those close to the idle
    /// limit.
    pub fn keep_time(&self, now: DateTime<Utc>) {
        let (now, idle) = (now.timestamp_micros(), micros(self.idle));
        for line in self.lines() {
            let silent_since = line.last_heard.load(Ordering::Relaxed);
            if now >= line.closes_at.load(Ordering::Relaxed) || now - silent_since >= idle {
                line.tell(ConnectionCommand::Close);
            } else if now - silent_since >= idle - micros(PING_BEFORE)
                && !line.is_pinged.swap(true, Ordering::Relaxed)
            {
                line.tell(ConnectionCommand::Ping);
            }
        }
    }

    /// Commands every connection to finish its request and to close.
    ///
    /// New connections are refused from then on.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        for line in self.lines() {
            line.tell(ConnectionCommand::Stop);
        }
    }

    fn lines(&self) -> Vec<Arc<ConnectionHandle>> {
        self.open().values().cloned().collect()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<ConnectionHandle>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionHandle {
    /// Notes that a frame was received.
    pub fn heard(&self, now: DateTime<Utc>) {
        self.last_heard.store(now.timestamp_micros(), Ordering::Relaxed);
        self.is_pinged.store(false, Ordering::Relaxed);
    }

    pub fn closes_at(&self, at: DateTime<Utc>) {
        self.closes_at.store(at.timestamp_micros(), Ordering::Relaxed);
    }

    /// Removes the closing time; only silence closes the connection then.
    pub fn stays_open(&self) {
        self.closes_at.store(i64::MAX, Ordering::Relaxed);
    }

    pub fn set_session(&self, session: Option<GameSession>) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }

    pub fn session(&self) -> Option<GameSession> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Drops the command if the queue is full. Such a connection is closed by its own limits.
    fn tell(&self, order: ConnectionCommand) {
        let _ = self.orders.try_send(order);
    }
}

fn micros(span: TimeDelta) -> i64 {
    span.num_microseconds().unwrap_or(i64::MAX)
}
