//! The game asks how its code fares, and takes up the outcome.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::model::{SignInCode, SignInCodeOutcome, SignInCodeState};
use super::store::{self, MAX_ENTRIES};
use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::links::GameCallContext;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::SignedInWith;
use crate::sessions::game::{self, GamePlace, GameSession, NewGameSession};

/// How a code fares, for the game that holds its secret.
pub struct SignInProgress {
    pub state: SignInCodeState,
    /// The id of the row, while the code is open.
    pub open: Option<String>,
    pub signed_in: Option<TakenSignIn>,
}

/// The TV's new session. It has proven nothing.
pub struct TakenSignIn {
    pub session: GameSession,
    pub new_session: NewGameSession,
    pub display_name: String,
}

/// The state of the code with this secret. If a person has allowed it, the game is signed in.
///
/// A repeated request gets a new token for the same session, because answers get lost.
pub async fn take_progress(
    app: &App,
    call: &GameCallContext,
    place: &GamePlace,
    linking_id: &str,
) -> Result<SignInProgress, Fault> {
    let Some(linking) = OpaqueToken::parse(linking_id) else { return Ok(ended(SignInCodeState::Expired)) };
    let (hash, now) = (linking.hash(), call.at);
    let found = app
        .db
        .read(move |conn| {
            let Some(code) = store::find_by_linking(conn, &hash)? else { return Ok(None) };
            let state = state_of(conn, &code, now)?;
            Ok(Some((code, state)))
        })
        .await?;
    let Some((code, state)) = found.filter(|(code, _)| code.api_key == place.api_key) else {
        return Ok(ended(SignInCodeState::Expired));
    };
    match state {
        SignInCodeState::Pending => Ok(SignInProgress { state, open: Some(code.id), signed_in: None }),
        SignInCodeState::SignedIn => sign_in(app, call, place, code).await,
        _ => Ok(ended(state)),
    }
}

fn ended(state: SignInCodeState) -> SignInProgress {
    SignInProgress { state, open: None, signed_in: None }
}

async fn sign_in(
    app: &App,
    call: &GameCallContext,
    place: &GamePlace,
    code: SignInCode,
) -> Result<SignInProgress, Fault> {
    let (Some(grant), now) = (code.grant(), call.at) else { return Ok(ended(SignInCodeState::Expired)) };
    let with = code.granted_with.unwrap_or(SignedInWith::Password);
    let new_session = NewGameSession::prepare(app, None, place, with)?.proving_nothing();
    let event = call
        .audit_event(Kind::PlayerSignedIn, Actor::Player)
        .on(&grant.player)
        .with(json!({ "with": "code", "door": "game" }));
    let prepared = new_session.clone();
    let written = app
        .db
        .write_or_refuse(move |conn| {
            if !players::store::lock_origin(conn, &grant, now)? {
                return Err(Stop::Refused(()));
            }
            // Another request may have signed the game in meanwhile.
            let code =
                store::find_all(conn, std::slice::from_ref(&code.id))?.pop().ok_or(Stop::Refused(()))?;
            let (entry, is_first) = match &code.game_session {
                Some(taken) => {
                    let current = game::find_session(conn, taken, now)?.ok_or(Stop::Refused(()))?;
                    (prepared.clone().in_session(current), false)
                }
                None => (prepared.clone(), true),
            };
            let session = game::sign_in_session(conn, &entry, &grant.player)?;
            if is_first {
                store::note_game_session(conn, &code.id, &session.id)?;
                audit::append_event(conn, &event)?;
            }
            let known = players::store::credentials_by_id(conn, &grant.player)?;
            Ok((session, known.map(|known| known.display_name).unwrap_or_default()))
        })
        .await;
    match written {
        Ok((session, display_name)) => Ok(SignInProgress {
            state: SignInCodeState::SignedIn,
            open: None,
            signed_in: Some(TakenSignIn { session, new_session, display_name }),
        }),
        Err(Stop::Refused(())) => Ok(ended(SignInCodeState::Expired)),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// The states of these codes, for messages without a request. A code that is not there any more has expired.
pub async fn states_of(app: &App, ids: Vec<String>) -> Result<Vec<(String, SignInCodeState)>, Fault> {
    let now = app.clock.now();
    app.db
        .read(move |conn| {
            let codes = store::find_all(conn, &ids)?;
            let mut states = Vec::with_capacity(ids.len());
            for id in ids {
                let state = match codes.iter().find(|code| code.id == id) {
                    Some(code) => state_of(conn, code, now)?,
                    None => SignInCodeState::Expired,
                };
                states.push((id, state));
            }
            Ok(states)
        })
        .await
}

fn state_of(conn: &mut Conn, code: &SignInCode, now: DateTime<Utc>) -> QueryResult<SignInCodeState> {
    Ok(match code.outcome {
        None => {
            let is_valid = code.tries < MAX_ENTRIES && now < code.expires_at;
            let is_alive = match code.origin() {
                Some(origin) => is_valid && origin.is_alive(conn, now)?,
                None => is_valid,
            };
            if is_alive { SignInCodeState::Pending } else { SignInCodeState::Expired }
        }
        Some(SignInCodeOutcome::SignedIn) if now < code.expires_at => SignInCodeState::SignedIn,
        Some(SignInCodeOutcome::SignedIn) => SignInCodeState::Expired,
        Some(SignInCodeOutcome::Linked) => SignInCodeState::Linked,
        Some(SignInCodeOutcome::Taken) => SignInCodeState::Taken,
        Some(SignInCodeOutcome::Denied) => SignInCodeState::Denied,
        Some(SignInCodeOutcome::Replaced) => SignInCodeState::Replaced,
    })
}
