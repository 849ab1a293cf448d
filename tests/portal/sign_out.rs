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
