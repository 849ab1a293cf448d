//! View models of the pages for staff.

use std::collections::HashMap;

use askama::Template;

use crate::platform::ids::StaffId;
use crate::platform::qr::QrDrawing;
use crate::support::staff::Role;
use crate::support::staff::model::StaffSummary;
use crate::support::staff::proposals::Proposal;
use crate::web::page::ShownTime;
use crate::web::pending_action::PendingAction;
use crate::web::{CurrentStaffMember, Page, PageError, RequestContext, urls};

/// `/support/sign-in`.
#[derive(Template)]
#[template(path = "staff/sign_in.html")]
pub(super) struct StaffSignInPage {
    pub page: Page,
    pub email: String,
    pub next: String,
}

/// `/support/sign-in/code`.
#[derive(Template)]
#[template(path = "staff/code.html")]
pub(super) struct StaffCodePage {
    pub page: Page,
}

/// `/support/enrol`.
#[derive(Template)]
#[template(path = "staff/enrol.html")]
pub(super) struct EnrolPage {
    pub page: Page,
    /// `None` if the link is invalid.
    pub open: Option<EnrolmentView>,
}

/// The data of an open enrolment.
pub(super) struct EnrolmentView {
    /// Whose link it is and who is signed out, while somebody else is signed in.
    pub whose: String,
    pub email: String,
    pub min: String,
    pub drawing: QrDrawing,
    pub secret: String,
}

/// `/support/recovery-codes`.
#[derive(Template)]
#[template(path = "staff/recovery.html")]
pub(super) struct RecoveryPage {
    pub page: Page,
    /// New codes, shown only once.
    pub codes: Vec<String>,
    pub left: String,
}

/// `/support/confirm-identity`.
#[derive(Template)]
#[template(path = "staff/confirm.html")]
pub(super) struct StaffConfirmPage {
    pub page: Page,
    /// What the proof is for.
    lead: String,
    /// For the browser's password manager.
    email: String,
}

impl StaffConfirmPage {
    pub(super) fn new(context: &RequestContext, pending: Option<&PendingAction>) -> Result<Self, PageError> {
        let page = Page::new(context, "identity-heading", "")?;
        let lead = match pending.and_then(button_of) {
            Some(button) => page.t_of("staff-confirm-to", &[("button", &page.t(button))]),
            None => page.t("staff-confirm-lead"),
        };
        Ok(Self { page, lead, email: context.staff()?.email.clone() })
    }
}

/// The text of the button that began the action.
fn button_of(pending: &PendingAction) -> Option<&'static str> {
    Some(match pending.target.as_str() {
        urls::SUPPORT_CHECK_LINK => "action-check-link",
        urls::SUPPORT_UNLINK => "action-unlink-amazon",
        urls::SUPPORT_END_SESSIONS => "action-end-sessions",
        urls::SUPPORT_SEND_RESET => "action-send-reset",
        urls::SUPPORT_NOTE => "action-note",
        urls::SUPPORT_DISABLE => "action-disable",
        urls::SUPPORT_ENABLE => "action-enable",
        urls::SUPPORT_RELEASE_BRAKE => "brake-release",
        urls::UNMASK => "player-unmask",
        urls::AUDIT_EXPORT => "audit-export",
        _ => return None,
    })
}

/// `/support/staff`.
#[derive(Template)]
#[template(path = "staff/people.html")]
pub(super) struct StaffListPage {
    pub page: Page,
    pub people: Vec<StaffListRow>,
    pub proposals: Vec<ProposalRow>,
    /// The options of the form: whom to change.
    pub choices: Vec<(String, String, bool)>,
    pub roles: Vec<(String, String, bool)>,
    pub reason: String,
}

pub(super) struct StaffListRow {
    pub email: String,
    pub role: String,
    pub standing: &'static str,
    pub standing_text: String,
    pub since: ShownTime,
    pub is_self: bool,
}

pub(super) struct ProposalRow {
    pub id: String,
    pub whom: String,
    pub role: String,
    pub by: String,
    pub reason: String,
    pub at: ShownTime,
    /// Whether the reader is neither the proposer nor the person concerned.
    pub may_approve: bool,
}

/// The values of a form that was refused.
#[derive(Clone, Copy, Default)]
pub(super) struct TypedStaffForm<'a> {
    pub staff: &'a str,
    pub role: &'a str,
    pub reason: &'a str,
}

impl StaffListPage {
    pub(super) fn new(
        context: &RequestContext,
        staff_member: &CurrentStaffMember,
        people: &[StaffSummary],
        proposals: &[Proposal],
        typed: TypedStaffForm<'_>,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "staff-heading", "staff")?;
        let names: HashMap<&StaffId, &str> = people.iter().map(|p| (&p.id, p.email.as_str())).collect();
        let name = |id: &StaffId| names.get(id).map_or_else(|| id.to_string(), |name| (*name).to_owned());
        Ok(Self {
            people: people.iter().map(|person| row(&page, staff_member, person)).collect(),
            proposals: proposals
                .iter()
                .map(|proposal| ProposalRow {
                    id: proposal.id.clone(),
                    whom: name(&proposal.whom),
                    role: page.role(proposal.role),
                    by: name(&proposal.by),
                    reason: proposal.reason.clone(),
                    at: page.moment(proposal.created_at),
                    may_approve: proposal.by != staff_member.id && proposal.whom != staff_member.id,
                })
                .collect(),
            choices: people
                .iter()
                .filter(|person| !person.is_disabled && person.id != staff_member.id)
                .map(|person| {
                    (person.id.to_string(), person.email.clone(), person.id.as_str() == typed.staff)
                })
                .collect(),
            roles: Role::ALL
                .iter()
                .map(|role| (role.as_str().to_owned(), page.role(*role), role.as_str() == typed.role))
                .collect(),
            reason: typed.reason.to_owned(),
            page,
        })
    }
}

fn row(page: &Page, staff_member: &CurrentStaffMember, person: &StaffSummary) -> StaffListRow {
    StaffListRow {
        email: person.email.clone(),
        role: page.role(person.role),
        standing: person.standing().as_str(),
        standing_text: page.t(&format!("staff-{}", person.standing().as_str())),
        since: page.when(person.created_at),
        is_self: person.id == staff_member.id,
    }
}
