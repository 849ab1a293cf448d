//! Handlers of the sign-in with Amazon: the redirect to Amazon, and the callback.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::links::LinkState;
use crate::links::forms::BeginForm;
use crate::links::model::{LinkRefusal, Purpose};
use crate::links::oauth::begin::{self, BeginAttemptRefusal};
use crate::links::oauth::callback::{self, CallbackOutcome, EndedAttempt};
use crate::links::views::OutcomePage;
use crate::platform::fault::Stop;
use crate::platform::ids::AttemptId;
use crate::web::cookies::CookieName;
use crate::web::pending_action::PendingAction;
use crate::web::{
    NextAddress, Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls,
};

/// `POST /amazon/sign-in`.
pub async fn begin_sign_in(visit: RequestContext, form: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&visit, Purpose::SignIn, form.0.next()).await
}

/// `POST /amazon/link`.
pub async fn begin_link(visit: RequestContext, form: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&visit, Purpose::Link, form.0.next()).await
}

/// `POST /amazon/replace`.
pub async fn begin_replace(visit: RequestContext, form: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&visit, Purpose::Replace, form.0.next()).await
}

/// `POST /amazon/confirm-identity`.
pub async fn begin_confirm_identity(visit: RequestContext, _: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&visit, Purpose::ConfirmIdentity, None).await
}

