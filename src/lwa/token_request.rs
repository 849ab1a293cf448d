//! Token requests: the `oauth2` crate builds them, our own HTTP client sends them.
//!
//! The crate drops the status of a response, which S67 depends on, so `token.rs` checks responses instead. No
//! message shows a request, because its body contains secrets.

use std::fmt;

use oauth2::{ErrorResponse, HttpRequest, HttpResponse, RequestTokenError};

use super::{LwaError, LwaErrorClass};

/// Takes the place of the crate's HTTP client, and returns the request unsent.
pub(super) fn capture_request(request: HttpRequest) -> Result<HttpResponse, TokenRequest> {
    Err(TokenRequest(Box::new(request)))
}

/// Extracts the request from what the crate reports as a failure to send.
pub(super) fn captured_request<T, E>(
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

/// A built request. `Debug` and `Display` show nothing of it, because its body contains secrets.
pub(super) struct TokenRequest(Box<HttpRequest>);

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenRequest")
    }
}

impl fmt::Display for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request, built and not sent")
    }
}

impl std::error::Error for TokenRequest {}
