//! `/register` and `/register/verify`.

use actix_web::web::Query;

use crate::accounts::registration::forms::{RegisterForm, RegisterQuery, RegistrationCodeForm};
use crate::accounts::registration::model::PendingRegistration;
use crate::accounts::registration::new_code::{self, NewCodeRefusal};
use crate::accounts::registration::register::{RegisterRefusal, begin_registration};
use crate::accounts::registration::store;
use crate::accounts::registration::verify::{VerifyRefusal, verify_code};
use crate::accounts::registration::views::{RegisterPage, VerifyPage};
use crate::platform::crypto::token::NumericCode;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::web::{Notice, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /register`
pub async fn show(context: RequestContext, query: Query<RegisterQuery>) -> PageResult {
    let form = RegisterForm { next: query.into_inner().next, ..RegisterForm::default() };
    responses::render_page(&RegisterPage::of(&context, form)?)
}

/// `POST /register`
pub async fn submit(context: RequestContext, PostForm(form): PostForm<RegisterForm>) -> PageResult {
    let request = match form.judge(&context).await {
        Ok(request) => request,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
        Err(Stop::Refused(errors)) => {
            let mut view = RegisterPage::of(&context, form)?;
            view.page = view.page.with_errors(errors);
            return responses::unprocessable(&view);
        }
    };
    match begin_registration(&context, request).await {
        Ok(()) => Ok(responses::see_other(urls::REGISTER_VERIFY)),
        Err(Stop::Refused(RegisterRefusal::Throttled { retry_after })) => {
            let mut view = RegisterPage::of(&context, form)?;
            view.page = view.page.with_notice(Notice::throttled(context.now, retry_after).at("email"));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(RegisterRefusal::Overloaded)) => Err(PageError::Overloaded),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /register/verify`, if a registration waits in this browser.
pub async fn show_verify(context: RequestContext) -> PageResult {
    match waiting(&context).await? {
        Some(pending) => responses::render_page(&VerifyPage::of(&context, masked(&pending))?),
        None => Ok(responses::see_other(urls::REGISTER)),
    }
}

/// `POST /register/verify`: the code, or the request for another one.
pub async fn submit_verify(
    context: RequestContext,
    PostForm(form): PostForm<RegistrationCodeForm>,
) -> PageResult {
    let Some(pending) = waiting(&context).await? else { return start_over(&context) };
    if form.choice == "new_code" {
        return send_new_code(context, pending).await;
    }
    let email_masked = masked(&pending);
    let Some(code) = NumericCode::parse(&form.code) else {
        let mut view = VerifyPage::of(&context, email_masked)?;
        let sentence = view.page.t("refused-code-shape");
        view.page = view.page.with_errors(vec![("code".to_owned(), sentence)]);
        return responses::unprocessable(&view);
    };
    match verify_code(&context, &code).await {
        Ok(registered) => {
            let target = registered.next.as_ref().map_or(urls::ACCOUNT, |next| next.as_str());
            let response = registered.entry.answer(&context, target)?;
            Ok(Notice::good("registered").attach_to(&context, response))
        }
        Err(Stop::Refused(why)) => not_verified(&context, email_masked, &why),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn send_new_code(context: RequestContext, pending: PendingRegistration) -> PageResult {
    let email_masked = masked(&pending);
    match new_code::mail_new_code(&context, pending).await {
        Ok(()) => {
            let response = responses::see_other(urls::REGISTER_VERIFY);
            Ok(Notice::good("code_sent").attach_to(&context, response))
        }
        Err(Stop::Refused(NewCodeRefusal::Gone)) => start_over(&context),
        Err(Stop::Refused(NewCodeRefusal::Throttled { retry_after })) => {
            not_verified(&context, email_masked, &VerifyRefusal::Throttled { retry_after })
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_verified(context: &RequestContext, email_masked: String, why: &VerifyRefusal) -> PageResult {
    let notice = match why {
        // The other request's answer has the session cookie.
        VerifyRefusal::Gone => return Ok(responses::see_other(urls::ACCOUNT)),
        VerifyRefusal::Unreadable => return start_over(context),
        VerifyRefusal::Wrong => Notice::bad("code_wrong"),
        VerifyRefusal::Expired => Notice::bad("code_expired"),
        VerifyRefusal::TooManyTries => Notice::bad("too_many_tries"),
        VerifyRefusal::Throttled { retry_after } => Notice::throttled(context.now, *retry_after),
    };
    let mut view = VerifyPage::of(context, email_masked)?;
    view.page = view.page.with_notice(notice.at("code"));
    match why {
        VerifyRefusal::Throttled { retry_after } => responses::too_many(&view, *retry_after),
        _ => responses::unprocessable(&view),
    }
}

/// Shows the first step again. No registration waits any more: it has expired, or another tab completed it.
fn start_over(context: &RequestContext) -> PageResult {
    let mut view = RegisterPage::of(context, RegisterForm::default())?;
    view.page = view.page.with_notice(Notice::bad("registration_gone"));
    responses::unprocessable(&view)
}

async fn waiting(context: &RequestContext) -> Result<Option<PendingRegistration>, Fault> {
    let (browser, now) = (context.browser_hash(), context.now);
    context.app.db.read(move |conn| store::waiting(conn, browser.as_str(), now)).await
}

/// The masked address of a registration. It was checked before it was stored.
fn masked(pending: &PendingRegistration) -> String {
    EmailAddress::parse(&pending.email, LocalPart::Ascii).map(|email| email.masked()).unwrap_or_default()
}
