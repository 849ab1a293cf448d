//! Handlers of staff sign-in, enrolment, recovery codes, fresh proof and sign-out.

use actix_web::HttpResponse;
use actix_web::web::Query;
use chrono::TimeDelta;

use crate::platform::fault::Stop;
use crate::platform::qr::QrDrawing;
use crate::platform::recovery_codes::RecoveryCodes;
use crate::support::staff::confirm::{self, StaffNotProven};
use crate::support::staff::enrol::{self, EnrolmentLink};
use crate::support::staff::forms::{
    EnrolmentQuery, ProposalButton, StaffCodeForm, StaffReauthenticationForm, StaffSignInForm,
    StaffSignInQuery,
};
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal};
use crate::support::staff::model::StaffMember;
use crate::support::staff::second_factor::open_secret;
use crate::support::staff::sign_in::{self, PENDING_LASTS, PendingStaffSignIn};
use crate::support::staff::store;
use crate::support::staff::views::{
    EnrolPage, EnrolmentView, RecoveryPage, StaffCodePage, StaffConfirmPage, StaffSignInPage,
};
use crate::web::cookies::{CookieName, OutgoingCookie};
use crate::web::pending_action::PendingAction;
use crate::web::refused_form::PostedForm;
use crate::web::{
    NextAddress, Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls,
    validation_messages,
};

/// The lifetime of the cookies that carry an enrolment token or new recovery codes.
const CARRIED_FOR: TimeDelta = TimeDelta::minutes(30);

/// `GET /support/sign-in`
pub async fn show(context: RequestContext, going: Query<StaffSignInQuery>) -> PageResult {
    let next = going.next();
    if context.staff.is_some() {
        return Ok(responses::see_other(or_home(next.as_ref())));
    }
    responses::render_page(&sign_in_page(&context, String::new(), next.as_ref())?)
}

