//! A player's own history: each step once, what staff did included, and nobody else's (S127).

use chrono::TimeDelta;
use dovetail::testing::audit::{self, Actor, AuditEvent, Kind};
use serde_json::json;

use super::harness::{Agent, Browser, Page, Person, Portal};

const PAGE: &str = "/account/activity";

/// The sentences of a page, newest first.
fn sentences(page: &Page) -> Vec<String> {
    page.texts_of(".history li strong")
}

async fn lines(browser: &Browser, show: &str) -> Vec<String> {
    browser.visit(&format!("{PAGE}?show={show}")).await.texts_of(".history li .what")
}

/// Makes records of one moment after another.
async fn happens(portal: &Portal, person: &Person, events: impl IntoIterator<Item = AuditEvent>) {
    for event in events {
        portal.wait(TimeDelta::milliseconds(1));
        let event = AuditEvent { at: portal.clock.now(), ..event }.on(&person.id.clone().into());
        portal.app().db.write(move |conn| Ok(audit::append_event(conn, &event)?)).await.unwrap();
    }
}

/// What a member of staff did from the studio's own network, with a reason in their own words.
fn by_support(portal: &Portal, agent: &Agent, kind: Kind) -> AuditEvent {
    AuditEvent::new(portal.clock.now(), kind, Actor::Support, "R")
        .by(&agent.id.clone().into())
        .from("203.0.113.0/24")
        .because("ticket 4711")
}

async fn signs_in(portal: &Portal, person: &Person, password: &str) -> Page {
    let form = portal.browser().visit("/sign-in").await.fill("identifier", person.email());
    form.fill("password", password).press("Sign in").await
}

#[tokio::test]
async fn each_step_of_a_player_stands_there_once() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for _ in 0..3 {
        signs_in(&portal, &bo, "not the password").await;
    }
    let account = signs_in(&portal, &bo, bo.password()).await;
    let browser = account.browser();
    let confirm = account.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
    confirm.press("Link this account").await;
    let form = browser.visit("/account/password").await.fill("current_password", bo.password());
    form.fill("new_password", "nine purple umbrellas").press("Save password").await;
    portal.link_becomes(&bo, "needs_reconnect");
    browser.visit("/amazon/replace").await.press("Link a different account").await;
    browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    browser.visit("/account/security").await.press("Sign out").await;

    let own = portal.browser_of(&bo);
    let page = own.visit(PAGE).await;
    assert_eq!(
        sentences(&page),
        [
            "You signed out",
            "You unlinked your Amazon account",
            "The link to Amazon works again",
            "You changed your password",
            "An Amazon account was linked",
            "You signed in",
            "A sign-in was refused",
        ]
    );
    let sign_ins = lines(&own, "sign_ins").await;
    assert_eq!(sign_ins.len(), 3);
    assert!(
        sign_ins[1].contains("With password") && sign_ins[1].contains("Network 127.0.0.0/24"),
        "{sign_ins:?}"
    );
    assert!(sign_ins[2].ends_with("3 times that day"), "{sign_ins:?}");
    assert_eq!((lines(&own, "amazon").await.len(), lines(&own, "account").await.len()), (3, 1));
    let none = own.visit("/account/activity?show=support").await;
    assert!(none.text().contains("Nothing like this has happened yet."), "{}", none.text());
    assert_eq!(sentences(&own.visit("/account/activity?show=nonsense").await), sentences(&page));
}

#[tokio::test]
async fn another_players_history_is_never_shown() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    signs_in(&portal, &ann, ann.password()).await;
    signs_in(&portal, &ann, "not the password").await;
    let last = portal.lines("SELECT max(id) AS line FROM audit_events").remove(0);
    portal.wait(TimeDelta::days(1));
    signs_in(&portal, &bo, bo.password()).await;
    let bos = portal.browser_of(&bo);
    for query in [
        String::new(),
        format!("?player={}", ann.id),
        format!("?id={}&person={}", ann.id, ann.id),
        format!("?show=sign_ins&player_id={}", ann.id),
    ] {
        let page = bos.visit(&format!("{PAGE}{query}")).await;
        assert_eq!(sentences(&page), ["You signed in"], "{query}");
    }
    // A record of somebody else's says when to go on, and nothing else.
    assert_eq!(sentences(&bos.visit(&format!("{PAGE}?before={last}")).await), [""; 0]);
    let odd = bos.visit(&format!("{PAGE}?before=%00%27%20OR%201=1--")).await;
    assert_eq!(odd.status, 200);
    assert_eq!(
        portal.browser().get(PAGE).await.location(),
        Some("/sign-in?next=%2Faccount%2Factivity".into())
    );
    let form = portal.browser().visit(PAGE).await.fill("identifier", bo.email());
    assert_eq!(form.fill("password", bo.password()).press("Sign in").await.path(), PAGE, "and back here");
}

