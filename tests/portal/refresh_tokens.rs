//! A working token on demand: one call of many, and nothing lost on the way (S70, S71).

use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::links::refresh::AccessTokenRefusal;
use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};
use futures_util::future::join_all;

use super::harness::odd_answers::the_one_answer;
use super::harness::program::Program;
use super::harness::renewals::{token_from, until};
use super::harness::{Person, Portal};

const JSON: &str = "application/json;charset=UTF-8";

/// Renewals rotate, as they may.
fn rotates(portal: &Portal) {
    portal.amazon.simulator.switch(|switches| switches.rotate_refresh_tokens = true);
}

/// Amazon takes its time, and then does the work.
fn is_slow(portal: &Portal, by: Duration) {
    portal.amazon.simulator.set_fault_times(SimulatedCall::Refresh, SimulatedFault::Slow(by), 1);
}

async fn amazon_is_being_asked(portal: &Portal) {
    until("a call to Amazon", || portal.renewals() == 1).await;
}

/// Shows that the stored refresh token is the one that Amazon knows: the next renewal works.
async fn the_link_goes_on(portal: &Portal, person: &Person) {
    portal.wait(TimeDelta::minutes(2));
    portal.token_ends(person);
    portal.token(person).await.expect("the next renewal");
}

#[tokio::test]
async fn a_token_that_lasts_is_given_and_amazon_is_not_asked() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    assert_eq!(portal.token(&ann).await.as_deref(), Ok("Atza|of-the-harness"));
    portal.wait(TimeDelta::minutes(58) + TimeDelta::seconds(1));
    let renewed = portal.token(&ann).await.unwrap();
    assert_ne!(renewed, "Atza|of-the-harness", "less than two minutes were left");
    assert_eq!(portal.token(&ann).await, Ok(renewed));
    assert_eq!(portal.renewals(), 1);
    let nobody = Person { id: "nobody".to_owned(), ..ann };
    assert_eq!(portal.token(&nobody).await, Err(AccessTokenRefusal::NoLink));
}

#[tokio::test]
async fn a_hundred_requests_on_two_copies_are_one_call() {
    for is_rotating in [false, true] {
        let portal = Portal::start().await;
        portal.amazon.simulator.switch(|switches| switches.rotate_refresh_tokens = is_rotating);
        let ann = portal.linked("Ann", "pat").await;
        portal.token_ends(&ann);
        is_slow(&portal, Duration::from_millis(200));
        let copies = [portal.app().clone(), portal.another_copy()];
        let asked = (0..100).map(|number| {
            let (app, ann) = (copies[number % 2].clone(), ann.clone());
            async move { token_from(&app, &ann).await }
        });
        let tokens = join_all(asked).await;
        let first = tokens[0].clone().expect("a token");
        assert!(tokens.iter().all(|token| token.as_ref() == Ok(&first)), "{tokens:?}");
        assert_eq!(portal.renewals(), 1, "rotating: {is_rotating}");
        assert_eq!(portal.token_version_of(&ann), 2);
        assert_eq!(portal.leases(), 0);
        the_link_goes_on(&portal, &ann).await;
    }
}

/// A token that lives shorter than the margin of two minutes is used all the same, by all who waited for it.
#[tokio::test]
async fn a_short_lived_token_is_one_call_too_and_is_renewed_in_its_second_half() {
    let portal = Portal::start().await;
    portal.amazon.simulator.switch(|switches| switches.access_token_lifetime = 60);
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    let tokens = join_all((0..20).map(|_| portal.token(&ann))).await;
    let first = tokens[0].clone().expect("a token");
    assert!(tokens.iter().all(|token| token.as_ref() == Ok(&first)), "{tokens:?}");
    portal.wait(TimeDelta::seconds(25));
    assert_eq!(portal.token(&ann).await, Ok(first.clone()));
    assert_eq!(portal.renewals(), 1);
    portal.wait(TimeDelta::seconds(10));
    assert_ne!(portal.token(&ann).await, Ok(first));
    assert_eq!(portal.renewals(), 2);
}

