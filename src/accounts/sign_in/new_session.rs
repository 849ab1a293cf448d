//! A new session, with everything that its transaction writes and its browser gets.

use serde_json::json;

use crate::accounts::browser_device::BrowserDevice;
use crate::accounts::password_reset::ResetDone;
use crate::accounts::players::end_what_visitor_began;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::crypto::token::TokenHash;
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;
use crate::sessions::browser::{self, NewBrowserSession};
use crate::web::{PageResult, RequestContext, urls};

/// A sign-in of one player, by any login method.
pub struct SignInWrite {
    player: PlayerId,
    session: NewBrowserSession,
    event: AuditEvent,
    /// The session this browser had, of any player. A new one replaces it and leaves no row behind (S22).
    former: Option<(PlayerId, SessionId)>,
    browser: TokenHash,
    keeps_screen_codes: bool,
}

/// Removes the player from the device cookie of this browser.
pub fn forget_in_browser(context: &RequestContext, player: &PlayerId, answer: PageResult) -> PageResult {
    BrowserDevice::forget(context, player, answer)
}

impl SignInWrite {
    /// Generates the secrets, before the transaction.
    pub fn prepare(
        context: &RequestContext,
        player: &PlayerId,
        with: SignedInWith,
        is_remembered: bool,
    ) -> Result<Self, Fault> {
        let session = NewBrowserSession::prepare(&context.app, player, with, is_remembered, &context.caller)?;
        let event = context
            .audit_event(Kind::PlayerSignedIn, Actor::Player)
            .on(player)
            .in_session(&session.id)
            .with(json!({ "with": with }));
        let former = context
            .current_player
            .as_ref()
            .map(|current_player| (current_player.player.id.clone(), current_player.session.id.clone()));
        let browser = context.browser_hash();
        Ok(Self { player: player.clone(), session, event, former, browser, keeps_screen_codes: false })
    }

    /// The session that begins.
    pub fn session(&self) -> &SessionId {
        &self.session.id
    }

    /// Keeps the codes from screens that were typed in this browser if the person goes on with them, as their pages offer.
    #[must_use]
    pub fn going_to(self, path: Option<&str>) -> Self {
        Self { keeps_screen_codes: path.is_some_and(|path| path.starts_with(urls::ACTIVATE)), ..self }
    }

    /// Writes the session and its audit record, in the caller's transaction.
    ///
    /// The caller has checked in the same transaction that the player may sign in.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Fault> {
        if let Some((player, session)) = &self.former {
            browser::end(conn, player, session)?;
        }
        end_what_visitor_began(conn, self.browser.as_str(), self.keeps_screen_codes)?;
        browser::start_session(conn, &self.session)?;
        audit::append_event(conn, &self.event)?;
        Ok(())
    }

    /// Redirects the browser to `path` with its new session, after the transaction has been committed.
    ///
    /// The browser also remembers that this player signed in here.
    pub fn answer(&self, context: &RequestContext, path: &str) -> PageResult {
        let (path, cookie) = ResetDone::way_after_sign_in(context, &self.player, path);
        let mut response = context.signed_in(&self.session.started(), &path)?;
        if let Some(cookie) = cookie {
            let _ = response.add_cookie(&cookie);
        }
        BrowserDevice::remember(context, &self.player, Ok(response))
    }
}
