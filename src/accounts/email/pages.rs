//! The pages of an address: request a change, enter the code, undo the change.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::accounts::email::ask::{EmailChangeRefusal, EmailChangeRequester, request_email_change};
use crate::accounts::email::confirm::{EmailConfirmRefusal, confirm_email};
use crate::accounts::email::forms::{EmailCodeForm, EmailForm, EmailUndoForm, EmailUndoQuery};
use crate::accounts::email::undo::{EmailUndoRefusal, restorable_address, undo_email_change};
use crate::accounts::email::views::{EmailPage, EmailUndoPage, EmailVerifyPage};
use crate::accounts::email::{masked, store, stored};
use crate::audit::Kind;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::Stop;
use crate::web::cookies::CookieName;
use crate::web::responses::{self, PageResult};
use crate::web::{Notice, Page, PostForm, RequestContext, urls};

/// `GET /account/email`
pub async fn show(visit: RequestContext) -> PageResult {
    responses::render_page(&email_page(&visit, String::new())?)
}

/// `POST /account/email`
pub async fn submit(visit: RequestContext, PostForm(form): PostForm<EmailForm>) -> PageResult {
    let email = match form.parsed(visit.language) {
        Ok(email) => email,
        Err(sentence) => return not_accepted(&visit, form.email, sentence),
    };
    let viewer = visit.player()?;
    let requester = EmailChangeRequester {
        player: &viewer.player.id,
        session: &viewer.session.id,
        present: viewer.player.email.as_deref(),
        event: visit.player_event(viewer, Kind::EmailChangeAsked),
    };
    match request_email_change(&visit, requester, email).await {
        Ok(()) => Ok(responses::see_other(urls::EMAIL_VERIFY)),
        Err(Stop::Refused(EmailChangeRefusal::AlreadyYours)) => {
            not_accepted(&visit, form.email, visit.language.text("email-refused-already-yours"))
        }
        Err(Stop::Refused(EmailChangeRefusal::Throttled { retry_after })) => {
            let mut view = email_page(&visit, form.email)?;
            view.page = view.page.with_notice(Notice::warn("throttled"));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(EmailChangeRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /account/email/verify`
pub async fn show_verify(visit: RequestContext) -> PageResult {
    match verify_page(&visit).await? {
        Some(view) => responses::render_page(&view),
        None => Ok(responses::see_other(urls::EMAIL)),
    }
}

/// `POST /account/email/verify`
pub async fn submit_verify(visit: RequestContext, PostForm(form): PostForm<EmailCodeForm>) -> PageResult {
    let refused = match confirm_email(&visit, visit.player()?, &form.code).await {
        Ok(started) => {
            let response = visit.signed_in(&started, urls::PROFILE)?;
            return Ok(Notice::good("email_changed").attach_to(&visit, response));
        }
        Err(Stop::Refused(EmailConfirmRefusal::SessionEnded)) => {
            return Ok(responses::see_other(urls::SIGN_IN));
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    // An expired change is not pending any more. The first page then says why.
    let Some(mut view) = verify_page(&visit).await? else {
        let mut view = email_page(&visit, String::new())?;
        view.page = view.page.with_notice(Notice::bad("code_expired"));
        return responses::unprocessable(&view);
    };
    match refused {
        EmailConfirmRefusal::Throttled { retry_after } => {
            view.page = view.page.with_notice(Notice::warn("throttled"));
            responses::too_many(&view, retry_after)
        }
        EmailConfirmRefusal::TooManyTries => {
            view.page = view.page.with_notice(Notice::bad("too_many_tries"));
            responses::unprocessable(&view)
        }
        _ => {
            view.page = view.page.with_notice(Notice::bad("code_wrong"));
            responses::unprocessable(&view)
        }
    }
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
pub async fn show_undo(visit: RequestContext, query: Query<EmailUndoQuery>) -> PageResult {
    if let Some(token) = query.into_inner().token {
        let mut response = responses::see_other(urls::EMAIL_UNDO);
        let kept = EmailUndoLink { undo: token };
        if let Some(cookie) = visit.cookies.write(CookieName::Mailed, &kept, visit.now, COOKIE_LASTS) {
            let _ = response.add_cookie(&cookie);
        }
        return Ok(response);
    }
    let email = match kept_token(&visit) {
        Some(token) => restorable_address(&visit, token.hash()).await?,
        None => None,
    };
    match email {
        Some((player, email)) => {
            let mut view = undo_page(&visit, masked(Some(&email)))?;
            let other = visit.current_player.as_ref().filter(|viewer| viewer.player.id != player);
            if let Some(other) = other {
                let name = other.player.display_name.as_str();
                view.whose = view.page.t_of("email-undo-whose", &[("name", name)]);
            }
            responses::render_page(&view)
        }
        None => dead_link(&visit),
    }
}

/// `POST /account/email/undo`
pub async fn submit_undo(visit: RequestContext, _: PostForm<EmailUndoForm>) -> PageResult {
    let Some(token) = kept_token(&visit) else { return dead_link(&visit) };
    match undo_email_change(&visit, token.hash()).await {
        Ok(player) => {
            let is_own = visit.current_player.as_ref().is_some_and(|viewer| viewer.player.id == player);
            // The person who changed the address may know the password too.
            let way = urls::FORGOT_PASSWORD;
            let mut response = if is_own { visit.signed_out(way) } else { responses::see_other(way) };
            let _ = response.add_cookie(&visit.cookies.forget(CookieName::Mailed));
            Ok(Notice::good("email_restored").attach_to(&visit, response))
        }
        Err(Stop::Refused(EmailUndoRefusal::Unknown)) => dead_link(&visit),
        Err(Stop::Refused(EmailUndoRefusal::Taken)) => {
            let mut view = undo_page(&visit, String::new())?;
            view.page = view.page.with_notice(Notice::bad("undo_taken"));
            responses::page_with(StatusCode::CONFLICT, &view)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn kept_token(visit: &RequestContext) -> Option<OpaqueToken> {
    let kept: EmailUndoLink = visit.cookies.read(&visit.request, CookieName::Mailed, visit.now)?;
    OpaqueToken::parse(&kept.undo)
}

fn dead_link(visit: &RequestContext) -> PageResult {
    let mut view = undo_page(visit, String::new())?;
    if !visit.has_cookies() {
        view.page = view.page.with_notice(Notice::link_not_carried());
        return responses::page_with(StatusCode::NOT_FOUND, &view);
    }
    view.page = view.page.with_notice(Notice::warn("undo_unknown"));
    responses::page_with(StatusCode::NOT_FOUND, &view)
}

fn email_page(visit: &RequestContext, email: String) -> Result<EmailPage, crate::web::PageError> {
    let email_masked = masked(visit.player()?.player.email.as_deref());
    Ok(EmailPage { page: Page::new(visit, "email-title", "profile")?, email_masked, email })
}

fn not_accepted(visit: &RequestContext, email: String, sentence: String) -> PageResult {
    let mut view = email_page(visit, email)?;
    view.page = view.page.with_errors(vec![("email".to_owned(), sentence)]);
    responses::unprocessable(&view)
}

async fn verify_page(visit: &RequestContext) -> Result<Option<EmailVerifyPage>, crate::web::PageError> {
    let (player, now) = (visit.player()?.player.id.clone(), visit.now);
    let waiting = visit.app.db.read(move |conn| store::pending(conn, &player, now)).await?;
    let Some(email) = waiting.as_deref().and_then(stored) else { return Ok(None) };
    let page = Page::new(visit, "email-verify-title", "profile")?;
    Ok(Some(EmailVerifyPage { page, email_masked: email.masked() }))
}

fn undo_page(visit: &RequestContext, email_masked: String) -> Result<EmailUndoPage, crate::web::PageError> {
    let page = Page::new(visit, "email-undo-title", "")?;
    Ok(EmailUndoPage { page, email_masked, whose: String::new() })
}