/// The same as game servers meet it: real programs, over HTTP.
#[tokio::test]
async fn a_hundred_game_servers_at_two_programs_are_one_call() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    is_slow(&portal, Duration::from_millis(200));
    let key = portal.service(&["tokens:issue"]).await.key;
    let copies = [(); 2].map(|()| {
        let mut settings = portal.settings_of_a_program();
        let url = settings["DOVETAIL_LISTEN"].replace("127.0.0.1", "http://localhost");
        settings.insert("DOVETAIL_PUBLIC_URL".to_owned(), url.clone());
        settings.insert("DOVETAIL_REFRESH".to_owned(), "off".to_owned());
        (url, Program::serve(&settings))
    });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = (0..100).map(|number| {
        let (url, _) = &copies[number % 2];
        let path = format!("{url}/api/v1/players/{}/amazon-link/access-token", ann.id);
        let request = http.post(path).bearer_auth(&key);
        async move {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.json::<serde_json::Value>().await.unwrap()["access_token"].clone()
        }
    });
    let tokens = join_all(asked).await;
    assert!(tokens[0].is_string() && tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    assert_eq!(portal.renewals(), 1);
    assert_eq!(portal.token_version_of(&ann), 2);
}

/// Whoever waits for a failing Amazon does not ask it once more each.
#[tokio::test]
async fn a_hundred_requests_while_amazon_fails_are_one_call_too() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    portal.amazon.is_broken(SimulatedCall::Refresh);
    let tokens = join_all((0..100).map(|_| portal.token(&ann))).await;
    assert!(
        tokens.iter().all(|token| matches!(token, Err(AccessTokenRefusal::TryLater { .. }))),
        "{tokens:?}"
    );
    assert_eq!(portal.renewals(), 1);
    portal.amazon.recovers();
    assert!(matches!(portal.token(&ann).await, Err(AccessTokenRefusal::TryLater { .. })), "not yet");
    portal.wait(TimeDelta::seconds(2));
    portal.token(&ann).await.expect("a token");
}

#[tokio::test]
async fn amazons_own_retry_after_is_what_callers_are_told() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    portal
        .amazon
        .simulator
        .set_fault(SimulatedCall::Refresh, SimulatedFault::TooManyRequests { retry_after: Some(90) });
    let later = Err(AccessTokenRefusal::TryLater { retry_after: Duration::from_secs(90) });
    assert_eq!(portal.token(&ann).await, later);
    assert_eq!(portal.token(&ann).await, later);
    assert_eq!(portal.renewals(), 1);
}

#[tokio::test]
async fn each_new_refresh_token_takes_the_place_of_the_one_before() {
    let portal = Portal::start().await;
    rotates(&portal);
    let ann = portal.linked("Ann", "pat").await;
    for version in 2..6 {
        portal.token_ends(&ann);
        portal.token(&ann).await.expect("a token");
        assert_eq!(portal.token_version_of(&ann), version);
    }
}

#[tokio::test]
async fn where_no_refresh_token_comes_the_old_one_stays() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    let body = r#"{"access_token":"Atza|without","token_type":"bearer","expires_in":3600}"#.to_owned();
    let answer = SimulatedFault::Answer { status: 200, content_type: JSON.to_owned(), body };
    portal.amazon.simulator.set_fault_times(SimulatedCall::Refresh, answer, 1);
    assert_eq!(portal.token(&ann).await.as_deref(), Ok("Atza|without"));
    the_link_goes_on(&portal, &ann).await;
}

/// A holder that died leaves its lease, and time gives it to another.
#[tokio::test]
async fn a_lease_left_behind_is_taken_over_when_it_ends() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    portal.run("UPDATE amazon_links SET lease_owner = 'the dead', lease_until = '2032-12-01 12:00:15'");
    let later = AccessTokenRefusal::TryLater { retry_after: Duration::from_secs(15) };
    assert_eq!(portal.token(&ann).await, Err(later), "waited three seconds for the holder");
    assert_eq!(portal.renewals(), 0);
    portal.wait(TimeDelta::seconds(15));
    portal.token(&ann).await.expect("a token");
    assert_eq!(portal.renewals(), 1);
}

