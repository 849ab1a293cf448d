//! `/ap/adam`: the apps that a customer allowed, each with a button to remove it.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse};

use super::request_parsing::FormBody;
use super::{Simulator, customers, pages};

/// `GET /ap/adam`.
pub(super) fn list(simulator: &Simulator, req: &HttpRequest, _: &FormBody) -> HttpResponse {
    let simulator_state = simulator.lock_state();
    let Some(customer) = customers::signed_in(req).and_then(|key| simulator_state.customer(&key)) else {
        return pages::sign_in(&simulator_state, "your list of apps", &pages::here(req));
    };
    let allowed = simulator_state.kept.consents.get(&customer.key).into_iter().flatten();
    let apps = allowed.map(|(app, scopes)| {
        let client = simulator.clients.iter().find(|client| client.app_id == *app);
        let name = client.map_or(app.clone(), |client| client.app_name.clone());
        pages::AllowedApp { id: app.clone(), name, scopes: scopes.join(", ") }
    });
    pages::apps(&customer, req.path(), apps.collect())
}

/// `POST /ap/adam`.
pub(super) fn remove(simulator: &Simulator, req: &HttpRequest, body: &FormBody) -> HttpResponse {
    if let (Some(customer), Some(app)) = (customers::signed_in(req), body.fields.get("app")) {
        simulator.lock_state().revoke(&customer, Some(app));
    }
    HttpResponse::SeeOther().insert_header((LOCATION, req.path())).finish()
}
