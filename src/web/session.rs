//! The session cookie, carried by actix-session; the row behind it is made by the verbs.
//!
//! A verb that changes standing makes or rotates the row in its own transaction and gives the new token
//! to [`adopt`]; the store then hands that very token to the browser and writes nothing itself.

use actix_session::Session;
use secrecy::{ExposeSecret, SecretString};

use crate::platform::fault::Fault;
use crate::web::current_player::CurrentPlayer;

/// Where the store finds a token to hand out.
pub const ADOPTED: &str = "adopted";
/// Where the store leaves what it loaded.
pub const VIEWER: &str = "viewer";
/// Where the store says that it could not be asked.
pub const STORE_DOWN: &str = "store_down";

/// The token of a row that a verb has just written, for the browser that asked.
pub struct NewToken {
    pub token: SecretString,
    /// Whether the cookie outlives the browser window.
    pub is_remembered: bool,
}

/// Marks a response whose session cookie should outlive the browser window.
#[derive(Clone, Copy)]
pub struct SessionPersistence;

/// Hands the browser its new cookie.
pub fn adopt(session: &Session, new: &NewToken) -> Result<(), Fault> {
    session.clear();
    session
        .insert(ADOPTED, new.token.expose_secret())
        .map_err(|error| Fault::broken("handing out a session cookie", error.to_string()))
}

/// Takes the cookie back.
pub fn give_up(session: &Session) {
    session.purge();
}

/// What the store loaded: the viewer, nobody, or "could not ask".
pub enum LoadedSession {
    Viewer(Box<CurrentPlayer>),
    Nobody,
    StoreDown,
}

/// Reads what the store left for this request.
pub fn loaded(session: &Session) -> LoadedSession {
    if session.contains_key(STORE_DOWN) {
        return LoadedSession::StoreDown;
    }
    match session.get::<CurrentPlayer>(VIEWER) {
        Ok(Some(viewer)) => LoadedSession::Viewer(Box::new(viewer)),
        _ => LoadedSession::Nobody,
    }
}
