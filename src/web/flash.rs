//! Notices that survive a redirect: what was just done, and how a sign-in with Amazon ended.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::web::cookies::CookieName;
use crate::web::request_context::RequestContext;

/// One notice for the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlashMessage {
    /// The value of `data-code`.
    pub code: String,
    /// The stem of the message ids `notice-<words>-title` and `-body`; usually the code itself.
    pub words: String,
    /// Fills `$name` in the texts.
    pub name: Option<String>,
}

impl FlashMessage {
    pub fn of(code: &str) -> Self {
        Self::worded(code, &code.replace('_', "-"))
    }

    /// A notice with the texts of another stem: the same thing happened in another way.
    pub fn worded(code: &str, words: &str) -> Self {
        Self { code: code.to_owned(), words: words.to_owned(), name: None }
    }

    pub fn naming(code: &str, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::of(code) }
    }

    /// Adds the notice to `response` as a cookie for two minutes.
    pub fn ride(&self, visit: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        let cookie = visit.cookies.write(CookieName::Flash, self, visit.now, TimeDelta::minutes(2));
        if let Some(cookie) = cookie {
            // A missing notice is better than a failed request.
            let _ = response.add_cookie(&cookie);
        }
        response
    }
}

/// How a sign-in with Amazon ended without success, for its page at a clean address.
///
/// Reloading that page shows it again, for ten minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AttemptOutcome {
    pub code: String,
    /// What the attempt was for, where that is known.
    pub purpose: Option<String>,
    /// The page that the person wanted to open.
    pub next: Option<String>,
    /// The request's reference, with which support finds the attempt in the log.
    pub reference: String,
}

impl AttemptOutcome {
    pub fn ride(&self, visit: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        if let Some(cookie) =
            visit.cookies.write(CookieName::Outcome, self, visit.now, TimeDelta::minutes(10))
        {
            let _ = response.add_cookie(&cookie);
        }
        response
    }
}
