//! `scriptData`: what a game keeps with its player, as GameSparks' scripts did (docs/games.md#requests).

use serde_json::Value;

use super::dispatch::{RequestAnswer, SessionChange};
use crate::accounts::players;
use crate::app::App;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;

/// Keeps what the request brought, and adds to the answer what is kept.
///
/// `player` sent the request; a sign-in names its player itself. A refused request keeps nothing.
pub(in crate::games) async fn keep_script_data(
    app: &App,
    player: Option<PlayerId>,
    sent: Option<String>,
    answered: &mut RequestAnswer,
) -> Result<(), Fault> {
    if answered.response.is_refused() {
        return Ok(());
    }
    let player = match &answered.session {
        SessionChange::Is(session) => Some(session.player.clone()),
        SessionChange::Keep => player,
    };
    let Some(player) = player else { return Ok(()) };
    if let Some(data) = sent {
        let id = player.clone();
        app.db.write(move |conn| Ok(players::store::set_script_data(conn, &id, &data)?)).await?;
    }
    if let Some(shown) = answered.response.script_data() {
        let stored = app.db.read(move |conn| players::store::script_data(conn, &player)).await?;
        *shown = read_script_data(stored);
    }
    Ok(())
}

/// The object as stored.
pub(super) fn read_script_data(stored: Option<String>) -> Option<Value> {
    stored.and_then(|text| serde_json::from_str(&text).ok())
}
