//! `/support/staff`: the list of staff, and the changes to roles that need two admins (S123).

use crate::platform::fault::Stop;
use crate::support::staff::denied_access_log;
use crate::support::staff::forms::{ProposalForm, StaffChange, StaffChangeForm};
use crate::support::staff::proposals::{self, ProposalRefusal};
use crate::support::staff::views::{StaffListPage, TypedStaffForm};
use crate::web::{Notice, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /support/staff`
pub async fn show(context: RequestContext) -> PageResult {
    responses::render_page(&page(&context, TypedStaffForm::default()).await?)
}

/// `POST /support/staff/change`: proposes a role, or disables at once.
pub async fn change(context: RequestContext, PostForm(form): PostForm<StaffChangeForm>) -> PageResult {
    let staff = context.staff()?;
    let StaffChange { whom, role, reason } = match form.checked() {
        Ok(change) => change,
        Err(wrong) => return not_accepted(&context, &form, &wrong).await,
    };
    if let Some(role) = role {
        let done = proposals::propose(&context, staff, &whom, role, &reason).await;
        answered(&context, done, "staff_proposed").await
    } else {
        let done = proposals::disable(&context, staff, &whom, &reason).await;
        answered(&context, done, "staff_disabled").await
    }
}

/// `POST /support/staff/approve`
pub async fn approve(context: RequestContext, PostForm(form): PostForm<ProposalForm>) -> PageResult {
    let done = proposals::approve(&context, context.staff()?, &form.proposal).await;
    answered(&context, done, "staff_role_changed").await
}

/// `POST /support/staff/withdraw`
pub async fn withdraw(context: RequestContext, PostForm(form): PostForm<ProposalForm>) -> PageResult {
    let done = proposals::withdraw(&context, context.staff()?, &form.proposal).await;
    answered(&context, done, "staff_withdrawn").await
}

async fn answered(
    context: &RequestContext,
    done: Result<(), Stop<ProposalRefusal>>,
    code: &str,
) -> PageResult {
    let refused = match done {
        Ok(()) => return Ok(Notice::good(code).attach_to(context, responses::see_other(urls::STAFF))),
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let code = match refused {
        ProposalRefusal::ChangedMeanwhile => "staff_changed_meanwhile",
        ProposalRefusal::NeedsAnother => "staff_needs_another",
        ProposalRefusal::LastAdmin => "staff_last_admin",
    };
    let details = serde_json::json!({ "route": context.request.path(), "code": code });
    denied_access_log::record_denied_access(context, context.staff()?, details).await?;
    let mut shown = page(context, TypedStaffForm::default()).await?;
    shown.page = shown.page.with_notice(Notice::warn(code));
    responses::conflict(&shown)
}

async fn not_accepted(
    context: &RequestContext,
    form: &StaffChangeForm,
    wrong: &[(&str, &str)],
) -> PageResult {
    let typed = TypedStaffForm { staff: &form.staff, role: &form.role, reason: &form.reason };
    let mut shown = page(context, typed).await?;
    let errors = wrong.iter().map(|(field, message)| ((*field).to_owned(), shown.page.t(message))).collect();
    shown.page = shown.page.with_errors(errors);
    responses::unprocessable(&shown)
}

async fn page(
    context: &RequestContext,
    typed: TypedStaffForm<'_>,
) -> Result<StaffListPage, crate::web::PageError> {
    let (people, open) = proposals::overview(context).await?;
    StaffListPage::new(context, context.staff()?, &people, &open, typed)
}
