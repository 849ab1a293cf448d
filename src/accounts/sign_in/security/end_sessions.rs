//! Ends sessions from another browser.

use serde_json::json;

use crate::accounts::players::end_everything;
use crate::accounts::players::store::lock_origin;
use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::platform::ids::SessionId;
use crate::sessions::{SessionOrigin, browser};
use crate::web::{CurrentPlayer, RequestContext};

/// Ends one session. False if it is not this player's, which is recorded (S24), or the one that asks has ended.
pub(super) async fn end_session(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    session: SessionId,
) -> Result<bool, Fault> {
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    let event = context.player_event(current_player, Kind::SessionEnded);
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Ok(false);
            }
            let is_ended = browser::end(conn, &origin.player, &session)?;
            // The id is none of theirs, so the record does not repeat it.
            let details = if is_ended { json!({ "ended": session }) } else { json!({ "refused": true }) };
            audit::append_event(conn, &event.clone().with(details))?;
            Ok(is_ended)
        })
        .await
}

/// Ends every session except the one that asks. False if that one has ended meanwhile.
pub(super) async fn end_others(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<bool, Fault> {
    let (origin, session, now) =
        (SessionOrigin::of_browser(current_player), current_player.session.id.clone(), context.now);
    let event = context.player_event(current_player, Kind::SignedOutEverywhere);
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Ok(false);
            }
            let ended = end_everything(conn, &origin.player, Some(&session))?;
            audit::append_event(conn, &event.clone().with(json!({ "ended": ended })))?;
            Ok(true)
        })
        .await
}
