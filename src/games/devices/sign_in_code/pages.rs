//! The pages under `/activate` for a code on a TV: look at it, allow or deny it, link an Amazon account to its player.

use actix_web::{HttpResponse, web};

use super::allow::allow_sign_in;
use super::forms::{AttemptField, SubmitButton};
use super::link::{TvLinkRefusal, link_to_tv};
use super::pending::{SignInCodeGone, deny_sign_in, pending_sign_in};
use super::views::{LinkTvPage, SignInCodePage};
use crate::links;
use crate::platform::fault::Stop;
use crate::web::{Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /activate/sign-in`
pub async fn show(context: RequestContext) -> PageResult {
    match pending_sign_in(&context).await? {
        Some(pending) => responses::render_page(&SignInCodePage::of(&context, &pending)?),
        None => Ok(responses::see_other(urls::ACTIVATE)),
    }
}

/// `POST /activate/sign-in`: the TV is signed in as the signed-in player.
pub async fn submit(context: RequestContext, _: PostForm<SubmitButton>) -> PageResult {
    match allow_sign_in(&context, context.player()?).await {
        Ok(started) => {
            let response = context.signed_in(&started, urls::ACCOUNT)?;
            Ok(Notice::good("tv_signed_in").attach_to(&context, response))
        }
        Err(Stop::Refused(SignInCodeGone)) => Ok(code_over(&context)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /activate/deny`: it is not the person's device.
pub async fn deny(context: RequestContext, _: PostForm<SubmitButton>) -> PageResult {
    match deny_sign_in(&context).await {
        Ok(()) => {
            let notice = Notice::info("cancelled").with_text("claim-cancelled");
            Ok(notice.attach_to(&context, responses::see_other(home(&context))))
        }
        Err(Stop::Refused(SignInCodeGone)) => Ok(code_over(&context)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /activate/link`: the trip to Amazon brought an account that nobody has.
pub async fn show_link(context: RequestContext, query: web::Query<AttemptField>) -> PageResult {
    let attempt = query.attempt();
    let register_url = format!("{}?attempt={attempt}", urls::AMAZON_REGISTER);
    let Some(pending) = pending_sign_in(&context).await?.filter(|pending| pending.can_link) else {
        // A TV without a player, or one whose player links on their own pages: the account gets a player of its own.
        return Ok(responses::see_other(&register_url));
    };
    let Some(name) = links::waiting_amazon_name(&context, &attempt).await? else {
        return Err(PageError::AttemptUnknown);
    };
    responses::render_page(&LinkTvPage::of(&context, &pending, attempt.to_string(), name, register_url)?)
}

/// `POST /activate/link`: links the account of the trip to the TV's player.
pub async fn submit_link(context: RequestContext, form: PostForm<AttemptField>) -> PageResult {
    match link_to_tv(&context, &form.0.attempt()).await {
        Ok(()) => {
            let response = responses::see_other(home(&context));
            Ok(Notice::good("tv_linked").attach_to(&context, response))
        }
        Err(Stop::Refused(TvLinkRefusal::CodeGone)) => Ok(code_over(&context)),
        Err(Stop::Refused(TvLinkRefusal::AttemptUnknown)) => Err(PageError::AttemptUnknown),
        Err(Stop::Refused(TvLinkRefusal::Taken)) => {
            let response = responses::see_other(home(&context));
            Ok(Notice::warn("tv_link_taken").attach_to(&context, response))
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn home(context: &RequestContext) -> &'static str {
    if context.current_player.is_some() { urls::ACCOUNT } else { urls::WELCOME }
}

fn code_over(context: &RequestContext) -> HttpResponse {
    Notice::warn("code_expired")
        .with_text("claim-over")
        .attach_to(context, responses::see_other(urls::ACTIVATE))
}
