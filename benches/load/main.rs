//! How fast the portal is, in ratios to what the same machine does in the same minute.
//!
//! `cargo bench --bench load` starts the release build of the portal on SQLite and on PostgreSQL, each with ten
//! thousand made-up players, and beside it a *floor*: a bare handler that asks the same database one question and
//! answers with the same bytes. Portal and floor are measured in turns, so that whatever else the machine does meets
//! both. Nothing here asserts a duration; a wrong answer of the portal ends the run. `benches/README.md` says what
//! the ratios mean.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a bench prints, and stops at the first surprise"
)]

mod baseline;
mod children;
mod database;
mod due_links;
mod hashing;
mod http;
mod measures;
mod people;
#[path = "../../tests/portal/harness/plans.rs"]
mod plans;
mod portal;
mod report;
mod search;
mod sockets;

use database::Database;
use portal::Portal;
use report::Report;

/// Made-up players in each database.
const PLAYERS: u32 = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("--floor", of)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return baseline::serve(of);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(bench(&arguments));
}

/// Everything on both databases, or what is named: `cargo bench --bench load -- sqlite pages`.
async fn bench(arguments: &[String]) {
    let is_wanted = |name: &str, others: &[&str]| {
        let named = |other: &str| arguments.iter().any(|argument| argument == other);
        named(name) || !others.iter().any(|other| named(other))
    };
    report::headline();
    let (databases, measures) = (["sqlite", "postgres"], ["pages", "links", "sockets", "search"]);
    for name in databases.into_iter().filter(|name| is_wanted(name, &databases)) {
        for measure in measures.into_iter().filter(|measure| is_wanted(measure, &measures)) {
            let make = || if name == "sqlite" { Ok(Database::sqlite()) } else { Database::postgres() };
            match make() {
                Ok(database) if measure == "links" => due_links::due_links(&database).await,
                Ok(database) if measure == "sockets" => sockets::sockets(&database).await,
                Ok(database) if measure == "search" => match make() {
                    Ok(large) => Box::pin(search::search(&database, &large)).await,
                    Err(why) => report::skipped(name, &why),
                },
                Ok(database) => pages(&database).await,
                Err(why) => report::skipped(name, &why),
            }
        }
    }
}

async fn pages(database: &Database) {
    let mut report = Report::of(database.name());
    let portal = Portal::start(database, PLAYERS).await;
    measures::pages(database, &portal, &mut report).await;
    if std::env::var_os("BENCH_ONLY_PAGES").is_some() {
        return report.print();
    }
    measures::link_trip(&portal, &mut report).await;
    measures::sign_in(&portal, &mut report).await;
    measures::account_in_a_storm(&portal, &mut report).await;
    report.print();
}
