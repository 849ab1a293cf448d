//! A game asks for a code, and later how it went.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, Event, Kind};
use crate::games::devices::claim::code::ClaimCode;
use crate::games::devices::claim::store::{self, NewCode, TRIES};
use crate::links::Hands;
use crate::platform::crypto::keys::Lookup;
use crate::platform::db::{is_unique_violation, new_id};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{Budget, Then, Verdict};

/// How long a code holds. A person has to find a phone.
const HOLDS_FOR: TimeDelta = TimeDelta::minutes(15);
/// Codes for one player, and from one network, within an hour.
const PER_PLAYER: u32 = 20;
const PER_NETWORK: u32 = 200;
/// Codes begin with one of 160,000 beginnings; two that begin alike are rare.
const DRAWS: u32 = 5;

/// A code is open.
pub struct Begun {
    /// Asks how it went.
    pub linking_id: String,
    pub code: String,
    pub expires_in: TimeDelta,
}

/// Expected noes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBegun {
    /// The player is somebody's already, who has a way in on the web or back to one.
    HasAccount,
    TooMany,
    Disabled,
}

/// How a claim fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Pending,
    Claimed,
    Moved,
    /// Its time is over, it was typed wrong too often, or there never was one.
    Expired,
}

enum Lost {
    Race,
    Refused(NotBegun),
}

/// Opens a code for `player`, whom only a device knows.
pub async fn begin(
    app: &App,
    hands: &Hands,
    player: &PlayerId,
    api_key: &str,
) -> Result<Begun, Stop<NotBegun>> {
    let network = app.keys.lookup.hash(Lookup::Network, &hands.network);
    let budgets = vec![
        hourly(Limit::ClaimCodes, format!("claim codes player {player}"), PER_PLAYER),
        hourly(Limit::ClaimCodes, format!("claim codes network {network}"), PER_NETWORK),
    ];
    if let Verdict::Refused { .. } = app.throttle.take(budgets, hands.at).await? {
        return Err(Stop::Refused(NotBegun::TooMany));
    }
    for _ in 0..DRAWS {
        let code = ClaimCode::generate()?;
        let new = NewCode {
            id: new_id(hands.at),
            player: player.clone(),
            selector: code.selector().to_owned(),
            hash: code.hash(&app.keys.codes),
            api_key: api_key.to_owned(),
            label: String::new(),
            network: hands.network.clone(),
            at: hands.at,
            expires_at: hands.at + HOLDS_FOR,
        };
        let linking_id = new.id.clone();
        let event = Event::new(hands.at, Kind::ClaimBegun, Actor::Player, &hands.reference)
            .on(player)
            .from(&hands.network)
            .with(json!({ "door": "game" }));
        let put = app
            .db
            .write(move |conn| {
                if !players::store::hold(conn, &new.player)? {
                    return Err(Stop::Refused(Lost::Refused(NotBegun::Disabled)));
                }
                if players::store::is_somebodys(conn, &new.player)? {
                    return Err(Stop::Refused(Lost::Refused(NotBegun::HasAccount)));
                }
                match store::put(conn, &new) {
                    Err(error) if is_unique_violation(&error) => return Err(Stop::Refused(Lost::Race)),
                    put => put?,
                }
                Ok(audit::append(conn, &event)?)
            })
            .await;
        match put {
            Ok(()) => return Ok(Begun { linking_id, code: code.shown(), expires_in: HOLDS_FOR }),
            Err(Stop::Refused(Lost::Race)) => {}
            Err(Stop::Refused(Lost::Refused(refused))) => return Err(Stop::Refused(refused)),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Err(Stop::Refused(NotBegun::TooMany))
}

/// How the claim of this id fares, for the player who began it.
pub async fn progress(
    app: &App,
    hands: &Hands,
    player: &PlayerId,
    linking_id: &str,
) -> Result<Progress, Fault> {
    let (id, player, now) = (linking_id.replace('\0', ""), player.clone(), hands.at);
    let found = app.db.read(move |conn| store::progress(conn, &id, &player)).await?;
    Ok(match found {
        Some((Some(outcome), ..)) if outcome == "claimed" => Progress::Claimed,
        Some((Some(_), ..)) => Progress::Moved,
        Some((None, tries, expires_at)) if tries < TRIES && now < expires_at => Progress::Pending,
        _ => Progress::Expired,
    })
}

fn hourly(limit: Limit, id: String, free: u32) -> Budget {
    Budget { limit, id, free, window: TimeDelta::hours(1), then: Then::Wait }
}
