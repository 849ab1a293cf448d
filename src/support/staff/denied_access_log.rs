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

/// Records that `staff_member` was refused; `details` names the refusal in closed words.
pub async fn record_denied_access(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    details: Value,
) -> Result<(), Fault> {
    let budget = RateBudget {
        limit: Limit::StaffRefusals,
        id: format!("staff refusals {}", staff_member.id),
        free: OF_ONE_HOUR,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    if context.app.throttle.take(vec![budget], context.now).await? != RateVerdict::Allowed {
        return Ok(());
    }
    let event = context.staff_event(staff_member, Kind::StaffRefused).with(details);
    audit::write_event(&context.app.db, event).await
}