#[tokio::test]
async fn what_support_did_is_there_without_who_and_why() {
    let portal = Portal::start().await;
    let (bo, sam) = (portal.bo().await, portal.agent("sam", "lead").await);
    let kinds = Kind::ALL.iter().filter(|kind| {
        let word = kind.as_str();
        let by_staff = ["staff.player.", "staff.note.", "staff.link.", "staff.sessions.", "staff.reset."];
        **kind == Kind::LinkRemoved || by_staff.iter().any(|start| word.starts_with(start))
    });
    let events: Vec<AuditEvent> = kinds.map(|kind| by_support(&portal, &sam, *kind)).collect();
    assert!(events.len() >= 9, "{events:?}");
    let expected = events.len();
    happens(&portal, &bo, events).await;
    let own = portal.browser_of(&bo);
    let page = own.visit(PAGE).await;
    let said = sentences(&page);
    assert_eq!(said.len(), expected, "{said:?}");
    assert!(said.iter().all(|sentence| sentence.starts_with("Our support team ")), "{said:?}");
    assert_eq!(page.texts_of(".history li .tag").len(), expected);
    for secret in ["sam", sam.id.as_str(), "203.0.113", "4711"] {
        assert!(!page.html.contains(secret), "{secret}");
    }
    assert_eq!(sentences(&own.visit("/account/activity?show=support").await), said);
    assert_eq!(lines(&own, "amazon").await, ["Our support team unlinked your Amazon account"]);
}

/// A look at the record of one player is a look at that player, and several of a day are one line.
#[tokio::test]
async fn looks_of_support_fold_by_day() {
    let portal = Portal::start().await;
    let (ann, bo, lee) = (portal.ann().await, portal.bo().await, portal.agent("lee", "lead").await);
    signs_in(&portal, &bo, bo.password()).await;
    let desk = portal.desk_of(&lee);
    for _ in 0..3 {
        desk.visit(&format!("/support/audit?player={}", bo.id)).await;
    }
    desk.visit("/support/audit").await;
    desk.visit(&format!("/support/audit?player={}&kind=player.session.refused", ann.id)).await;
    desk.visit("/support/audit?player=nobody").await;
    portal.wait(TimeDelta::days(1));
    let desk = portal.desk_of(&lee);
    desk.visit(&format!("/support/audit?player={}", bo.id)).await.press("Export as CSV").await;

    let own = portal.browser_of(&bo);
    assert_eq!(
        lines(&own, "support").await,
        [
            "Our support team exported the history of your account",
            "Our support team read the history of your account",
            "Our support team read the history of your account 3 times that day",
        ]
    );
    assert_eq!(lines(&portal.browser_of(&ann), "support").await, [""; 0], "nothing of hers was found");
    assert_eq!(portal.count("SELECT count(*) AS count FROM audit_keys WHERE player_id = 'nobody'"), 0);
}

#[tokio::test]
async fn it_goes_on_page_by_page_and_ends() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let steps = (0..60).map(|number| {
        let kind = if number % 2 == 0 { Kind::ProfileChanged } else { Kind::PlayerSignedOut };
        AuditEvent::new(portal.clock.now(), kind, Actor::Player, &format!("R{number}"))
    });
    happens(&portal, &bo, steps).await;
    // More of one day than is read for one page, in one line.
    portal.wait(TimeDelta::days(1));
    let game = json!({ "with": "device", "door": "game" });
    let start = AuditEvent::new(portal.clock.now(), Kind::PlayerSignedIn, Actor::Player, "G").with(game);
    happens(&portal, &bo, vec![start; 160]).await;

    let own = portal.browser_of(&bo);
    let mut page = own.visit(PAGE).await;
    assert_eq!(
        page.texts_of(".history li .what"),
        ["You signed in With a device · Game · 150 times that day"]
    );
    let mut seen = Vec::new();
    while page.links().contains(&"Older".to_owned()) {
        page = page.click("Older").await;
        seen.push(sentences(&page).len());
    }
    assert_eq!(seen, [25, 25, 11]);
    assert_eq!(page.click("Newest").await.path(), PAGE);
}

/// S130: once the key is gone the page tells what happened, and not from where.
#[tokio::test]
async fn it_stands_when_what_is_personal_is_forgotten() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    signs_in(&portal, &bo, bo.password()).await;
    let (player, now) = (bo.id.clone().into(), portal.clock.now());
    portal.app().db.write(move |conn| audit::destroy_player_key(conn, &player, now)).await.unwrap();
    let own = portal.browser_of(&bo);
    assert_eq!(lines(&own, "").await, ["You signed in With password"]);
}

/// The session is one question to the database, the history the other.
#[tokio::test]
async fn a_page_is_two_questions() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    signs_in(&portal, &bo, bo.password()).await;
    let own = portal.browser_of(&bo);
    let asked = |door: &str| {
        let series = format!("dovetail_db_wait_seconds_count{{door=\"{door}\"}} ");
        let metrics = portal.app().metrics.text();
        let line = metrics.lines().find_map(|line| line.strip_prefix(&series));
        line.map_or(0, |count| count.parse::<u64>().unwrap())
    };
    let before = (asked("read"), asked("write"));
    own.visit(PAGE).await;
    assert_eq!((asked("read") - before.0, asked("write") - before.1), (2, 0));
}

#[tokio::test]
async fn who_sees_something_strange_finds_a_way_on() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_SUPPORT_URL", "https://help.example.com/");
    })
    .await;
    let (bo, cleo) = (portal.bo().await, portal.cleo().await);
    let elsewhere = portal.browser_of(&bo);
    let page = portal.browser_of(&bo).visit("/account/security").await.click("Show activity").await;
    assert_eq!(page.path(), PAGE);
    assert!(page.links().contains(&"Ask our support team".into()), "{:?}", page.links());
    assert_eq!(page.click("Change password").await.path(), "/account/password");
    let done = page.press("Sign out everywhere").await;
    assert_eq!(done.code(), Some("signed_out_everywhere".into()), "{}", done.text());
    assert_eq!(elsewhere.get(PAGE).await.status, 303);
    let cleos = portal.browser_of(&cleo).visit(PAGE).await;
    assert!(cleos.links().contains(&"Set a password".into()), "{:?}", cleos.links());
}
