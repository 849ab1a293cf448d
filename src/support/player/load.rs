//! Loads a player for a member of staff.
//!
//! The view writes an audit record and counts against the limit of views (S120, S121).

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::audit::{self, Kind};
use crate::platform::ids::{PlayerId, StaffId};
use crate::platform::rate_limit::RateVerdict;
use crate::support::player::model::PlayerOverview;
use crate::support::player::store::{self, PlayerViewRow};
use crate::support::player::timeline::TimelineQuery;
use crate::support::view_quota;
use crate::web::{PageError, RequestContext};

/// Views of one player by one member of staff within this time are one view on record.
///
/// So a page of the timeline or a refused form writes no second record.
const ONE_LOOK: TimeDelta = TimeDelta::minutes(5);

/// A player, with the email addresses of staff by id.
pub(super) struct LoadedPlayer {
    pub overview: PlayerOverview,
    pub names: HashMap<StaffId, String>,
}

/// Reads the player and records the view.
///
/// Gives 404 for an unknown player, which counts against the limit too, and 429 above the limit.
pub(super) async fn load_player(
    context: &RequestContext,
    player: &PlayerId,
    asked: &TimelineQuery,
) -> Result<LoadedPlayer, PageError> {
    let staff_member = context.staff()?;
    if let RateVerdict::Refused { retry_after } = view_quota::take_view(context, staff_member).await? {
        return Err(PageError::Throttled { retry_after });
    }
    let (vault, now) = (context.app.vault.clone(), context.now);
    let look = PlayerViewRow {
        player: player.clone(),
        staff: staff_member.id.clone(),
        since: now - ONE_LOOK,
        asked: asked.clone(),
    };
    let found = context.app.db.read(move |conn| store::read_player(conn, &vault, &look, now)).await?;
    let (seen, is_one_look) = found.ok_or(PageError::NotFound)?;
    if !is_one_look {
        let event = context.staff_event(staff_member, Kind::PlayerViewed).on(player);
        audit::write_event(&context.app.db, event).await?;
    }
    Ok(seen)
}
