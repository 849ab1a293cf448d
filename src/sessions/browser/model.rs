//! The types of browser sessions.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use secrecy::SecretString;

use crate::app::App;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::schema::sessions;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;
use crate::web::caller::Caller;
use crate::web::session::NewToken;

/// A session that is about to start.
pub struct NewBrowserSession {
    pub id: SessionId,
    token: OpaqueToken,
    pub(super) csrf_secret: String,
    pub(super) player: PlayerId,
    pub(super) signed_in_with: SignedInWith,
    pub(super) is_remembered: bool,
    pub(super) browser: String,
    pub(super) network: String,
    pub(super) at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    /// The most sessions of one player; the oldest end (S30).
    pub(super) per_player: u32,
}

/// The token for the cookie, once the row is written.
pub type StartedSession = NewToken;

impl NewBrowserSession {
    /// Generates the secrets.
    pub fn prepare(
        app: &App,
        player: &PlayerId,
        signed_in_with: SignedInWith,
        is_remembered: bool,
        caller: &Caller,
    ) -> Result<Self, Fault> {
        let at = app.clock.now();
        Ok(Self {
            id: SessionId::new(at),
            token: OpaqueToken::generate()?,
            csrf_secret: OpaqueToken::generate()?.expose().to_owned(),
            player: player.clone(),
            signed_in_with,
            is_remembered,
            browser: caller.browser().to_owned(),
            network: caller.network(),
            at,
            expires_at: at + app.session_lifetime(is_remembered).max,
            per_player: app.config.sessions.per_player,
        })
    }

    pub(super) fn token_hash(&self) -> String {
        self.token.hash().as_str().to_owned()
    }

    /// The token for the cookie, once the row is committed.
    pub fn started(&self) -> StartedSession {
        NewToken { token: SecretString::from(self.token.expose()), is_remembered: self.is_remembered }
    }
}

/// A new id for the same session (S22).
#[derive(Clone)]
pub struct SessionRotation {
    pub(super) session: SessionId,
    /// The hash of the request's token. A session that was rotated meanwhile is left alone.
    pub(super) from_hash: String,
    token: OpaqueToken,
    is_remembered: bool,
    /// When its owner last proved their identity.
    pub(super) fresh_at: Option<DateTime<Utc>>,
}

impl SessionRotation {
    pub fn prepare(current_player: &crate::web::CurrentPlayer) -> Result<Self, Fault> {
        Ok(Self {
            session: current_player.session.id.clone(),
            from_hash: current_player.session.token_hash.clone(),
            token: OpaqueToken::generate()?,
            is_remembered: current_player.session.is_remembered,
            fresh_at: current_player.session.fresh_at,
        })
    }

    /// The same, with identity proven at `now`.
    pub fn fresh(current_player: &crate::web::CurrentPlayer, now: DateTime<Utc>) -> Result<Self, Fault> {
        Ok(Self { fresh_at: Some(now), ..Self::prepare(current_player)? })
    }

    /// The session, whose row keeps its id.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    pub(super) fn token_hash(&self) -> String {
        self.token.hash().as_str().to_owned()
    }

    pub fn started(&self) -> StartedSession {
        NewToken { token: SecretString::from(self.token.expose()), is_remembered: self.is_remembered }
    }
}

/// A session in its player's list (S24).
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct BrowserSessionSummary {
    pub id: SessionId,
    pub signed_in_with: SignedInWith,
    pub browser: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}
