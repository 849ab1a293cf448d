//! A TV or console is signed in, or its player linked, by a code that a person types on a phone (product §10, RFC 10027).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::harness::game_client::DEVICE_SECRET;
use super::harness::{Browser, GameClient, Page, Person, Portal};

const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";
const NAME: &str = "SignInByCodeRequest";

async fn begin(game: &mut GameClient) -> Value {
    let tv = json!({ "deviceName": "Living room", "deviceOS": "tvOS" });
    let answer = game.ask(NAME, tv).await;
    assert_eq!(answer["@class"], ".SignInByCodeResponse");
    assert!(answer.get("error").is_none(), "{answer}");
    answer
}

async fn fares(game: &mut GameClient, begun: &Value) -> Value {
    game.ask(NAME, json!({ "linkingId": begun["linkingId"] })).await
}

async fn state(game: &mut GameClient, begun: &Value) -> String {
    let answer = fares(game, begun).await;
    answer["state"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn code(begun: &Value) -> &str {
    begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"))
}

async fn type_code(browser: &Browser, begun: &Value) -> Page {
    browser.visit("/activate").await.fill("code", code(begun)).press("Continue").await
}

/// A player whom only this device knows, signed in on a connection.
async fn device_player(portal: &Portal) -> (GameClient, String) {
    let mut game = portal.game().await;
    let asked = json!({
        "deviceId": DEVICE, "deviceOS": "tvOS", "deviceName": "Living room", "displayName": "Guest 7",
    });
    let entered = game.ask("DeviceAuthenticationRequest", asked).await;
    (game, entered["userId"].as_str().unwrap_or_else(|| panic!("{entered}")).to_owned())
}

fn game_sessions(portal: &Portal, player: &str) -> i64 {
    portal.count(&format!("SELECT count(*) AS count FROM game_sessions WHERE player_id = '{player}'"))
}

/// A phone that has signed in with Amazon on the way from the TV's page.
async fn with_amazon(portal: &Portal, begun: &Value, customer: &str) -> Page {
    let phone = portal.browser();
    portal.at_amazon(&phone, customer).await;
    let look = type_code(&phone, begun).await;
    look.press("Login with Amazon").await
}

#[tokio::test]
async fn a_tv_without_a_player_is_signed_in_as_the_player_of_the_phone() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    assert_eq!(begun["verificationUri"], format!("{}/activate", portal.url()));
    assert_eq!((&begun["expiresIn"], &begun["interval"]), (&json!(900), &json!(5)));
    assert_eq!(begun["state"], "pending");
    let picture = begun["qrSvg"].as_str().unwrap();
    assert!(picture.contains("<svg") && !picture.contains(code(&begun)), "the code is always typed");
    let phone = portal.browser();
    let look = type_code(&phone, &begun).await;
    assert_eq!(look.path(), "/activate/sign-in", "{}", look.text());
    let text = look.text();
    assert!(
        text.contains("Living room") && text.contains("dovetail") && text.contains("127.0.0.0/24"),
        "{text}"
    );
    assert!(!text.contains("Playing since"), "the TV has no player: {text}");
    assert_eq!(state(&mut tv, &begun).await, "pending", "nothing has happened");
    let sign_in = phone.visit("/sign-in?next=%2Factivate%2Fsign-in").await;
    let form = sign_in.fill("identifier", bo.email()).fill("password", bo.password());
    let look = form.press("Sign in").await;
    assert_eq!(look.path(), "/activate/sign-in", "{}", look.text());
    assert_eq!((game_sessions(&portal, &bo.id), state(&mut tv, &begun).await.as_str()), (0, "pending"));
    let done = look.press("Play as Bo on this device").await;
    assert_eq!((done.path().as_str(), done.code().as_deref()), ("/account", Some("tv_signed_in")));
    let told = tv.next().await;
    let only =
        json!({ "@class": ".SignInByCodeMessage", "linkingId": begun["linkingId"], "state": "signed_in" });
    assert_eq!(told, only, "the message holds no token");
    let taken = fares(&mut tv, &begun).await;
    assert_eq!((&taken["state"], &taken["userId"]), (&json!("signed_in"), &json!(bo.id)), "{taken}");
    assert_eq!(taken["displayName"], "Bo");
    assert_eq!(
        tv.ask("AccountDetailsRequest", json!({})).await["userId"],
        json!(bo.id),
        "the connection is Bo's"
    );
    let again = fares(&mut portal.game().await, &begun).await;
    assert_ne!(again["authToken"], taken["authToken"]);
    for answer in [&taken, &again] {
        let mut other = portal.game_with(answer["authToken"].as_str().unwrap()).await;
        assert_eq!(other.ask("AccountDetailsRequest", json!({})).await["userId"], json!(bo.id));
    }
    assert_eq!(game_sessions(&portal, &bo.id), 1, "a lost answer makes no second session");
    let proofs = "SELECT count(*) AS count FROM game_sessions WHERE proved_at IS NOT NULL";
    let token_proofs = "SELECT count(*) AS count FROM game_tokens WHERE proved_at IS NOT NULL";
    assert_eq!((portal.count(proofs), portal.count(token_proofs)), (0, 0), "the TV has proven nothing");
    let mail = portal.mail_to(bo.email());
    assert_eq!(mail.kind, "signed-in-by-code");
    assert!(mail.text.contains("Living room") && mail.text.contains("127.0.0.0/24"), "{}", mail.text);
    let kinds = portal.events_of(&bo);
    assert!(kinds.contains(&"player.sign_in_code.allowed".to_owned()), "{kinds:?}");
    let signed_in = "SELECT details AS line FROM audit_events WHERE kind = 'player.session.started'";
    assert!(portal.lines(signed_in).iter().any(|details| details.contains("\"code\"")));
    let asked = "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.sign_in_code.asked'";
    assert_eq!(portal.count(asked), 1);
    portal.verify().await;
}

/// Today's dead end: an Amazon account that is a player's already (seed 001).
#[tokio::test]
async fn whoever_has_that_amazon_account_plays_on_the_tv() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let (mut tv, guest) = device_player(&portal).await;
    let begun = begin(&mut tv).await;
    let look = with_amazon(&portal, &begun, "pat").await;
    assert_eq!(look.path(), "/activate/sign-in", "{}", look.text());
    assert!(look.text().contains("Guest 7"), "{}", look.text());
    look.press("Play as Ann on this device").await;
    let taken = fares(&mut tv, &begun).await;
    assert_eq!((&taken["state"], &taken["userId"]), (&json!("signed_in"), &json!(ann.id)), "{taken}");
    let ended = portal.lines(&format!(
        "SELECT details AS line FROM audit_events WHERE kind = 'player.sign_in_code.ended' AND player_id = '{guest}'"
    ));
    assert_eq!(ended.len(), 1, "both sides have a record");
    assert_eq!(game_sessions(&portal, &guest), 1, "the guest's own session goes on");
    portal.verify().await;
}

