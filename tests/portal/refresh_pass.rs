//! The background pass: every link once, on however many copies, with the memory of a few.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::links::refresh;
use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault, WEB_CLIENT_ID};

use super::harness::Portal;
use super::harness::program::Program;
use super::harness::renewals::until;

/// Calls that a pass may have under way.
const CONCURRENCY: i64 = 8;

async fn portal() -> Portal {
    Portal::with(|settings| {
        settings.set("DOVETAIL_REFRESH_CONCURRENCY", &CONCURRENCY.to_string());
    })
    .await
}

fn renewed_once(portal: &Portal) -> i64 {
    portal.count("SELECT count(*) AS count FROM amazon_links WHERE token_version = 2")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_copies_renew_two_thousand_links_once_each_and_reserve_a_few() {
    let portal = Arc::new(portal().await);
    portal.many_due_links(2_000);
    portal.amazon.simulator.switch(|switches| switches.rotate_refresh_tokens = true);
    let is_over = Arc::new(AtomicBool::new(false));
    let watch = tokio::spawn({
        let (portal, is_over) = (Arc::clone(&portal), Arc::clone(&is_over));
        async move {
            let mut most = 0;
            while !is_over.load(Ordering::SeqCst) {
                most = most.max(portal.leases());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            most
        }
    });
    let copy = portal.another_copy();
    let (one, two) = tokio::join!(portal.pass(), refresh::refresh_batch(&copy, &|_| ()));
    is_over.store(true, Ordering::SeqCst);
    let two = two.unwrap();
    assert_eq!(one.renewed + two.renewed, 2_000);
    assert!(one.renewed > 0 && two.renewed > 0, "both worked: {one:?} {two:?}");
    assert_eq!(portal.renewals(), 2_000);
    assert_eq!(renewed_once(&portal), 2_000);
    assert_eq!(portal.leases(), 0);
    // Under way, queued, and one batch just taken; and as much that waits to be written.
    let most = watch.await.unwrap();
    assert!(most > 0 && most <= 2 * (3 * CONCURRENCY + 2 * 32), "{most} reserved at once");
    assert_eq!(portal.pass().await.done, 0, "nothing is due any more");
}

/// Links come round again, not all at the same moment.
#[tokio::test]
async fn the_next_look_is_a_day_later_more_or_less() {
    let portal = portal().await;
    portal.many_due_links(50);
    assert_eq!(portal.pass().await.renewed, 50);
    assert!(portal.count("SELECT count(DISTINCT next_check_at) AS count FROM amazon_links") > 10);
    portal.wait(TimeDelta::hours(21));
    assert_eq!(portal.pass().await.done, 0);
    portal.wait(TimeDelta::hours(6));
    assert_eq!(portal.pass().await.renewed, 50);
}

/// A player who has just linked has a token for an hour; the first look follows it.
#[tokio::test]
async fn a_new_link_is_looked_at_when_its_first_token_has_ended() {
    let portal = portal().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    browser.visit("/account").await.press("Link Amazon account").await.press("Link this account").await;
    portal.wait(TimeDelta::minutes(59));
    assert_eq!(portal.pass().await.done, 0);
    portal.wait(TimeDelta::minutes(1));
    assert_eq!(portal.pass().await.renewed, 1);
}

/// S87 for a whole pass: one word of Amazon and everybody is left alone.
#[tokio::test]
async fn a_pass_stops_where_amazon_asks_for_rest() {
    let portal = portal().await;
    portal.many_due_links(200);
    portal
        .amazon
        .simulator
        .set_fault(SimulatedCall::Refresh, SimulatedFault::TooManyRequests { retry_after: Some(120) });
    let progress = portal.pass().await;
    assert_eq!(progress.backoff, Some(Duration::from_mins(2)));
    assert!(portal.renewals() <= usize::try_from(CONCURRENCY).unwrap(), "{} calls", portal.renewals());
    assert_eq!(portal.leases(), 0, "what was reserved is given back");
    assert_eq!(portal.count("SELECT count(*) AS count FROM amazon_links WHERE state = 'active'"), 200);
    portal.amazon.recovers();
    portal.wait(TimeDelta::minutes(5));
    assert_eq!(portal.pass().await.renewed, 200);
}

#[tokio::test]
async fn a_client_that_amazon_refuses_stops_a_pass_and_no_link() {
    let portal = portal().await;
    portal.many_due_links(200);
    portal.amazon.refuses(SimulatedCall::Refresh, "invalid_client");
    let progress = portal.pass().await;
    assert_eq!(progress.backoff, Some(Duration::from_mins(1)));
    assert!(portal.renewals() <= usize::try_from(CONCURRENCY).unwrap(), "{} calls", portal.renewals());
    assert_eq!(portal.count("SELECT count(*) AS count FROM amazon_links WHERE state = 'active'"), 200);
}

/// S66: one bad row is nobody else's outage.
#[tokio::test]
async fn a_row_that_does_not_open_stops_nothing() {
    let portal = portal().await;
    portal.many_due_links(30);
    let first = portal.lines("SELECT min(id) AS line FROM amazon_links").pop().unwrap();
    portal.run(&format!(
        "UPDATE amazon_links SET refresh_token_sealed = (SELECT refresh_token_sealed FROM amazon_links \
         WHERE id <> '{first}' LIMIT 1) WHERE id = '{first}'"
    ));
    let progress = portal.pass().await;
    assert_eq!((progress.renewed, progress.need_reconnect), (29, 1));
    let kept =
        portal.count("SELECT count(*) AS count FROM amazon_links WHERE refresh_token_sealed IS NOT NULL");
    assert_eq!(kept, 30, "nothing is deleted");
    assert_eq!(portal.pass().await.done, 0, "it is not looked at over and over");
}

#[tokio::test]
async fn a_worker_that_is_stopped_finishes_its_calls_and_gives_the_rest_back() {
    let portal = portal().await;
    portal.many_due_links(500);
    portal
        .amazon
        .simulator
        .set_fault(SimulatedCall::Refresh, SimulatedFault::Slow(Duration::from_millis(300)));
    let worker = refresh::start(Arc::clone(portal.app()));
    until("some renewals", || portal.renewals() >= 16).await;
    worker.stop().await;
    let asked = portal.renewals();
    assert_eq!(portal.leases(), 0, "nothing stays reserved");
    let renewed = usize::try_from(renewed_once(&portal)).unwrap();
    assert_eq!(renewed, asked, "whatever was asked is written");
    assert!(renewed < 500, "it did stop");
    portal.verify().await;
}

/// A copy that died leaves a lease, which ends in time. Until next month none can last (S88).
#[tokio::test]
async fn a_link_whose_lease_was_left_behind_is_renewed_when_it_ends() {
    for (until, wait) in [("2032-12-01 12:00:15", 15), ("2032-12-31 12:00:00", 0)] {
        let portal = portal().await;
        portal.many_due_links(1);
        portal.run(&format!("UPDATE amazon_links SET lease_owner = 'the dead', lease_until = '{until}'"));
        if wait > 0 {
            assert_eq!(portal.pass().await.done, 0, "{until}");
            portal.wait(TimeDelta::seconds(wait));
        }
        assert_eq!(portal.pass().await.renewed, 1, "{until}");
    }
}

#[tokio::test]
async fn a_worker_that_is_switched_off_asks_nothing() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_REFRESH", "off");
    })
    .await;
    portal.many_due_links(5);
    refresh::start(Arc::clone(portal.app())).stop().await;
    assert_eq!(portal.renewals(), 0);
}

