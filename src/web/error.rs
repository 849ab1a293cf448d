//! How a refusal or a fault becomes a response.
//!
//! A handler's error becomes a neutral response that carries a [`ProblemCode`]. The error-page layer turns it
//! into a page in the reader's language. Neither reveals anything internal (S134).

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};

use crate::platform::fault::{Fault, Kind};

/// Why a handler returns no page of its own.
#[derive(Debug)]
pub enum PageError {
    /// Missing, or not for this visitor: both get the same page.
    NotFound,
    /// The form did not come from a page of the portal, or that page is too old (S32).
    Csrf,
    /// The browser sent no cookie of the portal's with its form.
    CookiesNeeded,
    /// The request is malformed: repeated fields, unreadable encodings.
    BadRequest,
    /// The body exceeds its limit (S97).
    TooLarge,
    /// The attempt is unknown, used or expired, or belongs to another browser (S40, S41).
    AttemptUnknown,
    /// Too many tries; the client may try again after `retry_after` seconds.
    Throttled { retry_after: i64 },
    /// The queue of the password hasher is full (S96).
    Overloaded,
    /// A redirect instead of a page.
    SeeOther(Box<HttpResponse>),
    /// An internal error.
    Fault(Arc<Fault>),
}

/// Every code of an error page or of the API's own limits, so that each is counted from zero.
pub const PROBLEM_CODES: [&str; 11] = [
    "attempt_unknown",
    "bad_request",
    "busy",
    "csrf",
    "fault",
    "misdirected",
    "not_allowed",
    "not_found",
    "throttled",
    "tls_required",
    "too_large",
];

/// What the error page shows and the request log records.
#[derive(Clone, Debug)]
pub struct ProblemCode {
    pub status: StatusCode,
    /// The value of `data-code`, and the stem of the page's message ids.
    pub code: &'static str,
    pub retry_after: Option<i64>,
    pub fault: Option<Arc<Fault>>,
}

impl PageError {
    fn problem(self: &PageError) -> (StatusCode, &'static str, Option<i64>) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", None),
            Self::Csrf => (StatusCode::FORBIDDEN, "csrf", None),
            Self::CookiesNeeded => (StatusCode::FORBIDDEN, "cookies_needed", None),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad_request", None),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", None),
            Self::AttemptUnknown => (StatusCode::BAD_REQUEST, "attempt_unknown", None),
            Self::Throttled { retry_after } => {
                (StatusCode::TOO_MANY_REQUESTS, "throttled", Some(*retry_after))
            }
            Self::SeeOther(_) => (StatusCode::SEE_OTHER, "", None),
            Self::Fault(fault) if fault.kind() == Kind::Broken => {
                (StatusCode::INTERNAL_SERVER_ERROR, "fault", None)
            }
            Self::Overloaded | Self::Fault(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy", Some(2)),
        }
    }
}

impl From<Fault> for PageError {
    fn from(fault: Fault) -> Self {
        Self::Fault(Arc::new(fault))
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Fault::broken("rendering a page", error).into()
    }
}

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.problem().1)
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.problem().0
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::SeeOther(response) = self {
            return copied(response);
        }
        let (status, code, retry_after) = self.problem();
        let fault = match self {
            Self::Fault(fault) => Some(Arc::clone(fault)),
            _ => None,
        };
        neutral(ProblemCode { status, code, retry_after, fault })
    }
}

/// A response with a generic sentence, which the error-page layer replaces.
pub fn neutral(problem: ProblemCode) -> HttpResponse {
    let mut response = HttpResponse::build(problem.status);
    if let Some(seconds) = problem.retry_after {
        response.insert_header((RETRY_AFTER, seconds.max(1)));
    }
    response.insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"));
    let mut response = response.body("Something did not work. Please go back and try again.\n");
    response.extensions_mut().insert(problem);
    response
}

/// Copies a redirect, because actix-web asks an error for its response by reference.
fn copied(response: &HttpResponse) -> HttpResponse {
    let mut copy = HttpResponse::build(response.status());
    for (name, value) in response.headers() {
        copy.append_header((name.clone(), value.clone()));
    }
    debug_assert!(response.headers().contains_key(LOCATION));
    copy.finish()
}
