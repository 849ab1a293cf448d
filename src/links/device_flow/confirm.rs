//! The game that asked for a code says that both names are right, and the waiting link is written.

use chrono::TimeDelta;

use crate::app::App;
use crate::links::device_flow::link::DeviceFlowTokens;
use crate::links::device_flow::model::{Outcome, SealedDeviceFlow};
use crate::links::device_flow::poll::{Confirmation, finish_device_flow, log_unreadable, write_outcome};
use crate::links::device_flow::store;
use crate::platform::fault::Stop;
use crate::platform::ids::{PlayerId, SessionId};
use crate::platform::jobs::lease::Lease;

/// More time than the write takes. A crashed copy blocks a confirmation no longer.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Another session of the player asked for the code. Only the game that shows it knows what the person saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedElsewhere;

/// Links the waiting identity. `None` if nothing waits: the status then says how it ended.
pub async fn confirm_device_flow(
    app: &App,
    player: &PlayerId,
    session: Option<&SessionId>,
    linking_id: &str,
) -> Result<Option<Outcome>, Stop<AskedElsewhere>> {
    let (id, asked, now) = (linking_id.replace('\0', ""), player.clone(), app.clock.now());
    let waiting = app.db.read(move |conn| store::find_unconfirmed(conn, &id, &asked, now)).await?;
    let Some(waiting) = waiting else { return Ok(None) };
    if waiting.asker_id.as_deref() != session.map(SessionId::as_str) {
        return Err(Stop::Refused(AskedElsewhere));
    }
    let lease = Lease::new(&app.clock, LEASE);
    let claimed = app.db.write(move |conn| Ok(store::claim_unconfirmed(conn, &waiting.id, &lease)?)).await?;
    let Some(flow) = claimed else { return Ok(None) };
    let identity = match SealedDeviceFlow::open(&app.vault, &flow) {
        Ok(secrets) => secrets.identity,
        Err(fault) => {
            log_unreadable(&fault);
            None
        }
    };
    Ok(match identity {
        Some(identity) => {
            let allowed = DeviceFlowTokens::of_plaintext(identity);
            write_outcome(app, &flow, &allowed, Confirmation::Given).await?
        }
        None => finish_device_flow(app, &flow, Outcome::Failed).await?,
    })
}
