//! Changes of role that one admin proposes and another approves (S123).
//!
//! The same person never does both. A change counts at once and ends the person's sessions (S124). The last admin
//! stays admin.

mod store;

use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::{self, Kind};
use crate::platform::db::{Conn, new_id};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::support::staff::admin::{StaffChangeRefusal, keep_one_admin, set_role, shut_out};
use crate::support::staff::{Role, store as people};
use crate::web::{CurrentStaffMember, Permission, RequestContext, StaffReason};

pub(super) use store::{Proposal, open};
pub use store::{count_open, sweep};

/// How long a proposal stays open.
const HOLDS_FOR: TimeDelta = TimeDelta::days(7);

/// Why a change was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ProposalRefusal {
    /// The person or the proposal does not exist, or either has changed since the page was shown.
    ChangedMeanwhile,
    /// Another admin must act: nobody approves an own proposal or a change of the own role, or disables oneself.
    NeedsAnother,
    LastAdmin,
}

impl From<StaffChangeRefusal> for ProposalRefusal {
    fn from(why: StaffChangeRefusal) -> Self {
        match why {
            StaffChangeRefusal::LastAdmin => Self::LastAdmin,
            StaffChangeRefusal::Unknown | StaffChangeRefusal::Already => Self::ChangedMeanwhile,
        }
    }
}

fn lifted(stop: Stop<StaffChangeRefusal>) -> Stop<ProposalRefusal> {
    match stop {
        Stop::Refused(why) => Stop::Refused(why.into()),
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}

/// Whoever changes staff must still be signed in as an admin when the change is written.
fn hold(
    conn: &mut Conn,
    staff_member: &CurrentStaffMember,
    now: DateTime<Utc>,
) -> Result<(), Stop<ProposalRefusal>> {
    if people::hold(conn, staff_member, Permission::Staff, now)? {
        Ok(())
    } else {
        Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile))
    }
}

/// Proposes a role, which replaces an earlier proposal for this person.
pub(super) async fn propose(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    whom: &StaffId,
    role: Role,
    reason: &StaffReason,
) -> Result<(), Stop<ProposalRefusal>> {
    let proposal = Proposal {
        id: new_id(context.now),
        whom: whom.clone(),
        role,
        reason: reason.as_str().to_owned(),
        by: staff_member.id.clone(),
        created_at: context.now,
    };
    let event = context
        .staff_event(staff_member, Kind::StaffRoleProposed)
        .because(reason.as_str())
        .with(serde_json::json!({ "whom": whom, "to": role }));
    let (by, now, until) = (staff_member.clone(), context.now, context.now + HOLDS_FOR);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            hold(conn, &by, now)?;
            let member = people::by_id(conn, &proposal.whom)?;
            let member = member.filter(|member| !member.is_disabled && member.role != proposal.role);
            let Some(member) = member else { return Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile)) };
            keep_one_admin(conn, &member).map_err(lifted)?;
            store::put(conn, &proposal, until)?;
            Ok(audit::append_event(conn, &event)?)
        })
        .await
}

/// Applies the proposal of another admin.
pub(super) async fn approve(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    id: &str,
) -> Result<(), Stop<ProposalRefusal>> {
    let base = context.staff_event(staff_member, Kind::StaffRoleChanged);
    let (id, by, now) = (id.to_owned(), staff_member.clone(), context.now);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            hold(conn, &by, now)?;
            let approver = &by.id;
            let Some(proposal) = store::take(conn, &id, now)? else {
                return Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile));
            };
            if proposal.by == *approver || proposal.whom == *approver {
                return Err(Stop::Refused(ProposalRefusal::NeedsAnother));
            }
            let proposer = people::by_id(conn, &proposal.by)?;
            if !proposer.is_some_and(|by| by.may_come_in() && by.role == Role::Admin) {
                return Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile));
            }
            let Some(member) = people::by_id(conn, &proposal.whom)?.filter(|member| !member.is_disabled)
            else {
                return Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile));
            };
            keep_one_admin(conn, &member).map_err(lifted)?;
            let changed = set_role(conn, &member.id, member.role, proposal.role).map_err(lifted)?;
            let details = serde_json::json!({
                "whom": member.id, "from": changed.from, "to": proposal.role, "proposed_by": proposal.by,
            });
            let event = base.clone().because(&proposal.reason).with(details);
            Ok(audit::append_event(conn, &event)?)
        })
        .await
}

/// Withdraws a proposal; any admin may, the proposer included.
pub(super) async fn withdraw(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    id: &str,
) -> Result<(), Stop<ProposalRefusal>> {
    let base = context.staff_event(staff_member, Kind::StaffRoleWithdrawn);
    let (id, by, now) = (id.to_owned(), staff_member.clone(), context.now);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            hold(conn, &by, now)?;
            let Some(proposal) = store::take(conn, &id, now)? else {
                return Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile));
            };
            let details = serde_json::json!({ "whom": proposal.whom, "to": proposal.role });
            Ok(audit::append_event(conn, &base.clone().with(details))?)
        })
        .await
}

/// Disables another member at once; this needs only one admin.
pub(super) async fn disable(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    whom: &StaffId,
    reason: &StaffReason,
) -> Result<(), Stop<ProposalRefusal>> {
    if *whom == staff_member.id {
        return Err(Stop::Refused(ProposalRefusal::NeedsAnother));
    }
    let event = context
        .staff_event(staff_member, Kind::StaffDisabled)
        .because(reason.as_str())
        .with(serde_json::json!({ "whom": whom }));
    let (whom, by, now) = (whom.clone(), staff_member.clone(), context.now);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            hold(conn, &by, now)?;
            let Some(member) = people::by_id(conn, &whom)? else {
                return Err(Stop::Refused(ProposalRefusal::ChangedMeanwhile));
            };
            keep_one_admin(conn, &member).map_err(lifted)?;
            shut_out(conn, &member, now).map_err(lifted)?;
            store::drop_of(conn, &whom)?;
            Ok(audit::append_event(conn, &event)?)
        })
        .await
}

/// All members of staff, and the open proposals.
pub(super) async fn overview(
    context: &RequestContext,
) -> Result<(Vec<crate::support::staff::StaffSummary>, Vec<Proposal>), Fault> {
    let now = context.now;
    context.app.db.read(move |conn| Ok((people::list(conn)?, open(conn, now)?))).await
}
