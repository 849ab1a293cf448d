//! Exports everything that is stored about a player.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::Stream;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::privacy::export_stream;
use crate::privacy::requester::PrivacyRequester;

/// Exports that one player may request in an hour.
const IN_AN_HOUR: u32 = 5;

/// Why nothing is exported.
#[derive(Debug, PartialEq, Eq)]
pub enum ExportRefusal {
    /// The player does not exist, or no longer.
    Gone,
    /// The session of the request has ended meanwhile.
    SessionEnded,
    TooOften {
        retry_after: i64,
    },
}

/// Records the export, notifies the player by mail, and returns the file in parts.
///
/// Each part is read when it is requested, and no copy of the file is kept.
pub async fn export_player(
    app: &Arc<App>,
    requester: PrivacyRequester,
    player: &PlayerId,
) -> Result<impl Stream<Item = Result<String, Fault>> + use<>, Stop<ExportRefusal>> {
    if requester.actor() == Actor::Player
        && let RateVerdict::Refused { retry_after } =
            app.throttle.take(vec![export_limit(player)], requester.at()).await?
    {
        return Err(Stop::Refused(ExportRefusal::TooOften { retry_after }));
    }
    let message = export_message(app, &requester, player).await?;
    let event = requester.export_event.clone().on(player);
    let (id, requester_origin, at) = (player.clone(), requester.origin.clone(), requester.at());
    let closing = requester.closing.clone();
    app.db
        .write_or_refuse(move |conn| {
            if !players::store::lock_any_player(conn, &id)? {
                return Err(Stop::Refused(ExportRefusal::Gone));
            }
            if let Some(origin) = &requester_origin
                && !origin.is_alive(conn, at)?
            {
                return Err(Stop::Refused(ExportRefusal::SessionEnded));
            }
            if let Some(proof) = &closing
                && !proof.still_holds(conn)?
            {
                return Err(Stop::Refused(ExportRefusal::SessionEnded));
            }
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await?;
    Ok(export_stream::stream_export(Arc::clone(app), player.clone(), requester.at()))
}

fn export_limit(player: &PlayerId) -> RateBudget {
    RateBudget {
        limit: Limit::Exports,
        id: format!("exports player {player}"),
        free: IN_AN_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    }
}

async fn export_message(
    app: &App,
    requester: &PrivacyRequester,
    player: &PlayerId,
) -> Result<Option<MailMessage>, Stop<ExportRefusal>> {
    let id = player.clone();
    let found = app.db.read(move |conn| players::store::credentials_by_id(conn, &id)).await?;
    let account = found.ok_or(Stop::Refused(ExportRefusal::Gone))?;
    let to = account.as_recipient(requester.language);
    Ok(MailMessage::compose(app, mail::Kind::DataExported, &to, &[])?)
}
