//! Passkeys are added, named, used and removed; an authenticator in software plays the phone.

use chrono::TimeDelta;
use serde_json::Value;

use super::harness::Portal;
use super::harness::authenticator::{Authenticator, add_passkey, begin, sign_in_with};

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let security = browser.visit("/account/security").await;
    assert!(security.click("Show passkeys").await.text().contains("You have no passkey yet"));
    let mut key = Authenticator::of(&portal);
    let list = add_passkey(&browser, &mut key, "  Bo’s   phone ").await;
    assert_eq!((list.path(), list.code().as_deref()), ("/account/passkeys".into(), Some("passkey_added")));
    assert!(list.text().contains("Bo’s phone") && list.text().contains("Not used yet"), "{}", list.text());
    assert!(list.text().contains("On one device only"), "{}", list.text());
    let mail = portal.mail_to(bo.email());
    assert_eq!(mail.kind, "passkey-added");
    assert!(mail.text.contains("Bo’s phone"), "{mail:?}");

    let phone = portal.browser();
    let account = sign_in_with(&phone, &mut key).await;
    assert_eq!(account.path(), "/account", "{}", account.text());
    let security = phone.visit("/account/security").await;
    assert!(security.text().contains("With a passkey"), "{}", security.text());
    let list = phone.visit("/account/passkeys").await;
    assert!(list.text().contains("Last used"), "{}", list.text());
    assert_eq!(phone.get("/account/email").await.status, 200, "the sign-in is a fresh proof");
    let activity = phone.visit("/account/activity").await.text();
    assert!(activity.contains("You added a passkey") && activity.contains("With a passkey"), "{activity}");
    assert!(portal.events_of(&bo).contains(&"player.passkey.added".to_owned()));
    portal.verify().await;
}

#[tokio::test]
async fn the_browser_is_asked_for_what_the_portal_needs() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let key = portal.passkey_of(&browser).await;
    let page = browser.visit("/account/passkeys/add").await;
    let options = begin(&page, "/account/passkeys/begin").await.options;
    let selection = &options["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required");
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"][0]["id"], Value::from(key.id()));
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["user"]["name"], bo.email());
    let page = portal.browser().visit("/sign-in").await;
    let options = begin(&page, "/sign-in/passkey/begin").await.options;
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], Value::Array(Vec::new()), "any passkey of this site");
    assert_eq!(page.attribute("#identifier", "autocomplete").as_deref(), Some("username webauthn"));
}

#[tokio::test]
async fn the_list_tells_the_password_manager_what_is_there() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let key = portal.passkey_of(&browser).await;
    let list = browser.visit("/account/passkeys").await;
    let said = |name: &str| list.attribute("[data-behaviour=tell-passkeys]", name).unwrap();
    assert_eq!(said("data-credentials"), key.id());
    let handle = data_encoding::BASE64URL_NOPAD.decode(said("data-user").as_bytes()).unwrap();
    assert_eq!(Some(handle), key.user_handle);
    assert_eq!((said("data-name").as_str(), said("data-display-name").as_str()), (bo.email(), "Bo"));
}

#[tokio::test]
async fn adding_and_removing_ask_for_fresh_proof() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.passkey_of(&browser).await;
    portal.wait(TimeDelta::hours(1));
    let asked = browser.visit("/account/passkeys/add").await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    assert!(asked.text().contains("To add a passkey"), "{}", asked.text());
    let list = browser.visit("/account/passkeys").await;
    let begun = browser.post("/account/passkeys/begin", &[("csrf", &list.csrf())]).await;
    assert_eq!(begun.status, 303, "the script sees a redirect and loads the page again");
    let asked = list.press("Remove").await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    let removed = asked.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(removed.code().as_deref(), Some("passkey_removed"));
    assert_eq!(portal.count("SELECT count(*) AS count FROM passkeys"), 0);
    assert_eq!(portal.mail_to(bo.email()).kind, "passkey-removed");
    assert!(portal.events_of(&bo).contains(&"player.passkey.removed".to_owned()));
    portal.verify().await;
}

