//! How a refusal or a fault leaves the building.
//!
//! A handler's error becomes a neutral response that carries a [`ProblemCode`]; the error-page layer turns it
//! into a page in the reader's language. Nothing internal is in either (S134).

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};

use crate::platform::fault::{Fault, Kind};

/// Why a handler gives no page of its own.
#[derive(Debug)]
pub enum PageError {
    /// Not there, or not for this visitor: the two look alike.
    NotFound,
    /// The form did not come from a page of ours, or that page is too old (S32).
    Csrf,
    /// The request cannot be understood: repeated fields, unreadable encodings.
    BadRequest,
    /// More than we read.
    TooLarge,
    /// The attempt is unknown, used, expired, or of another browser (product §3).
    AttemptUnknown,
    /// Too many tries; again in so many seconds.
    Throttled { retry_after: i64 },
    /// The hasher's queue is full (S96).
    Overloaded,
    /// The answer is another address.
    SeeOther(Box<HttpResponse>),
    /// Something of ours broke.
    Fault(Arc<Fault>),
}

/// What the error page tells, and what the request log keeps.
#[derive(Clone, Debug)]
pub struct ProblemCode {
    pub status: StatusCode,
    /// The word in `data-code`, and the stem of the page's message ids.
    pub code: &'static str,
    pub retry_after: Option<i64>,
    pub fault: Option<Arc<Fault>>,
}

impl PageError {
    fn problem(self: &PageError) -> (StatusCode, &'static str, Option<i64>) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", None),
            Self::Csrf => (StatusCode::FORBIDDEN, "csrf", None),
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

/// A response that says next to nothing by itself and lets the error-page layer say the rest.
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

/// actix asks an error for its response by reference; a redirect is its status and its headers.
fn copied(response: &HttpResponse) -> HttpResponse {
    let mut copy = HttpResponse::build(response.status());
    for (name, value) in response.headers() {
        copy.append_header((name.clone(), value.clone()));
    }
    debug_assert!(response.headers().contains_key(LOCATION));
    copy.finish()
}
