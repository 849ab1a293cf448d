//! Guesses at passwords, and the memory of the program that checks them (S96). A program of its own, so that nobody
//! else's memory is counted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use dovetail::testing::platform::clock::Clock;
use futures_util::future::join_all;

use super::harness::Browser;
use super::harness::ports::port_for_a_program;
use super::harness::program::Program;

const CALLERS: usize = 60;
const GUESSES: usize = 6;

const MIB: u64 = 1024;
const PERMITS: u64 = 2;
const OF_ONE_HASH: u64 = 19 * MIB;

#[tokio::test]
async fn a_storm_of_guesses_takes_a_block_a_permit_and_gives_it_back() {
    let (program, url) = program();
    let callers: Vec<Browser> = (0..CALLERS)
        .map(|_| Browser::new(&url, &Clock::standing_at("2032-12-01T12:00:00Z".parse().unwrap())))
        .collect();
    let forms = join_all(callers.iter().map(|caller| caller.visit("/sign-in"))).await;
    // The web server and the database keep buffers for as many callers as ever came at once. These are no hashes, so
    // they are there before the first one.
    let requests = callers.iter().enumerate().map(async |(number, caller)| {
        for request in 0..GUESSES {
            let form = caller.visit("/forgot-password").await;
            let form = form.fill("identifier", &format!("caller{number}-{request}@example.test"));
            assert_eq!(form.press_only("Send link").await.status, 303);
        }
    });
    join_all(requests).await;
    let before = program.resident_kib();
    let peak = Peak::of(&program);
    let guesses = forms.iter().enumerate().map(async |(number, form)| {
        for guess in 0..GUESSES {
            let form = form.clone().fill("identifier", &format!("player{number}-{guess}@example.test"));
            let answer = form.fill("password", "not the password").press_only("Sign in").await;
            assert!(matches!(answer.status, 422 | 503), "{}", answer.status);
        }
    });
    join_all(guesses).await;
    let peak = peak.end();
    let most = before + PERMITS * OF_ONE_HASH + 64 * MIB;
    assert!(peak <= most, "{peak} KiB, and {before} KiB before; {most} KiB at most");
    let mut after = program.resident_kib();
    for _ in 0..100 {
        if after <= before + 8 * MIB {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        after = program.resident_kib();
    }
    assert!(after <= before + 8 * MIB, "{after} KiB are kept, and {before} KiB before ({peak} KiB during)");
}

/// The most memory that a program had since the watching began.
struct Peak {
    is_over: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
}

impl Peak {
    fn of(program: &Program) -> Self {
        let (is_over, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (over, seen, process) = (Arc::clone(&is_over), Arc::clone(&most), program.id());
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                seen.fetch_max(Program::resident_kib_of(process), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
        });
        Self { is_over, most }
    }

    fn end(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.most.load(Ordering::Relaxed)
    }
}

fn program() -> (Program, String) {
    let (port, simulator) = (port_for_a_program(), port_for_a_program());
    let folder = tempfile::tempdir().unwrap().keep();
    let url = format!("http://localhost:{port}");
    let settings = [
        ("DOVETAIL_MODE", "development"),
        ("DOVETAIL_LISTEN", &format!("127.0.0.1:{port}")),
        ("DOVETAIL_SIMULATOR_LISTEN", &format!("127.0.0.1:{simulator}")),
        ("DOVETAIL_PUBLIC_URL", &url),
        ("DOVETAIL_DATABASE_URL", &format!("sqlite:{}", folder.join("dovetail.db").display())),
        ("DOVETAIL_THROTTLE", "off"),
        ("DOVETAIL_HASH_PERMITS", &PERMITS.to_string()),
        ("DOVETAIL_HASH_QUEUE", "4096"),
        ("DOVETAIL_HASH_WAIT", "30s"),
    ];
    let settings: BTreeMap<String, String> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    (Program::serve(&settings), url)
}
