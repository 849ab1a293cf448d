//! One exact answer of Amazon ends a link, and no other (S67, S68).

use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::links::refresh::AccessTokenRefusal;
use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};

use super::harness::odd_answers::{BETWEEN, odd_answers, the_one_answer};
use super::harness::renewals::{token_from, until};
use super::harness::{Browser, Person, Portal};

async fn quick_portal() -> Portal {
    Portal::with(|settings| {
        settings.set("DOVETAIL_UPSTREAM_TOTAL", "1s").set("DOVETAIL_UPSTREAM_CONNECT", "1s");
    })
    .await
}

/// The sixteen of S67 but for the last, which is the one.
fn fifteen() -> Vec<(&'static str, SimulatedFault)> {
    let says = |status, content_type: &str, body: &str| SimulatedFault::Answer {
        status,
        content_type: content_type.to_owned(),
        body: body.to_owned(),
    };
    let json = |status, body: &str| says(status, "application/json;charset=UTF-8", body);
    let grant = r#"{"error":"invalid_grant","error_description":"x"}"#;
    vec![
        ("invalid_client", json(401, r#"{"error":"invalid_client"}"#)),
        ("invalid_client with 400", json(400, r#"{"error":"invalid_client"}"#)),
        ("unauthorized_client", json(400, r#"{"error":"unauthorized_client"}"#)),
        ("invalid_request", json(400, r#"{"error":"invalid_request"}"#)),
        ("invalid_grant with 401", json(401, grant)),
        ("invalid_grant with 403", json(403, grant)),
        ("invalid_grant with 429", json(429, grant)),
        ("invalid_grant with 500", json(500, grant)),
        ("invalid_grant with 200", json(200, grant)),
        ("invalid_grant in HTML", says(400, "text/html", grant)),
        ("invalid_grant, cut short", json(400, r#"{"error":"invalid_grant","error_descr"#)),
        ("invalid_grant in other letters", json(400, r#"{"error":"Invalid_Grant"}"#)),
        ("invalid_grant in a list", json(400, r#"{"error":["invalid_grant"]}"#)),
        ("a connection that is reset", SimulatedFault::Reset),
        ("an answer too late", SimulatedFault::Slow(Duration::from_secs(2))),
    ]
}

async fn changes_nothing(portal: &Portal, person: &Person, name: &str, fault: SimulatedFault) {
    let (worth, asked) = (portal.worth_of(person), portal.renewals());
    portal.amazon.simulator.set_fault(SimulatedCall::Refresh, fault);
    let checked = portal.check(person).await;
    assert!(matches!(checked, Err(AccessTokenRefusal::TryLater { .. })), "{name}: {checked:?}");
    assert!(portal.renewals() > asked, "{name}: Amazon was asked");
    portal.amazon.recovers();
    assert_eq!(portal.worth_of(person), worth, "{name}");
    assert_eq!(portal.leases(), 0, "{name}");
    // Not in time to open the circuit of S86.
    portal.wait(BETWEEN);
}

#[tokio::test]
async fn of_sixteen_answers_one_ends_a_link() {
    let portal = quick_portal().await;
    let ann = portal.linked("Ann", "pat").await;
    let before = portal.belongings_of(&ann).len();
    for (name, fault) in fifteen() {
        changes_nothing(&portal, &ann, name, fault).await;
    }
    assert_eq!(portal.belongings_of(&ann).len(), before, "no mail, no history, no event");
    portal.amazon.simulator.set_fault(SimulatedCall::Refresh, the_one_answer());
    let checked = portal.check(&ann).await.unwrap();
    assert_eq!(checked.state, None);
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
    assert_eq!(portal.endings_of(&ann), ["revoked_by_amazon"]);
}

#[tokio::test]
async fn no_odd_answer_changes_a_link() {
    let portal = quick_portal().await;
    let ann = portal.linked("Ann", "pat").await;
    for odd in odd_answers(SimulatedCall::Refresh) {
        changes_nothing(&portal, &ann, odd.name, odd.fault).await;
    }
}

/// Amazon's own words at an exchange are about the code.
#[tokio::test]
async fn the_same_word_about_a_code_ends_no_link() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    let (worth, browser) = (portal.worth_of(&ann), portal.browser_of(&ann));
    portal.at_amazon(&browser, "mork").await;
    portal.amazon.refuses(SimulatedCall::Exchange, "invalid_grant");
    let page = browser.visit("/amazon/replace").await.press("Link a different account").await;
    assert_eq!(page.code().as_deref(), Some("attempt_unknown"));
    assert_eq!(portal.worth_of(&ann), worth);
}

#[tokio::test]
async fn with_another_way_in_the_link_ends_and_everybody_is_told_once() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.linked("Ann", "pat").await, portal.linked("Bo", "mork").await);
    let others = portal.belongings_of(&bo);
    let by_password = portal.browser_of(&ann);
    let by_amazon = portal.browser();
    portal.at_amazon(&by_amazon, "pat").await;
    by_amazon.visit("/").await.press("Login with Amazon").await;
    portal.amazon.revokes("pat");
    portal.link_is_due(&ann);
    let progress = portal.pass().await;
    assert_eq!((progress.done, progress.revoked), (1, 1));
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
    assert_eq!(portal.endings_of(&ann), ["revoked_by_amazon"]);
    assert!(portal.events_of(&ann).contains(&"link.amazon.revoked".to_owned()));
    assert_eq!(portal.feed_of(&ann), ["revoked"]);
    let mails = portal.mails_to(ann.email());
    assert_eq!(mails.iter().filter(|mail| mail.kind == "amazon-revoked").count(), 1);
    assert!(mails[0].text.contains("Pat Example") && mails[0].text.contains("Ann"), "{mails:?}");
    assert_eq!(by_amazon.visit("/account").await.url.path(), "/sign-in", "S63");
    for path in ["/account", "/link/amazon"] {
        let page = by_password.visit(path).await;
        assert_eq!(page.link_state().as_deref(), Some("none"), "{path}");
        assert_eq!(page.code().as_deref(), Some("revoked_by_amazon"), "{path}");
        assert!(page.text().contains("Dec") && page.text().contains("2032"), "{path}: {}", page.text());
        assert!(page.buttons().contains(&"Link Amazon account".to_owned()), "{path}");
    }
    portal.wait(TimeDelta::days(2));
    assert_eq!(portal.check(&ann).await, Err(AccessTokenRefusal::NoLink));
    assert_eq!(portal.mails_to(ann.email()).len(), 1);
    assert_eq!(portal.belongings_of(&bo), others);
    portal.verify().await;
}

/// Mails speak the player's language.
#[tokio::test]
async fn the_mail_is_in_the_players_language() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.run("UPDATE players SET language = 'de'");
    portal.amazon.revokes("pat");
    portal.check(&ann).await.unwrap();
    assert!(portal.mail_to(ann.email()).text.contains("Hallo Ann"));
}

#[tokio::test]
async fn who_has_only_amazon_comes_back_to_the_same_player() {
    let portal = Portal::start().await;
    let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
    let browser = portal.browser_of(&cleo);
    portal.amazon.revokes("hanako");
    portal.token_ends(&cleo);
    let refused = portal.token(&cleo).await;
    assert!(matches!(refused, Err(AccessTokenRefusal::NotActive { .. })), "{refused:?}");
    assert_eq!(portal.health_of(&cleo).as_deref(), Some("revoked revoked_by_amazon"));
    assert!(portal.worth_of(&cleo).is_empty(), "no token is left");
    assert_eq!(portal.endings_of(&cleo), [""; 0]);
    portal.verify().await;
    assert_eq!(portal.pass().await.done, 0, "nobody asks about it any more");
    let page = browser.visit("/account").await;
    assert_eq!(page.link_state().as_deref(), Some("revoked"), "still signed in: nobody is stranded");
    assert_eq!(page.code().as_deref(), Some("revoked_by_amazon"));
    assert!(page.buttons().contains(&"Link Amazon account".to_owned()));
    let later = portal.browser();
    portal.at_amazon(&later, "hanako").await;
    let page = later.visit("/").await.press("Login with Amazon").await;
    assert_eq!(page.link_state().as_deref(), Some("active"), "{}", page.text());
    assert!(page.text().contains("Cleo"));
    assert_eq!(portal.count_all("players"), 1);
    assert_eq!(portal.health_of(&cleo).as_deref(), Some("active"));
    assert_eq!(portal.feed_of(&cleo), ["revoked", "reconnected"]);
    assert!(portal.events_of(&cleo).contains(&"link.amazon.reconnected".to_owned()));
    portal.token(&cleo).await.expect("a token");
    portal.wait(TimeDelta::hours(2));
    portal.token(&cleo).await.expect("a renewed token");
}

async fn links(browser: &Browser, portal: &Portal, customer: &str) -> Option<String> {
    portal.at_amazon(browser, customer).await;
    let page = browser.visit("/account").await.press("Link Amazon account").await;
    let page =
        if page.url.path() == "/amazon/confirm" { page.press("Link this account").await } else { page };
    page.link_state()
}

#[tokio::test]
async fn the_same_or_another_amazon_account_is_linked_at_once() {
    for again in ["pat", "mork"] {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        portal.amazon.revokes("pat");
        portal.amazon.revokes("hanako");
        portal.check(&ann).await.unwrap();
        portal.check(&cleo).await.unwrap();
        let state = links(&portal.browser_of(&ann), &portal, again).await;
        assert_eq!(state.as_deref(), Some("active"), "{again}");
        let state =
            links(&portal.browser_of(&cleo), &portal, if again == "pat" { "hanako" } else { "dana" }).await;
        assert_eq!(state.as_deref(), Some("active"), "{again}");
        for person in [&ann, &cleo] {
            portal.token(person).await.expect("a token");
        }
    }
}

/// Two copies, one token that rotates: whoever was late hears that the token is gone, and is wrong about the link.
#[tokio::test]
async fn who_lost_the_race_does_not_end_the_winners_link() {
    let portal = Portal::start().await;
    portal.amazon.simulator.switch(|switches| switches.rotate_refresh_tokens = true);
    let ann = portal.linked("Ann", "pat").await;
    portal.token_ends(&ann);
    portal.amazon.simulator.set_fault_times(
        SimulatedCall::Refresh,
        SimulatedFault::Slow(Duration::from_secs(2)),
        1,
    );
    let late = portal.token_meanwhile(&ann);
    until("a call to Amazon", || portal.renewals() == 1).await;
    // Its lease ends while Amazon is slow; a second copy renews meanwhile.
    portal.wait(TimeDelta::seconds(16));
    let winner = token_from(&portal.another_copy(), &ann).await.expect("the winner's token");
    let late = late.await.unwrap();
    assert_eq!(portal.amazon.simulator.recorded_calls()[0].status, Some(400), "it heard invalid_grant");
    assert_eq!(late, Ok(winner), "and gives what the winner has stored");
    assert_eq!(portal.health_of(&ann).as_deref(), Some("active"));
    assert_eq!(portal.token_version_of(&ann), 2);
    assert!(portal.feed_of(&ann).is_empty());
}

/// An account that support has switched off is still its player's: its tokens go as well.
#[tokio::test]
async fn a_disabled_players_tokens_are_destroyed_too() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.disable(&ann);
    portal.amazon.revokes("pat");
    portal.link_is_due(&ann);
    assert_eq!(portal.pass().await.revoked, 1);
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
}
