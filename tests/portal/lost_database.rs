//! PostgreSQL that goes away, with a word or without: who asks is told to come back, and the portal is well again by
//! itself (S92). On SQLite there is nothing to tell: a file does not hang up.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use dovetail::testing::app::CONNECTIONS;
use dovetail::testing::platform::db::schema::throttles::dsl;
use dovetail::testing::platform::db::{Db, UtcTime};
use dovetail::testing::platform::fault::{Fault, Kind, Shortage};
use futures_util::future::join_all;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Response};
use url::Url;

use super::harness::Portal;
use super::harness::cuttable_proxy::Cable;
use super::harness::database::{Database, Frozen};
use super::harness::portal::Settings;

/// As many as there are connections, and some who wait.
const CROWD: usize = 24;

/// A game server that asks for players it does not know. It is answered by the database and by nothing else.
struct Caller {
    client: Client,
    address: String,
    key: String,
}

impl Caller {
    async fn of(portal: &Portal) -> Self {
        let service = portal.service(&["players:read"]).await;
        let here = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        let client = Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .resolve("localhost", here)
            // Whoever is left hanging is seen, and not waited for.
            .timeout(Duration::from_secs(30));
        Self {
            client: client.build().unwrap(),
            address: format!("{}/api/v1/players/nobody", portal.url()),
            key: service.key,
        }
    }

    async fn ask(&self) -> u16 {
        let asked = self.client.get(&self.address).header(AUTHORIZATION, format!("Bearer {}", self.key));
        let answer: Response = asked.send().await.expect("an answer, and not silence");
        let status = answer.status().as_u16();
        let can_come_back = answer.headers().contains_key("retry-after");
        assert_eq!(status == 503, can_come_back, "{status}: {}", answer.text().await.unwrap());
        assert!(matches!(status, 404 | 503), "{status}");
        status
    }

    /// How many of a crowd are told to come back.
    async fn crowd(&self) -> usize {
        join_all((0..CROWD).map(|_| self.ask())).await.into_iter().filter(|status| *status == 503).count()
    }

