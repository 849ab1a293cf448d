//! `SignInByCodeRequest`: a TV or console shows a code, and a person signs it in, or links it, in a browser.
//!
//! See docs/games.md#signing-in-on-a-tv-or-console. It needs no player.

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestAnswer, RequestResult, SessionChange};
use super::sign_in_response::call_context;
use crate::app::App;
use crate::games::connection_registry::WatchedCode;
use crate::games::devices::{self, SignInCodeRefusal, SignInCodeRequester, SignInCodeState};
use crate::games::protocol::{CodePairResponse, GameErrors, GameResponse, RequestFields, SignInByCode};
use crate::links::device_flow;
use crate::platform::fault::Stop;

/// Seconds between two requests for the state.
const INTERVAL: i64 = 5;

/// Without an id it begins a sign-in, with one it asks for the state and takes up the outcome.
pub(super) struct SignInByCodeRequest {
    linking_id: Option<String>,
    device_os: Option<String>,
    device_name: Option<String>,
    device_model: Option<String>,
}

impl GameRequest for SignInByCodeRequest {
    const NAME: &'static str = "SignInByCodeRequest";

    fn read(fields: &mut RequestFields) -> Self {
        let read = Self {
            linking_id: fields.text("linkingId"),
            device_os: fields.text("deviceOS"),
            device_name: fields.text("deviceName"),
            device_model: fields.text("deviceModel"),
        };
        fields.nothing_else();
        read
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::SignInByCode(SignInByCode::refused(errors))
    }

    /// The session that asked for the code may have ended; the id alone reads the outcome.
    fn outlives_session(&self) -> bool {
        self.linking_id.is_some()
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        match &self.linking_id {
            Some(id) => take_up(app, caller, id).await,
            None => begin(app, caller, &self).await,
        }
    }
}

async fn begin(app: &App, caller: &GameCaller, request: &SignInByCodeRequest) -> RequestResult {
    let (name, model) = (request.device_name.as_deref(), request.device_model.as_deref());
    // A game that names no system has perhaps named its platform in the handshake.
    let system = request.device_os.as_deref().unwrap_or_default();
    let label = devices::label_of(app, name, model, system);
    let shown = caller.connection.as_ref().and_then(|connection| connection.watched_code());
    let former = shown.as_ref().map(|code| code.id.as_str());
    let requester = SignInCodeRequester { api_key: &caller.place.api_key, label: &label, former };
    let begun = match devices::begin_sign_in(app, &call_context(app, caller), requester).await {
        Ok(begun) => begun,
        Err(Stop::Refused(SignInCodeRefusal::TooMany)) => {
            return Err(Stop::Refused(GameErrors::try_again()));
        }
        Err(Stop::Refused(SignInCodeRefusal::SessionEnded)) => {
            return Err(Stop::Refused(GameErrors::not_authorized()));
        }
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    if let Some(connection) = &caller.connection {
        connection.watch_code(WatchedCode { id: begun.id, linking_id: begun.linking_id.clone() });
    }
    let portal = app.config.http.public_url.as_str().trim_end_matches('/');
    let address = format!("{portal}/activate");
    let code = CodePairResponse {
        linking_id: Some(begun.linking_id),
        user_code: Some(begun.code),
        qr_svg: Some(device_flow::qr(&address)?),
        verification_uri: Some(address),
        expires_in: Some(begun.expires_in.num_seconds()),
        interval: Some(INTERVAL),
        state: Some(SignInCodeState::Pending.as_str()),
        ..CodePairResponse::default()
    };
    Ok(GameResponse::SignInByCode(SignInByCode { code, ..SignInByCode::default() }).into())
}

async fn take_up(app: &App, caller: &GameCaller, id: &str) -> RequestResult {
    let progress = devices::take_progress(app, &call_context(app, caller), &caller.place, id).await?;
    if let (Some(connection), Some(open)) = (&caller.connection, progress.open) {
        // A game that has reconnected is told on its new connection.
        connection.watch_code(WatchedCode { id: open, linking_id: id.to_owned() });
    }
    let mut code = state_response(id, progress.state);
    let Some(taken) = progress.signed_in else {
        return Ok(GameResponse::SignInByCode(SignInByCode { code, ..SignInByCode::default() }).into());
    };
    code.display_name = Some(taken.display_name);
    let response = GameResponse::SignInByCode(SignInByCode {
        code,
        auth_token: Some(taken.new_session.auth_token()),
        user_id: Some(taken.session.player.clone()),
    });
    Ok(RequestAnswer { response, session: SessionChange::Is(taken.session) })
}

/// The state of a code, for the answer and for the pushed message.
pub(in crate::games) fn state_response(linking_id: &str, state: SignInCodeState) -> CodePairResponse {
    CodePairResponse {
        linking_id: Some(linking_id.chars().take(64).collect()),
        state: Some(state.as_str()),
        ..CodePairResponse::default()
    }
}
