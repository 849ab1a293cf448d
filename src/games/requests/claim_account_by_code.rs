//! `ClaimAccountByCodeRequest`: a player known only by a device gets a code to enter in a browser.
//!
//! See docs/games.md#devices-and-accounts.

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::devices::{self, ClaimBeginRefusal, ClaimProgress};
use crate::games::protocol::{CodePairResponse, GameErrors, GameResponse, RequestFields};
use crate::links::device_flow;
use crate::platform::fault::Stop;
use crate::platform::ids::PlayerId;

/// Seconds between two requests for the state.
const INTERVAL: i64 = 5;

/// Without an id it begins a claim, with one it asks for the state.
pub(super) struct ClaimAccountByCodeRequest {
    linking_id: Option<String>,
}

impl GameRequest for ClaimAccountByCodeRequest {
    const NAME: &'static str = "ClaimAccountByCodeRequest";

    fn read(fields: &mut RequestFields) -> Self {
        let linking_id = fields.text("linkingId");
        fields.nothing_else();
        Self { linking_id }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::ClaimAccountByCode(CodePairResponse::refused(errors))
    }

    /// The outcome of a claim may have ended the session that asks for it.
    fn outlives_session(&self) -> bool {
        self.linking_id.is_some()
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let response = if let Some(id) = self.linking_id {
            let progress = devices::progress_of_claim(app, &id).await?;
            CodePairResponse {
                linking_id: Some(id).filter(|id| id.len() <= 64),
                state: Some(progress.as_str()),
                ..CodePairResponse::default()
            }
        } else {
            let player = &caller.require_player()?.player;
            begin_claim(app, caller, player).await?
        };
        Ok(GameResponse::ClaimAccountByCode(response).into())
    }
}

async fn begin_claim(
    app: &App,
    caller: &GameCaller,
    player: &PlayerId,
) -> Result<CodePairResponse, Stop<GameErrors>> {
    let (call, api_key) = (call_context(app, caller), &caller.place.api_key);
    let begun = match devices::begin_claim(app, &call, player, caller.session(), api_key).await {
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
    Ok(CodePairResponse {
        linking_id: Some(begun.linking_id),
        user_code: Some(begun.code),
        qr_svg: Some(device_flow::qr(&address)?),
        verification_uri: Some(address),
        expires_in: Some(begun.expires_in.num_seconds()),
        interval: Some(INTERVAL),
        state: Some(ClaimProgress::Pending.as_str()),
        ..CodePairResponse::default()
    })
}

fn claim_address(app: &App) -> String {
    format!("{}/activate", app.config.http.public_url.as_str().trim_end_matches('/'))
}
