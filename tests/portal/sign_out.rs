//! Getting out.

use serde_json::json;

use super::harness::{Browser, Portal};

#[tokio::test]
async fn who_signs_out_is_out_and_a_copied_cookie_with_them() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let copied = browser.cookie("session").unwrap();
    let answer = browser.visit("/account").await.press_only("Sign out").await;
    assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/")));
    assert_eq!(answer.header("clear-site-data").as_deref(), Some("\"cache\""));
    let page = answer.follow().await;
    assert_eq!((page.status, page.code().as_deref()), (200, Some("signed_out")));
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(portal.count("SELECT count(*) AS count FROM sessions"), 0);
    let thief = portal.browser();
    thief.plant("session", &copied);
    assert_eq!(thief.get("/account").await.location().as_deref(), Some("/sign-in"));
}

#[tokio::test]
async fn signing_out_ends_one_session_only() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (here, there) = (portal.browser_of(&bo), portal.browser_of(&bo));
    here.visit("/account").await.press("Sign out").await;
    assert_eq!(there.get("/account").await.status, 200);
}

#[tokio::test]
async fn who_is_out_already_is_sent_home() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let token = browser.visit("/sign-in").await.csrf();
    let answer = browser.post("/sign-out", &[("csrf", &token)]).await;
    assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/")));
}

#[tokio::test]
async fn a_second_tab_that_signs_out_again_gets_a_way_on() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let (one, other) = (browser.visit("/account").await, browser.second_tab().visit("/account").await);
    one.press("Sign out").await;
    let page = other.press("Sign out").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/"), "{}", page.text());
}

/// The session may end between its read and the write that begins the way to Amazon.
#[tokio::test]
async fn who_signs_out_while_a_way_to_amazon_begins_gets_the_sign_in_page() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    for path in ["/amazon/link", "/amazon/replace", "/amazon/confirm-identity"] {
        for _ in 0..10 {
            let browser = portal.browser_of(&ann);
            let csrf = browser.visit("/account").await.csrf();
            let form = [("csrf", csrf.as_str())];
            let tab = browser.second_tab();
            let (begun, out) = tokio::join!(browser.post(path, &form), tab.post("/sign-out", &form));
            assert_eq!(out.status, 303, "{path}: {}", out.text());
            let location = begun.location().unwrap_or_default();
            let is_unknown = begun.status == 403 && begun.code().as_deref() == Some("csrf");
            let is_expected = location.contains("/ap/oa") || location.starts_with("/sign-in") || is_unknown;
            assert!(is_expected, "{path}: {} {location}: {}", begun.status, begun.text());
        }
    }
    assert_eq!(portal.count_all("link_attempts"), 0);
}

/// What was typed or shown in a shared browser is not there for the next person.
#[tokio::test]
async fn signing_out_ends_what_was_begun_in_this_browser() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let email =
        browser.visit("/account/email").await.fill("email", "bo.new@example.test").press("Send code").await;
    assert_eq!(email.path(), "/account/email/verify");
    portal.at_amazon(&browser, "mork").await;
    browser.visit("/account").await.press("Link Amazon account").await;
    let stranger = browser.visit("/account").await.csrf();
    browser.post("/amazon/sign-in", &[("csrf", &stranger)]).await;
    let mail = asked_reset(&portal, &bo).await;
    browser.visit(&mail).await;
    let tables = ["email_changes", "link_attempts", "sessions"];
    assert!(tables.iter().all(|table| portal.count_all(table) > 0));
    browser.visit("/account").await.press("Sign out").await;
    for table in tables {
        assert_eq!(portal.count_all(table), 0, "{table}");
    }
    let page = browser.visit("/reset-password").await;
    assert_eq!(page.code().as_deref(), Some("code_expired"), "the opened link went along: {}", page.text());
    portal
        .browser()
        .visit(&mail)
        .await
        .fill("new_password", "nine brown kettles on ice")
        .press("Save password")
        .await;
    assert_eq!(portal.mail_to(bo.email()).kind, "password-reset", "the link itself works on");
}

