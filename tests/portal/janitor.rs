//! What is over goes by itself (S131).

use chrono::TimeDelta;
use dovetail::janitor;

use super::harness::Portal;

/// Tables with rows that end. What else is in the database stays.
const ENDING: [&str; 5] = ["sessions", "throttles", "email_changes", "email_undos", "mails"];

fn rows(portal: &Portal, table: &str) -> i64 {
    portal.count(&format!("SELECT count(*) AS count FROM {table}"))
}

async fn a_change_of_address(portal: &Portal) {
    let bo = portal.bo().await;
    let new = "bo.new@example.test";
    let page = portal.browser_of(&bo).visit("/account/email").await;
    let page = page.fill("email", new).press("Send code").await;
    let page = page.fill("code", &portal.mail_to(new).code()).press("Confirm email").await;
    let page = page.visit("/account/email").await.fill("email", "bo.third@example.test");
    page.press("Send code").await;
}

#[tokio::test]
async fn nothing_goes_before_its_time_and_everything_after_it() {
    let portal = Portal::start().await;
    a_change_of_address(&portal).await;
    for table in ENDING {
        assert!(rows(&portal, table) > 0, "{table}");
    }
    assert_eq!(janitor::pass(portal.app()).await.unwrap(), 0);

    portal.wait(TimeDelta::days(400));
    let audited = rows(&portal, "audit_events");
    assert!(janitor::pass(portal.app()).await.unwrap() > 0);
    for table in ENDING {
        assert_eq!(rows(&portal, table), 0, "{table}");
    }
    assert_eq!((rows(&portal, "players"), rows(&portal, "audit_events")), (1, audited));
    assert_eq!(janitor::pass(portal.app()).await.unwrap(), 0, "twice is once");
}

#[tokio::test]
async fn more_than_a_batch_goes_in_one_pass_and_two_copies_share_the_work() {
    let portal = Portal::start().await;
    for start in (0..2_500).step_by(500) {
        let rows: Vec<String> =
            (start..start + 500).map(|row| format!("('row {row}', 1, '2020-01-01 00:00:00')")).collect();
        portal.run(&format!("INSERT INTO throttles (id, taken, window_ends_at) VALUES {}", rows.join(", ")));
    }
    let (one, other) = tokio::join!(janitor::pass(portal.app()), janitor::pass(portal.app()));
    assert_eq!(one.unwrap() + other.unwrap(), 2_500, "each row goes once");
    assert_eq!(rows(&portal, "throttles"), 0);
}
