//! Dispatches one request to its handler, for HTTP and WebSocket alike.
//!
//! A handler returns an answer, the [`GameErrors`] for the game, or a fault. A fault is logged here, and the
//! game gets `request: TRY_AGAIN`.

use super::caller::{GameCaller, SignedInPlayer};
use super::{
    account_details, amazon_connect, amazon_link_by_code, authentication, change_user_details,
    claim_account_by_code, device_authentication, end_session, registration, social_disconnect,
};
use crate::app::App;
use crate::games::protocol::{GameErrors, GameRequest, GameResponse, RequestKind};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::game::GameSession;

/// The result of a handler.
pub(in crate::games) type RequestResult = Result<RequestAnswer, Stop<GameErrors>>;

/// A response, and its effect on the connection's session.
pub(in crate::games) struct RequestAnswer {
    pub response: GameResponse,
    pub session: SessionChange,
}

pub(in crate::games) enum SessionChange {
    Keep,
    Is(GameSession),
}

impl From<GameResponse> for RequestAnswer {
    /// The session stays.
    fn from(response: GameResponse) -> Self {
        Self { response, session: SessionChange::Keep }
    }
}

/// Answers `request`.
///
/// An error leaves the session unchanged (docs/protocols/gamesparks.md#requests-and-answers).
pub(in crate::games) async fn answer_request(
    app: &App,
    caller: &GameCaller,
    request: GameRequest,
) -> RequestAnswer {
    let kind = request.kind();
    match carry_out(app, caller, request).await {
        Ok(answered) => answered,
        Err(Stop::Refused(errors)) => GameResponse::refused(kind, errors).into(),
        Err(Stop::Fault(fault)) => fault_response(kind, &fault).into(),
    }
}

async fn carry_out(app: &App, caller: &GameCaller, request: GameRequest) -> RequestResult {
    match request {
        GameRequest::AmazonConnect(asked) => amazon_connect::answer_amazon_connect(app, caller, asked).await,
        GameRequest::Registration(asked) => registration::register_player(app, caller, asked).await,
        GameRequest::Authentication(asked) => authentication::authenticate(app, caller, asked).await,
        GameRequest::DeviceAuthentication(asked) => {
            device_authentication::authenticate_device(app, caller, asked).await
        }
        GameRequest::ClaimAccountByCode(asked) => {
            claim_account_by_code::answer_claim_account_by_code(app, caller, require_player(caller)?, asked)
                .await
        }
        GameRequest::AmazonLinkByCode(asked) => {
            amazon_link_by_code::answer_amazon_link_by_code(app, caller, require_player(caller)?, asked).await
        }
        GameRequest::AccountDetails => {
            account_details::answer_account_details(app, caller, require_player(caller)?).await
        }
        GameRequest::ChangeUserDetails(asked) => {
            change_user_details::answer_change_user_details(app, caller, require_player(caller)?, asked).await
        }
        GameRequest::SocialDisconnect(asked) => {
            social_disconnect::answer_social_disconnect(app, caller, require_player(caller)?, asked).await
        }
        GameRequest::EndSession => {
            Ok(end_session::answer_end_session(app, caller, require_player(caller)?).into())
        }
    }
}

/// The signed-in player, or the refusal if there is none.
fn require_player(caller: &GameCaller) -> Result<&SignedInPlayer, Stop<GameErrors>> {
    caller.signed_in.as_ref().ok_or_else(|| Stop::Refused(GameErrors::not_authorized()))
}

/// Logs the fault and asks the game to try again.
pub(in crate::games) fn fault_response(kind: RequestKind, fault: &Fault) -> GameResponse {
    tracing::error!(event = "games.request.failed", request = kind.as_str(), %fault, "a request failed");
    GameResponse::refused(kind, GameErrors::try_again())
}