#[tokio::test]
async fn the_command_makes_one_pass_and_says_what_came_of_it() {
    let portal = portal().await;
    portal.many_due_links(3);
    // The program's clock is behind the story's.
    portal.run("UPDATE amazon_links SET next_check_at = '2026-01-01 00:00:00'");
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_dovetail"))
            .arg("refresh")
            .env_clear()
            .envs(portal.settings_of_a_program())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), said + &String::from_utf8_lossy(&output.stderr))
    };
    let (code, said) = run();
    assert!(code == Some(0) && said.contains("3 links looked at: 3 renewed"), "{code:?} {said}");
    let (code, said) = run();
    assert!(code == Some(0) && said.contains("0 links looked at"), "{code:?} {said}");
    portal.run("UPDATE amazon_links SET next_check_at = '2026-01-01 00:00:00'");
    portal.amazon.is_broken(SimulatedCall::Refresh);
    let (code, said) = run();
    assert!(code == Some(1) && said.contains("3 put off"), "{code:?} {said}");
}

/// S70, with real processes: the copy that holds the lease is killed, and another takes over when it ends.
#[tokio::test]
async fn a_copy_that_is_killed_is_replaced() {
    let portal = portal().await;
    portal.many_due_links(1);
    portal.run("UPDATE amazon_links SET next_check_at = '2026-01-01 00:00:00'");
    let settings = || {
        let mut settings = portal.settings_of_a_program();
        settings.insert("DOVETAIL_REFRESH_LEASE".to_owned(), "4s".to_owned());
        settings.insert("DOVETAIL_UPSTREAM_TOTAL".to_owned(), "3s".to_owned());
        settings
    };
    portal.amazon.simulator.set_fault(SimulatedCall::Refresh, SimulatedFault::Slow(Duration::from_secs(30)));
    let first = Program::serve(&settings());
    until("a call to Amazon", || portal.renewals() == 1).await;
    first.kill();
    assert_eq!((portal.leases(), renewed_once(&portal)), (1, 0));
    portal.amazon.recovers();
    let second = Program::serve(&settings());
    until("the renewal", || renewed_once(&portal) == 1).await;
    assert_eq!(portal.renewals(), 2);
    let log = second.stop();
    assert!(!log.contains("ERROR"), "{log}");
    assert!(portal.amazon.simulator.user_id("pat", WEB_CLIENT_ID).is_some());
}
