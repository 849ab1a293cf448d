//! The console stays silent: no violation of the Content-Security-Policy, no error of a script, no missing file.

use std::process::Command;

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scheme, Window};

#[tokio::test]
async fn on_every_page_for_strangers_and_players_with_and_without_a_link() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let visitor = Visitor::open(&portal, Window::default()).await;
    let mut said = Vec::new();
    for (who, seat) in [
        ("a stranger", portal.browser()),
        ("a player with a link", portal.browser_of(&ann)),
        ("a player without", portal.browser_of(&bo)),
    ] {
        visitor.sits_down_as(&seat).await;
        for page in pages() {
            visitor.visit(&page).await;
            visitor.browser.show(Window { scheme: Scheme::Dark, ..Window::default() }).await;
            visitor.browser.show(Window::default()).await;
            said.extend(
                visitor.complaints().await.into_iter().map(|line| format!("{who} at {page}: {line}")),
            );
        }
    }
    assert!(said.is_empty(), "{said:#?}");
}

/// Every address that answers with a page.
fn pages() -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .args(["routes", "--json"])
        .env_clear()
        .env("DOVETAIL_MODE", "development")
        .output()
        .unwrap();
    let routes: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let asked = routes.iter().filter(|route| route["method"] == "GET");
    let paths = asked
        .map(|route| route["path"].as_str().unwrap())
        .filter(|path| !path.contains('{') && !path.starts_with("/api/") && *path != "/healthz");
    let pages: Vec<String> = paths.map(str::to_owned).collect();
    assert!(pages.len() > 20, "{pages:?}");
    pages
}
