//! A browser that keeps no cookies is told so, wherever one is needed, and no fresh link is called dead.

use chrono::TimeDelta;

use super::harness::{Page, Portal};

fn told(page: &Page) -> (u16, Option<String>) {
    (page.status, page.code())
}

#[tokio::test]
async fn every_form_says_that_cookies_are_needed() {
    let portal = Portal::start().await;
    let browser = portal.browser().without_cookies();
    let needed = (403, Some("cookies_needed".to_owned()));
    for (path, button) in [
        ("/sign-in", "Sign in"),
        ("/sign-in", "Login with Amazon"),
        ("/register", "Create account"),
        ("/forgot-password", "Send link"),
        ("/activate", "Continue"),
        ("/support/sign-in", "Continue"),
    ] {
        let page = browser.visit(path).await.press(button).await;
        assert_eq!(told(&page), needed, "{path}: {}", page.text());
        assert!(page.text().contains("cookie"), "{}", page.text());
    }
    let page = browser.speaking("de").visit("/sign-in").await.press("Anmelden").await;
    assert_eq!(told(&page), needed);
    assert!(page.text().contains("Cookie"), "{}", page.text());
}

/// A stale form of a browser that keeps cookies is stale, and a form from elsewhere is refused as before.
#[tokio::test]
async fn a_browser_with_cookies_is_told_to_reload() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let form = browser.visit("/sign-in").await;
    browser.forget("browser");
    browser.visit("/sign-in").await;
    assert_eq!(told(&form.press("Sign in").await), (403, Some("csrf".into())));
    let token = form.csrf();
    let foreign = portal.browser().post_from_elsewhere("/sign-in", &[("csrf", &token)]).await;
    assert_eq!(told(&foreign), (403, Some("csrf".into())), "a foreign page takes no cookies along");
}

#[tokio::test]
async fn a_fresh_mailed_link_is_not_called_dead() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let asked = portal.browser().visit("/forgot-password").await;
    asked.fill("identifier", bo.email()).press_only("Send link").await;
    let reset = portal.mail_to(bo.email()).link();
    let page = portal.browser_of(&bo).visit("/account/email").await;
    let page = page.fill("email", "bo.new@example.test").press("Send code").await;
    let code = portal.mail_to("bo.new@example.test").code();
    page.fill("code", &code).press("Confirm email").await;
    let undo = portal.mail_to(bo.email()).link();
    portal.meet_the_real_clock();
    let said = portal.says(&["staff", "add", "sam@desk.test", "--role", "admin"]);
    let enrol = said.lines().find(|line| line.starts_with("http")).unwrap().to_owned();
    for (what, link) in [("undo", &undo), ("enrol", &enrol)] {
        let page = portal.browser().without_cookies().visit(link).await;
        assert_eq!(page.code().as_deref(), Some("cookies_needed"), "{what}: {}", page.text());
        assert!(page.text().contains("cookies"), "{}", page.text());
        // Nothing was used, so another browser goes on.
        let page = portal.browser().visit(link).await;
        assert_eq!(told(&page), (200, None), "{what}: {}", page.text());
    }
    // The change has superseded the first link to the old address. A dead link is called dead.
    assert_eq!(told(&portal.browser().visit(&reset).await), (200, Some("code_expired".into())));
}

#[tokio::test]
async fn a_link_for_a_new_password_is_kept_for_a_browser_with_cookies() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let asked = portal.browser().visit("/forgot-password").await;
    asked.fill("identifier", bo.email()).press_only("Send link").await;
    let link = portal.mail_to(bo.email()).link();
    let page = portal.browser().without_cookies().visit(&link).await;
    assert_eq!(told(&page), (200, Some("cookies_needed".into())), "{}", page.text());
    assert!(!page.text().contains("no longer works"), "{}", page.text());
    let form = portal.browser().visit(&link).await;
    let done = form.fill("new_password", "nine brown kettles on ice").press("Save password").await;
    assert_eq!(done.code().as_deref(), Some("password_reset"));
    portal.wait(TimeDelta::minutes(1));
    assert_eq!(told(&portal.browser().visit(&link).await), (200, Some("code_expired".into())));
}
