//! Outsiders use up an account's guesses, and its owner gets in: by a token, by a network, by a code, or in turn.

use chrono::TimeDelta;
use dovetail::testing::operations::cleanup;
use serde_json::{Value, json};

use super::harness::game_client::{API_KEY, DEVICE_SECRET};
use super::harness::portal::Settings;
use super::harness::{Browser, GameClient, Page, Portal};

const PASSWORD: &str = "Zoe keeps 7 green boats";
const HOME: &str = "198.51.100.7";
const ELSEWHERE: &str = "203.0.113.9";

fn with_small_budgets(settings: &mut Settings) {
    settings.set("DOVETAIL_TRUSTED_PROXIES", "127.0.0.0/8");
    settings.set("DOVETAIL_LOGIN_NETWORK_FAILURES", "10").set("DOVETAIL_LOGIN_ACCOUNT_FAILURES", "10");
    settings.set("DOVETAIL_WS_ANONYMOUS", "1d");
}

/// A connection of a game in this network.
async fn game_at(portal: &Portal, address: &str, token: Option<&str>) -> GameClient {
    let headers = [("x-forwarded-for", address)];
    let mut game = portal.knock_with(&format!("/ws/device/{API_KEY}"), &headers).await.expect("a place");
    let extra = token.map_or_else(|| json!({}), |token| json!({ "authToken": token }));
    let welcome = game.shake(DEVICE_SECRET, extra).await;
    assert_eq!(welcome["userId"].is_string(), token.is_some(), "{welcome}");
    game
}

