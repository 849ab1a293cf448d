//! Answers of browsers and authenticators that the portal refuses, and ceremonies that end early.

use chrono::TimeDelta;
use dovetail::testing::operations::cleanup;

use super::harness::authenticator::{Authenticator, add_passkey, answer_sign_in, begin, sign_in_with};
use super::harness::{Browser, Page, Portal};

const PASSKEYS: &str = "SELECT count(*) AS count FROM passkeys";
const SESSIONS: &str = "SELECT count(*) AS count FROM sessions WHERE signed_in_with = 'passkey'";
const CEREMONIES: &str = "SELECT count(*) AS count FROM passkey_ceremonies";

/// A portal, and Bo's passkey.
async fn with_passkey() -> (Portal, super::harness::Person, Authenticator) {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let key = portal.passkey_of(&portal.browser_of(&bo)).await;
    (portal, bo, key)
}

fn is_refused(portal: &Portal, page: &Page, code: &str) {
    assert_eq!((page.path().as_str(), page.code().as_deref()), ("/sign-in", Some(code)), "{}", page.text());
    assert_eq!(portal.count(SESSIONS), 0);
}

/// The codes in the records of refused sign-ins.
fn recorded(portal: &Portal) -> Vec<String> {
    let details = portal
        .lines("SELECT details AS line FROM audit_events WHERE kind = 'player.session.refused' ORDER BY id");
    let code = |details: &String| {
        let details: serde_json::Value = serde_json::from_str(details).unwrap();
        details["code"].as_str().unwrap_or_default().to_owned()
    };
    details.iter().map(code).collect()
}

#[tokio::test]
async fn a_page_of_another_origin_signs_nobody_in() {
    let (portal, bo, mut key) = with_passkey().await;
    for origin in ["https://elsewhere.example", "http://localhost", "https://localhost.evil.example"] {
        key.origin = origin.to_owned();
        is_refused(&portal, &sign_in_with(&portal.browser(), &mut key).await, "passkey_refused");
    }
    key.origin = portal.url().to_owned();
    key.rp_id = "elsewhere.example".to_owned();
    is_refused(&portal, &sign_in_with(&portal.browser(), &mut key).await, "passkey_refused");
    assert_eq!(recorded(&portal), ["wrong_origin"; 4]);
    let activity = portal.browser_of(&bo).visit("/account/activity").await.text();
    assert!(activity.contains("A sign-in was refused"), "{activity}");
    portal.verify().await;
}

#[tokio::test]
async fn a_new_passkey_of_another_origin_is_refused() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut key = Authenticator::of(&portal);
    key.origin = "https://elsewhere.example".to_owned();
    let refused = add_passkey(&portal.browser_of(&bo), &mut key, "phone").await;
    assert_eq!((refused.status, refused.code().as_deref()), (422, Some("passkey_not_added")));
    assert_eq!((portal.count(PASSKEYS), portal.count(CEREMONIES)), (0, 0));
}

#[tokio::test]
async fn an_answer_is_used_once() {
    let (portal, _, mut key) = with_passkey().await;
    let (browser, other) = (portal.browser(), portal.browser());
    let page = browser.visit("/sign-in").await;
    let asked = begin(&page, "/sign-in/passkey/begin").await;
    let answer = key.get(&asked.options);
    let stolen = other.visit("/sign-in").await;
    is_refused(&portal, &answer_sign_in(&stolen, &asked.ceremony, &answer).await, "passkey_too_late");
    assert_eq!(answer_sign_in(&page, &asked.ceremony, &answer).await.path(), "/account");
    browser.visit("/account").await.press("Sign out").await;
    let page = browser.visit("/sign-in").await;
    let again = answer_sign_in(&page, &asked.ceremony, &answer).await;
    assert_eq!(again.code().as_deref(), Some("passkey_too_late"), "a replayed answer");
    let fresh = begin(&page, "/sign-in/passkey/begin").await;
    let again = answer_sign_in(&page, &fresh.ceremony, &answer).await;
    assert_eq!(again.code().as_deref(), Some("passkey_refused"), "an answer to another challenge");
    assert_eq!(portal.count(SESSIONS), 0);
    assert_eq!(recorded(&portal), ["ceremony_over", "ceremony_over", "wrong_challenge"]);
    portal.verify().await;
}

