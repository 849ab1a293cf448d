//! The brake on mass revocation (S69).

use std::process::{Command, Output};

use chrono::TimeDelta;
use dovetail::testing::links::refresh::AccessTokenRefusal;

use super::harness::Portal;

fn dovetail(portal: &Portal, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .args(arguments)
        .env_clear()
        .envs(portal.settings_of_a_program())
        .output()
        .unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32, says: &str) {
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}{complained}");
    assert!(said.contains(says), "{said}");
}

fn with_tokens(portal: &Portal) -> i64 {
    portal.count("SELECT count(*) AS count FROM amazon_links WHERE refresh_token_sealed IS NOT NULL")
}

fn audited(portal: &Portal, kind: &str) -> i64 {
    portal.count(&format!("SELECT count(*) AS count FROM audit_events WHERE kind = '{kind}'"))
}

#[tokio::test]
async fn a_hundred_revocations_in_a_minute_stop_at_the_limit_and_go_on_by_command() {
    let portal = Portal::start().await;
    ends(&dovetail(&portal, &["brake", "status"]), 0, "never was on");
    portal.many_due_links(100);
    portal.amazon.revokes("pat");
    let progress = portal.pass().await;
    assert_eq!((progress.done, progress.revoked, progress.put_off), (100, 20, 80));
    assert_eq!(with_tokens(&portal), 80, "their tokens stay");
    assert_eq!(portal.count("SELECT count(*) AS count FROM amazon_links WHERE state = 'active'"), 80);
    assert_eq!(portal.count_all("link_events"), 20);
    assert_eq!(audited(&portal, "refresh.brake.pulled"), 1, "once");
    ends(&dovetail(&portal, &["brake", "status"]), 1, "Amazon refused 21 of 21");
    portal.wait(TimeDelta::minutes(30));
    assert_eq!(portal.pass().await.put_off, 80, "asked again, and still held");
    assert_eq!(with_tokens(&portal), 80);
    ends(&dovetail(&portal, &["brake", "release"]), 0, "off");
    ends(&dovetail(&portal, &["brake", "release"]), 1, "was off");
    ends(&dovetail(&portal, &["brake", "status"]), 0, "by command");
    assert_eq!(audited(&portal, "refresh.brake.released"), 1);
    portal.wait(TimeDelta::minutes(30));
    // The program's clock is not the story's.
    portal.run("UPDATE refresh_brake SET released_at = '2032-12-01 12:45:00'");
    assert_eq!(portal.pass().await.revoked, 80, "staff have decided about all of them");
    assert_eq!(with_tokens(&portal), 0);
    ends(&dovetail(&portal, &["brake", "status"]), 0, "off");
    portal.verify().await;
}

#[tokio::test]
async fn under_the_brake_everything_else_goes_on() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.linked("Ann", "mork").await, portal.linked("Bo", "hanako").await);
    portal.many_due_links(40);
    portal.amazon.revokes("pat");
    portal.pass().await;
    portal.amazon.revokes("mork");
    for person in [&ann, &bo] {
        portal.token_ends(person);
    }
    let refused = portal.token(&ann).await;
    assert!(matches!(refused, Err(AccessTokenRefusal::TryLater { .. })), "{refused:?}");
    assert_eq!(portal.worth_of(&ann).len(), 1, "it keeps its tokens");
    let asked = portal.renewals();
    assert!(matches!(portal.token(&ann).await, Err(AccessTokenRefusal::TryLater { .. })));
    assert_eq!(portal.renewals(), asked, "Amazon is not asked each time");
    portal.token(&bo).await.expect("others are renewed");
}

/// A fiftieth of many is more than twenty.
#[tokio::test]
async fn where_much_is_renewed_more_may_be_refused() {
    let portal = Portal::start().await;
    portal.run("INSERT INTO refresh_counts VALUES ('2032-12-01 11:55:00', 3, 1960, 0)");
    portal.many_due_links(60);
    portal.amazon.revokes("pat");
    let progress = portal.pass().await;
    assert_eq!((progress.revoked, progress.put_off), (40, 20));
}

/// The window is ten minutes.
#[tokio::test]
async fn what_was_refused_long_ago_does_not_count() {
    let portal = Portal::start().await;
    portal.run("INSERT INTO refresh_counts VALUES ('2032-12-01 11:49:00', 16, 0, 20)");
    portal.many_due_links(20);
    portal.amazon.revokes("pat");
    assert_eq!(portal.pass().await.revoked, 20);
    let kept = portal.count("SELECT count(*) AS count FROM refresh_counts WHERE refused = 20");
    assert_eq!(kept, 2, "that minute, and this one");
    portal.wait(TimeDelta::hours(2));
    dovetail::testing::operations::cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.count_all("refresh_counts"), 0);
}

/// Counting is by rows, so many that come at once on two copies are still counted one by one.
#[tokio::test]
async fn the_limit_is_exact_on_two_copies() {
    let portal = Portal::start().await;
    portal.many_due_links(200);
    portal.amazon.revokes("pat");
    let copy = portal.another_copy();
    let (one, two) =
        tokio::join!(portal.pass(), dovetail::testing::links::refresh::refresh_batch(&copy, &|_| ()));
    let two = two.unwrap();
    assert_eq!(one.revoked + two.revoked, 20);
    assert_eq!(one.done + two.done, 200);
    assert_eq!(with_tokens(&portal), 180);
    assert_eq!(audited(&portal, "refresh.brake.pulled"), 1);
}
