//! The HTTP client for all requests to Amazon.
//!
//! Every call is bounded in time, bytes and number (S85), and no call is made while the circuit breaker is open
//! (S86). A request goes to its own address only: redirects and proxies from the environment are not followed
//! (S53). TLS is 1.2 or newer. There are no cookies and no compression. A body is read only where the status
//! gives it a meaning.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Request, Response, redirect, retry, tls};
use serde::de::DeserializeOwned;

use super::call_limits::{CallLimits, CallShare, CallTurn, NetworkTurn};
use super::circuit_breaker::{BreakerCore, CallPermit};
use super::reachability::{Reachability, date_of};
use super::wire::ErrorAnswer;
use super::{CircuitBreaker, LwaError, LwaErrorClass, LwaErrorKind, LwaLimits, json};
use crate::platform::clock::Clock;
use crate::platform::jobs::backoff::random_byte;
use crate::platform::metrics::{CallRefused, Metrics};
use crate::text_enum;

text_enum! {
    /// The calls to Amazon. They differ in when a call may be repeated.
    pub(super) enum LwaCall {
        Exchange = "exchange",
        Refresh = "refresh",
        TokenInfo = "tokeninfo",
        Profile = "profile",
        CodePair = "codepair",
        Poll = "poll",
    }
}

#[derive(Clone)]
pub(super) struct LwaHttp {
    client: reqwest::Client,
    calls: Arc<CallLimits>,
    body_limit: usize,
    pub(super) breaker: Arc<BreakerCore>,
    pub(super) metrics: Arc<Metrics>,
}

/// A response whose body is not checked yet.
pub(super) struct LwaResponse {
    pub(super) status: u16,
    /// The reason why the body may not be read as JSON, if there is one.
    unreadable: Option<LwaErrorClass>,
    retry_after: Option<Duration>,
    pub(super) request_id: Option<String>,
    body: Vec<u8>,
}

