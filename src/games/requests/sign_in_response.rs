//! What every verb that lets somebody in has in common.

use super::caller::GameCaller;
use super::dispatch::{RequestAnswer, SessionChange};
use crate::app::App;
use crate::games::protocol::{Authenticated, GameResponse};
use crate::links::GameCallContext;
use crate::sessions::game::{GameSession, NewGameSession};

/// The caller, as the rooms below know one that has no browser.
pub(super) fn hands(app: &App, caller: &GameCaller) -> GameCallContext {
    let session = caller.session();
    GameCallContext {
        at: app.clock.now(),
        reference: caller.reference.clone(),
        network: caller.place.network.clone(),
        player: caller.player().cloned(),
        proven_at: session.and_then(|session| session.proved_at),
        session: session.map(|session| session.id.clone()),
    }
}

/// Whom a verb let in.
pub(super) struct SignedInGame {
    pub session: GameSession,
    pub display_name: String,
    pub is_new: bool,
}

impl SignedInGame {
    /// What the game is told, in every class that signs in.
    fn told(&self, entry: &NewGameSession) -> Authenticated {
        Authenticated {
            auth_token: Some(entry.auth_token()),
            user_id: Some(self.session.player.clone()),
            display_name: Some(self.display_name.clone()),
            new_player: self.is_new,
            ..Authenticated::default()
        }
    }

    /// The connection is this player's from now on.
    pub fn authenticated(self, entry: &NewGameSession) -> RequestAnswer {
        let response = GameResponse::Authentication(self.told(entry));
        RequestAnswer { response, session: SessionChange::Is(self.session) }
    }

    /// The same, to a registration.
    pub fn registered(self, entry: &NewGameSession) -> RequestAnswer {
        let response = GameResponse::Registration(self.told(entry));
        RequestAnswer { response, session: SessionChange::Is(self.session) }
    }
}
