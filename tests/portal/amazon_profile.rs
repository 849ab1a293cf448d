//! What Amazon says of its customer today: a name that follows, an address that is offered, and what may be declined.

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::SimulatedCall;

use super::harness::{Page, Person, Portal};

fn display_name_of(portal: &Portal, person: &Person) -> String {
    let query = format!("SELECT display_name AS line FROM players WHERE id = '{}'", person.id);
    portal.lines(&query).pop().unwrap()
}

fn follows_amazon(portal: &Portal, person: &Person) {
    portal.run(&format!("UPDATE players SET sync_display_name = TRUE WHERE id = '{}'", person.id));
}

/// A background renewal of this link, now.
async fn renewal(portal: &Portal, person: &Person) {
    portal.link_is_due(person);
    portal.pass().await;
}

async fn with_scope(scope: &str) -> Portal {
    Portal::with(|settings| {
        settings.set("DOVETAIL_AMAZON_SCOPE", scope);
    })
    .await
}

#[tokio::test]
async fn a_name_follows_once_a_day_and_game_servers_are_told() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.linked("Ann", "pat").await, portal.linked("Bo", "mork").await);
    follows_amazon(&portal, &ann);
    portal.amazon.admits("pat", "Patricia\u{2028}Other", "pat@example.test");
    portal.amazon.admits("mork", "Somebody Else", "mork@example.test");
    portal.link_is_due(&bo);
    renewal(&portal, &ann).await;
    assert_eq!(display_name_of(&portal, &ann), "Patricia Other");
    assert_eq!(display_name_of(&portal, &bo), "Bo", "nobody asked for that");
    assert_eq!((portal.renewals(), portal.amazon.calls(SimulatedCall::Profile)), (2, 1));
    assert_eq!((portal.feed_of(&ann), portal.feed_of(&bo)), (vec!["profile_changed".to_owned()], vec![]));
    let activity = portal.browser_of(&ann).visit("/account/activity").await;
    assert!(activity.text().contains("Your name followed the one at Amazon"), "{}", activity.text());

    // A day is a day, however often the link is renewed; and what is the same is no news.
    portal.wait(TimeDelta::hours(20));
    renewal(&portal, &ann).await;
    assert_eq!(portal.amazon.calls(SimulatedCall::Profile), 1);
    portal.wait(TimeDelta::hours(2));
    renewal(&portal, &ann).await;
    assert_eq!(portal.amazon.calls(SimulatedCall::Profile), 2);
    assert_eq!(portal.feed_of(&ann).len(), 1);

    // A profile that cannot be read, or is somebody else's, changes nothing, and is read later.
    portal.amazon.admits("pat", "Third Name", "pat@example.test");
    portal.amazon.is_broken(SimulatedCall::Profile);
    portal.wait(TimeDelta::hours(22));
    renewal(&portal, &ann).await;
    portal.amazon.recovers();
    portal.amazon.simulator.switch(|switches| switches.wrong_customer = true);
    portal.wait(TimeDelta::minutes(61));
    renewal(&portal, &ann).await;
    assert_eq!(
        (display_name_of(&portal, &ann), portal.health_of(&ann)),
        ("Patricia Other".into(), Some("active".into()))
    );
    portal.amazon.simulator.switch(|switches| switches.wrong_customer = false);
    portal.wait(TimeDelta::minutes(61));
    renewal(&portal, &ann).await;
    assert_eq!(display_name_of(&portal, &ann), "Third Name");
    assert_eq!(portal.feed_of(&ann).len(), 2);
}

