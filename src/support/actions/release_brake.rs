//! A lead releases the mass-revocation guard, so that refused links can end again (S69).

use chrono::{DateTime, Utc};

use crate::audit::Kind;
use crate::links::refresh::mass_revocation_guard;
use crate::platform::fault::Fault;
use crate::platform::metrics::GuardState;
use crate::support;
use crate::web::{CurrentStaffMember, Permission, RequestContext, StaffReason};

/// The result of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::support) enum GuardRelease {
    Released,
    /// Another lead released it first, or it switched on again since the page was shown.
    Changed,
}

/// Releases the guard that is on since `seen`.
pub(in crate::support) async fn release(
    context: &RequestContext,
    staff: &CurrentStaffMember,
    reason: &StaffReason,
    seen: DateTime<Utc>,
) -> Result<GuardRelease, Fault> {
    let event = context.staff_event(staff, Kind::GuardReleased).because(reason.as_str());
    let (staff, now) = (staff.clone(), context.now);
    let is_released = context
        .app
        .db
        .write(move |conn| {
            Ok(support::staff::hold(conn, &staff, Permission::Brake, now)?
                && mass_revocation_guard::release_guard(conn, staff.id.as_str(), Some(seen), &event)?)
        })
        .await?;
    if !is_released {
        return Ok(GuardRelease::Changed);
    }
    context.app.metrics.revocation_guard.set(GuardState::Off);
    Ok(GuardRelease::Released)
}
