//! The feed of link events: every change of a link is in it once, in order and without gaps.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use dovetail::testing::app::App;
use dovetail::testing::audit::Actor;
use dovetail::testing::operations::cleanup;
use dovetail::testing::outbound::link_events::{self, Kind, NewLinkEvent};
use dovetail::testing::platform::fault::{Fault, Stop};
use dovetail::testing::platform::ids::PlayerId;
use futures_util::future::join_all;
use proptest::prelude::*;

use super::harness::{Person, Portal, Service};

/// What the feed tells of this person: kind, actor and cause.
async fn told_of(service: &Service, person: &Person) -> Vec<(String, String, Option<String>)> {
    let page = service.get("/api/v1/link-events?limit=1000").await;
    assert_eq!((page.status, page.body["more"].as_bool()), (200, Some(false)), "{page:?}");
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let events = page.body["events"].as_array().unwrap().iter();
    events
        .filter(|event| event["player_id"] == person.id.as_str())
        .map(|event| (text(&event["kind"]).unwrap(), text(&event["actor"]).unwrap(), text(&event["cause"])))
        .collect()
}

fn by_player(kind: &str) -> (String, String, Option<String>) {
    (kind.to_owned(), "player".to_owned(), None)
}

#[tokio::test]
async fn every_verb_of_a_browser_is_told_once() {
    let portal = Portal::start().await;
    let service = portal.service(&["events:read"]).await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    let confirm = confirm.allow_as("Mork Hashimoto").await;
    assert_eq!(told_of(&service, &bo).await, [], "nothing is linked yet");
    confirm.press("Link this account").await;
    let mut told = vec![by_player("linked")];
    assert_eq!(told_of(&service, &bo).await, told);

    // The same account again renews tokens, which is no news.
    browser.visit("/amazon/replace").await.press("Link a different account").await;
    assert_eq!(told_of(&service, &bo).await, told);
    for state in ["needs_reconnect", "revoked"] {
        portal.link_becomes(&bo, state);
        browser.visit("/amazon/replace").await.press("Link a different account").await;
        told.push(by_player("reconnected"));
        assert_eq!(told_of(&service, &bo).await, told, "from {state}");
    }

    browser.leave_amazon();
    let replace = browser.visit("/amazon/replace").await.press("Link a different account").await;
    replace.allow_as("Pat Example").await.press("Link this account").await;
    told.push(by_player("replaced"));
    assert_eq!(told_of(&service, &bo).await, told);

    browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    let unlinked = ("unlinked".to_owned(), "player".to_owned(), Some("unlinked_by_player".to_owned()));
    told.push(unlinked);
    assert_eq!(told_of(&service, &bo).await, told);
    assert_eq!(portal.count_all("link_events"), 5);
}

#[tokio::test]
async fn coming_with_amazon_is_told_when_it_makes_a_link_or_mends_one() {
    let portal = Portal::start().await;
    let service = portal.service(&["events:read"]).await;
    let (bo, cleo) = (portal.bo().await, portal.cleo().await);

    let browser = portal.browser();
    let register = browser.visit("/sign-in").await.press("Login with Amazon").await;
    let register = register.allow_as("Mork Hashimoto").await;
    register.fill("display_name", "Yara").press("Create account").await;
    assert_eq!(portal.lines("SELECT kind AS line FROM link_events"), ["linked"]);

    portal.amazon.admits("twin", "Twin at Amazon", bo.email());
    let browser = portal.browser();
    portal.at_amazon(&browser, "twin").await;
    let asked = browser.visit("/").await.press("Login with Amazon").await;
    asked.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!(told_of(&service, &bo).await, [by_player("linked")]);

    for (state, told) in [("active", 0), ("needs_reconnect", 1), ("revoked", 2)] {
        portal.link_becomes(&cleo, state);
        let browser = portal.browser();
        portal.at_amazon(&browser, "hanako").await;
        let account = browser.visit("/").await.press("Login with Amazon").await;
        assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
        assert_eq!(told_of(&service, &cleo).await, vec![by_player("reconnected"); told], "from {state}");
    }
}

