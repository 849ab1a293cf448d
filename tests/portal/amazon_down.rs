//! Amazon's bad day is a notice and not ours (S86): the circuit opens, pages say so, passwords work, and one call
//! is enough to find out that all is well again.

use chrono::TimeDelta;
use dovetail::testing::lwa::CircuitBreaker;
use dovetail::testing::lwa::simulator::SimulatedCall;

use super::harness::{Browser, Page, Portal};

const NOTICE: &str = ".notice.info[data-code=amazon_unavailable]";

async fn trip(browser: &Browser) -> Page {
    browser.visit("/sign-in").await.press("Login with Amazon").await
}

/// A portal whose Amazon has just answered ten visitors with 500.
async fn after_ten_failures() -> Portal {
    let portal = Portal::start().await;
    portal.amazon.is_broken(SimulatedCall::Exchange);
    for _ in 0..10 {
        assert_eq!(portal.app().lwa.circuit(), CircuitBreaker::Closed);
        trip(&visitor(&portal).await).await;
    }
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 10);
    portal
}

async fn visitor(portal: &Portal) -> Browser {
    let browser = portal.browser();
    portal.at_amazon(&browser, "mork").await;
    browser
}

#[tokio::test]
async fn after_ten_failures_nobody_waits_for_amazon() {
    let portal = after_ten_failures().await;
    assert!(matches!(portal.app().lwa.circuit(), CircuitBreaker::Open { .. }));
    let page = trip(&visitor(&portal).await).await;
    assert_eq!((page.status, page.code().as_deref()), (503, Some("amazon_unavailable")));
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 10, "it was not asked");
    assert_eq!(portal.count_all("link_attempts"), 0, "the attempt is spent");
}

#[tokio::test]
async fn pages_that_lead_to_amazon_say_so_and_no_others() {
    let portal = after_ten_failures().await;
    let asked = portal.amazon.simulator.recorded_calls().len();
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let (visitor, anns, bos) = (portal.browser(), portal.stale_browser_of(&ann), portal.browser_of(&bo));
    for (browser, address, is_said) in [
        (&visitor, "/", true),
        (&visitor, "/sign-in", true),
        (&visitor, "/register", true),
        (&visitor, "/forgot-password", false),
        (&bos, "/account", true),
        (&bos, "/link/amazon", true),
        (&anns, "/account/confirm-identity", true),
        (&anns, "/account", false),
        (&anns, "/account/profile", false),
    ] {
        let page = browser.visit(address).await;
        assert_eq!(page.path(), address);
        assert_eq!(page.text_of(NOTICE).is_some(), is_said, "{address}: {}", page.text());
    }
    let german = visitor.visit("/sign-in?language=de").await;
    assert!(german.text_of(NOTICE).is_some_and(|text| text.contains("Mit deinem Passwort")));
    assert!(german.buttons().contains(&"Login mit Amazon".to_owned()), "the button stays");
    assert_eq!(portal.amazon.simulator.recorded_calls().len(), asked, "looking at a page asks nobody");
}

#[tokio::test]
async fn a_password_signs_in_meanwhile() {
    let portal = after_ten_failures().await;
    let bo = portal.bo().await;
    let page = portal.browser().visit("/sign-in").await;
    let page = page.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
    assert_eq!(page.path(), "/account", "{}", page.text());
}

#[tokio::test]
async fn it_recovers_by_itself() {
    let portal = after_ten_failures().await;
    portal.wait(TimeDelta::seconds(15));
    trip(&visitor(&portal).await).await;
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 11, "one call found out");
    trip(&visitor(&portal).await).await;
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 11, "that nothing has changed");
    portal.wait(TimeDelta::seconds(15));
    portal.amazon.recovers();
    let page = trip(&visitor(&portal).await).await;
    assert_eq!(page.url.path(), "/amazon/register", "{}", page.text());
    assert_eq!(portal.app().lwa.circuit(), CircuitBreaker::Closed);
    assert!(portal.browser().visit("/sign-in").await.text_of(NOTICE).is_none());
}

/// Whoever sends nonsense to the callback gets refusals from Amazon, and these open nothing.
#[tokio::test]
async fn no_visitor_can_open_it() {
    let portal = Portal::start().await;
    portal.amazon.refuses(SimulatedCall::Exchange, "invalid_grant");
    for _ in 0..15 {
        trip(&visitor(&portal).await).await;
    }
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 15);
    assert_eq!(portal.app().lwa.circuit(), CircuitBreaker::Closed);
}