#[tokio::test]
async fn a_free_amazon_account_makes_a_player_for_a_tv_that_has_none() {
    let portal = Portal::start().await;
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    let register = with_amazon(&portal, &begun, "mork").await;
    assert_eq!(register.url.path(), "/amazon/register", "{}", register.text());
    let look = register.fill("display_name", "Mork").press("Create account").await;
    assert_eq!(look.path(), "/activate/sign-in", "{}", look.text());
    look.press("Play as Mork on this device").await;
    let taken = fares(&mut tv, &begun).await;
    assert_eq!((&taken["state"], &taken["displayName"]), (&json!("signed_in"), &json!("Mork")), "{taken}");
    assert_eq!((portal.count_all("players"), portal.count_all("amazon_links")), (1, 1));
    portal.verify().await;
}

mod a_device_player {
    use super::*;

    #[tokio::test]
    async fn is_linked_on_the_phone_and_plays_on() {
        let portal = Portal::start().await;
        let (mut tv, guest) = device_player(&portal).await;
        let begun = begin(&mut tv).await;
        let both = with_amazon(&portal, &begun, "mork").await;
        assert_eq!(both.url.path(), "/activate/link", "{}", both.text());
        assert!(both.text().contains("Mork Hashimoto") && both.text().contains("Guest 7"), "{}", both.text());
        assert_eq!((portal.count_all("amazon_links"), state(&mut tv, &begun).await.as_str()), (0, "pending"));
        let done = both.press("Link this account").await;
        assert_eq!(done.code().as_deref(), Some("tv_linked"), "{}", done.text());
        let told = tv.next().await;
        assert_eq!((&told["@class"], &told["state"]), (&json!(".SignInByCodeMessage"), &json!("linked")));
        let answer = fares(&mut tv, &begun).await;
        assert_eq!((&answer["state"], answer.get("authToken")), (&json!("linked"), None));
        let details = tv.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!((&details["userId"], &details["amazonLink"]["renewable"]), (&json!(guest), &json!(true)));
        assert_eq!(
            (portal.count_all("players"), portal.count_all("sessions")),
            (1, 0),
            "the phone is signed in nowhere"
        );
        let kinds =
            portal.lines(&format!("SELECT kind AS line FROM audit_events WHERE player_id = '{guest}'"));
        for kind in ["player.sign_in_code.asked", "player.sign_in_code.ended", "link.amazon.added"] {
            assert!(kinds.contains(&kind.to_owned()), "{kind}: {kinds:?}");
        }
        let mail = portal.mail_to("mhashimoto-04@plaxo.com");
        assert_eq!(mail.kind, "amazon-linked-by-code");
        let undone = portal.browser().visit(&mail.link()).await.press("Unlink it").await;
        assert_eq!(undone.code().as_deref(), Some("link_undone"));
        assert_eq!(portal.count_all("amazon_links"), 0);
        portal.verify().await;
    }

