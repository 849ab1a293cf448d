//! The types of game sessions.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use secrecy::SecretString;

use crate::app::App;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::schema::game_sessions;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;

/// A player signed in from a game.
#[derive(Clone, Debug)]
pub struct GameSession {
    pub id: SessionId,
    pub player: PlayerId,
    /// The player's version when the session was read.
    pub player_version: i64,
    pub signed_in_with: SignedInWith,
    /// When the owner of this token or connection proved a credential with it.
    ///
    /// A device id and a resumed token prove none. A presented Amazon token proves one only where the link is
    /// confirmed, or made the player (S29).
    pub proved_at: Option<DateTime<Utc>>,
    /// The hash of the token that this caller holds. Several tokens, and copies of them, may open one session.
    pub token_hash: Option<String>,
    pub last_seen_at: DateTime<Utc>,
}

/// The game, and from where it calls.
#[derive(Clone, Debug)]
pub struct GamePlace {
    pub api_key: String,
    pub credential: String,
    /// The platform that the game reports; often empty.
    pub client: String,
    /// The caller's truncated network.
    pub network: String,
}

/// A sign-in that is about to be written, with its random values.
#[derive(Clone)]
pub struct NewGameSession {
    pub(super) id: SessionId,
    /// The session that the caller has already. The same player keeps it, with a new token.
    pub(super) current: Option<GameSession>,
    pub(super) token: OpaqueToken,
    pub(super) place: GamePlace,
    pub(super) signed_in_with: SignedInWith,
    /// The device that signs in, by its row.
    pub(super) device: Option<String>,
    /// Whether the login method proves identity to this game.
    pub(super) is_proof: bool,
    pub(super) life: SessionLife,
    /// The most sessions of one player; the longest unused end (S30).
    pub(super) per_player: u32,
}

/// A resumed session: the hash of the presented token, and the new token.
#[derive(Clone)]
pub struct TokenExchange {
    pub(super) presented: String,
    pub(super) token: OpaqueToken,
    pub(super) place: GamePlace,
    pub(super) life: SessionLife,
}

/// A session that was resumed.
pub struct ResumedSession {
    pub session: GameSession,
    /// How often the presented token was used before.
    pub uses: i64,
    /// Whether there is a new token. If not, the game keeps the presented one.
    pub has_new_token: bool,
}

/// The lifetime of a session or token that begins now.
#[derive(Clone, Copy)]
pub(super) struct SessionLife {
    pub at: DateTime<Utc>,
    /// The end, unless it is used again.
    pub idle_ends_at: DateTime<Utc>,
    /// The end in any case.
    pub expires_at: DateTime<Utc>,
}

impl SessionLife {
    fn from_now(app: &App) -> Self {
        let (at, lifetime) = (app.clock.now(), app.config.sessions.game_token());
        let expires_at = at + lifetime.max;
        Self { at, idle_ends_at: (at + lifetime.idle).min(expires_at), expires_at }
    }
}

impl NewGameSession {
    /// Generates id and token for a sign-in. `current` is the session that asks, if any.
    pub fn prepare(
        app: &App,
        current: Option<&GameSession>,
        place: &GamePlace,
        signed_in_with: SignedInWith,
    ) -> Result<Self, Fault> {
        let life = SessionLife::from_now(app);
        Ok(Self {
            id: SessionId::new(life.at),
            current: current.cloned(),
            token: OpaqueToken::generate()?,
            place: place.clone(),
            signed_in_with,
            device: None,
            is_proof: matches!(signed_in_with, SignedInWith::Password | SignedInWith::Registration),
            life,
            per_player: app.config.sessions.per_player,
        })
    }

    /// Names the device that signs in. Its sessions end when it is disabled.
    #[must_use]
    pub fn of_device(self, device: &str) -> Self {
        Self { device: Some(device.to_owned()), ..self }
    }

    /// Makes the sign-in a proof of identity, where the caller has found it to be one.
    #[must_use]
    pub fn proving_identity(self) -> Self {
        Self { is_proof: true, ..self }
    }

    /// The `authToken` for the game, once the row is committed.
    pub fn auth_token(&self) -> SecretString {
        SecretString::from(self.token.expose())
    }

    /// The time of the sign-in, if it proves identity (S29).
    pub(super) fn proved_at(&self) -> Option<DateTime<Utc>> {
        self.is_proof.then_some(self.life.at)
    }

    /// A sign-in that somebody allowed elsewhere: whoever uses this token has proven nothing.
    #[must_use]
    pub fn proving_nothing(self) -> Self {
        Self { is_proof: false, ..self }
    }

    /// The same token in the session `current`, if that is of the same player.
    #[must_use]
    pub fn in_session(self, current: GameSession) -> Self {
        Self { current: Some(current), ..self }
    }
}

impl TokenExchange {
    /// Generates the next token. `None` if the presented text is no token.
    pub fn prepare(app: &App, presented: &str, place: &GamePlace) -> Result<Option<Self>, Fault> {
        let Some(presented) = OpaqueToken::parse(presented) else { return Ok(None) };
        Ok(Some(Self {
            presented: presented.hash().as_str().to_owned(),
            token: OpaqueToken::generate()?,
            place: place.clone(),
            life: SessionLife::from_now(app),
        }))
    }

    /// The new `authToken`, once the row is committed.
    pub fn auth_token(&self) -> SecretString {
        SecretString::from(self.token.expose())
    }
}

/// Where a session runs, for what is told about it later.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = game_sessions)]
pub struct GameSessionPlace {
    pub api_key: String,
    pub client: String,
}

/// A session in its player's list (S24).
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = game_sessions)]
pub struct GameSessionSummary {
    pub id: SessionId,
    pub signed_in_with: SignedInWith,
    /// The key of the game.
    pub api_key: String,
    pub client: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}
