//! The pages about a forgotten password.

use actix_web::web::Query;
use chrono::TimeDelta;

use crate::accounts::password_reset::forms::{ForgotForm, ForgotQuery, ResetForm, ResetQuery};
use crate::accounts::password_reset::request::{self, TooManyResets};
use crate::accounts::password_reset::reset_cookie::{ResetCookie, ResetDone};
use crate::accounts::password_reset::set_password::{self, SetPasswordRefusal};
use crate::accounts::password_reset::views::{ForgotPage, ResetPage};
use crate::accounts::players::PlayerCredentials;
use crate::accounts::second_factor::has_second_factor;
use crate::platform::fault::Stop;
use crate::web::cookies::CookieName;
use crate::web::{
    NextAddress, Notice, PageError, PageResult, PostForm, RequestContext, responses, urls,
    validation_messages,
};

/// How long the browser remembers that a password was set here.
const REMEMBERS: TimeDelta = TimeDelta::minutes(30);

/// `GET /forgot-password`
pub async fn forgot(context: RequestContext, going: Query<ForgotQuery>) -> PageResult {
    responses::render_page(&ForgotPage::new(&context, NextAddress::parse(&going.next).as_ref())?)
}

/// `POST /forgot-password`
pub async fn send_link(context: RequestContext, PostForm(form): PostForm<ForgotForm>) -> PageResult {
    let next = form.next();
    let mut shown = ForgotPage::new(&context, next.as_ref())?;
    shown.identifier.clone_from(&form.identifier);
    if form.identifier.trim().is_empty() {
        let missing = vec![("identifier".to_owned(), shown.page.t("identifier-missing"))];
        shown.page = shown.page.with_errors(missing);
        return responses::unprocessable(&shown);
    }
    match request::request_reset(&context, &form.identifier, next.as_ref()).await {
        Ok(()) => {
            let here = next.as_ref().map(|next| next.on(urls::FORGOT_PASSWORD));
            let response = responses::see_other(here.as_deref().unwrap_or(urls::FORGOT_PASSWORD));
            Ok(Notice::info("reset_asked").attach_to(&context, response))
        }
        Err(Stop::Refused(TooManyResets { retry_after })) => {
            shown.page = shown.page.with_notice(Notice::throttled(context.now, retry_after).at("identifier"));
            responses::too_many(&shown, retry_after)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /reset-password`. With a token: moves it from the address bar to a cookie and spends nothing.
pub async fn show(context: RequestContext, opened: Query<ResetQuery>) -> PageResult {
    if let Some(text) = &opened.token {
        return Ok(carried(&context, text, &opened.next));
    }
    let found = set_password::whose_reset(&context, ResetCookie::of(&context).as_ref()).await?;
    let player = found.map(|(_, player)| player);
    let mut shown = reset_page(&context, player.as_ref()).await?;
    if player.is_none() && shown.page.notice.is_none() {
        let notice = if context.has_cookies() { dead_link() } else { Notice::link_not_carried() };
        shown.page = shown.page.with_notice(notice);
    }
    responses::render_page(&shown)
}

async fn reset_page(
    context: &RequestContext,
    player: Option<&PlayerCredentials>,
) -> Result<ResetPage, PageError> {
    let has_factor = match player {
        Some(player) => has_second_factor(&context.app, &player.id).await?,
        None => false,
    };
    ResetPage::new(context, player, has_factor)
}

fn carried(context: &RequestContext, text: &str, next: &str) -> actix_web::HttpResponse {
    let mut response = responses::see_other(urls::RESET_PASSWORD);
    let lasts = context.app.config.policy.codes.reset_holds_for.min(TimeDelta::minutes(30));
    let link = ResetCookie::new(text, next);
    if let Some(cookie) = context.cookies.write(CookieName::Mailed, &link, context.now, lasts) {
        let _ = response.add_cookie(&cookie);
    }
    response
}

/// `POST /reset-password`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<ResetForm>) -> PageResult {
    let player = match set_password::set_new_password(
        &context,
        ResetCookie::of(&context).as_ref(),
        &form.new_password,
    )
    .await
    {
        Ok(player) => player,
        Err(Stop::Refused(refused)) => return again(&context, &refused).await,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    // Whoever was signed in here is signed out.
    let next = ResetCookie::next(&context).map(|next| next.on(urls::SIGN_IN));
    let mut response = context.signed_out(next.as_deref().unwrap_or(urls::SIGN_IN));
    if let Some(cookie) =
        context.cookies.write(CookieName::Mailed, &ResetDone::new(player), context.now, REMEMBERS)
    {
        let _ = response.add_cookie(&cookie);
    }
    Ok(Notice::good("password_reset").attach_to(&context, response))
}

async fn again(context: &RequestContext, refused: &SetPasswordRefusal) -> PageResult {
    let found = set_password::whose_reset(context, ResetCookie::of(context).as_ref()).await?;
    let player = found.map(|(_, player)| player).filter(|_| *refused != SetPasswordRefusal::DeadLink);
    let mut shown = reset_page(context, player.as_ref()).await?;
    match refused {
        SetPasswordRefusal::DeadLink => shown.page = shown.page.with_notice(dead_link()),
        SetPasswordRefusal::Overloaded => return Err(PageError::Overloaded),
        SetPasswordRefusal::Password(why) => {
            let sentence = validation_messages::of_password(context.language, *why);
            shown.page = shown.page.with_errors(vec![("new_password".to_owned(), sentence)]);
        }
    }
    responses::unprocessable(&shown)
}

fn dead_link() -> Notice {
    Notice::bad("code_expired").with_text("reset-dead").with_way(urls::FORGOT_PASSWORD, "reset-new-link")
}