/// A copy was killed between Amazon's answer and its write. Amazon then refuses the old token, which tells nothing about
/// the player's wish. An outage in between forgets nothing.
#[tokio::test]
async fn tokens_whose_renewal_nobody_finished_are_not_said_to_be_withdrawn() {
    for is_down_first in [false, true] {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.linked("Ann", "pat").await, portal.linked("Bo", "mork").await);
        portal.token_ends(&ann);
        portal.run(&format!(
            "UPDATE amazon_links SET lease_owner = 'the dead', lease_until = '2032-12-01 12:00:15' WHERE player_id = '{}'",
            ann.id
        ));
        portal.wait(TimeDelta::seconds(15));
        let simulator = &portal.amazon.simulator;
        if is_down_first {
            simulator.set_fault_times(SimulatedCall::Refresh, SimulatedFault::Reset, 1);
            assert!(matches!(portal.token(&ann).await, Err(AccessTokenRefusal::TryLater { .. })));
            portal.wait(TimeDelta::minutes(10));
        }
        portal.token_ends(&bo);
        simulator.set_fault(SimulatedCall::Refresh, the_one_answer());
        assert!(matches!(portal.token(&ann).await, Err(AccessTokenRefusal::NotActive { .. })));
        assert_eq!(portal.health_of(&ann).as_deref(), Some("needs_reconnect"));
        assert!(portal.token(&bo).await.is_err());
        assert_eq!(portal.health_of(&bo), None, "what was finished is believed, and Bo has a password");
        let cause = "SELECT count(*) AS count FROM audit_events WHERE details LIKE '%answer_lost%'";
        assert_eq!(portal.count(cause), 1);
    }
}

/// The holder died while its clock was a month ahead (S88).
#[tokio::test]
async fn a_lease_until_next_month_is_taken_over_at_once() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    portal.run("UPDATE amazon_links SET lease_owner = 'the dead', lease_until = '2032-12-31 12:00:00'");
    portal.token(&ann).await.expect("a token");
    assert_eq!((portal.renewals(), portal.leases()), (1, 0));
}

#[tokio::test]
async fn an_unlink_during_a_renewal_leaves_nothing_behind() {
    let portal = Portal::start().await;
    rotates(&portal);
    let ann = portal.linked("Ann", "pat").await;
    let browser = portal.browser_of(&ann);
    let unlink = browser.visit("/amazon/unlink").await;
    portal.token_ends(&ann);
    is_slow(&portal, Duration::from_secs(1));
    let token = portal.token_meanwhile(&ann);
    amazon_is_being_asked(&portal).await;
    assert_eq!(unlink.press("Unlink Amazon account").await.code().as_deref(), Some("unlinked"));
    assert_eq!(token.await.unwrap(), Err(AccessTokenRefusal::NoLink));
    assert_eq!(portal.count_all("amazon_links"), 0);
    assert_eq!(portal.endings_of(&ann), ["unlinked_by_player"]);
    assert_eq!(portal.token(&ann).await, Err(AccessTokenRefusal::NoLink));
}

#[tokio::test]
async fn an_account_that_goes_during_a_renewal_stays_gone() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    is_slow(&portal, Duration::from_secs(1));
    let token = portal.token_meanwhile(&ann);
    amazon_is_being_asked(&portal).await;
    portal.run(&format!("DELETE FROM players WHERE id = '{}'", ann.id));
    assert_eq!(token.await.unwrap(), Err(AccessTokenRefusal::NoLink));
    for table in ["players", "amazon_links", "former_links", "link_events"] {
        assert_eq!(portal.count_all(table), 0, "{table}");
    }
}

/// Signing in with Amazon brings newer tokens than the renewal that is under way.
#[tokio::test]
async fn a_link_made_anew_during_a_renewal_keeps_its_new_tokens() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    let browser = portal.browser();
    portal.at_amazon(&browser, "pat").await;
    is_slow(&portal, Duration::from_secs(2));
    let token = portal.token_meanwhile(&ann);
    amazon_is_being_asked(&portal).await;
    browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!(portal.token_version_of(&ann), 2);
    let token = token.await.unwrap().expect("the token of the sign-in");
    assert_eq!(portal.token_version_of(&ann), 2, "the renewal wrote nothing");
    assert_eq!(portal.token(&ann).await, Ok(token));
}

/// A game server that hangs up does not take a rotated token with it.
#[tokio::test]
async fn a_caller_who_hangs_up_loses_nothing() {
    let portal = Portal::start().await;
    rotates(&portal);
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    is_slow(&portal, Duration::from_millis(500));
    let (app, person) = (portal.app().clone(), ann.clone());
    let caller = tokio::spawn(async move { token_from(&app, &person).await });
    amazon_is_being_asked(&portal).await;
    caller.abort();
    until("the new token", || portal.token_version_of(&ann) == 2).await;
    the_link_goes_on(&portal, &ann).await;
}

