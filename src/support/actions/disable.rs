//! Support disables a player.

use serde_json::json;

use crate::accounts::players;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;

/// Disables the player at once, and ends every session.
///
/// Open attempts, sign-in codes, changes of address and reset links are cancelled. The account's data stays.
pub(in crate::support) async fn disable_player(
    request: &ActionRequest<'_>,
) -> Result<(), Stop<ActionRefusal>> {
    let message = request.message(mail::Kind::SupportDisabled, &[])?;
    let (guard, event, now) = (request.guard(), request.event(), request.context.now);
    request
        .context
        .app
        .db
        .write_or_refuse(move |conn| {
            let player = guard.hold(conn)?.id;
            if !players::store::disable_player(conn, &player, now)? {
                return Err(Stop::Refused(ActionRefusal::Changed));
            }
            let ended = players::end_everything(conn, &player, None)?;
            audit::append_event(conn, &event.clone().with(json!({ "ended": ended })))?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await
}
