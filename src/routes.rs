//! Every address, its handler, and who may ask: the single source for mounting, for access control, for
//! `dovetail routes`, and for the test that walks them all.

use actix_web::http::Method;
use actix_web::{HttpResponse, Route, web};

use crate::web::assets;
use crate::web::guard::{Row, Who};
use crate::web::urls;

/// All routes, in the order they are tried: literals before patterns.
pub fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(machines());
    rows.extend(players());
    rows
}

/// A player's own pages.
fn players() -> Vec<Row> {
    use crate::players::{email_pages as email, password_pages as password, profile_pages as profile};
    use Who::{Anyone, Player};
    vec![
        get(urls::PROFILE, Player, || web::to(profile::show)),
        post(urls::PROFILE, Player, || web::to(profile::submit)),
        get(urls::EMAIL, Player, || web::to(email::show)).fresh(),
        post(urls::EMAIL, Player, || web::to(email::submit)).fresh(),
        get(urls::EMAIL_VERIFY, Player, || web::to(email::show_verify)),
        post(urls::EMAIL_VERIFY, Player, || web::to(email::submit_verify)),
        get(urls::EMAIL_UNDO, Anyone, || web::to(email::show_undo)),
        post(urls::EMAIL_UNDO, Anyone, || web::to(email::submit_undo)),
        // Fresh proof is asked for in the handler: only a first password needs it.
        get(urls::PASSWORD, Player, || web::to(password::show)),
        post(urls::PASSWORD, Player, || web::to(password::submit)),
        post(urls::PASSWORD_REMOVE, Player, || web::to(password::submit_remove)).fresh(),
        get(urls::PRIVACY, Anyone, || web::to(crate::privacy::pages::show)),
    ]
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
