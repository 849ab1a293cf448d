//! `EndSessionRequest`: the end of an analytics session, and no sign-out (contract §9.5).

use super::caller::{GameCaller, SignedInPlayer};
use crate::app::App;
use crate::games::protocol::{EndedResponse, GameResponse};

/// Tells how long the player has been here, in milliseconds. Player and token stay.
pub(in crate::games) fn answer(app: &App, caller: &GameCaller, _: &SignedInPlayer) -> GameResponse {
    let lasted = (app.clock.now() - caller.connected_at).num_milliseconds().max(0);
    GameResponse::EndSession(EndedResponse { session_duration: Some(lasted), error: None })
}
