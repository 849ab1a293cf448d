//! The measures of people at their browsers, each in rounds of portal and yardstick by turns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::PLAYERS;
use crate::baseline::Floor;
use crate::children::Running;
use crate::database::Database;
use crate::hashing;
use crate::http::{Connection, Jar};
use crate::people::{self, Browser, Person, Visitor};
use crate::portal::{Door, Portal};
use crate::report::{Aim, Report};

const ROUNDS: u32 = 7;
const SLICE: Duration = Duration::from_secs(2);

/// Players who look at their account page at once.
const READERS: u32 = 16;
/// Players who sign in at once: more than the hasher has places, few enough that nobody waits for long.
const SIGNING_IN: u32 = 8;
/// Players who link at once, and how many trips each makes in a round.
const LINKING: u32 = 4;
const TRIPS: u32 = 25;
/// Who looks at the account page while everybody signs in, and for how long in a round.
pub const WATCHERS: u32 = 4;
const STORM: Duration = Duration::from_secs(6);

/// `GET /account` and `GET /link/amazon`, signed in and linked, and `GET /sign-in`, each against its own floor.
pub async fn pages(database: &Database, portal: &Portal, report: &mut Report) {
    let account = requests_of(portal, &portal.open, READERS, "/account").await;
    page(
        portal,
        &portal.floor,
        &account,
        report,
        [
            "GET /account ÷ floor, requests a second",
            "GET /account ÷ floor, requests a second of processor time",
        ],
    )
    .await;
    let link = requests_of(portal, &portal.open, READERS, "/link/amazon").await;
    let floor = floor_of(database, portal, &link).await;
    page(
        portal,
        &floor,
        &link,
        report,
        [
            "GET /link/amazon ÷ floor, requests a second",
            "GET /link/amazon ÷ floor, requests a second of processor time",
        ],
    )
    .await;
    let mut visitors = Vec::new();
    for _ in 0..READERS {
        let mut browser = Browser::open(&portal.open, Jar::default()).await;
        let _ = browser.get("/sign-in").await.expect(200);
        visitors.push(browser.request("/sign-in"));
    }
    let visitors = Arc::new(visitors);
    let floor = floor_of(database, portal, &visitors).await;
    page(
        portal,
        &floor,
        &visitors,
        report,
        [
            "GET /sign-in ÷ floor without a question, requests a second",
            "GET /sign-in ÷ floor without a question, requests a second of processor time",
        ],
    )
    .await;
}

/// A floor with the page that the first of these requests gets.
async fn floor_of(database: &Database, portal: &Portal, requests: &[Vec<u8>]) -> Floor {
    let mut connection = Connection::open(portal.open.address).await;
    let page = connection.send(&requests[0]).await.expect(200).body;
    let file = database.folder().join("other-page.html");
    std::fs::write(&file, page).unwrap();
    Floor::start(database.url(), &file)
}

async fn page(
    portal: &Portal,
    floor: &Floor,
    requests: &Arc<Vec<Vec<u8>>>,
    report: &mut Report,
    [per_second, per_tick]: [&'static str; 2],
) {
    let (mut throughput, mut processor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let real = reads(portal.open.address, &portal.open.process, requests).await;
        let floor = reads(floor.address, &floor.process, requests).await;
        throughput.push(real.per_second / floor.per_second);
        processor.push(floor.ticks_each / real.ticks_each);
    }
    report.add(per_second, Aim::AtLeast(0.80), throughput);
    report.add(per_tick, Aim::None, processor);
}

/// A whole trip: account page, away, Amazon, back, both names, link.
pub async fn link_trip(portal: &Portal, report: &mut Report) {
    let requests = account_requests(portal, &portal.open, READERS).await;
    let mut cost = Vec::new();
    for round in 0..ROUNDS {
        // Players of odd number have no link yet; each links once.
        let first = 1_001 + round * LINKING * TRIPS * 2;
        let mut people = Vec::new();
        for number in (first..).step_by(2).take((LINKING * TRIPS) as usize) {
            people::allow(&portal.amazon, number);
            people.push(Person::plant(&portal.app, number).await);
        }
        let began = Instant::now();
        let lines = people.chunks(TRIPS as usize).map(async |people| {
            for person in people {
                people::link(&portal.open, person).await;
            }
        });
        futures_util::future::join_all(lines).await;
        let trips = f64::from(LINKING * TRIPS) / began.elapsed().as_secs_f64();
        let floor = reads(portal.floor.address, &portal.floor.process, &requests).await;
        cost.push(floor.per_second / trips);
    }
    report.add("a link trip costs as much as so many floor requests", Aim::None, cost);
}

/// `POST /sign-in` against what the cores can hash.
pub async fn sign_in(portal: &Portal, report: &mut Report) {
    let (mut open, mut throttled) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = hashing_rate().await;
        let without = sign_ins(&portal.open).await;
        let between = hashing_rate().await;
        let with = sign_ins(&portal.throttled).await;
        let after = hashing_rate().await;
        open.push(without / f64::midpoint(before, between));
        throttled.push(with / f64::midpoint(between, after));
    }
    report.add("sign-ins ÷ hashes the cores can make", Aim::AtLeast(0.90), open);
    report.add("the same with guesses counted, as in production", Aim::AtLeast(0.90), throttled);
}

