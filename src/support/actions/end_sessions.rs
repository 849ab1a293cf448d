//! Support ends every session of a player, in browsers and in games.
//!
//! Codes and links that wait end as well, so it is also carried out where no session is left.

use serde_json::json;

use crate::accounts::players;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;

/// Ends every session and whatever else is open, and returns the number of sessions.
pub(in crate::support) async fn end_sessions(
    request: &ActionRequest<'_>,
) -> Result<usize, Stop<ActionRefusal>> {
    let message = request.message(mail::Kind::SupportEndedSessions, &[])?;
    let (guard, event) = (request.guard(), request.event());
    request
        .context
        .app
        .db
        .write_or_refuse(move |conn| {
            let current = guard.hold(conn)?;
            let ended = players::end_everything(conn, &current.id, None)?;
            audit::append_event(conn, &event.clone().with(json!({ "ended": ended })))?;
            mail::enqueue(conn, &message)?;
            Ok(ended)
        })
        .await
}
