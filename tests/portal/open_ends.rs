//! What a session began ends with it: a game's request that waits for Amazon, and codes that wait for a person, while
//! the owner ends the session in each of the ways there are.

use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::links::device_flow::poll_batch;
use dovetail::testing::lwa::simulator::{DEVICE_CLIENT_ID, SimulatedCall, SimulatedFault};
use serde_json::{Value, json};

use super::harness::dump::difference;
use super::harness::game_client::DEVICE_SECRET;
use super::harness::portal::Settings;
use super::harness::renewals::until;
use super::harness::{Page, Person, Portal};

const NEW: &str = "nine brown kettles on ice";

/// The ways in which every session of a player ends, but for the one that acts.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Reset,
    NewPassword,
    SignOutEverywhere,
    SupportEndsSessions,
    SupportDisables,
}

const ENDINGS: [Ending; 5] = [
    Ending::Reset,
    Ending::NewPassword,
    Ending::SignOutEverywhere,
    Ending::SupportEndsSessions,
    Ending::SupportDisables,
];

impl Ending {
    async fn happens_to(self, portal: &Portal, person: &Person) {
        match self {
            Self::Reset => {
                let form = portal.browser().visit("/forgot-password").await;
                form.fill("identifier", person.email()).press_only("Send link").await;
                let form = portal.browser().visit(&portal.mail_to(person.email()).link()).await;
                let done = form.fill("new_password", NEW).press("Save password").await;
                assert_eq!(done.code().as_deref(), Some("password_reset"), "{}", done.text());
            }
            Self::NewPassword => {
                let form = portal.browser_of(person).visit("/account/password").await;
                let form = form.fill("current_password", person.password()).fill("new_password", NEW);
                let done = form.press("Save password").await;
                assert_eq!(done.code().as_deref(), Some("password_saved"), "{}", done.text());
            }
            Self::SignOutEverywhere => {
                let page = portal.browser_of(person).visit("/account/security").await;
                let done = page.press("Sign out everywhere").await;
                assert_eq!(done.path(), "/account/security", "{}", done.text());
            }
            Self::SupportEndsSessions => {
                at_the_desk(portal, person, "End sessions", "support_ended_sessions").await;
            }
            Self::SupportDisables => {
                at_the_desk(portal, person, "Disable account", "support_disabled").await;
            }
        }
    }
}

async fn at_the_desk(portal: &Portal, person: &Person, button: &str, code: &str) {
    let lee = portal.agent("lee", "lead").await;
    let page: Page = portal.desk_of(&lee).visit(&format!("/support/players/{}", person.id)).await;
    let done = page.fill("reason", "ticket 4711").press(button).await;
    assert_eq!(done.code().as_deref(), Some(code), "{}", done.text());
}

/// Games may ask over HTTP, so that a request is one call.
fn over_http(settings: &mut Settings) {
    settings.set("DOVETAIL_GAME_DEVICE_HTTP", "on");
}

fn with_device_client(settings: &mut Settings) {
    over_http(settings);
    let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
    settings
        .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
        .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
}

/// One request over HTTP with the token of a game.
async fn ask(portal: &Portal, name: &str, body: Value) -> Value {
    let url = format!("{}/rs/device/{DEVICE_SECRET}/{name}", portal.url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.post(url).json(&body).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{name}");
    response.json().await.unwrap()
}

/// Nothing of the player's was linked, and no session or token is left over.
fn assert_nothing_written(portal: &Portal, person: &Person, what: &str) {
    assert_eq!(portal.identity_linked_to(person), None, "{what}");
    assert_eq!(portal.count_of("game_sessions", person), 0, "{what}");
    assert_eq!(portal.count_all("game_tokens"), 0, "{what}");
    let added = portal.events_of(person).into_iter().filter(|kind| kind == "link.amazon.added").count();
    assert_eq!(added, 0, "{what}");
}

#[tokio::test]
async fn a_token_that_amazon_is_asked_about_links_nothing() {
    for ending in ENDINGS {
        let portal = Portal::with(over_http).await;
        let bo = portal.bo().await;
        let body = json!({
            "authToken": portal.proven_game_token_of(&bo),
            "accessToken": portal.amazon.token_of("mork"),
        });
        let slow = SimulatedFault::Slow(Duration::from_millis(1500));
        portal.amazon.simulator.set_fault_times(SimulatedCall::Profile, slow, 1);
        let (answer, ()) = tokio::join!(ask(&portal, "AmazonConnectRequest", body), async {
            until("a call to Amazon", || portal.amazon.calls(SimulatedCall::Profile) == 1).await;
            ending.happens_to(&portal, &bo).await;
        });
        assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }), "{ending:?}: {answer}");
        assert_nothing_written(&portal, &bo, &format!("{ending:?}"));
    }
}