/// A player with user name and password, and no address. Returns the `authToken`.
async fn zoe(portal: &Portal) -> String {
    let mut game = game_at(portal, "198.19.0.7", None).await;
    let newcomer = json!({ "displayName": "Zoe", "userName": "zoe", "password": PASSWORD });
    let answer = game.ask("RegistrationRequest", newcomer).await;
    answer["authToken"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn in_game(game: &mut GameClient, name: &str, password: &str) -> Result<String, Value> {
    let answer = game.ask("AuthenticationRequest", json!({ "userName": name, "password": password })).await;
    answer["userId"].as_str().map(str::to_owned).ok_or_else(|| answer["error"].clone())
}

async fn on_the_web(browser: &Browser, identifier: &str, password: &str) -> Page {
    let form = browser.visit("/sign-in").await.fill("identifier", identifier).fill("password", password);
    form.press_only("Sign in").await
}

async fn use_up_the_budget(portal: &Portal, identifier: &str) {
    let browser = portal.browser().at(ELSEWHERE);
    for _ in 0..10 {
        assert_eq!(on_the_web(&browser, identifier, "wrong").await.status, 422);
        portal.wait(TimeDelta::seconds(61));
    }
}

fn locked() -> Value {
    json!({ "DETAILS": "LOCKED" })
}

/// S16: without an address there is no code, so one attempt a minute is checked for all unknown callers.
#[tokio::test]
async fn a_player_without_an_address_gets_in_once_a_minute() {
    let portal = Portal::with(with_small_budgets).await;
    zoe(&portal).await;
    use_up_the_budget(&portal, "zoe").await;
    let mut home = game_at(&portal, HOME, None).await;
    let mut stranger = game_at(&portal, "192.0.2.9", None).await;
    assert_eq!(in_game(&mut stranger, "zoe", "wrong").await, Err(locked()), "checked and wrong");
    assert_eq!(in_game(&mut home, "zoe", PASSWORD).await, Err(locked()), "the turn is taken");
    let hashes = portal.app().passwords.hashes_run();
    assert_eq!(in_game(&mut stranger, "zoe", "wrong").await, Err(locked()));
    assert_eq!(portal.app().passwords.hashes_run(), hashes, "not checked");
    portal.wait(TimeDelta::seconds(60));
    assert_eq!(in_game(&mut stranger, "zoe", "wrong").await, Err(locked()), "the next turn is reserved");
    assert!(in_game(&mut home, "zoe", PASSWORD).await.is_ok());

    portal.wait(TimeDelta::seconds(60));
    let browser = portal.browser().at("198.18.0.9");
    let page = on_the_web(&browser, "zoe", PASSWORD).await;
    assert_eq!((page.status, page.location().as_deref()), (303, Some("/account")));
    // The turn is taken again: the page for a code, as for everybody.
    let browser = portal.browser().at("198.18.1.9");
    let page = on_the_web(&browser, "zoe", PASSWORD).await;
    assert_eq!((page.status, page.location().as_deref()), (303, Some("/sign-in/code")));
    let page = browser.visit("/sign-in/code").await;
    assert!(page.text().contains("start over in a minute"), "{}", page.text());
    portal.verify().await;
}

/// The turns go round among networks, so whoever asks most has no more than others.
#[tokio::test]
async fn twenty_hostile_networks_keep_nobody_out() {
    let portal = Portal::with(with_small_budgets).await;
    zoe(&portal).await;
    use_up_the_budget(&portal, "zoe").await;
    let mut strangers = Vec::new();
    for number in 0..20 {
        strangers.push(game_at(&portal, &format!("192.0.{}.9", number + 10), None).await);
    }
    let mut owner = None;
    let (mut asked, mut is_in) = (0, false);
    for round in 0..54 {
        for stranger in &mut strangers {
            assert_eq!(in_game(stranger, "zoe", "wrong").await, Err(locked()));
        }
        // The owner comes after three minutes, and always last.
        if round >= 9 {
            asked += 1;
            let mut game = match owner.take() {
                Some(game) => game,
                None => game_at(&portal, HOME, None).await,
            };
            is_in = in_game(&mut game, "zoe", PASSWORD).await.is_ok();
            owner = Some(game);
        }
        if is_in {
            break;
        }
        portal.wait(TimeDelta::seconds(20));
    }
    assert!(is_in, "asked {asked} times in 15 minutes");
}

/// A token that signed in as the player has a limit of its own.
#[tokio::test]
async fn a_token_of_the_player_makes_the_game_known() {
    let portal = Portal::with(with_small_budgets).await;
    let token = zoe(&portal).await;
    let bo = portal.bo().await;
    use_up_the_budget(&portal, bo.email()).await;
    portal.wait(TimeDelta::minutes(20));
    use_up_the_budget(&portal, "zoe").await;
    let mut unknown = game_at(&portal, HOME, None).await;
    assert_eq!(in_game(&mut unknown, "zoe", "wrong").await, Err(locked()));
    let mut known = game_at(&portal, HOME, Some(&token)).await;
    assert_eq!(in_game(&mut known, "zoe", "wrong").await, Err(json!({ "DETAILS": "UNRECOGNISED" })));
    assert!(in_game(&mut known, "zoe", PASSWORD).await.is_ok());
    // It is known to its own player only.
    assert_eq!(in_game(&mut known, bo.email(), "wrong").await, Err(locked()));
}

/// A network from which the player came has a limit of its own, also at the game's door.
#[tokio::test]
async fn a_code_on_the_web_opens_the_game_on_the_same_network() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    use_up_the_budget(&portal, bo.email()).await;
    let mut game = game_at(&portal, HOME, None).await;
    let answer = in_game(&mut game, bo.email(), bo.password()).await;
    assert_eq!(answer, Err(locked()), "who has an address proves it");
    let browser = portal.browser().at(HOME);
    assert_eq!(on_the_web(&browser, bo.email(), bo.password()).await.status, 303);
    let code = portal.mail_to(bo.email()).code();
    let page = browser.visit("/sign-in/code").await.fill("code", &code).press_only("Continue").await;
    assert_eq!(page.location().as_deref(), Some("/account"));
    assert_eq!(in_game(&mut game, bo.email(), bo.password()).await, Ok(bo.id.clone()));
    // Another network is still unknown.
    let mut elsewhere = game_at(&portal, "192.0.2.9", None).await;
    portal.wait(TimeDelta::seconds(61));
    assert_eq!(in_game(&mut elsewhere, bo.email(), bo.password()).await, Err(locked()));
}

/// S12: past the limit nothing tells an account without address from one with it, or from none.
#[tokio::test]
async fn past_the_limit_a_wrong_password_is_answered_alike_for_all() {
    let portal = Portal::with(with_small_budgets).await;
    zoe(&portal).await;
    portal.bo().await;
    portal.run("UPDATE players SET user_name = 'bo_7', user_name_key = 'bo_7' WHERE email IS NOT NULL");
    let mut seen = Vec::new();
    for (number, name) in ["zoe", "bo_7", "nobody_7"].into_iter().enumerate() {
        use_up_the_budget(&portal, name).await;
        portal.wait(TimeDelta::minutes(20));
        let network = format!("198.18.{number}.9");
        let mut game = game_at(&portal, &network, None).await;
        let browser = portal.browser().at(&network);
        let mut answers = Vec::new();
        for _ in 0..2 {
            let hashes = portal.app().passwords.hashes_run();
            let answer = in_game(&mut game, name, "wrong").await;
            let page = on_the_web(&browser, name, "wrong").await;
            let hashes = portal.app().passwords.hashes_run() - hashes;
            answers.push((answer, page.status, page.location(), hashes));
            portal.wait(TimeDelta::seconds(61));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

/// S16: what once signed in as the player makes the game known: a token that has ended by time, at the handshake or in
/// the request, and a device of the player's.
#[tokio::test]
async fn an_ended_token_or_a_device_makes_the_game_known() {
    let portal = Portal::with(with_small_budgets).await;
    let token = zoe(&portal).await;
    let device = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";
    let mut game = game_at(&portal, "198.19.1.7", None).await;
    let entered =
        game.ask("DeviceAuthenticationRequest", json!({ "deviceId": device, "deviceOS": "tvOS" })).await;
    portal.run(&format!(
        "UPDATE devices SET player_id = (SELECT id FROM players WHERE user_name = 'zoe') WHERE player_id = '{}'",
        entered["userId"].as_str().unwrap()
    ));
    portal.wait(TimeDelta::days(8));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    use_up_the_budget(&portal, "zoe").await;
    let unrecognised = json!({ "DETAILS": "UNRECOGNISED" });
    let mut unknown = game_at(&portal, HOME, None).await;
    assert_eq!(in_game(&mut unknown, "zoe", "wrong").await, Err(locked()));
    let with = |password: &str, key: &str, value: &str| json!({ "userName": "zoe", "password": password, key: value });
    for (number, (key, value)) in
        [("authToken", token.as_str()), ("deviceId", device)].into_iter().enumerate()
    {
        let mut game = game_at(&portal, &format!("198.51.{number}.7"), None).await;
        let wrong = game.ask("AuthenticationRequest", with("wrong", key, value)).await;
        assert_eq!(wrong["error"], unrecognised, "{key}: {wrong}");
        let right = game.ask("AuthenticationRequest", with(PASSWORD, key, value)).await;
        assert!(right["userId"].is_string(), "{key}: {right}");
    }
    let headers = [("x-forwarded-for", "198.51.99.7")];
    let mut back = portal.knock_with(&format!("/ws/device/{API_KEY}"), &headers).await.expect("a place");
    let welcome = back.shake(DEVICE_SECRET, json!({ "authToken": token })).await;
    assert_eq!(welcome["userId"].as_str(), None, "it opens nothing: {welcome}");
    assert_eq!(in_game(&mut back, "zoe", "wrong").await, Err(unrecognised));
    assert!(in_game(&mut back, "zoe", PASSWORD).await.is_ok());
}

/// Every device sign-in gives a token, so tokens of one player's devices share one budget.
#[tokio::test]
async fn new_tokens_are_no_new_guesses() {
    let portal = Portal::with(with_small_budgets).await;
    zoe(&portal).await;
    let device = json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    let mut game = game_at(&portal, HOME, None).await;
    let entered = game.ask("DeviceAuthenticationRequest", device.clone()).await;
    portal.run(&format!(
        "UPDATE devices SET player_id = (SELECT id FROM players WHERE user_name = 'zoe') WHERE player_id = '{}'",
        entered["userId"].as_str().unwrap()
    ));
    let mut answers = Vec::new();
    for _ in 0..12 {
        let token = game.ask("DeviceAuthenticationRequest", device.clone()).await["authToken"].clone();
        let mut guessing = game_at(&portal, ELSEWHERE, None).await;
        let guess = json!({ "userName": "zoe", "password": "wrong", "authToken": token });
        answers.push(guessing.ask("AuthenticationRequest", guess).await["error"].clone());
        portal.wait(TimeDelta::seconds(61));
    }
    assert_eq!(answers[9], json!({ "DETAILS": "UNRECOGNISED" }));
    assert_eq!(answers[10..], [locked(), locked()]);
}
