//! The floor: what answering with a page costs when nothing is done but to ask the database once.
//!
//! No layers, no headers but the body's own, no template: the session's row by the hash of its token, through r2d2
//! on the blocking pool, and the bytes of a page that the portal rendered before. Who has no session costs no question.

use std::path::Path;
use std::process::Command;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use dovetail::testing::platform::crypto::token::OpaqueToken;
use dovetail::testing::platform::db::schema::sessions::dsl;
use dovetail::testing::platform::db::{Conn, UtcTime};
use std::net::SocketAddr;

use crate::children::{Running, free_address};

/// As many as the portal holds.
const CONNECTIONS: u32 = 16;

type Row = (String, String, String, String, bool, Option<UtcTime>, UtcTime, UtcTime);

/// A floor in a process of its own.
pub struct Floor {
    pub address: SocketAddr,
    pub process: Running,
}

impl Floor {
    /// Starts this very program again, as the floor.
    pub fn start(database_url: &str, page: &Path) -> Self {
        let address = free_address();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--floor", &connection_string(database_url), &address.to_string()]).arg(page);
        Self { address, process: Running::start_listening(&mut command, address) }
    }
}

/// What the other process does: `--floor DATABASE ADDRESS PAGE`.
pub fn serve(arguments: &[String]) {
    let [database, address, page] = arguments else { panic!("--floor DATABASE ADDRESS PAGE") };
    let pool = Pool::builder()
        .max_size(CONNECTIONS)
        .test_on_check_out(false)
        .build(ConnectionManager::<Conn>::new(database))
        .unwrap();
    let page = Bytes::from(std::fs::read(page).unwrap());
    let service = move || {
        let (pool, page) = (Data::new(pool.clone()), Data::new(page.clone()));
        App::new().app_data(pool).app_data(page).default_service(web::to(answer))
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let server = HttpServer::new(service).workers(workers).bind(address).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}

async fn answer(
    pool: Data<Pool<ConnectionManager<Conn>>>,
    page: Data<Bytes>,
    request: HttpRequest,
) -> HttpResponse {
    let send = || HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.get_ref().clone());
    let Some(token) = token_of(&request) else { return send() };
    let hash = token.hash();
    let found = web::block(move || {
        let one = dsl::sessions.filter(dsl::token_hash.eq(hash.as_str())).select((
            dsl::id,
            dsl::player_id,
            dsl::csrf_secret,
            dsl::signed_in_with,
            dsl::is_remembered,
            dsl::fresh_at,
            dsl::last_seen_at,
            dsl::expires_at,
        ));
        let found = match &mut *pool.get().unwrap() {
            Conn::Postgres(conn) => one.get_result::<Row>(conn),
            Conn::Sqlite(conn) => one.get_result::<Row>(conn),
        };
        found.optional().unwrap()
    });
    match found.await.unwrap() {
        Some(_) => send(),
        None => HttpResponse::NotFound().finish(),
    }
}

/// The token at the end of the signed cookie.
fn token_of(request: &HttpRequest) -> Option<OpaqueToken> {
    let cookie = request.cookie("session")?;
    OpaqueToken::parse(&cookie.value()[cookie.value().len() - 43..])
}

fn connection_string(url: &str) -> String {
    url.strip_prefix("sqlite:").unwrap_or(url).to_owned()
}