#[tokio::test]
async fn a_code_pair_that_amazon_is_asked_for_is_not_shown() {
    for ending in ENDINGS {
        let portal = Portal::with(with_device_client).await;
        let bo = portal.bo().await;
        let body = json!({ "authToken": portal.proven_game_token_of(&bo) });
        let slow = SimulatedFault::Slow(Duration::from_millis(1500));
        portal.amazon.simulator.set_fault_times(SimulatedCall::CodePair, slow, 1);
        let (answer, ()) = tokio::join!(ask(&portal, "AmazonLinkByCodeRequest", body), async {
            until("a call to Amazon", || portal.amazon.calls(SimulatedCall::CodePair) == 1).await;
            ending.happens_to(&portal, &bo).await;
        });
        assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }), "{ending:?}: {answer}");
        assert_eq!(portal.count_all("code_linkings"), 0, "{ending:?}");
        assert_nothing_written(&portal, &bo, &format!("{ending:?}"));
    }
}

#[tokio::test]
async fn a_code_on_a_tv_that_is_allowed_afterwards_links_nothing() {
    for ending in ENDINGS {
        let portal = Portal::with(with_device_client).await;
        let bo = portal.bo().await;
        let body = json!({ "authToken": portal.proven_game_token_of(&bo) });
        let begun = ask(&portal, "AmazonLinkByCodeRequest", body).await;
        let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
        ending.happens_to(&portal, &bo).await;
        assert!(portal.amazon.simulator.approve_device(code, "mork"));
        portal.wait(TimeDelta::seconds(30));
        assert_eq!(poll_batch(portal.app()).await.unwrap().ended, 1, "{ending:?}");
        let outcomes = portal.lines("SELECT outcome AS line FROM code_linkings");
        let expected = if matches!(ending, Ending::SupportDisables) { "failed" } else { "expired" };
        assert_eq!(outcomes, [expected], "{ending:?}");
        assert_nothing_written(&portal, &bo, &format!("{ending:?}"));
    }
}

/// The code that a TV of the player shows leads nowhere any more, and what the player has allowed is not taken up.
#[tokio::test]
async fn a_code_for_signing_in_on_a_tv_ends_on_both_sides() {
    for ending in ENDINGS {
        let portal = Portal::with(over_http).await;
        let (bo, zoe) = (portal.bo().await, portal.person("Zoe", true, None).await);
        let own = json!({ "authToken": portal.game_token_of(&bo) });
        let shown = ask(&portal, "SignInByCodeRequest", own).await;
        let allowed = ask(&portal, "SignInByCodeRequest", json!({})).await;
        let code = |begun: &Value| begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned();
        let activate = portal.browser_of(&bo).visit("/activate").await;
        let look = activate.fill("code", &code(&allowed)).press("Continue").await;
        let done = look.press("Play as Bo on this device").await;
        assert_eq!(done.code().as_deref(), Some("tv_signed_in"), "{}", done.text());
        // Mails of one instant have no order.
        portal.wait(TimeDelta::seconds(1));
        ending.happens_to(&portal, &bo).await;
        let activate = portal.browser_of(&zoe).visit("/activate").await;
        let look = activate.fill("code", &code(&shown)).press("Continue").await;
        assert_eq!(look.path(), "/activate", "{ending:?}: {}", look.text());
        for begun in [&shown, &allowed] {
            let asked = json!({ "linkingId": begun["linkingId"] });
            let answer = ask(&portal, "SignInByCodeRequest", asked).await;
            assert_eq!((&answer["state"], answer.get("authToken")), (&json!("expired"), None), "{ending:?}");
        }
        assert_nothing_written(&portal, &bo, &format!("{ending:?}"));
        assert_eq!(portal.count_of("game_sessions", &zoe), 0, "{ending:?}");
    }
}

/// The guard is the session, not the player: another session of the same player goes on.
#[tokio::test]
async fn only_what_the_ended_session_began_ends() {
    let portal = Portal::with(with_device_client).await;
    let bo = portal.bo().await;
    let token = portal.proven_game_token_of(&bo);
    let begun = ask(&portal, "AmazonLinkByCodeRequest", json!({ "authToken": token })).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let first = portal.lines("SELECT id AS line FROM game_sessions").pop().unwrap();
    portal.game_token_of(&bo);
    assert_eq!(portal.run(&format!("DELETE FROM game_sessions WHERE id <> '{first}'")), 1);
    assert!(portal.amazon.simulator.approve_device(code, "mork"));
    portal.wait(TimeDelta::seconds(30));
    poll_batch(portal.app()).await.unwrap();
    let yes = json!({ "authToken": token, "linkingId": begun["linkingId"], "confirm": true });
    assert_eq!(ask(&portal, "AmazonLinkByCodeRequest", yes).await["state"], "linked");
    assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("mork")));
}

