//! The password page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;

use crate::accounts::password::forms::{PasswordForm, PasswordQuery, RemoveForm};
use crate::accounts::password::remove::{RemovePasswordRefusal, remove};
use crate::accounts::password::save::{
    SavePasswordRefusal, needs_user_name, save_password, suggested_user_name,
};
use crate::accounts::password::views::{PasswordPage, RemovePasswordPage};
use crate::accounts::second_factor::{has_second_factor, shortest_password};
use crate::platform::fault::Stop;
use crate::web::pending_action::PendingAction;
use crate::web::responses::{self, PageResult};
use crate::web::{
    CurrentPlayer, NextAddress, Notice, Page, PageError, PostForm, RequestContext, urls, validation_messages,
};

/// `GET /account/password`
pub async fn show(context: RequestContext, query: Query<PasswordQuery>) -> PageResult {
    let next = NextAddress::parse(&query.next);
    match proof_first(&context, next.as_ref())? {
        Some(asked) => Ok(asked),
        None => responses::render_page(&password_page(&context, next.as_ref()).await?),
    }
}

/// `POST /account/password`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<PasswordForm>) -> PageResult {
    let next = NextAddress::parse(&form.next);
    if let Some(asked) = proof_first(&context, next.as_ref())? {
        return Ok(asked);
    }
    let current_player = context.player()?;
    match save_password(&context, current_player, &form).await {
        Ok(saved) => {
            let way = next.as_ref().map_or(urls::SECURITY, NextAddress::as_str);
            let response = context.signed_in(&saved.session, way)?;
            let flash = match &saved.user_name {
                Some(name) => Notice::good("password_saved").with_text("password-and-name").with_name(name),
                None => Notice::good("password_saved"),
            };
            Ok(flash.attach_to(&context, response))
        }
        Err(Stop::Refused(refused)) => not_saved(&context, next.as_ref(), form.user_name, &refused).await,
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /account/password/remove`: what remains without the password.
pub async fn show_remove(context: RequestContext) -> PageResult {
    let current_player = context.player()?;
    if !can_remove(current_player) {
        return Ok(responses::see_other(urls::PASSWORD));
    }
    responses::render_page(&RemovePasswordPage {
        page: Page::new(&context, "password-remove-heading", "security")?,
        with_amazon: current_player.can_sign_in_with_amazon(),
        with_passkey: current_player.has_passkey,
    })
}

/// Whether there is a password, and another way in that remains without it.
fn can_remove(current_player: &CurrentPlayer) -> bool {
    let remains = current_player.can_sign_in_with_amazon() || current_player.has_passkey;
    current_player.player.has_password && remains
}

/// `POST /account/password/remove`
pub async fn submit_remove(context: RequestContext, _: PostForm<RemoveForm>) -> PageResult {
    match remove(&context, context.player()?).await {
        Ok(started) => {
            let response = context.signed_in(&started, urls::SECURITY)?;
            Ok(Notice::good("password_removed").attach_to(&context, response))
        }
        Err(Stop::Refused(RemovePasswordRefusal::LastMethod)) => {
            let mut view = password_page(&context, None).await?;
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
    context: &RequestContext,
    next: Option<&NextAddress>,
) -> Result<Option<HttpResponse>, PageError> {
    if context.player()?.player.has_password || context.is_fresh() {
        return Ok(None);
    }
    let target = next.map_or_else(|| urls::PASSWORD.to_owned(), |next| next.on(urls::PASSWORD));
    let pending = PendingAction::cookie(context, false, target, String::new());
    Ok(Some(PendingAction::ask_for_proof(context, pending)))
}

async fn not_saved(
    context: &RequestContext,
    next: Option<&NextAddress>,
    user_name: String,
    refused: &SavePasswordRefusal,
) -> PageResult {
    let mut view = PasswordPage { user_name, ..password_page(context, next).await? };
    let language = context.language;
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
            let notice = Notice::bad("credentials_wrong").with_text("present-password-wrong");
            view.page = view.page.with_notice(notice.at("current_password"));
            responses::unprocessable(&view)
        }
        SavePasswordRefusal::Throttled { retry_after } => {
            view.page =
                view.page.with_notice(Notice::throttled(context.now, *retry_after).at("current_password"));
            responses::too_many(&view, *retry_after)
        }
        SavePasswordRefusal::Overloaded => Err(PageError::Overloaded),
        SavePasswordRefusal::SessionEnded => Ok(responses::see_other(urls::SIGN_IN)),
    }
}

async fn password_page(
    context: &RequestContext,
    next: Option<&NextAddress>,
) -> Result<PasswordPage, PageError> {
    let current_player = context.player()?;
    let has_password = current_player.player.has_password;
    let title = if has_password { "password-heading" } else { "password-heading-first" };
    let has_factor = has_second_factor(&context.app, &current_player.player.id).await?;
    let min = shortest_password(&context.app, has_factor).to_string();
    Ok(PasswordPage {
        page: Page::new(context, title, "security")?,
        has_password,
        can_remove: can_remove(current_player),
        needs_user_name: needs_user_name(current_player),
        user_name: suggestion(current_player)?,
        next: next.map_or_else(String::new, |next| next.as_str().to_owned()),
        login_name: current_player.login_name(),
        password_hint: context.language.text_of("password-hint", [("min", &min)]),
    })
}

/// The initial text of the field: a user name that would be accepted.
fn suggestion(current_player: &CurrentPlayer) -> Result<String, PageError> {
    if needs_user_name(current_player) {
        Ok(suggested_user_name(current_player)?.as_str().to_owned())
    } else {
        Ok(String::new())
    }
}
