//! Errors of calls to Amazon.
//!
//! An error has an [`LwaErrorKind`] to act on, an [`LwaErrorClass`] that is stable in logs and metrics, and
//! Amazon's request id for a support case. It contains no token, no address and no text of Amazon's (S72).

use std::fmt;
use std::time::Duration;

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
    /// As many calls are under way as [`super::LwaLimits::in_flight`] allows.
    Busy,
}

/// The closed list of failures, for the log field `lwa.error` and for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LwaErrorClass {
    // Values of Amazon's `error` field.
    InvalidGrant,
    InvalidClient,
    UnauthorizedClient,
    InvalidScope,
    InvalidRequest,
    InvalidToken,
    InsufficientScope,
    UnsupportedGrantType,
    UnsupportedResponseType,
    ServerError,
    TemporarilyUnavailable,
    AuthorizationPending,
    SlowDown,
    AccessDenied,
    ExpiredToken,
    InvalidCodePair,
    InvalidValue,
    OtherWord,
    // Results of the checks on a token.
    WrongAudience,
    WrongIssuer,
    WrongUser,
    Expired,
    // Statuses.
    Throttled,
    Redirected,
    UnexpectedStatus,
    // Bodies.
    NotJson,
    Encoded,
    Malformed,
    TooLarge,
    // Transport.
    Connect,
    Timeout,
    Interrupted,
    // Our own limits and settings.
    Busy,
    CircuitOpen,
    NoDeviceClient,
    NotSendable,
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
        let (class, request_id) = (self.class.word(), self.request_id());
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
    /// The name in logs and metrics. It does not change between versions.
    pub fn word(self) -> &'static str {
        match self {
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied => "access_denied",
            Self::ExpiredToken => "expired_token",
            Self::InvalidCodePair => "invalid_code_pair",
            Self::InvalidValue => "invalid_value",
            Self::OtherWord => "other_word",
            Self::WrongAudience => "wrong_audience",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongUser => "wrong_user",
            Self::Expired => "expired",
            Self::Throttled => "throttled",
            Self::Redirected => "redirected",
            Self::UnexpectedStatus => "unexpected_status",
            Self::NotJson => "not_json",
            Self::Encoded => "encoded",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::Busy => "busy",
            Self::CircuitOpen => "circuit_open",
            Self::NoDeviceClient => "no_device_client",
            Self::NotSendable => "not_sendable",
        }
    }

    /// The class of an `error` value. Amazon spells its server error in three ways.
    pub(super) fn of_word(word: &str) -> Self {
        match word {
            "invalid_grant" => Self::InvalidGrant,
            "invalid_client" => Self::InvalidClient,
            "unauthorized_client" => Self::UnauthorizedClient,
            "invalid_scope" => Self::InvalidScope,
            "invalid_request" => Self::InvalidRequest,
            "invalid_token" => Self::InvalidToken,
            "insufficient_scope" => Self::InsufficientScope,
            "unsupported_grant_type" => Self::UnsupportedGrantType,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "ServerError" | "server_error" | "servererror" => Self::ServerError,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "authorization_pending" => Self::AuthorizationPending,
            "slow_down" => Self::SlowDown,
            "access_denied" => Self::AccessDenied,
            "expired_token" => Self::ExpiredToken,
            "invalid_code_pair" => Self::InvalidCodePair,
            "InvalidValue" => Self::InvalidValue,
            _ => Self::OtherWord,
        }
    }

    /// Whether Amazon rejects our registration, and not this request or this customer.
    pub(super) fn blames_our_client(self) -> bool {
        matches!(self, Self::InvalidClient | Self::UnauthorizedClient | Self::InvalidScope)
    }
}

impl fmt::Display for LwaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login with Amazon: {}", self.class.word())?;
        match &self.request_id {
            Some(id) => write!(f, " (Amazon's request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for LwaError {}
