//! Back, reload, and a second tab: whatever a browser offers ends on a sensible page.

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::Window;

#[tokio::test]
async fn going_back_after_linking_leads_to_the_account() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.at_amazon("mork").await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    visitor.visit("/account").await;
    visitor.press("Link Amazon account").await;
    visitor.press("Link this account").await;
    visitor.is_at("/account", Some("linked")).await;
    visitor.goes_back().await;
    visitor.is_at("/account", None).await;
    visitor.is_linked("active").await;
    visitor.goes_back().await;
    visitor.is_at("/account", None).await;
    visitor.is_linked("active").await;
    assert_eq!(portal.count_of("amazon_links", &bo), 1);
}

#[tokio::test]
async fn reloading_the_callback_says_so_and_the_look_before_linking_still_stands() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let before = portal.browser_of(&bo);
    portal.at_amazon(&before, "mork").await;
    let callback = before.visit("/account").await.press_to_callback("Link Amazon account").await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.sits_down_as(&before).await;
    visitor.visit(&callback).await;
    visitor.is_at("/amazon/confirm", None).await;
    visitor.visit(&callback).await;
    visitor.is_at("/amazon/callback", Some("attempt_unknown")).await;
    visitor.browser.refresh().await.unwrap();
    visitor.is_at("/amazon/callback", Some("attempt_unknown")).await;
    visitor.goes_back().await;
    visitor.is_at("/amazon/confirm", None).await;
    visitor.press("Link this account").await;
    visitor.is_linked("active").await;
}

#[tokio::test]
async fn two_tabs_each_finish_their_own_trip() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.at_amazon("mork").await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    visitor.visit("/account").await;
    visitor.press("Link Amazon account").await;
    let first = visitor.browser.window().await.unwrap();
    let second = visitor.browser.new_window(true).await.unwrap().handle;
    visitor.browser.switch_to_window(second.clone()).await.unwrap();
    visitor.visit("/account").await;
    visitor.press("Link Amazon account").await;
    visitor.is_at("/amazon/confirm", None).await;
    visitor.browser.switch_to_window(first).await.unwrap();
    visitor.press("Link this account").await;
    visitor.is_at("/account", Some("linked")).await;
    visitor.browser.switch_to_window(second).await.unwrap();
    visitor.press("Link this account").await;
    visitor.is_at("/account", Some("already_yours")).await;
    visitor.is_linked("active").await;
    assert_eq!(portal.count_of("amazon_links", &bo), 1);
    assert_eq!(portal.count_all("link_attempts"), 0);
}

/// Signed out half-way, in the other tab.
#[tokio::test]
async fn who_signed_out_in_another_tab_links_nothing() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.at_amazon("mork").await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    visitor.visit("/account").await;
    visitor.press("Link Amazon account").await;
    let first = visitor.browser.window().await.unwrap();
    let second = visitor.browser.new_window(true).await.unwrap().handle;
    visitor.browser.switch_to_window(second).await.unwrap();
    visitor.visit("/account").await;
    visitor.press("Sign out").await;
    visitor.browser.switch_to_window(first).await.unwrap();
    visitor.press("Link this account").await;
    assert!(visitor.link_state().await.is_none(), "{}", visitor.text().await);
    assert_eq!(portal.count_all("amazon_links"), 0);
}