#[tokio::test]
async fn of_many_equal_answers_one_signs_in() {
    let (portal, _, mut key) = with_passkey().await;
    let page = portal.browser().visit("/sign-in").await;
    let asked = begin(&page, "/sign-in/passkey/begin").await;
    let answer = key.get(&asked.options);
    let sent = (0..6).map(|_| answer_sign_in(&page, &asked.ceremony, &answer));
    futures_util::future::join_all(sent).await;
    let started = "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.session.started'";
    assert_eq!((portal.count(started), portal.count(CEREMONIES)), (1, 0));
    portal.verify().await;
}

#[tokio::test]
async fn a_ceremony_holds_for_five_minutes() {
    let (portal, _, mut key) = with_passkey().await;
    let page = portal.browser().visit("/sign-in").await;
    let asked = begin(&page, "/sign-in/passkey/begin").await;
    portal.wait(TimeDelta::minutes(5));
    let answer = key.get(&asked.options);
    is_refused(&portal, &answer_sign_in(&page, &asked.ceremony, &answer).await, "passkey_too_late");
}

#[tokio::test]
async fn user_verification_is_required() {
    let (portal, bo, mut key) = with_passkey().await;
    key.verifies_its_user = false;
    is_refused(&portal, &sign_in_with(&portal.browser(), &mut key).await, "passkey_refused");
    let mut unverified = Authenticator::of(&portal);
    unverified.verifies_its_user = false;
    let refused = add_passkey(&portal.browser_of(&bo), &mut unverified, "key").await;
    assert_eq!((refused.status, portal.count(PASSKEYS)), (422, 1));
}

#[tokio::test]
async fn flags_of_the_backup_are_judged_as_the_specification_says() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let mut impossible = Authenticator::of(&portal);
    impossible.is_backed_up = true;
    let refused = add_passkey(&browser, &mut impossible, "key").await;
    assert_eq!((refused.status, portal.count(PASSKEYS)), (422, 0), "a backup that may not be made");
    let mut key = Authenticator::of(&portal);
    key.is_backup_eligible = true;
    add_passkey(&browser, &mut key, "key").await;
    key.is_backed_up = true;
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account");
    let list = browser.visit("/account/passkeys").await.text();
    assert!(list.contains("Your password manager keeps a copy"), "{list}");
    key.is_backup_eligible = false;
    key.is_backed_up = false;
    let refused = sign_in_with(&portal.browser(), &mut key).await;
    assert_eq!(refused.code().as_deref(), Some("passkey_refused"), "eligibility never changes");
    assert_eq!(recorded(&portal), ["wrong_backup_flags"]);
}

#[tokio::test]
async fn a_counter_that_goes_back_is_a_warning() {
    let (portal, bo, mut key) = with_passkey().await;
    key.counter = 7;
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account");
    portal.run("DELETE FROM sessions");
    for counter in [7, 3] {
        key.counter = counter - 1;
        let refused = sign_in_with(&portal.browser(), &mut key).await;
        is_refused(&portal, &refused, "passkey_may_be_copied");
    }
    let warned = "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.passkey.copy_suspected'";
    assert_eq!(portal.count(warned), 2);
    let mail = portal.mail_to(bo.email());
    assert_eq!(mail.kind, "passkey-copy-suspected");
    assert!(mail.text.contains("phone"), "{mail:?}");
    let activity = portal.browser_of(&bo).visit("/account/activity").await.text();
    assert!(activity.contains("there may be a copy of your passkey"), "{activity}");
    key.counter = 8;
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account", "the first one goes on");
    portal.verify().await;
}

#[tokio::test]
async fn an_authenticator_without_counter_is_no_warning() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut key = Authenticator::of(&portal);
    key.has_counter = false;
    add_passkey(&portal.browser_of(&bo), &mut key, "key").await;
    for _ in 0..2 {
        assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account");
    }
}

