//! The password page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;

use crate::accounts::password::forms::{PasswordForm, PasswordQuery, RemoveForm};
use crate::accounts::password::remove::{RemovePasswordRefusal, remove};
use crate::accounts::password::save::{
    SavePasswordRefusal, needs_user_name, save_password, suggested_user_name,
};
use crate::accounts::password::views::PasswordPage;
use crate::platform::fault::Stop;
use crate::web::pending_action::PendingAction;
use crate::web::responses::{self, PageResult};
use crate::web::{
    CurrentPlayer, NextAddress, Notice, Page, PageError, PostForm, RequestContext, urls, validation_messages,
};

/// `GET /account/password`
pub async fn show(visit: RequestContext, query: Query<PasswordQuery>) -> PageResult {
    let next = NextAddress::parse(&query.next);
    match proof_first(&visit, next.as_ref())? {
        Some(asked) => Ok(asked),
        None => responses::render_page(&password_page(&visit, next.as_ref())?),
    }
}

/// `POST /account/password`
pub async fn submit(visit: RequestContext, PostForm(form): PostForm<PasswordForm>) -> PageResult {
    let next = NextAddress::parse(&form.next);
    if let Some(asked) = proof_first(&visit, next.as_ref())? {
        return Ok(asked);
    }
    let viewer = visit.player()?;
    match save_password(&visit, viewer, &form).await {
        Ok(saved) => {
            let way = next.as_ref().map_or(urls::SECURITY, NextAddress::as_str);
            let response = visit.signed_in(&saved.session, way)?;
            let flash = match &saved.user_name {
                Some(name) => Notice::good("password_saved").with_text("password-and-name").with_name(name),
                None => Notice::good("password_saved"),
            };
            Ok(flash.attach_to(&visit, response))
        }
        Err(Stop::Refused(refused)) => not_saved(&visit, next.as_ref(), form.user_name, &refused),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `POST /account/password/remove`
pub async fn submit_remove(visit: RequestContext, _: PostForm<RemoveForm>) -> PageResult {
    match remove(&visit, visit.player()?).await {
        Ok(started) => {
            let response = visit.signed_in(&started, urls::SECURITY)?;
            Ok(Notice::good("password_removed").attach_to(&visit, response))
        }
        Err(Stop::Refused(RemovePasswordRefusal::LastMethod)) => {
            let mut view = password_page(&visit, None)?;
            let notice = Notice::warn("last_method").with_text("last-way-is-password");
            view.page = view.page.with_notice(notice);
            responses::page_with(StatusCode::CONFLICT, &view)
        }
        Err(Stop::Refused(RemovePasswordRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// Asks for fresh proof before a first password (S8).
///
/// The form is not kept meanwhile, because it contains the password.
fn proof_first(
    visit: &RequestContext,
    next: Option<&NextAddress>,
) -> Result<Option<HttpResponse>, PageError> {
    if visit.player()?.player.has_password || visit.is_fresh() {
        return Ok(None);
    }
    let target = next.map_or_else(|| urls::PASSWORD.to_owned(), |next| next.on(urls::PASSWORD));
    let pending = PendingAction::cookie(visit, false, target, String::new());
    Ok(Some(PendingAction::ask_for_proof(visit, pending)))
}

fn not_saved(
    visit: &RequestContext,
    next: Option<&NextAddress>,
    user_name: String,
    refused: &SavePasswordRefusal,
) -> PageResult {
    let mut view = PasswordPage { user_name, ..password_page(visit, next)? };
    let language = visit.language;
    match refused {
        SavePasswordRefusal::Unfit(why) => {
            let errors = vec![("new_password".to_owned(), validation_messages::of_password(language, *why))];
            view.page = view.page.with_errors(errors);
            responses::unprocessable(&view)
        }
        SavePasswordRefusal::UserName(_) | SavePasswordRefusal::UserNameTaken => {
            let message = match refused {
                SavePasswordRefusal::UserName(why) => validation_messages::of_user_name(*why),
                _ => "refused-user-name-taken",
            };
            view.page = view.page.with_errors(vec![("user_name".to_owned(), language.text(message))]);
            responses::unprocessable(&view)
        }
        SavePasswordRefusal::CredentialsWrong => {
            let sentence = language.text("password-refused-current");
            let page = view.page.with_notice(wrong());
            view.page = page.with_errors(vec![("current_password".to_owned(), sentence)]);
            responses::unprocessable(&view)
        }
        SavePasswordRefusal::Throttled { retry_after } => {
            view.page = view.page.with_notice(Notice::warn("throttled"));
            responses::too_many(&view, *retry_after)
        }
        SavePasswordRefusal::Overloaded => Err(PageError::Overloaded),
        SavePasswordRefusal::SessionEnded => Ok(responses::see_other(urls::SIGN_IN)),
    }
}

fn wrong() -> Notice {
    Notice::bad("credentials_wrong").with_text("present-password-wrong")
}

fn password_page(visit: &RequestContext, next: Option<&NextAddress>) -> Result<PasswordPage, PageError> {
    let viewer = visit.player()?;
    let has_password = viewer.player.has_password;
    let title = if has_password { "password-heading" } else { "password-heading-first" };
    let min = visit.app.config.policy.password.min.to_string();
    Ok(PasswordPage {
        page: Page::new(visit, title, "security")?,
        has_password,
        can_remove: has_password && viewer.can_sign_in_with_amazon(),
        needs_user_name: needs_user_name(viewer),
        user_name: suggestion(viewer)?,
        next: next.map_or_else(String::new, |next| next.as_str().to_owned()),
        password_hint: visit.language.text_of("password-hint", [("min", &min)]),
    })
}

/// The initial text of the field: a user name that would be accepted.
fn suggestion(viewer: &CurrentPlayer) -> Result<String, PageError> {
    if needs_user_name(viewer) {
        Ok(suggested_user_name(viewer)?.as_str().to_owned())
    } else {
        Ok(String::new())
    }
}