/// `GET /account` while sign-ins saturate the hasher, against the floor beside the same storm.
pub async fn account_in_a_storm(portal: &Portal, report: &mut Report) {
    let requests = account_requests(portal, &portal.open, WATCHERS).await;
    let storm = Storm::begin(&portal.open).await;
    let (mut slowest, mut middle) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (mut real, mut floor) = watch(&portal.open, &portal.floor, &requests).await;
        slowest.push(part(&mut real, 99) / part(&mut floor, 99));
        middle.push(part(&mut real, 50) / part(&mut floor, 50));
    }
    storm.end().await;
    report.add(
        "p99 of GET /account ÷ p99 of the floor, while sign-ins saturate the hasher",
        Aim::AtMost(3.0),
        slowest,
    );
    report.add("the same, medians", Aim::None, middle);
}

pub async fn account_requests(portal: &Portal, door: &Door, people: u32) -> Arc<Vec<Vec<u8>>> {
    requests_of(portal, door, people, "/account").await
}

async fn requests_of(portal: &Portal, door: &Door, people: u32, path: &str) -> Arc<Vec<Vec<u8>>> {
    let mut requests = Vec::new();
    for number in (2..).step_by(2).take(people as usize) {
        let person = Person::plant(&portal.app, number).await;
        // A browser that has been here before, with all its cookies.
        let mut browser = Browser::open(door, person.jar).await;
        let _ = browser.get(path).await.expect(200);
        requests.push(browser.request(path));
    }
    Arc::new(requests)
}

struct Reads {
    per_second: f64,
    ticks_each: f64,
}

/// Everybody asks again as soon as they are answered.
async fn reads(address: SocketAddr, process: &Running, requests: &Arc<Vec<Vec<u8>>>) -> Reads {
    let mut connections = Vec::new();
    for _ in requests.iter() {
        connections.push(Connection::open(address).await);
    }
    let (began, ticks) = (Instant::now(), process.ticks());
    let mut readers = JoinSet::new();
    for (number, mut connection) in connections.into_iter().enumerate() {
        let requests = Arc::clone(requests);
        readers.spawn(async move {
            let mut answered = 0_u32;
            while began.elapsed() < SLICE {
                let _ = connection.send(&requests[number]).await.expect(200);
                answered += 1;
            }
            answered
        });
    }
    let answered = f64::from(readers.join_all().await.into_iter().sum::<u32>());
    #[expect(clippy::cast_precision_loss, reason = "hundreds")]
    let ticks = (process.ticks() - ticks).max(1) as f64;
    Reads { per_second: answered / began.elapsed().as_secs_f64(), ticks_each: ticks / answered }
}

async fn hashing_rate() -> f64 {
    tokio::task::spawn_blocking(|| hashing::rate(SLICE)).await.unwrap()
}

async fn sign_ins(door: &Door) -> f64 {
    let storm = Storm::begin(door).await;
    let (began, before) = (Instant::now(), storm.count());
    tokio::time::sleep(2 * SLICE).await;
    let (signed_in, took) = (storm.count() - before, began.elapsed());
    storm.end().await;
    f64::from(signed_in) / took.as_secs_f64()
}

/// Players who keep signing in until told to stop.
struct Storm {
    people: JoinSet<()>,
    goes_on: Arc<AtomicBool>,
    signed_in: Arc<AtomicU32>,
}

impl Storm {
    async fn begin(door: &Door) -> Self {
        let (goes_on, signed_in) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
        let mut people = JoinSet::new();
        for first in 0..SIGNING_IN {
            let mut visitor = Visitor::arrive(door).await;
            let (goes_on, signed_in) = (Arc::clone(&goes_on), Arc::clone(&signed_in));
            people.spawn(async move {
                for number in (0..).map(|turn| (first + turn * SIGNING_IN) % PLAYERS + 1) {
                    if visitor.sign_in(number).await {
                        signed_in.fetch_add(1, Ordering::Relaxed);
                    }
                    if !goes_on.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        Self { people, goes_on, signed_in }
    }

    fn count(&self) -> u32 {
        self.signed_in.load(Ordering::Relaxed)
    }

    async fn end(self) {
        self.goes_on.store(false, Ordering::Relaxed);
        self.people.join_all().await;
    }
}

/// Each watcher asks portal and floor in turns.
pub async fn watch(
    door: &Door,
    beside: &Floor,
    requests: &Arc<Vec<Vec<u8>>>,
) -> (Vec<Duration>, Vec<Duration>) {
    let began = Instant::now();
    let mut watchers = JoinSet::new();
    for number in 0..requests.len() {
        let requests = Arc::clone(requests);
        let mut real = Connection::open(door.address).await;
        let mut floor = Connection::open(beside.address).await;
        watchers.spawn(async move {
            let mut took = (Vec::new(), Vec::new());
            while began.elapsed() < STORM {
                took.0.push(one(&mut real, &requests[number]).await);
                took.1.push(one(&mut floor, &requests[number]).await);
            }
            took
        });
    }
    let (real, floor): (Vec<_>, Vec<_>) = watchers.join_all().await.into_iter().unzip();
    (real.concat(), floor.concat())
}

async fn one(connection: &mut Connection, request: &[u8]) -> Duration {
    let began = Instant::now();
    let _ = connection.send(request).await.expect(200);
    began.elapsed()
}

/// What so many percent were faster than, in seconds.
pub fn part(took: &mut [Duration], percent: usize) -> f64 {
    took.sort_unstable();
    took[(took.len() * percent / 100).min(took.len() - 1)].as_secs_f64()
}
