//! One request in, one response out: what HTTP and WebSocket have in common.
//!
//! A verb answers what it was asked, or stops: with the [`GameErrors`] that the game is told, or with a fault,
//! which is logged here and told as `request: TRY_AGAIN`.

use super::caller::{GameCaller, SignedInPlayer};
use super::{
    account_details, amazon_connect, amazon_link_by_code, authentication, change_user_details,
    claim_account_by_code, device_authentication, end_session, registration, social_disconnect,
};
use crate::app::App;
use crate::games::protocol::{GameErrors, GameRequest, GameResponse, RequestKind};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::game::GameSession;

/// What a verb says.
pub(in crate::games) type RequestResult = Result<RequestAnswer, Stop<GameErrors>>;

/// A response, and who is signed in on the connection from here on.
pub(in crate::games) struct RequestAnswer {
    pub response: GameResponse,
    pub session: SessionChange,
}

/// What a request did to the connection's session.
pub(in crate::games) enum SessionChange {
    Keep,
    Is(GameSession),
}

impl From<GameResponse> for RequestAnswer {
    /// The session stays as it is.
    fn from(response: GameResponse) -> Self {
        Self { response, session: SessionChange::Keep }
    }
}

/// Answers `request`. Errors keep the session (contract §4.3).
pub(in crate::games) async fn answer(app: &App, caller: &GameCaller, request: GameRequest) -> RequestAnswer {
    let kind = request.kind();
    match carry_out(app, caller, request).await {
        Ok(answered) => answered,
        Err(Stop::Refused(errors)) => GameResponse::refused(kind, errors).into(),
        Err(Stop::Fault(fault)) => faulted(caller, kind, &fault).into(),
    }
}

async fn carry_out(app: &App, caller: &GameCaller, request: GameRequest) -> RequestResult {
    match request {
        GameRequest::AmazonConnect(asked) => amazon_connect::answer(app, caller, asked).await,
        GameRequest::Registration(asked) => registration::answer(app, caller, asked).await,
        GameRequest::Authentication(asked) => authentication::answer(app, caller, asked).await,
        GameRequest::DeviceAuthentication(asked) => device_authentication::answer(app, caller, asked).await,
        GameRequest::ClaimAccountByCode(asked) => {
            claim_account_by_code::answer(app, caller, player(caller)?, asked).await
        }
        GameRequest::AmazonLinkByCode(asked) => {
            amazon_link_by_code::answer(app, caller, player(caller)?, asked).await
        }
        GameRequest::AccountDetails => account_details::answer(app, caller, player(caller)?).await,
        GameRequest::ChangeUserDetails(asked) => {
            change_user_details::answer(app, caller, player(caller)?, asked).await
        }
        GameRequest::SocialDisconnect(asked) => {
            social_disconnect::answer(app, caller, player(caller)?, asked).await
        }
        GameRequest::EndSession => Ok(end_session::answer(app, caller, player(caller)?).into()),
    }
}

/// Whoever is signed in; the refusal where nobody is (product §5).
fn player(caller: &GameCaller) -> Result<&SignedInPlayer, Stop<GameErrors>> {
    caller.signed_in.as_ref().ok_or_else(|| Stop::Refused(GameErrors::not_authorized()))
}

fn faulted(caller: &GameCaller, kind: RequestKind, fault: &Fault) -> GameResponse {
    let (reference, request) = (&caller.reference, kind.as_str());
    tracing::error!(request.reference = %reference, request, fault = %fault, "a game's request met a fault");
    GameResponse::refused(kind, GameErrors::try_again())
}
