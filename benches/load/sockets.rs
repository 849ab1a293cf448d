//! Ten thousand games that are connected and say nothing, and a crowd that is refused over and over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use futures_util::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::measures::{self, part, watch};
use crate::portal::{Door, Portal};
use crate::report::{Aim, Report};

const PLAYERS: u32 = 1_000;
const ROUNDS: u32 = 7;
const GAMES: usize = 10_000;
/// Handshakes under way at once while they connect.
const AT_ONCE: usize = 100;
/// Who knocks with a wrong secret, again as soon as refused.
const KNOCKING: usize = 16;

/// As development has them.
const PATH: &str = "/ws/device/dovetail";
const SECRET: &str = "development-device-secret-0001";

/// Pages beside idle sockets, against the same pages without; then beside the refused.
pub async fn sockets(database: &Database) {
    let mut report = Report::of(database.name());
    let portal = Portal::start(database, PLAYERS).await;
    let door = &portal.open;
    let alone = slowest(&portal, door).await;
    let before = door.process.resident();
    let mut games = Vec::with_capacity(GAMES);
    while games.len() < GAMES {
        games.extend(join_all((0..AT_ONCE).map(|_| Game::connect(door.address, SECRET))).await);
    }
    assert!(games.iter().all(|game| game.is_in), "a handshake was refused");
    #[expect(clippy::cast_precision_loss, reason = "megabytes and thousands")]
    let each = (door.process.resident() - before) as f64 / GAMES as f64;
    let beside = slowest(&portal, door).await;
    drop(games);
    report.add("KiB of memory of an idle game", Aim::AtMost(32.0), vec![each]);
    report.add("p99 of GET /account ÷ p99 of the floor, beside 10,000 idle games", Aim::AtMost(3.0), beside);
    report.add("the same without games", Aim::None, alone);

    let crowd = Crowd::begin(portal.throttled.address);
    let (began, log) = (Instant::now(), database.folder().join("portal.log"));
    let lines_before = std::fs::read_to_string(&log).unwrap().lines().count();
    let refused = slowest(&portal, &portal.throttled).await;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let per_second = crowd.end().await as f64 / began.elapsed().as_secs_f64();
    let log = std::fs::read_to_string(&log).unwrap();
    let lines = log.lines().skip(lines_before).filter(|line| line.contains("/ws/")).count();
    println!("  {}: {per_second:.0} knocks a second, {lines} lines in the log", report.database());
    report.add(
        "p99 of GET /account ÷ p99 of the floor, beside refused handshakes",
        Aim::AtMost(3.0),
        refused,
    );
    report.print();
}

async fn slowest(portal: &Portal, door: &Door) -> Vec<f64> {
    let requests = measures::account_requests(portal, door, measures::WATCHERS).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let (mut real, mut floor) = watch(door, &portal.floor, &requests).await;
        rounds.push(part(&mut real, 99) / part(&mut floor, 99));
    }
    rounds
}

/// A game's end of a socket, as far as the handshake takes it (contract, section 2).
struct Game {
    _stream: TcpStream,
    is_in: bool,
}

impl Game {
    async fn connect(address: SocketAddr, secret: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let upgrade = format!(
            "GET {PATH} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).await.unwrap();
        let Some(greeting) = heard(&mut stream, "\"nonce\":\"").await else {
            return Self { _stream: stream, is_in: false };
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(greeting.as_bytes());
        let hmac = BASE64.encode(&mac.finalize().into_bytes());
        let shown = format!(r#"{{"@class":".AuthenticatedConnectRequest","hmac":"{hmac}"}}"#);
        // One masked text frame; a mask of zeros changes nothing.
        let mut frame = vec![0x81, 0x80 | u8::try_from(shown.len()).unwrap(), 0, 0, 0, 0];
        frame.extend_from_slice(shown.as_bytes());
        let is_in =
            stream.write_all(&frame).await.is_ok() && heard(&mut stream, "\"sessionId\":\"").await.is_some();
        Self { _stream: stream, is_in }
    }
}

/// The text behind `key`, up to its closing quote; nothing if the other end refuses or leaves.
async fn heard(stream: &mut TcpStream, key: &str) -> Option<String> {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received);
        let value = text.split(key).nth(1).and_then(|rest| rest.split_once('"'));
        if let Some((value, _)) = value {
            return Some(value.to_owned());
        }
        let is_over = text.contains("\"error\"") || text.starts_with("HTTP/1.1 4");
        if is_over || stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}

/// Knocks without a pause until told to stop.
struct Crowd {
    people: JoinSet<()>,
    goes_on: Arc<AtomicBool>,
    knocks: Arc<AtomicU64>,
}

impl Crowd {
    fn begin(address: SocketAddr) -> Self {
        let (goes_on, knocks) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let mut people = JoinSet::new();
        for _ in 0..KNOCKING {
            let (goes_on, knocks) = (Arc::clone(&goes_on), Arc::clone(&knocks));
            people.spawn(async move {
                while goes_on.load(Ordering::Relaxed) {
                    let knock = Game::connect(address, "a wrong secret of the same length");
                    let game = tokio::time::timeout(Duration::from_secs(5), knock).await;
                    assert!(!game.is_ok_and(|game| game.is_in), "a wrong secret was right");
                    knocks.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { people, goes_on, knocks }
    }

    async fn end(self) -> u64 {
        self.goes_on.store(false, Ordering::Relaxed);
        self.people.join_all().await;
        self.knocks.load(Ordering::Relaxed)
    }
}
