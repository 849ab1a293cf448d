//! `ClaimAccountByCodeRequest`: a player known only by a device gets a code to enter in a browser.
//!
//! See docs/games.md#devices-and-accounts.

use super::caller::{GameCaller, SignedInPlayer};
use super::dispatch::RequestResult;
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::devices::{self, ClaimBeginRefusal, ClaimProgress};
use crate::games::protocol::{self, CodePairResponse, GameErrors, GameResponse};
use crate::links::device_flow;
use crate::platform::fault::Stop;

/// Seconds between two requests for the state.
const INTERVAL: i64 = 5;

pub(in crate::games) async fn answer_claim_account_by_code(
    app: &App,
    caller: &GameCaller,
    player: &SignedInPlayer,
    asked: protocol::ClaimAccountByCode,
) -> RequestResult {
    match asked.linking_id {
        Some(id) => claim_progress(app, caller, player, id).await,
        None => begin_claim(app, caller, player).await,
    }
}

async fn begin_claim(app: &App, caller: &GameCaller, player: &SignedInPlayer) -> RequestResult {
    let begun =
        devices::begin_claim(app, &call_context(app, caller), &player.player, &caller.place.api_key).await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(Stop::Refused(refused)) => {
            return Err(Stop::Refused(match refused {
                ClaimBeginRefusal::HasAccount => GameErrors::of("account", "ALREADY_CLAIMED"),
                ClaimBeginRefusal::TooMany => GameErrors::try_again(),
                ClaimBeginRefusal::Disabled => GameErrors::not_authorized(),
            }));
        }
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let address = claim_address(app);
    Ok(GameResponse::ClaimAccountByCode(CodePairResponse {
        linking_id: Some(begun.linking_id),
        user_code: Some(begun.code),
        qr_svg: Some(device_flow::qr(&address)?),
        verification_uri: Some(address),
        expires_in: Some(begun.expires_in.num_seconds()),
        interval: Some(INTERVAL),
        state: Some(ClaimProgress::Pending.as_str()),
        error: None,
    })
    .into())
}

async fn claim_progress(
    app: &App,
    caller: &GameCaller,
    player: &SignedInPlayer,
    id: String,
) -> RequestResult {
    let progress = devices::progress_of_claim(app, &call_context(app, caller), &player.player, &id).await?;
    Ok(GameResponse::ClaimAccountByCode(CodePairResponse {
        linking_id: Some(id).filter(|id| id.len() <= 64),
        state: Some(progress.as_str()),
        ..CodePairResponse::default()
    })
    .into())
}

fn claim_address(app: &App) -> String {
    format!("{}/activate", app.config.http.public_url.as_str().trim_end_matches('/'))
}
