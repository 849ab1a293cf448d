//! The pages about a lost second factor.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use chrono::TimeDelta;

use crate::accounts::sign_in::lost_factor::ask::{self, AskRefusal};
use crate::accounts::sign_in::lost_factor::begin::{DeadLink, asked_recovery, begin_wait};
use crate::accounts::sign_in::lost_factor::cancel::{cancel_by_link, cancel_in_session, running_recovery};
use crate::accounts::sign_in::lost_factor::finish::{self, FinishRefusal, LostFactorStanding};
use crate::accounts::sign_in::lost_factor::forms::{FinishForm, LostFactorButton, RecoveryLinkQuery};
use crate::accounts::sign_in::lost_factor::links::RecoveryLink;
use crate::accounts::sign_in::lost_factor::views::{FinishPage, LostFactorPage, RecoveryLinkPage};
use crate::accounts::sign_in::pages::nothing_waits;
use crate::platform::fault::Stop;
use crate::web::cookies::CookieName;
use crate::web::{
    Notice, PageError, PageResult, PostForm, RequestContext, responses, urls, validation_messages,
};

/// How long the browser keeps the token of an opened link.
const COOKIE_LASTS: TimeDelta = TimeDelta::minutes(30);

/// `GET /sign-in/lost-factor`
pub async fn show(context: RequestContext) -> PageResult {
    let Some(standing) = LostFactorStanding::of(&context).await? else { return Ok(nothing_waits(&context)) };
    responses::render_page(&LostFactorPage::new(&context, &standing)?)
}

