//! Security headers, on every response: pages, errors, redirects, static files (S113 to S115).

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use crate::app::App;
use crate::platform::fault::Fault;
use crate::web::caller::is_forwarded_without_tls;

/// The headers that depend on the settings, built once.
#[derive(Clone)]
pub struct SecurityHeaders {
    policy: HeaderValue,
    /// The policy for pages with a form that leads to Amazon.
    policy_to_amazon: HeaderValue,
    is_https: bool,
}

impl SecurityHeaders {
    pub fn new(app: &App) -> Result<Self, Fault> {
        let amazon_sources = app.config.amazon.endpoints.trip_sources();
        Ok(Self {
            policy: content_security_policy("'self'")?,
            policy_to_amazon: content_security_policy(&format!("'self' {amazon_sources}"))?,
            is_https: app.config.http.has_secure_cookies(),
        })
    }
}

/// Marks a request whose page has a form that leads to Amazon.
#[derive(Clone, Copy)]
pub struct LeadsToAmazon;

/// Adds the security headers to every response except a WebSocket upgrade.
pub async fn with_security_headers(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let protection = request.app_data::<web::Data<SecurityHeaders>>().cloned();
    let mut response = inner.call(request).await?;
    // The C++ SDK reads only 255 bytes of the upgrade (docs/protocols/gamesparks.md#opening-a-socket).
    if let Some(protection) = protection.filter(|_| response.status() != StatusCode::SWITCHING_PROTOCOLS) {
        let leads_to_amazon = response.request().extensions().contains::<LeadsToAmazon>();
        // Browsers ignore the promise of TLS on plain HTTP (RFC 6797 §7.2).
        let is_plain = response.request().app_data::<web::Data<App>>().is_some_and(|app| {
            is_forwarded_without_tls(response.request(), &app.config.http.trusted_proxies)
        });
        apply_headers(response.headers_mut(), &protection, leads_to_amazon, protection.is_https && !is_plain);
    }
    Ok(response)
}

/// The Content Security Policy.
///
/// A browser checks every redirect after a form against `form-action`. Amazon redirects between hosts of its own, so
/// a page with a form that leads there names them all.
fn content_security_policy(form_action: &str) -> Result<HeaderValue, Fault> {
    let policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        &format!("form-action {form_action}"),
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ]
    .join("; ");
    HeaderValue::from_str(&policy)
        .map_err(|error| Fault::broken("writing the content security policy", error))
}

fn apply_headers(
    headers: &mut HeaderMap,
    protection: &SecurityHeaders,
    leads_to_amazon: bool,
    is_over_tls: bool,
) {
    let policy = if leads_to_amazon { &protection.policy_to_amazon } else { &protection.policy };
    headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Other sites get no referrer, and forms still send their origin (S33).
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_over_tls {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, two_years);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
