//! A session about to begin, with everything that its transaction writes and its browser gets.

use serde_json::json;

use crate::accounts::sign_in::device::BrowserDevice;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;
use crate::sessions::browser::{self, NewBrowserSession};
use crate::web::{PageResult, RequestContext};

/// One player coming in, by whatever door.
pub struct SignInWrite {
    player: PlayerId,
    session: NewBrowserSession,
    event: AuditEvent,
    /// The session this browser had, of whomever: it gets a new one and leaves no row behind (S22).
    former: Option<(PlayerId, SessionId)>,
}

/// Lets the browser that asks forget that this player ever signed in, with any answer.
pub fn forget_in_browser(visit: &RequestContext, player: &PlayerId, answer: PageResult) -> PageResult {
    BrowserDevice::forget(visit, player, answer)
}

impl SignInWrite {
    /// Draws the secrets, before the transaction.
    pub fn prepare(
        visit: &RequestContext,
        player: &PlayerId,
        with: SignedInWith,
        is_remembered: bool,
    ) -> Result<Self, Fault> {
        let session = NewBrowserSession::prepare(&visit.app, player, with, is_remembered, &visit.caller)?;
        let reference = visit.reference.to_string();
        let event = AuditEvent::new(visit.now, Kind::PlayerSignedIn, Actor::Player, &reference)
            .on(player)
            .in_session(&session.id)
            .from(&visit.caller.network())
            .in_browser(&visit.caller.browser)
            .with(json!({ "with": with }));
        let former =
            visit.viewer.as_ref().map(|viewer| (viewer.player.id.clone(), viewer.session.id.clone()));
        Ok(Self { player: player.clone(), session, event, former })
    }

    pub(in crate::accounts) fn player(&self) -> &PlayerId {
        &self.player
    }

    /// Writes the session and its record, in the transaction of the verb that lets the player in. That verb
    /// has made sure, in the same transaction, that the player may come in.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Fault> {
        if let Some((player, session)) = &self.former {
            browser::end(conn, player, session)?;
        }
        browser::start(conn, &self.session)?;
        audit::append(conn, &self.event)?;
        Ok(())
    }

    /// Sends the browser to `path` with its new session, once the transaction is through, and lets it
    /// remember that this player signed in here.
    pub fn answer(&self, visit: &RequestContext, path: &str) -> PageResult {
        BrowserDevice::remember(visit, &self.player, visit.signed_in(&self.session.started(), path))
    }
}
