//! Support enables a player again.

use crate::accounts::players;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::support::actions::model::ActionRefusal;
use crate::support::actions::request::ActionRequest;

/// Enables the player, unless no login method, device or address is left.
///
/// A player is also disabled when the last device moves to another player.
pub(in crate::support) async fn enable_player(
    request: &ActionRequest<'_>,
) -> Result<(), Stop<ActionRefusal>> {
    let message = request.message(mail::Kind::SupportEnabled, &[])?;
    let (guard, event) = (request.guard(), request.event());
    request
        .context
        .app
        .db
        .write_or_refuse(move |conn| {
            let player = guard.hold(conn)?.id;
            if !players::store::has_person_or_device(conn, &player)? {
                return Err(Stop::Refused(ActionRefusal::NoWayIn));
            }
            if !players::store::enable_player(conn, &player)? {
                return Err(Stop::Refused(ActionRefusal::Changed));
            }
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await
}
