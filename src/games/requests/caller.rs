//! Who sends a message: which game, by which credential, and for whom.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::games::gateway::connection_registry::ConnectionRegistry;
use crate::platform::ids::PlayerId;
use crate::sessions::game::{GamePlace, GameSession};

/// The sender of one message.
pub(in crate::games) struct GameCaller {
    /// Game, credential, and where the caller is.
    pub place: GamePlace,
    /// The player of this message, read from the store for this message (S82).
    pub signed_in: Option<SignedInPlayer>,
    /// The open connections of this copy, to tell players something unasked.
    pub sockets: Arc<ConnectionRegistry>,
    /// When the connection began; over HTTP, when the request came.
    pub connected_at: DateTime<Utc>,
    /// Names the request, or the connection's first one, in the log and the audit (S133).
    pub reference: String,
}

/// The player a message is for.
#[derive(Clone)]
pub(in crate::games) struct SignedInPlayer {
    pub player: PlayerId,
    /// The player's own sign-in. None where a server named the player.
    pub session: Option<GameSession>,
}

/// What a credential is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::games) enum CredentialKind {
    /// Every copy of a game: names a build, never a player.
    Device,
    /// A game server: may name the player it acts for.
    Server,
}

impl CredentialKind {
    /// `server` and what begins with `server-` are servers (contract §1.1); every other name is a game's.
    pub fn of(name: &str) -> Self {
        if name == "server" || name.starts_with("server-") { Self::Server } else { Self::Device }
    }
}

impl GameCaller {
    /// The session that asks, if a player's own sign-in does.
    pub fn session(&self) -> Option<&GameSession> {
        self.signed_in.as_ref()?.session.as_ref()
    }

    pub fn player(&self) -> Option<&PlayerId> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.player)
    }
}
