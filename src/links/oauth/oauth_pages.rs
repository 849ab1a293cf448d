//! Handlers of the sign-in with Amazon: the redirect to Amazon, and the callback.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::accounts::reauthentication::give_code_before_amazon;
use crate::accounts::second_factor::CodeRefusal;
use crate::links::LinkState;
use crate::links::forms::{BeginForm, ConfirmIdentityForm};
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
pub async fn begin_sign_in(context: RequestContext, form: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&context, Purpose::SignIn, form.0.next()).await
}

/// `POST /amazon/link`.
pub async fn begin_link(context: RequestContext, form: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&context, Purpose::Link, form.0.next()).await
}

/// `POST /amazon/replace`.
pub async fn begin_replace(context: RequestContext, form: PostForm<BeginForm>) -> PageResult {
    redirect_to_amazon(&context, Purpose::Replace, form.0.next()).await
}

/// `POST /amazon/confirm-identity`. Where the second factor is on, its code comes before the trip.
pub async fn begin_confirm_identity(
    context: RequestContext,
    form: PostForm<ConfirmIdentityForm>,
) -> PageResult {
    if !PendingAction::is_the_one_named(&context, &form.0.mark) {
        return Ok(PendingAction::ask_again());
    }
    let notice = match give_code_before_amazon(&context, context.player()?, &form.0.code).await {
        Ok(()) => {
            let response = redirect_to_amazon(&context, Purpose::ConfirmIdentity, None).await?;
            return Ok(PendingAction::leave_for_amazon(&context, response));
        }
        Err(Stop::Refused(CodeRefusal::Wrong)) => {
            Notice::bad("code_wrong").with_text("two-step-code-wrong").at("amazon-code")
        }
        Err(Stop::Refused(CodeRefusal::TooMany { retry_after })) => {
            Notice::throttled(context.now, retry_after).with_text("two-step-throttled").at("amazon-code")
        }
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let response =
        PendingAction::keep_for_another_try(&context, responses::see_other(urls::CONFIRM_IDENTITY));
    Ok(notice.attach_to(&context, response))
}

async fn redirect_to_amazon(
    context: &RequestContext,
    purpose: Purpose,
    next: Option<NextAddress>,
) -> PageResult {
    match begin::begin_attempt(context, purpose, next).await {
        Ok(url) => Ok(responses::see_other(url.as_str())),
        Err(Stop::Refused(BeginAttemptRefusal::TooMany { retry_after })) => {
            Err(PageError::Throttled { retry_after })
        }
        Err(Stop::Refused(BeginAttemptRefusal::SessionEnded)) => Ok(responses::see_other(urls::SIGN_IN)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /amazon/callback`: redirects to a clean address, except for an unknown attempt (S47). HEAD spends nothing.
pub async fn callback(context: RequestContext) -> PageResult {
    if context.request.method() == Method::HEAD {
        return Ok(HttpResponse::Ok().finish());
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(context.request.query_string().as_bytes()).into_owned().collect();
    match callback::complete_attempt(&context, &query).await {
        Ok(outcome) => respond_to_outcome(context, outcome).await,
        Err(Stop::Refused(ended))
            if ended.purpose == Some(Purpose::ConfirmIdentity) && ended.refused == LinkRefusal::Declined =>
        {
            Ok(PendingAction::keep_for_another_try(&context, respond_to_ended_attempt(&context, ended)?))
        }
        Err(Stop::Refused(ended)) => respond_to_ended_attempt(&context, ended),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

pub(super) async fn respond_to_outcome(context: RequestContext, outcome: CallbackOutcome) -> PageResult {
    let with_attempt =
        |path: &str, attempt: &AttemptId| responses::see_other(&format!("{path}?attempt={attempt}"));
    match outcome {
        CallbackOutcome::Confirm(attempt) => Ok(with_attempt(urls::AMAZON_CONFIRM, &attempt)),
        CallbackOutcome::Match(attempt) => Ok(with_attempt(urls::AMAZON_MATCH, &attempt)),
        CallbackOutcome::GameLink(attempt) => Ok(with_attempt(urls::AMAZON_GAME_LINK, &attempt)),
        CallbackOutcome::Register(attempt, next) => {
            Ok(with_attempt(urls::page_of_free_account(next.as_deref()), &attempt))
        }
        CallbackOutcome::SignedIn { sign_in, next, is_reconnected } => {
            let response = sign_in.answer(&context, next.as_deref().unwrap_or(urls::ACCOUNT))?;
            Ok(if is_reconnected && !sign_in.is_waiting() {
                Notice::good("reconnected").attach_to(&context, response)
            } else {
                response
            })
        }
        CallbackOutcome::Renewed { session, next, purpose, was } => {
            // The player wanted another account and got the same one; the replace page explains what to do.
            let home = if purpose == Purpose::Replace { urls::AMAZON_REPLACE } else { urls::ACCOUNT };
            let path = next.filter(|_| purpose != Purpose::Replace).unwrap_or_else(|| home.to_owned());
            let response = context.signed_in(&session, &path)?;
            let notice = match (purpose, was) {
                (_, LinkState::NeedsReconnect | LinkState::Revoked) => {
                    Notice::info("already_yours").with_text("reconnected")
                }
                (Purpose::Replace, _) => Notice::info("already_yours").with_text("same-again"),
                _ => Notice::info("already_yours"),
            };
            Ok(notice.attach_to(&context, response))
        }
        CallbackOutcome::Proven { rotation } => {
            let proven_at = Some(context.now);
            PendingAction::resume_from_amazon(context.rotated(&rotation.started(), proven_at)?).await
        }
    }
}

pub(super) fn respond_to_ended_attempt(context: &RequestContext, ended: EndedAttempt) -> PageResult {
    let signed_in = context.current_player.is_some();
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
            Ok(Notice::info("declined").attach_to(context, responses::see_other(&back)))
        }
        (refused, purpose) => {
            let outcome = AttemptOutcome {
                code: refused.as_str().to_owned(),
                purpose,
                next: ended.next,
                reference: context.reference.to_string(),
            };
            Ok(outcome.attach_to(context, responses::see_other(urls::AMAZON_OUTCOME)))
        }
    }
}

/// `GET /amazon/outcome`: shows why a sign-in with Amazon did not succeed.
pub async fn outcome(context: RequestContext) -> PageResult {
    let Some(outcome) =
        context.cookies.read::<AttemptOutcome>(&context.request, CookieName::Outcome, context.now)
    else {
        return Ok(responses::see_other(if context.current_player.is_some() {
            urls::ACCOUNT
        } else {
            urls::SIGN_IN
        }));
    };
    let status = match outcome.code.as_str() {
        "amazon_unavailable" | "amazon_misconfigured" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    responses::page_with(status, &outcome_page(&context, outcome)?)
}

fn outcome_page(context: &RequestContext, outcome: AttemptOutcome) -> Result<OutcomePage, PageError> {
    let stem = format!("outcome-{}", outcome.code.replace('_', "-"));
    let page = Page::new(context, &format!("{stem}-title"), "")?;
    let again = match outcome.purpose {
        Some(Purpose::Link) => urls::AMAZON_LINK,
        Some(Purpose::Replace) => urls::AMAZON_REPLACE,
        Some(Purpose::ConfirmIdentity) => urls::AMAZON_CONFIRM_IDENTITY,
        _ => urls::AMAZON_SIGN_IN,
    };
    let home = if context.current_player.is_some() { urls::ACCOUNT } else { urls::SIGN_IN };
    let to_home = Some((home.to_owned(), page.t("outcome-way-back")));
    let (action, link) = match outcome.code.as_str() {
        "identity_taken" => (Some((urls::AMAZON_SIGN_IN, page.t("outcome-sign-in-other"))), to_home),
        "player_has_another" => (None, Some((urls::AMAZON_REPLACE.to_owned(), page.t("link-different")))),
        "account_disabled" => (None, to_home),
        "wrong_identity" | "link_unconfirmed" => {
            (None, Some((urls::CONFIRM_IDENTITY.to_owned(), page.t("outcome-again"))))
        }
        _ => (Some((again, page.t("outcome-again"))), to_home),
    };
    let needs_reference = outcome.code.starts_with("amazon_") || outcome.code == "account_disabled";
    Ok(OutcomePage {
        heading: page.title.clone(),
        body: page.t(&format!("{stem}-body")),
        code: outcome.code,
        action,
        link,
        next: outcome.next.unwrap_or_default(),
        reference: if needs_reference { outcome.reference } else { String::new() },
        page,
    })
}

/// Answers a POST with a refusal: the outcome page in place, with 409.
pub(super) fn conflict_page(context: &RequestContext, refused: LinkRefusal, purpose: Purpose) -> PageResult {
    let outcome = AttemptOutcome {
        code: refused.as_str().to_owned(),
        purpose: Some(purpose),
        next: None,
        reference: context.reference.to_string(),
    };
    responses::page_with(StatusCode::CONFLICT, &outcome_page(context, outcome)?)
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
    fn attach_to(&self, context: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        let cookie = context.cookies.write(CookieName::Outcome, self, context.now, TimeDelta::minutes(10));
        if let Some(cookie) = cookie {
            let _ = response.add_cookie(&cookie);
        }
        response
    }
}

/// The trip that this browser has finished last. Whoever goes back to one of its pages is led to the account.
#[derive(Serialize, Deserialize)]
struct FinishedTrip {
    finished: AttemptId,
}

/// Adds to the answer that the trip is over.
pub(super) fn finish_trip(
    context: &RequestContext,
    attempt: &AttemptId,
    mut response: HttpResponse,
) -> HttpResponse {
    let trip = FinishedTrip { finished: attempt.clone() };
    let cookie = context.cookies.write(CookieName::Outcome, &trip, context.now, TimeDelta::days(1));
    if let Some(cookie) = cookie {
        // Without it, going back shows that the attempt is over.
        let _ = response.add_cookie(&cookie);
    }
    response
}

/// Answers a GET for an attempt that nothing waits for.
pub(super) fn answer_unknown_attempt(context: &RequestContext, attempt: &AttemptId) -> PageResult {
    let trip: Option<FinishedTrip> = context.cookies.read(&context.request, CookieName::Outcome, context.now);
    if context.current_player.is_some() && trip.is_some_and(|trip| trip.finished == *attempt) {
        return Ok(responses::see_other(urls::ACCOUNT));
    }
    Err(PageError::AttemptUnknown)
}
