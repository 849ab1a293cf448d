//! Audit records of what staff were refused (S125): a page beyond their role, or a rule of a change.
//!
//! The first refusals of an hour write a record each. Later ones only count in the metrics, so nobody can
//! flood the log.

use chrono::TimeDelta;
use serde_json::Value;

use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::{CurrentStaffMember, RequestContext};

/// The most records of one person in an hour.
const OF_ONE_HOUR: u32 = 20;

/// Records that `viewer` was refused; `details` names the refusal in closed words.
pub async fn record_denied_access(
    visit: &RequestContext,
    viewer: &CurrentStaffMember,
    details: Value,
) -> Result<(), Fault> {
    let budget = RateBudget {
        limit: Limit::StaffRefusals,
        id: format!("staff refusals {}", viewer.id),
        free: OF_ONE_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    if visit.app.throttle.take(vec![budget], visit.now).await? != RateVerdict::Allowed {
        return Ok(());
    }
    let event = visit.staff_event(viewer, Kind::StaffRefused).with(details);
    audit::write_event(&visit.app.db, event).await
}