    #[tokio::test]
    async fn may_get_a_player_of_their_own_instead() {
        let portal = Portal::start().await;
        let (mut tv, guest) = device_player(&portal).await;
        let begun = begin(&mut tv).await;
        let register = with_amazon(&portal, &begun, "mork").await.click("Create account").await;
        assert_eq!(register.url.path(), "/amazon/register", "{}", register.text());
        let look = register.fill("display_name", "Mork").press("Create account").await;
        look.press("Play as Mork on this device").await;
        let taken = fares(&mut tv, &begun).await;
        assert_eq!(taken["state"], "signed_in", "{taken}");
        assert_ne!(taken["userId"], json!(guest));
    }

    #[tokio::test]
    async fn gets_no_account_that_became_another_players_meanwhile() {
        let portal = Portal::start().await;
        let (mut tv, guest) = device_player(&portal).await;
        let begun = begin(&mut tv).await;
        let both = with_amazon(&portal, &begun, "mork").await;
        assert_eq!(both.url.path(), "/activate/link", "{}", both.text());
        portal.person("Zoe", true, Some("mork")).await;
        let page = both.press("Link this account").await;
        assert_eq!(page.code().as_deref(), Some("tv_link_taken"), "{}", page.text());
        assert_eq!(state(&mut tv, &begun).await, "taken");
        assert_eq!(portal.count_all("amazon_links"), 1);
        let own = format!("SELECT count(*) AS count FROM amazon_links WHERE player_id = '{guest}'");
        assert_eq!(portal.count(&own), 0);
        let left =
            portal.count("SELECT count(*) AS count FROM link_attempts WHERE identity_sealed IS NOT NULL");
        assert_eq!(left, 0, "the tokens are gone");
        portal.verify().await;
    }

    /// A proven address makes the player somebody's, who links on the portal.
    #[tokio::test]
    async fn with_a_proven_address_is_not_linked_by_a_code() {
        let portal = Portal::start().await;
        let (mut tv, _) = device_player(&portal).await;
        let begun = begin(&mut tv).await;
        let both = with_amazon(&portal, &begun, "mork").await;
        portal.run(
            "UPDATE players SET email = 'zoe@example.test', email_key = 'zoe@example.test', \
             email_proven_at = created_at",
        );
        let page = both.press("Link this account").await;
        assert_eq!(page.code().as_deref(), Some("code_expired"), "{}", page.text());
        assert_eq!((portal.count_all("amazon_links"), state(&mut tv, &begun).await.as_str()), (0, "pending"));
    }
}

