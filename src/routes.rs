//! Every address, its handler, and who may ask: the single source for mounting, for access control, for
//! `dovetail routes`, and for the test that walks them all.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, web};

use crate::web::assets;
use crate::web::guard::{Row, Who};

/// All routes, in the order they are tried: literals before patterns.
pub fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(machines());
    rows.extend(amazon_link());
    rows
}

/// What machines ask for.
fn machines() -> Vec<Row> {
    vec![
        get("/healthz", Who::Anyone, || web::to(|| async { HttpResponse::Ok().body("ok\n") })),
        get("/static/{version}/{path:.*}", Who::Anyone, || web::to(assets::serve)),
    ]
}

/// The player's Amazon account: the home page, the trip there and back, and what follows.
fn amazon_link() -> Vec<Row> {
    use crate::amazon_link::{decision_pages, pages, trip_pages};
    vec![
        get("/account", Who::Player, || web::to(pages::account)),
        get("/link/amazon", Who::Player, || web::to(pages::start)),
        post("/amazon/sign-in", Who::Anyone, || web::to(trip_pages::begin_sign_in)),
        post("/amazon/link", Who::Player, || web::to(trip_pages::begin_link)).fresh(),
        get("/amazon/replace", Who::Player, || web::to(pages::replace)),
        post("/amazon/replace", Who::Player, || web::to(trip_pages::begin_replace)).fresh(),
        post("/amazon/confirm-identity", Who::Player, || web::to(trip_pages::begin_confirm_identity)),
        get("/amazon/callback", Who::Anyone, || web::to(trip_pages::callback)),
        get("/amazon/outcome", Who::Anyone, || web::to(trip_pages::outcome)),
        get("/amazon/confirm", Who::Player, || web::to(decision_pages::show_confirm)),
        post("/amazon/confirm", Who::Player, || web::to(decision_pages::submit_confirm)),
        get("/amazon/register", Who::Anyone, || web::to(decision_pages::show_register)),
        post("/amazon/register", Who::Anyone, || web::to(decision_pages::submit_register)),
        get("/amazon/unlink", Who::Player, || web::to(pages::show_unlink)).fresh(),
        post("/amazon/unlink", Who::Player, || web::to(pages::unlink)).fresh(),
    ]
}

fn get(path: &'static str, who: Who, handler: fn() -> Route) -> Row {
    Row { method: Method::GET, path, who, fresh: false, handler }
}

fn post(path: &'static str, who: Who, handler: fn() -> Route) -> Row {
    Row { method: Method::POST, path, who, fresh: false, handler }
}

impl Row {
    /// The route needs a credential proven within the last minutes (S28).
    fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }
}
