//! Authenticates game servers by key, scope and rate limit, and builds the responses.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use chrono::TimeDelta;
use serde::Serialize;

use crate::app::App;
use crate::platform::fault::Fault;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::service_api::model::{ServiceKey, ServiceKeyHolder, ServiceKeyText};
use crate::service_api::query::MalformedQuery;
use crate::service_api::{Scope, store};
use crate::web::PageError;
use crate::web::api_problem::ProblemDetails;
use crate::web::request_log::Reference;

/// The use of a key is recorded at most this often.
const STORE_USE_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Lets a request through if its key is valid, has the scope, and is within its rate limit.
pub async fn admit_service(
    scope: Scope,
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned().map(web::Data::into_inner) else {
        let fault = Fault::broken("authenticating a game server", "no App");
        return Ok(request.error_response(PageError::from(fault)));
    };
    match check_key(&app, &request, scope).await {
        Ok(Ok(holder)) => {
            request.extensions_mut().insert(Rc::new(holder));
            inner.call(request).await
        }
        Ok(Err(refusal)) => {
            let response = refusal.respond(request.request());
            Ok(request.into_response(response))
        }
        Err(fault) => Ok(request.error_response(PageError::from(fault))),
    }
}

/// Why a request is refused before its handler.
enum ServiceApiRefusal {
    NoKey,
    Unknown,
    NoScope(Scope),
    TooOften { retry_after: i64 },
}

async fn check_key(
    app: &Arc<App>,
    request: &ServiceRequest,
    scope: Scope,
) -> Result<Result<ServiceKeyHolder, ServiceApiRefusal>, Fault> {
    let text = match presented_key(request) {
        Ok(text) => text,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let hash = text.hash();
    let now = app.clock.now();
    let found = app.db.read(move |conn| store::find_key(conn, hash.as_str())).await?;
    let Some(key) = found.filter(|key| key.is_valid(now)) else { return Ok(Err(ServiceApiRefusal::Unknown)) };
    if !key.scopes.contains(&scope) {
        return Ok(Err(ServiceApiRefusal::NoScope(scope)));
    }
    let budget = RateBudget {
        limit: Limit::ServiceRequests,
        id: format!("service:{}", key.id),
        free: app.config.events.requests_per_minute,
        window: TimeDelta::minutes(1),
        then: OverBudget::Wait,
    };
    if let RateVerdict::Refused { retry_after } = app.throttle.take(vec![budget], now).await? {
        return Ok(Err(ServiceApiRefusal::TooOften { retry_after }));
    }
    store_use(app, &key);
    Ok(Ok(ServiceKeyHolder { key: key.id }))
}

/// The key in the one `Authorization` header (RFC 6750 §2.1).
fn presented_key(request: &ServiceRequest) -> Result<ServiceKeyText, ServiceApiRefusal> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Err(ServiceApiRefusal::NoKey) };
    if headers.next().is_some() {
        return Err(ServiceApiRefusal::Unknown);
    }
    let (scheme, text) =
        header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(ServiceApiRefusal::Unknown)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ServiceApiRefusal::Unknown);
    }
    ServiceKeyText::parse(text.trim_start_matches(' ')).ok_or(ServiceApiRefusal::Unknown)
}

/// Records the use in the background, so that the response does not wait for it.
fn store_use(app: &Arc<App>, key: &ServiceKey) {
    let now = app.clock.now();
    if key.last_used_at.is_some_and(|last| now - last < STORE_USE_EVERY) {
        return;
    }
    let (app, id) = (Arc::clone(app), key.id.clone());
    actix_web::rt::spawn(async move {
        let stored = app.db.write(move |conn| Ok(store::store_use(conn, &id, now, STORE_USE_EVERY)?)).await;
        if let Err(fault) = stored {
            tracing::warn!(event = "service_api.key_use.not_recorded", %fault, "key use not recorded");
        }
    });
}

impl ServiceApiRefusal {
    /// Also names what is missing in `WWW-Authenticate` (RFC 6750 §3).
    fn respond(self, request: &HttpRequest) -> HttpResponse {
        let (problem, challenge) = match self {
            Self::NoKey => (
                ProblemDetails::new(StatusCode::UNAUTHORIZED, "key_required"),
                Some("Bearer realm=\"dovetail\"".to_owned()),
            ),
            Self::Unknown => (
                ProblemDetails::new(StatusCode::UNAUTHORIZED, "key_unknown"),
                Some("Bearer realm=\"dovetail\", error=\"invalid_token\"".to_owned()),
            ),
            Self::NoScope(scope) => (
                ProblemDetails::new(StatusCode::FORBIDDEN, "scope_missing"),
                Some(format!(
                    "Bearer realm=\"dovetail\", error=\"insufficient_scope\", scope=\"{}\"",
                    scope.as_str()
                )),
            ),
            Self::TooOften { retry_after } => (
                ProblemDetails::new(StatusCode::TOO_MANY_REQUESTS, "throttled").again_after(retry_after),
                None,
            ),
        };
        let mut response = problem.respond(request);
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// One authenticated request of a game server.
pub struct AuthenticatedService {
    pub app: Arc<App>,
    pub holder: Rc<ServiceKeyHolder>,
    pub reference: Reference,
}

impl FromRequest for AuthenticatedService {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let missing = || PageError::from(Fault::broken("reading a game server's request", "no key"));
        let app = request.app_data::<web::Data<App>>().cloned();
        let holder = request.extensions().get::<Rc<ServiceKeyHolder>>().cloned();
        let reference = request.extensions().get::<Reference>().cloned().unwrap_or_default();
        ready(match (app, holder) {
            (Some(app), Some(holder)) => Ok(Self { app: app.into_inner(), holder, reference }),
            _ => Err(missing()),
        })
    }
}

/// What a handler returns.
pub type Outcome = Result<HttpResponse, ApiError>;

/// A 200 response with JSON, which no cache may store.
#[expect(clippy::unnecessary_wraps, reason = "handlers end in it")]
pub fn ok(response: &impl Serialize) -> Outcome {
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(response))
}

/// A refusal that is ready to be sent, or a fault.
#[derive(Debug)]
pub enum ApiError {
    Refused(Box<ProblemDetails>, HttpRequest),
    Fault(PageError),
}

impl ApiError {
    pub fn refused(request: &HttpRequest, problem: ProblemDetails) -> Self {
        Self::Refused(Box::new(problem), request.clone())
    }

    pub fn invalid_query(request: &HttpRequest, invalid_query: MalformedQuery) -> Self {
        let problem = ProblemDetails::new(StatusCode::UNPROCESSABLE_ENTITY, invalid_query.code)
            .about(invalid_query.parameter);
        Self::refused(request, problem)
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        Self::Fault(error)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a game server's request was not answered as asked")
    }
}

impl ResponseError for ApiError {
    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Refused(problem, request) => problem.as_ref().clone().respond(request),
            Self::Fault(error) => error.error_response(),
        }
    }
}
