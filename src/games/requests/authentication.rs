//! `AuthenticationRequest`: signs in with user name and password.
//!
//! It shares counters, rate limits and hashing cost with the browser's sign-in (S13, S14). A game cannot ask
//! for a mailed code. Where a browser would ask for one, a game gets `LOCKED`, and the player waits or signs
//! in on the web.

use secrecy::SecretString;
use serde_json::json;

use super::caller::GameCaller;
use super::dispatch::{GameRequest, RequestResult};
use super::sign_in_response::{SignedInGame, call_context};
use crate::accounts::login_attempts::{self, LoginAccount, LoginAttempt, PasswordCheck};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::games::protocol::{Authenticated, GameErrors, GameResponse, RequestFields};
use crate::links::GameCallContext;
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::HasherOverloaded;
use crate::sessions::game::{self, NewGameSession};
use crate::sessions::{SignedInWith, is_known_network};

/// `language` is not read, because signing in changes no profile.
pub(super) struct AuthenticationRequest {
    user_name: String,
    password: SecretString,
}

impl GameRequest for AuthenticationRequest {
    const NAME: &'static str = "AuthenticationRequest";

    fn read(fields: &mut RequestFields) -> Self {
        Self { user_name: fields.required_text("userName"), password: fields.required_secret("password") }
    }

    fn refuse(errors: GameErrors) -> GameResponse {
        GameResponse::Authentication(Authenticated::refused(errors))
    }

    async fn answer(self, app: &App, caller: &GameCaller) -> RequestResult {
        let call = call_context(app, caller);
        let account = LoginAccount::named(app, &self.user_name).await?;
        let attempt = login_attempt_of(app, caller, &account).await?;
        let proof = match login_attempts::check_password(&attempt, &account, &self.password).await {
            Ok(PasswordCheck::Right(proof)) => proof,
            Ok(PasswordCheck::Wrong) => {
                record_failure(app, &call, &account, Kind::SignInFailed).await?;
                return Err(Stop::Refused(unrecognised()));
            }
            Ok(PasswordCheck::Throttled { .. }) => return Err(Stop::Refused(locked())),
            Err(Stop::Refused(HasherOverloaded)) => return Err(Stop::Refused(GameErrors::try_again())),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        };
        let new_session =
            NewGameSession::prepare(app, caller.session(), &caller.place, SignedInWith::Password)?;
        let event = call
            .audit_event(Kind::PlayerSignedIn, Actor::Player)
            .on(&proof.player.id)
            .with(json!({ "with": "password", "door": "game" }));
        let (written, display_name) = (new_session.clone(), proof.player.display_name.clone());
        let session = app
            .db
            .write_or_refuse(move |conn| {
                if !proof.still_holds(conn)? {
                    return Err(Stop::Refused(unrecognised()));
                }
                let session = game::sign_in_session(conn, &written, &proof.player.id)?;
                audit::append_event(conn, &event)?;
                Ok(session)
            })
            .await?;
        Ok(SignedInGame { session, display_name, is_new: false }.authenticated(&new_session))
    }
}

/// The one error for an unknown name, a wrong password, a disabled player, and a player without password
/// (S12).
pub(in crate::games) fn unrecognised() -> GameErrors {
    GameErrors::of("DETAILS", "UNRECOGNISED")
}

/// The error while too many attempts have failed.
pub(super) fn locked() -> GameErrors {
    GameErrors::of("DETAILS", "LOCKED")
}

/// The source of a password attempt.
///
/// A session of the same player has its own counter, so that other clients' failures do not lock it out
/// (S16). Whoever holds a device id or a token of Amazon's opens as many sessions as they like, so these share one.
pub(super) async fn login_attempt_of<'a>(
    app: &'a App,
    caller: &GameCaller,
    account: &LoginAccount,
) -> Result<LoginAttempt<'a>, Fault> {
    let session = caller
        .session()
        .filter(|session| account.credentials.as_ref().is_some_and(|known| known.id == session.player));
    let own_session = session.map(|session| match session.signed_in_with {
        SignedInWith::Password | SignedInWith::Registration => format!("session {}", session.id),
        SignedInWith::Amazon | SignedInWith::Device => format!("game sessions of {}", session.player),
    });
    let player = account.credentials.as_ref().map(|known| &known.id);
    Ok(LoginAttempt {
        app,
        now: app.clock.now(),
        network: caller.place.network.clone(),
        known_browser: None,
        own_session,
        is_known_network: is_known_network(&app.db, player, &caller.place.network).await?,
    })
}

/// Records a failed attempt.
///
/// Unknown accounts get a record too, so that the response time does not reveal whether an account exists
/// (S13).
pub(super) async fn record_failure(
    app: &App,
    call: &GameCallContext,
    account: &LoginAccount,
    kind: Kind,
) -> Result<(), Fault> {
    let event = call
        .audit_event(kind, Actor::Visitor)
        .on_any(account.credentials.as_ref().map(|known| &known.id))
        .with(json!({ "door": "game" }));
    audit::write_event(&app.db, event).await
}