async fn redirect_to_amazon(
    visit: &RequestContext,
    purpose: Purpose,
    next: Option<NextAddress>,
) -> PageResult {
    match begin::begin_attempt(visit, purpose, next).await {
        Ok(url) => Ok(responses::see_other(url.as_str())),
        Err(Stop::Refused(BeginAttemptRefusal::TooMany { retry_after })) => {
            Err(PageError::Throttled { retry_after })
        }
        Err(Stop::Refused(BeginAttemptRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /amazon/callback`: redirects to a clean address, except for an unknown attempt (S47). HEAD spends nothing.
pub async fn callback(visit: RequestContext) -> PageResult {
    if visit.request.method() == Method::HEAD {
        return Ok(HttpResponse::Ok().finish());
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(visit.request.query_string().as_bytes()).into_owned().collect();
    match callback::complete_attempt(&visit, &query).await {
        Ok(arrival) => answer_arrival(visit, arrival).await,
        Err(Stop::Refused(ended)) if ended.purpose == Some(Purpose::ConfirmIdentity) => {
            Ok(PendingAction::keep_for_another_try(&visit, ended_without(&visit, ended)?))
        }
        Err(Stop::Refused(ended)) => ended_without(&visit, ended),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn answer_arrival(visit: RequestContext, arrival: CallbackOutcome) -> PageResult {
    let on = |path: &str, attempt: &AttemptId| responses::see_other(&format!("{path}?attempt={attempt}"));
    match arrival {
        CallbackOutcome::Confirm(attempt) => Ok(on(urls::AMAZON_CONFIRM, &attempt)),
        CallbackOutcome::Match(attempt) => Ok(on(urls::AMAZON_MATCH, &attempt)),
        CallbackOutcome::Register(attempt) => Ok(on(urls::AMAZON_REGISTER, &attempt)),
        CallbackOutcome::SignedIn { entry, next, is_reconnected } => {
            let response = entry.answer(&visit, next.as_deref().unwrap_or(urls::ACCOUNT))?;
            Ok(if is_reconnected {
                Notice::good("reconnected").attach_to(&visit, response)
            } else {
                response
            })
        }
        CallbackOutcome::Renewed { session, next, purpose, was } => {
            // The player wanted another account and got the same one; the replace page explains what to do.
            let home = if purpose == Purpose::Replace { urls::AMAZON_REPLACE } else { urls::ACCOUNT };
            let path = next.filter(|_| purpose != Purpose::Replace).unwrap_or_else(|| home.to_owned());
            let response = visit.signed_in(&session, &path)?;
            let flash = match (purpose, was) {
                (_, LinkState::NeedsReconnect | LinkState::Revoked) => {
                    Notice::info("already_yours").with_text("reconnected")
                }
                (Purpose::Replace, _) => Notice::info("already_yours").with_text("same-again"),
                _ => Notice::info("already_yours"),
            };
            Ok(flash.attach_to(&visit, response))
        }
        CallbackOutcome::Proven { rotation } => {
            let proven_at = Some(visit.now);
            PendingAction::resume(visit.rotated(&rotation.started(), proven_at)?).await
        }
    }
}

fn ended_without(visit: &RequestContext, ended: EndedAttempt) -> PageResult {
    let signed_in = visit.current_player.is_some();
    match (ended.refused, ended.purpose) {
        (LinkRefusal::AttemptUnknown, _) => Err(PageError::AttemptUnknown),
        (LinkRefusal::Declined, purpose) => {
            let back = match purpose {
                Some(Purpose::ConfirmIdentity) => urls::CONFIRM_IDENTITY.to_owned(),
                Some(Purpose::SignIn) if !signed_in => ended
                    .next
                    .as_deref()
                    .and_then(NextAddress::parse)
                    .map_or(urls::SIGN_IN.to_owned(), |next| next.on(urls::SIGN_IN)),
                _ => ended.next.unwrap_or_else(|| urls::ACCOUNT.to_owned()),
            };
            Ok(Notice::info("declined").attach_to(visit, responses::see_other(&back)))
        }
        (refused, purpose) => {
            let outcome = AttemptOutcome {
                code: refused.as_str().to_owned(),
                purpose,
                next: ended.next,
                reference: visit.reference.to_string(),
            };
            Ok(outcome.attach_to(visit, responses::see_other(urls::AMAZON_OUTCOME)))
        }
    }
}

/// `GET /amazon/outcome`: shows why a sign-in with Amazon did not succeed.
pub async fn outcome(visit: RequestContext) -> PageResult {
    let Some(outcome) = visit.cookies.read::<AttemptOutcome>(&visit.request, CookieName::Outcome, visit.now)
    else {
        return Ok(responses::see_other(if visit.current_player.is_some() {
            urls::ACCOUNT
        } else {
            urls::SIGN_IN
        }));
    };
    let status = match outcome.code.as_str() {
        "amazon_unavailable" | "amazon_misconfigured" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    responses::page_with(status, &outcome_page(&visit, outcome)?)
}

fn outcome_page(visit: &RequestContext, outcome: AttemptOutcome) -> Result<OutcomePage, PageError> {
    let stem = format!("outcome-{}", outcome.code.replace('_', "-"));
    let page = Page::new(visit, &format!("{stem}-title"), "")?;
    let again = match outcome.purpose {
        Some(Purpose::Link) => urls::AMAZON_LINK,
        Some(Purpose::Replace) => urls::AMAZON_REPLACE,
        Some(Purpose::ConfirmIdentity) => urls::AMAZON_CONFIRM_IDENTITY,
        _ => urls::AMAZON_SIGN_IN,
    };
    let home = if visit.current_player.is_some() { urls::ACCOUNT } else { urls::SIGN_IN };
    let to_home = Some((home.to_owned(), page.t("outcome-way-back")));
    let (action, way) = match outcome.code.as_str() {
        "identity_taken" => (Some((urls::AMAZON_SIGN_IN, page.t("outcome-sign-in-other"))), to_home),
        "player_has_another" => (None, Some((urls::AMAZON_REPLACE.to_owned(), page.t("link-different")))),
        "account_disabled" => (None, to_home),
        "wrong_identity" => (None, Some((urls::CONFIRM_IDENTITY.to_owned(), page.t("outcome-again")))),
        _ => (Some((again, page.t("outcome-again"))), to_home),
    };
    let needs_reference = outcome.code.starts_with("amazon_") || outcome.code == "account_disabled";
    Ok(OutcomePage {
        heading: page.title.clone(),
        body: page.t(&format!("{stem}-body")),
        code: outcome.code,
        action,
        way,
        next: outcome.next.unwrap_or_default(),
        reference: if needs_reference { outcome.reference } else { String::new() },
        page,
    })
}

/// Answers a POST with a refusal: the outcome page in place, with 409.
pub(super) fn conflict_page(visit: &RequestContext, refused: LinkRefusal, purpose: Purpose) -> PageResult {
    let outcome = AttemptOutcome {
        code: refused.as_str().to_owned(),
        purpose: Some(purpose),
        next: None,
        reference: visit.reference.to_string(),
    };
    responses::page_with(StatusCode::CONFLICT, &outcome_page(visit, outcome)?)
}

/// How a sign-in with Amazon ended without success, for its page at a clean address.
///
/// Reloading that page shows it again, for ten minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct AttemptOutcome {
    pub code: String,
    /// What the attempt was for, where that is known.
    pub purpose: Option<Purpose>,
    /// The page that the person wanted to open.
    pub next: Option<String>,
    /// The request's reference, with which support finds the attempt in the log.
    pub reference: String,
}

impl AttemptOutcome {
    fn attach_to(&self, visit: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        let cookie = visit.cookies.write(CookieName::Outcome, self, visit.now, TimeDelta::minutes(10));
        if let Some(cookie) = cookie {
            let _ = response.add_cookie(&cookie);
        }
        response
    }
}
