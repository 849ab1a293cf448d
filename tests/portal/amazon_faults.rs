//! Amazon slow, down, or contradicting itself: a page to try again from, and nothing kept. The long table of odd
//! answers is in `odd_answers`, what follows from many failures in `amazon_down`.

use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};

use super::harness::{Browser, Page, Person, Portal};

const CALLS: [SimulatedCall; 3] = [SimulatedCall::Exchange, SimulatedCall::TokenInfo, SimulatedCall::Profile];

/// A portal that does not wait long.
async fn impatient() -> Portal {
    Portal::with(|settings| {
        settings.set("DOVETAIL_UPSTREAM_TOTAL", "1s").set("DOVETAIL_UPSTREAM_CONNECT", "1s");
    })
    .await
}

async fn trip(portal: &Portal, browser: &Browser) -> Page {
    portal.at_amazon(browser, "mork").await;
    browser.visit("/account").await.press("Link Amazon account").await
}

/// Nothing is kept but the visit itself.
fn nothing_was_kept(portal: &Portal, bo: &Person, what: &str) {
    assert_eq!(portal.count_all("amazon_links"), 0, "{what}");
    assert_eq!(portal.count_all("link_attempts"), 0, "{what}: the attempt is spent");
    assert_eq!(portal.count_of("sessions", bo), 1, "{what}: still signed in");
}

fn is_retry_page(page: &Page, code: &str, what: &str) {
    assert_eq!((page.status, page.code().as_deref()), (503, Some(code)), "{what}: {}", page.text());
    assert_eq!(page.path(), "/amazon/outcome", "{what}");
    let reference = page.text_of(".reference code").unwrap_or_default();
    assert!(!reference.is_empty(), "{what}: a reference to quote");
    assert!(page.buttons().contains(&"Try again".to_owned()), "{what}: {:?}", page.buttons());
}

/// S85: a code is sent once, whatever happened to the answer; reading is asked for twice at most.
#[tokio::test]
async fn a_code_is_sent_once_and_a_question_asked_twice_at_most() {
    for call in CALLS {
        for fault in [SimulatedFault::Reset, SimulatedFault::ResetAfterWork, SimulatedFault::Unavailable] {
            let portal = impatient().await;
            let bo = portal.bo().await;
            portal.amazon.simulator.set_fault(call, fault.clone());
            trip(&portal, &portal.browser_of(&bo)).await;
            let most = if call == SimulatedCall::Exchange { 1 } else { 2 };
            let asked = portal.amazon.calls(call);
            assert!((1..=most).contains(&asked), "{fault:?} at {call:?}: {asked}");
            assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 1);
        }
    }
}

/// S50: a token of another app, or a profile of another customer, is believed by nobody.
#[tokio::test]
async fn a_contradiction_is_not_believed() {
    for contradiction in ["audience", "customer"] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        portal.amazon.simulator.switch(|switches| match contradiction {
            "audience" => switches.wrong_audience = true,
            _ => switches.wrong_customer = true,
        });
        let page = trip(&portal, &portal.browser_of(&bo)).await;
        is_retry_page(&page, "amazon_unavailable", contradiction);
        nothing_was_kept(&portal, &bo, contradiction);
        let visitor = portal.browser();
        portal.at_amazon(&visitor, "mork").await;
        let page = visitor.visit("/").await.press("Login with Amazon").await;
        is_retry_page(&page, "amazon_unavailable", contradiction);
        assert_eq!(portal.count_all("players"), 1);
        assert_eq!(portal.count_all("sessions"), 1);
        let profiles = if contradiction == "audience" { 0 } else { 2 };
        assert_eq!(
            portal.amazon.calls(SimulatedCall::Profile),
            profiles,
            "a wrong audience is not asked about further"
        );
    }
}

#[tokio::test]
async fn our_client_refused_is_the_operators_business() {
    for word in ["invalid_client", "unauthorized_client", "invalid_scope"] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        portal.amazon.refuses(SimulatedCall::Exchange, word);
        let page = trip(&portal, &portal.browser_of(&bo)).await;
        is_retry_page(&page, "amazon_misconfigured", word);
        nothing_was_kept(&portal, &bo, word);
        assert!(!page.text().contains(word));
    }
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.amazon.refuses(SimulatedCall::Authorize, "invalid_scope");
    let page = trip(&portal, &portal.browser_of(&bo)).await;
    is_retry_page(&page, "amazon_misconfigured", "at the authorization page");
    nothing_was_kept(&portal, &bo, "at the authorization page");
}

/// A code that Amazon no longer takes is an attempt that nobody knows; only that very answer says so.
#[tokio::test]
async fn a_code_that_is_no_longer_good_is_an_unknown_attempt() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.amazon.refuses(SimulatedCall::Exchange, "invalid_grant");
    let page = trip(&portal, &browser).await;
    assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")), "{}", page.text());
    nothing_was_kept(&portal, &bo, "invalid_grant");
    portal.amazon.recovers();
    portal.at_amazon(&browser, "mork").await;
    let late = browser.visit("/account").await.press_to_callback("Link Amazon account").await;
    portal.wait(chrono::TimeDelta::minutes(6));
    let page = browser.visit(&late).await;
    assert_eq!(
        (page.status, page.code().as_deref()),
        (400, Some("attempt_unknown")),
        "the code lasts five minutes"
    );
    nothing_was_kept(&portal, &bo, "expired code");
}

/// An existing link is left as it was by a trip that failed.
#[tokio::test]
async fn a_link_survives_whatever_happens_on_a_trip() {
    let portal = impatient().await;
    let ann = portal.ann().await;
    let before = portal.belongings_of(&ann);
    let browser = portal.browser_of(&ann);
    portal.at_amazon(&browser, "pat").await;
    let signed_in = portal.belongings_of(&ann);
    for (call, fault) in
        CALLS.into_iter().zip([SimulatedFault::ServerError, SimulatedFault::Malformed, SimulatedFault::Reset])
    {
        portal.amazon.simulator.set_fault(call, fault);
        let page = browser.visit("/amazon/replace").await.press("Link a different account").await;
        is_retry_page(&page, "amazon_unavailable", &format!("{call:?}"));
        let visitor = portal.browser();
        portal.at_amazon(&visitor, "pat").await;
        let page = visitor.visit("/").await.press("Login with Amazon").await;
        is_retry_page(&page, "amazon_unavailable", &format!("{call:?}"));
        portal.amazon.recovers();
    }
    assert_eq!(portal.belongings_of(&ann), signed_in);
    assert!(before.iter().all(|row| signed_in.contains(row)));
}

/// A password signs in while Amazon is down (S86), and the page says so.
#[tokio::test]
async fn the_portal_stays_usable_by_password() {
    let portal = impatient().await;
    let bo = portal.bo().await;
    for call in CALLS {
        portal.amazon.is_down(call);
    }
    let browser = portal.browser();
    portal.at_amazon(&browser, "mork").await;
    let page = browser.visit("/").await.press("Login with Amazon").await;
    is_retry_page(&page, "amazon_unavailable", "down");
    let page = page.click("Back").await;
    let page = page.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
    assert_eq!(page.url.path(), "/account", "{}", page.text());
}

/// Numbers as text, and fields nobody asked for, are no fault.
#[tokio::test]
async fn amazons_known_variations_are_fine() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.amazon.simulator.switch(|switches| {
        switches.expires_in_as_string = true;
        switches.unknown_fields = true;
    });
    let linked = trip(&portal, &portal.browser_of(&bo)).await.press("Link this account").await;
    assert_eq!(linked.link_state().as_deref(), Some("active"), "{}", linked.text());
}
