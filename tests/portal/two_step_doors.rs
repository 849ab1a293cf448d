//! Every door asks for the second factor before it opens a session (S157).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::harness::second_factor::give_password;
use super::harness::{Page, Person, Portal};

/// Nobody has come in, and the page asks for the code.
fn asks(portal: &Portal, person: &Person, page: &Page) {
    assert_eq!((page.status, page.path().as_str()), (200, "/sign-in/two-step"), "{}", page.text());
    assert_eq!(portal.count_of("sessions", person), 0);
    assert!(page.browser().cookie("session").is_none(), "no session begins");
}

async fn opens(portal: &Portal, person: &Person, page: &Page, secret: &str, to: &str) -> Page {
    let home = page.fill("code", &portal.next_app_code(secret)).press("Continue").await;
    assert_eq!((home.status, home.path().as_str()), (200, to), "{}", home.text());
    assert_eq!(portal.count_of("sessions", person), 1);
    assert_eq!(portal.count_all("pending_sign_ins"), 0);
    home
}

#[tokio::test]
async fn the_password_and_it_leads_where_the_player_was_going() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let form = portal.browser().visit("/account/activity").await;
    let page = form.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
    asks(&portal, &bo, &page);
    opens(&portal, &bo, &page, &secret, "/account/activity").await;
    // A wrong password is answered as everybody's, and asks for nothing.
    let wrong = |email: &str| {
        let (portal, email) = (&portal, email.to_owned());
        async move {
            let form = portal.browser().visit("/sign-in").await;
            form.fill("identifier", &email).fill("password", "not the password").press("Sign in").await
        }
    };
    let ann = portal.ann().await;
    let (of_bo, of_ann) = (wrong(bo.email()).await, wrong(ann.email()).await);
    assert_eq!((of_bo.status, of_bo.text()), (of_ann.status, of_ann.text()));
    portal.verify().await;
}

#[tokio::test]
async fn a_sign_in_waits_ten_minutes_in_its_browser_only() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let page = give_password(&portal.browser(), &bo).await;
    assert_eq!(portal.browser().visit("/sign-in/two-step").await.path(), "/sign-in", "another browser");
    portal.wait(TimeDelta::minutes(10));
    let over = page.fill("code", &portal.app_code(&secret)).press("Continue").await;
    assert_eq!((over.path(), over.code()), ("/sign-in".into(), Some("code_expired".into())));
    assert_eq!(portal.count_of("sessions", &bo), 0);
}

#[tokio::test]
async fn amazon() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let secret = portal.second_factor_of(&ann);
    let browser = portal.browser();
    let page = browser.visit("/").await.press("Login with Amazon").await.allow_as("Pat Example").await;
    asks(&portal, &ann, &page);
    let home = opens(&portal, &ann, &page, &secret, "/account").await;
    assert_eq!(home.link_state().as_deref(), Some("active"));
    portal.verify().await;
}

/// A browser in which somebody else is signed in keeps that session until the code is right.
#[tokio::test]
async fn amazon_in_a_browser_of_somebody_else() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let secret = portal.second_factor_of(&ann);
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "pat").await;
    let csrf = browser.visit("/account").await.csrf();
    let amazon = browser.post("/amazon/sign-in", &[("csrf", &csrf)]).await.follow().await;
    assert_eq!(amazon.path(), "/sign-in/two-step", "{}", amazon.text());
    assert_eq!((portal.count_of("sessions", &bo), portal.count_of("sessions", &ann)), (1, 0));
    let home = amazon.fill("code", &portal.app_code(&secret)).press("Continue").await;
    assert!(home.text().contains("Ann"), "{}", home.text());
    assert_eq!((portal.count_of("sessions", &bo), portal.count_of("sessions", &ann)), (0, 1));
}

#[tokio::test]
async fn a_mailed_reset() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let browser = portal.browser();
    let form = browser.visit("/forgot-password").await;
    form.fill("identifier", bo.email()).press("Send link").await;
    let form = browser.visit(&portal.mail_to(bo.email()).link()).await;
    assert!(form.text().contains("At least 8 characters"), "{}", form.text());
    let saved = form.fill("new_password", "9 lamps.").press("Save password").await;
    assert_eq!(saved.code().as_deref(), Some("password_reset"), "{}", saved.text());
    let page = saved.fill("identifier", bo.email()).fill("password", "9 lamps.").press("Sign in").await;
    asks(&portal, &bo, &page);
    let list = opens(&portal, &bo, &page, &secret, "/account/security/access").await;
    assert_eq!(list.status, 200);
}

