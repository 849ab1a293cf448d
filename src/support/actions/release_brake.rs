//! A lead lets links end again that Amazon refuses (S69).

use chrono::{DateTime, Utc};

use crate::audit::Kind;
use crate::links::refresh::mass_revocation_guard;
use crate::platform::fault::Fault;
use crate::platform::metrics::Brake;
use crate::support::audit_entry::record;
use crate::web::{CurrentStaffMember, RequestContext, StaffReason};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::support) enum GuardRelease {
    Released,
    /// Somebody was quicker, or the brake was pulled anew since the page was made.
    Changed,
}

/// Releases the brake that is on since `seen`.
pub(in crate::support) async fn release(
    visit: &RequestContext,
    staff: &CurrentStaffMember,
    reason: &StaffReason,
    seen: DateTime<Utc>,
) -> Result<GuardRelease, Fault> {
    let event = record(visit, staff, Kind::BrakeReleased).because(reason.as_str());
    let by = staff.id.to_string();
    let is_released =
        visit.app.db.write(move |conn| mass_revocation_guard::release(conn, &by, Some(seen), &event)).await?;
    if !is_released {
        return Ok(GuardRelease::Changed);
    }
    visit.app.metrics.brake.is(Brake::Released);
    Ok(GuardRelease::Released)
}
