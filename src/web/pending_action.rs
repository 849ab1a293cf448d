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
    /// Keeps the action and redirects to the page that confirms identity.
    pub fn ask_for_proof(
        visit: &RequestContext,
        is_post: bool,
        target: String,
        form: String,
    ) -> HttpResponse {
        let page = if visit.staff.is_some() { urls::STAFF_CONFIRM } else { urls::CONFIRM_IDENTITY };
        let mut response = responses::see_other(page);
        if let Some(cookie) = Self::kept(visit, is_post, target, form) {
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    /// Whether a form is short enough to be kept.
    pub fn fits(visit: &RequestContext, target: &str, form: &str) -> bool {
        Self::kept(visit, true, target.to_owned(), form.to_owned()).is_some()
    }

    fn kept(visit: &RequestContext, is_post: bool, target: String, form: String) -> Option<OutgoingCookie> {
        let kept = Self { session: visit.session_id()?.clone(), is_post, target, form };
        visit.cookies.write(CookieName::Interrupted, &kept, visit.now, TimeDelta::minutes(30))
    }

    /// The action that waits in this session.
    pub fn of(visit: &RequestContext) -> Option<Self> {
        let kept: Self = visit.cookies.read(&visit.request, CookieName::Interrupted, visit.now)?;
        (kept.session == *visit.session_id()?).then_some(kept)
    }

    /// Carries out the action that waits, or redirects home, and removes the cookie.
    pub async fn go_on(visit: RequestContext) -> PageResult {
        let cookies = visit.cookies.clone();
        let home = if visit.staff.is_some() { urls::SUPPORT } else { urls::ACCOUNT };
        let resume = visit.request.app_data::<actix_web::web::Data<ReplayHandler>>().cloned();
        let mut response = match (Self::of(&visit), resume) {
            (Some(kept), Some(resume)) if kept.is_post => (resume.0)(visit, kept).await?,
            (Some(kept), _) if !kept.is_post => responses::see_other(&kept.target),
            _ => responses::see_other(home),
        };
        let _ = response.add_cookie(&cookies.forget(CookieName::Interrupted));
        Ok(response)
    }
}
