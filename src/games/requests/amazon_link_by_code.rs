//! `AmazonLinkByCodeRequest`: links by an Amazon code that a TV or console shows and the player types on a
//! phone.
//!
//! See docs/games.md#linking-on-a-tv-or-console. The result is pushed to the game, and returned on request.

use super::caller::{GameCaller, SignedInPlayer};
use super::dispatch::{GameRequest, RequestResult};
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::protocol::{CodePairResponse, GameErrors, GameResponse, RequestFields};
use crate::links::device_flow::{
    self, AskedBy, AskedElsewhere, DeviceFlowBeginRefusal, DeviceFlowRequester, DeviceFlowStatus,
    NamesToConfirm, Outcome,
};
use crate::platform::fault::Stop;

/// Without an id it begins a linking, with one it asks for the state, or confirms the names that it has shown.
pub(super) struct AmazonLinkByCodeRequest {
    linking_id: Option<String>,
    is_confirmed: bool,
}

impl GameRequest for AmazonLinkByCodeRequest {
    const NAME: &'static str = "AmazonLinkByCodeRequest";

    fn read(fields: &mut RequestFields) -> Self {
        let (linking_id, is_confirmed) = (fields.text("linkingId"), fields.flag("confirm"));
        if is_confirmed && linking_id.is_none() {
            fields.refuse("linkingId", "REQUIRED");
        }
        fields.nothing_else();
        Self { linking_id, is_confirmed }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::AmazonLinkByCode(CodePairResponse::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let player = caller.require_player()?;
        let response = match self.linking_id {
            Some(id) => {
                if self.is_confirmed {
                    confirm_linking(app, player, &id).await?;
                }
                linking_status(app, player, id).await?
            }
            None => begin_linking(app, caller, player).await?,
        };
        Ok(GameResponse::AmazonLinkByCode(response).into())
    }
}

type CodePairResult = Result<CodePairResponse, Stop<GameErrors>>;

async fn begin_linking(app: &App, caller: &GameCaller, player: &SignedInPlayer) -> CodePairResult {
    let session = player.session.as_ref().map(|session| session.id.as_str());
    let requester = DeviceFlowRequester { by: AskedBy::Game, id: session };
    let call = call_context(app, caller);
    match device_flow::begin_device_flow(app, &call, &player.player, requester).await {
        Ok(begun) => Ok(CodePairResponse {
            linking_id: Some(begun.linking_id),
            user_code: Some(begun.user_code),
            verification_uri: Some(begun.verification_uri),
            expires_in: Some(begun.expires_in.num_seconds()),
            interval: Some(begun.interval.num_seconds()),
            qr_svg: Some(begun.qr_svg),
            state: Some(PENDING),
            ..CodePairResponse::default()
        }),
        Err(Stop::Refused(DeviceFlowBeginRefusal::AlreadyLinked)) => {
            let state = Some(Outcome::AlreadyLinked.as_str());
            Ok(CodePairResponse { state, ..CodePairResponse::default() })
        }
        Err(Stop::Refused(refused)) => Err(Stop::Refused(refusal_errors(app, refused))),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

const PENDING: &str = "pending";
const CONFIRM: &str = "confirm";

/// Links the waiting identity. If nothing waits, the status says why.
async fn confirm_linking(app: &App, player: &SignedInPlayer, id: &str) -> Result<(), Stop<GameErrors>> {
    let session = player.session.as_ref().map(|session| &session.id);
    match device_flow::confirm_device_flow(app, &player.player, session, id).await {
        Ok(_) => Ok(()),
        Err(Stop::Refused(AskedElsewhere)) => Err(Stop::Refused(GameErrors::not_authorized())),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

fn refusal_errors(app: &App, refused: DeviceFlowBeginRefusal) -> GameErrors {
    match refused {
        DeviceFlowBeginRefusal::NotConfigured => GameErrors::of("amazon", "NOT_CONFIGURED"),
        DeviceFlowBeginRefusal::NotFresh => GameErrors::proof_needed(app),
        DeviceFlowBeginRefusal::SessionEnded => GameErrors::not_authorized(),
        DeviceFlowBeginRefusal::AlreadyLinked => already_linked_errors(),
        DeviceFlowBeginRefusal::TooMany | DeviceFlowBeginRefusal::Unavailable => GameErrors::try_again(),
    }
}

async fn linking_status(app: &App, player: &SignedInPlayer, id: String) -> CodePairResult {
    let status = device_flow::device_flow_status(app, &player.player, &id).await?;
    let id = id.chars().take(64).collect();
    Ok(match status {
        Some(DeviceFlowStatus::Pending) => {
            CodePairResponse { linking_id: Some(id), state: Some(PENDING), ..CodePairResponse::default() }
        }
        Some(DeviceFlowStatus::Confirm(names)) => names_response(id, names),
        Some(DeviceFlowStatus::Ended(outcome)) => ended_response(id, outcome),
        // The cleanup has deleted the row, or there never was one.
        None => ended_response(id, Outcome::Expired),
    })
}

/// The names that the game shows before it confirms, for the answer and for the pushed message.
pub(in crate::games) fn names_response(linking_id: String, names: NamesToConfirm) -> CodePairResponse {
    CodePairResponse {
        linking_id: Some(linking_id),
        state: Some(CONFIRM),
        amazon_name: names.amazon_name,
        display_name: Some(names.display_name),
        ..CodePairResponse::default()
    }
}

/// The result of a linking, for the answer and for the pushed message.
pub(in crate::games) fn ended_response(linking_id: String, outcome: Outcome) -> CodePairResponse {
    let error = matches!(outcome, Outcome::Taken | Outcome::PlayerHasAnother).then(already_linked_errors);
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
