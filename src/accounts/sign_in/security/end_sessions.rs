//! Ends sessions from another browser.

use serde_json::json;

use crate::accounts::players::store::lock_origin;
use crate::accounts::players::{end_all_of_browser, end_everything};
use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::platform::ids::SessionId;
use crate::sessions::SessionOrigin;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

/// Ends one session. False if it is not this player's, which is recorded (S24), or the one that asks has ended.
///
/// Ending the session that asks is a sign-out, with all that was begun in this browser.
pub(super) async fn end_session(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    session: SessionId,
) -> Result<bool, Fault> {
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    let event = context.player_event(current_player, Kind::SessionEnded);
    let of_browser = (session == current_player.session.id).then(|| context.browser_hash());
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Ok(false);
            }
            let is_ended = browser::end(conn, &origin.player, &session)?;
            if let Some(of_browser) = &of_browser {
                end_all_of_browser(conn, of_browser.as_str())?;
            }
            // The id is none of theirs, so the record does not repeat it.
            let details = if is_ended { json!({ "ended": session }) } else { json!({ "refused": true }) };
            audit::append_event(conn, &event.clone().with(details))?;
            Ok(is_ended)
        })
        .await
}

/// Ends every session except the one that asks, which gets a new token, so that copies of its cookie end too.
///
/// `None` if the session that asks has ended meanwhile.
pub(super) async fn end_others(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<Option<StartedSession>, Fault> {
    let rotation = SessionRotation::prepare(current_player)?;
    let (started, now) = (rotation.started(), context.now);
    let origin = SessionOrigin::of_browser(current_player);
    let event = context.player_event(current_player, Kind::SignedOutEverywhere);
    let is_written = context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? || !browser::rotate_session(conn, &rotation)? {
                return Ok(false);
            }
            let ended = end_everything(conn, &origin.player, Some(rotation.session()))?;
            audit::append_event(conn, &event.clone().with(json!({ "ended": ended })))?;
            Ok(true)
        })
        .await?;
    Ok(is_written.then_some(started))
}
