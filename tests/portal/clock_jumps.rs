//! Clocks jump: suspended machines, bad time servers, leap fixes (S88). An hour either way logs nobody out and
//! extends nothing by more than the jump.

use chrono::TimeDelta;

use super::harness::Portal;

#[tokio::test]
async fn an_hour_either_way_logs_nobody_out() {
    for first in [1, -1] {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        for hours in [first, -first, -first, first] {
            portal.wait(TimeDelta::hours(hours));
            let page = browser.visit("/account").await;
            assert_eq!((page.status, page.path().as_str()), (200, "/account"), "{first}: {hours}");
            assert_eq!(page.link_state().as_deref(), Some("active"));
        }
    }
}

#[tokio::test]
async fn a_session_outlives_its_limit_by_the_jump_at_most() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_SESSION_IDLE", "3h").set("DOVETAIL_SESSION_MAX", "6h");
    })
    .await;
    let browser = portal.browser_of(&portal.ann().await);
    portal.wait(TimeDelta::hours(-1));
    for _ in 0..6 {
        portal.wait(TimeDelta::hours(1));
        assert_eq!(browser.get("/account").await.status, 200);
    }
    portal.wait(TimeDelta::hours(1));
    assert_eq!(browser.get("/account").await.status, 303);
}

/// Its row goes when a request meets it, not only when the cleanup comes.
#[tokio::test]
async fn a_session_that_was_found_expired_stays_so() {
    for limits in [("3h", "6h"), ("3h", "3h")] {
        let portal = Portal::with(|settings| {
            settings.set("DOVETAIL_SESSION_IDLE", limits.0).set("DOVETAIL_SESSION_MAX", limits.1);
        })
        .await;
        let browser = portal.browser_of(&portal.ann().await);
        portal.wait(TimeDelta::hours(1));
        assert_eq!(browser.get("/account").await.status, 200, "{limits:?}");
        // The use is noted beside the request. A note that comes late would speak for a session in use.
        while portal.count("SELECT count(*) AS count FROM sessions WHERE last_seen_at > created_at") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        portal.wait(TimeDelta::hours(3));
        assert_eq!(browser.get("/account").await.status, 303, "{limits:?}");
        portal.wait(TimeDelta::hours(-3));
        assert_eq!(browser.get("/account").await.status, 303, "{limits:?}");
        assert_eq!(portal.count_all("sessions"), 0, "{limits:?}");
    }
}

/// A trip begun before the clock was put back or forward still ends in a page, whatever it says.
#[tokio::test]
async fn a_trip_survives_or_is_begun_again() {
    for (hours, arrives) in [(-1, true), (1, false)] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        portal.at_amazon(&browser, "mork").await;
        let back = browser.visit("/account").await.press_to_callback("Link Amazon account").await;
        portal.wait(TimeDelta::hours(hours));
        let page = browser.visit(&back).await;
        assert_eq!(page.url.path() == "/amazon/confirm", arrives, "{hours}: {}", page.text());
        if !arrives {
            assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
        }
    }
}
