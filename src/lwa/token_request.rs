//! Token requests, built by the oauth2 crate and taken from it before they are sent.
//!
//! Promises the crate's form, byte for byte, and our own judgement of the answer: the crate forgets the status,
//! which S67 hangs on. Refuses to show a request in any message, for its body holds secrets.

use std::fmt;

use oauth2::{ErrorResponse, HttpRequest, HttpResponse, RequestTokenError};

use super::{LwaError, LwaErrorClass};

/// Stands where the crate expects a sender, and sends nothing.
pub(super) fn take(request: HttpRequest) -> Result<HttpResponse, TokenRequest> {
    Err(TokenRequest(Box::new(request)))
}

/// The request out of what the crate calls a failure to send.
pub(super) fn taken<T, E>(
    outcome: Result<T, RequestTokenError<TokenRequest, E>>,
) -> Result<reqwest::Request, LwaError>
where
    E: ErrorResponse,
{
    match outcome {
        Err(RequestTokenError::Request(TokenRequest(request))) => {
            (*request).try_into().map_err(|_| not_sendable())
        }
        _ => Err(not_sendable()),
    }
}

pub(super) fn not_sendable() -> LwaError {
    LwaError::unavailable(LwaErrorClass::NotSendable)
}

/// A request on its way from the crate to us. Says nothing of itself: its body holds secrets.
pub(super) struct TokenRequest(Box<HttpRequest>);

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Built")
    }
}

impl fmt::Display for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request, built and not sent")
    }
}

impl std::error::Error for TokenRequest {}
