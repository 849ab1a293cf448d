//! The pages of sign-in and sign-out.

use actix_web::web::Query;

use crate::accounts::sign_in::code;
use crate::accounts::sign_in::forms::{SignInCodeForm, SignInForm, SignInQuery, SubmitButton, TwoStepForm};
use crate::accounts::sign_in::sign_out::sign_out;
use crate::accounts::sign_in::two_step::{self, TwoStepRefusal};
use crate::accounts::sign_in::views::{CodePage, SignInPage, TwoStepPage, WelcomePage};
use crate::accounts::sign_in::with_password::{self, PasswordSignIn};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Stop;
use crate::web::cookies::CookieName;
use crate::web::{
    NextAddress, Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls,
};

/// `GET /`
pub async fn welcome(context: RequestContext) -> PageResult {
    responses::render_page(&WelcomePage::new(&context)?)
}

/// `GET /sign-in`
pub async fn show(context: RequestContext, going: Query<SignInQuery>) -> PageResult {
    responses::render_page(&SignInPage::new(&context, NextAddress::parse(&going.next).as_ref())?)
}

/// `POST /sign-in`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<SignInForm>) -> PageResult {
    let again = |notice: Option<Notice>| sign_in_again(&context, &form, notice);
    if !form.missing().is_empty() {
        return responses::unprocessable(&again(None)?);
    }
    match with_password::sign_in(&context, &form).await {
        Ok(PasswordSignIn::In(entry)) => {
            let next = form.next();
            let path = next.as_ref().map_or(urls::ACCOUNT, NextAddress::as_str);
            let answer = entry.answer(&context, path)?;
            if entry.is_closing() || !with_password::is_breached(&context, &form).await {
                return Ok(answer);
            }
            Ok(password_breached(entry.is_waiting()).attach_to(&context, answer))
        }
        Ok(PasswordSignIn::CodeAsked) => Ok(code_asked(&context, &form)),
        Err(Stop::Refused(with_password::SignInRefusal::Wrong)) => {
            // One answer for everybody (S12). It says to all that the account may be disabled.
            let notice =
                Notice::bad("credentials_wrong").with_text("sign-in-wrong").at("password").with_support();
            let forgot = form.next().map(|next| next.on(urls::FORGOT_PASSWORD));
            let notice = notice.with_way(forgot.as_deref().unwrap_or(urls::FORGOT_PASSWORD), "forgot");
            responses::unprocessable(&again(Some(notice))?)
        }
        Err(Stop::Refused(with_password::SignInRefusal::TooMany { retry_after })) => {
            let notice = Notice::throttled(context.now, retry_after).at("password");
            responses::too_many(&again(Some(notice))?, retry_after)
        }
        Err(Stop::Refused(with_password::SignInRefusal::Overloaded)) => Err(PageError::Overloaded),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// Names the address that was typed, whether or not anybody has it (S12).
fn code_asked(context: &RequestContext, form: &SignInForm) -> actix_web::HttpResponse {
    let response = responses::see_other(urls::SIGN_IN_CODE);
    match EmailAddress::parse(&form.identifier, LocalPart::Unicode) {
        Ok(typed) => {
            Notice::info("code_asked").with_arg("email", &typed.masked()).attach_to(context, response)
        }
        Err(_) => response,
    }
}

/// The notice about a right password that is in a list of stolen ones, on the page that comes next.
///
/// Before the second step there is no way yet to the page where it is changed.
fn password_breached(is_waiting: bool) -> Notice {
    let notice = Notice::warn("password_breached");
    if is_waiting {
        notice.with_text("password-breached-waiting")
    } else {
        notice.with_way(urls::PASSWORD, "password-breached-way")
    }
}

/// The same page with what was typed, except the password.
fn sign_in_again(
    context: &RequestContext,
    form: &SignInForm,
    notice: Option<Notice>,
) -> Result<SignInPage, PageError> {
    let mut shown = SignInPage::new(context, form.next().as_ref())?;
    let missing = form.missing().into_iter();
    let errors = missing.map(|(field, message)| (field.to_owned(), shown.page.t(message))).collect();
    shown.page = shown.page.with_errors(errors);
    shown.page = with(shown.page, notice);
    shown.identifier.clone_from(&form.identifier);
    shown.remember = form.is_remembered();
    Ok(shown)
}

/// `GET /sign-in/code`
pub async fn show_code(context: RequestContext) -> PageResult {
    if !code::is_asked(&context).await? {
        return Ok(responses::see_other(urls::SIGN_IN));
    }
    responses::render_page(&CodePage::new(&context)?)
}

/// `POST /sign-in/code`
pub async fn submit_code(context: RequestContext, PostForm(form): PostForm<SignInCodeForm>) -> PageResult {
    let refused = match code::enter_code(&context, &form.code).await {
        Ok((entry, next)) => return entry.answer(&context, &next),
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let mut shown = CodePage::new(&context)?;
    shown.is_open = refused == code::CodeRefusal::Wrong;
    shown.page = shown.page.with_notice(code_refused(refused));
    responses::unprocessable(&shown)
}

/// The notice about a refused code. A dead code is not mailed again: that needs the password again.
fn code_refused(refused: code::CodeRefusal) -> Notice {
    match refused {
        code::CodeRefusal::Wrong => Notice::bad("code_wrong").at("code"),
        code::CodeRefusal::Expired => Notice::bad("code_expired").with_text("sign-in-code-over"),
        code::CodeRefusal::TooManyTries => Notice::bad("too_many_tries").with_text("sign-in-code-over"),
    }
}

/// `GET /sign-in/two-step`
pub async fn show_two_step(context: RequestContext) -> PageResult {
    if two_step::waiting_sign_in(&context).await?.is_none() {
        return Ok(nothing_waits(&context));
    }
    responses::render_page(&TwoStepPage::new(&context)?)
}

/// `POST /sign-in/two-step`
pub async fn submit_two_step(context: RequestContext, PostForm(form): PostForm<TwoStepForm>) -> PageResult {
    let refused = match two_step::enter_code(&context, &form.code, form.remembers()).await {
        Ok(done) => {
            let mut response = done.entry.answer(&context, &done.next)?;
            if let Some(cookie) = done.remembered.and_then(|browser| browser.cookie(&context)) {
                let _ = response.add_cookie(&cookie);
            }
            return Ok(response);
        }
        Err(Stop::Refused(refused)) => refused,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let mut shown = TwoStepPage::new(&context)?;
    shown.remembers = form.remembers();
    match refused {
        TwoStepRefusal::Over => {
            let response = nothing_waits(&context);
            Ok(Notice::warn("code_expired").with_text("two-step-over").attach_to(&context, response))
        }
        TwoStepRefusal::Wrong => {
            let notice = Notice::bad("code_wrong").with_text("two-step-code-wrong").at("code");
            shown.page = shown.page.with_notice(notice);
            responses::unprocessable(&shown)
        }
        TwoStepRefusal::TooMany { retry_after } => {
            let notice = Notice::throttled(context.now, retry_after).with_text("two-step-throttled");
            shown.page = shown.page.with_notice(notice.at("code"));
            responses::too_many(&shown, retry_after)
        }
    }
}

/// To the sign-in, or to the account of whoever is signed in here.
pub(super) fn nothing_waits(context: &RequestContext) -> actix_web::HttpResponse {
    responses::see_other(if context.current_player.is_some() { urls::ACCOUNT } else { urls::SIGN_IN })
}

/// `POST /sign-out`. A browser that is signed out already goes to the welcome page as well.
pub async fn leave(context: RequestContext, PostForm(_): PostForm<SubmitButton>) -> PageResult {
    let Some(current_player) = context.current_player.clone() else {
        return Ok(responses::see_other(urls::WELCOME));
    };
    sign_out(&context, &current_player).await?;
    let mut response = context.signed_out(urls::WELCOME);
    // A mailed link that was opened here, an outcome and an action that waits are the person's who leaves.
    for name in [CookieName::Mailed, CookieName::Outcome, CookieName::Interrupted] {
        let _ = response.add_cookie(&context.cookies.forget(name));
    }
    // The back button must not show cached pages (S26).
    let clears = actix_web::http::header::HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(actix_web::http::header::CLEAR_SITE_DATA, clears);
    Ok(Notice::info("signed_out").attach_to(&context, response))
}

fn with(page: Page, notice: Option<Notice>) -> Page {
    match notice {
        Some(notice) => page.with_notice(notice),
        None => page,
    }
}
