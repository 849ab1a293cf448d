//! Helpers of the requests that sign a player in.

use super::caller::{CredentialKind, GameCaller, SignedInPlayer};
use super::dispatch::{RequestAnswer, SessionChange};
use crate::app::App;
use crate::games::protocol::{Authenticated, GameResponse};
use crate::links::GameCallContext;
use crate::sessions::game::{GameSession, NewGameSession};

/// The caller as a [`GameCallContext`], for features that do not know games.
pub(super) fn call_context(app: &App, caller: &GameCaller) -> GameCallContext {
    let session = caller.session();
    GameCallContext {
        at: app.clock.now(),
        reference: caller.reference.clone(),
        network: caller.place.network.clone(),
        origin: caller.signed_in.as_ref().map(SignedInPlayer::origin),
        proven_at: session.and_then(|session| session.proved_at),
        has_service_key: false,
        is_game_server: CredentialKind::of(&caller.place.credential) == CredentialKind::Server,
    }
}

/// The result of a sign-in.
pub(super) struct SignedInGame {
    pub session: GameSession,
    pub display_name: String,
    pub is_new: bool,
}

impl SignedInGame {
    /// The fields that every sign-in answer has.
    fn response_fields(&self, new_session: &NewGameSession) -> Authenticated {
        Authenticated {
            auth_token: Some(new_session.auth_token()),
            user_id: Some(self.session.player.clone()),
            display_name: Some(self.display_name.clone()),
            new_player: self.is_new,
            ..Authenticated::default()
        }
    }

    /// The answer of a sign-in; the connection takes the new session.
    pub fn authenticated(self, new_session: &NewGameSession) -> RequestAnswer {
        let response = GameResponse::Authentication(self.response_fields(new_session));
        RequestAnswer { response, session: SessionChange::Is(self.session) }
    }

    /// The answer of a registration; the connection takes the new session.
    pub fn registered(self, new_session: &NewGameSession) -> RequestAnswer {
        let response = GameResponse::Registration(self.response_fields(new_session));
        RequestAnswer { response, session: SessionChange::Is(self.session) }
    }
}
