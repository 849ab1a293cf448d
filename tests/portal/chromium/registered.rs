//! A player who registers by mail, and tries one Amazon account after another.

use super::visitor::{Visitor, code_in};
use crate::harness::Portal;
use crate::harness::chromium::{Scripts, Window};

const EMAIL: &str = "dora@example.test";

#[tokio::test]
async fn declines_meets_a_taken_account_links_a_free_one_and_replaces_it() {
    story(Scripts::On).await;
}

#[tokio::test]
async fn needs_no_scripts_for_that() {
    story(Scripts::Off).await;
}

async fn story(scripts: Scripts) {
    let portal = Portal::start().await;
    portal.ann().await;
    let dora = Visitor::open(&portal, Window { scripts, ..Window::default() }).await;
    registers(&dora).await;
    dora.press("Link Amazon account").await;
    dora.cancel_as("Mork Hashimoto").await;
    dora.is_at("/account", Some("declined")).await;
    dora.is_linked("none").await;
    dora.leave_amazon().await;
    dora.visit("/account").await;
    dora.press("Link Amazon account").await;
    dora.allow_as("Pat Example").await;
    dora.is_at("/amazon/outcome", Some("identity_taken")).await;
    assert!(!dora.text().await.contains("Ann"), "whose it is stays unsaid");
    dora.leave_amazon().await;
    dora.visit("/account").await;
    dora.is_linked("none").await;
    dora.press("Link Amazon account").await;
    dora.allow_as("Mork Hashimoto").await;
    dora.press("Link this account").await;
    dora.is_linked("active").await;
    replaces(&dora).await;
}

async fn registers(dora: &Visitor<'_>) {
    dora.visit("/").await;
    dora.click("Create account").await;
    dora.fill("display_name", "Dora").await;
    dora.fill("email", EMAIL).await;
    dora.fill("password", "seven purple otters").await;
    dora.press("Create account").await;
    dora.is_at("/register/verify", None).await;
    let code = code_in(&dora.reads_mail_to(EMAIL).await);
    dora.visit("/register/verify").await;
    dora.fill("code", &code).await;
    dora.press("Confirm email").await;
    dora.is_at("/account", Some("registered")).await;
    dora.is_linked("none").await;
}

async fn replaces(dora: &Visitor<'_>) {
    dora.leave_amazon().await;
    dora.visit("/account").await;
    dora.click("Link a different account").await;
    dora.is_at("/amazon/replace", None).await;
    dora.press("Link a different account").await;
    dora.allow_as("山田 花子").await;
    dora.is_at("/amazon/confirm", None).await;
    let text = dora.text().await;
    for name in ["Dora", "Mork Hashimoto", "山田 花子"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    dora.press("Link this account").await;
    dora.is_at("/account", Some("linked")).await;
    let text = dora.text().await;
    assert!(text.contains("山田 花子") && !text.contains("Mork Hashimoto"), "{text}");
}
