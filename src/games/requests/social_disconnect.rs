//! `SocialDisconnectRequest`: unlinks the Amazon account; the only known system is `AM`.

use super::caller::{GameCaller, SignedInPlayer};
use super::dispatch::RequestResult;
use super::external_ids::AMAZON;
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::protocol::{self, DoneResponse, GameErrors, GameResponse};
use crate::links::{self, DisconnectRefusal};
use crate::platform::fault::Stop;

pub(in crate::games) async fn answer_social_disconnect(
    app: &App,
    caller: &GameCaller,
    player: &SignedInPlayer,
    asked: protocol::SocialDisconnect,
) -> RequestResult {
    if asked.system_id != AMAZON {
        return Err(Stop::Refused(not_connected()));
    }
    match links::disconnect_from_game(app, &call_context(app, caller), &player.player).await {
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

fn not_connected() -> GameErrors {
    GameErrors::of("systemId", "NOT_CONNECTED")
}
