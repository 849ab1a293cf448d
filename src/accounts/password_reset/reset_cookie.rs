//! The cookie between the mailed link and the form, and then until the next sign-in (S47).

use serde::{Deserialize, Serialize};

use crate::platform::crypto::token::OpaqueToken;
use crate::platform::ids::PlayerId;
use crate::web::cookies::{CookieName, OutgoingCookie};
use crate::web::{NextAddress, RequestContext, urls};

/// The token of a mailed link, kept out of the address bar.
#[derive(Serialize, Deserialize)]
pub(super) struct ResetCookie {
    reset_token: String,
    /// The page of the portal where the player was going.
    #[serde(default)]
    next: String,
}

impl ResetCookie {
    /// The cookie for the text in the address. A text that is no token opens a dead link.
    pub(super) fn new(text: &str, next: &str) -> Self {
        let token = OpaqueToken::parse(text);
        let next = NextAddress::parse(next);
        Self {
            reset_token: token.map_or_else(String::new, |token| token.expose().to_owned()),
            next: next.map_or_else(String::new, |next| next.as_str().to_owned()),
        }
    }

    /// The token whose link was opened in this browser.
    pub(super) fn of(context: &RequestContext) -> Option<OpaqueToken> {
        OpaqueToken::parse(&Self::read(context)?.reset_token)
    }

    /// The page of the portal where the player goes after the sign-in with the new password.
    pub(super) fn next(context: &RequestContext) -> Option<NextAddress> {
        NextAddress::parse(&Self::read(context)?.next)
    }

    fn read(context: &RequestContext) -> Option<Self> {
        context.cookies.read(&context.request, CookieName::Mailed, context.now)
    }
}

/// Marks that a password for this player was just set here. The next sign-in shows what opens the account (S61).
#[derive(Serialize, Deserialize)]
pub(in crate::accounts) struct ResetDone {
    reset_of: PlayerId,
}

impl ResetDone {
    pub(super) fn new(player: PlayerId) -> Self {
        Self { reset_of: player }
    }

    fn is_of(context: &RequestContext, player: &PlayerId) -> bool {
        let done: Option<Self> = context.cookies.read(&context.request, CookieName::Mailed, context.now);
        done.is_some_and(|done| done.reset_of == *player)
    }

    /// The address after a sign-in of this player: after a reset the list of what else opens the account, once.
    pub(in crate::accounts) fn way_after_sign_in(
        context: &RequestContext,
        player: &PlayerId,
        path: &str,
    ) -> (String, Option<OutgoingCookie>) {
        if !Self::is_of(context, player) {
            return (path.to_owned(), None);
        }
        let next = NextAddress::parse(path).filter(|next| next.as_str() != urls::ACCOUNT);
        let list = next.map_or_else(|| urls::ACCESS.to_owned(), |next| next.on(urls::ACCESS));
        (list, Some(context.cookies.forget(CookieName::Mailed)))
    }
}
