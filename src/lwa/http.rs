//! The one way out.
//!
//! Promises that every call ends: bounded in time, bytes and number (S85), over TLS from 1.2 on, to the
//! address it was built for and no other (S53), and not at all while Amazon fails (S86). Refuses redirects, proxies from the environment, cookies and
//! compression, and reads a body only where the status gives it a meaning.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Request, Response, redirect, retry, tls};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::circuit_breaker::BreakerCore;
use super::reachability::{Reachability, date_of};
use super::wire::ErrorAnswer;
use super::{LwaError, LwaErrorClass, LwaErrorKind, LwaLimits, json};
use crate::platform::clock::Clock;
use crate::platform::metrics::Metrics;

/// The calls, which differ in when they may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LwaCall {
    Exchange,
    Refresh,
    TokenInfo,
    Profile,
    CodePair,
    Poll,
}

#[derive(Clone)]
pub(super) struct LwaHttp {
    http: reqwest::Client,
    calls: Arc<Semaphore>,
    body_limit: usize,
    pub(super) circuit: Arc<BreakerCore>,
    metrics: Arc<Metrics>,
}

/// An answer as it came, not yet believed.
pub(super) struct LwaResponse {
    pub(super) status: u16,
    /// Why the body may not be read as JSON, if so.
    unreadable: Option<LwaErrorClass>,
    retry_after: Option<Duration>,
    pub(super) request_id: Option<String>,
    body: Vec<u8>,
}

