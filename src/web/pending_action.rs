//! The action that began when fresh proof of identity was asked for, kept and carried out once after it.
//!
//! An encrypted cookie keeps its path and form, bound to the session. Only the server module knows how to carry it
//! out ([`ReplayHandler`]), so that proof of identity imports no feature.

use std::future::Future;
use std::pin::Pin;

use actix_web::HttpResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::platform::ids::SessionId;
use crate::web::cookies::{CookieName, OutgoingCookie};
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
        let pending = Self { session: context.session_id()?.clone(), is_post, target, form };
        context.cookies.write(CookieName::Interrupted, &pending, context.now, TimeDelta::minutes(30))
    }

    /// Redirects to the page that confirms identity, with the cookie that keeps the action.
    pub fn ask_for_proof(context: &RequestContext, pending: Option<OutgoingCookie>) -> HttpResponse {
        let page = if context.staff.is_some() { urls::STAFF_CONFIRM } else { urls::CONFIRM_IDENTITY };
        let mut response = responses::see_other(page);
        if let Some(cookie) = pending {
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    /// The action that waits in this session.
    fn read(context: &RequestContext) -> Option<Self> {
        let pending: Self = context.cookies.read(&context.request, CookieName::Interrupted, context.now)?;
        (pending.session == *context.session_id()?).then_some(pending)
    }

    /// Carries out the action that waits, or redirects home, and removes the cookie.
    pub async fn resume(context: RequestContext) -> PageResult {
        let cookies = context.cookies.clone();
        let home = if context.staff.is_some() { urls::SUPPORT } else { urls::ACCOUNT };
        let replay = context.request.app_data::<actix_web::web::Data<ReplayHandler>>().cloned();
        let mut response = match (Self::read(&context), replay) {
            (Some(pending), Some(replay)) if pending.is_post => (replay.0)(context, pending).await?,
            (Some(pending), _) if !pending.is_post => responses::see_other(&pending.target),
            _ => responses::see_other(home),
        };
        let _ = response.add_cookie(&cookies.forget(CookieName::Interrupted));
        Ok(response)
    }
}