/// A device's player is claimed by the code that the ended session asked for: nobody is let in.
#[tokio::test]
async fn a_claim_that_was_begun_by_an_ended_session_is_refused() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let asked = json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    let entered = game.ask("DeviceAuthenticationRequest", asked).await;
    let player = entered["userId"].as_str().unwrap_or_else(|| panic!("{entered}"));
    let zoe = Person { id: player.to_owned(), name: String::new(), email: None, password: None };
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let form = portal.browser().visit("/activate").await.fill("code", code).press("Continue").await;
    assert_eq!(form.path(), "/activate/claim", "{}", form.text());
    at_the_desk(&portal, &zoe, "End sessions", "support_ended_sessions").await;
    let form = form.fill("display_name", "Zoe").fill("user_name", "zoe");
    form.fill("password", "Zoe keeps 7 green boats").press("Create account").await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE password_sealed IS NOT NULL"), 0);
    assert_eq!(portal.count_of("sessions", &zoe), 0);
}

/// Who claims a player shuts out whoever else held a token of it.
#[tokio::test]
async fn what_a_thief_began_ends_when_the_owner_claims_the_player() {
    let portal = Portal::with(with_device_client).await;
    let mut game = portal.game().await;
    let asked = json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    let entered = game.ask("DeviceAuthenticationRequest", asked.clone()).await;
    let mut thief = portal.game().await;
    let stolen = thief.ask("DeviceAuthenticationRequest", asked).await["authToken"].clone();
    let begun = ask(&portal, "AmazonLinkByCodeRequest", json!({ "authToken": stolen })).await;
    let amazons = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned();
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let form = portal.browser().visit("/activate").await.fill("code", code).press("Continue").await;
    let form = form.fill("display_name", "Zoe").fill("user_name", "zoe");
    let claimed = form.fill("password", "Zoe keeps 7 green boats").press("Create account").await;
    assert_eq!(claimed.path(), "/account", "{}", claimed.text());
    assert!(portal.amazon.simulator.approve_device(&amazons, "mork"));
    portal.wait(TimeDelta::seconds(30));
    poll_batch(portal.app()).await.unwrap();
    assert_eq!(portal.count_all("amazon_links"), 0);
    let answer = ask(&portal, "AccountDetailsRequest", json!({ "authToken": stolen })).await;
    assert_ne!(answer["userId"], entered["userId"], "the thief's token is dead: {answer}");
}

/// Who came in by the Amazon account that is replaced goes with it; the session that replaces stays.
#[tokio::test]
async fn replacing_ends_the_sessions_of_the_old_link() {
    let portal = Portal::with(over_http).await;
    let ann = portal.ann().await;
    let (stranger, game) = (portal.browser(), portal.game_token_of(&ann));
    portal.at_amazon(&stranger, "pat").await;
    let inside = stranger.visit("/").await.press("Login with Amazon").await;
    assert_eq!(inside.path(), "/account", "{}", inside.text());
    let browser = portal.browser_of(&ann);
    portal.at_amazon(&browser, "mork").await;
    let confirm = browser.visit("/amazon/replace").await.press("Link a different account").await;
    let linked = confirm.press("Link this account").await;
    assert_eq!(linked.code().as_deref(), Some("linked"), "{}", linked.text());
    assert_eq!(stranger.visit("/account").await.url.path(), "/sign-in");
    let details = ask(&portal, "AccountDetailsRequest", json!({ "authToken": game })).await;
    assert_eq!(details["error"], json!({ "authentication": "NOTAUTHORIZED" }));
    assert_eq!(browser.visit("/account").await.url.path(), "/account");
}

/// A confirmation that was left open until the proof grew old asks for another; cancelling does not.
#[tokio::test]
async fn a_link_is_not_finished_by_a_proof_that_has_grown_old() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_FRESH_AUTH", "2min");
    })
    .await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    assert_eq!(confirm.path().split('?').next(), Some("/amazon/confirm"), "{}", confirm.text());
    portal.wait(TimeDelta::seconds(121));
    let asked = confirm.press("Link this account").await;
    assert_eq!(asked.url.path(), "/account/confirm-identity", "{}", asked.text());
    assert_eq!(portal.identity_linked_to(&bo), None);
    let again = asked.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(again.url.path(), "/amazon/confirm", "{}", again.text());
    let linked = again.press("Link this account").await;
    assert_eq!(linked.code().as_deref(), Some("linked"), "{}", linked.text());
}

