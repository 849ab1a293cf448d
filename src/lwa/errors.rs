//! Errors of calls to Amazon.
//!
//! An error has an [`LwaErrorKind`] to act on, an [`LwaErrorClass`] that is stable in logs and metrics, and
//! Amazon's request id for a support case. It contains no token, no address and no text of Amazon's (S72).

use std::fmt;
use std::time::Duration;

use crate::text_enum;

/// A failed call to Amazon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LwaError {
    kind: LwaErrorKind,
    class: LwaErrorClass,
    request_id: Option<String>,
}

/// What a caller can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LwaErrorKind {
    /// The code or refresh token is no longer valid: status 400, well-formed JSON, `error` exactly
    /// `invalid_grant` (S67).
    InvalidGrant,
    /// Amazon rejects our client, not the customer; an operator must act. The link stays.
    Misconfigured,
    /// The token is malformed, expired, or of an app that is not ours (S76).
    NotAuthentic,
    /// Amazon's responses contradict each other or our request. None is used; an operator must act.
    Contradiction,
    /// The customer did not grant a scope that the call needs.
    ScopeMissing,
    /// Amazon is slow, down, or sent an unusable response. Try later, not before `retry_after` if there is one.
    Unavailable { retry_after: Option<Duration> },
    /// As many calls are under way as [`super::LwaLimits`] allows, and none ended within its `turn_wait`.
    Busy,
}

text_enum! {
    /// The closed list of failures, for the log field `lwa.error` and for metrics.
    ///
    /// The words do not change between versions.
    #[derive(PartialOrd, Ord)]
    pub enum LwaErrorClass {
        // Values of Amazon's `error` field, up to `InvalidCodePair` in Amazon's own spelling.
        InvalidGrant = "invalid_grant",
        InvalidClient = "invalid_client",
        UnauthorizedClient = "unauthorized_client",
        InvalidScope = "invalid_scope",
        InvalidRequest = "invalid_request",
        InvalidToken = "invalid_token",
        InsufficientScope = "insufficient_scope",
        UnsupportedGrantType = "unsupported_grant_type",
        UnsupportedResponseType = "unsupported_response_type",
        ServerError = "server_error",
        TemporarilyUnavailable = "temporarily_unavailable",
        AuthorizationPending = "authorization_pending",
        SlowDown = "slow_down",
        AccessDenied = "access_denied",
        ExpiredToken = "expired_token",
        InvalidCodePair = "invalid_code_pair",
        InvalidValue = "invalid_value",
        OtherWord = "other_word",
        // Results of the checks on a token.
        WrongAudience = "wrong_audience",
        WrongIssuer = "wrong_issuer",
        WrongUser = "wrong_user",
        Expired = "expired",
        // Statuses.
        Throttled = "throttled",
        Redirected = "redirected",
        UnexpectedStatus = "unexpected_status",
        // Bodies.
        NotJson = "not_json",
        Encoded = "encoded",
        Malformed = "malformed",
        TooLarge = "too_large",
        // Transport.
        Connect = "connect",
        Timeout = "timeout",
        Interrupted = "interrupted",
        // Our own limits and settings.
        Busy = "busy",
        CircuitOpen = "circuit_open",
        NoDeviceClient = "no_device_client",
        NotSendable = "not_sendable",
    }
}

impl LwaError {
    pub(super) fn new(kind: LwaErrorKind, class: LwaErrorClass) -> Self {
        Self { kind, class, request_id: None }
    }

    pub(super) fn unavailable(class: LwaErrorClass) -> Self {
        Self::new(LwaErrorKind::Unavailable { retry_after: None }, class)
    }

    pub(super) fn of_request(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }

    pub fn kind(&self) -> LwaErrorKind {
        self.kind
    }

    pub fn class(&self) -> LwaErrorClass {
        self.class
    }

    /// Amazon's `x-amzn-requestid`, for its support; letters, digits and hyphens only.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Logs why `operation` failed (S87). The caller's span says for which request or link.
    pub fn log(&self, operation: &'static str) {
        let (class, request_id) = (self.class.as_str(), self.request_id());
        let span = tracing::error_span!(
            "lwa",
            lwa.operation = operation,
            lwa.error = class,
            lwa.request_id = request_id
        );
        span.in_scope(|| match self.kind {
            LwaErrorKind::Misconfigured => tracing::error!(
                event = "lwa.client.rejected",
                alert = "amazon_refuses_our_client",
                "Amazon rejected the portal's client"
            ),
            LwaErrorKind::Contradiction => {
                tracing::error!(event = "lwa.response.contradictory", "Amazon contradicted itself");
            }
            // Players and games cause these, so they need no operator.
            LwaErrorKind::InvalidGrant | LwaErrorKind::NotAuthentic | LwaErrorKind::ScopeMissing => {
                tracing::info!(event = "lwa.token.rejected", "Amazon rejected a code or a token");
            }
            // The breaker has logged that it opened. Another line for each call would drown that one.
            LwaErrorKind::Unavailable { .. } if self.class == LwaErrorClass::CircuitOpen => {
                tracing::debug!(event = "lwa.call.skipped", "a call to Amazon was not made");
            }
            LwaErrorKind::Unavailable { .. } | LwaErrorKind::Busy => {
                tracing::warn!(event = "lwa.call.failed", "a call to Amazon failed");
            }
        });
    }
}

impl LwaErrorClass {
    /// The class of an `error` value. Amazon spells its server error in three ways.
    pub(super) fn of_word(word: &str) -> Self {
        match (word, word.parse()) {
            ("ServerError" | "servererror", _) => Self::ServerError,
            ("InvalidValue", _) => Self::InvalidValue,
            (_, Ok(class)) if class <= Self::InvalidCodePair => class,
            _ => Self::OtherWord,
        }
    }

    /// Whether Amazon rejects our registration, and not this request or this customer.
    pub(super) fn rejects_our_client(self) -> bool {
        matches!(self, Self::InvalidClient | Self::UnauthorizedClient | Self::InvalidScope)
    }
}

impl fmt::Display for LwaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login with Amazon: {}", self.class)?;
        match &self.request_id {
            Some(id) => write!(f, " (Amazon's request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for LwaError {}
