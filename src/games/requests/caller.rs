//! The sender of a message: the game, its credential, and the player.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::games::connection_registry::{ConnectionHandle, ConnectionRegistry};
use crate::games::protocol::GameErrors;
use crate::platform::crypto::token::TokenHash;
use crate::platform::fault::Stop;
use crate::platform::ids::PlayerId;
use crate::sessions::SessionOrigin;
use crate::sessions::game::{GamePlace, GameSession};

/// The sender of one message.
pub(in crate::games) struct GameCaller {
    /// API key, credential, platform and network.
    pub place: GamePlace,
    /// The player, checked against the database for this message (S82).
    pub signed_in: Option<SignedInPlayer>,
    /// The open connections of this copy of the program.
    pub connections: Arc<ConnectionRegistry>,
    /// The connection of the message. `None` over HTTP.
    pub connection: Option<Arc<ConnectionHandle>>,
    /// The start of the connection; over HTTP, the time of the request.
    pub connected_at: DateTime<Utc>,
    /// The reference of the request that opened the connection, for the log and the audit log (S133).
    pub reference: String,
    /// The token that the message or its handshake presented, whether or not it still opens a session.
    pub presented_token: Option<TokenHash>,
}

/// The player of a message.
#[derive(Clone)]
pub(in crate::games) struct SignedInPlayer {
    pub player: PlayerId,
    /// The player's version when the message was received.
    pub version: i64,
    /// The player's session. `None` if a server named the player.
    pub session: Option<GameSession>,
}

impl SignedInPlayer {
    /// The origin of what this message begins.
    pub fn origin(&self) -> SessionOrigin {
        SessionOrigin {
            player: self.player.clone(),
            player_version: self.version,
            session: self.session.as_ref().map(|session| session.id.clone()),
        }
    }
}

/// Where the secret of a credential is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::games) enum CredentialKind {
    /// In every copy of a game: it identifies a build, never a player.
    Device,
    /// On a game server, which may name the player it acts for.
    Server,
}

impl CredentialKind {
    /// The kind, by name: `server` and names that begin with `server-` are servers.
    ///
    /// Every other name is a game's (docs/protocols/gamesparks.md#addresses).
    pub fn of(name: &str) -> Self {
        if name == "server" || name.starts_with("server-") { Self::Server } else { Self::Device }
    }
}

impl GameCaller {
    /// The session of the player, if the player is signed in.
    pub fn session(&self) -> Option<&GameSession> {
        self.signed_in.as_ref()?.session.as_ref()
    }

    /// The signed-in player, or the refusal if there is none.
    pub fn require_player(&self) -> Result<&SignedInPlayer, Stop<GameErrors>> {
        self.signed_in.as_ref().ok_or_else(|| Stop::Refused(GameErrors::not_authorized()))
    }
}
