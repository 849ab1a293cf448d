//! The cookie between the mailed link and the form, and then until the next sign-in (S47).

use serde::{Deserialize, Serialize};

use crate::platform::crypto::token::OpaqueToken;
use crate::platform::ids::PlayerId;
use crate::web::RequestContext;
use crate::web::cookies::CookieName;

/// The token of a mailed link, kept out of the address bar.
#[derive(Serialize, Deserialize)]
pub(super) struct ResetCookie {
    reset_token: String,
}

impl ResetCookie {
    pub(super) fn new(token: &OpaqueToken) -> Self {
        Self { reset_token: token.expose().to_owned() }
    }

    /// The token whose link was opened in this browser.
    pub(super) fn of(visit: &RequestContext) -> Option<OpaqueToken> {
        let link: Self = visit.cookies.read(&visit.request, CookieName::Mailed, visit.now)?;
        OpaqueToken::parse(&link.reset_token)
    }
}

/// Marks that a password for this player was just set here. The next sign-in shows what is linked (S61).
#[derive(Serialize, Deserialize)]
pub(super) struct ResetDone {
    reset_of: PlayerId,
}

impl ResetDone {
    pub(super) fn new(player: PlayerId) -> Self {
        Self { reset_of: player }
    }

    pub(super) fn of(visit: &RequestContext) -> Option<PlayerId> {
        let done: Self = visit.cookies.read(&visit.request, CookieName::Mailed, visit.now)?;
        Some(done.reset_of)
    }
}