impl LwaHttp {
    pub(super) fn new(only_https: bool, limits: LwaLimits, clock: Clock) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("dovetail/", env!("CARGO_PKG_VERSION")))
            .tls_backend_rustls()
            .tls_version_min(tls::Version::TLS_1_2)
            .https_only(only_https)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .referer(false)
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            .build()?;
        Ok(Self {
            http,
            calls: Arc::new(Semaphore::new(limits.in_flight)),
            body_limit: limits.body,
            circuit: Arc::new(BreakerCore::new(&limits, clock)),
            metrics: Arc::default(),
        })
    }

    pub(super) fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        metrics.amazon_permits.set(self.calls.available_permits());
        Self { metrics, ..self }
    }

    /// Sends a request, a second time where the call allows it, after a short random pause.
    pub(super) async fn ask(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let pass = self.circuit.enter().map_err(|left| {
            self.metrics.amazon_call(call.word(), LwaErrorClass::CircuitOpen.word(), Duration::ZERO);
            LwaError::new(LwaErrorKind::Unavailable { retry_after: Some(left) }, LwaErrorClass::CircuitOpen)
        })?;
        let Ok(_permit) = self.calls.try_acquire() else {
            self.metrics.amazon_call(call.word(), LwaErrorClass::Busy.word(), Duration::ZERO);
            return Err(LwaError::new(LwaErrorKind::Busy, LwaErrorClass::Busy));
        };
        let outcome = self.ask_again_if_allowed(call, request).await;
        pass.report(is_failure(&outcome));
        outcome
    }

    async fn ask_again_if_allowed(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let spare = request.try_clone();
        let first = self.send(call, request).await;
        match spare {
            Some(spare) if call.may_repeat_after(&first) => {
                tokio::time::sleep(pause()).await;
                self.send(call, spare).await
            }
            _ => first,
        }
    }

    /// Sends a request that holds nothing of worth, beside every limit: an operator must get an answer while all else is
    /// busy or refused.
    pub(super) async fn knock(&self, request: Request) -> Result<Reachability, LwaErrorClass> {
        let response = self.http.execute(request).await.map_err(|error| transport_class(&error))?;
        Ok(Reachability { status: response.status().as_u16(), date: date_of(response.headers()) })
    }

    async fn send(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let (_in_flight, began) = (self.metrics.amazon_in_flight.hold(), Instant::now());
        let answer = self.sent(call, request).await;
        let outcome = answer.as_ref().map_or_else(|error| error.class().word(), LwaResponse::outcome);
        self.metrics.amazon_call(call.word(), outcome, began.elapsed());
        answer
    }

    async fn sent(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let mut response = self.http.execute(request).await.map_err(|error| transport(&error))?;
        let headers = response.headers();
        let mut answer = LwaResponse {
            status: response.status().as_u16(),
            unreadable: unreadable(headers),
            retry_after: retry_after(headers),
            request_id: request_id(headers),
            body: Vec::new(),
        };
        tracing::debug!(
            lwa.call = ?call,
            lwa.status = answer.status,
            lwa.request_id = answer.request_id.as_deref(),
            "Amazon answered"
        );
        if matches!(answer.status, 200 | 400 | 401 | 403) && answer.unreadable.is_none() {
            let body = self.read(&mut response).await;
            answer.body = body.map_err(|class| answer.unavailable(class))?;
        }
        Ok(answer)
    }

    async fn read(&self, response: &mut Response) -> Result<Vec<u8>, LwaErrorClass> {
        let limit = self.body_limit;
        let claimed = response.content_length().unwrap_or(0);
        if usize::try_from(claimed).map_or(true, |claimed| claimed > limit) {
            return Err(LwaErrorClass::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| transport_class(&error))? {
            if body.len() + chunk.len() > limit {
                return Err(LwaErrorClass::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl LwaCall {
    /// The word in metrics.
    fn word(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Refresh => "refresh",
            Self::TokenInfo => "tokeninfo",
            Self::Profile => "profile",
            Self::CodePair => "codepair",
            Self::Poll => "poll",
        }
    }

    /// S85: a code never twice; a refresh token and a code pair only if it never left; a question again after a
    /// passing failure.
    fn may_repeat_after(self, outcome: &Result<LwaResponse, LwaError>) -> bool {
        let is_question = matches!(self, Self::TokenInfo | Self::Profile);
        match outcome.as_ref().map_err(LwaError::class) {
            Err(LwaErrorClass::Connect) => self != Self::Exchange,
            Err(LwaErrorClass::Interrupted) => is_question,
            Ok(answer) => is_question && matches!(answer.status, 502..=504),
            Err(_) => false,
        }
    }
}

impl LwaResponse {
    /// The word in metrics. What a 200 holds is judged later; a bad body is a refusal like the others.
    fn outcome(&self) -> &'static str {
        match (self.status, self.unreadable) {
            (200, None) => "ok",
            (200, Some(class)) => class.word(),
            _ => self.refusal().unwrap_or_else(|error| error.class()).word(),
        }
    }

    /// The body as a `T`, if it may be read at all.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, LwaError> {
        let read = match self.unreadable {
            Some(class) => Err(class),
            None => json::read(&self.body),
        };
        read.map_err(|class| self.unavailable(class))
    }

    /// The `error` word of an answer that is not a success; an error where the status alone decides, or the
    /// body is no refusal we understand.
    pub(super) fn refusal(&self) -> Result<LwaErrorClass, LwaError> {
        match self.status {
            400 | 401 | 403 => self.json().map(|ErrorAnswer { error }| LwaErrorClass::of_word(&error)),
            429 => Err(self.unavailable(LwaErrorClass::Throttled)),
            300..=399 => Err(self.unavailable(LwaErrorClass::Redirected)),
            500..=599 => Err(self.unavailable(LwaErrorClass::ServerError)),
            _ => Err(self.unavailable(LwaErrorClass::UnexpectedStatus)),
        }
    }

    pub(super) fn unavailable(&self, class: LwaErrorClass) -> LwaError {
        self.error(LwaErrorKind::Unavailable { retry_after: self.retry_after }, class)
    }

    pub(super) fn error(&self, kind: LwaErrorKind, class: LwaErrorClass) -> LwaError {
        LwaError::new(kind, class).of_request(self.request_id.clone())
    }
}

/// What says that Amazon fails, whoever asks and with what (S86). 429 is Amazon asking to be left alone.
fn is_failure(outcome: &Result<LwaResponse, LwaError>) -> bool {
    match outcome {
        Ok(answer) => matches!(answer.status, 429 | 500..=599),
        Err(error) => matches!(
            error.class(),
            LwaErrorClass::Connect | LwaErrorClass::Timeout | LwaErrorClass::Interrupted
        ),
    }
}

fn transport(error: &reqwest::Error) -> LwaError {
    LwaError::unavailable(transport_class(error))
}

/// Keeps the class and drops the rest: the error prints its address (S72).
fn transport_class(error: &reqwest::Error) -> LwaErrorClass {
    if error.is_builder() {
        LwaErrorClass::NotSendable
    } else if error.is_connect() {
        LwaErrorClass::Connect
    } else if error.is_timeout() {
        LwaErrorClass::Timeout
    } else {
        LwaErrorClass::Interrupted
    }
}

/// JSON in UTF-8, as it is. Another charset or a compressed body means a proxy has been at work.
fn unreadable(headers: &HeaderMap) -> Option<LwaErrorClass> {
    let encodings = headers.get_all(CONTENT_ENCODING);
    if encodings.iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Some(LwaErrorClass::Encoded);
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter().map(|value| value.to_str().unwrap_or_default());
    match (types.next(), types.next()) {
        (Some(only), None) if is_json(only) => None,
        _ => Some(LwaErrorClass::NotJson),
    }
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is_type = parts.next().is_some_and(|part| part.eq_ignore_ascii_case("application/json"));
    is_type
        && parts.all(|part| match part.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// Seconds only, at most an hour: a longer wait is more likely a mistake than a wish.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    Some(Duration::from_secs(seconds.min(60 * 60)))
}

/// Amazon's id of the request, if it is fit for a log line.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-amzn-requestid")?.to_str().ok()?;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    ((1..=64).contains(&id.len()) && is_plain).then(|| id.to_owned())
}

/// 20 to 275 ms, so that many callers do not come back in step.
fn pause() -> Duration {
    let mut byte = [0_u8; 1];
    // Without randomness the pause is merely regular.
    let _ = getrandom::fill(&mut byte);
    Duration::from_millis(20 + u64::from(byte[0]))
}
