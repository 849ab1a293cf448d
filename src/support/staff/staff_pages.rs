//! `/support/staff`: the list of staff, and the changes to roles that need two admins (S123).

use crate::platform::fault::Stop;
use crate::platform::ids::StaffId;
use crate::support::staff::forms::{ProposalForm, StaffChangeForm};
use crate::support::staff::proposals::{self, ProposalRefusal};
use crate::support::staff::views::{StaffListPage, TypedStaffForm};
use crate::support::staff::{Role, denied_access_log};
use crate::web::{Notice, PageResult, PostForm, RequestContext, StaffReason, responses, urls};

/// `GET /support/staff`
pub async fn show(visit: RequestContext) -> PageResult {
    responses::render_page(&page(&visit, TypedStaffForm::default()).await?)
}

/// `POST /support/staff/change`: proposes a role, or disables at once.
pub async fn change(visit: RequestContext, PostForm(form): PostForm<StaffChangeForm>) -> PageResult {
    let viewer = visit.staff()?.clone();
    let is_disabling = form.choice == "disable";
    let (whom, role, reason) =
        (known(&form.staff), form.role.parse::<Role>().ok(), StaffReason::parse(&form.reason));
    let (Some(whom), Some(reason)) = (whom, reason) else { return not_accepted(&visit, &form).await };
    let done = match role {
        _ if is_disabling => proposals::disable(&visit, &viewer, &whom, &reason).await,
        Some(role) => proposals::propose(&visit, &viewer, &whom, role, &reason).await,
        None => return not_accepted(&visit, &form).await,
    };
    let code = if is_disabling { "staff_disabled" } else { "staff_proposed" };
    answered(&visit, done, code).await
}

/// `POST /support/staff/approve`
pub async fn approve(visit: RequestContext, PostForm(form): PostForm<ProposalForm>) -> PageResult {
    let viewer = visit.staff()?.clone();
    let done = proposals::approve(&visit, &viewer, &form.proposal).await;
    answered(&visit, done, "staff_role_changed").await
}

/// `POST /support/staff/withdraw`
pub async fn withdraw(visit: RequestContext, PostForm(form): PostForm<ProposalForm>) -> PageResult {
    let viewer = visit.staff()?.clone();
    let done = proposals::withdraw(&visit, &viewer, &form.proposal).await;
    answered(&visit, done, "staff_withdrawn").await
}

async fn answered(visit: &RequestContext, done: Result<(), Stop<ProposalRefusal>>, code: &str) -> PageResult {
    let refused = match done {
        Ok(()) => return Ok(Notice::good(code).attach_to(visit, responses::see_other(urls::STAFF))),
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let code = match refused {
        ProposalRefusal::ChangedMeanwhile => "staff_changed_meanwhile",
        ProposalRefusal::NeedsAnother => "staff_needs_another",
        ProposalRefusal::LastAdmin => "staff_last_admin",
    };
    let details = serde_json::json!({ "route": visit.request.path(), "code": code });
    denied_access_log::record_denied_access(visit, visit.staff()?, details).await?;
    let mut shown = page(visit, TypedStaffForm::default()).await?;
    shown.page = shown.page.with_notice(Notice::warn(code));
    responses::conflict(&shown)
}

async fn not_accepted(visit: &RequestContext, form: &StaffChangeForm) -> PageResult {
    let typed = TypedStaffForm { staff: &form.staff, role: &form.role, reason: &form.reason };
    let mut shown = page(visit, typed).await?;
    let missing = [
        (known(&form.staff).is_none(), "staff", "staff-missing"),
        (StaffReason::parse(&form.reason).is_none(), StaffReason::FIELD, StaffReason::MISSING),
        (form.choice != "disable" && form.role.parse::<Role>().is_err(), "role", "staff-role-missing"),
    ];
    let errors = missing
        .into_iter()
        .filter(|(is_missing, _, _)| *is_missing)
        .map(|(_, field, message)| (field.to_owned(), shown.page.t(message)))
        .collect();
    shown.page = shown.page.with_errors(errors);
    responses::unprocessable(&shown)
}

fn known(id: &str) -> Option<StaffId> {
    (!id.is_empty()).then(|| StaffId::from(id.to_owned()))
}

async fn page(
    visit: &RequestContext,
    typed: TypedStaffForm<'_>,
) -> Result<StaffListPage, crate::web::PageError> {
    let (people, open) = proposals::overview(visit).await?;
    StaffListPage::new(visit, visit.staff()?, &people, &open, typed)
}
