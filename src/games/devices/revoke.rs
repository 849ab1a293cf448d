//! A player disables a device; its id then belongs to nobody.

use crate::accounts::players;
use crate::audit::{self, Kind};
use crate::games::devices::store;
use crate::platform::fault::Fault;
use crate::sessions::SignedInWith;
use crate::sessions::game;
use crate::web::{CurrentPlayer, RequestContext};

/// Disables `device` and ends the game sessions that devices opened. Returns false if it is not the player's.
pub(super) async fn switch_off(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    device: &str,
) -> Result<bool, Fault> {
    let (player, device, at) = (viewer.player.id.clone(), device.to_owned(), visit.now);
    let event = visit.player_event(viewer, Kind::DeviceSwitchedOff);
    visit
        .app
        .db
        .write(move |conn| {
            if !players::store::lock_player(conn, &player)? || !store::switch_off(conn, &player, &device, at)?
            {
                return Ok(false);
            }
            game::end_all_signed_in_with(conn, &player, SignedInWith::Device, None)?;
            audit::append_event(conn, &event)?;
            Ok::<_, Fault>(true)
        })
        .await
}
