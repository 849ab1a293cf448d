//! `AmazonLinkByCodeRequest`: links by an Amazon code that a TV or console shows and the player types on a
//! phone.
//!
//! See docs/games.md#linking-on-a-tv-or-console. The result is pushed to the game, and returned on request.

use super::caller::{GameCaller, SignedInPlayer};
use super::dispatch::RequestResult;
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::protocol::{self, CodePairResponse, GameErrors, GameResponse};
use crate::links::device_flow;
use crate::platform::fault::Stop;

pub(in crate::games) async fn answer_amazon_link_by_code(
    app: &App,
    caller: &GameCaller,
    player: &SignedInPlayer,
    asked: protocol::AmazonLinkByCode,
) -> RequestResult {
    match asked.linking_id {
        Some(id) => linking_progress(app, player, id).await,
        None => begin_linking(app, caller, player).await,
    }
}

async fn begin_linking(app: &App, caller: &GameCaller, player: &SignedInPlayer) -> RequestResult {
    let session = player.session.as_ref().map(|session| session.id.as_str());
    let asker = device_flow::DeviceFlowRequester { by: device_flow::AskedBy::Game, id: session };
    let begun =
        match device_flow::begin_device_flow(app, &call_context(app, caller), &player.player, asker).await {
            Ok(begun) => begun,
            Err(Stop::Refused(device_flow::DeviceFlowBeginRefusal::AlreadyLinked)) => {
                let state = Some(device_flow::Outcome::AlreadyLinked.as_str());
                return Ok(GameResponse::AmazonLinkByCode(CodePairResponse {
                    state,
                    ..CodePairResponse::default()
                })
                .into());
            }
            Err(Stop::Refused(refused)) => return Err(Stop::Refused(refusal_errors(app, refused))),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        };
    Ok(GameResponse::AmazonLinkByCode(CodePairResponse {
        linking_id: Some(begun.linking_id),
        user_code: Some(begun.user_code),
        verification_uri: Some(begun.verification_uri),
        expires_in: Some(begun.expires_in.num_seconds()),
        interval: Some(begun.interval.num_seconds()),
        qr_svg: Some(begun.qr_svg),
        state: Some(PENDING),
        error: None,
    })
    .into())
}

const PENDING: &str = "pending";

fn refusal_errors(app: &App, refused: device_flow::DeviceFlowBeginRefusal) -> GameErrors {
    match refused {
        device_flow::DeviceFlowBeginRefusal::NotConfigured => GameErrors::of("amazon", "NOT_CONFIGURED"),
        device_flow::DeviceFlowBeginRefusal::NotFresh => GameErrors::proof_needed(app),
        device_flow::DeviceFlowBeginRefusal::SessionEnded => GameErrors::not_authorized(),
        device_flow::DeviceFlowBeginRefusal::AlreadyLinked => already_linked_errors(),
        device_flow::DeviceFlowBeginRefusal::TooMany | device_flow::DeviceFlowBeginRefusal::Unavailable => {
            GameErrors::try_again()
        }
    }
}

async fn linking_progress(app: &App, player: &SignedInPlayer, id: String) -> RequestResult {
    let fares = device_flow::device_flow_status(app, &player.player, &id).await?;
    let id = id.chars().take(64).collect();
    Ok(GameResponse::AmazonLinkByCode(match fares {
        Some(device_flow::DeviceFlowStatus::Pending) => {
            CodePairResponse { linking_id: Some(id), state: Some(PENDING), ..CodePairResponse::default() }
        }
        Some(device_flow::DeviceFlowStatus::Ended(outcome)) => ended_response(id, outcome),
        // The cleanup has deleted the row, or there never was one.
        None => ended_response(id, device_flow::Outcome::Expired),
    })
    .into())
}

/// The result of a linking, for the answer and for the pushed message.
pub(in crate::games) fn ended_response(
    linking_id: String,
    outcome: device_flow::Outcome,
) -> CodePairResponse {
    let error = matches!(outcome, device_flow::Outcome::Taken | device_flow::Outcome::PlayerHasAnother)
        .then(already_linked_errors);
    CodePairResponse {
        linking_id: Some(linking_id),
        state: Some(outcome.as_str()),
        error,
        ..CodePairResponse::default()
    }
}

/// The same code as for a presented token (docs/games.md#errors).
fn already_linked_errors() -> GameErrors {
    GameErrors::of("amazon", "ACCOUNT_ALREADY_LINKED")
}
