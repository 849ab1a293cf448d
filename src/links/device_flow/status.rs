//! The status of device flows, for requests of games and for messages without a request.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::links::device_flow::model::Outcome;
use crate::links::device_flow::store::{self, EndedDeviceFlow};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFlowStatus {
    /// Nobody has typed the code yet.
    Pending,
    Ended(Outcome),
}

/// The status of the player's device flow with this id. `None` if there is no such flow.
pub async fn device_flow_status(
    app: &App,
    player: &PlayerId,
    linking_id: &str,
) -> Result<Option<DeviceFlowStatus>, Fault> {
    // PostgreSQL rejects a NUL character in a text.
    let (id, player, now) = (linking_id.replace('\0', ""), player.clone(), app.clock.now());
    let found = app.db.read(move |conn| store::device_flow_status(conn, &id, &player)).await?;
    Ok(found.map(|found| match found {
        (Some(outcome), _) => DeviceFlowStatus::Ended(outcome),
        (None, expires_at) if now >= expires_at => DeviceFlowStatus::Ended(Outcome::Expired),
        (None, _) => DeviceFlowStatus::Pending,
    }))
}

/// The device flows of all players that ended at `since` or later.
pub async fn ended_since(app: &App, since: DateTime<Utc>) -> Result<Vec<EndedDeviceFlow>, Fault> {
    app.db.read(move |conn| store::ended_since(conn, since)).await
}
