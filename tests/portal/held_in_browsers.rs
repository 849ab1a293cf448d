//! A verb of a browser that is held open while its session ends writes nothing: in the queue of the password hasher,
//! and at Amazon.

use std::time::Duration;

use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};
use dovetail::testing::platform::password::{Password, place_of_hash};

use super::harness::portal::Settings;
use super::harness::renewals::until;
use super::harness::{Browser, Page, Person, Portal};

const NEW: &str = "nine brown kettles on ice";

/// How the session of a browser ends.
#[derive(Clone, Copy, Debug)]
enum Act {
    SignOut,
    EndedFromAnotherBrowser,
    SignOutEverywhere,
    SupportEndsSessions,
    SupportDisables,
}

const ACTS: [Act; 5] = [
    Act::SignOut,
    Act::EndedFromAnotherBrowser,
    Act::SignOutEverywhere,
    Act::SupportEndsSessions,
    Act::SupportDisables,
];

impl Act {
    /// A page from which one press does it, opened before, so that it takes one request.
    async fn prepared(self, portal: &Portal, person: &Person, tab: &Browser) -> (Page, &'static str) {
        match self {
            Self::SignOut => (tab.visit("/account").await, "Sign out"),
            Self::EndedFromAnotherBrowser => {
                (portal.browser_of(person).visit("/account/security").await, "End session")
            }
            Self::SignOutEverywhere => {
                (portal.browser_of(person).visit("/account/security").await, "Sign out everywhere")
            }
            Self::SupportEndsSessions => (at_the_desk(portal, person).await, "End sessions"),
            Self::SupportDisables => (at_the_desk(portal, person).await, "Disable account"),
        }
    }
}

async fn at_the_desk(portal: &Portal, person: &Person) -> Page {
    let lee = portal.agent("lee", "lead").await;
    let page = portal.desk_of(&lee).visit(&format!("/support/players/{}", person.id)).await;
    page.fill("reason", "ticket 4711")
}

/// A hash takes long, and one is made at once.
fn with_slow_hashes(settings: &mut Settings) {
    settings
        .set("DOVETAIL_ARGON2_MEMORY_KIB", "65536")
        .set("DOVETAIL_ARGON2_PASSES", "10")
        .set("DOVETAIL_HASH_PERMITS", "1")
        .set("DOVETAIL_HASH_WAIT", "30s");
}

/// Takes the hasher's permit for a few hashes.
fn keep_the_hasher_busy(portal: &Portal) {
    for _ in 0..3 {
        let app = std::sync::Arc::clone(portal.app());
        tokio::spawn(async move {
            let password = Password::as_typed(&NEW.into()).unwrap();
            assert!(app.passwords.hash(password, place_of_hash("players", "x", "x")).await.is_ok());
        });
    }
}

/// Presses `button` and holds it until `is_held`; ends its session; and finds nothing written afterwards.
async fn assert_nothing_is_written(
    portal: &Portal,
    person: &Person,
    act: (Page, &'static str),
    held: (Page, &'static str),
    is_held: impl FnMut() -> bool,
    what: &str,
) {
    let verb = tokio::spawn(async move { held.0.press_only(held.1).await });
    until("the verb", is_held).await;
    let done = act.0.press(act.1).await;
    assert!(done.status == 200, "{what}: {}", done.text());
    let after_the_act = portal.belongings_of(person);
    let links = portal.count_all("amazon_links");
    assert!(!verb.is_finished(), "{what}: it was not held");
    let answer = verb.await.unwrap();
    assert!(answer.status < 500, "{what}: {}", answer.text());
    assert_eq!(portal.belongings_of(person), after_the_act, "{what}");
    assert_eq!(portal.count_all("amazon_links"), links, "{what}");
    assert_eq!(portal.count_all("link_attempts"), 0, "{what}");
}

#[tokio::test]
async fn a_password_in_the_queue_of_the_hasher() {
    for act in ACTS {
        for path in ["/account/password", "/account/confirm-identity"] {
            let portal = Portal::with(with_slow_hashes).await;
            let bo = portal.bo().await;
            let browser = portal.browser_of(&bo);
            let page = browser.visit(path).await;
            let held = if path == "/account/password" {
                let form = page.fill("current_password", bo.password()).fill("new_password", NEW);
                (form, "Save password")
            } else {
                (page.fill("password", bo.password()), "Confirm")
            };
            let prepared = act.prepared(&portal, &bo, &browser).await;
            keep_the_hasher_busy(&portal);
            let counted =
                || portal.count("SELECT count(*) AS count FROM throttles WHERE id LIKE 'guess %'") > 0;
            assert_nothing_is_written(&portal, &bo, prepared, held, counted, &format!("{act:?} {path}"))
                .await;
        }
    }
}

#[tokio::test]
async fn a_return_from_amazon() {
    for act in ACTS {
        for (path, button, customer) in [
            ("/account", "Link Amazon account", "mork"),
            ("/amazon/replace", "Link a different account", "pat"),
            ("/account/confirm-identity", "Confirm with Amazon", "pat"),
        ] {
            let portal = Portal::start().await;
            let person = if path == "/account" { portal.bo().await } else { portal.ann().await };
            let browser = portal.browser_of(&person);
            portal.at_amazon(&browser, customer).await;
            let callback = browser.visit(path).await.press_to_callback(button).await;
            let prepared = act.prepared(&portal, &person, &browser).await;
            let slow = SimulatedFault::Slow(Duration::from_millis(1500));
            portal.amazon.simulator.set_fault_times(SimulatedCall::Profile, slow, 1);
            let tab = browser.second_tab();
            let verb = tokio::spawn(async move { tab.get(&callback).await });
            until("a call to Amazon", || portal.amazon.calls(SimulatedCall::Profile) == 1).await;
            let done = prepared.0.press(prepared.1).await;
            let what = format!("{act:?} {path}");
            assert_eq!(done.status, 200, "{what}: {}", done.text());
            let after_the_act = portal.belongings_of(&person);
            assert!(!verb.is_finished(), "{what}: it was not held");
            let answer = verb.await.unwrap();
            assert!(answer.status < 500, "{what}: {}", answer.text());
            assert_eq!(portal.belongings_of(&person), after_the_act, "{what}");
            assert_eq!(portal.count_all("link_attempts"), 0, "{what}");
        }
    }
}

/// A request that read its session just before the reset, and writes just after it.
#[tokio::test]
async fn an_ended_session_ends_no_other_and_changes_nothing() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let device = portal.device_of(&ann);
    for round in 0..20 {
        let (mine, theirs) = (portal.browser_of(&ann), portal.browser_of(&ann));
        let security = mine.visit("/account/security").await;
        let csrf = theirs.visit("/account").await.csrf();
        let form = [("csrf", csrf.as_str()), ("device", &device)];
        let everywhere = security.press_only("Sign out everywhere");
        let path = if round % 2 == 0 { "/account/security/sign-out-everywhere" } else { "/account/devices" };
        let (mine_done, theirs_done) = tokio::join!(everywhere, theirs.post(path, &form));
        assert_eq!(mine_done.status, 303, "{}", mine_done.text());
        assert!(theirs_done.status < 500, "{}", theirs_done.text());
        // Whichever came first, one session is left at least: two that end each other leave nobody.
        assert!(portal.count_of("sessions", &ann) >= 1, "{round}");
        portal.run("DELETE FROM sessions");
        portal.run("UPDATE devices SET switched_off_at = NULL");
    }
}
