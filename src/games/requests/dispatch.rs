//! One request in, one response out: what HTTP and WebSocket have in common.
//!
//! A verb answers what it was asked, or stops: with the [`Errors`] that the game is told, or with a fault,
//! which is logged here and told as `request: TRY_AGAIN`.

use super::caller::{Caller, SignedIn};
use super::{
    account_details, amazon_connect, amazon_link_by_code, authentication, change_user_details,
    claim_account_by_code, device_authentication, end_session, registration, social_disconnect,
};
use crate::app::App;
use crate::games::protocol::{Errors, Kind, Request, Response};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::game::GameSession;

/// What a verb says.
pub(in crate::games) type Answer = Result<Answered, Stop<Errors>>;

/// A response, and who is signed in on the connection from here on.
pub(in crate::games) struct Answered {
    pub response: Response,
    pub session: SessionChange,
}

/// What a request did to the connection's session.
pub(in crate::games) enum SessionChange {
    Keep,
    Is(GameSession),
}

impl From<Response> for Answered {
    /// The session stays as it is.
    fn from(response: Response) -> Self {
        Self { response, session: SessionChange::Keep }
    }
}

/// Answers `request`. Errors keep the session (contract §4.3).
pub(in crate::games) async fn answer(app: &App, caller: &Caller, request: Request) -> Answered {
    let kind = request.kind();
    match carry_out(app, caller, request).await {
        Ok(answered) => answered,
        Err(Stop::Refused(errors)) => Response::refused(kind, errors).into(),
        Err(Stop::Fault(fault)) => faulted(caller, kind, &fault).into(),
    }
}

async fn carry_out(app: &App, caller: &Caller, request: Request) -> Answer {
    match request {
        Request::AmazonConnect(asked) => amazon_connect::answer(app, caller, asked).await,
        Request::Registration(asked) => registration::answer(app, caller, asked).await,
        Request::Authentication(asked) => authentication::answer(app, caller, asked).await,
        Request::DeviceAuthentication(asked) => device_authentication::answer(app, caller, asked).await,
        Request::ClaimAccountByCode(asked) => {
            claim_account_by_code::answer(app, caller, player(caller)?, asked).await
        }
        Request::AmazonLinkByCode(asked) => {
            amazon_link_by_code::answer(app, caller, player(caller)?, asked).await
        }
        Request::AccountDetails => account_details::answer(app, caller, player(caller)?).await,
        Request::ChangeUserDetails(asked) => {
            change_user_details::answer(app, caller, player(caller)?, asked).await
        }
        Request::SocialDisconnect(asked) => {
            social_disconnect::answer(app, caller, player(caller)?, asked).await
        }
        Request::EndSession => Ok(end_session::answer(app, caller, player(caller)?).into()),
    }
}

/// Whoever is signed in; the refusal where nobody is (product §5).
fn player(caller: &Caller) -> Result<&SignedIn, Stop<Errors>> {
    caller.signed_in.as_ref().ok_or_else(|| Stop::Refused(Errors::not_authorized()))
}

fn faulted(caller: &Caller, kind: Kind, fault: &Fault) -> Response {
    let (reference, request) = (&caller.reference, kind.as_str());
    tracing::error!(request.reference = %reference, request, fault = %fault, "a game's request met a fault");
    Response::refused(kind, Errors::try_again())
}