#[tokio::test]
async fn what_is_refused_is_not_told() {
    let portal = Portal::start().await;
    let (_ann, bo, cleo) = (portal.ann().await, portal.bo().await, portal.cleo().await);
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "pat").await;
    let taken = browser.visit("/account").await.press("Link Amazon account").await;
    assert_eq!(taken.code().as_deref(), Some("identity_taken"));
    let last = portal.browser_of(&cleo).visit("/amazon/unlink").await;
    assert_eq!(last.code().as_deref(), Some("last_method"), "{}", last.text());
    assert_eq!(portal.count_all("link_events"), 0);
}

/// One event of a player of its own, taken back where `is_kept` is not. Returns the player.
async fn write(app: &App, number: usize, is_kept: bool) -> Option<String> {
    let player = PlayerId::from(format!("player {number}"));
    let event = NewLinkEvent {
        at: app.clock.now(),
        kind: Kind::ALL[number % Kind::ALL.len()],
        player: player.clone(),
        actor: Actor::System,
        cause: None,
    };
    let written: Result<(), Stop<()>> = app
        .db
        .write_or_refuse(move |conn| {
            link_events::record_event(conn, &event)?;
            if is_kept { Ok(()) } else { Err(Stop::Refused(())) }
        })
        .await;
    assert_eq!(written.is_ok(), is_kept);
    is_kept.then(|| player.to_string())
}

/// Pages through the feed until `written` says that it is complete, with pages of every length.
async fn read_along(service: Service, lengths: Vec<i64>, left: Arc<AtomicUsize>) -> Vec<(i64, String)> {
    let mut read: Vec<(i64, String)> = Vec::new();
    let mut after = None;
    for length in lengths.iter().cycle() {
        let is_complete = left.load(Ordering::SeqCst) == 0;
        let from = after.map(|after: i64| format!("&after={after}")).unwrap_or_default();
        let page = service.get(&format!("/api/v1/link-events?limit={length}{from}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        let events = page.body["events"].as_array().unwrap();
        for event in events {
            let position = event["position"].as_i64().unwrap();
            assert_eq!(position, i64::try_from(read.len()).unwrap() + 1, "no gap, no repeat, in order");
            read.push((position, event["player_id"].as_str().unwrap().to_owned()));
        }
        after = page.body["next"].as_i64();
        assert_eq!(after, i64::try_from(read.len()).ok());
        if is_complete && events.is_empty() {
            break;
        }
    }
    read
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Writers of two copies of the program, some of whose transactions are taken back, and a reader who goes on
    /// from page to page meanwhile.
    #[test]
    fn a_reader_misses_nothing_and_reads_nothing_twice(
        writers in proptest::collection::vec(proptest::collection::vec(proptest::bool::weighted(0.8), 1..25), 2..9),
        lengths in proptest::collection::vec(1_i64..9, 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let portal = Portal::with(|settings| {
                settings.set("DOVETAIL_SERVICE_RATE", "1000000");
            }).await;
            let copies = [Arc::clone(portal.app()), portal.another_copy()];
            let service = portal.service(&["events:read"]).await;
            let left = Arc::new(AtomicUsize::new(writers.len()));
            let reader = tokio::spawn(read_along(service, lengths, Arc::clone(&left)));
            let writing = writers.into_iter().enumerate().map(|(writer, script)| {
                let (app, left) = (Arc::clone(&copies[writer % 2]), Arc::clone(&left));
                tokio::spawn(async move {
                    let mut kept = Vec::new();
                    for (step, is_kept) in script.into_iter().enumerate() {
                        kept.extend(write(&app, writer * 1_000 + step, is_kept).await);
                    }
                    left.fetch_sub(1, Ordering::SeqCst);
                    kept
                })
            });
            let kept: Vec<Vec<String>> =
                join_all(writing).await.into_iter().map(|written| written.unwrap()).collect();
            let read = reader.await.unwrap();
            for own in &kept {
                let in_feed: Vec<&String> =
                    read.iter().map(|(_, player)| player).filter(|player| own.contains(player)).collect();
                assert_eq!(in_feed, own.iter().collect::<Vec<_>>(), "a writer's own events keep their order");
            }
            let kept: BTreeSet<String> = kept.into_iter().flatten().collect();
            assert_eq!(read.len(), kept.len());
            assert_eq!(read.into_iter().map(|(_, player)| player).collect::<BTreeSet<_>>(), kept);
        });
    }
}

#[tokio::test]
async fn the_cursor_of_what_is_no_longer_kept_is_refused() {
    let portal = Portal::start().await;
    let service = portal.service(&["events:read"]).await;
    let read = |query: &'static str| {
        let service = service.clone();
        async move { service.get(&format!("/api/v1/link-events{query}")).await }
    };
    let empty = read("?after=0").await;
    assert_eq!((empty.status, &empty.body["next"]), (200, &0.into()));
    for number in 0..3 {
        write(portal.app(), number, true).await;
    }
    portal.wait(TimeDelta::days(20));
    for number in 3..5 {
        write(portal.app(), number, true).await;
    }
    portal.wait(TimeDelta::days(11));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(
        portal.lines("SELECT player_id AS line FROM link_events ORDER BY position"),
        ["player 3", "player 4"]
    );
    for query in ["?after=0", "?after=2"] {
        let gone = read(query).await;
        assert_eq!((gone.status, gone.code()), (410, "cursor_too_old"), "{query}");
    }
    for (query, events) in [("", 2), ("?after=3", 2), ("?after=4", 1), ("?after=5", 0)] {
        let page = read(query).await;
        assert_eq!(page.body["events"].as_array().unwrap().len(), events, "{query}");
        assert_eq!(page.body["next"], 5, "{query}");
    }
    let ahead = read("?after=6").await;
    assert_eq!((ahead.status, ahead.code()), (422, "cursor_unknown"));

    portal.wait(TimeDelta::days(40));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.count_all("link_events"), 0);
    assert_eq!(read("?after=4").await.status, 410);
    assert_eq!(read("?after=5").await.body["next"], 5);
    assert_eq!(read("").await.body["next"], 5, "and the next event is the sixth");
    write(portal.app(), 5, true).await;
    assert_eq!(read("?after=5").await.body["events"][0]["position"], 6);
}

