//! What players ask support, answered by an agent who comes to work, in a real browser: by what the player quotes, from
//! a closed desk to a player who is content.

use fantoccini::Locator;

use super::visitor::Visitor;
use crate::harness::chromium::Window;
use crate::harness::{Agent, Portal};

const REASON: &str = "ticket 4711, asked on the phone";

/// The agent comes to work: password, the app's code, and what the player quoted.
async fn at_work<'a>(portal: &'a Portal, agent: &Agent, quoted: &str) -> Visitor<'a> {
    let desk = Visitor::open(portal, Window::default()).await;
    desk.visit("/support").await;
    desk.fill("email", &agent.email).await;
    desk.fill("password", &agent.password).await;
    desk.press("Continue").await;
    desk.fill("code", &portal.next_code_of(agent)).await;
    desk.press("Sign in").await;
    looks_for(&desk, quoted).await;
    desk
}

async fn looks_for(desk: &Visitor<'_>, quoted: &str) {
    desk.visit("/support").await;
    desk.fill("q", quoted).await;
    desk.press("Search").await;
}

/// What the page found, a row a player.
async fn found(desk: &Visitor<'_>) -> Vec<String> {
    let mut rows = Vec::new();
    for row in desk.browser.find_all(Locator::Css("main li:has(a[href^='/support/players/'])")).await.unwrap()
    {
        rows.push(row.text().await.unwrap());
    }
    rows
}

async fn opens(desk: &Visitor<'_>, player: &str) {
    let link = format!("main a[href='/support/players/{player}']");
    desk.browser.find(Locator::Css(&link)).await.unwrap().click().await.unwrap();
    desk.browser.wait().for_element(Locator::Css("[data-link-state]")).await.unwrap();
}

/// Opens the form of an action, says why, and sends it.
async fn does(desk: &Visitor<'_>, action: &str, button: &str) {
    let summary = format!("details[data-action='{action}'] > summary");
    desk.browser.find(Locator::Css(&summary)).await.unwrap().click().await.unwrap();
    desk.fill(&format!("{action}-reason"), REASON).await;
    desk.press(button).await;
}

/// The Amazon account has moved to another player. Support takes it from there, and the one it belongs to links it
/// again, which proves whose it is.
#[tokio::test]
async fn my_rewards_went_to_the_wrong_account() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let quoted = portal
        .lines(&format!("SELECT amazon_id AS line FROM amazon_links WHERE player_id = '{}'", ann.id))
        .remove(0);
    portal.browser_of(&ann).visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    let trip = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    trip.allow_as("Pat Example").await.press("Link this account").await;

    let agent = portal.agent("lee", "agent").await;
    let desk = at_work(&portal, &agent, &quoted).await;
    let rows = found(&desk).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    let has = |name: &str, way: &str| rows.iter().any(|row| row.contains(name) && row.contains(way));
    assert!(has("Bo", "Amazon id") && has("Ann", "Amazon id of a former link"), "{rows:?}");
    opens(&desk, &ann.id).await;
    let story = desk.text().await;
    assert!(story.contains("The player unlinked it") && !story.contains(&quoted), "{story}");
    looks_for(&desk, bo.email()).await;
    opens(&desk, &bo.id).await;
    does(&desk, "unlink-amazon", "Unlink Amazon account").await;
    desk.is_at(&format!("/support/players/{}", bo.id), Some("support_unlinked")).await;
    desk.browser.save_screenshot("desk-question-rewards").await;

    let player = Visitor::open(&portal, Window::default()).await;
    player.sits_down_as(&portal.browser_of(&ann)).await;
    player.visit("/account").await;
    player.press("Link Amazon account").await;
    player.allow_as("Pat Example").await;
    player.press("Link this account").await;
    player.is_linked("active").await;
    assert!(player.reads_mail_to(bo.email()).await.contains("support unlinked this Amazon account"));
}

/// Access was removed at Amazon, which tells nobody: asking shows it, and the player links again.
#[tokio::test]
async fn amazon_says_it_is_linked_but_the_game_says_it_is_not() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.amazon.revokes("pat");

    let agent = portal.agent("lee", "agent").await;
    let desk = at_work(&portal, &agent, "ann").await;
    opens(&desk, &ann.id).await;
    desk.is_linked("active").await;
    does(&desk, "check-link", "Check with Amazon now").await;
    desk.is_at(&format!("/support/players/{}", ann.id), Some("support_check_revoked")).await;
    desk.is_linked("none").await;
    assert!(desk.text().await.contains("Access was removed at Amazon"));
    desk.browser.save_screenshot("desk-question-linked").await;

    let player = Visitor::open(&portal, Window::default()).await;
    player.sits_down_as(&portal.browser_of(&ann)).await;
    player.visit("/account/activity").await;
    assert!(player.text().await.contains("support"), "{}", player.text().await);
    player.visit("/account").await;
    player.press("Link Amazon account").await;
    player.allow_as("Pat Example").await;
    player.press("Link this account").await;
    player.is_linked("active").await;
}

/// A mailed link to choose a password is a way in that needs neither.
#[tokio::test]
async fn i_lost_my_password_and_my_amazon_account_is_closed() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.amazon.revokes("pat");

    let agent = portal.agent("lee", "agent").await;
    let desk = at_work(&portal, &agent, ann.email()).await;
    opens(&desk, &ann.id).await;
    does(&desk, "send-reset", "Send password reset").await;
    desk.is_at(&format!("/support/players/{}", ann.id), Some("support_sent_reset")).await;
    let shown = desk.text().await;
    assert!(!shown.contains(ann.email()) && !shown.contains("token="), "{shown}");
    desk.browser.save_screenshot("desk-question-lost").await;

    let player = Visitor::open(&portal, Window::default()).await;
    let mail = player.reads_mail_to(ann.email()).await;
    let link = mail.split_whitespace().find(|word| word.contains("token=")).expect("a link");
    player.visit(link).await;
    player.fill("new_password", "nine brown kettles on ice").await;
    player.press("Save password").await;
    player.fill("identifier", ann.email()).await;
    player.fill("password", "nine brown kettles on ice").await;
    player.press("Sign in").await;
    player.visit("/account").await;
    player.is_at("/account", None).await;
}
