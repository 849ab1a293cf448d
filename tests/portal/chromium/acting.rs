//! An agent helps a player in a real browser: by keyboard, with scripts and without.

use fantoccini::Locator;
use fantoccini::key::Key;

use super::visitor::Visitor;
use crate::harness::Portal;
use crate::harness::chromium::{Scripts, Window};

/// Opens what hides a form, as a keyboard does.
async fn open(visitor: &Visitor<'_>, action: &str) {
    let summary = format!("details[data-action='{action}'] > summary");
    let summary = visitor.browser.find(Locator::Css(&summary)).await.unwrap();
    summary.send_keys(&Key::Enter.to_string()).await.unwrap();
}

async fn is_open(visitor: &Visitor<'_>) -> Vec<String> {
    let open = visitor.browser.find_all(Locator::Css("details.action[open]")).await.unwrap();
    let mut actions = Vec::new();
    for details in open {
        actions.push(details.attr("data-action").await.unwrap().unwrap());
    }
    actions
}

#[tokio::test]
async fn by_keyboard_with_one_form_open_at_a_time() {
    for scripts in [Scripts::On, Scripts::Off] {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        portal.browser_of(&ann);
        let lee = portal.agent("lee", "lead").await;
        let visitor = Visitor::open(&portal, Window { scripts, ..Window::default() }).await;
        visitor.sits_down_as(&portal.desk_of(&lee)).await;
        let address = format!("/support/players/{}", ann.id);
        visitor.visit(&address).await;
        assert_eq!(is_open(&visitor).await, [""; 0]);
        open(&visitor, "check-link").await;
        open(&visitor, "unlink-amazon").await;
        assert_eq!(is_open(&visitor).await, ["unlink-amazon"], "opening one closes the other");
        visitor.browser.save_screenshot(&format!("desk-action-{scripts:?}").to_lowercase()).await;
        visitor.fill("unlink-amazon-reason", "abc").await;
        visitor.press("Unlink Amazon account").await;
        assert_eq!(visitor.path().await, address, "the form was refused on the page that has it");
        assert_eq!(is_open(&visitor).await, ["unlink-amazon"], "the page comes back with the form open");
        assert!(visitor.text().await.contains("Say why, in 4 to 200 characters."));
        visitor.browser.save_screenshot(&format!("desk-action-again-{scripts:?}").to_lowercase()).await;

        assert_eq!(visitor.complaints().await, [""; 0]);

        // Enter in the field sends the form.
        visitor.fill("unlink-amazon-reason", "ticket 4711").await;
        let reason = visitor.browser.find(Locator::Id("unlink-amazon-reason")).await.unwrap();
        reason.send_keys(&Key::Enter.to_string()).await.unwrap();
        visitor.browser.wait().for_element(Locator::Css("[data-code='support_unlinked']")).await.unwrap();
        visitor.is_at(&address, Some("support_unlinked")).await;
        visitor.browser.save_screenshot(&format!("desk-action-done-{scripts:?}").to_lowercase()).await;
        open(&visitor, "note").await;
        visitor.browser.show(Window { size: (820, 1180), ..Window::default() }).await;
        visitor.browser.save_screenshot(&format!("desk-action-note-{scripts:?}").to_lowercase()).await;
        portal
            .run("UPDATE refresh_brake SET on_since = '2032-12-01 11:30:00', refused = 21, refreshes = 300");
        visitor.visit("/support").await;
        visitor.browser.save_screenshot(&format!("desk-brake-{scripts:?}").to_lowercase()).await;
        assert_eq!(visitor.complaints().await, [""; 0]);
    }
}
