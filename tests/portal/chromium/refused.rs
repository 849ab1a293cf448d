//! A form that was not accepted, as a keyboard and a screen reader meet it, with scripts and without.

use fantoccini::key::Key;

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scripts, Window};

async fn focused(visitor: &Visitor<'_>, attribute: &str) -> Option<String> {
    visitor.browser.active_element().await.unwrap().attr(attribute).await.unwrap()
}

async fn press_key(visitor: &Visitor<'_>, key: Key) {
    visitor.browser.active_element().await.unwrap().send_keys(&key.to_string()).await.unwrap();
}

#[tokio::test]
async fn the_summary_has_the_focus_and_leads_to_the_field() {
    for scripts in [Scripts::On, Scripts::Off] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let visitor = Visitor::open(&portal, Window { scripts, ..Window::default() }).await;
        visitor.visit("/sign-in").await;
        visitor.fill("identifier", bo.email()).await;
        visitor.fill("password", "not the password").await;
        visitor.press("Sign in").await;
        visitor.is_at("/sign-in", Some("credentials_wrong")).await;
        assert_eq!(visitor.browser.title().await.unwrap(), "Error: Sign in · Dovetail");
        assert_eq!(focused(&visitor, "class").await.as_deref(), Some("summary"), "{scripts:?}");
        assert_eq!(visitor.complaints().await, [""; 0]);
        press_key(&visitor, Key::Tab).await;
        assert_eq!(focused(&visitor, "href").await.as_deref(), Some("#password"), "{scripts:?}");
        press_key(&visitor, Key::Enter).await;
        assert_eq!(focused(&visitor, "id").await.as_deref(), Some("password"), "{scripts:?}");
    }
}