impl LwaHttp {
    pub(super) fn new(only_https: bool, limits: LwaLimits, clock: Clock) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
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
            client,
            calls: Arc::new(CallLimits::new(limits)),
            body_limit: limits.body,
            breaker: Arc::new(BreakerCore::new(&limits, clock)),
            metrics: Arc::default(),
        })
    }

    pub(super) fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        metrics.amazon_permits.set(self.calls.available());
        for call in LwaCall::ALL {
            let classes = LwaErrorClass::ALL.iter().map(|class| class.as_str());
            metrics.begin_amazon_call(call.as_str(), classes.chain(["ok"]));
        }
        Self { metrics, ..self }
    }

    /// Waits until few enough presented tokens of `network` are being checked.
    pub(super) async fn wait_for_network(&self, network: &str) -> Result<NetworkTurn, LwaError> {
        let turn = self.calls.wait_for_network(network).await;
        turn.map_err(|refused| self.busy(LwaCall::TokenInfo, refused))
    }

    /// Waits for the turn of `call` and of those that follow it. While the breaker is open nobody waits.
    pub(super) async fn wait_for_turn(&self, call: LwaCall, share: CallShare) -> Result<CallTurn, LwaError> {
        if matches!(self.breaker.status(), CircuitBreaker::Open { .. }) {
            drop(self.admit(call)?);
        }
        let turn = self.calls.wait_for_turn(share).await;
        turn.map_err(|refused| self.busy(call, refused))
    }

    /// Waits for a turn and sends a request.
    pub(super) async fn send_limited(
        &self,
        call: LwaCall,
        share: CallShare,
        request: Request,
    ) -> Result<LwaResponse, LwaError> {
        let turn = self.wait_for_turn(call, share).await?;
        self.send_in_turn(call, &turn, request).await
    }

    /// Sends a request. Where the call allows it, a failed one is repeated once, after a short random pause.
    pub(super) async fn send_in_turn(
        &self,
        call: LwaCall,
        _turn: &CallTurn,
        request: Request,
    ) -> Result<LwaResponse, LwaError> {
        let breaker_permit = self.admit(call)?;
        let outcome = self.send_with_retry(call, request).await;
        breaker_permit.report(is_failure(&outcome));
        outcome
    }

    fn admit(&self, call: LwaCall) -> Result<CallPermit, LwaError> {
        self.breaker.acquire_permit().map_err(|left| {
            self.metrics.amazon_call(call.as_str(), LwaErrorClass::CircuitOpen.as_str(), Duration::ZERO);
            LwaError::new(LwaErrorKind::Unavailable { retry_after: Some(left) }, LwaErrorClass::CircuitOpen)
        })
    }

    fn busy(&self, call: LwaCall, refused: CallRefused) -> LwaError {
        self.metrics.amazon_call(call.as_str(), LwaErrorClass::Busy.as_str(), Duration::ZERO);
        self.metrics.amazon_calls_refused.add(refused);
        LwaError::new(LwaErrorKind::Busy, LwaErrorClass::Busy)
    }

    async fn send_with_retry(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let copy = request.try_clone();
        let first = self.send(call, request).await;
        match copy {
            Some(copy) if call.may_repeat_after(&first) => {
                tokio::time::sleep(pause()).await;
                self.send(call, copy).await
            }
            _ => first,
        }
    }

    /// Sends a request without secrets, outside all limits, for `dovetail doctor`.
    ///
    /// An operator gets a result even while other calls are busy or rejected.
    pub(super) async fn send_unlimited(&self, request: Request) -> Result<Reachability, LwaErrorClass> {
        let response = self.client.execute(request).await.map_err(|error| transport_class(&error))?;
        Ok(Reachability { status: response.status().as_u16(), date: date_of(response.headers()) })
    }

    async fn send(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let (_in_flight, began) = (self.metrics.amazon_in_flight.hold(), Instant::now());
        let answer = self.execute(call, request).await;
        let outcome = answer.as_ref().map_or_else(|error| error.class().as_str(), LwaResponse::outcome);
        self.metrics.amazon_call(call.as_str(), outcome, began.elapsed());
        answer
    }

    async fn execute(&self, call: LwaCall, request: Request) -> Result<LwaResponse, LwaError> {
        let mut response = self.client.execute(request).await.map_err(|error| transport(&error))?;
        let headers = response.headers();
        let mut answer = LwaResponse {
            status: response.status().as_u16(),
            unreadable: unreadable(headers),
            retry_after: retry_after(headers),
            request_id: request_id(headers),
            body: Vec::new(),
        };
        tracing::debug!(
            event = "lwa.response.received",
            lwa.call = ?call,
            lwa.status = answer.status,
            lwa.request_id = answer.request_id.as_deref(),
            "Amazon answered a call"
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
    /// Whether the call may be sent once more after this outcome (S85).
    ///
    /// A code is never sent twice. Refresh, code pair and poll are repeated only if no connection was made; tokeninfo
    /// and profile are repeated after a passing failure too.
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
    /// The label in metrics. The content of a 200 is checked later; an unreadable body counts as its class.
    fn outcome(&self) -> &'static str {
        match (self.status, self.unreadable) {
            (200, None) => "ok",
            (200, Some(class)) => class.as_str(),
            _ => self.refusal().unwrap_or_else(|error| error.class()).as_str(),
        }
    }

    /// Parses the body as a `T`, unless its type or encoding forbids that.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, LwaError> {
        let read = match self.unreadable {
            Some(class) => Err(class),
            None => json::read(&self.body),
        };
        read.map_err(|class| self.unavailable(class))
    }

    /// The class of the `error` field of a failed call.
    ///
    /// The result is an error where the status alone decides, or where the body is no valid error response.
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

/// Whether the outcome shows that Amazon fails, whatever was sent (S86). 429 counts, because it asks for a pause.
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

/// Keeps only the class, because the text of the error contains the URL (S72).
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

/// The reason why a body is not plain JSON in UTF-8. Another charset or a compressed body points to a proxy.
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

/// Reads seconds only, at most an hour. A longer wait is more likely a mistake.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    Some(Duration::from_secs(seconds.min(60 * 60)))
}

/// Amazon's request id, if it is safe in a log line.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-amzn-requestid")?.to_str().ok()?;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    ((1..=64).contains(&id.len()) && is_plain).then(|| id.to_owned())
}

/// 20 to 275 ms, random so that many callers do not repeat at the same moment.
fn pause() -> Duration {
    Duration::from_millis(20 + u64::from(random_byte()))
}
