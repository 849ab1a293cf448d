//! The desk's search among a thousand players and among a million.
//!
//! Two portals, each on a database of its own, are asked the same things by turns, so that whatever else the machine
//! does meets both. What is compared is the whole request of a signed-in agent, its audit record included.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::dsl::exists;
use diesel::prelude::*;
use dovetail::testing::app::App;
use dovetail::testing::platform::db::schema::{audit_seals, players};
use dovetail::testing::server::layers;

use crate::database::Database;
use crate::http::{Connection, Jar, request};
use crate::people::{self, email_of};
use crate::plans::{Overheard, plan_of, scans};
use crate::portal::Portal;
use crate::report::{Aim, Report};

const FEW: u32 = 1_000;
/// Unless `BENCH_PLAYERS` says otherwise.
const MANY: u32 = 1_000_000;
const ROUNDS: usize = 7;
/// Requests of each kind to each portal in a round.
const REQUESTS: usize = 40;
/// Requests of each kind before anything is measured.
const WARM: usize = 10;

const TABLES: [&str; 3] = ["players", "amazon_links", "former_links"];

/// A kind of search: its name in the report, what is typed, and what the page must say.
struct Kind {
    name: &'static str,
    typed: String,
    says: &'static str,
}

/// Seeds both, waits until they are at rest, and asks.
pub async fn search(few: &Database, many: &Database) {
    let mut report = Report::of(many.name());
    let size = size();
    println!("  {}: {FEW} and {size} players are made up", report.database());
    let (few, many) = (Desk::open(few, FEW).await, Desk::open(many, size).await);
    println!("  {}: both are at rest", report.database());
    let mut lines = [few.line().await, many.line().await];
    let kinds: Vec<_> = few.kinds().await.into_iter().zip(many.kinds().await).collect();
    for (in_few, in_many) in &kinds {
        let mut ratios = Vec::new();
        for round in 0..=ROUNDS {
            let times = if round == 0 { WARM } else { REQUESTS };
            let (mut small, mut large) = (Vec::new(), Vec::new());
            for _ in 0..times {
                small.push(lines[0].ask(in_few).await);
                large.push(lines[1].ask(in_many).await);
            }
            if round > 0 {
                ratios.push(middle(&mut large) / middle(&mut small));
            }
        }
        report.add(in_few.name, Aim::AtMost(1.5), ratios);
    }
    many.print_plans(&kinds).await;
    report.print();
}

/// A portal, and an agent who is signed in at it.
struct Desk {
    portal: Portal,
    jar: Jar,
}

impl Desk {
    async fn open(database: &Database, players: u32) -> Self {
        let portal = Portal::start(database, players).await;
        // On SQLite nobody else gets a turn to write beside a sealer that has a million records before it.
        sealed(&portal.app).await;
        people::plant_rare(&portal.app).await;
        sealed(&portal.app).await;
        database.settle();
        let jar = people::plant_agent(&portal.app).await;
        Self { portal, jar }
    }

    async fn line(&self) -> Line<'_> {
        let door = &self.portal.open;
        Line { connection: Connection::open(door.address).await, host: &door.host, jar: &self.jar }
    }

    /// Every kind of search; all but the id are typed alike in both.
    async fn kinds(&self) -> Vec<Kind> {
        let key = email_of(7);
        let one = players::table.filter(players::email_key.eq(key)).select(players::id);
        let id: String = self.portal.app.db.read(move |conn| one.first(conn)).await.unwrap();
        let amazon_id = |number: u32| format!("amzn1.account.SEED{number:024}");
        let kind = |name, typed: &str, says| Kind { name, typed: typed.to_owned(), says };
        vec![
            kind("search by player id, many players ÷ few", &id, "Player id</span>"),
            kind("the same by Amazon id", &amazon_id(8), "Amazon id</span>"),
            kind("by Amazon id of a former link", &amazon_id(15), "Amazon id of a former link, until"),
            kind("by email", &email_of(9), "Email</span>"),
            kind("by user name", "seed-10", "User name</span>"),
            kind("by a display name that few begin with", "Rare", ">3 players</h2>"),
            kind("by a display name that very many begin with", "Quiet", "The first 20 players"),
            kind("nobody found", "nobody@nowhere.example", "Nobody was found"),
        ]
    }

    /// What the database says about each question that each kind of search asks. The requests go to a portal in this
    /// process, where its questions can be overheard.
    async fn print_plans(&self, kinds: &[(Kind, Kind)]) {
        let (app, host) = self.portal.in_this_process();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Arc::clone(&app);
        std::thread::spawn(move || {
            let portal = async { layers::start_server(serving, listener, 1).unwrap().await };
            actix_web::rt::System::new().block_on(portal).unwrap();
        });
        let mut line = Line { connection: Connection::open(address).await, host: &host, jar: &self.jar };
        let heard = Overheard::at(&app).await;
        for (_, kind) in kinds {
            heard.questions_about(&TABLES);
            line.ask(kind).await;
            println!("\n  {}", kind.name);
            for question in heard.questions_about(&TABLES) {
                let plan = plan_of(&mut app.db.connection().unwrap(), &question);
                println!("    {}", question.split(" -- binds").next().unwrap());
                for step in &plan {
                    println!("      {step}");
                }
                for step in scans(&plan, &TABLES) {
                    println!("!!! READS ALL OF A TABLE: {step}");
                }
            }
        }
    }
}

/// A kept connection to one portal.
struct Line<'a> {
    connection: Connection,
    host: &'a str,
    jar: &'a Jar,
}

impl Line<'_> {
    async fn ask(&mut self, kind: &Kind) -> Duration {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &kind.typed).finish();
        let request = request(self.host, &format!("/support/players?{query}"), self.jar, None);
        let began = Instant::now();
        let answer = self.connection.send(&request).await.expect(200);
        let took = began.elapsed();
        assert!(String::from_utf8_lossy(&answer.body).contains(kind.says), "{}: {answer}", kind.name);
        took
    }
}

/// Waits until the records of the made-up links have their place in the audit chain, which would be at work beside
/// what is measured.
async fn sealed(app: &App) {
    let waiting = audit_seals::table.filter(audit_seals::position.is_null());
    while app.db.read(move |conn| diesel::select(exists(waiting)).get_result(conn)).await.unwrap_or(true) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn middle(took: &mut [Duration]) -> f64 {
    took.sort_unstable();
    took[took.len() / 2].as_secs_f64()
}

#[expect(clippy::disallowed_methods, reason = "a variable of the bench, not a setting of the portal")]
fn size() -> u32 {
    let given = std::env::var("BENCH_PLAYERS").ok().filter(|size| !size.is_empty());
    given.map_or(MANY, |size| size.parse().expect("BENCH_PLAYERS is a number"))
}
