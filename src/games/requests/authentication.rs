//! `AuthenticationRequest`: user name and password (contract §9.2).
//!
//! The same guesses, budgets and work as the browser's sign-in (S13, S14). There is no mailed code here: where a browser
//! would be asked for one, a game is told `LOCKED`, and its player signs in on the web, or waits.

use serde_json::json;

use super::caller::GameCaller;
use super::dispatch::RequestResult;
use super::sign_in_response::{SignedInGame, hands};
use crate::accounts::login_attempts::{self, LoginAccount, LoginAttempt, PasswordCheck};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::games::protocol::{self, GameErrors};
use crate::links::GameCallContext;
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::HasherOverloaded;
use crate::sessions::SignedInWith;
use crate::sessions::game::{self, NewGameSession};

pub(in crate::games) async fn answer(
    app: &App,
    caller: &GameCaller,
    asked: protocol::Authentication,
) -> RequestResult {
    let hands = hands(app, caller);
    let account = LoginAccount::named(app, &asked.user_name).await?;
    let guesser = guesser(app, caller, &account);
    let proof = match login_attempts::check(&guesser, &account, &asked.password).await {
        Ok(PasswordCheck::Right(proof)) => proof,
        Ok(PasswordCheck::Wrong) => {
            record(app, &hands, &account, Kind::SignInFailed).await?;
            return Err(Stop::Refused(unrecognised()));
        }
        Ok(PasswordCheck::Throttled { .. }) => return Err(Stop::Refused(locked())),
        Err(Stop::Refused(HasherOverloaded)) => return Err(Stop::Refused(GameErrors::try_again())),
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let entry = NewGameSession::prepare(app, caller.session(), &caller.place, SignedInWith::Password)?;
    let event = AuditEvent::new(hands.at, Kind::PlayerSignedIn, Actor::Player, &hands.reference)
        .on(&proof.player.id)
        .from(&hands.network)
        .with(json!({ "with": "password", "door": "game" }));
    let (written, display_name) = (entry.clone(), proof.player.display_name.clone());
    let session = app
        .db
        .write(move |conn| {
            if !proof.still_holds(conn)? {
                return Err(Stop::Refused(unrecognised()));
            }
            let session = game::enter(conn, &written, &proof.player.id)?;
            audit::append(conn, &event)?;
            Ok(session)
        })
        .await?;
    Ok(SignedInGame { session, display_name, is_new: false }.authenticated(&entry))
}

/// Unknown, wrong, disabled, or without a password: one answer (S12).
pub(in crate::games) fn unrecognised() -> GameErrors {
    GameErrors::of("DETAILS", "UNRECOGNISED")
}

/// Too many failures, for a while.
pub(super) fn locked() -> GameErrors {
    GameErrors::of("DETAILS", "LOCKED")
}

/// Who guesses. A session of this very player is counted by itself, so that nobody else's guesses keep it out (S16).
pub(super) fn guesser<'a>(app: &'a App, caller: &GameCaller, account: &LoginAccount) -> LoginAttempt<'a> {
    let session = caller
        .session()
        .filter(|session| account.credentials.as_ref().is_some_and(|known| known.id == session.player));
    LoginAttempt {
        app,
        now: app.clock.now(),
        network: caller.place.network.clone(),
        known_as: None,
        session: session.map(|session| session.id.clone()),
    }
}

/// A record of a wrong guess; written for accounts that do not exist as well: the work must not tell (S13).
pub(super) async fn record(
    app: &App,
    hands: &GameCallContext,
    account: &LoginAccount,
    kind: Kind,
) -> Result<(), Fault> {
    let mut event = AuditEvent::new(hands.at, kind, Actor::Visitor, &hands.reference)
        .from(&hands.network)
        .with(json!({ "door": "game" }));
    event.player = account.credentials.as_ref().map(|known| known.id.clone());
    app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await
}