#[tokio::test]
async fn a_passkey_is_a_fresh_proof() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let mut key = portal.passkey_of(&browser).await;
    portal.wait(TimeDelta::hours(1));
    let asked = browser.visit("/account/email").await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    let begun = begin(&asked, "/account/confirm-identity/passkey/begin").await;
    assert_eq!(begun.options["allowCredentials"][0]["id"], Value::from(key.id()));
    let answer = key.get(&begun.options);
    let filled = asked.fill("ceremony", &begun.ceremony).fill("credential", &answer);
    let email = filled.press("Confirm with a passkey").await;
    assert_eq!(email.path(), "/account/email", "{}", email.text());
    portal.verify().await;
}

#[tokio::test]
async fn a_passkey_of_somebody_else_is_no_proof() {
    let portal = Portal::start().await;
    let (bo, ann) = (portal.bo().await, portal.ann().await);
    let mut of_ann = portal.passkey_of(&portal.browser_of(&ann)).await;
    let browser = portal.browser_of(&bo);
    portal.passkey_of(&browser).await;
    portal.wait(TimeDelta::hours(1));
    let asked = browser.visit("/account/email").await;
    let begun = begin(&asked, "/account/confirm-identity/passkey/begin").await;
    let answer = of_ann.get(&begun.options);
    let filled = asked.fill("ceremony", &begun.ceremony).fill("credential", &answer);
    let refused = filled.press("Confirm with a passkey").await;
    assert_eq!(refused.path(), "/account/confirm-identity");
    assert_eq!(refused.code().as_deref(), Some("passkey_unknown"));
    assert_eq!(browser.get("/account/email").await.status, 303, "still not fresh");
}

#[tokio::test]
async fn a_passkey_is_renamed() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.passkey_of(&browser).await;
    let list = browser.visit("/account/passkeys").await;
    let renamed = list.fill("name", "Key ring").press("Rename").await;
    assert_eq!(renamed.code().as_deref(), Some("passkey_renamed"));
    assert!(renamed.text().contains("Key ring"), "{}", renamed.text());
    assert!(portal.events_of(&bo).contains(&"player.passkey.renamed".to_owned()));
    let refused = renamed.fill("name", " \u{200b} ").press("Rename").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("Enter a name that can be read"), "{}", refused.text());
}

#[tokio::test]
async fn nobody_renames_or_removes_the_passkey_of_another() {
    let portal = Portal::start().await;
    let (bo, ann) = (portal.bo().await, portal.ann().await);
    portal.passkey_of(&portal.browser_of(&ann)).await;
    let id = portal.lines("SELECT id AS line FROM passkeys").remove(0);
    let browser = portal.browser_of(&bo);
    portal.passkey_of(&browser).await;
    let csrf = browser.visit("/account/passkeys").await.csrf();
    for (path, name) in [("/account/passkeys/rename", "mine"), ("/account/passkeys/remove", "")] {
        let answer = browser.post(path, &[("csrf", &csrf), ("passkey", &id), ("name", name)]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM passkeys WHERE name = 'phone'"), 2);
}

#[tokio::test]
async fn a_removed_passkey_signs_nobody_in() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let mut key = portal.passkey_of(&browser).await;
    let stolen = portal.browser();
    assert_eq!(sign_in_with(&stolen, &mut key).await.path(), "/account");
    let removed = browser.visit("/account/passkeys").await.press("Remove").await;
    assert_eq!(removed.code().as_deref(), Some("passkey_removed"));
    assert_eq!(stolen.get("/account").await.status, 303, "who came in by it goes with it");
    let refused = sign_in_with(&portal.browser(), &mut key).await;
    assert_eq!((refused.path(), refused.code().as_deref()), ("/sign-in".into(), Some("passkey_unknown")));
}

#[tokio::test]
async fn one_passkey_is_added_once() {
    let portal = Portal::start().await;
    let (bo, ann) = (portal.bo().await, portal.ann().await);
    let mut key = portal.passkey_of(&portal.browser_of(&bo)).await;
    let refused = add_passkey(&portal.browser_of(&ann), &mut key, "mine").await;
    assert_eq!((refused.status, refused.code().as_deref()), (422, Some("passkey_already_there")));
    assert_eq!(portal.count("SELECT count(*) AS count FROM passkeys"), 1);
}

#[tokio::test]
async fn a_player_has_at_most_twenty() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/passkeys/add").await;
    for number in 0..20 {
        let mut key = Authenticator::of(&portal);
        let list = add_passkey(&browser, &mut key, &format!("key {number}")).await;
        assert_eq!(list.code().as_deref(), Some("passkey_added"), "{}", list.text());
    }
    let begun = browser.post("/account/passkeys/begin", &[("csrf", &page.csrf())]).await;
    assert_eq!(begun.status, 409);
    assert_eq!(portal.count("SELECT count(*) AS count FROM passkeys"), 20);
}

