//! The session cookie. It belongs to actix-session, and the verbs write the row behind it.
//!
//! A verb makes or rotates the row in its own transaction and gives the new token to [`adopt_token`]. The session store
//! then sends that token to the browser and writes nothing itself.

use actix_session::Session;
use secrecy::{ExposeSecret, SecretString};

use crate::platform::fault::Fault;
use crate::web::current_player::CurrentPlayer;

/// The key under which [`adopt_token`] leaves a new token for the session store.
pub const ADOPTED: &str = "adopted";
/// The key under which the session store leaves the current player.
pub const VIEWER: &str = "viewer";
/// The key under which the session store reports that the database did not answer.
pub const STORE_DOWN: &str = "store_down";

/// The token of a session row that a verb has just written.
pub struct NewToken {
    pub token: SecretString,
    /// Whether the cookie outlives the browser window.
    pub is_remembered: bool,
}

/// Marks a request whose session cookie outlives the browser window.
#[derive(Clone, Copy)]
pub struct SessionPersistence;

/// Leaves the new token for the session store, which sends it to the browser.
pub fn adopt_token(session: &Session, new: &NewToken) -> Result<(), Fault> {
    session.clear();
    session
        .insert(ADOPTED, new.token.expose_secret())
        .map_err(|error| Fault::broken("setting the session cookie", error.to_string()))
}

/// Removes the session cookie from the browser.
pub fn give_up(session: &Session) {
    session.purge();
}

/// What the session store loaded: a player, no session, or a failed database.
pub enum LoadedSession {
    Viewer(Box<CurrentPlayer>),
    Nobody,
    StoreDown,
}

/// Reads what the session store left for this request.
pub fn loaded(session: &Session) -> LoadedSession {
    if session.contains_key(STORE_DOWN) {
        return LoadedSession::StoreDown;
    }
    match session.get::<CurrentPlayer>(VIEWER) {
        Ok(Some(viewer)) => LoadedSession::Viewer(Box::new(viewer)),
        _ => LoadedSession::Nobody,
    }
}
