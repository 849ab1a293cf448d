//! The cookie of a browser in which players are not asked for the second factor for thirty days (S169).
//!
//! It stands for the code at sign-in and for nothing else: such a session begins without fresh proof.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::crypto::token::{OpaqueToken, TokenHash};
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::web::RequestContext;
use crate::web::cookies::{CookieName, OutgoingCookie};

/// How long a browser is remembered.
const LASTS: TimeDelta = TimeDelta::days(30);

/// The content of the cookie: one token for all players of the browser, each of whom has a row.
#[derive(Serialize, Deserialize)]
struct RememberedCookie {
    remembered: String,
}

/// A browser about to be remembered.
pub(in crate::accounts) struct NewRememberedBrowser {
    pub id: String,
    pub token: OpaqueToken,
    pub browser: String,
    pub network: String,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The hash of the token that this browser has, if it remembers anybody.
pub(in crate::accounts) fn token_hash(context: &RequestContext) -> Option<TokenHash> {
    token(context).map(|token| token.hash())
}

fn token(context: &RequestContext) -> Option<OpaqueToken> {
    let cookie: RememberedCookie =
        context.cookies.read(&context.request, CookieName::Remembered, context.now)?;
    OpaqueToken::parse(&cookie.remembered)
}

impl NewRememberedBrowser {
    /// Takes the browser's token, or generates one.
    pub fn prepare(context: &RequestContext) -> Result<Self, Fault> {
        let token = match token(context) {
            Some(token) => token,
            None => OpaqueToken::generate()?,
        };
        Ok(Self {
            id: new_id(context.now),
            token,
            browser: context.caller.browser().to_owned(),
            network: context.caller.network(),
            at: context.now,
            expires_at: context.now + LASTS,
        })
    }

    /// The cookie, once the row is committed.
    pub fn cookie(&self, context: &RequestContext) -> Option<OutgoingCookie> {
        let cookie = RememberedCookie { remembered: self.token.expose().to_owned() };
        context.cookies.write(CookieName::Remembered, &cookie, context.now, LASTS)
    }
}