/// `POST /support/sign-in`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<StaffSignInForm>) -> PageResult {
    let refused = match sign_in::with_password(&context, &form.email, &form.password).await {
        Ok(pending) => {
            let pending = pending.going_to(form.next().as_ref());
            let pending =
                context.cookies.write(CookieName::StaffPending, &pending, context.now, PENDING_LASTS);
            return Ok(with(responses::see_other(urls::STAFF_SIGN_IN_CODE), pending));
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let next = form.next();
    let mut shown = sign_in_page(&context, form.email, next.as_ref())?;
    shown.page = shown.page.with_notice(notice_of(&context, refused, "staff-wrong", "password")?);
    responses::refused(&shown, wait_of(refused))
}

fn sign_in_page(
    context: &RequestContext,
    email: String,
    next: Option<&NextAddress>,
) -> Result<StaffSignInPage, PageError> {
    let next = next.map_or_else(String::new, |next| next.as_str().to_owned());
    Ok(StaffSignInPage { page: Page::new(context, "staff-sign-in-heading", "")?, email, next })
}

fn or_home(next: Option<&NextAddress>) -> &str {
    next.map_or(urls::SUPPORT, NextAddress::as_str)
}

/// `GET /support/sign-in/code`
pub async fn show_code(context: RequestContext) -> PageResult {
    if PendingStaffSignIn::of(&context).is_none() {
        return Ok(responses::see_other(urls::STAFF_SIGN_IN));
    }
    responses::render_page(&StaffCodePage { page: Page::new(&context, "staff-code-heading", "")? })
}

/// `POST /support/sign-in/code`
pub async fn submit_code(context: RequestContext, PostForm(form): PostForm<StaffCodeForm>) -> PageResult {
    let Some(pending) = PendingStaffSignIn::of(&context) else {
        return Ok(responses::see_other(urls::STAFF_SIGN_IN));
    };
    let refused = match sign_in::with_code(&context, &pending, &form.code).await {
        Ok((staff, token)) => {
            let device = login_attempts::remember_device(&context, &staff)?;
            let response = context.staff_signed_in(&token, or_home(pending.next().as_ref()));
            return Ok(with(with(response, device), Some(context.cookies.forget(CookieName::StaffPending))));
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let mut shown = StaffCodePage { page: Page::new(&context, "staff-code-heading", "")? };
    shown.page = shown.page.with_notice(notice_of(&context, refused, "staff-code-wrong", "code")?);
    responses::refused(&shown, wait_of(refused))
}

/// `POST /support/sign-out`
pub async fn leave(context: RequestContext, PostForm(_): PostForm<ProposalButton>) -> PageResult {
    sign_in::sign_out(&context).await?;
    let mut response = context.staff_signed_out(urls::STAFF_SIGN_IN);
    // The browser clears its cache too, so its back button shows nothing of the session (S26).
    let clears = actix_web::http::header::HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(actix_web::http::header::CLEAR_SITE_DATA, clears);
    Ok(Notice::info("signed_out").attach_to(&context, response))
}

/// `GET /support/enrol`. A token moves from the address bar to a cookie and is not used up (S47).
pub async fn show_enrol(context: RequestContext, opened: Query<EnrolmentQuery>) -> PageResult {
    if let Some(text) = &opened.token {
        let link = EnrolmentLink::new(text);
        let cookie = context.cookies.write(CookieName::Enrolment, &link, context.now, CARRIED_FOR);
        return Ok(with(responses::see_other(urls::STAFF_ENROL), cookie));
    }
    let member = enrol::whose_enrolment(&context).await?;
    responses::render_page(&enrol_page(&context, member.as_ref())?)
}

fn enrol_page(context: &RequestContext, member: Option<&StaffMember>) -> Result<EnrolPage, PageError> {
    let mut page = Page::new(context, "staff-enrol-heading", "")?;
    let opened = member.and_then(|member| {
        let sealed = member.totp_sealed.as_deref()?;
        Some((member, open_secret(&context.app.vault, &member.id, sealed)?))
    });
    let Some((member, secret)) = opened else {
        page = page.with_notice(if context.has_cookies() {
            Notice::bad("code_expired").with_text("staff-enrol-dead")
        } else {
            Notice::link_not_carried()
        });
        return Ok(EnrolPage { page, open: None });
    };
    let config = &context.app.config;
    let other = context.staff.as_ref().filter(|other| other.id != member.id);
    let open = EnrolmentView {
        whose: other.map_or_else(String::new, |other| {
            page.t_of("staff-enrol-whose", &[("email", &member.email), ("name", &other.email)])
        }),
        email: member.email.clone(),
        min: config.policy.password.staff_min.to_string(),
        drawing: QrDrawing::of(&secret.address(&config.site.name, &member.email)?)?,
        secret: secret.in_groups(),
    };
    Ok(EnrolPage { page, open: Some(open) })
}

/// `POST /support/enrol`
pub async fn submit_enrol(
    context: RequestContext,
    PostForm(form): PostForm<StaffReauthenticationForm>,
) -> PageResult {
    let refused = match enrol::enrol_member(&context, &form.password, &form.code).await {
        Ok((member, token, codes)) => {
            let response = context.staff_signed_in(&token, urls::STAFF_RECOVERY);
            let response = with(response, login_attempts::remember_device(&context, &member)?);
            let response = with(
                response,
                context.cookies.write(CookieName::RecoveryCodes, &codes, context.now, CARRIED_FOR),
            );
            return Ok(with(response, Some(context.cookies.forget(CookieName::Enrolment))));
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    PostedForm::answer_directly(&context);
    let member = enrol::whose_enrolment(&context).await?;
    let mut shown = enrol_page(&context, member.as_ref())?;
    match refused {
        enrol::EnrolmentRefusal::DeadLink => {}
        enrol::EnrolmentRefusal::Overloaded => return Err(PageError::Overloaded),
        enrol::EnrolmentRefusal::TooMany { retry_after } => {
            shown.page = shown.page.with_notice(Notice::throttled(context.now, retry_after).at("code"));
            return responses::too_many(&shown, retry_after);
        }
        enrol::EnrolmentRefusal::Password(why) => {
            let sentence = validation_messages::of_password(context.language, why);
            shown.page = shown.page.with_errors(vec![("password".to_owned(), sentence)]);
        }
        enrol::EnrolmentRefusal::Code => {
            let sentence = shown.page.t("staff-code-refused");
            shown.page = shown.page.with_errors(vec![("code".to_owned(), sentence)]);
        }
    }
    responses::unprocessable(&shown)
}

/// `GET /support/recovery-codes`. New codes are shown once, on the redirect from where they were made.
pub async fn show_recovery(context: RequestContext) -> PageResult {
    let id = context.staff()?.id.clone();
    let left = context.app.db.read(move |conn| store::count_recovery(conn, &id)).await?;
    let codes: Option<RecoveryCodes> =
        context.cookies.read(&context.request, CookieName::RecoveryCodes, context.now);
    let shown = RecoveryPage {
        page: Page::new(&context, "staff-recovery-heading", "recovery")?,
        codes: codes.map(|codes| codes.0).unwrap_or_default(),
        left: context.language.text_for_count("staff-recovery-left", left),
    };
    Ok(with(responses::render_page(&shown)?, Some(context.cookies.forget(CookieName::RecoveryCodes))))
}

/// `POST /support/recovery-codes`
pub async fn renew_recovery(context: RequestContext, PostForm(_): PostForm<ProposalButton>) -> PageResult {
    let Some(codes) = enrol::renew_recovery(&context, context.staff()?).await? else {
        return Ok(responses::see_other(urls::STAFF_SIGN_IN));
    };
    let cookie = context.cookies.write(CookieName::RecoveryCodes, &codes, context.now, CARRIED_FOR);
    Ok(with(responses::see_other(urls::STAFF_RECOVERY), cookie))
}

/// `GET /support/confirm-identity`
pub async fn show_confirm(context: RequestContext) -> PageResult {
    PendingAction::answer_page(&context, |pending| {
        responses::render_page(&StaffConfirmPage::new(&context, pending)?)
    })
}

/// `POST /support/confirm-identity`. The interrupted action then continues.
pub async fn submit_confirm(
    context: RequestContext,
    PostForm(form): PostForm<StaffReauthenticationForm>,
) -> PageResult {
    let staff_member = context.staff()?.clone();
    let refused =
        match confirm::reauthenticate_staff(&context, &staff_member, &form.password, &form.code).await {
            Ok(token) => {
                let proven = context.clone().staff_rotated(&token);
                let response = PendingAction::resume(proven).await?;
                return Ok(context.with_staff_cookie(&token, response));
            }
            Err(Stop::Refused(StaffNotProven::SignedOut)) => {
                return Ok(PendingAction::redirect(&context));
            }
            Err(Stop::Refused(StaffNotProven::Refused(refused))) => refused,
            Err(Stop::Fault(fault)) => return Err(fault.into()),
        };
    let mut shown = StaffConfirmPage::new(&context, PendingAction::read(&context).as_ref())?;
    shown.page = shown.page.with_notice(notice_of(&context, refused, "staff-not-proven", "password")?);
    responses::refused(&shown, wait_of(refused))
}

/// Why the form was refused, told at its `field`.
fn notice_of(
    context: &RequestContext,
    refused: StaffAttemptRefusal,
    words: &str,
    field: &str,
) -> Result<Notice, PageError> {
    match refused {
        StaffAttemptRefusal::Wrong => Ok(Notice::bad("credentials_wrong").with_text(words).at(field)),
        StaffAttemptRefusal::TooMany { retry_after } => {
            Ok(Notice::throttled(context.now, retry_after).at(field))
        }
        StaffAttemptRefusal::Overloaded => Err(PageError::Overloaded),
    }
}

fn wait_of(refused: StaffAttemptRefusal) -> Option<i64> {
    match refused {
        StaffAttemptRefusal::TooMany { retry_after } => Some(retry_after),
        StaffAttemptRefusal::Wrong | StaffAttemptRefusal::Overloaded => None,
    }
}

/// Adds the cookie; one that cannot be set is dropped, and the page that needs it asks again.
fn with(mut response: HttpResponse, cookie: Option<OutgoingCookie>) -> HttpResponse {
    if let Some(cookie) = cookie {
        let _ = response.add_cookie(&cookie);
    }
    response
}
