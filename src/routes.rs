//! Every address, its handler, and who may ask: the single source for mounting, for access control, for
//! `dovetail routes`, and for the test that walks them all.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, web};

use crate::mail;
use crate::registration;
use crate::web::assets;
use crate::web::guard::{Row, Who};

/// All routes, in the order they are tried: literals before patterns.
pub fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(machines());
    rows.extend(registration());
    rows.extend(mails());
    rows
}

/// A new local account.
fn registration() -> Vec<Row> {
    vec![
        get("/register", Who::SignedOut, || web::to(registration::pages::show)),
        post("/register", Who::SignedOut, || web::to(registration::pages::submit)),
        get("/register/verify", Who::SignedOut, || web::to(registration::pages::show_verify)),
        post("/register/verify", Who::SignedOut, || web::to(registration::pages::submit_verify)),
    ]
}

/// Mails that are not sent, in development.
fn mails() -> Vec<Row> {
    vec![get("/dev/outbox", Who::Anyone, || web::to(mail::pages::show))]
}

/// What machines ask for.
fn machines() -> Vec<Row> {
    vec![
        get("/healthz", Who::Anyone, || web::to(|| async { HttpResponse::Ok().body("ok\n") })),
        get("/static/{version}/{path:.*}", Who::Anyone, || web::to(assets::serve)),
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
