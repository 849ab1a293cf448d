//! One log line for each request, with the route's pattern instead of the address, which may hold secrets (S72).
//!
//! All other log lines of a request are in its span and carry its reference, on the blocking pool too (S133). The
//! portal generates the reference. One from outside counts only where `DOVETAIL_PROXY_REQUEST_ID` says so and a
//! trusted proxy sent it, because most proxies pass on what a client wrote, and only as letters, digits and dashes.

use std::borrow::Cow;
use std::fmt;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use data_encoding::BASE32_NOPAD;
use tracing::Instrument;

use std::rc::Rc;

use crate::app::App;
use crate::platform::crypto::token::random_bytes;
use crate::web::caller::is_trusted_proxy;
use crate::web::current_player::CurrentPlayer;
use crate::web::error::ProblemCode;
use crate::web::guard::RoutePattern;

/// The id of one request in the log, on error pages and in mails to support (S133).
#[derive(Clone, Debug, Default)]
pub struct Reference(String);

/// The header in which a trusted proxy sends a reference, and in which the response carries it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Marks a request without a log line: one of very many from a caller that the log already names.
#[derive(Clone, Copy)]
pub struct Quiet;

impl Reference {
    /// The reference from a trusted proxy where the settings say that proxies write one, otherwise a new one.
    fn of(request: &ServiceRequest, app: Option<&App>) -> Self {
        let is_believed = app.map(|app| &app.config.http).is_some_and(|http| {
            http.are_request_ids_believed
                && request.peer_addr().is_some_and(|peer| is_trusted_proxy(peer.ip(), &http.trusted_proxies))
        });
        let brought = request.headers().get(&REQUEST_ID).filter(|_| is_believed);
        brought.and_then(|id| Self::parse(id.to_str().ok()?)).unwrap_or_else(Self::fresh)
    }

    /// Accepts 8 to 64 letters, digits and dashes, which are safe in a log line, a page and a column.
    fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        ((8..=64).contains(&text.len()) && is_plain).then(|| Self(text.to_owned()))
    }

    fn fresh() -> Self {
        // Without randomness the request fails elsewhere, and its log line can still be found by time.
        Self(random_bytes::<10>().map(|bytes| BASE32_NOPAD.encode(&bytes)).unwrap_or_default())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives the request its reference and logs how it ended. Faults of requests are logged only here.
pub async fn log_request<B: MessageBody>(
    request: ServiceRequest,
    inner: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let _in_progress = app.as_ref().map(|app| app.metrics.requests_in_progress.hold());
    let reference = Reference::of(&request, app.as_deref().map(AsRef::as_ref));
    request.extensions_mut().insert(reference.clone());
    // The span has the level "error", so that no log filter drops the reference.
    let span = tracing::error_span!("request", request.reference = %reference);
    log_fault(request, inner, app, &reference).instrument(span).await
}

async fn log_fault<B: MessageBody>(
    request: ServiceRequest,
    inner: Next<B>,
    app: Option<web::Data<App>>,
    reference: &Reference,
) -> Result<ServiceResponse<B>, Error> {
    let began = Instant::now();
    let mut response = inner.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(reference.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let request = response.request();
    let route = route_of(request);
    let status = response.status().as_u16();
    let current_player = request
        .extensions()
        .get::<Rc<CurrentPlayer>>()
        .map(|current_player| current_player.player.id.to_string());
    if let Some(app) = &app {
        app.metrics.request(request.method().as_str(), route.clone(), status, began.elapsed());
        if let Some(problem) = response.response().extensions().get::<ProblemCode>() {
            app.metrics.problems.add(problem.code);
        }
    }
    let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    if let Some(fault) =
        response.response().extensions().get::<ProblemCode>().and_then(|p| p.fault.as_deref())
    {
        // The database's troubles pass by themselves and have a metric, so they are no faults of this program.
        match fault.shortage() {
            Some(shortage) => tracing::warn!(
                event = "web.request.database_short",
                http.route = &*route,
                %shortage,
                %fault,
                "the database could not serve a request"
            ),
            None => {
                tracing::error!(event = "web.request.failed", http.route = &*route, %fault, "a request failed");
            }
        }
    }
    if request.extensions().get::<Quiet>().is_some() {
        return Ok(response);
    }
    tracing::info!(
        event = "web.request.answered",
        http.method = %request.method(),
        http.route = &*route,
        http.status = status,
        player.id = current_player.as_deref(),
        duration.us = took,
        "a request was answered"
    );
    Ok(response)
}

/// The pattern of the route. A request that was answered before it reached one is looked up.
fn route_of(request: &HttpRequest) -> Cow<'static, str> {
    match request.extensions().get::<RoutePattern>() {
        Some(RoutePattern(reached)) => Cow::Borrowed(*reached),
        None => request.match_pattern().map_or(Cow::Borrowed("none"), Cow::Owned),
    }
}
