//! `RegistrationRequest`: creates a player with user name and password.
//!
//! A signed-in player is left unchanged: the request creates a separate player, and the connection becomes
//! theirs.

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::json;

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::sign_in_response::{SignedInGame, call_context};
use crate::accounts::players::{self, NewGamePlayer};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::games::protocol::{Authenticated, GameErrors, GameResponse, RequestFields};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::is_unique_violation;
use crate::platform::fault::Stop;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::name::{DisplayName, ReservedNames, UserName};
use crate::platform::password::{HasherOverloaded, Password, place_of_hash};
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::SignedInWith;
use crate::sessions::game::{self, NewGameSession};

/// Registrations per network and hour: each stores a row, and reveals whether a name is taken (S12, S20).
const PER_NETWORK: u32 = 60;

pub(super) struct RegistrationRequest {
    display_name: String,
    user_name: String,
    password: SecretString,
    segments: Option<String>,
}

impl GameRequest for RegistrationRequest {
    const NAME: &'static str = "RegistrationRequest";

    fn read(fields: &mut RequestFields) -> Self {
        Self {
            display_name: fields.required_text("displayName"),
            user_name: fields.required_text("userName"),
            password: fields.required_secret("password"),
            segments: fields.segments(),
        }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::Registration(Authenticated::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let valid = validate_registration(app, &self).await?;
        take_budget(app, caller).await?;
        let call = call_context(app, caller);
        let id = PlayerId::new(call.at);
        let display_name = valid.display_name.as_str().to_owned();
        let place = place_of_hash(players::TABLE, id.as_str(), id.as_str());
        let password = match app.passwords.hash(valid.password, place).await {
            Ok(hash) => hash,
            Err(Stop::Refused(HasherOverloaded)) => return Err(Stop::Refused(GameErrors::try_again())),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        };
        let player = NewGamePlayer {
            id,
            display_name: Some(valid.display_name),
            sync_display_name: false,
            user_name: Some(valid.user_name),
            password: Some(password),
            language: None,
            segments: self.segments,
            created_at: call.at,
        };
        // The new player never continues the current session.
        let new_session = NewGameSession::prepare(app, None, &caller.place, SignedInWith::Registration)?;
        let details = json!({ "with": "game", "door": "game" });
        let events = [Kind::PlayerRegistered, Kind::PlayerSignedIn]
            .map(|kind| call.audit_event(kind, Actor::Player).on(&player.id).with(details.clone()));
        let written = new_session.clone();
        let session = app
            .db
            .write_or_refuse(move |conn| {
                match players::store::insert_from_game(conn, &player) {
                    Err(error) if is_unique_violation(&error) => {
                        return Err(Stop::Refused(GameErrors::of("USERNAME", "TAKEN")));
                    }
                    inserted => inserted?,
                }
                let session = game::sign_in_session(conn, &written, &player.id)?;
                for event in &events {
                    audit::append_event(conn, event)?;
                }
                Ok(session)
            })
            .await?;
        Ok(SignedInGame { session, display_name, is_new: true }.registered(&new_session))
    }
}

/// The valid fields of a request.
struct ValidRegistration {
    display_name: DisplayName,
    user_name: UserName,
    password: Password,
}

async fn validate_registration(
    app: &App,
    request: &RegistrationRequest,
) -> Result<ValidRegistration, Stop<GameErrors>> {
    let reserved = ReservedNames::new(&app.config.site.name);
    let display_name = DisplayName::parse(&request.display_name, &reserved);
    let user_name = UserName::parse(&request.user_name);
    let context = app.password_context(&request.display_name, "");
    let password = app.judge_password(&request.password, &context).await?;
    match (display_name, user_name, password) {
        (Ok(display_name), Ok(user_name), Ok(password)) => {
            Ok(ValidRegistration { display_name, user_name, password })
        }
        (display_name, user_name, password) => Err(Stop::Refused(GameErrors::invalid([
            ("displayName", display_name.is_err()),
            ("userName", user_name.is_err()),
            ("password", password.is_err()),
        ]))),
    }
}

async fn take_budget(app: &App, caller: &GameCaller) -> Result<(), Stop<GameErrors>> {
    let network = app.keys.lookup.hash(LookupPurpose::Network, &caller.place.network);
    let budget = RateBudget {
        limit: Limit::GameRegistrations,
        id: format!("game registrations {network}"),
        free: PER_NETWORK,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    match app.throttle.take(vec![budget], app.clock.now()).await? {
        RateVerdict::Allowed => Ok(()),
        RateVerdict::Refused { .. } => Err(Stop::Refused(GameErrors::try_again())),
    }
}
