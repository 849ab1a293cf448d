//! Handlers of the decision pages: both names, the password of a matching account, a new player.

use actix_web::{HttpResponse, web};

use crate::links::LinkState;
use crate::links::change::link::{LinkWritten, amazon_display_name};
use crate::links::forms::{AttemptQuery, ConfirmForm, MatchForm, RegisterForm};
use crate::links::model::{LinkRefusal, Purpose, Stage};
use crate::links::oauth::confirm;
use crate::links::oauth::email_match::{self, EmailMatch, EmailMatchRefusal};
use crate::links::oauth::oauth_pages::{
    answer_unknown_attempt, conflict_page, finish_trip, respond_to_ended_attempt, respond_to_outcome,
};
use crate::links::oauth::register::{self, AmazonRegistration, RegisteredWithAmazon};
use crate::links::views::{ConfirmPage, LinkPanel, MatchPage, RegisterPage, masked};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Stop;
use crate::platform::ids::AttemptId;
use crate::web::pending_action::PendingAction;
use crate::web::{Notice, Page, PageError, PageResult, PostForm, RequestContext, responses, urls};

/// `GET /amazon/confirm`: shows both names, before anything is written.
pub async fn show_confirm(context: RequestContext, query: web::Query<AttemptQuery>) -> PageResult {
    let current_player = context.player()?;
    let Some((attempt, identity)) =
        confirm::pending_link(&context, &query.attempt(), Stage::Confirming).await?
    else {
        return answer_unknown_attempt(&context, &query.attempt());
    };
    let page = Page::new(&context, "confirm-heading", "account")?;
    let replaced = current_player.link.as_ref().filter(|link| link.state != LinkState::Revoked);
    responses::render_page(&ConfirmPage {
        link: LinkPanel::offered(&page, current_player, &identity),
        attempt: attempt.id.to_string(),
        replaces: replaced
            .map(|link| link.amazon_name.clone().unwrap_or_else(|| page.t("amazon-nameless")))
            .unwrap_or_default(),
        page,
    })
}

/// `POST /amazon/confirm`.
pub async fn submit_confirm(context: RequestContext, form: PostForm<ConfirmForm>) -> PageResult {
    let attempt = form.0.attempt();
    match form.0.choice.as_str() {
        "link" if context.is_fresh() => submit_link(&context, &attempt).await,
        // The proof that began the attempt is too old by now (S28).
        "link" => {
            if confirm::pending_link(&context, &attempt, Stage::Confirming).await?.is_none() {
                return Err(PageError::AttemptUnknown);
            }
            let page = format!("{}?attempt={attempt}", urls::AMAZON_CONFIRM);
            let pending = PendingAction::cookie(&context, false, page, String::new());
            Ok(PendingAction::ask_for_proof(&context, pending))
        }
        "different" => {
            let cancelled = confirm::cancel_attempt(&context, &attempt).await;
            after_cancel(cancelled, |_| responses::see_other(urls::AMAZON_REPLACE))
        }
        "cancel" => {
            let cancelled = confirm::cancel_attempt(&context, &attempt).await;
            after_cancel(cancelled, |next| {
                let response = responses::see_other(next.as_deref().unwrap_or(urls::ACCOUNT));
                Notice::info("cancelled").attach_to(&context, response)
            })
        }
        _ => Err(PageError::BadRequest),
    }
}

