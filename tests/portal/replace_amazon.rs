//! Replacing: the old identity goes in the step in which the new one comes, or stays.

use super::harness::{Browser, Page, Person, Portal};

async fn replace_as(portal: &Portal, browser: &Browser, customer: &str) -> Page {
    portal.at_amazon(browser, customer).await;
    browser.visit("/amazon/replace").await.press("Link a different account").await
}

fn pat_is_kept(portal: &Portal, ann: &Person) {
    assert_eq!(portal.identity_linked_to(ann), Some(portal.amazon.identity_of("pat")));
    assert!(portal.endings_of(ann).is_empty());
    assert_eq!(portal.count_all("link_attempts"), 0);
}

#[tokio::test]
async fn one_goes_and_one_comes_in_one_step() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let others = portal.belongings_of(&bo);
    let (browser, phone) = (portal.browser_of(&ann), portal.browser_of(&ann));
    let old = browser.cookie("session").unwrap();
    let before = browser.visit("/account").await.click("Link a different account").await;
    assert!(before.text().contains("Pat Example"), "{}", before.text());
    let home = format!("href=\"{}/\"", portal.amazon.url());
    assert!(before.html.contains(&home), "where to sign out at Amazon first: {}", before.html);
    let confirm = before.press("Link a different account").await.allow_as("Mork Hashimoto").await;
    assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
    for name in ["Ann", "Mork Hashimoto", "Pat Example"] {
        assert!(confirm.text().contains(name), "{name}: {}", confirm.text());
    }
    assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of("pat")), "nothing yet");
    let linked = confirm.press("Link this account").await;
    assert_eq!((linked.path().as_str(), linked.code().as_deref()), ("/account", Some("linked")));
    assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of("mork")));
    assert_eq!(portal.endings_of(&ann), ["replaced"]);
    assert_eq!(portal.count_of("amazon_links", &ann), 1);
    assert_eq!(portal.token_version_of(&ann), 1, "a row of its own: no token of the old one is left");
    assert_eq!(portal.mail_to(ann.email()).kind, "amazon-replaced");
    assert!(portal.events_of(&ann).contains(&"link.amazon.replaced".to_owned()));
    assert_ne!(browser.cookie("session").unwrap(), old);
    assert_eq!(phone.visit("/account").await.link_state().as_deref(), Some("active"));
    assert_eq!(portal.belongings_of(&bo), others);
}

#[tokio::test]
async fn a_free_identity_again_can_be_taken_by_another() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    replace_as(&portal, &portal.browser_of(&ann), "mork").await.press("Link this account").await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "pat").await;
    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    assert_eq!(confirm.press("Link this account").await.link_state().as_deref(), Some("active"));
    assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("pat")));
}

/// Amazon sends back whom it remembers; the page says what to do about it.
#[tokio::test]
async fn the_same_account_again_gets_the_same_help() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    let page = replace_as(&portal, &browser, "pat").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/amazon/replace"));
    assert_eq!(page.code().as_deref(), Some("already_yours"), "{}", page.text());
    assert!(page.text().contains("Sign out at Amazon first"));
    assert_eq!(portal.token_version_of(&ann), 2);
    pat_is_kept(&portal, &ann);
}

#[tokio::test]
async fn with_nothing_linked_it_is_a_link() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let confirm = replace_as(&portal, &portal.browser_of(&bo), "mork").await;
    assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
    let linked = confirm.press("Link this account").await;
    assert_eq!(linked.link_state().as_deref(), Some("active"));
    assert!(portal.endings_of(&bo).is_empty());
    assert_eq!(portal.mail_to(bo.email()).kind, "amazon-linked");
}

#[tokio::test]
async fn anothers_identity_is_refused_and_both_links_stay() {
    let portal = Portal::start().await;
    let (ann, cleo) = (portal.ann().await, portal.cleo().await);
    let browser = portal.browser_of(&ann);
    let before = (portal.belongings_of(&ann), portal.belongings_of(&cleo));
    let page = replace_as(&portal, &browser, "hanako").await;
    assert_eq!((page.status, page.code().as_deref()), (200, Some("identity_taken")), "{}", page.text());
    assert!(!page.text().contains("Cleo"));
    assert_eq!((portal.belongings_of(&ann), portal.belongings_of(&cleo)), before);
    pat_is_kept(&portal, &ann);
}

#[tokio::test]
async fn a_no_a_cancel_and_a_lost_race_keep_the_old_one() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let browser = portal.browser_of(&ann);
    let page = browser.visit("/amazon/replace").await.press("Link a different account").await;
    let page = page.cancel_as("Mork Hashimoto").await;
    assert_eq!(page.code().as_deref(), Some("declined"), "{}", page.text());
    pat_is_kept(&portal, &ann);
    let page = replace_as(&portal, &browser, "mork").await.press("Cancel").await;
    assert_eq!(page.code().as_deref(), Some("cancelled"), "{}", page.text());
    pat_is_kept(&portal, &ann);
    let late = replace_as(&portal, &browser, "mork").await;
    let his = portal.browser_of(&bo);
    portal.at_amazon(&his, "mork").await;
    his.visit("/account").await.press("Link Amazon account").await.press("Link this account").await;
    let refused = late.press("Link this account").await;
    assert_eq!((refused.status, refused.code().as_deref()), (409, Some("identity_taken")));
    pat_is_kept(&portal, &ann);
}

#[tokio::test]
async fn a_lost_link_can_be_replaced_too() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.link_becomes(&ann, "needs_reconnect");
    let linked = replace_as(&portal, &portal.browser_of(&ann), "mork").await.press("Link this account").await;
    assert_eq!(linked.link_state().as_deref(), Some("active"), "{}", linked.text());
    assert_eq!(portal.endings_of(&ann), ["replaced"]);
}
