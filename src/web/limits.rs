//! What is refused before anybody looks at it: foreign hosts and oversized addresses (S97, S118).

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

use crate::app::App;
use crate::web::caller::is_forwarded_https;
use crate::web::error::{Problem, neutral};
use crate::web::problem;

const MAX_QUERY_PAIRS: usize = 32;

/// Paths that machines ask for by whatever name they know us.
const ANY_HOST: [&str; 3] = ["/healthz", "/ws/", "/rs/"];

/// Refuses what is too long, or meant for somebody else.
pub async fn limit(request: ServiceRequest, inner: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let uri = request.uri();
    let longest = request.app_data::<web::Data<App>>().map(|app| app.config.limits.request.target);
    if longest.is_some_and(|longest| uri.to_string().len() > longest) {
        return Ok(refused(request, StatusCode::URI_TOO_LONG, "too_large"));
    }
    if uri.query().is_some_and(|query| query.split('&').count() > MAX_QUERY_PAIRS) {
        return Ok(refused(request, StatusCode::BAD_REQUEST, "bad_request"));
    }
    if problem::is_for_machines(request.path()) {
        let refusal = request.app_data::<web::Data<App>>().and_then(|app| misdirected_machine(&request, app));
        return match refusal {
            Some((status, code)) => Ok(refused(request, status, code)),
            None => inner.call(request).await,
        };
    }
    let any_host = ANY_HOST.iter().any(|path| request.path().starts_with(path));
    match request
        .app_data::<web::Data<App>>()
        .filter(|_| !any_host)
        .and_then(|app| misdirected(&request, app))
    {
        Some(response) => Ok(request.into_response(response)),
        None => inner.call(request).await,
    }
}

/// A machine is never sent elsewhere, key and all: it is told, so that its owner mends the address (S116).
fn misdirected_machine(request: &ServiceRequest, app: &App) -> Option<(StatusCode, &'static str)> {
    if !is_for_us(request, app) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "misdirected"));
    }
    is_without_tls(request, app).then_some((StatusCode::FORBIDDEN, "tls_required"))
}

/// The answer for a request that was meant for another host, or came without TLS.
fn misdirected(request: &ServiceRequest, app: &App) -> Option<HttpResponse> {
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_for_us(request, app) {
        return Some(if !app.config.is_production() && is_get {
            to_public_url(app, request, StatusCode::TEMPORARY_REDIRECT)
        } else {
            refusal(StatusCode::MISDIRECTED_REQUEST, "bad_request")
        });
    }
    let is_plain = is_without_tls(request, app);
    (is_plain && is_get).then(|| to_public_url(app, request, StatusCode::PERMANENT_REDIRECT))
}

fn is_for_us(request: &ServiceRequest, app: &App) -> bool {
    let http = &app.config.http;
    let ours = match (http.public_url.host_str(), http.public_url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return true,
    };
    let mut hosts = request.headers().get_all(HOST);
    let sent = hosts.next().and_then(|host| host.to_str().ok()).unwrap_or_default();
    // An absolute-form target names a host of its own (RFC 9112 §3.2.2).
    let named = request.uri().authority().map_or(sent, |authority| authority.as_str());
    sent.eq_ignore_ascii_case(&ours) && named.eq_ignore_ascii_case(&ours)
}

/// Whether the proxy says that the request reached it in the open.
fn is_without_tls(request: &ServiceRequest, app: &App) -> bool {
    let http = &app.config.http;
    http.public_url.scheme() == "https"
        && request.headers().contains_key("x-forwarded-proto")
        && !is_forwarded_https(request.request(), &http.trusted_proxies)
}

/// The same page at the configured address; never built from what the caller sent as host (S118).
fn to_public_url(app: &App, request: &ServiceRequest, status: StatusCode) -> HttpResponse {
    let origin = app.config.http.public_url.origin().ascii_serialization();
    let path = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    let path = if path.starts_with("//") { "/" } else { path };
    HttpResponse::build(status).insert_header((LOCATION, format!("{origin}{path}"))).finish()
}

fn refused(request: ServiceRequest, status: StatusCode, code: &'static str) -> ServiceResponse<BoxBody> {
    let answer = if problem::is_for_machines(request.path()) {
        problem::Details::new(status, code).respond(request.request())
    } else {
        refusal(status, code)
    };
    request.into_response(answer)
}

fn refusal(status: StatusCode, code: &'static str) -> HttpResponse {
    neutral(Problem { status, code, retry_after: None, fault: None })
}
