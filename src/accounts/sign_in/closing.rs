//! Who has signed in to an account that closes. Such a sign-in opens no session: it only leads to the page that asks
//! whether to keep the account.

use serde::{Deserialize, Serialize};

use crate::accounts::players;
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::sessions::SignedInWith;
use crate::web::RequestContext;
use crate::web::cookies::{CookieName, OutgoingCookie};

/// The proof of a sign-in to an account that closes, kept in an encrypted cookie for as long as any fresh proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClosingProof {
    closing_player: PlayerId,
    /// The player's version at the sign-in. Every act after which nobody else may go on raises it.
    version: i64,
    with: SignedInWith,
    /// The word of the second factor that was given.
    #[serde(default)]
    factor: Option<String>,
}

impl ClosingProof {
    /// The proof that this browser has given. None where somebody has signed in since.
    pub fn of(context: &RequestContext) -> Option<Self> {
        if context.current_player.is_some() {
            return None;
        }
        context.cookies.read(&context.request, CookieName::Closing, context.now)
    }

    pub(super) fn new(player: PlayerId, version: i64, with: SignedInWith, factor: Option<String>) -> Self {
        Self { closing_player: player, version, with, factor }
    }

    pub(super) fn cookie(&self, context: &RequestContext) -> Option<OutgoingCookie> {
        context.cookies.write(CookieName::Closing, self, context.now, context.app.fresh_for())
    }

    /// The cookie that removes the proof from the browser.
    pub fn forget(context: &RequestContext) -> OutgoingCookie {
        context.cookies.forget(CookieName::Closing)
    }

    pub fn player(&self) -> &PlayerId {
        &self.closing_player
    }

    pub fn version(&self) -> i64 {
        self.version
    }

    /// The login method that was used.
    pub fn with(&self) -> SignedInWith {
        self.with
    }

    pub fn factor(&self) -> Option<&str> {
        self.factor.as_deref()
    }

    /// Whether the account still closes, in the version in which the player signed in.
    ///
    /// The caller has locked the player's row where the answer decides.
    pub fn still_holds(&self, conn: &mut Conn) -> Result<bool, Fault> {
        let closing = players::store::closing_of(conn, &self.closing_player)?;
        Ok(closing.is_some_and(|(version, _)| version == self.version))
    }
}
