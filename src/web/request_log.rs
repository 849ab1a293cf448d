//! One line a request: the route's pattern, never its address, so that no code or token is ever logged (S72).

use std::fmt;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use data_encoding::BASE32_NOPAD;

use std::rc::Rc;

use crate::app::App;
use crate::platform::token::random_bytes;
use crate::web::error::Problem;
use crate::web::viewer::Viewer;

/// Names one request in the log, on error pages and in mails to support (S133).
#[derive(Clone, Debug, Default)]
pub struct Reference(String);

impl Reference {
    fn new() -> Self {
        // Without randomness the request fails elsewhere, and its line can still be found by time.
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

/// Gives the request its reference and logs how it ended. A fault is logged here and nowhere else.
pub async fn log<B: MessageBody>(
    request: ServiceRequest,
    inner: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let began = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let _in_progress = app.as_ref().map(|app| app.metrics.requests_in_progress.hold());
    let reference = Reference::new();
    request.extensions_mut().insert(reference.clone());
    let response = inner.call(request).await?;
    let asked = response.request();
    let route = asked.match_pattern().unwrap_or_else(|| "none".to_owned());
    let status = response.status().as_u16();
    let viewer = asked.extensions().get::<Rc<Viewer>>().map(|viewer| viewer.player.id.to_string());
    if let Some(app) = &app {
        app.metrics.request(asked.method().as_str(), &route, status, began.elapsed());
        if let Some(problem) = response.response().extensions().get::<Problem>() {
            app.metrics.problems.add(problem.code);
        }
    }
    let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    if let Some(fault) = response.response().extensions().get::<Problem>().and_then(|p| p.fault.as_deref()) {
        tracing::error!(request.reference = %reference, route, fault = %fault, "a request met a fault");
    }
    tracing::info!(
        request.reference = %reference,
        http.method = %asked.method(),
        http.route = route,
        http.status = status,
        player.id = viewer.as_deref(),
        duration.us = took,
        "{} {route} {status}",
        asked.method()
    );
    Ok(response)
}
