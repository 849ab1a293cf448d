//! Ends the session of this browser.

use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::fault::Fault;
use crate::sessions::browser;
use crate::web::{CurrentPlayer, RequestContext};

/// Ends the session. One that has ended meanwhile is no error, because the player wanted that.
pub(super) async fn sign_out(visit: &RequestContext, viewer: &CurrentPlayer) -> Result<(), Fault> {
    let (player, session) = (viewer.player.id.clone(), viewer.session.id.clone());
    let event =
        AuditEvent::new(visit.now, Kind::PlayerSignedOut, Actor::Player, &visit.reference.to_string())
            .on(&player)
            .in_session(&session)
            .from(&visit.caller.network())
            .in_browser(&visit.caller.browser);
    visit
        .app
        .db
        .write(move |conn| {
            if browser::end(conn, &player, &session)? {
                audit::append_event(conn, &event)?;
            }
            Ok::<_, Fault>(())
        })
        .await
}