#[tokio::test]
async fn an_answer_names_the_owner_of_the_passkey() {
    let (portal, _, mut key) = with_passkey().await;
    let ann = portal.ann().await;
    let other = portal.passkey_of(&portal.browser_of(&ann)).await;
    let own = key.user_handle.clone();
    for handle in [None, Some(Vec::new()), other.user_handle.clone(), Some(vec![7; 16]), Some(vec![1])] {
        key.user_handle = handle;
        is_refused(&portal, &sign_in_with(&portal.browser(), &mut key).await, "passkey_unknown");
    }
    key.user_handle = own;
    key.credential_id = other.credential_id.clone();
    is_refused(&portal, &sign_in_with(&portal.browser(), &mut key).await, "passkey_unknown");
}

#[tokio::test]
async fn what_is_no_answer_is_refused() {
    let (portal, _, mut key) = with_passkey().await;
    let browser = portal.browser();
    for garbage in ["x", "{}", "[]", r#"{"id":"a","rawId":"a","type":"public-key","response":{}}"#] {
        let page = browser.visit("/sign-in").await;
        let asked = begin(&page, "/sign-in/passkey/begin").await;
        is_refused(&portal, &answer_sign_in(&page, &asked.ceremony, garbage).await, "passkey_refused");
        let answer = key.get(&asked.options);
        let again = answer_sign_in(&page, &asked.ceremony, &answer).await;
        is_refused(&portal, &again, "passkey_too_late");
    }
    let page = browser.visit("/sign-in").await;
    for ceremony in ["", "x y", &"a".repeat(100)] {
        is_refused(&portal, &answer_sign_in(&page, ceremony, "{}").await, "passkey_too_late");
    }
}

#[tokio::test]
async fn a_disabled_player_is_not_let_in() {
    let (portal, bo, mut key) = with_passkey().await;
    portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", bo.id));
    is_refused(&portal, &sign_in_with(&portal.browser(), &mut key).await, "passkey_refused");
}

/// What ends the ceremony of a session, and what is left.
async fn ends_adding(act: impl AsyncFn(&Portal, &super::harness::Person, &Browser)) {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/passkeys/add").await;
    let asked = begin(&page, "/account/passkeys/begin").await;
    act(&portal, &bo, &browser).await;
    assert_eq!(portal.count(CEREMONIES), 0);
    let credential = Authenticator::of(&portal).create(&asked.options);
    let filled = page.fill("name", "phone").fill("ceremony", &asked.ceremony).fill("credential", &credential);
    filled.press("Create passkey").await;
    assert_eq!(portal.count(PASSKEYS), 0);
    portal.verify().await;
}

#[tokio::test]
async fn signing_out_ends_what_was_begun() {
    ends_adding(async |_, _, browser| {
        browser.visit("/account").await.press("Sign out").await;
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_elsewhere_ends_what_was_begun() {
    ends_adding(async |portal, bo, _| {
        portal.browser_of(bo).visit("/account/security").await.press("Sign out everywhere").await;
    })
    .await;
}

#[tokio::test]
async fn a_reset_ends_what_was_begun() {
    ends_adding(async |portal, bo, _| {
        let asked = portal.browser().visit("/forgot-password").await;
        asked.fill("identifier", bo.email()).press("Send link").await;
        let link = portal.mail_to(bo.email()).link();
        let reset = portal.browser().visit(&link).await;
        reset.fill("new_password", "nine orange herons").press("Save password").await;
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_ends_what_a_visitor_began() {
    let (portal, bo, mut key) = with_passkey().await;
    let browser = portal.browser();
    let page = browser.visit("/sign-in").await;
    let asked = begin(&page, "/sign-in/passkey/begin").await;
    let form = page.fill("identifier", bo.email()).fill("password", bo.password());
    assert_eq!(form.press("Sign in").await.path(), "/account");
    assert_eq!(portal.count(CEREMONIES), 0);
    let answer = key.get(&asked.options);
    browser.visit("/account").await.press("Sign out").await;
    let page = browser.visit("/sign-in").await;
    is_refused(&portal, &answer_sign_in(&page, &asked.ceremony, &answer).await, "passkey_too_late");
}

#[tokio::test]
async fn a_browser_has_a_few_ceremonies_at_most_and_old_ones_are_swept() {
    let portal = Portal::start().await;
    let page = portal.browser().visit("/sign-in").await;
    for _ in 0..12 {
        begin(&page, "/sign-in/passkey/begin").await;
    }
    assert_eq!(portal.count(CEREMONIES), 8);
    portal.wait(TimeDelta::minutes(6));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.count(CEREMONIES), 0);
}