/// A device id opens a game session, also after a reset, and nothing else.
#[tokio::test]
async fn a_device_id_from_before_a_reset_takes_no_account() {
    let portal = Portal::with(with_device_client).await;
    let device = json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    let mut game = portal.game().await;
    let made = game.ask("DeviceAuthenticationRequest", device.clone()).await;
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let browser = portal.browser();
    let form = browser.visit("/activate").await.fill("code", begun["userCode"].as_str().unwrap());
    let form = form.press("Continue").await.fill("display_name", "Zoe").fill("user_name", "zoe");
    form.fill("password", "Zoe keeps 7 green boats").press("Create account").await;
    let form = browser.visit("/account/email").await.fill("email", "zoe@example.test");
    let form = form.press("Send code").await;
    form.fill("code", &portal.mail_to("zoe@example.test").code()).press("Confirm email").await;
    let id = made["userId"].as_str().unwrap().to_owned();
    let zoe = Person { id, name: "Zoe".into(), email: Some("zoe@example.test".into()), password: None };
    Ending::Reset.happens_to(&portal, &zoe).await;
    let entered = ask(&portal, "DeviceAuthenticationRequest", device).await;
    assert_eq!(entered["userId"], json!(zoe.id), "{entered}");
    let before = portal.dump();
    let stranger = portal.amazon.token_of("mork");
    for (name, body) in [
        ("AmazonConnectRequest", json!({ "accessToken": stranger })),
        ("AmazonLinkByCodeRequest", json!({})),
        ("ClaimAccountByCodeRequest", json!({})),
        ("ChangeUserDetailsRequest", json!({ "newPassword": NEW })),
        ("ChangeUserDetailsRequest", json!({ "userName": "somebody_7" })),
    ] {
        let mut body = body;
        body["authToken"] = entered["authToken"].clone();
        let refused = ask(&portal, name, body).await;
        assert!(refused["error"].is_object(), "{name}: {refused}");
        if name.starts_with("Amazon") {
            assert_eq!(refused["error"]["authentication"], "REAUTHENTICATION_REQUIRED", "{name}: {refused}");
        }
    }
    let tables = ["players", "amazon_links", "code_linkings", "claim_codes", "link_attempts"];
    let mut changes = difference(&before, &portal.dump());
    changes.retain(|change| tables.iter().any(|table| change[2..].starts_with(&format!("{table}:"))));
    assert_eq!(changes, Vec::<String>::new());
    portal.verify().await;
}

/// A copy of the claimed session's older token is a thief's, on a socket as over HTTP.
#[tokio::test]
async fn a_claim_leaves_the_game_with_the_token_that_asked() {
    let portal = Portal::with(over_http).await;
    let mut game = portal.game().await;
    let device = json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    let old = game.ask("DeviceAuthenticationRequest", device.clone()).await["authToken"].clone();
    let mut thief = portal.game_with(old.as_str().unwrap()).await;
    let newer = game.ask("DeviceAuthenticationRequest", device).await["authToken"].clone();
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let form = portal.browser().visit("/activate").await.fill("code", begun["userCode"].as_str().unwrap());
    let form = form.press("Continue").await.fill("display_name", "Zoe").fill("user_name", "zoe_7");
    let claimed = form.fill("password", "Zoe keeps 7 green boats").press("Create account").await;
    assert_eq!(claimed.path(), "/account", "{}", claimed.text());
    let refused = json!({ "authentication": "NOTAUTHORIZED" });
    assert_eq!(thief.ask("AccountDetailsRequest", json!({})).await["error"], refused);
    let asked =
        async |token: &Value| ask(&portal, "AccountDetailsRequest", json!({ "authToken": token })).await;
    assert_eq!(asked(&old).await["error"], refused);
    assert_eq!(asked(&newer).await.get("error"), None, "the game that asked plays on");
    assert_eq!(game.ask("AccountDetailsRequest", json!({})).await.get("error"), None);
    portal.verify().await;
}

/// S23: the owner signs out everywhere in the very session of which a thief has a copy.
#[tokio::test]
async fn an_address_asked_for_by_a_copied_cookie_is_not_written_after_signing_out_everywhere() {
    let portal = Portal::start().await;
    let copy = portal.copy();
    let bo = portal.bo().await;
    let (browser, thief) = (portal.browser_of(&bo), portal.browser());
    portal.browser_of(&bo);
    thief.plant("session", &browser.cookie("session").unwrap());
    let form = thief.visit("/account/email").await.fill("email", "thief@example.test");
    let gate = portal.app().db.write_gate().clone();
    gate.close_after(1);
    let mut going = Box::pin(form.press_only("Send code"));
    tokio::select! {
        answer = &mut going => panic!("it did not wait: {}", answer.text()),
        () = until("the request", || gate.waiting() > 0) => {}
    }
    let elsewhere = copy.browser();
    elsewhere.plant("session", &browser.cookie("session").unwrap());
    let page = elsewhere.visit("/account/security").await.press("Sign out everywhere").await;
    assert_eq!(page.code().as_deref(), Some("signed_out_everywhere"), "{}", page.text());
    gate.open();
    let answer = going.await;
    assert_eq!(portal.count_all("email_changes"), 0, "{}", answer.text());
}
