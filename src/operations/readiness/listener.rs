//! The listener for `/readyz` and `/metrics`, with one thread.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use actix_web::{App as Service, HttpRequest, HttpResponse, HttpServer, Resource, guard, web};

use crate::app::App;
use crate::operations::readiness::ready::ReadinessReport;
use crate::operations::readiness::samples;
use crate::platform::fault::Fault;
use crate::platform::metrics::Exposition;

/// Starts the listener. The returned server must be awaited, and stops only by its handle.
///
/// It stops last, so that `/readyz` answers until then.
pub fn start(app: Arc<App>, readiness: Arc<ReadinessReport>, listener: TcpListener) -> Result<Server, Fault> {
    let server = HttpServer::new(move || {
        Service::new()
            .app_data(web::Data::from(Arc::clone(&app)))
            .app_data(web::Data::from(Arc::clone(&readiness)))
            .service(page("/readyz").route(read().to(readyz)))
            .service(page("/metrics").route(read().to(scrape)))
            .default_service(web::to(|| async { plain(HttpResponse::NotFound(), "not found\n") }))
    })
    .workers(1)
    .disable_signals()
    .client_request_timeout(Duration::from_secs(5))
    .shutdown_timeout(1)
    .listen(listener)
    .map_err(|error| Fault::broken("starting the operations listener", error))?;
    Ok(server.run())
}

fn page(path: &str) -> Resource {
    web::resource(path).default_service(web::to(|| async {
        let mut refused = HttpResponse::MethodNotAllowed();
        refused.insert_header((ALLOW, "GET, HEAD"));
        plain(refused, "GET only\n")
    }))
}

fn read() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn readyz(readiness: web::Data<ReadinessReport>) -> HttpResponse {
    if readiness.is_ready().await {
        return plain(HttpResponse::Ok(), "ok\n");
    }
    let mut refused = HttpResponse::ServiceUnavailable();
    refused.insert_header((RETRY_AFTER, 2));
    plain(refused, "not ready\n")
}

async fn scrape(
    request: HttpRequest,
    app: web::Data<App>,
    readiness: web::Data<ReadinessReport>,
) -> HttpResponse {
    // Updates the gauge `ready`, so that the scrape shows the current state.
    readiness.is_ready().await;
    samples::take_samples(&app).await;
    let accepted: Vec<&str> =
        request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    let format = Exposition::asked_for(&accepted.join(","));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((VARY, "Accept"))
        .body(app.metrics.exposed_as(format))
}

fn plain(mut response: actix_web::HttpResponseBuilder, says: &'static str) -> HttpResponse {
    response
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(says)
}