#[tokio::test]
async fn not_my_device_is_told_to_the_tv() {
    let portal = Portal::start().await;
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    let phone = portal.browser();
    let page = type_code(&phone, &begun).await.press("This is not my device").await;
    assert_eq!(page.code().as_deref(), Some("cancelled"), "{}", page.text());
    assert_eq!(tv.next().await["state"], "denied");
    assert_eq!(state(&mut tv, &begun).await, "denied");
    assert_eq!(phone.get("/activate/sign-in").await.status, 303);
}

#[tokio::test]
async fn a_code_ends_by_time_by_wrong_entries_and_by_a_newer_one() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut tv = portal.game().await;
    let (old, new) = (begin(&mut tv).await, begin(&mut tv).await);
    assert_eq!(state(&mut tv, &old).await, "replaced");
    assert_eq!(type_code(&portal.browser(), &old).await.status, 422);
    let phone = portal.browser_of(&bo);
    let look = type_code(&phone, &new).await;
    assert_eq!(type_code(&portal.browser(), &new).await.status, 422, "another browser comes too late");
    portal.wait(TimeDelta::minutes(16));
    assert_eq!(look.press("Play as Bo on this device").await.path(), "/account/confirm-identity");
    // A connection without a player does not last that long.
    let mut other = portal.game().await;
    assert_eq!(state(&mut other, &new).await, "expired");
    let begun = begin(&mut other).await;
    let last = if code(&begun).ends_with('B') { 'C' } else { 'B' };
    let wrong = json!({ "userCode": format!("{}{last}", &code(&begun)[..8]) });
    for _ in 0..10 {
        assert_eq!(type_code(&portal.browser(), &wrong).await.status, 422);
        portal.run("DELETE FROM throttles");
    }
    assert_eq!(type_code(&portal.browser(), &begun).await.status, 422);
    assert_eq!(state(&mut other, &begun).await, "expired");
    assert_eq!(game_sessions(&portal, &bo.id), 0);
    portal.verify().await;
}

/// Another game's credential, a made-up id: nothing is told.
#[tokio::test]
async fn only_the_secret_of_the_tv_reads_the_outcome() {
    let portal = Portal::start().await;
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    assert_eq!(state(&mut portal.game().await, &begun).await, "pending", "a game that has reconnected");
    for id in ["", "x", "0199-nobody", &"x".repeat(300)] {
        assert_eq!(state(&mut tv, &json!({ "linkingId": id })).await, "expired", "{id}");
    }
    portal.run("UPDATE game_sign_in_codes SET api_key = 'other'");
    assert_eq!(state(&mut tv, &begun).await, "expired");
}

#[tokio::test]
async fn a_network_gets_so_many_codes_and_a_player_fewer() {
    let portal = Portal::start().await;
    let (mut tv, _) = device_player(&portal).await;
    for _ in 0..20 {
        begin(&mut tv).await;
    }
    assert_eq!(tv.ask(NAME, json!({})).await["error"], json!({ "request": "TRY_AGAIN" }));
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_sign_in_codes WHERE outcome IS NULL"), 1);
}

/// What the act ends: the guest's session before the code is used.
#[tokio::test]
async fn a_code_of_an_ended_session_leads_nowhere() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (mut tv, guest) = device_player(&portal).await;
    let begun = begin(&mut tv).await;
    let look = type_code(&portal.browser_of(&bo), &begun).await;
    portal.run(&format!("DELETE FROM game_sessions WHERE player_id = '{guest}'"));
    let page = look.press("Play as Bo on this device").await;
    assert_eq!(page.code().as_deref(), Some("code_expired"), "{}", page.text());
    assert_eq!(state(&mut tv, &begun).await, "expired");
    assert_eq!(game_sessions(&portal, &bo.id), 0);
}

mod what_was_allowed {
    use super::*;

    async fn allowed(portal: &Portal) -> (GameClient, Value, Person, Browser) {
        let bo = portal.bo().await;
        let mut tv = portal.game().await;
        let begun = begin(&mut tv).await;
        let phone = portal.browser_of(&bo);
        type_code(&phone, &begun).await.press("Play as Bo on this device").await;
        (tv, begun, bo, phone)
    }

