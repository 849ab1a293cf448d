//! `SocialDisconnectRequest`, for `AM` (contract §8): the game takes its player's link away.

use super::caller::{Caller, SignedIn};
use super::dispatch::Answer;
use super::external_ids::AMAZON;
use super::sign_in_response::hands;
use crate::app::App;
use crate::games::protocol::{self, Done, Errors, Response};
use crate::links::{self, NotDisconnected};
use crate::platform::fault::Stop;

pub(in crate::games) async fn answer(
    app: &App,
    caller: &Caller,
    player: &SignedIn,
    asked: protocol::SocialDisconnect,
) -> Answer {
    if asked.system_id != AMAZON {
        return Err(Stop::Refused(not_connected()));
    }
    match links::disconnect_from_game(app, &hands(app, caller), &player.player).await {
        Ok(()) => Ok(Response::SocialDisconnect(Done::default()).into()),
        Err(Stop::Refused(refused)) => Err(Stop::Refused(match refused {
            NotDisconnected::NotConnected => not_connected(),
            NotDisconnected::PasswordNotSet => Errors::of("password", "NOT_SET"),
            NotDisconnected::NotFresh => Errors::proof_needed(app),
            NotDisconnected::Disabled => Errors::not_authorized(),
        })),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

fn not_connected() -> Errors {
    Errors::of("systemId", "NOT_CONNECTED")
}
