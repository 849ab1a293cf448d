//! The pages of sign-in and sign-out.

use actix_web::web::Query;

use crate::accounts::sign_in::code;
use crate::accounts::sign_in::forms::{SignInCodeForm, SignInForm, SignInQuery, SubmitButton};
use crate::accounts::sign_in::sign_out::sign_out;
use crate::accounts::sign_in::views::{CodePage, SignInPage, WelcomePage};
use crate::accounts::sign_in::with_password::{self, PasswordSignIn};
use crate::platform::fault::Stop;
use crate::web::cookies::CookieName;
use crate::web::{
    NextAddress, Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls,
};

/// `GET /`
pub async fn welcome(visit: RequestContext) -> PageResult {
    responses::render_page(&WelcomePage::new(&visit)?)
}

/// `GET /sign-in`
pub async fn show(visit: RequestContext, going: Query<SignInQuery>) -> PageResult {
    responses::render_page(&SignInPage::new(&visit, NextAddress::parse(&going.next).as_ref())?)
}

/// `POST /sign-in`
pub async fn submit(visit: RequestContext, PostForm(form): PostForm<SignInForm>) -> PageResult {
    let again = |notice: Option<Notice>| sign_in_again(&visit, &form, notice);
    if !form.missing().is_empty() {
        return responses::unprocessable(&again(None)?);
    }
    match with_password::sign_in(&visit, &form).await {
        Ok(PasswordSignIn::In(entry)) => {
            let next = form.next();
            let path = next.as_ref().map_or(urls::ACCOUNT, NextAddress::as_str);
            entry.answer(&visit, path)
        }
        Ok(PasswordSignIn::CodeAsked) => Ok(responses::see_other(urls::SIGN_IN_CODE)),
        Err(Stop::Refused(with_password::SignInRefusal::Wrong)) => {
            // One answer for everybody (S12). It says to all that the account may be disabled.
            let notice = Notice::bad("credentials_wrong").with_text("sign-in-wrong");
            let notice = notice.with_way(urls::FORGOT_PASSWORD, "forgot");
            responses::unprocessable(&again(Some(notice))?)
        }
        Err(Stop::Refused(with_password::SignInRefusal::TooMany { retry_after })) => {
            responses::too_many(&again(Some(Notice::warn("throttled")))?, retry_after)
        }
        Err(Stop::Refused(with_password::SignInRefusal::Overloaded)) => Err(PageError::Overloaded),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// The same page with what was typed, except the password.
fn sign_in_again(
    visit: &RequestContext,
    form: &SignInForm,
    notice: Option<Notice>,
) -> Result<SignInPage, PageError> {
    let mut shown = SignInPage::new(visit, form.next().as_ref())?;
    let missing = form.missing().into_iter();
    let errors = missing.map(|(field, message)| (field.to_owned(), shown.page.t(message))).collect();
    shown.page = shown.page.with_errors(errors);
    shown.page = with(shown.page, notice);
    shown.identifier.clone_from(&form.identifier);
    shown.remember = form.is_remembered();
    Ok(shown)
}

/// `GET /sign-in/code`
pub async fn show_code(visit: RequestContext) -> PageResult {
    if !code::is_asked(&visit).await? {
        return Ok(responses::see_other(urls::SIGN_IN));
    }
    responses::render_page(&CodePage::new(&visit)?)
}

/// `POST /sign-in/code`
pub async fn submit_code(visit: RequestContext, PostForm(form): PostForm<SignInCodeForm>) -> PageResult {
    let refused = match code::enter_code(&visit, &form.code).await {
        Ok((entry, next)) => return entry.answer(&visit, &next),
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let mut shown = CodePage::new(&visit)?;
    shown.is_open = refused == code::CodeRefusal::Wrong;
    shown.page = shown.page.with_notice(code_refused(refused));
    responses::unprocessable(&shown)
}

/// The notice about a refused code. A dead code is not mailed again: that needs the password again.
fn code_refused(refused: code::CodeRefusal) -> Notice {
    match refused {
        code::CodeRefusal::Wrong => Notice::bad("code_wrong"),
        code::CodeRefusal::Expired => Notice::bad("code_expired").with_text("sign-in-code-over"),
        code::CodeRefusal::TooManyTries => Notice::bad("too_many_tries").with_text("sign-in-code-over"),
    }
}

/// `POST /sign-out`. A browser that is signed out already goes to the welcome page as well.
pub async fn leave(visit: RequestContext, PostForm(_): PostForm<SubmitButton>) -> PageResult {
    let Some(viewer) = visit.current_player.clone() else { return Ok(responses::see_other(urls::WELCOME)) };
    sign_out(&visit, &viewer).await?;
    let mut response = visit.signed_out(urls::WELCOME);
    // A mailed link that was opened here, an outcome and an action that waits are the person's who leaves.
    for name in [CookieName::Mailed, CookieName::Outcome, CookieName::Interrupted] {
        let _ = response.add_cookie(&visit.cookies.forget(name));
    }
    // The back button must not show cached pages (S26).
    let clears = actix_web::http::header::HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(actix_web::http::header::CLEAR_SITE_DATA, clears);
    Ok(Notice::info("signed_out").attach_to(&visit, response))
}

fn with(page: Page, notice: Option<Notice>) -> Page {
    match notice {
        Some(notice) => page.with_notice(notice),
        None => page,
    }
}