    /// Asks until there is an answer. How often it was told to come back.
    async fn until_well(&self) -> usize {
        for refused in 0..60 {
            if self.ask().await == 404 {
                return refused;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it does not get well");
    }
}

/// Opens every connection there may be: all of them are in use at the same time, and each has just answered.
async fn warm_up(portal: &Portal) {
    let together = Arc::new(Barrier::new(CONNECTIONS as usize));
    let connections = (0..CONNECTIONS).map(|_| {
        let together = Arc::clone(&together);
        portal.app().db.read(move |connection| {
            together.wait();
            dsl::throttles.count().get_result::<i64>(connection)
        })
    });
    for answer in join_all(connections).await {
        answer.unwrap();
    }
}

async fn on_postgres() -> Option<Portal> {
    let portal = Portal::with(without_throttle).await;
    portal.database().is_postgres().then_some(portal)
}

/// The caller has one key, and a budget for it would answer before the database.
fn without_throttle(settings: &mut Settings) {
    settings.set("DOVETAIL_THROTTLE", "off");
}

/// Also where the first word on the dead connection is a statement that has to be prepared.
#[tokio::test]
async fn a_connection_that_the_server_ended_is_not_used_again() {
    let Some(portal) = on_postgres().await else { return };
    let ann = portal.ann().await;
    let caller = Caller::of(&portal).await;
    for round in 0..4 {
        if round % 2 == 0 {
            warm_up(&portal).await;
        } else {
            // These connections have not heard the caller's statements yet.
            let pages = (0..CROWD).map(|_| async { portal.browser().visit("/sign-in/reset?token=x").await });
            join_all(pages).await;
        }
        portal.database().ends_connections();
        let refused = caller.until_well().await;
        assert!(refused <= 1, "round {round}: {refused} were told to come back");
        assert_eq!(caller.crowd().await, 0, "round {round}");
        let page = portal.browser().visit("/sign-in").await;
        let page = page.fill("identifier", ann.email()).fill("password", ann.password());
        assert_eq!(page.press("Sign in").await.url.path(), "/account", "round {round}");
    }
}

#[tokio::test]
async fn a_frozen_server_keeps_nobody_and_no_connection() {
    let Some(portal) = on_postgres().await else { return };
    let caller = Caller::of(&portal).await;
    warm_up(&portal).await;
    let frozen: Frozen = portal.database().freezes();
    assert!(frozen.processes.len() >= CONNECTIONS as usize, "{:?}", frozen.processes);
    assert!(caller.crowd().await > 0, "the frozen ones were asked");
    // They are still frozen, and nobody is sent to them any more.
    caller.until_well().await;
    for _ in 0..3 {
        assert_eq!(caller.crowd().await, 0);
    }
    drop(frozen);
    caller.until_well().await;
    assert_eq!(caller.crowd().await, 0);
}

/// Twice as many frozen connections as there may be, and the portal recovers with them.
#[tokio::test]
async fn a_server_that_freezes_again_and_again_is_back_when_it_thaws() {
    let Some(portal) = on_postgres().await else { return };
    let caller = Caller::of(&portal).await;
    let mut frozen = Vec::new();
    for _ in 0..3 {
        caller.crowd().await;
        frozen.push(portal.database().freezes());
    }
    caller.crowd().await;
    let processes = portal.database().processes().len();
    assert!(processes <= 32, "{processes} connections, of which nobody has an answer");
    drop(frozen);
    caller.until_well().await;
    assert_eq!(caller.crowd().await, 0);
}

/// Who was told to come back must not find later that it was done after all.
#[tokio::test]
async fn what_was_given_up_is_not_stored() {
    let Some(portal) = on_postgres().await else { return };
    warm_up(&portal).await;
    let frozen = portal.database().freezes();
    let written = portal.app().db.write(|conn| {
        let window_ends_at = UtcTime::from(chrono::DateTime::UNIX_EPOCH);
        let row = (dsl::id.eq("given up"), dsl::taken.eq(0), dsl::window_ends_at.eq(window_ends_at));
        diesel::insert_into(dsl::throttles).values(row).execute(conn).map_err(Fault::from)
    });
    assert_eq!(written.await.unwrap_err().kind(), Kind::Busy);
    let processes = frozen.processes.clone();
    drop(frozen);
    // The work goes on where it stood; at its end the connection is closed.
    while portal.database().processes().iter().any(|process| processes.contains(process)) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM throttles WHERE id = 'given up'"), 0);
}

/// A turn, a connection and a lock are waited for, and all three together take no longer than one would.
#[tokio::test]
async fn a_lock_costs_nobody_more_than_three_seconds() {
    let portal = Portal::start().await;
    let locked = portal.database().locks("throttles");
    let db = &portal.app().db;
    let writers = (0..CROWD).map(|writer| async move {
        let began = Instant::now();
        let written = db.write(move |conn| {
            let window_ends_at = UtcTime::from(chrono::DateTime::UNIX_EPOCH);
            let id = format!("writer {writer}");
            let row = (dsl::id.eq(id), dsl::taken.eq(0), dsl::window_ends_at.eq(window_ends_at));
            diesel::insert_into(dsl::throttles).values(row).execute(conn).map_err(Fault::from)
        });
        (written.await.unwrap_err(), began.elapsed())
    });
    for (fault, took) in join_all(writers).await {
        assert!(took < Duration::from_millis(3_100), "{took:?}: {fault}");
        let expected = [Shortage::Lock, Shortage::Time, Shortage::WriteTurn, Shortage::Connections];
        assert!(fault.shortage().is_some_and(|shortage| expected.contains(&shortage)), "{fault}");
    }
    let counted: u64 = Shortage::ALL.iter().map(|of| portal.app().metrics.db_shortages.so_far(*of)).sum();
    assert!(counted >= CROWD as u64, "each is counted: {counted}");
    drop(locked);
    db.write(|conn| diesel::delete(dsl::throttles).execute(conn).map_err(Fault::from)).await.unwrap();
}

/// SQLSTATE 25006, as after a failover to a server that is still a standby.
#[tokio::test]
async fn a_server_that_takes_no_writes_is_a_shortage_and_no_fault() {
    let Some(portal) = on_postgres().await else { return };
    let ann = portal.ann().await;
    let page = portal.browser().visit("/sign-in").await;
    portal.database().takes_no_writes();
    let page = page.fill("identifier", ann.email()).fill("password", ann.password()).press("Sign in").await;
    assert_eq!((page.status, page.code().as_deref()), (503, Some("busy")), "{}", page.text());
    assert!(page.header("retry-after").is_some());
    assert!(portal.app().metrics.db_shortages.so_far(Shortage::ReadOnly) > 0);
}

/// S92: the operator reads what is wrong, and never the password.
#[tokio::test]
async fn what_is_wrong_with_the_address_is_told() {
    let Some(portal) = on_postgres().await else { return };
    let right = Url::parse(portal.database().url()).unwrap();
    let wrong = |change: &dyn Fn(&mut Url)| {
        let mut url = right.clone();
        change(&mut url);
        let fault = Db::open(url.as_str(), 1).unwrap().connection().err().unwrap();
        assert!(!fault.to_string().contains(right.password().unwrap()), "{fault}");
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
        fault.to_string()
    };
    let said = wrong(&|url| url.set_path("nowhere"));
    assert!(said.contains("the server has no database of this name"), "{said}");
    let said = wrong(&|url| url.set_password(Some("hunter2")).unwrap());
    assert!(said.contains("the server does not accept this role and password"), "{said}");
    let said = wrong(&|url| url.set_username("nobody").unwrap());
    assert!(said.contains("the server does not accept this role and password"), "{said}");
    let said = wrong(&|url| url.set_host(Some("nowhere.invalid")).unwrap());
    assert!(said.contains("there is no host of this name"), "{said}");
    let said = wrong(&|url| url.set_query(Some("sslmode=verify-full&sslrootcert=/nowhere.crt")));
    assert!(said.contains("named by sslrootcert") || said.contains("no TLS"), "{said}");
}

/// The messages of a server are told apart by their English texts, which every connection asks for.
#[tokio::test]
async fn a_connection_asks_for_english_messages() {
    let Some(portal) = on_postgres().await else { return };
    let asked = portal.app().db.read(|conn| {
        diesel::select(sql::<Text>("current_setting('lc_messages')")).get_result::<String>(conn)
    });
    assert_eq!(asked.await.unwrap(), "C", "the tests' role may set it");
}

/// More threads than one, because the commands that the story runs use the line too, and are waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_swallows_everything_keeps_nobody() {
    let database = Database::fresh(|url| {
        use dovetail::testing::platform::db::migrate;
        migrate::up(&mut Db::open(url, 1).unwrap().connection().unwrap()).unwrap();
    });
    if !database.is_postgres() {
        return;
    }
    let mut url = Url::parse(database.url()).unwrap();
    let cable = Cable::to(&format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(cable.port())).unwrap();
    let portal = Portal::with(|settings| {
        without_throttle(settings);
        settings.set("DOVETAIL_DATABASE_URL", url.as_str());
    })
    .await;
    let caller = Caller::of(&portal).await;
    warm_up(&portal).await;
    let operations = portal.operations();
    assert!(operations.is_ready().await);
    cable.fall_silent();
    for _ in 0..2 {
        assert_eq!(caller.crowd().await, CROWD, "nobody can be answered, and everybody is told so");
    }
    assert!(!operations.is_ready().await);
    assert_eq!(portal.browser().get("/healthz").await.status, 200, "it is alive all the same");
    cable.mend();
    caller.until_well().await;
    assert_eq!(caller.crowd().await, 0);
    assert!(operations.becomes(true).await);
}
