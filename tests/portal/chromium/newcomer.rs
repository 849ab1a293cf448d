//! A newcomer who has nothing but an Amazon account.

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scripts, Window};

#[tokio::test]
async fn comes_with_amazon_unlinks_once_there_is_a_password_and_links_again() {
    story(Scripts::On).await;
}

#[tokio::test]
async fn needs_no_scripts_for_that() {
    story(Scripts::Off).await;
}

async fn story(scripts: Scripts) {
    let portal = Portal::start().await;
    let mork = Visitor::open(&portal, Window { scripts, ..Window::default() }).await;
    mork.visit("/").await;
    mork.press("Login with Amazon").await;
    assert!(mork.path().await.starts_with("http://127.0.0.1:"), "another site than http://localhost");
    mork.allow_as("Mork Hashimoto").await;
    mork.is_at("/amazon/register", None).await;
    mork.fill("email", "").await;
    mork.press("Create account").await;
    mork.is_at("/account", Some("linked")).await;
    mork.is_linked("active").await;
    sets_a_password_to_unlink(&mork).await;
    links_again(&mork).await;
    mork.press("Sign out").await;
    mork.visit("/account").await;
    mork.is_at("/sign-in", None).await;
    mork.fill("identifier", "mork_7").await;
    mork.fill("password", "nine purple umbrellas").await;
    mork.press("Sign in").await;
    mork.is_at("/account", None).await;
    mork.is_linked("active").await;
    mork.click("Profile").await;
    mork.is_at("/account/profile", None).await;
}

async fn sets_a_password_to_unlink(mork: &Visitor<'_>) {
    mork.click("Unlink").await;
    mork.is_at("/amazon/unlink", Some("last_method")).await;
    mork.click("Set a password").await;
    mork.is_at("/account/password", None).await;
    mork.fill("user_name", "mork_7").await;
    mork.fill("new_password", "nine purple umbrellas").await;
    mork.press("Save password").await;
    assert_eq!(mork.path().await, "/amazon/unlink", "the unlink goes on");
    let text = mork.text().await;
    assert!(text.contains("mork_7"), "the name for signing in: {text}");
    mork.press("Unlink Amazon account").await;
    mork.is_at("/account", Some("unlinked")).await;
    mork.is_linked("none").await;
}

/// Amazon remembers who they are and what they allowed.
async fn links_again(mork: &Visitor<'_>) {
    mork.press("Link Amazon account").await;
    mork.is_at("/amazon/confirm", None).await;
    let text = mork.text().await;
    assert!(text.matches("Mork Hashimoto").count() >= 2, "the player and the customer: {text}");
    mork.press("Link this account").await;
    mork.is_at("/account", Some("linked")).await;
    mork.is_linked("active").await;
}