#[tokio::test]
async fn a_mailed_code() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_LOGIN_NETWORK_FAILURES", "10");
    })
    .await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    for n in 0..10 {
        let form = portal.browser().visit("/sign-in").await;
        form.fill("identifier", &format!("nobody{n}@example.test"))
            .fill("password", "x")
            .press("Sign in")
            .await;
    }
    let page = give_password(&portal.browser(), &bo).await;
    assert_eq!(page.path(), "/sign-in/code", "{}", page.text());
    let page = page.fill("code", &portal.mail_to(bo.email()).code()).press("Continue").await;
    asks(&portal, &bo, &page);
    opens(&portal, &bo, &page, &secret, "/account").await;
}

/// The password of a matching address adds no way in without the code.
#[tokio::test]
async fn a_matching_address() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let browser = portal.browser();
    portal.amazon.admits("twin", "Twin at Amazon", bo.email());
    portal.at_amazon(&browser, "twin").await;
    let asked = browser.visit("/").await.press("Login with Amazon").await;
    let page = asked.fill("password", bo.password()).press("Link and sign in").await;
    asks(&portal, &bo, &page);
    assert_eq!(page.code().as_deref(), Some("link_waits"));
    assert_eq!(portal.identity_linked_to(&bo), None);
    let home = opens(&portal, &bo, &page, &secret, "/account").await;
    assert_eq!(home.link_state().as_deref(), Some("none"));
    let confirm = home.press("Link Amazon account").await;
    assert_eq!(confirm.press("Link this account").await.link_state().as_deref(), Some("active"));
    portal.verify().await;
}

#[tokio::test]
async fn fresh_proof_with_amazon_takes_the_code_before_the_trip() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let secret = portal.second_factor_of(&ann);
    let browser = portal.stale_browser_of(&ann);
    let asked = browser.visit("/account/email").await;
    assert_eq!(asked.path(), "/account/confirm-identity", "{}", asked.text());
    let again = asked.press("Confirm with Amazon").await;
    assert_eq!((again.path(), again.code()), ("/account/confirm-identity".into(), Some("code_wrong".into())));
    let amazon = again.fill("code", &portal.app_code(&secret)).press("Confirm with Amazon").await;
    let done = amazon.allow_as("Pat Example").await;
    assert_eq!(done.path(), "/account/email", "{}", done.text());
}

async fn asks_in_game(portal: &Portal, fields: Value) -> Value {
    portal.game().await.ask("AuthenticationRequest", fields).await
}

#[tokio::test]
async fn a_game_gives_the_code_with_the_request() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (name, password) = (bo.email(), bo.password());
    let secret = portal.second_factor_of(&bo);
    let recovery = portal.recovery_code_of(&bo).await;
    let needed = asks_in_game(&portal, json!({ "userName": name, "password": password })).await;
    assert_eq!(needed["error"]["authentication"], "SECOND_FACTOR_REQUIRED", "{needed}");
    let portals =
        format!("{}/account/two-step", portal.app().config.http.public_url.as_str().trim_end_matches('/'));
    assert_eq!(needed["error"]["portal"], portals.as_str());
    assert!(needed["authToken"].is_null() && needed["userId"].is_null(), "{needed}");
    assert_eq!(portal.count_of("game_sessions", &bo), 0);

    let wrong =
        asks_in_game(&portal, json!({ "userName": name, "password": password, "code": "000000" })).await;
    assert_eq!(wrong["error"], json!({ "code": "UNRECOGNISED" }), "{wrong}");
    let code = portal.app_code(&secret);
    let fields = json!({ "userName": name, "password": password, "code": code });
    let answer = asks_in_game(&portal, fields.clone()).await;
    assert_eq!(answer["userId"], bo.id.as_str(), "{answer}");
    let again = asks_in_game(&portal, fields).await;
    assert_eq!(again["error"], json!({ "code": "UNRECOGNISED" }), "each code works once");
    let fields = json!({ "userName": name, "password": password, "code": recovery });
    assert_eq!(asks_in_game(&portal, fields.clone()).await["userId"], bo.id.as_str());
    assert_eq!(portal.mail_to(bo.email()).kind, "recovery-code-used");
    assert_eq!(asks_in_game(&portal, fields).await["error"], json!({ "code": "UNRECOGNISED" }));

    // A wrong password tells nothing, with a code or without.
    let ann = portal.ann().await;
    let of_ann = asks_in_game(&portal, json!({ "userName": ann.email(), "password": "wrong" })).await;
    let code = portal.next_app_code(&secret);
    for fields in [
        json!({ "userName": name, "password": "wrong" }),
        json!({ "userName": name, "password": "wrong", "code": code }),
    ] {
        let mut refused = asks_in_game(&portal, fields).await;
        refused["requestId"] = of_ann["requestId"].clone();
        assert_eq!(refused, of_ann);
    }
    // The codes of games and of browsers count together.
    for _ in 0..10 {
        asks_in_game(&portal, json!({ "userName": name, "password": password, "code": "000000" })).await;
    }
    let locked = asks_in_game(&portal, json!({ "userName": name, "password": password, "code": code })).await;
    assert_eq!(locked["error"], json!({ "code": "LOCKED" }), "{locked}");
    let page = give_password(&portal.browser(), &bo).await;
    assert_eq!(page.fill("code", &code).press("Continue").await.status, 429);
}

