//! `/support/staff`: the list of staff, and the changes to roles that need two admins (S123).

use crate::platform::fault::Stop;
use crate::support::staff::denied_access_log;
use crate::support::staff::forms::{ProposalForm, StaffChange, StaffChangeForm};
use crate::support::staff::proposals::{self, ProposalRefusal};
use crate::support::staff::views::{StaffListPage, TypedStaffForm};
use crate::web::{Notice, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /support/staff`
pub async fn show(visit: RequestContext) -> PageResult {
    responses::render_page(&page(&visit, TypedStaffForm::default()).await?)
}

/// `POST /support/staff/change`: proposes a role, or disables at once.
pub async fn change(visit: RequestContext, PostForm(form): PostForm<StaffChangeForm>) -> PageResult {
    let staff = visit.staff()?;
    let StaffChange { whom, role, reason } = match form.checked() {
        Ok(change) => change,
        Err(wrong) => return not_accepted(&visit, &form, &wrong).await,
    };
    match role {
        Some(role) => {
            let done = proposals::propose(&visit, staff, &whom, role, &reason).await;
            answered(&visit, done, "staff_proposed").await
        }
        None => {
            let done = proposals::disable(&visit, staff, &whom, &reason).await;
            answered(&visit, done, "staff_disabled").await
        }
    }
}

/// `POST /support/staff/approve`
pub async fn approve(visit: RequestContext, PostForm(form): PostForm<ProposalForm>) -> PageResult {
    let done = proposals::approve(&visit, visit.staff()?, &form.proposal).await;
    answered(&visit, done, "staff_role_changed").await
}

/// `POST /support/staff/withdraw`
pub async fn withdraw(visit: RequestContext, PostForm(form): PostForm<ProposalForm>) -> PageResult {
    let done = proposals::withdraw(&visit, visit.staff()?, &form.proposal).await;
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

async fn not_accepted(visit: &RequestContext, form: &StaffChangeForm, wrong: &[(&str, &str)]) -> PageResult {
    let typed = TypedStaffForm { staff: &form.staff, role: &form.role, reason: &form.reason };
    let mut shown = page(visit, typed).await?;
    let errors = wrong.iter().map(|(field, message)| ((*field).to_owned(), shown.page.t(message))).collect();
    shown.page = shown.page.with_errors(errors);
    responses::unprocessable(&shown)
}

async fn page(
    visit: &RequestContext,
    typed: TypedStaffForm<'_>,
) -> Result<StaffListPage, crate::web::PageError> {
    let (people, open) = proposals::overview(visit).await?;
    StaffListPage::new(visit, visit.staff()?, &people, &open, typed)
}
