//! Back and reload after a refused form: the form, and never the browser's question whether to send it again.

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scripts, Window};

/// What Chromium shows instead of a page whose form it would have to send again.
const RESUBMISSION: &str = "ERR_CACHE_MISS";

async fn is_a_page(visitor: &Visitor<'_>, path: &str, field: &str) {
    visitor.is_at(path, None).await;
    let text = visitor.text().await;
    assert!(!text.contains(RESUBMISSION), "{text}");
    visitor.fill(field, "typed again").await;
}

async fn goes_back_and_reloads(visitor: &Visitor<'_>) {
    visitor.visit("/sign-in").await;
    visitor.fill("identifier", "bo@example.test").await;
    visitor.fill("password", "Wrong lanterns sway at 6").await;
    visitor.press("Sign in").await;
    visitor.is_at("/sign-in", Some("credentials_wrong")).await;
    visitor.click("Forgot your password?").await;
    visitor.goes_back().await;
    is_a_page(visitor, "/sign-in", "identifier").await;
    visitor.fill("password", "Wrong lanterns sway at 6").await;
    visitor.press("Sign in").await;
    visitor.is_at("/sign-in", Some("credentials_wrong")).await;
    visitor.browser.refresh().await.unwrap();
    is_a_page(visitor, "/sign-in", "identifier").await;

    visitor.visit("/register").await;
    visitor.fill("display_name", "Support").await;
    visitor.fill("email", "dora@example.test").await;
    visitor.fill("password", "seven purple otters").await;
    visitor.press("Create account").await;
    visitor.is_at("/register", None).await;
    assert!(visitor.browser.source().await.unwrap().contains("display_name-error"));
    visitor.click("Privacy").await;
    visitor.goes_back().await;
    is_a_page(visitor, "/register", "display_name").await;
}

#[tokio::test]
async fn back_and_reload_show_the_form_with_scripts() {
    let portal = Portal::start().await;
    portal.bo().await;
    goes_back_and_reloads(&Visitor::open(&portal, Window::default()).await).await;
}

#[tokio::test]
async fn back_and_reload_show_the_form_without_scripts() {
    let portal = Portal::start().await;
    portal.bo().await;
    let window = Window { scripts: Scripts::Off, ..Window::default() };
    goes_back_and_reloads(&Visitor::open(&portal, window).await).await;
}

#[tokio::test]
async fn a_player_reloads_a_refused_profile() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = Visitor::open(&portal, Window::default()).await;
    visitor.sits_down_as(&portal.browser_of(&bo)).await;
    visitor.visit("/account/profile").await;
    visitor.fill("display_name", "Support").await;
    visitor.press("Save").await;
    visitor.is_at("/account/profile", None).await;
    assert!(visitor.browser.source().await.unwrap().contains("display_name-error"));
    visitor.browser.refresh().await.unwrap();
    is_a_page(&visitor, "/account/profile", "display_name").await;
    assert!(!visitor.browser.source().await.unwrap().contains("display_name-error"));
}
