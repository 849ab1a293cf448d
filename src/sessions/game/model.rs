//! What a game session is made of.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::app::App;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;

/// A player signed in from a game.
#[derive(Clone, Debug)]
pub struct GameSession {
    pub id: SessionId,
    pub player: PlayerId,
    pub signed_in_with: SignedInWith,
    /// When the holder of this token or connection proved a credential in it. A handed-over token, a device id and a
    /// resumed token prove none (S29).
    pub proved_at: Option<DateTime<Utc>>,
    pub last_seen_at: DateTime<Utc>,
}

/// Which game, and from where.
#[derive(Clone, Debug)]
pub struct GamePlace {
    pub api_key: String,
    pub credential: String,
    /// What the game says it runs on; often empty.
    pub client: String,
    /// The caller's neighbourhood, truncated.
    pub network: String,
}

/// A sign-in about to be written: everything random is drawn here.
#[derive(Clone)]
pub struct NewGameSession {
    pub(super) id: SessionId,
    /// The session the caller has already: the same player keeps it, with a new token.
    pub(super) current: Option<GameSession>,
    pub(super) token: OpaqueToken,
    pub(super) place: GamePlace,
    pub(super) signed_in_with: SignedInWith,
    pub(super) life: SessionLife,
    /// The least used of more than this many goes (S30).
    pub(super) per_player: u32,
}

/// A game coming back with its token: what is written, and the token it gets in exchange.
#[derive(Clone)]
pub struct TokenExchange {
    pub(super) presented: String,
    pub(super) token: OpaqueToken,
    pub(super) place: GamePlace,
    pub(super) life: SessionLife,
}

/// The ends of what begins now.
#[derive(Clone, Copy)]
pub(super) struct SessionLife {
    pub at: DateTime<Utc>,
    /// When it ends if it is not used again.
    pub idle_ends_at: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
}

impl SessionLife {
    fn from_now(app: &App) -> Self {
        let (at, lifetime) = (app.clock.now(), &app.config.sessions.game_token);
        let expires_at = at + lifetime.max;
        Self { at, idle_ends_at: (at + lifetime.idle).min(expires_at), expires_at }
    }
}

impl NewGameSession {
    /// Draws id and token for a sign-in by `signed_in_with`. `current` is the session that asks, if any.
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
            life,
            per_player: app.config.sessions.per_player,
        })
    }

    /// The `authToken` for the game, once the row is committed.
    pub fn auth_token(&self) -> SecretString {
        SecretString::from(self.token.expose())
    }

    /// Whether this way in proves who somebody is (S29).
    pub(super) fn proved_at(&self) -> Option<DateTime<Utc>> {
        match self.signed_in_with {
            SignedInWith::Password | SignedInWith::Registration => Some(self.life.at),
            SignedInWith::Amazon | SignedInWith::Device => None,
        }
    }
}

impl TokenExchange {
    /// Draws the next token. `None` if what was presented is no token at all.
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

/// A session as its player sees it in the list (S24).
#[derive(Clone, Debug)]
pub struct GameSessionSummary {
    pub id: SessionId,
    pub signed_in_with: SignedInWith,
    /// Which game.
    pub api_key: String,
    pub client: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}
