//! `EndSessionRequest`: ends an analytics session; the player stays signed in.

use super::caller::{GameCaller, SignedInPlayer};
use crate::app::App;
use crate::games::protocol::{EndedResponse, GameResponse};

/// Answers the duration of the connection in milliseconds.
pub(in crate::games) fn answer_end_session(
    app: &App,
    caller: &GameCaller,
    _: &SignedInPlayer,
) -> GameResponse {
    let lasted = (app.clock.now() - caller.connected_at).num_milliseconds().max(0);
    GameResponse::EndSession(EndedResponse { session_duration: Some(lasted), error: None })
}