#[tokio::test]
async fn without_scripts_the_pages_say_what_passkeys_need() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let sign_in = portal.browser().visit("/sign-in").await;
    assert!(sign_in.text().contains("Passkeys need JavaScript"), "{}", sign_in.text());
    let answered = sign_in.press("Sign in with a passkey").await;
    assert_eq!(answered.path(), "/sign-in");
    assert_eq!(answered.code().as_deref(), Some("passkey_needs_script"));
    let add = portal.browser_of(&bo).visit("/account/passkeys/add").await;
    let answered = add.fill("name", "phone").press("Create passkey").await;
    assert_eq!((answered.status, answered.code().as_deref()), (422, Some("passkey_needs_script")));
    assert_eq!(answered.value("name").as_deref(), Some("phone"));
}

#[tokio::test]
async fn a_sign_in_goes_on_where_the_player_was_going() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut key = portal.passkey_of(&portal.browser_of(&bo)).await;
    let page = portal.browser().visit("/account/profile").await;
    assert!(page.path().starts_with("/sign-in?next="), "{}", page.path());
    let asked = begin(&page, "/sign-in/passkey/begin").await;
    let answer = key.get(&asked.options);
    let filled = page.fill("ceremony", &asked.ceremony).fill("credential", &answer);
    assert_eq!(filled.press("Sign in with a passkey").await.path(), "/account/profile");
}

#[tokio::test]
async fn other_origins_of_the_studio_are_told_to_browsers() {
    let portal = Portal::start().await;
    assert_eq!(portal.browser().get("/.well-known/webauthn").await.status, 404);
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_PASSKEY_ORIGINS", "https://shop.example,https://forum.example");
    })
    .await;
    let answer = portal.browser().get("/.well-known/webauthn").await;
    assert_eq!(answer.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(answer.html, r#"{"origins":["https://shop.example","https://forum.example"]}"#);
    let bo = portal.bo().await;
    let mut key = portal.passkey_of(&portal.browser_of(&bo)).await;
    key.origin = "https://forum.example".to_owned();
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account");
}

#[tokio::test]
async fn the_export_has_passkeys_without_their_keys() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let key = portal.passkey_of(&browser).await;
    let file = browser.visit("/account/data").await.press("Download my data").await;
    let file: Value = serde_json::from_str(&file.html).unwrap();
    assert_eq!(file["passkeys"][0]["name"], "phone");
    assert_eq!(file["passkeys"][0]["credential_id"], Value::from(key.id()));
    assert_eq!(file["passkeys"][0].get("credential"), None);
}

/// S61: a reset ends all sessions, but whoever has a passkey still comes in.
#[tokio::test]
async fn a_reset_lists_passkeys_with_a_button_each() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut key = portal.passkey_of(&portal.browser_of(&bo)).await;
    let asked = portal.browser().visit("/forgot-password").await;
    asked.fill("identifier", bo.email()).press("Send link").await;
    let browser = portal.browser();
    let reset = browser.visit(&portal.mail_to(bo.email()).link()).await;
    reset.fill("new_password", "nine orange herons").press("Save password").await;
    let mail = portal.mail_to(bo.email());
    assert!(mail.kind == "password-reset" && mail.text.contains("Passkey phone"), "{mail:?}");
    let account = sign_in_with(&portal.browser(), &mut key).await;
    assert_eq!(account.path(), "/account", "a reset leaves passkeys");
    let access = account.visit("/account/security/access").await;
    assert!(access.text().contains("phone"), "{}", access.text());
    let removed = access.press("Remove").await;
    assert_eq!(removed.path(), "/account/security/access");
    assert_eq!(removed.code().as_deref(), Some("passkey_removed"));
}
