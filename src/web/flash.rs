//! Notices that outlive a redirect: what was just done, and what came of a trip to Amazon.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::web::cookies::CookieName;
use crate::web::request_context::RequestContext;

/// One notice for the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlashMessage {
    /// The word in `data-code`.
    pub code: String,
    /// The stem of its message ids: `notice-<words>-title`, `-body`. Mostly the code itself.
    pub words: String,
    /// Fills `$name` in the notice's texts.
    pub name: Option<String>,
}

impl FlashMessage {
    pub fn of(code: &str) -> Self {
        Self::worded(code, &code.replace('_', "-"))
    }

    /// One code, other words: the same thing happened in another way.
    pub fn worded(code: &str, words: &str) -> Self {
        Self { code: code.to_owned(), words: words.to_owned(), name: None }
    }

    pub fn naming(code: &str, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::of(code) }
    }

    /// Sends the notice along with `response`.
    pub fn ride(&self, visit: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        let cookie = visit.cookies.write(CookieName::Flash, self, visit.now, TimeDelta::minutes(2));
        if let Some(cookie) = cookie {
            // A notice that cannot be sent is not worth a failed request.
            let _ = response.add_cookie(&cookie);
        }
        response
    }
}

/// What came of a trip to Amazon that did not end as hoped, for its page at a clean address. Reloading
/// that page shows it again, for ten minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlashSeverity {
    pub code: String,
    /// What the trip was for, where that is known.
    pub purpose: Option<String>,
    /// Where the person was going.
    pub next: Option<String>,
    /// What support needs to find the story in the log.
    pub reference: String,
}

impl FlashSeverity {
    pub fn ride(&self, visit: &RequestContext, mut response: HttpResponse) -> HttpResponse {
        if let Some(cookie) =
            visit.cookies.write(CookieName::Outcome, self, visit.now, TimeDelta::minutes(10))
        {
            let _ = response.add_cookie(&cookie);
        }
        response
    }
}
