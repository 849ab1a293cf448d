//! The HTTP server: layers in order, routes from the table, limits, and a graceful stop.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, LOCATION};
use actix_web::middleware::from_fn;
use actix_web::{App as Service, HttpRequest, HttpResponse, HttpServer, guard, web};

use crate::app::App;
use crate::games::Gateway;
use crate::platform::fault::Fault;
use crate::server::connections::ConnectionGate;
use crate::server::{reauthentication_replay, refused_forms, routes, session_middleware};
use crate::service_api;
use crate::web::api_problem::is_for_machines;
use crate::web::cookies::SealedCookies;
use crate::web::guard::{Audience, RouteRule};
use crate::web::headers::{self, SecurityHeaders};
use crate::web::pending_action::ReplayHandler;
use crate::web::{assets, browser_cookies, error_pages, limits, request_log};

/// Starts the portal on `listener`. The server runs when awaited, and stops through its handle.
pub fn start_server(app: Arc<App>, listener: TcpListener, workers: usize) -> Result<Server, Fault> {
    let during = "starting the web server";
    assets::prepare();
    let cookies = SealedCookies::new(app.keys.cookies.expose(), app.config.http.has_secure_cookies());
    let protection = SecurityHeaders::new(&app)?;
    let grace = app.config.limits.shutdown_grace;
    let gateway = Gateway::open(&app)?;
    let connections = ConnectionGate::new(&app);
    let token_issue_log = web::Data::new(service_api::TokenIssueLog::default());
    let server = HttpServer::new(move || {
        // The last layer in this list is the outermost and sees the request first.
        Service::new()
            .app_data(web::Data::from(Arc::clone(&app)))
            .app_data(web::Data::from(Arc::clone(&gateway)))
            .app_data(web::Data::new(cookies.clone()))
            .app_data(web::Data::new(protection.clone()))
            .app_data(web::Data::new(ReplayHandler(reauthentication_replay::replay_action)))
            .app_data(token_issue_log.clone())
            .configure(mount_routes)
            .default_service(web::to(leave_out_slash))
            .wrap(from_fn(session_middleware::recognise_player))
            .wrap(session_middleware::session_cookie(&cookies))
            .wrap(from_fn(session_middleware::with_cookie_lifetime))
            .wrap(from_fn(error_pages::render))
            .wrap(from_fn(refused_forms::hold_refusal))
            .wrap(from_fn(limits::limit_request))
            .wrap(from_fn(browser_cookies::with_browser_cookies))
            .wrap(from_fn(headers::with_security_headers))
            .wrap(from_fn(request_log::log_request))
    })
    .workers(workers)
    .on_connect(move |accepted, data| connections.admit(accepted, data))
    .disable_signals()
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(grace.as_secs())
    .listen(listener)
    .map_err(|error| Fault::broken(during, error))?;
    Ok(server.run())
}

/// Leads from `/account/` to `/account`, where that is a page. Everything else is not there.
async fn leave_out_slash(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let page = path.strip_suffix('/').filter(|page| is_read && is_page(page));
    let Some(page) = page else { return HttpResponse::NotFound().finish() };
    let query = request.query_string();
    let target = if query.is_empty() { page.to_owned() } else { format!("{page}?{query}") };
    HttpResponse::PermanentRedirect().insert_header((LOCATION, target)).finish()
}

/// Whether people read something at this path. Game servers use the addresses as they are written.
fn is_page(path: &str) -> bool {
    let is_for_people = |row: &RouteRule| !matches!(row.who, Audience::Service(_) | Audience::Game);
    let mut rows = routes::table().into_iter();
    !is_for_machines(path)
        && rows.any(|row| row.method == Method::GET && row.path == path && is_for_people(&row))
}

/// Mounts the routes path by path, so that a known path with another method gets 405 with `Allow` (S100).
fn mount_routes(config: &mut web::ServiceConfig) {
    let mut rows = routes::table();
    while let Some(first) = rows.first() {
        let path = first.path;
        let (here, rest): (Vec<RouteRule>, Vec<RouteRule>) =
            rows.into_iter().partition(|row| row.path == path);
        rows = rest;
        let allow = here.iter().map(|row| row.method.as_str()).collect::<Vec<_>>().join(", ");
        let mut resource = web::resource(path);
        for row in here {
            resource = resource.route(guarded_route(row));
        }
        let not_allowed = move || {
            let allow = allow.clone();
            async move { HttpResponse::MethodNotAllowed().insert_header((ALLOW, allow)).finish() }
        };
        config.service(resource.default_service(web::to(not_allowed)));
    }
}

fn guarded_route(row: RouteRule) -> actix_web::Route {
    let route = (row.handler)();
    let route = if row.method == Method::GET {
        route.guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        route.method(row.method.clone())
    };
    // The guard is outermost, so that it catches the panics of everything inside.
    let route = match row.who {
        Audience::Service(scope) => {
            route.wrap(from_fn(move |request, inner| service_api::admit_service(scope, request, inner)))
        }
        _ if row.method == Method::GET && !matches!(row.who, Audience::Game) => {
            route.wrap(from_fn(refused_forms::show_refusal))
        }
        _ => route,
    };
    route.wrap(from_fn(move |request, inner| crate::web::guard::admit_request(row.clone(), request, inner)))
}
