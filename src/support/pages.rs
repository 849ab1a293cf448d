//! The home page of support, with the mass-revocation guard while it is on.

use crate::links::refresh::mass_revocation_guard;
use crate::platform::ids::StaffId;
use crate::support::actions::{GuardRelease, release_brake as release};
use crate::support::forms::GuardForm;
use crate::support::staff;
use crate::support::views::{GuardPanel, HomePage};
use crate::web::{
    Notice, Page, PageError, PageResult, Permission, PostForm, RequestContext, StaffReason, responses, urls,
};

/// With this many recovery codes left, or fewer, the page warns their owner.
const FEW_CODES: i64 = 2;

/// `GET /support`
pub async fn home(context: RequestContext) -> PageResult {
    responses::render_page(&page(&context, "").await?)
}

/// `POST /support/actions/release-brake`
pub async fn release_brake(context: RequestContext, PostForm(form): PostForm<GuardForm>) -> PageResult {
    let Some(seen) = form.seen() else { return changed(&context, &form).await };
    let Some(reason) = StaffReason::parse(&form.reason) else {
        let mut shown = page(&context, &form.reason).await?;
        let error = (format!("brake-{}", StaffReason::FIELD), shown.page.t(StaffReason::MISSING));
        shown.page = shown.page.with_errors(vec![error]);
        return responses::unprocessable(&shown);
    };
    match release(&context, context.staff()?, &reason, seen).await? {
        GuardRelease::Released => {
            Ok(Notice::good("brake_released").attach_to(&context, responses::see_other(urls::SUPPORT)))
        }
        GuardRelease::Changed => changed(&context, &form).await,
    }
}

/// Shows the page as it is now, and who released the guard: another lead acted first, or it switched on again.
async fn changed(context: &RequestContext, form: &GuardForm) -> PageResult {
    let (brake, known) = context
        .app
        .db
        .read(|conn| Ok((mass_revocation_guard::guard_status(conn)?, staff::emails(conn)?)))
        .await?;
    let mut notice = Notice::warn("brake_changed");
    if let mass_revocation_guard::GuardRow {
        on_since: None,
        released_at: Some(at),
        released_by: Some(by),
        ..
    } = brake
    {
        let who = known.get(&StaffId::from(by)).cloned();
        let who = who.unwrap_or_else(|| context.language.text("actor-operator"));
        notice = notice.with_text("brake-changed-off").with_arg("who", &who);
        notice = notice.with_arg("when", &context.language.date_time(at));
    }
    let mut shown = page(context, &form.reason).await?;
    shown.page = shown.page.with_notice(notice);
    responses::conflict(&shown)
}

/// The page as it is now; `reason` is the text of the guard's form.
async fn page(context: &RequestContext, reason: &str) -> Result<HomePage, PageError> {
    let staff_member = context.staff()?;
    let (id, now) = (staff_member.id.clone(), context.now);
    let (decides_staff, releases) = (staff_member.may_manage_staff(), staff_member.may(Permission::Brake));
    let (open, codes, brake) = context
        .app
        .db
        .read(move |conn| {
            let open = if decides_staff { staff::count_open(conn, now)? } else { 0 };
            let codes = staff::count_recovery(conn, &id)?;
            Ok((open, codes, if releases { Some(mass_revocation_guard::guard_status(conn)?) } else { None }))
        })
        .await?;
    let mut matters = Vec::new();
    if open > 0 {
        let sentence = context.language.text_for_count("desk-proposals", open);
        matters.push((sentence, urls::STAFF.to_owned()));
    }
    if codes <= FEW_CODES {
        let sentence = context.language.text_for_count("desk-recovery-low", codes);
        matters.push((sentence, urls::STAFF_RECOVERY.to_owned()));
    }
    let page = Page::new(context, "desk-heading", "home")?;
    let brake = brake.and_then(|brake| GuardPanel::of(&page, &brake, reason));
    Ok(HomePage { page, matters, brake })
}
