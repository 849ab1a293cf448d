//! What the browser carries between the mailed link and the form, and from the new password to the next
//! sign-in (S47).

use serde::{Deserialize, Serialize};

use crate::platform::crypto::token::Token;
use crate::platform::ids::PlayerId;
use crate::web::Visit;
use crate::web::cookies::Name;

/// The token of a mailed link, out of the address bar.
#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    reset_token: String,
}

impl Link {
    pub(super) fn new(token: &Token) -> Self {
        Self { reset_token: token.expose().to_owned() }
    }

    /// The token whose link was opened in this browser.
    pub(super) fn of(visit: &Visit) -> Option<Token> {
        let link: Self = visit.cookies.read(&visit.request, Name::Mailed, visit.now)?;
        Token::parse(&link.reset_token)
    }
}

/// "This player has just chosen a new password here": the next sign-in shows what is still attached (S61).
#[derive(Serialize, Deserialize)]
pub(super) struct Done {
    reset_of: PlayerId,
}

impl Done {
    pub(super) fn new(player: PlayerId) -> Self {
        Self { reset_of: player }
    }

    pub(super) fn of(visit: &Visit) -> Option<PlayerId> {
        let done: Self = visit.cookies.read(&visit.request, Name::Mailed, visit.now)?;
        Some(done.reset_of)
    }
}
