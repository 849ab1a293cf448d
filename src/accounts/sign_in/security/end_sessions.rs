//! Ends sessions from another browser.

use serde_json::json;

use crate::accounts::players::end_everything;
use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::platform::ids::SessionId;
use crate::sessions::browser;
use crate::web::{CurrentPlayer, RequestContext};

/// Ends one session. False if it is not this player's, which is recorded (S24).
pub(super) async fn end_session(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    session: SessionId,
) -> Result<bool, Fault> {
    let player = viewer.player.id.clone();
    let event = visit.player_event(viewer, Kind::SessionEnded);
    visit
        .app
        .db
        .write(move |conn| {
            let is_ended = browser::end(conn, &player, &session)?;
            // The id is none of theirs, so the record does not repeat it.
            let details = if is_ended { json!({ "ended": session }) } else { json!({ "refused": true }) };
            audit::append_event(conn, &event.clone().with(details))?;
            Ok(is_ended)
        })
        .await
}

/// Ends every session except the one that asks.
pub(super) async fn end_others(visit: &RequestContext, viewer: &CurrentPlayer) -> Result<(), Fault> {
    let (player, session) = (viewer.player.id.clone(), viewer.session.id.clone());
    let event = visit.player_event(viewer, Kind::SignedOutEverywhere);
    visit
        .app
        .db
        .write(move |conn| {
            let ended = end_everything(conn, &player, Some(&session))?;
            audit::append_event(conn, &event.clone().with(json!({ "ended": ended })))?;
            Ok(())
        })
        .await
}