    async fn is_dead(portal: &Portal, tv: &mut GameClient, begun: &Value, bo: &Person) {
        let answer = fares(tv, begun).await;
        assert_eq!((&answer["state"], answer.get("authToken")), (&json!("expired"), None), "{answer}");
        assert_eq!(game_sessions(portal, &bo.id), 0);
    }

    #[tokio::test]
    async fn ends_with_everything_else_of_the_player() {
        let portal = Portal::start().await;
        let (mut tv, begun, bo, _) = allowed(&portal).await;
        let security = portal.browser_of(&bo).visit("/account/security").await;
        security.press("Sign out everywhere").await;
        is_dead(&portal, &mut tv, &begun, &bo).await;
    }

    #[tokio::test]
    async fn ends_with_a_reset() {
        let portal = Portal::start().await;
        let (mut tv, begun, bo, _) = allowed(&portal).await;
        // Mails of one instant have no order.
        portal.wait(TimeDelta::seconds(1));
        let page = portal.browser().visit("/forgot-password").await;
        page.fill("identifier", bo.email()).press("Send link").await;
        let reset = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
        reset.fill("new_password", "A new boat for 7 green seas").press("Save password").await;
        is_dead(&portal, &mut tv, &begun, &bo).await;
    }

    #[tokio::test]
    async fn ends_when_the_phone_signs_out_and_after_ten_minutes() {
        let portal = Portal::start().await;
        let (mut tv, begun, bo, phone) = allowed(&portal).await;
        phone.visit("/account").await.press("Sign out").await;
        is_dead(&portal, &mut tv, &begun, &bo).await;
        let portal = Portal::start().await;
        let (_, begun, bo, _) = allowed(&portal).await;
        portal.wait(TimeDelta::minutes(10));
        is_dead(&portal, &mut portal.game().await, &begun, &bo).await;
    }

    /// A session that was ended is not begun again by the same code.
    #[tokio::test]
    async fn is_not_taken_up_again_after_the_tv_was_signed_out() {
        let portal = Portal::start().await;
        let (mut tv, begun, bo, _) = allowed(&portal).await;
        assert_eq!(fares(&mut tv, &begun).await["state"], "signed_in");
        portal.run("DELETE FROM game_sessions");
        is_dead(&portal, &mut portal.game().await, &begun, &bo).await;
    }

    #[tokio::test]
    async fn is_one_session_however_often_it_is_asked_for_at_once() {
        let portal = Portal::start().await;
        let (mut tv, begun, bo, _) = allowed(&portal).await;
        let copy = portal.copy();
        let (mut one, mut other) = (portal.game().await, copy.game().await);
        let (a, b, c) =
            tokio::join!(fares(&mut tv, &begun), fares(&mut one, &begun), fares(&mut other, &begun));
        assert!([&a, &b, &c].iter().all(|answer| answer["userId"] == json!(bo.id)), "{a} {b} {c}");
        assert_eq!(game_sessions(&portal, &bo.id), 1);
        let started = "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.session.started' \
                       AND details LIKE '%code%'";
        assert_eq!(portal.count(started), 1);
        portal.verify().await;
    }
}

/// One code, two people who press at once: one outcome.
#[tokio::test]
async fn two_phones_at_once_are_one_outcome() {
    let portal = Portal::start().await;
    let (bo, zoe) = (portal.bo().await, portal.person("Zoe", true, None).await);
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    let (one, other) = (portal.browser_of(&bo), portal.browser_of(&zoe));
    let first = one.visit("/activate").await.fill("code", code(&begun));
    let second = other.visit("/activate").await.fill("code", code(&begun));
    let (first, second) = tokio::join!(first.press("Continue"), second.press("Continue"));
    let led = [&first, &second].iter().filter(|page| page.path() == "/activate/sign-in").count();
    assert_eq!(led, 1, "{} {}", first.text(), second.text());
    let (look, name) = if first.path() == "/activate/sign-in" { (first, "Bo") } else { (second, "Zoe") };
    let button = format!("Play as {name} on this device");
    let (allow, deny) = tokio::join!(look.press(&button), look.press("This is not my device"));
    let outcomes = portal.lines("SELECT outcome AS line FROM game_sign_in_codes");
    assert_eq!(outcomes.len(), 1);
    let ends = "SELECT count(*) AS count FROM audit_events WHERE kind IN \
                ('player.sign_in_code.allowed', 'player.sign_in_code.ended')";
    assert_eq!(portal.count(ends), 1, "{outcomes:?} {} {}", allow.text(), deny.text());
    assert_eq!(state(&mut tv, &begun).await, outcomes[0]);
    portal.verify().await;
}

