//! What the session cookie carries. actix-session signs it, and the verbs write the row behind it (S21).
//!
//! A verb makes or rotates the row in its own transaction. Its new token then goes into actix-session's state, which
//! sends it to the browser ([`crate::web::RequestContext::signed_in`]).

use chrono::TimeDelta;
use secrecy::SecretString;

/// The key of the token in actix-session's state.
pub const TOKEN: &str = "token";

/// The token of a session row that a verb has just written.
pub struct NewToken {
    pub token: SecretString,
    /// Whether the cookie outlives the browser window.
    pub is_remembered: bool,
}

/// Marks a request whose session cookie outlives the browser window.
#[derive(Clone, Copy)]
pub struct CookieLifetime(pub TimeDelta);