/// Whoever ends this very session in the list of sessions has signed out.
#[tokio::test]
async fn ending_the_own_session_or_resetting_in_this_browser_ends_what_was_begun_in_it() {
    for ending in ["list", "reset"] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let code = typed_code_of_a_tv(&portal, &browser).await;
        portal.at_amazon(&browser, "mork").await;
        browser.visit("/account").await.press("Link Amazon account").await;
        assert!(portal.count_all("link_attempts") > 0);
        if ending == "list" {
            let page = browser.visit("/account/security").await;
            let session = portal.lines("SELECT id AS line FROM sessions").pop().unwrap();
            let fields = [("csrf", page.csrf()), ("session", session)];
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            browser.post("/account/security/end-session", &fields).await;
        } else {
            let mail = asked_reset(&portal, &bo).await;
            let form = browser.visit(&mail).await;
            form.fill("new_password", "nine brown kettles on ice").press("Save password").await;
        }
        assert_eq!(portal.count_all("sessions"), 0, "{ending}");
        assert_eq!(portal.count_all("link_attempts"), 0, "{ending}");
        let held = "SELECT count(*) AS count FROM game_sign_in_codes WHERE browser_hash IS NOT NULL";
        assert_eq!(portal.count(held), 0, "{ending}: the code {code} is given back");
    }
}

/// The code of a TV, typed in this browser.
async fn typed_code_of_a_tv(portal: &Portal, browser: &Browser) -> String {
    let mut tv = portal.game().await;
    let begun = tv.ask("SignInByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned();
    let page = browser.visit("/activate").await.fill("code", &code).press("Continue").await;
    assert_eq!(page.path(), "/activate/sign-in", "{}", page.text());
    code
}

async fn asked_reset(portal: &Portal, person: &super::harness::Person) -> String {
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", person.email()).press_only("Send link").await;
    portal.mail_to(person.email()).link()
}

/// The next person of a shared browser finds neither the Amazon address nor the registration of the one before.
#[tokio::test]
async fn signing_in_ends_what_a_visitor_typed_or_was_shown() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let form = browser.visit("/register").await.fill("display_name", "Dora");
    let form = form.fill("email", "dora@example.test").fill("password", "seven purple otters");
    assert_eq!(form.press("Create account").await.path(), "/register/verify");
    portal.at_amazon(&browser, "mork").await;
    let asked = browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!(asked.url.path(), "/amazon/register", "{}", asked.text());
    let callback = browser.second_tab().visit("/").await.press_to_callback("Login with Amazon").await;
    let form = browser.visit("/sign-in").await.fill("identifier", bo.email());
    assert_eq!(form.fill("password", bo.password()).press("Sign in").await.path(), "/account");
    assert_eq!(portal.count_all("registrations"), 0);
    assert_eq!(portal.count("SELECT count(*) AS count FROM link_attempts WHERE stage <> 'begun'"), 0);
    let shown = browser.visit(&asked.path()).await;
    assert_eq!((shown.status, shown.code().as_deref()), (400, Some("attempt_unknown")), "{}", shown.text());
    // A trip that is still under way opens a player, and asks nobody else for a name.
    let back = browser.visit(&callback).await;
    assert_eq!((back.status, back.code().as_deref()), (400, Some("attempt_unknown")), "{}", back.text());
}

/// A code that is bound to a browser is free again, and has to be typed again.
#[tokio::test]
async fn a_claim_ends_when_somebody_signs_in_unless_they_go_on_with_it() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut game = portal.game().await;
    let asked = serde_json::json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    game.ask("DeviceAuthenticationRequest", asked).await;
    let begun = game.ask("ClaimAccountByCodeRequest", serde_json::json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let browser = portal.browser();
    let claim = browser.visit("/activate").await.fill("code", code).press("Continue").await;
    assert_eq!(claim.path(), "/activate/claim", "{}", claim.text());
    let form = browser.visit("/sign-in?next=/activate/claim").await.fill("identifier", bo.email());
    assert_eq!(form.fill("password", bo.password()).press("Sign in").await.path(), "/activate/claim");
    browser.visit("/account").await.press("Sign out").await;
    assert_eq!(browser.visit("/activate/claim").await.path(), "/activate");
    // Another browser may type it now.
    let other = portal.browser();
    let claim = other.visit("/activate").await.fill("code", code).press("Continue").await;
    assert_eq!(claim.path(), "/activate/claim", "{}", claim.text());
    let form = other.visit("/sign-in").await.fill("identifier", bo.email());
    assert_eq!(form.fill("password", bo.password()).press("Sign in").await.path(), "/account");
    assert_eq!(other.visit("/activate/claim").await.path(), "/activate");
}