#[tokio::test]
async fn a_changed_address_is_offered_and_never_taken() {
    const OFFER: &str = "amazon_email_changed";
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    follows_amazon(&portal, &ann);
    let address = |person: &Person| format!("SELECT email AS line FROM players WHERE id = '{}'", person.id);
    let browser = portal.browser_of(&ann);
    assert_eq!(browser.visit("/account").await.code(), None, "the address of the linking is no news");

    portal.amazon.admits("pat", "Ann", "second@example.test");
    renewal(&portal, &ann).await;
    let account = browser.visit("/account").await;
    assert_eq!(account.code().as_deref(), Some(OFFER), "{}", account.text());
    assert!(!account.text().contains("second@example.test"), "masked");
    let account = account.press("No thanks").await;
    assert_eq!((account.path(), account.code()), ("/account".into(), None));
    portal.wait(TimeDelta::hours(22));
    renewal(&portal, &ann).await;
    assert_eq!(portal.browser_of(&ann).visit("/account").await.code(), None, "not asked again");

    portal.amazon.admits("pat", "Ann", "third@example.test");
    portal.wait(TimeDelta::hours(22));
    renewal(&portal, &ann).await;
    let stale = portal.stale_browser_of(&ann).visit("/account").await;
    assert_eq!(stale.press("Use this address").await.path(), "/account/confirm-identity");
    let account = portal.browser_of(&ann).visit("/account").await;
    let verify = account.press("Use this address").await;
    assert_eq!(verify.path(), "/account/email/verify", "{}", verify.text());
    assert_eq!(portal.lines(&address(&ann)), [ann.email()], "not before its code came back");
    let changed =
        verify.fill("code", &portal.mail_to("third@example.test").code()).press("Confirm email").await;
    assert_eq!(changed.code().as_deref(), Some("email_changed"));
    assert_eq!(portal.lines(&address(&ann)), ["third@example.test"]);
    assert_eq!(changed.visit("/account").await.code(), None);
}

/// The way to Amazon and back for a new player, with these scopes granted there.
async fn registers(portal: &Portal, granted: &[&str]) -> Page {
    let consent =
        portal.browser().visit("/sign-in").await.press("Login with Amazon").await.press("Pat Example").await;
    let (_, url, fields) = consent.form_behind("Allow");
    let kept = fields.iter().filter(|(name, value)| name != "granted" || granted.contains(&value.as_str()));
    let kept: Vec<(&str, &str)> = kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let register = consent.browser().post(url.as_str(), &kept).await.follow().await;
    register.fill("display_name", "Yara").press("Create account").await
}

#[tokio::test]
async fn a_postal_code_is_kept_only_where_it_is_asked_for_and_allowed() {
    let stored = "SELECT scopes || ' ' || coalesce(amazon_postal_code, 'none') AS line FROM amazon_links";
    for (granted, kept) in [(vec!["postal_code"], "profile postal_code 98052"), (vec![], "profile none")] {
        let portal = with_scope("profile postal_code").await;
        let page = registers(&portal, &granted).await;
        assert_eq!(portal.lines(stored), [kept], "{}", page.text());
        let account = page.visit("/account").await;
        assert_eq!(account.link_state().as_deref(), Some("active"));
        assert_eq!(account.text().contains("98052"), !granted.is_empty(), "{}", account.text());
    }
    // What is no longer asked for goes with the next renewal.
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.run("UPDATE amazon_links SET amazon_postal_code = '98052'");
    renewal(&portal, &ann).await;
    assert_eq!(portal.lines(stored), ["profile none"]);
}

#[tokio::test]
async fn the_id_alone_is_enough_for_a_link() {
    let portal = with_scope("profile:user_id").await;
    let welcome = portal.browser().visit("/sign-in").await;
    let register = welcome.press("Login with Amazon").await.allow_as("Pat Example").await;
    assert_eq!(
        (register.url.path(), register.value("display_name")),
        ("/amazon/register", Some(String::new()))
    );
    let account = register.fill("display_name", "Yara").press("Create account").await.visit("/account").await;
    assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
    let stored =
        "SELECT scopes || coalesce(amazon_name, '') || coalesce(amazon_email, '') AS line FROM amazon_links";
    assert_eq!(portal.lines(stored), ["profile:user_id"]);
    let none = portal.browser_of(&portal.bo().await).visit("/account").await;
    assert!(none.text().contains("We receive an id, never your Amazon password."), "{}", none.text());
}
