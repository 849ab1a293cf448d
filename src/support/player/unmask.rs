//! The audit record of unmasking a player, with its reason (S121).

use crate::audit::{self, Kind};
use crate::platform::ids::PlayerId;
use crate::web::{PageError, RequestContext, StaffReason};

/// Records that this member of staff sees the player unmasked, and the reason.
pub(super) async fn unmask_player(
    context: &RequestContext,
    player: &PlayerId,
    reason: &StaffReason,
) -> Result<(), PageError> {
    let event =
        context.staff_event(context.staff()?, Kind::PlayerUnmasked).on(player).because(reason.as_str());
    Ok(audit::write_event(&context.app.db, event).await?)
}
