//! The action that began when fresh proof of identity was asked for, kept and carried out once after it.
//!
//! An encrypted cookie keeps its path and form, bound to the session. The page that asks for proof names the action.
//! Its **Cancel** drops the action, and so does whoever opens that page by its address. Only the server module knows
//! how to carry the action out ([`ReplayHandler`]), so that proof of identity imports no feature.

use std::future::Future;
use std::pin::Pin;

use actix_web::{HttpResponse, ResponseError};
use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::platform::ids::SessionId;
use crate::web::cookies::{CookieName, OutgoingCookie};
use crate::web::refused_form::PostedForm;
use crate::web::request_context::RequestContext;
use crate::web::responses::{self, PageResult};
use crate::web::urls;

/// An action that waits for fresh proof of identity.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingAction {
    session: SessionId,
    pub is_post: bool,
    /// Path and query.
    pub target: String,
    /// The form without its CSRF token. Empty for a form with secrets, whose page asks again.
    pub form: String,
    /// Whether the page that asks for proof has named it.
    #[serde(default)]
    is_named: bool,
    /// Whether the person has gone to Amazon to give proof for it.
    #[serde(default)]
    is_at_amazon: bool,
}

/// Carries out a POST that waited. The server module provides it, because it knows the features.
#[derive(Clone, Copy)]
pub struct ReplayHandler(pub fn(RequestContext, PendingAction) -> ReplayedAction);

/// The response of an action that waited.
pub type ReplayedAction = Pin<Box<dyn Future<Output = PageResult>>>;

impl PendingAction {
    /// The cookie that keeps the action. `None` without a session, or if the form is too long.
    pub fn cookie(
        context: &RequestContext,
        is_post: bool,
        target: String,
        form: String,
    ) -> Option<OutgoingCookie> {
        let session = context.session_id()?.clone();
        Self { session, is_post, target, form, is_named: false, is_at_amazon: false }.sealed(context)
    }

    fn sealed(&self, context: &RequestContext) -> Option<OutgoingCookie> {
        context.cookies.write(CookieName::Interrupted, self, context.now, TimeDelta::minutes(30))
    }

    /// Redirects to the page that confirms identity, with the cookie that keeps the action.
    ///
    /// An older action is dropped, also if there is no cookie.
    pub fn ask_for_proof(context: &RequestContext, pending: Option<OutgoingCookie>) -> HttpResponse {
        let page = if context.staff.is_some() { urls::STAFF_CONFIRM } else { urls::CONFIRM_IDENTITY };
        with_cookie(context, pending, responses::see_other(page))
    }

    /// Removes the cookie of an older action from the browser.
    pub fn drop_older(context: &RequestContext, response: HttpResponse) -> HttpResponse {
        with_cookie(context, None, response)
    }

    /// Answers a GET of the page that asks for proof. `render` names the action; **Cancel** drops it.
    pub fn answer_page(
        context: &RequestContext,
        render: impl FnOnce(Option<&Self>) -> PageResult,
    ) -> PageResult {
        if context.request.query_string() == "cancel" {
            return Ok(with_cookie(context, None, responses::see_other(home(context))));
        }
        let pending = Self::named_by_page(context);
        let cookie = pending.as_ref().and_then(|pending| pending.sealed(context));
        Ok(with_cookie(context, cookie, render(pending.as_ref())?))
    }

    /// The action that the page names: one that was just interrupted, or one of a page that is loaded again.
    fn named_by_page(context: &RequestContext) -> Option<Self> {
        let pending = Self::read(context)?;
        let site = context.request.headers().get("sec-fetch-site");
        let is_from_portal = site.is_some_and(|site| site == "same-origin");
        (!pending.is_named || is_from_portal).then_some(Self { is_named: true, ..pending })
    }

    /// Keeps the action for the next visit of the page, because the person comes back from Amazon without proof.
    pub fn keep_for_another_try(context: &RequestContext, response: HttpResponse) -> HttpResponse {
        let pending =
            Self::read(context).map(|pending| Self { is_named: false, is_at_amazon: false, ..pending });
        with_cookie(context, pending.and_then(|pending| pending.sealed(context)), response)
    }

