//! `/register` and `/register/verify`.

use actix_web::web::Query;

use crate::accounts::registration::forms::{RegisterForm, RegisterQuery, VerifyForm};
use crate::accounts::registration::model::Pending;
use crate::accounts::registration::new_code::{self, NewCodeRefused};
use crate::accounts::registration::register::{RegisterRefused, register};
use crate::accounts::registration::store;
use crate::accounts::registration::verify::{VerifyRefused, verify};
use crate::accounts::registration::views::{RegisterPage, VerifyPage};
use crate::platform::crypto::token::Code;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::web::page::Notice;
use crate::web::{Answer, Flash, PageError, PostForm, Visit, responses, urls};

/// The form of the first step.
pub async fn show(visit: Visit, query: Query<RegisterQuery>) -> Answer {
    let form = RegisterForm { next: query.into_inner().next, ..RegisterForm::default() };
    responses::page(&RegisterPage::of(&visit, form)?)
}

/// The first step.
pub async fn submit(visit: Visit, PostForm(form): PostForm<RegisterForm>) -> Answer {
    let wish = match form.judge(&visit) {
        Ok(wish) => wish,
        Err(errors) => {
            let mut view = RegisterPage::of(&visit, form)?;
            view.page = view.page.with_errors(errors);
            return responses::unprocessable(&view);
        }
    };
    match register(&visit, wish).await {
        Ok(()) => Ok(responses::see_other(urls::REGISTER_VERIFY)),
        Err(Stop::Refused(RegisterRefused::Throttled { retry_after })) => {
            let mut view = RegisterPage::of(&visit, form)?;
            view.page = view.page.with_notice(Notice::of(visit.language, "warn", "throttled"));
            responses::too_many(&view, retry_after)
        }
        Err(Stop::Refused(RegisterRefused::Overloaded)) => Err(PageError::Overloaded),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// The form of the second step, if a registration waits in this browser.
pub async fn show_verify(visit: Visit) -> Answer {
    match waiting(&visit).await? {
        Some(pending) => responses::page(&VerifyPage::of(&visit, masked(&pending))?),
        None => Ok(responses::see_other(urls::REGISTER)),
    }
}

/// The second step, or the request for another code.
pub async fn submit_verify(visit: Visit, PostForm(form): PostForm<VerifyForm>) -> Answer {
    let Some(pending) = waiting(&visit).await? else { return start_over(&visit) };
    if form.choice == "new_code" {
        return send_new_code(visit, pending).await;
    }
    let email_masked = masked(&pending);
    let Some(code) = Code::parse(&form.code) else {
        let mut view = VerifyPage::of(&visit, email_masked)?;
        let sentence = view.page.t("refused-code-shape");
        view.page = view.page.with_errors(vec![("code".to_owned(), sentence)]);
        return responses::unprocessable(&view);
    };
    match verify(&visit, &code).await {
        Ok(registered) => {
            let target = registered.next.as_ref().map_or(urls::ACCOUNT, |next| next.as_str());
            let response = registered.entry.answer(&visit, target)?;
            Ok(Flash::of("registered").ride(&visit, response))
        }
        Err(Stop::Refused(why)) => not_verified(&visit, email_masked, &why),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn send_new_code(visit: Visit, pending: Pending) -> Answer {
    let email_masked = masked(&pending);
    match new_code::send(&visit, pending).await {
        Ok(()) => {
            let response = responses::see_other(urls::REGISTER_VERIFY);
            Ok(Flash::of("code_sent").ride(&visit, response))
        }
        Err(Stop::Refused(NewCodeRefused::Gone)) => start_over(&visit),
        Err(Stop::Refused(NewCodeRefused::Throttled { retry_after })) => {
            not_verified(&visit, email_masked, &VerifyRefused::Throttled { retry_after })
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn not_verified(visit: &Visit, email_masked: String, why: &VerifyRefused) -> Answer {
    let code = match why {
        VerifyRefused::Gone => return start_over(visit),
        VerifyRefused::Wrong => "code_wrong",
        VerifyRefused::Expired => "code_expired",
        VerifyRefused::TooManyTries => "too_many_tries",
        VerifyRefused::Throttled { .. } => "throttled",
    };
    let mut view = VerifyPage::of(visit, email_masked)?;
    view.page = view.page.with_notice(Notice::of(visit.language, "bad", code));
    match why {
        VerifyRefused::Throttled { retry_after } => responses::too_many(&view, *retry_after),
        _ => responses::unprocessable(&view),
    }
}

/// Nothing waits any more: an hour has passed, or another tab was quicker.
fn start_over(visit: &Visit) -> Answer {
    let mut view = RegisterPage::of(visit, RegisterForm::default())?;
    view.page = view.page.with_notice(Notice::of(visit.language, "warn", "registration_gone"));
    responses::unprocessable(&view)
}

async fn waiting(visit: &Visit) -> Result<Option<Pending>, Fault> {
    let (browser, now) = (visit.browser_hash(), visit.now);
    visit.app.db.read(move |conn| store::waiting(conn, browser.as_str(), now)).await
}

/// The address of a registration; it was judged before it was stored.
fn masked(pending: &Pending) -> String {
    EmailAddress::parse(&pending.email, LocalPart::Ascii).map(|email| email.masked()).unwrap_or_default()
}
