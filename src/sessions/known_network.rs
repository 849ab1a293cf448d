//! Whether a player has come from a network before.

use crate::platform::db::Db;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::sessions::browser;

/// Whether a browser or game session of `player` was last used in `network`.
///
/// Asked for nobody as well, so that the work is the same for an account that does not exist (S13).
pub async fn is_known_network(db: &Db, player: Option<&PlayerId>, network: &str) -> Result<bool, Fault> {
    let player = player.cloned().unwrap_or_else(|| PlayerId::from(String::new()));
    let network = network.to_owned();
    db.read(move |conn| browser::has_come_from(conn, &player, &network)).await
}
