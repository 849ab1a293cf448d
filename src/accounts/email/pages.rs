//! The pages of an address: ask, enter the code, take it back.

use actix_web::http::StatusCode;
use actix_web::web::Query;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::accounts::email::ask::{AskRefused, Asker, ask};
use crate::accounts::email::confirm::{ConfirmRefused, confirm};
use crate::accounts::email::forms::{CodeForm, EmailForm, UndoForm, UndoQuery};
use crate::accounts::email::undo::{UndoRefused, restore, way_back};
use crate::accounts::email::views::{EmailPage, EmailUndoPage, EmailVerifyPage};
use crate::accounts::email::{masked, store, stored};
use crate::accounts::players::record;
use crate::audit::Kind as Happened;
use crate::platform::crypto::token::Token;
use crate::platform::fault::Stop;
use crate::web::cookies::Name;
use crate::web::page::Notice;
use crate::web::responses::{self, Answer};
use crate::web::{Flash, Page, PostForm, Visit, urls};

/// GET `/account/email`
pub async fn show(visit: Visit) -> Answer {
    responses::page(&email_page(&visit, String::new())?)
}

/// POST `/account/email`
pub async fn submit(visit: Visit, PostForm(form): PostForm<EmailForm>) -> Answer {
    let email = match form.parsed(visit.language) {
        Ok(email) => email,
        Err(sentence) => return not_accepted(&visit, form.email, sentence),
    };
    let viewer = visit.player()?;
    let asker = Asker {
        player: &viewer.player.id,
        present: viewer.player.email.as_deref(),
        event: record(&visit, viewer, Happened::EmailChangeAsked),
    };
    match ask(&visit, asker, email).await {
        Ok(()) => Ok(responses::see_other(urls::EMAIL_VERIFY)),
        Err(Stop::Refused(AskRefused::AlreadyYours)) => {
            not_accepted(&visit, form.email, visit.language.text("email-refused-already-yours"))
        }
        Err(Stop::Refused(AskRefused::Throttled { retry_after })) => {
            let mut view = email_page(&visit, form.email)?;
            view.page = view.page.with_notice(Notice::of(visit.language, "warn", "throttled"));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(AskRefused::SessionEnded)) => Ok(visit.signed_out(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// GET `/account/email/verify`
pub async fn show_verify(visit: Visit) -> Answer {
    match verify_page(&visit).await? {
        Some(view) => responses::page(&view),
        None => Ok(responses::see_other(urls::EMAIL)),
    }
}

/// POST `/account/email/verify`
pub async fn submit_verify(visit: Visit, PostForm(form): PostForm<CodeForm>) -> Answer {
    let refused = match confirm(&visit, visit.player()?, &form.code).await {
        Ok(started) => {
            let response = visit.signed_in(&started, urls::PROFILE)?;
            return Ok(Flash::of("email_changed").ride(&visit, response));
        }
        Err(Stop::Refused(ConfirmRefused::SessionEnded)) => return Ok(visit.signed_out(urls::SIGN_IN)),
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    // A change that is over is not waited for any more; the page to begin again says why.
    let Some(mut view) = verify_page(&visit).await? else {
        let mut view = email_page(&visit, String::new())?;
        view.page = view.page.with_notice(Notice::of(visit.language, "bad", "code_expired"));
        return responses::unprocessable(&view);
    };
    let notice = |kind, code| Notice::of(visit.language, kind, code);
    match refused {
        ConfirmRefused::Throttled { retry_after } => {
            view.page = view.page.with_notice(notice("warn", "throttled"));
            responses::too_many(&view, retry_after)
        }
        ConfirmRefused::TooManyTries => {
            view.page = view.page.with_notice(notice("bad", "too_many_tries"));
            responses::unprocessable(&view)
        }
        _ => {
            view.page = view.page.with_notice(notice("bad", "code_wrong"));
            responses::unprocessable(&view)
        }
    }
}

/// The token of the mailed link, kept until the form comes (S47: it does not stay in the address).
#[derive(Serialize, Deserialize)]
struct Undo {
    undo: String,
}

const COOKIE_LASTS: TimeDelta = TimeDelta::minutes(30);

/// GET `/account/email/undo`
pub async fn show_undo(visit: Visit, query: Query<UndoQuery>) -> Answer {
    if let Some(token) = query.into_inner().token {
        let mut response = responses::see_other(urls::EMAIL_UNDO);
        let kept = Undo { undo: token };
        if let Some(cookie) = visit.cookies.write(Name::Mailed, &kept, visit.now, COOKIE_LASTS) {
            let _ = response.add_cookie(&cookie);
        }
        return Ok(response);
    }
    let email = match kept_token(&visit) {
        Some(token) => way_back(&visit, token.hash()).await?,
        None => None,
    };
    match email {
        Some(email) => responses::page(&undo_page(&visit, masked(Some(&email)))?),
        None => dead_link(&visit),
    }
}

/// POST `/account/email/undo`
pub async fn submit_undo(visit: Visit, _: PostForm<UndoForm>) -> Answer {
    let Some(token) = kept_token(&visit) else { return dead_link(&visit) };
    match restore(&visit, token.hash()).await {
        Ok(player) => {
            let is_own = visit.viewer.as_ref().is_some_and(|viewer| viewer.player.id == player);
            // Whoever changed the address may know the password too.
            let way = urls::FORGOT_PASSWORD;
            let mut response = if is_own { visit.signed_out(way) } else { responses::see_other(way) };
            let _ = response.add_cookie(&visit.cookies.forget(Name::Mailed));
            Ok(Flash::of("email_restored").ride(&visit, response))
        }
        Err(Stop::Refused(UndoRefused::Unknown)) => dead_link(&visit),
        Err(Stop::Refused(UndoRefused::Taken)) => {
            let mut view = undo_page(&visit, String::new())?;
            view.page = view.page.with_notice(Notice::of(visit.language, "bad", "undo_taken"));
            responses::page_with(StatusCode::CONFLICT, &view)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn kept_token(visit: &Visit) -> Option<Token> {
    let kept: Undo = visit.cookies.read(&visit.request, Name::Mailed, visit.now)?;
    Token::parse(&kept.undo)
}

fn dead_link(visit: &Visit) -> Answer {
    let mut view = undo_page(visit, String::new())?;
    view.page = view.page.with_notice(Notice::of(visit.language, "warn", "undo_unknown"));
    responses::page_with(StatusCode::NOT_FOUND, &view)
}

fn email_page(visit: &Visit, email: String) -> Result<EmailPage, crate::web::PageError> {
    let email_masked = masked(visit.player()?.player.email.as_deref());
    Ok(EmailPage { page: Page::new(visit, "email-title", "profile")?, email_masked, email })
}

fn not_accepted(visit: &Visit, email: String, sentence: String) -> Answer {
    let mut view = email_page(visit, email)?;
    view.page = view.page.with_errors(vec![("email".to_owned(), sentence)]);
    responses::unprocessable(&view)
}

async fn verify_page(visit: &Visit) -> Result<Option<EmailVerifyPage>, crate::web::PageError> {
    let (player, now) = (visit.player()?.player.id.clone(), visit.now);
    let waiting = visit.app.db.read(move |conn| store::pending(conn, &player, now)).await?;
    let Some(email) = waiting.as_deref().and_then(stored) else { return Ok(None) };
    let page = Page::new(visit, "email-verify-title", "profile")?;
    Ok(Some(EmailVerifyPage { page, email_masked: email.masked() }))
}

fn undo_page(visit: &Visit, email_masked: String) -> Result<EmailUndoPage, crate::web::PageError> {
    Ok(EmailUndoPage { page: Page::new(visit, "email-undo-title", "")?, email_masked })
}
