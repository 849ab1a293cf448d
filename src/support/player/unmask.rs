//! The audit record of unmasking a player, with its reason (S121).

use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::support::audit_entry::record_action;
use crate::web::{PageError, RequestContext, StaffReason};

/// Records that this member of staff sees the player unmasked, and the reason.
pub(super) async fn unmask_player(
    visit: &RequestContext,
    player: &PlayerId,
    reason: &StaffReason,
) -> Result<(), PageError> {
    let event =
        record_action(visit, visit.staff()?, Kind::PlayerUnmasked).on(player).because(reason.as_str());
    Ok(visit.app.db.write(move |conn| Ok::<_, Fault>(audit::append_event(conn, &event)?)).await?)
}
