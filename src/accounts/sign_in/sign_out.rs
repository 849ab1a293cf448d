//! Ends the session of this browser.

use crate::accounts::players::end_all_of_browser;
use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::sessions::browser;
use crate::web::{CurrentPlayer, RequestContext};

/// Ends the session and all that was begun in this browser. One that has ended meanwhile is no error, because the player wanted that.
pub(super) async fn sign_out(context: &RequestContext, current_player: &CurrentPlayer) -> Result<(), Fault> {
    let (player, session) = (current_player.player.id.clone(), current_player.session.id.clone());
    let of_browser = context.browser_hash();
    let event = context.player_event(current_player, Kind::PlayerSignedOut);
    context
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
