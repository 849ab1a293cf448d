//! Hourly limits on the searches and player views of one member of staff (S120).
//!
//! Ordinary help stays far below them. A refusal counts in the metrics each time. Once an hour it also writes a
//! warning to the log and an audit record.

use chrono::TimeDelta;
use serde_json::json;

use crate::audit::{self, Kind};
use crate::platform::fault::Fault;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::{CurrentStaffMember, RequestContext};

/// Searches an hour, each page of a list included: one a minute, and as many corrections.
const SEARCHES: u32 = 120;
/// Views of a player's page an hour; each filter and each page of a timeline is one.
const LOOKS: u32 = 240;
/// The window of these limits, and of the one alert.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// Counts a search before it runs.
pub(in crate::support) async fn take_search(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
) -> Result<RateVerdict, Fault> {
    take_quota(context, staff_member, Limit::StaffSearches, "searches", SEARCHES, Kind::PlayersSearched).await
}

/// Counts a view of a player's page before it is read.
pub(in crate::support) async fn take_view(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
) -> Result<RateVerdict, Fault> {
    take_quota(context, staff_member, Limit::StaffLooks, "looks", LOOKS, Kind::PlayerViewed).await
}

async fn take_quota(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    limit: Limit,
    what: &'static str,
    free: u32,
    kind: Kind,
) -> Result<RateVerdict, Fault> {
    let verdict =
        context.app.throttle.take(vec![quota_budget(limit, staff_member, what, free)], context.now).await?;
    if matches!(verdict, RateVerdict::Refused { .. }) {
        alert_operator(context, staff_member, what, kind).await?;
    }
    Ok(verdict)
}

/// Reports a refusal once in a window, across all instances of the program.
async fn alert_operator(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    what: &'static str,
    kind: Kind,
) -> Result<(), Fault> {
    let alert_budget = quota_budget(Limit::StaffAlerts, staff_member, &format!("alert {what}"), 1);
    if context.app.throttle.take(vec![alert_budget], context.now).await? != RateVerdict::Allowed {
        return Ok(());
    }
    tracing::warn!(
        event = "support.view_quota.exceeded",
        alert = "staff_bulk",
        staff.id = %staff_member.id,
        limit = what,
        "a member of staff used up an hourly quota of player data"
    );
    let event = context.staff_event(staff_member, kind).with(json!({ "refused": "too_many" }));
    audit::write_event(&context.app.db, event).await
}

fn quota_budget(limit: Limit, staff_member: &CurrentStaffMember, what: &str, free: u32) -> RateBudget {
    RateBudget {
        limit,
        id: format!("staff {what} {}", staff_member.id),
        free,
        window: WINDOW,
        then: OverBudget::Wait,
    }
}
