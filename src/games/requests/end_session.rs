//! `EndSessionRequest`: ends an analytics session; the player stays signed in.

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use crate::app::App;
use crate::games::protocol::{EndedResponse, GameErrors, GameResponse, RequestFields};

pub(super) struct EndSessionRequest;

impl GameRequest for EndSessionRequest {
    const NAME: &'static str = "EndSessionRequest";

    fn read(_: &mut RequestFields) -> Self {
        Self
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::EndSession(EndedResponse { error: Some(errors), session_duration: None })
    }

    /// Answers the duration of the connection in milliseconds.
    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        caller.require_player()?;
        let duration = (app.clock.now() - caller.connected_at).num_milliseconds().max(0);
        let response = EndedResponse { session_duration: Some(duration), error: None };
        Ok(GameResponse::EndSession(response).into())
    }
}
