//! Passkeys in real Chromium, with its virtual authenticator.

use std::time::Duration;

use fantoccini::Locator;
use tokio::time::{sleep, timeout};

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scripts, Window};

/// Longer than any ceremony takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for a path, to which a script leads.
async fn gets_to(visitor: &Visitor<'_>, path: &str) {
    let there = async {
        while visitor.path().await != path {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let is_there = timeout(PATIENCE, there).await.is_ok();
    assert!(is_there, "at {}, not {path}: {}", visitor.path().await, visitor.text().await);
}

async fn shown(visitor: &Visitor<'_>, word: &str) -> bool {
    let sentence = format!("[data-says={word}]");
    let found = visitor.browser.find(Locator::Css(&sentence)).await.expect("a sentence");
    found.is_displayed().await.unwrap()
}

/// Adds a passkey of this name in a browser with fresh proof.
async fn adds(visitor: &Visitor<'_>, name: &str) {
    visitor.visit("/account/passkeys/add").await;
    assert!(!shown(visitor, "needs").await, "scripts run here");
    visitor.fill("name", name).await;
    visitor.press("Create passkey").await;
    visitor.is_at("/account/passkeys", Some("passkey_added")).await;
}

#[tokio::test]
async fn a_passkey_is_added_used_and_removed() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.browser.has_authenticator().await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    adds(&visitor, "Laptop").await;
    assert!(visitor.text().await.contains("Laptop"), "{}", visitor.text().await);
    visitor.press("Sign out").await;
    visitor.visit("/sign-in").await;
    presses_or_is_offered(&visitor).await;
    gets_to(&visitor, "/account").await;
    visitor.visit("/account/security").await;
    assert!(visitor.text().await.contains("With a passkey"), "{}", visitor.text().await);
    visitor.visit("/account/passkeys").await;
    visitor.press("Remove").await;
    visitor.is_at("/account/passkeys", Some("passkey_removed")).await;
    assert_eq!(visitor.complaints().await, Vec::<String>::new());
    portal.verify().await;
}

/// Chromium's virtual authenticator may answer the autofill at once; otherwise the button is pressed.
async fn presses_or_is_offered(visitor: &Visitor<'_>) {
    let button = Locator::XPath("//button[normalize-space()='Sign in with a passkey']");
    if let Ok(button) = visitor.browser.find(button).await {
        let _ = button.click().await;
    }
}

#[tokio::test]
async fn a_device_that_has_one_is_told_so() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.browser.has_authenticator().await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    adds(&visitor, "Laptop").await;
    visitor.visit("/account/passkeys/add").await;
    let button = Locator::XPath("//button[normalize-space()='Create passkey']");
    visitor.browser.find(button).await.unwrap().click().await.unwrap();
    let told = async {
        while !shown(&visitor, "already").await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("nothing is said"));
    assert_eq!(portal.count("SELECT count(*) AS count FROM passkeys"), 1);
}

#[tokio::test]
async fn a_passkey_proves_who_is_there() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.browser.has_authenticator().await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    adds(&visitor, "Laptop").await;
    portal.wait(chrono::TimeDelta::hours(1));
    visitor.visit("/account/email").await;
    visitor.is_at("/account/confirm-identity", None).await;
    visitor.press("Confirm with a passkey").await;
    gets_to(&visitor, "/account/email").await;
}

#[tokio::test]
async fn without_scripts_the_pages_stand_and_offer_the_rest() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window { scripts: Scripts::Off, ..Window::default() }).await;
    visitor.visit("/sign-in").await;
    assert!(shown(&visitor, "needs").await);
    visitor.press("Sign in with a passkey").await;
    visitor.is_at("/sign-in", Some("passkey_needs_script")).await;
    visitor.fill("identifier", bo.email()).await;
    visitor.fill("password", bo.password()).await;
    visitor.press("Sign in").await;
    visitor.is_at("/account", None).await;
    visitor.visit("/account/passkeys/add").await;
    assert!(shown(&visitor, "needs").await);
    visitor.press("Create passkey").await;
    visitor.is_at("/account/passkeys/add", Some("passkey_needs_script")).await;
}

/// Nothing is pressed: the page asks, and Chromium's virtual authenticator takes the offer of the autofill.
#[tokio::test]
async fn autofill_offers_the_passkey() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.browser.has_authenticator().await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    adds(&visitor, "Laptop").await;
    visitor.press("Sign out").await;
    visitor.visit("/sign-in").await;
    gets_to(&visitor, "/account").await;
    portal.verify().await;
}