#[tokio::test]
async fn a_phone_on_another_network_is_told_so_and_counted() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut tv = portal.game().await;
    let near = begin(&mut tv).await;
    let look = type_code(&portal.browser_of(&bo), &near).await;
    assert!(!look.text().contains("not on your network"), "{}", look.text());
    let mut other = portal.game().await;
    let far = begin(&mut other).await;
    portal.run("UPDATE game_sign_in_codes SET network = '198.51.100.0/24' WHERE browser_hash IS NULL");
    let look = type_code(&portal.browser_of(&bo), &far).await;
    assert!(look.text().contains("not on your network"), "{}", look.text());
    let metrics = portal.app().metrics.text();
    for line in [
        "dovetail_code_networks_total{networks=\"same\"} 1",
        "dovetail_code_networks_total{networks=\"different\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

/// Letting a TV in is a change of who gets in (S28).
#[tokio::test]
async fn a_proof_that_is_old_is_asked_for_again() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    let look = type_code(&portal.stale_browser_of(&bo), &begun).await;
    let proof = look.press("Play as Bo on this device").await;
    assert_eq!(proof.path(), "/account/confirm-identity");
    assert_eq!(state(&mut tv, &begun).await, "pending");
    let page = proof.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(page.code().as_deref(), Some("tv_signed_in"), "{}", page.text());
    assert_eq!(state(&mut tv, &begun).await, "signed_in");
}

/// The same over HTTP, where only the id and the token name anybody.
#[tokio::test]
async fn over_http_the_id_alone_takes_the_outcome_up() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_GAME_DEVICE_HTTP", "on");
    })
    .await;
    let bo = portal.bo().await;
    let begun = post(&portal, NAME, json!({ "deviceName": "Living room" })).await;
    assert_eq!(begun["state"], "pending", "{begun}");
    type_code(&portal.browser_of(&bo), &begun).await.press("Play as Bo on this device").await;
    let asked = json!({ "linkingId": begun["linkingId"] });
    let taken = post(&portal, NAME, asked).await;
    assert_eq!((&taken["state"], &taken["userId"]), (&json!("signed_in"), &json!(bo.id)), "{taken}");
    let details = post(&portal, "AccountDetailsRequest", json!({ "authToken": taken["authToken"] })).await;
    assert_eq!(details["userId"], json!(bo.id));
}

/// `moved` ends the session that asked for the claim; its `linkingId` reads it all the same, also over HTTP.
#[tokio::test]
async fn a_move_is_read_by_its_id_over_http() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_GAME_DEVICE_HTTP", "on");
    })
    .await;
    let bo = portal.bo().await;
    let tv = json!({ "deviceId": DEVICE, "deviceOS": "tvOS", "displayName": "Guest 7" });
    let token = post(&portal, "DeviceAuthenticationRequest", tv).await["authToken"].clone();
    let begun = post(&portal, "ClaimAccountByCodeRequest", json!({ "authToken": token })).await;
    type_code(&portal.browser_of(&bo), &begun).await.press("Play as Bo on this device").await;
    let asked = json!({ "authToken": token, "linkingId": begun["linkingId"] });
    assert_eq!(post(&portal, "ClaimAccountByCodeRequest", asked).await["state"], "moved");
    let nobody = json!({ "linkingId": begun["linkingId"] });
    assert_eq!(post(&portal, "ClaimAccountByCodeRequest", nobody).await["state"], "moved");
}

