//! A game asks for a code, with or without a player.

use chrono::TimeDelta;
use serde_json::json;

use super::model::SignInCodeOutcome;
use super::store::{self, NewSignInCode};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::games::devices::claim::code::ClaimCode;
use crate::links::GameCallContext;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::{is_unique_violation, new_id};
use crate::platform::fault::Stop;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};

/// How long a code is valid. A person has to find a phone.
const VALID_FOR: TimeDelta = TimeDelta::minutes(15);
/// Codes per player, and per network, within an hour.
const PER_PLAYER: u32 = 20;
const PER_NETWORK: u32 = 200;
/// Attempts at a code with an unused first half, as for claims.
const ATTEMPTS: u32 = 5;

/// The game that asks.
pub struct SignInCodeRequester<'a> {
    pub api_key: &'a str,
    /// See [`crate::games::devices::label_of`]. May be empty.
    pub label: &'a str,
    /// The code that this connection shows so far.
    pub former: Option<&'a str>,
}

/// A new code.
pub struct SignInCodeBegun {
    /// The id of the row.
    pub id: String,
    /// The secret with which the game asks for the state.
    pub linking_id: String,
    pub code: String,
    pub expires_in: TimeDelta,
}

/// Why no code is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInCodeRefusal {
    TooMany,
    /// The session ended meanwhile, or the player is disabled.
    SessionEnded,
}

enum CodeWriteError {
    Race,
    SessionEnded,
}

/// Begins a sign-in by code. The player of `call` is the TV's own, to whom an Amazon account may be linked.
pub async fn begin_sign_in(
    app: &App,
    call: &GameCallContext,
    requester: SignInCodeRequester<'_>,
) -> Result<SignInCodeBegun, Stop<SignInCodeRefusal>> {
    let network = app.keys.lookup.hash(LookupPurpose::Network, &call.network);
    let mut budgets = vec![hourly_budget(format!("sign-in by code network {network}"), PER_NETWORK)];
    if let Some(player) = call.player() {
        budgets.push(hourly_budget(format!("sign-in by code player {player}"), PER_PLAYER));
    }
    if let RateVerdict::Refused { .. } = app.throttle.take(budgets, call.at).await? {
        return Err(Stop::Refused(SignInCodeRefusal::TooMany));
    }
    for _ in 0..ATTEMPTS {
        let (code, linking) = (ClaimCode::generate()?, OpaqueToken::generate()?);
        let new = NewSignInCode {
            id: new_id(call.at),
            linking_hash: linking.hash(),
            origin: call.origin.clone(),
            selector: code.selector().to_owned(),
            hash: code.hash(&app.keys.codes),
            api_key: requester.api_key.to_owned(),
            label: requester.label.to_owned(),
            network: call.network.clone(),
            at: call.at,
            expires_at: call.at + VALID_FOR,
        };
        let id = new.id.clone();
        let actor = if call.player().is_some() { Actor::Player } else { Actor::Visitor };
        let event = call
            .audit_event(Kind::SignInCodeAsked, actor)
            .on_any(call.player())
            .with(json!({ "door": "game" }));
        let (asking, former) = (call.clone(), requester.former.map(str::to_owned));
        let written = app
            .db
            .write_or_refuse(move |conn| {
                if asking.origin.is_some() && !asking.lock_origin(conn)? {
                    return Err(Stop::Refused(CodeWriteError::SessionEnded));
                }
                let replaced = match store::insert_code(conn, &new, former.as_deref()) {
                    Err(error) if is_unique_violation(&error) => {
                        return Err(Stop::Refused(CodeWriteError::Race));
                    }
                    inserted => inserted?,
                };
                audit::append_event(conn, &event)?;
                Ok(replaced)
            })
            .await;
        match written {
            Ok(replaced) => {
                app.metrics.sign_in_codes.add_many(SignInCodeOutcome::Replaced.as_str(), replaced);
                return Ok(SignInCodeBegun {
                    id,
                    linking_id: linking.expose().to_owned(),
                    code: code.display_text(),
                    expires_in: VALID_FOR,
                });
            }
            Err(Stop::Refused(CodeWriteError::Race)) => {}
            Err(Stop::Refused(CodeWriteError::SessionEnded)) => {
                return Err(Stop::Refused(SignInCodeRefusal::SessionEnded));
            }
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Err(Stop::Refused(SignInCodeRefusal::TooMany))
}

fn hourly_budget(id: String, free: u32) -> RateBudget {
    RateBudget { limit: Limit::SignInByCode, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}
