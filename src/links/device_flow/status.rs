//! The status of device flows, for requests of games and for messages without a request.

use chrono::{DateTime, Utc};

use crate::accounts::players;
use crate::app::App;
use crate::links::device_flow::model::{Outcome, SealedDeviceFlow, UnconfirmedDeviceFlow};
use crate::links::device_flow::store::{self, EndedDeviceFlow};
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceFlowStatus {
    /// Nobody has typed the code yet.
    Pending,
    /// The game that asked shows both names and confirms.
    Confirm(NamesToConfirm),
    Ended(Outcome),
}

/// What a game shows before it confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamesToConfirm {
    /// The name of the Amazon account, masked: the screen of a TV is seen by others, too.
    pub amazon_name: Option<String>,
    /// The name of the player.
    pub display_name: String,
}

/// A device flow that waits for a confirmation.
pub struct WaitingDeviceFlow {
    pub id: String,
    pub player: PlayerId,
    /// The session that may confirm. `None` if a game server asked.
    pub session: Option<SessionId>,
    pub names: NamesToConfirm,
}

/// The status of the player's device flow with this id. `None` if there is no such flow.
pub async fn device_flow_status(
    app: &App,
    player: &PlayerId,
    linking_id: &str,
) -> Result<Option<DeviceFlowStatus>, Fault> {
    // PostgreSQL rejects a NUL character in a text.
    let (id, player, now) = (linking_id.replace('\0', ""), player.clone(), app.clock.now());
    let (found, waiting) = app
        .db
        .read(move |conn| {
            let found = store::device_flow_status(conn, &id, &player)?;
            let waiting = store::find_unconfirmed(conn, &id, &player, now)?;
            let name = player_name(conn, &player)?;
            Ok((found, waiting.map(|waiting| (waiting, name))))
        })
        .await?;
    Ok(found.map(|found| match (found, waiting) {
        ((Some(outcome), _), _) => DeviceFlowStatus::Ended(outcome),
        ((None, expires_at), _) if now >= expires_at => DeviceFlowStatus::Ended(Outcome::Expired),
        ((None, _), Some((waiting, name))) => DeviceFlowStatus::Confirm(names_of(app, &waiting, name)),
        ((None, _), None) => DeviceFlowStatus::Pending,
    }))
}

/// The device flows of all players that ended at `since` or later.
pub async fn ended_since(app: &App, since: DateTime<Utc>) -> Result<Vec<EndedDeviceFlow>, Fault> {
    app.db.read(move |conn| store::ended_since(conn, since)).await
}

/// The device flows of all players that wait for a confirmation since `since` or later.
pub async fn waiting_since(app: &App, since: DateTime<Utc>) -> Result<Vec<WaitingDeviceFlow>, Fault> {
    let now = app.clock.now();
    let found = app
        .db
        .read(move |conn| {
            let waiting = store::unconfirmed_since(conn, since, now)?;
            let names =
                waiting.iter().map(|flow| player_name(conn, &flow.player)).collect::<Result<Vec<_>, _>>()?;
            Ok(waiting.into_iter().zip(names).collect::<Vec<_>>())
        })
        .await?;
    let waiting = found.into_iter().map(|(flow, name)| WaitingDeviceFlow {
        names: names_of(app, &flow, name),
        session: flow.asker_id.map(SessionId::from),
        id: flow.id,
        player: flow.player,
    });
    Ok(waiting.collect())
}

fn player_name(conn: &mut Conn, player: &PlayerId) -> QueryResult<String> {
    let known = players::store::credentials_by_id(conn, player)?;
    Ok(known.map(|known| known.display_name).unwrap_or_default())
}

fn names_of(app: &App, flow: &UnconfirmedDeviceFlow, display_name: String) -> NamesToConfirm {
    let opened = SealedDeviceFlow::open_column(&app.vault, &flow.id, &flow.player, &flow.pair_sealed);
    let identity = opened.ok().and_then(|secrets| secrets.identity);
    NamesToConfirm { amazon_name: identity.and_then(|identity| identity.masked_name()), display_name }
}