/// S70: Amazon said yes and voided the old token, and the database is gone for three seconds.
#[tokio::test]
async fn a_database_that_is_gone_for_three_seconds_loses_no_rotated_token() {
    let portal = Portal::start().await;
    rotates(&portal);
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    is_slow(&portal, Duration::from_secs(1));
    let token = portal.token_meanwhile(&ann);
    amazon_is_being_asked(&portal).await;
    let outage = portal.database_is_gone();
    until("the answer", || portal.amazon.simulator.recorded_calls()[0].status.is_some()).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    drop(outage);
    let _ = token.await.unwrap();
    until("the new token", || portal.token_version_of(&ann) == 2).await;
    assert_eq!(portal.renewals(), 1);
    assert_eq!(portal.health_of(&ann).as_deref(), Some("active"));
    the_link_goes_on(&portal, &ann).await;
}

/// A phone handed it over, so nothing can renew it.
#[tokio::test]
async fn a_link_without_a_refresh_token_works_to_its_end_and_then_needs_its_player() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.run("UPDATE amazon_links SET refresh_token_sealed = NULL");
    portal.wait(TimeDelta::minutes(59));
    portal.token(&ann).await.expect("the last minute");
    assert_eq!(portal.pass().await.done, 0, "nobody asks about it by itself");
    portal.wait(TimeDelta::minutes(2));
    assert!(matches!(portal.token(&ann).await, Err(AccessTokenRefusal::NotActive { .. })));
    assert_eq!(portal.health_of(&ann).as_deref(), Some("needs_reconnect token_ended"));
    assert_eq!(portal.feed_of(&ann), ["reconnect_needed"]);
    assert_eq!(portal.renewals(), 0);
    let page = portal.browser_of(&ann).visit("/account").await;
    assert_eq!(page.link_state().as_deref(), Some("needs_reconnect"));
    assert!(page.text().contains("ended on"), "{}", page.text());
}

/// S66: never a 500, never deleted, and mended by the key that comes back.
#[tokio::test]
async fn a_token_that_does_not_open_waits_for_its_key() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.linked("Ann", "pat").await, portal.linked("Bo", "mork").await);
    for person in [&ann, &bo] {
        portal.token_ends(person);
    }
    let of_ann = format!("WHERE player_id = '{}'", ann.id);
    portal.run(&format!(
        "CREATE TABLE kept AS SELECT refresh_token_sealed AS sealed FROM amazon_links {of_ann}"
    ));
    portal.run(&format!(
        "UPDATE amazon_links SET refresh_token_sealed = (SELECT refresh_token_sealed FROM amazon_links \
         WHERE player_id = '{}') {of_ann}",
        bo.id
    ));
    assert!(matches!(portal.token(&ann).await, Err(AccessTokenRefusal::NotActive { .. })));
    portal.token(&bo).await.expect("the others are unaffected");
    assert_eq!(portal.health_of(&ann).as_deref(), Some("needs_reconnect key_lost"));
    let page = portal.browser_of(&ann).visit("/account").await;
    assert_eq!((page.status, page.link_state().as_deref()), (200, Some("needs_reconnect")));
    assert!(page.text().contains("our fault"), "{}", page.text());
    assert!(page.buttons().contains(&"Link Amazon account".to_owned()));
    portal.run(&format!("UPDATE amazon_links SET refresh_token_sealed = (SELECT sealed FROM kept) {of_ann}"));
    portal.link_is_due(&ann);
    assert_eq!(portal.pass().await.renewed, 1);
    assert_eq!(portal.health_of(&ann).as_deref(), Some("active"));
    assert_eq!(portal.feed_of(&ann), ["reconnect_needed", "reconnected"]);
    portal.token(&ann).await.expect("a token");
}

#[tokio::test]
async fn a_scope_that_is_withdrawn_needs_the_player_until_it_is_back() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    let answers = |scope: &str| {
        let body =
            format!(r#"{{"access_token":"Atza|scoped","token_type":"bearer","expires_in":3600{scope}}}"#);
        let answer = SimulatedFault::Answer { status: 200, content_type: JSON.to_owned(), body };
        portal.amazon.simulator.set_fault_times(SimulatedCall::Refresh, answer, 1);
    };
    answers(r#","scope":"postal_code""#);
    portal.check(&ann).await.unwrap();
    assert_eq!(portal.health_of(&ann).as_deref(), Some("needs_reconnect scope_missing"));
    answers("");
    portal.check(&ann).await.unwrap();
    assert_eq!(
        portal.health_of(&ann).as_deref(),
        Some("needs_reconnect scope_missing"),
        "silence gives nothing back"
    );
    answers(r#","scope":"profile""#);
    portal.check(&ann).await.unwrap();
    assert_eq!(portal.health_of(&ann).as_deref(), Some("active"));
    assert_eq!(portal.feed_of(&ann), ["reconnect_needed", "reconnected"]);
}