    /// Redirects to where another request of the same session has led. An ended session leads on to the sign-in.
    pub fn redirect(context: &RequestContext) -> HttpResponse {
        match Self::read(context) {
            Some(pending) if !pending.is_post => responses::see_other(&pending.target),
            _ => responses::see_other(home(context)),
        }
    }

    /// The action that waits in this session.
    pub fn read(context: &RequestContext) -> Option<Self> {
        let pending: Self = context.cookies.read(&context.request, CookieName::Interrupted, context.now)?;
        (pending.session == *context.session_id()?).then_some(pending)
    }

    /// A mark of the action for the page that names it: the proof that is given there is for this action only.
    pub fn mark(&self) -> String {
        let action = format!("{} {} {}", self.is_post, self.target, self.form);
        BASE64URL_NOPAD.encode(&Sha256::digest(action))
    }

    /// Whether the page of a proof has named the action that waits; `mark` is empty if it named none.
    ///
    /// Another tab may have interrupted another one since.
    pub fn is_the_one_named(context: &RequestContext, mark: &str) -> bool {
        Self::read(context).map_or(mark.is_empty(), |pending| pending.mark() == mark)
    }

    /// Redirects to the page that names what waits now. The proof that was given holds, but not for that.
    pub fn ask_again() -> HttpResponse {
        responses::see_other(urls::CONFIRM_IDENTITY)
    }

    /// Notes that the person goes to Amazon with this action.
    pub fn leave_for_amazon(context: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        let leaving = Self::read(context).map(|pending| Self { is_at_amazon: true, ..pending });
        if let Some(cookie) = leaving.and_then(|pending| pending.sealed(context)) {
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    /// Carries out the action that the page of the proof has named by `mark`. If another one waits by now, the page
    /// that names it is next.
    pub async fn resume_named(context: RequestContext, mark: &str) -> PageResult {
        if !Self::is_the_one_named(&context, mark) {
            return Ok(Self::ask_again());
        }
        Self::resume(context).await
    }

    /// Carries out the action with which the person went to Amazon.
    pub async fn resume_from_amazon(context: RequestContext) -> PageResult {
        if Self::read(&context).is_some_and(|pending| !pending.is_at_amazon) {
            return Ok(Self::ask_again());
        }
        Self::resume(context).await
    }

    /// Carries out the action that waits, or redirects home, and removes the cookie.
    pub async fn resume(context: RequestContext) -> PageResult {
        let cookies = context.cookies.clone();
        let home = home(&context);
        let replay = context.request.app_data::<actix_web::web::Data<ReplayHandler>>().cloned();
        let pending = Self::read(&context);
        if let Some(pending) = pending.as_ref().filter(|pending| pending.is_post) {
            // If the action is refused, the page of its form says so.
            let fields: Vec<_> = url::form_urlencoded::parse(pending.form.as_bytes()).into_owned().collect();
            PostedForm::of(&pending.target, &fields).put_on(&context);
        }
        let mut response = match (pending, replay) {
            (Some(pending), Some(replay)) if pending.is_post => match (replay.0)(context, pending).await {
                Ok(response) => response,
                // It is carried out once, also if it fails.
                Err(error) => error.error_response(),
            },
            (Some(pending), _) if !pending.is_post => responses::see_other(&pending.target),
            _ => responses::see_other(home),
        };
        let _ = response.add_cookie(&cookies.forget(CookieName::Interrupted));
        Ok(response)
    }
}

fn home(context: &RequestContext) -> &'static str {
    if context.staff.is_some() { urls::SUPPORT } else { urls::ACCOUNT }
}

/// Adds the cookie of an action, or removes the one that the browser has.
fn with_cookie(
    context: &RequestContext,
    cookie: Option<OutgoingCookie>,
    mut response: HttpResponse,
) -> HttpResponse {
    let cookie = cookie.unwrap_or_else(|| context.cookies.forget(CookieName::Interrupted));
    let _ = response.add_cookie(&cookie);
    response
}
