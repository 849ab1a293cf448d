//! A game begins a claim, and asks for its state.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::games::devices::claim::code::ClaimCode;
use crate::games::devices::claim::store::{self, ClaimOutcome, MAX_ENTRIES, NewClaimCode};
use crate::links::GameCallContext;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::{is_unique_violation, new_id};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::sessions::game::GameSession;
use crate::text_enum;

/// How long a code is valid. A person has to find a phone.
const VALID_FOR: TimeDelta = TimeDelta::minutes(15);
/// Codes per player, and per network, within an hour.
const PER_PLAYER: u32 = 20;
const PER_NETWORK: u32 = 200;
/// Attempts at a code with an unused first half. There are 160,000 first halves, so collisions are rare.
const ATTEMPTS: u32 = 5;

/// A new claim.
pub struct ClaimBegun {
    /// The id with which the game asks for the state.
    pub linking_id: String,
    pub code: String,
    pub expires_in: TimeDelta,
}

/// Why a claim is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimBeginRefusal {
    /// The player has a password, a proven address or a link, so nobody else may take it over.
    HasAccount,
    TooMany,
    Disabled,
}

text_enum! {
    /// The state of a claim.
    pub enum ClaimProgress {
        Pending = "pending",
        Claimed = "claimed",
        Moved = "moved",
        /// The code has expired, was typed wrong too often, or never existed.
        Expired = "expired",
    }
}

enum ClaimWriteError {
    Race,
    Refused(ClaimBeginRefusal),
}

/// Begins a claim of `player`, who must be known only by a device.
pub async fn begin_claim(
    app: &App,
    call: &GameCallContext,
    player: &PlayerId,
    asking: Option<&GameSession>,
    api_key: &str,
) -> Result<ClaimBegun, Stop<ClaimBeginRefusal>> {
    let network = app.keys.lookup.hash(LookupPurpose::Network, &call.network);
    let budgets = vec![
        hourly_budget(Limit::ClaimCodes, format!("claim codes player {player}"), PER_PLAYER),
        hourly_budget(Limit::ClaimCodes, format!("claim codes network {network}"), PER_NETWORK),
    ];
    if let RateVerdict::Refused { .. } = app.throttle.take(budgets, call.at).await? {
        return Err(Stop::Refused(ClaimBeginRefusal::TooMany));
    }
    for _ in 0..ATTEMPTS {
        let code = ClaimCode::generate()?;
        let new = NewClaimCode {
            id: new_id(call.at),
            player: player.clone(),
            player_version: call.origin.as_ref().map_or(0, |origin| origin.player_version),
            session: call.session().cloned(),
            token_hash: asking.and_then(|session| session.token_hash.clone()),
            selector: code.selector().to_owned(),
            hash: code.hash(&app.keys.codes),
            api_key: api_key.to_owned(),
            label: String::new(),
            network: call.network.clone(),
            at: call.at,
            expires_at: call.at + VALID_FOR,
        };
        let linking_id = new.id.clone();
        let event =
            call.audit_event(Kind::ClaimBegun, Actor::Player).on(player).with(json!({ "door": "game" }));
        let asking = call.clone();
        let written = app
            .db
            .write_or_refuse(move |conn| {
                if !asking.lock_origin(conn)? {
                    return Err(Stop::Refused(ClaimWriteError::Refused(ClaimBeginRefusal::Disabled)));
                }
                if players::store::has_person(conn, &new.player)? {
                    return Err(Stop::Refused(ClaimWriteError::Refused(ClaimBeginRefusal::HasAccount)));
                }
                match store::insert_code(conn, &new) {
                    Err(error) if is_unique_violation(&error) => {
                        return Err(Stop::Refused(ClaimWriteError::Race));
                    }
                    inserted => inserted?,
                }
                Ok(audit::append_event(conn, &event)?)
            })
            .await;
        match written {
            Ok(()) => return Ok(ClaimBegun { linking_id, code: code.display_text(), expires_in: VALID_FOR }),
            Err(Stop::Refused(ClaimWriteError::Race)) => {}
            Err(Stop::Refused(ClaimWriteError::Refused(refused))) => return Err(Stop::Refused(refused)),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Err(Stop::Refused(ClaimBeginRefusal::TooMany))
}

/// The state of a claim, for whoever holds its id.
///
/// A moved device has lost the session that began the claim, so no player is asked for.
pub async fn claim_progress(app: &App, linking_id: &str) -> Result<ClaimProgress, Fault> {
    let (id, now) = (linking_id.replace('\0', ""), app.clock.now());
    let found = app.db.read(move |conn| store::claim_progress(conn, &id)).await?;
    Ok(match found {
        Some((Some(ClaimOutcome::Claimed), ..)) => ClaimProgress::Claimed,
        Some((Some(ClaimOutcome::Moved), ..)) => ClaimProgress::Moved,
        Some((None, tries, expires_at)) if tries < MAX_ENTRIES && now < expires_at => ClaimProgress::Pending,
        _ => ClaimProgress::Expired,
    })
}

fn hourly_budget(limit: Limit, id: String, free: u32) -> RateBudget {
    RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}