#[tokio::test]
async fn an_event_says_who_and_nothing_about_them() {
    let portal = Portal::start().await;
    let service = portal.service(&["events:read"]).await;
    let ann = portal.ann().await;
    portal.browser_of(&ann).visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    let page = service.get("/api/v1/link-events").await;
    let event = page.body["events"][0].as_object().unwrap();
    let names: Vec<&str> = event.keys().map(String::as_str).collect();
    assert_eq!(names, ["actor", "at", "cause", "id", "kind", "player_id", "position"]);
    let text = page.body.to_string();
    for personal in ["Ann", "ann@", "amzn1.account", "Pat"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
}

/// A write that fails after the event was recorded leaves no position behind.
#[tokio::test]
async fn a_change_that_is_taken_back_leaves_no_gap() {
    let portal = Portal::start().await;
    let app = portal.app();
    for (number, is_kept) in [true, false, false, true].into_iter().enumerate() {
        write(app, number, is_kept).await;
    }
    let positions = "SELECT CAST(position AS TEXT) AS line FROM link_events ORDER BY position";
    assert_eq!(portal.lines(positions), ["1", "2"]);
    let fault: Result<(), Fault> =
        app.db.write(|_| Err(Fault::broken("testing", "nothing was written"))).await;
    assert!(fault.is_err());
}

/// A restore leaves positions out. Whoever has read all before goes on, and a cursor in between is refused.
#[tokio::test]
async fn a_reader_goes_on_over_what_a_restore_leaves_out() {
    let portal = Portal::start().await;
    let service = portal.service(&["events:read"]).await;
    portal.linked("Bo", "mork").await;
    write(portal.app(), 1, true).await;
    write(portal.app(), 2, true).await;
    let read = async |query: &str| service.get(&format!("/api/v1/link-events?limit=1000{query}")).await;
    let before = read("").await.body["next"].as_i64().unwrap();
    portal.run(
        "UPDATE link_event_counter SET jumped_from = position, jumped_to = position + 5000, position = position + 5000",
    );
    let caught_up = read(&format!("&after={before}")).await;
    assert_eq!((caught_up.status, &caught_up.body["next"]), (200, &serde_json::json!(before + 5000)));
    assert_eq!(read("").await.status, 200);
    write(portal.app(), 3, true).await;
    for after in [before, before + 5000] {
        let page = read(&format!("&after={after}")).await;
        assert_eq!((page.status, &page.body["next"]), (200, &serde_json::json!(before + 5001)), "{after}");
        assert_eq!(page.body["events"].as_array().unwrap().len(), 1);
    }
    assert_eq!(
        read(&format!("&after={}", before + 7)).await.status,
        410,
        "it was given by the lost database"
    );
}
