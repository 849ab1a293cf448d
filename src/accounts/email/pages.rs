//! The pages of an address: request a change, enter the code, undo the change.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::accounts::email::ask::{EmailChangeRefusal, EmailChangeRequester, request_email_change};
use crate::accounts::email::cancel::{CancelledChange, cancel_email_change};
use crate::accounts::email::confirm::{EmailConfirmRefusal, confirm_email};
use crate::accounts::email::forms::{
    EmailCodeForm, EmailForm, EmailUndoForm, EmailUndoQuery, WaitingEmailForm,
};
use crate::accounts::email::undo::{EmailUndoRefusal, restorable_address, undo_email_change};
use crate::accounts::email::views::{EmailPage, EmailUndoPage, EmailVerifyPage};
use crate::accounts::email::{masked, store, stored};
use crate::audit::Kind;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Stop;
use crate::sessions::SessionOrigin;
use crate::web::cookies::CookieName;
use crate::web::responses::{self, PageResult};
use crate::web::{Notice, Page, PostForm, RequestContext, urls};

/// `GET /account/email`
pub async fn show(context: RequestContext) -> PageResult {
    responses::render_page(&email_page(&context, String::new())?)
}

/// `POST /account/email`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<EmailForm>) -> PageResult {
    let email = match form.parsed(context.language) {
        Ok(email) => email,
        Err(sentence) => return not_accepted(&context, form.email, sentence),
    };
    let current_player = context.player()?;
    let requester = EmailChangeRequester {
        origin: SessionOrigin::of_browser(current_player),
        present: current_player.player.email.as_deref(),
        event: context.player_event(current_player, Kind::EmailChangeAsked),
    };
    match request_email_change(&context, requester, email).await {
        Ok(()) => Ok(responses::see_other(urls::EMAIL_VERIFY)),
        Err(Stop::Refused(EmailChangeRefusal::AlreadyYours)) => {
            not_accepted(&context, form.email, context.language.text("email-refused-already-yours"))
        }
        Err(Stop::Refused(EmailChangeRefusal::Throttled { retry_after })) => {
            let mut view = email_page(&context, form.email)?;
            let notice = Notice::throttled(context.now, retry_after).at("email");
            view.page = view.page.with_notice(notice);
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(EmailChangeRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /account/email/verify`
pub async fn show_verify(context: RequestContext) -> PageResult {
    match verify_page(&context).await? {
        Some(view) => responses::render_page(&view),
        None => Ok(responses::see_other(urls::EMAIL)),
    }
}

/// `POST /account/email/verify`
pub async fn submit_verify(context: RequestContext, PostForm(form): PostForm<EmailCodeForm>) -> PageResult {
    let refused = match confirm_email(&context, context.player()?, &form.code).await {
        Ok(started) => {
            let response = context.signed_in(&started, urls::PROFILE)?;
            return Ok(Notice::good("email_changed").attach_to(&context, response));
        }
        Err(Stop::Refused(EmailConfirmRefusal::SessionEnded)) => {
            return Ok(responses::see_other(urls::SIGN_IN));
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    // An expired change is not pending any more. The first page then says why.
    let Some(mut view) = verify_page(&context).await? else {
        let mut view = email_page(&context, String::new())?;
        view.page = view.page.with_notice(Notice::bad("code_expired").at("email"));
        return responses::unprocessable(&view);
    };
    let (notice, wait) = match refused {
        EmailConfirmRefusal::Throttled { retry_after } => {
            (Notice::throttled(context.now, retry_after), Some(retry_after))
        }
        EmailConfirmRefusal::TooManyTries => (Notice::bad("too_many_tries"), None),
        _ => (Notice::bad("code_wrong"), None),
    };
    view.page = view.page.with_notice(notice.at("code"));
    responses::refused(&view, wait)
}

/// `POST /account/email/again`: another code to the address that waits. The former one no longer works.
pub async fn submit_again(context: RequestContext, _: PostForm<WaitingEmailForm>) -> PageResult {
    let current_player = context.player()?;
    let (player, now) = (current_player.player.id.clone(), context.now);
    let waiting = context.app.db.read(move |conn| store::pending(conn, &player, now)).await?;
    let Some(email) = waiting.as_deref().and_then(stored) else { return Ok(nothing_waits(&context)) };
    let requester = EmailChangeRequester {
        origin: SessionOrigin::of_browser(current_player),
        present: current_player.player.email.as_deref(),
        event: context.player_event(current_player, Kind::EmailChangeAsked),
    };
    match request_email_change(&context, requester, email).await {
        Ok(()) => {
            let response = responses::see_other(urls::EMAIL_VERIFY);
            Ok(Notice::good("code_sent").attach_to(&context, response))
        }
        Err(Stop::Refused(EmailChangeRefusal::AlreadyYours)) => Ok(nothing_waits(&context)),
        Err(Stop::Refused(EmailChangeRefusal::Throttled { retry_after })) => {
            let Some(mut view) = verify_page(&context).await? else { return Ok(nothing_waits(&context)) };
            let notice = Notice::throttled(context.now, retry_after).at("code");
            view.page = view.page.with_notice(notice);
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(EmailChangeRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /account/email/cancel`
pub async fn submit_cancel(context: RequestContext, _: PostForm<WaitingEmailForm>) -> PageResult {
    match cancel_email_change(&context, context.player()?).await? {
        CancelledChange::Cancelled => {
            let response = responses::see_other(urls::PROFILE);
            Ok(Notice::good("email_cancelled").attach_to(&context, response))
        }
        CancelledChange::Nothing => Ok(nothing_waits(&context)),
        CancelledChange::SessionEnded => Ok(responses::see_other(urls::SIGN_IN)),
    }
}

/// The profile shows which address counts, whatever became of the one that waited.
fn nothing_waits(context: &RequestContext) -> HttpResponse {
    Notice::info("email_not_waiting").attach_to(context, responses::see_other(urls::PROFILE))
}

/// The token of the mailed link.
///
/// A cookie keeps it until the form is sent, so that it leaves the address bar (S47).
#[derive(Serialize, Deserialize)]
struct EmailUndoLink {
    undo: String,
}

const COOKIE_LASTS: TimeDelta = TimeDelta::minutes(30);

/// `GET /account/email/undo`
pub async fn show_undo(context: RequestContext, query: Query<EmailUndoQuery>) -> PageResult {
    if let Some(token) = query.into_inner().token {
        let mut response = responses::see_other(urls::EMAIL_UNDO);
        let kept = EmailUndoLink { undo: token };
        if let Some(cookie) = context.cookies.write(CookieName::Mailed, &kept, context.now, COOKIE_LASTS) {
            let _ = response.add_cookie(&cookie);
        }
        return Ok(response);
    }
    let email = match kept_token(&context) {
        Some(token) => restorable_address(&context, token.hash()).await?,
        None => None,
    };
    match email {
        Some((player, email)) => {
            let mut view = undo_page(&context, masked(Some(&email)))?;
            let other =
                context.current_player.as_ref().filter(|current_player| current_player.player.id != player);
            if let Some(other) = other {
                let name = other.player.display_name.as_str();
                view.whose = view.page.t_of("email-undo-whose", &[("name", name)]);
            }
            responses::render_page(&view)
        }
        None => dead_link(&context),
    }
}

/// `POST /account/email/undo`
pub async fn submit_undo(context: RequestContext, _: PostForm<EmailUndoForm>) -> PageResult {
    let Some(token) = kept_token(&context) else { return dead_link(&context) };
    match undo_email_change(&context, token.hash()).await {
        Ok(player) => {
            let is_own = context
                .current_player
                .as_ref()
                .is_some_and(|current_player| current_player.player.id == player);
            // The person who changed the address may know the password too.
            let way = urls::FORGOT_PASSWORD;
            let mut response = if is_own { context.signed_out(way) } else { responses::see_other(way) };
            let _ = response.add_cookie(&context.cookies.forget(CookieName::Mailed));
            Ok(Notice::good("email_restored").attach_to(&context, response))
        }
        Err(Stop::Refused(EmailUndoRefusal::Unknown)) => dead_link(&context),
        Err(Stop::Refused(EmailUndoRefusal::Taken)) => {
            let mut view = undo_page(&context, String::new())?;
            view.page = view.page.with_notice(Notice::bad("undo_taken").with_support());
            responses::page_with(StatusCode::CONFLICT, &view)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn kept_token(context: &RequestContext) -> Option<OpaqueToken> {
    let kept: EmailUndoLink = context.cookies.read(&context.request, CookieName::Mailed, context.now)?;
    OpaqueToken::parse(&kept.undo)
}

fn dead_link(context: &RequestContext) -> PageResult {
    let mut view = undo_page(context, String::new())?;
    if !context.has_cookies() {
        view.page = view.page.with_notice(Notice::link_not_carried());
        return responses::page_with(StatusCode::NOT_FOUND, &view);
    }
    view.page = view.page.with_notice(Notice::warn("undo_unknown").with_support());
    responses::page_with(StatusCode::NOT_FOUND, &view)
}

fn email_page(context: &RequestContext, email: String) -> Result<EmailPage, crate::web::PageError> {
    let current_player = context.player()?;
    let email_masked = masked(current_player.player.email.as_deref());
    let page = Page::new(context, "email-title", "profile")?;
    Ok(EmailPage { page, email_masked, email, email_waits: current_player.awaits_email_code })
}

fn not_accepted(context: &RequestContext, email: String, sentence: String) -> PageResult {
    let mut view = email_page(context, email)?;
    view.page = view.page.with_errors(vec![("email".to_owned(), sentence)]);
    responses::unprocessable(&view)
}

async fn verify_page(context: &RequestContext) -> Result<Option<EmailVerifyPage>, crate::web::PageError> {
    let (player, now) = (context.player()?.player.id.clone(), context.now);
    let waiting = context.app.db.read(move |conn| store::pending(conn, &player, now)).await?;
    let Some(email) = waiting.as_deref().and_then(stored) else { return Ok(None) };
    let page = Page::new(context, "email-verify-title", "profile")?;
    Ok(Some(EmailVerifyPage { page, email_masked: email.masked() }))
}

fn undo_page(context: &RequestContext, email_masked: String) -> Result<EmailUndoPage, crate::web::PageError> {
    let page = Page::new(context, "email-undo-title", "")?;
    Ok(EmailUndoPage { page, email_masked, whose: String::new() })
}
