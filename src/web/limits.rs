//! Refuses foreign hosts and oversized addresses before any other work (S97, S118).

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

use crate::app::App;
use crate::web::caller::is_forwarded_without_tls;
use crate::web::error::{ProblemCode, neutral};
use crate::web::{api_problem, urls};

const MAX_QUERY_PAIRS: usize = 32;

/// Paths that accept any host name: games and probes use other names for the portal.
const ANY_HOST: [&str; 3] = ["/healthz", "/ws/", "/rs/"];

/// Paths that accept plain HTTP: probes run behind the proxy.
const ANY_SCHEME: [&str; 1] = ["/healthz"];

/// Refuses an address that is too long, and a request for another host or without TLS.
pub async fn limit_request(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let uri = request.uri();
    let longest = request.app_data::<web::Data<App>>().map(|app| app.config.limits.request.target);
    if longest.is_some_and(|longest| uri.to_string().len() > longest) {
        return Ok(refused(request, StatusCode::URI_TOO_LONG, "too_large"));
    }
    if uri.query().is_some_and(|query| query.split('&').count() > MAX_QUERY_PAIRS) {
        return Ok(refused(request, StatusCode::BAD_REQUEST, "bad_request"));
    }
    match request.app_data::<web::Data<App>>().and_then(|app| misdirected_request(&request, app)) {
        Some(response) => Ok(request.into_response(response)),
        None => inner.call(request).await,
    }
}

/// The response to a request for another host or without TLS.
fn misdirected_request(request: &ServiceRequest, app: &App) -> Option<HttpResponse> {
    let is_in = |paths: &[&str]| paths.iter().any(|path| request.path().starts_with(path));
    let is_for_others = !is_in(&ANY_HOST) && !is_for_us(request, app);
    let is_plain = !is_in(&ANY_SCHEME) && is_without_tls(request, app);
    if api_problem::is_for_machines(request.path()) || urls::is_for_games(request.path()) {
        return misdirected_machine(request, app, is_for_others, is_plain);
    }
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_for_others {
        return Some(if !app.config.is_production() && is_get {
            to_public_url(app, request, StatusCode::TEMPORARY_REDIRECT)
        } else {
            refusal(StatusCode::MISDIRECTED_REQUEST, "bad_request")
        });
    }
    (is_plain && is_get).then(|| to_public_url(app, request, StatusCode::PERMANENT_REDIRECT))
}

/// Refuses an API client or a game. A redirect would send its key again and hide the wrong address (S116).
fn misdirected_machine(
    request: &ServiceRequest,
    app: &App,
    is_for_others: bool,
    is_plain: bool,
) -> Option<HttpResponse> {
    let (status, code) = if is_for_others {
        (StatusCode::MISDIRECTED_REQUEST, "misdirected")
    } else if is_plain && app.config.is_production() {
        (StatusCode::FORBIDDEN, "tls_required")
    } else {
        return None;
    };
    Some(api_problem::ProblemDetails::new(status, code).respond(request.request()))
}

fn is_for_us(request: &ServiceRequest, app: &App) -> bool {
    let url = &app.config.http.public_url;
    let Some(host) = url.host_str() else { return true };
    let default_port = if url.scheme() == "https" { 443 } else { 80 };
    let is_ours = |named: &str| {
        let (name, port) = split_host(named);
        let port = port.map_or(Some(default_port), |port| port.parse().ok());
        name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case(host)
            && port == url.port_or_known_default()
    };
    let mut hosts = request.headers().get_all(HOST);
    let sent = hosts.next().and_then(|host| host.to_str().ok()).unwrap_or_default();
    // An absolute-form target names a host of its own (RFC 9112 §3.2.2).
    let named = request.uri().authority().map_or(sent, |authority| authority.as_str());
    is_ours(sent) && is_ours(named)
}

/// Host name and port, as a browser or a proxy writes them. An IPv6 address has brackets.
fn split_host(named: &str) -> (&str, Option<&str>) {
    match named.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (named, None),
    }
}

/// Whether the proxy says that its client used plain HTTP.
fn is_without_tls(request: &ServiceRequest, app: &App) -> bool {
    let http = &app.config.http;
    http.public_url.scheme() == "https" && is_forwarded_without_tls(request.request(), &http.trusted_proxies)
}

/// Redirects to the same page at the configured address, never to the `Host` of the request (S118).
fn to_public_url(app: &App, request: &ServiceRequest, status: StatusCode) -> HttpResponse {
    let origin = app.config.http.public_url.origin().ascii_serialization();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let path = if path.starts_with("//") { "/" } else { path };
    HttpResponse::build(status).insert_header((LOCATION, format!("{origin}{path}"))).finish()
}

fn refused(request: ServiceRequest, status: StatusCode, code: &'static str) -> ServiceResponse<BoxBody> {
    let response = if api_problem::is_for_machines(request.path()) {
        api_problem::ProblemDetails::new(status, code).respond(request.request())
    } else {
        refusal(status, code)
    };
    request.into_response(response)
}

fn refusal(status: StatusCode, code: &'static str) -> HttpResponse {
    neutral(ProblemCode { status, code, retry_after: None, fault: None })
}