#[tokio::test]
async fn a_short_password_is_refused_in_games_as_well() {
    let portal = Portal::start().await;
    let fields = json!({ "displayName": "Zoe", "userName": "zoe", "password": "9 boats in blue" });
    let long = portal.game().await.ask("RegistrationRequest", fields).await;
    assert!(long["userId"].is_string(), "{long}");
    let fields = json!({ "displayName": "Yan", "userName": "yan", "password": "9 boats in red" });
    let short = portal.game().await.ask("RegistrationRequest", fields).await;
    assert_eq!(short["error"], json!({ "password": "INVALID" }), "{short}");
}

/// Support sees that it is on, and nothing of it.
#[tokio::test]
async fn the_desk_sees_that_it_is_on() {
    let portal = Portal::start().await;
    let (bo, uma) = (portal.bo().await, portal.agent("uma", "agent").await);
    let address = format!("/support/players/{}", bo.id);
    let before = portal.desk_of(&uma).visit(&address).await;
    assert!(before.text().contains("Second factor Off"), "{}", before.text());
    portal.second_factor_of(&bo);
    let after = portal.desk_of(&uma).visit(&address).await;
    assert!(after.text().contains("Second factor On since"), "{}", after.text());
}

/// The code is asked for before the page that keeps a closing account, and not again after it. A remembered browser
/// signs in without it, and keeps, exports and erases nothing.
#[tokio::test]
async fn an_account_that_closes() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let browser = portal.browser();
    let page = give_password(&browser, &bo).await.fill("remember_browser", "1");
    page.fill("code", &portal.next_app_code(&secret)).press("Continue").await;
    let token = portal.lines("SELECT token_hash AS line FROM remembered_browsers").remove(0);
    let form = portal.browser_of(&bo).visit("/account/data/delete").await;
    form.fill("confirm", "DELETE").press("Delete my account").await;
    // The end of everything has forgotten the browser. Even if it had not, it would be asked.
    assert_eq!(portal.count_all("remembered_browsers"), 0);
    portal.put(
        "remembered_browsers",
        &[
            ("id", "'left over'".into()),
            ("player_id", format!("'{}'", bo.id)),
            ("token_hash", format!("'{token}'")),
            ("browser", "'Firefox'".into()),
            ("network", "''".into()),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(9_000)),
        ],
    );
    let page = give_password(&browser, &bo).await;
    assert_eq!((page.path().as_str(), portal.count_of("sessions", &bo)), ("/sign-in/two-step", 0));
    let page = page.fill("code", &portal.next_app_code(&secret)).press("Continue").await;
    assert_eq!(page.path(), "/account/data/keep", "{}", page.text());
    let kept = page.press("Keep my account").await;
    assert_eq!(
        (kept.path(), kept.code()),
        ("/account".into(), Some("account_kept".into())),
        "{}",
        kept.text()
    );
    assert_eq!(portal.count_of("sessions", &bo), 1);
    portal.verify().await;
}

/// What a sign-in adds beside the session waits for the code also in a browser that is not asked for it at sign-in.
#[tokio::test]
async fn a_matching_address_in_a_remembered_browser() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let browser = portal.browser();
    let page = give_password(&browser, &bo).await.fill("remember_browser", "1");
    let account = page.fill("code", &portal.next_app_code(&secret)).press("Continue").await;
    account.press("Sign out").await;
    assert_eq!(give_password(&browser, &bo).await.path(), "/account", "the browser is remembered");
    browser.visit("/account").await.press("Sign out").await;
    portal.amazon.admits("twin", "Twin at Amazon", bo.email());
    portal.at_amazon(&browser, "twin").await;
    let page = browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!(page.url.path(), "/amazon/match", "{}", page.text());
    let page = page.fill("password", bo.password()).press("Link and sign in").await;
    asks(&portal, &bo, &page);
    assert_eq!(portal.count_all("amazon_links"), 0);
}