fn after_cancel(
    cancelled: Result<Option<String>, Stop<LinkRefusal>>,
    redirect: impl FnOnce(Option<String>) -> HttpResponse,
) -> PageResult {
    match cancelled {
        Ok(next) => Ok(redirect(next)),
        Err(Stop::Refused(_)) => Err(PageError::AttemptUnknown),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn submit_link(context: &RequestContext, attempt: &AttemptId) -> PageResult {
    match confirm::link_identity(context, attempt).await {
        Ok(linked) => {
            let response =
                context.signed_in(&linked.session, linked.next.as_deref().unwrap_or(urls::ACCOUNT))?;
            let response = finish_trip(context, attempt, response);
            let notice = match linked.written {
                LinkWritten::Added => Notice::good("linked"),
                LinkWritten::Replaced => Notice::good("linked").with_text("replaced"),
                LinkWritten::Renewed | LinkWritten::Nothing => Notice::info("already_yours"),
            };
            Ok(notice.attach_to(context, response))
        }
        Err(Stop::Refused(LinkRefusal::AttemptUnknown)) => Err(PageError::AttemptUnknown),
        Err(Stop::Refused(refused)) => conflict_page(context, refused, Purpose::Link),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

/// `GET /amazon/register`: asks for the missing fields of a new player.
pub async fn show_register(context: RequestContext, query: web::Query<AttemptQuery>) -> PageResult {
    let Some((attempt, identity)) =
        confirm::pending_link(&context, &query.attempt(), Stage::Registering).await?
    else {
        return answer_unknown_attempt(&context, &query.attempt());
    };
    let name =
        amazon_display_name(&context.app, &identity).map(|name| name.as_str().to_owned()).unwrap_or_default();
    responses::render_page(&register_page(
        &context,
        &attempt.id,
        name,
        acceptable(identity.email),
        Vec::new(),
    )?)
}

/// Amazon's address for the field. One that the form would refuse is left out.
fn acceptable(email: Option<String>) -> String {
    email.filter(|email| EmailAddress::parse(email, LocalPart::Ascii).is_ok()).unwrap_or_default()
}

fn register_page(
    context: &RequestContext,
    attempt: &AttemptId,
    display_name: String,
    email: String,
    errors: Vec<(String, String)>,
) -> Result<RegisterPage, PageError> {
    let page = Page::new(context, "amazon-register-heading", "")?.with_errors(errors);
    Ok(RegisterPage { page, attempt: attempt.to_string(), display_name, email })
}

/// `POST /amazon/register`.
pub async fn submit_register(context: RequestContext, form: PostForm<RegisterForm>) -> PageResult {
    let form = form.0;
    let attempt = form.attempt();
    let (name, email) = match form.accepted(&context) {
        Ok(accepted) => accepted,
        Err(errors) => {
            let page = register_page(&context, &attempt, form.display_name, form.email, errors)?;
            return responses::unprocessable(&page);
        }
    };
    match register::register_player(&context, &attempt, name).await {
        Ok(AmazonRegistration::Created(registered)) => {
            Ok(finish_trip(&context, &attempt, welcome_player(&context, registered, email).await?))
        }
        Ok(AmazonRegistration::Decided(outcome)) => respond_to_outcome(context, outcome).await,
        // The other request's answer has the session cookie.
        Ok(AmazonRegistration::Finished { next }) => {
            Ok(responses::see_other(next.as_deref().unwrap_or(urls::ACCOUNT)))
        }
        Err(Stop::Refused(ended)) => respond_to_ended_attempt(&context, ended),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn welcome_player(
    context: &RequestContext,
    registered: RegisteredWithAmazon,
    email: Option<EmailAddress>,
) -> PageResult {
    let is_code_sent = match email {
        Some(email) => register::prove_address(context, &registered, email).await?,
        None => false,
    };
    let response = registered.sign_in.answer(context, registered.next.as_deref().unwrap_or(urls::ACCOUNT))?;
    let notice = if is_code_sent {
        Notice::good("linked")
            .with_text("registered-and-code-sent")
            .with_way(urls::EMAIL_VERIFY, "enter-code")
    } else {
        Notice::good("linked").with_text("registered-with-amazon")
    };
    Ok(notice.attach_to(context, response))
}

/// `GET /amazon/match`: asks for the password of the account that has this email.
pub async fn show_match(context: RequestContext, query: web::Query<AttemptQuery>) -> PageResult {
    let page = Page::new(&context, "match-heading", "")?;
    match match_page(&context, &query.attempt(), page).await {
        Ok(page) => responses::render_page(&page),
        Err(PageError::AttemptUnknown) => answer_unknown_attempt(&context, &query.attempt()),
        Err(error) => Err(error),
    }
}

async fn match_page(
    context: &RequestContext,
    attempt: &AttemptId,
    page: Page,
) -> Result<MatchPage, PageError> {
    let Some((attempt, identity)) = confirm::pending_link(context, attempt, Stage::Matching).await? else {
        return Err(PageError::AttemptUnknown);
    };
    let email = identity.email.unwrap_or_default();
    Ok(MatchPage { page, attempt: attempt.id.to_string(), email_masked: masked(&email), email })
}

/// `POST /amazon/match`.
pub async fn submit_match(context: RequestContext, form: PostForm<MatchForm>) -> PageResult {
    let attempt = form.0.attempt();
    if form.0.choice == "not_mine" {
        return match register::decline_match(&context, &attempt).await {
            Ok(page) => Ok(responses::see_other(&format!("{page}?attempt={attempt}"))),
            Err(Stop::Refused(_)) => Err(PageError::AttemptUnknown),
            Err(Stop::Fault(fault)) => Err(fault.into()),
        };
    }
    match email_match::link_and_sign_in(&context, &attempt, &form.0.password).await {
        Ok(EmailMatch::Decided(outcome)) => respond_to_outcome(context, outcome).await,
        Ok(EmailMatch::Finished { next }) => {
            Ok(responses::see_other(next.as_deref().unwrap_or(urls::ACCOUNT)))
        }
        Ok(EmailMatch::Matched(matched)) => {
            let path = matched.next.as_deref().filter(|_| matched.is_linked).unwrap_or(urls::ACCOUNT);
            let response = finish_trip(&context, &attempt, matched.sign_in.answer(&context, path)?);
            let notice = if matched.sign_in.is_waiting() {
                Notice::info("link_waits").with_text("two-step-then-link")
            } else if matched.is_linked {
                Notice::good("linked")
            } else {
                Notice::warn("player_has_another")
            };
            Ok(notice.attach_to(&context, response))
        }
        Err(Stop::Refused(refused)) => refuse_match(&context, &attempt, refused).await,
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn refuse_match(
    context: &RequestContext,
    attempt: &AttemptId,
    refused: EmailMatchRefusal,
) -> PageResult {
    let page_with = |notice: Notice| {
        let page = Page::new(context, "match-heading", "")?;
        Ok::<_, PageError>(page.with_notice(notice.at("password")))
    };
    match refused {
        EmailMatchRefusal::Wrong => {
            let page = page_with(Notice::bad("credentials_wrong").with_text("match-wrong"))?;
            responses::unprocessable(&match_page(context, attempt, page).await?)
        }
        EmailMatchRefusal::Throttled { retry_after } => {
            let page = page_with(Notice::throttled(context.now, retry_after))?;
            responses::too_many(&match_page(context, attempt, page).await?, retry_after)
        }
        EmailMatchRefusal::TooManyTries => Ok(Notice::warn("too_many_tries")
            .with_text("match-tries")
            .attach_to(context, responses::see_other(urls::SIGN_IN))),
        EmailMatchRefusal::Overloaded => Err(PageError::Overloaded),
        EmailMatchRefusal::Ended(ended) => respond_to_ended_attempt(context, ended),
        EmailMatchRefusal::Link(LinkRefusal::AttemptUnknown) => Err(PageError::AttemptUnknown),
        EmailMatchRefusal::Link(refused) => conflict_page(context, refused, Purpose::SignIn),
    }
}
