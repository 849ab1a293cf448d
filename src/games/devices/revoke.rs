//! A player disables a device; its id then belongs to nobody.

use crate::accounts::players;
use crate::audit::{self, Kind};
use crate::games::devices::store;
use crate::platform::fault::Fault;
use crate::sessions::{SessionOrigin, game};
use crate::web::{CurrentPlayer, RequestContext};

/// Disables `device` and ends the game sessions that it opened.
///
/// Returns false if it is not the player's, or the session that asks has ended meanwhile.
pub(super) async fn disable_device(
    context: &RequestContext,
    current: &CurrentPlayer,
    device: &str,
) -> Result<bool, Fault> {
    let (origin, device, at) = (SessionOrigin::of_browser(current), device.to_owned(), context.now);
    let event = context.player_event(current, Kind::DeviceSwitchedOff);
    context
        .app
        .db
        .write(move |conn| {
            let player = &origin.player;
            if !players::store::lock_origin(conn, &origin, at)?
                || !store::disable_device(conn, player, &device, at)?
            {
                return Ok(false);
            }
            game::end_all_of_device(conn, player, &device)?;
            audit::append_event(conn, &event)?;
            Ok(true)
        })
        .await
}
