//! `SocialDisconnectRequest`: unlinks the Amazon account; the only known system is `AM`.

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::external_ids::AMAZON;
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::protocol::{DoneResponse, GameErrors, GameResponse, RequestFields};
use crate::links::{self, DisconnectRefusal};
use crate::platform::fault::Stop;

pub(super) struct SocialDisconnectRequest {
    system_id: String,
}

impl GameRequest for SocialDisconnectRequest {
    const NAME: &'static str = "SocialDisconnectRequest";

    fn read(fields: &mut RequestFields) -> Self {
        Self { system_id: fields.required_text("systemId") }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::SocialDisconnect(DoneResponse { error: Some(errors) })
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let player = &caller.require_player()?.player;
        if self.system_id != AMAZON {
            return Err(Stop::Refused(not_connected()));
        }
        match links::disconnect_from_game(app, &call_context(app, caller), player).await {
            Ok(()) => Ok(GameResponse::SocialDisconnect(DoneResponse::default()).into()),
            Err(Stop::Refused(refused)) => Err(Stop::Refused(match refused {
                DisconnectRefusal::NotConnected => not_connected(),
                DisconnectRefusal::PasswordNotSet => GameErrors::of("password", "NOT_SET"),
                DisconnectRefusal::NotFresh => GameErrors::proof_needed(app),
                DisconnectRefusal::SessionEnded => GameErrors::not_authorized(),
            })),
            Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
        }
    }
}

fn not_connected() -> GameErrors {
    GameErrors::of("systemId", "NOT_CONNECTED")
}