/// `POST /sign-in/lost-factor`
pub async fn ask(context: RequestContext, _: PostForm<LostFactorButton>) -> PageResult {
    match ask::ask(&context).await {
        Ok(()) => {
            let response = responses::see_other(urls::LOST_FACTOR);
            Ok(Notice::info("factor_recovery_asked").attach_to(&context, response))
        }
        Err(Stop::Refused(AskRefusal::Over)) => Ok(over(&context)),
        Err(Stop::Refused(AskRefusal::TooMany { retry_after })) => {
            let Some(standing) = LostFactorStanding::of(&context).await? else { return Ok(over(&context)) };
            let mut shown = LostFactorPage::new(&context, &standing)?;
            shown.page = shown.page.with_notice(Notice::throttled(context.now, retry_after));
            responses::too_many(&shown, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /sign-in/lost-factor/begin`. With a token: moves it from the address bar to a cookie and spends nothing.
pub async fn show_begin(context: RequestContext, query: Query<RecoveryLinkQuery>) -> PageResult {
    if let Some(token) = query.into_inner().token {
        return Ok(carried(&context, urls::LOST_FACTOR_BEGIN, token));
    }
    match asked_recovery(&context, RecoveryLink::token(&context)).await? {
        Some(_) => responses::render_page(&RecoveryLinkPage::new(&context, true, false)?),
        None => dead_link(&context, false),
    }
}

/// `POST /sign-in/lost-factor/begin`
pub async fn submit_begin(context: RequestContext, _: PostForm<LostFactorButton>) -> PageResult {
    match begin_wait(&context, RecoveryLink::token(&context)).await {
        Ok(due_at) => {
            let notice = Notice::good("factor_recovery_started");
            let notice = notice.with_arg("day", &context.language.date_time(due_at));
            Ok(notice.attach_to(&context, without_link(&context, urls::SIGN_IN)))
        }
        Err(Stop::Refused(DeadLink)) => dead_link(&context, false),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /sign-in/lost-factor/cancel`. With a token: moves it from the address bar to a cookie and spends nothing.
pub async fn show_cancel(context: RequestContext, query: Query<RecoveryLinkQuery>) -> PageResult {
    if let Some(token) = query.into_inner().token {
        return Ok(carried(&context, urls::LOST_FACTOR_CANCEL, token));
    }
    match running_recovery(&context, RecoveryLink::token(&context)).await? {
        Some(_) => responses::render_page(&RecoveryLinkPage::new(&context, true, true)?),
        None => dead_link(&context, true),
    }
}

/// `POST /sign-in/lost-factor/cancel`
pub async fn submit_cancel(context: RequestContext, _: PostForm<LostFactorButton>) -> PageResult {
    match cancel_by_link(&context, RecoveryLink::token(&context)).await {
        Ok(()) => {
            // Whoever asked knows the password, or has the Amazon account.
            let response = without_link(&context, urls::FORGOT_PASSWORD);
            Ok(Notice::good("factor_recovery_cancelled").attach_to(&context, response))
        }
        Err(Stop::Refused(DeadLink)) => dead_link(&context, true),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /account/two-step/keep`
pub async fn cancel_here(context: RequestContext, _: PostForm<LostFactorButton>) -> PageResult {
    let response = responses::see_other(urls::SECURITY);
    if cancel_in_session(&context, context.player()?).await? {
        return Ok(Notice::good("factor_recovery_cancelled").attach_to(&context, response));
    }
    Ok(Notice::info("factor_recovery_not_running").attach_to(&context, response))
}

/// `GET /sign-in/lost-factor/finish`
pub async fn show_finish(context: RequestContext) -> PageResult {
    match LostFactorStanding::of(&context).await? {
        Some(standing) if standing.is_due(context.now) => {
            responses::render_page(&FinishPage::new(&context, &standing)?)
        }
        Some(_) => Ok(responses::see_other(urls::LOST_FACTOR)),
        None => Ok(nothing_waits(&context)),
    }
}

/// `POST /sign-in/lost-factor/finish`
pub async fn submit_finish(context: RequestContext, PostForm(form): PostForm<FinishForm>) -> PageResult {
    match finish::finish(&context, &form.new_password).await {
        Ok((entry, next)) => {
            Ok(Notice::good("factor_recovered").attach_to(&context, entry.answer(&context, &next)?))
        }
        Err(Stop::Refused(FinishRefusal::Over)) => Ok(over(&context)),
        Err(Stop::Refused(FinishRefusal::Overloaded)) => Err(PageError::Overloaded),
        Err(Stop::Refused(FinishRefusal::Password(why))) => {
            let Some(standing) = LostFactorStanding::of(&context).await? else { return Ok(over(&context)) };
            let mut shown = FinishPage::new(&context, &standing)?;
            let sentence = validation_messages::of_password(context.language, why);
            shown.page = shown.page.with_errors(vec![("new_password".to_owned(), sentence)]);
            responses::unprocessable(&shown)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn over(context: &RequestContext) -> HttpResponse {
    Notice::warn("code_expired").with_text("two-step-over").attach_to(context, nothing_waits(context))
}

fn carried(context: &RequestContext, page: &str, token: String) -> HttpResponse {
    let mut response = responses::see_other(page);
    let kept = RecoveryLink { factor_recovery: token };
    if let Some(cookie) = context.cookies.write(CookieName::Mailed, &kept, context.now, COOKIE_LASTS) {
        let _ = response.add_cookie(&cookie);
    }
    response
}

fn without_link(context: &RequestContext, path: &str) -> HttpResponse {
    let mut response = responses::see_other(path);
    let _ = response.add_cookie(&context.cookies.forget(CookieName::Mailed));
    response
}

fn dead_link(context: &RequestContext, cancels: bool) -> PageResult {
    let mut shown = RecoveryLinkPage::new(context, false, cancels)?;
    let notice = if context.has_cookies() {
        let text = if cancels { "factor-recovery-not-running" } else { "factor-recovery-dead" };
        Notice::warn("code_expired").with_text(text)
    } else {
        Notice::link_not_carried()
    };
    shown.page = shown.page.with_notice(notice);
    responses::page_with(StatusCode::NOT_FOUND, &shown)
}
