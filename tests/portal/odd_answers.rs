//! Wrong is not harmful (S87): whatever comes instead of an answer, the person gets a page to try again from, and
//! nothing is kept but the visit itself.

use dovetail::testing::lwa::CircuitBreaker;
use dovetail::testing::lwa::simulator::SimulatedCall;

use super::harness::Portal;
use super::harness::odd_answers::{BETWEEN, odd_answers};

async fn a_trip_ends_without_a_trace(call: SimulatedCall) {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_UPSTREAM_TOTAL", "1s").set("DOVETAIL_UPSTREAM_CONNECT", "1s");
    })
    .await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    let players = portal.dump().remove("players");
    for odd in odd_answers(call) {
        let what = format!("{} at {call:?}", odd.name);
        let asked = portal.amazon.calls(call);
        portal.amazon.simulator.set_fault(call, odd.fault);
        let page = browser.visit("/account").await.press("Link Amazon account").await;
        assert_eq!((page.status, page.code().as_deref()), (503, Some(odd.means.code())), "{what}");
        assert!(page.buttons().contains(&"Try again".to_owned()), "{what}: {:?}", page.buttons());
        assert!(portal.amazon.calls(call) > asked, "{what}: it was asked");
        assert_eq!(portal.count_all("amazon_links"), 0, "{what}");
        assert_eq!(portal.count_all("link_attempts"), 0, "{what}: the attempt is spent");
        assert_eq!(portal.count_of("sessions", &bo), 1, "{what}: still signed in");
        assert_eq!(portal.dump().remove("players"), players, "{what}");
        portal.amazon.recovers();
        portal.wait(BETWEEN);
    }
    assert_eq!(portal.app().lwa.circuit(), CircuitBreaker::Closed);
    let page = browser.visit("/amazon/outcome").await.press("Try again").await;
    assert_eq!(page.url.path(), "/amazon/confirm", "trying again works: {}", page.text());
}

#[tokio::test]
async fn an_odd_answer_to_the_exchange_is_a_page_to_try_again_from() {
    a_trip_ends_without_a_trace(SimulatedCall::Exchange).await;
}

#[tokio::test]
async fn an_odd_answer_of_tokeninfo_is_a_page_to_try_again_from() {
    a_trip_ends_without_a_trace(SimulatedCall::TokenInfo).await;
}

#[tokio::test]
async fn an_odd_answer_instead_of_the_profile_is_a_page_to_try_again_from() {
    a_trip_ends_without_a_trace(SimulatedCall::Profile).await;
}
