//! Why a call to Amazon gave nothing.
//!
//! Promises a [`LwaErrorKind`] to act on, a [`LwaErrorClass`] that is stable in logs and metrics, and Amazon's id of the
//! request for a support case. Refuses to carry anything else: no token, no address, no upstream text (S72).

use std::fmt;
use std::time::Duration;

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LwaError {
    kind: LwaErrorKind,
    class: LwaErrorClass,
    request_id: Option<String>,
}

/// What a caller may do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LwaErrorKind {
    /// The code or refresh token is no longer good. Said only for status 400, well-formed JSON, and an
    /// `error` of exactly `invalid_grant` (S67).
    InvalidGrant,
    /// Amazon refuses our client, not the customer; the operator must act. The link stays.
    Misconfigured,
    /// The token is bad, expired, or of an app that is not ours (S76).
    NotAuthentic,
    /// Amazon's answers disagree with each other or with what we asked; believe none, tell the operator.
    Contradiction,
    /// The customer did not grant what the call needs.
    ScopeMissing,
    /// Slow, down, or not to be understood; try later, not before `retry_after` where Amazon named one.
    Unavailable { retry_after: Option<Duration> },
    /// As many calls are under way as we allow.
    Busy,
}

/// The closed list of things that go wrong, for the log field `lwa.error` and for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LwaErrorClass {
    // Amazon's own words
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
    // What the token turned out to be
    WrongAudience,
    WrongIssuer,
    WrongUser,
    Expired,
    // Statuses
    Throttled,
    Redirected,
    UnexpectedStatus,
    // Bodies
    NotJson,
    Encoded,
    Malformed,
    TooLarge,
    // The way there and back
    Connect,
    Timeout,
    Interrupted,
    // Ours
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

    /// What to do about it.
    pub fn kind(&self) -> LwaErrorKind {
        self.kind
    }

    /// What went wrong, for logs and metrics.
    pub fn class(&self) -> LwaErrorClass {
        self.class
    }

    /// Amazon's `x-amzn-requestid`, to quote to its support; letters, digits and hyphens only.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl LwaErrorClass {
    /// The word that stands in logs and metrics; it does not change between versions.
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

    /// The class of an `error` word; Amazon spells its own fault in three ways (contract, section 27).
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

    /// Whether Amazon means our registration, and not this request or this customer.
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
