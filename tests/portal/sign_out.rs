//! Getting out.

use super::harness::Portal;

#[tokio::test]
async fn who_signs_out_is_out_and_a_copied_cookie_with_them() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let copied = browser.cookie("session").unwrap();
    let answer = browser.visit("/account").await.press_only("Sign out").await;
    assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/")));
    assert_eq!(answer.header("clear-site-data").as_deref(), Some("\"cache\""));
    let page = answer.follow().await;
    assert_eq!((page.status, page.code().as_deref()), (200, Some("signed_out")));
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(portal.count("SELECT count(*) AS count FROM sessions"), 0);
    let thief = portal.browser();
    thief.plant("session", &copied);
    assert_eq!(thief.get("/account").await.location().as_deref(), Some("/sign-in"));
}

#[tokio::test]
async fn signing_out_ends_one_session_only() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (here, there) = (portal.browser_of(&bo), portal.browser_of(&bo));
    here.visit("/account").await.press("Sign out").await;
    assert_eq!(there.get("/account").await.status, 200);
}

#[tokio::test]
async fn who_is_out_already_is_sent_home() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let token = browser.visit("/sign-in").await.csrf();
    let answer = browser.post("/sign-out", &[("csrf", &token)]).await;
    assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/")));
}

#[tokio::test]
async fn a_second_tab_that_signs_out_again_gets_a_way_on() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let (one, other) = (browser.visit("/account").await, browser.second_tab().visit("/account").await);
    one.press("Sign out").await;
    let page = other.press("Sign out").await;
    assert_eq!((page.status, page.code().as_deref()), (403, Some("csrf")));
    assert_eq!(page.click("Continue").await.path(), "/sign-in");
}

/// The session may end between its read and the write that begins the way to Amazon.
#[tokio::test]
async fn who_signs_out_while_a_way_to_amazon_begins_gets_the_sign_in_page() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    for path in ["/amazon/link", "/amazon/replace", "/amazon/confirm-identity"] {
        for _ in 0..10 {
            let browser = portal.browser_of(&ann);
            let csrf = browser.visit("/account").await.csrf();
            let form = [("csrf", csrf.as_str())];
            let tab = browser.second_tab();
            let (begun, out) = tokio::join!(browser.post(path, &form), tab.post("/sign-out", &form));
            assert_eq!(out.status, 303, "{path}: {}", out.text());
            let location = begun.location().unwrap_or_default();
            let is_unknown = begun.status == 403 && begun.code().as_deref() == Some("csrf");
            let is_expected = location.contains("/ap/oa") || location == "/sign-in" || is_unknown;
            assert!(is_expected, "{path}: {} {location}: {}", begun.status, begun.text());
        }
    }
    assert_eq!(portal.count_all("link_attempts"), 0);
}