async fn post(portal: &Portal, name: &str, body: Value) -> Value {
    let url = format!("{}/rs/device/{DEVICE_SECRET}/{name}", portal.url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.post(url).json(&body).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{name}");
    response.json().await.unwrap()
}

/// What is typed in a browser ends there when somebody else signs in or the player signs out (product §10).
mod a_typed_code {
    use super::*;

    #[tokio::test]
    async fn is_given_back_at_a_sign_in_that_does_not_go_on_with_it() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let mut tv = portal.game().await;
        let begun = begin(&mut tv).await;
        let phone = portal.browser();
        type_code(&phone, &begun).await;
        let form = phone.visit("/sign-in").await.fill("identifier", bo.email());
        assert_eq!(form.fill("password", bo.password()).press("Sign in").await.path(), "/account");
        let asked = phone.get("/activate/sign-in").await;
        assert_eq!((asked.status, asked.location().as_deref()), (303, Some("/activate")));
        assert_eq!(type_code(&portal.browser(), &begun).await.path(), "/activate/sign-in", "it still works");
        assert_eq!(state(&mut tv, &begun).await, "pending");
    }

    #[tokio::test]
    async fn is_given_back_at_sign_out() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let mut tv = portal.game().await;
        let begun = begin(&mut tv).await;
        let phone = portal.browser_of(&bo);
        type_code(&phone, &begun).await;
        phone.visit("/account").await.press("Sign out").await;
        assert_eq!(phone.get("/activate/sign-in").await.location().as_deref(), Some("/activate"));
        assert_eq!(type_code(&portal.browser(), &begun).await.path(), "/activate/sign-in", "it still works");
    }
}

/// Whoever holds a stolen token can show a code as well, so the link opens nothing before the player has confirmed it.
#[tokio::test]
async fn a_player_with_a_password_confirms_what_a_phone_linked() {
    let portal = Portal::start().await;
    let mut thief = portal.game().await;
    let newcomer =
        json!({ "displayName": "Zoe", "userName": "zoe_7", "password": "Zoe keeps 7 green boats" });
    let made = thief.ask("RegistrationRequest", newcomer).await;
    let stolen = made["authToken"].as_str().unwrap_or_else(|| panic!("{made}"));
    let mut thief = portal.game_with(stolen).await;
    let begun = begin(&mut thief).await;
    let both = with_amazon(&portal, &begun, "mork").await;
    let done = both.press("Link this account").await;
    assert_eq!(done.code().as_deref(), Some("tv_linked"), "{}", done.text());
    let made_by = "SELECT made_by AS line FROM amazon_links WHERE confirmed_at IS NULL";
    assert_eq!(portal.lines(made_by), ["game_code"]);
    let browser = portal.browser();
    portal.at_amazon(&browser, "mork").await;
    let asked = browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!(asked.url.path(), "/amazon/game-link", "{}", asked.text());
    assert_eq!(portal.count_all("sessions"), 0);
    let account = asked.fill("password", "Zoe keeps 7 green boats").press("This is mine").await;
    assert_eq!(account.code().as_deref(), Some("link_confirmed"), "{}", account.text());
    portal.verify().await;
}

/// The code on the screen is not typed twice where the link has to be confirmed on the way.
#[tokio::test]
async fn a_typed_code_survives_the_confirmation_of_a_link() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let newcomer =
        json!({ "displayName": "Zoe", "userName": "zoe_7", "password": "Zoe keeps 7 green boats" });
    game.ask("RegistrationRequest", newcomer).await;
    game.ask("AmazonConnectRequest", json!({ "accessToken": portal.amazon.token_of("mork") })).await;
    let mut tv = portal.game().await;
    let begun = begin(&mut tv).await;
    let asked = with_amazon(&portal, &begun, "mork").await;
    assert_eq!(asked.url.path(), "/amazon/game-link", "{}", asked.text());
    let look = asked.fill("password", "Zoe keeps 7 green boats").press("This is mine").await;
    assert_eq!(look.path(), "/activate/sign-in", "{}", look.text());
    look.press("Play as Zoe on this device").await;
    assert_eq!(state(&mut tv, &begun).await, "signed_in");
}
