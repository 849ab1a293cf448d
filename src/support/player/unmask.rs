//! The audit record of unmasking a player, with its reason (S121).

use crate::audit::{self, Kind};
use crate::platform::ids::PlayerId;
use crate::support::staff;
use crate::web::{PageError, Permission, RequestContext, StaffReason};

/// Records that this member of staff sees the player unmasked, and the reason.
pub(super) async fn unmask_player(
    context: &RequestContext,
    player: &PlayerId,
    reason: &StaffReason,
) -> Result<(), PageError> {
    let staff_member = context.staff()?.clone();
    let event = context.staff_event(&staff_member, Kind::PlayerUnmasked).on(player).because(reason.as_str());
    let now = context.now;
    let is_allowed = context
        .app
        .db
        .write(move |conn| {
            if !staff::hold(conn, &staff_member, Permission::Unmask, now)? {
                return Ok(false);
            }
            audit::append_event(conn, &event)?;
            Ok(true)
        })
        .await?;
    // Without the permission the address does not exist.
    if is_allowed { Ok(()) } else { Err(PageError::NotFound) }
}
