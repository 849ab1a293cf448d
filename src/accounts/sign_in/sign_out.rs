//! Ends the session of this browser.

use crate::accounts::players::end_all_of_browser;
use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::sessions::browser;
use crate::web::{CurrentPlayer, RequestContext};

/// Ends the session and all that was begun in this browser. One that has ended meanwhile is no error, because the player wanted that.
pub(super) async fn sign_out(visit: &RequestContext, viewer: &CurrentPlayer) -> Result<(), Fault> {
    let (player, session) = (viewer.player.id.clone(), viewer.session.id.clone());
    let of_browser = visit.browser_hash();
    let event = visit.player_event(viewer, Kind::PlayerSignedOut);
    visit
        .app
        .db
        .write(move |conn| {
            end_all_of_browser(conn, of_browser.as_str())?;
            if browser::end(conn, &player, &session)? {
                audit::append_event(conn, &event)?;
            }
            Ok(())
        })
        .await
}
