//! The store of actix-session, over the portal's session rows (S21).
//!
//! Loading runs the joined read. Saving writes nothing: the verbs write rows in their own transactions and leave the
//! token ([`crate::web::session::adopt_token`]). A failed database becomes a mark in the state, because an error returned
//! here would bypass the error pages.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;

use crate::app::App;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Fault;
use crate::server::session_middleware::store;
use crate::web::session::{ADOPTED, STORE_DOWN, VIEWER};

/// The session rows, as actix-session sees them.
pub struct SessionRows {
    app: Arc<App>,
}

type CookieState = HashMap<String, String>;

impl SessionRows {
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    async fn state_of(&self, key: &SessionKey) -> Result<Option<CookieState>, Fault> {
        let Some(token) = OpaqueToken::parse(key.as_ref()) else { return Ok(None) };
        let app = &self.app;
        let now = app.clock.now();
        let hash = token.hash();
        let found = app.db.read(move |conn| store::find(conn, hash.as_str(), now)).await?;
        let Some((viewer, last_seen_at)) = found else { return Ok(None) };
        if now - last_seen_at >= app.session_lifetime(viewer.session.is_remembered).idle {
            return Ok(None);
        }
        let json =
            serde_json::to_string(&viewer).map_err(|error| Fault::broken("reading a session", error))?;
        let seen = last_seen_at.timestamp().to_string();
        Ok(Some(HashMap::from([(VIEWER.to_owned(), json), (super::layer::LAST_SEEN.to_owned(), seen)])))
    }
}

impl SessionStore for SessionRows {
    async fn load(&self, key: &SessionKey) -> Result<Option<CookieState>, LoadError> {
        Ok(self.state_of(key).await.unwrap_or_else(|fault| {
            tracing::error!(event = "server.session.read_failed", %fault, "reading a session failed");
            Some(HashMap::from([(STORE_DOWN.to_owned(), "true".to_owned())]))
        }))
    }

    async fn save(&self, state: CookieState, _: &Duration) -> Result<SessionKey, SaveError> {
        adopt_session(&state).ok_or_else(|| SaveError::Other(NothingAdopted.into()))
    }

    async fn update(
        &self,
        key: SessionKey,
        state: CookieState,
        _: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        Ok(adopt_session(&state).unwrap_or(key))
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    /// Does nothing, because the verb that signed out has deleted the row.
    async fn delete(&self, _: &SessionKey) -> Result<(), anyhow::Error> {
        Ok(())
    }
}

/// The error of a session that was changed without a verb's token, which is a bug.
#[derive(Debug)]
struct NothingAdopted;

impl std::fmt::Display for NothingAdopted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a session was changed without a new token")
    }
}

impl std::error::Error for NothingAdopted {}

fn adopt_session(state: &CookieState) -> Option<SessionKey> {
    let token: String = serde_json::from_str(state.get(ADOPTED)?).ok()?;
    token.try_into().ok()
}
