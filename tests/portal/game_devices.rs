//! Devices that come back by an id of their own (S147): what it opens, and what it must never open.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::harness::{GameClient, Portal};

const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";

fn device(id: &str) -> Value {
    json!({ "deviceId": id, "deviceOS": "ANDROID", "deviceModel": "Fire TV Stick" })
}

async fn enter(game: &mut GameClient, fields: Value) -> Value {
    let answer = game.ask("DeviceAuthenticationRequest", fields).await;
    assert_eq!(answer["@class"], ".AuthenticationResponse", "{answer}");
    answer
}

fn error(answer: &Value) -> Value {
    answer.get("error").cloned().unwrap_or(Value::Null)
}

#[tokio::test]
async fn a_device_makes_a_player_once_and_comes_back_to_it() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let first = enter(&mut game, device(DEVICE)).await;
    assert_eq!(
        (&first["newPlayer"], &first["displayName"]),
        (&json!(true), &json!("")),
        "no name, none made up"
    );
    let mut later = portal.game().await;
    let again = enter(&mut later, device(DEVICE)).await;
    assert_eq!((&again["newPlayer"], &again["userId"]), (&json!(false), &first["userId"]));
    assert_ne!(again["authToken"], first["authToken"]);
    let mut other = device("another device of 16 bytes");
    other["displayName"] = json!("Zoe");
    other["segments"] = json!({ "PROFILE": "P1" });
    let other = enter(&mut later, other).await;
    assert_eq!((&other["newPlayer"], &other["displayName"]), (&json!(true), &json!("Zoe")));
    assert_eq!((portal.count_all("players"), portal.count_all("devices")), (2, 2));
}

#[tokio::test]
async fn ten_starts_at_once_make_one_player() {
    let portal = Portal::start().await;
    let mut games = Vec::new();
    for _ in 0..10 {
        games.push(portal.game().await);
    }
    let answers = join_all(games.iter_mut().map(|game| enter(game, device(DEVICE)))).await;
    assert_eq!(answers.iter().filter(|answer| answer["newPlayer"] == true).count(), 1, "{answers:?}");
    assert_eq!((portal.count_all("players"), portal.count_all("devices")), (1, 1));
}

#[tokio::test]
async fn short_ids_are_no_secrets_and_systems_are_the_sdks_own() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let answer = enter(&mut game, device("123456789012345")).await;
    assert_eq!(error(&answer), json!({ "deviceId": "INVALID" }));
    let answer = enter(&mut game, json!({ "deviceId": DEVICE })).await;
    assert_eq!(error(&answer), json!({ "deviceOS": "IOS|ANDROID|WP8" }));
    let answer = enter(&mut game, json!({ "deviceOS": "js" })).await;
    assert_eq!(error(&answer), json!({ "deviceId": "REQUIRED" }));
    for system in ["js", "MacOS", "W8"] {
        assert_eq!(
            error(&enter(&mut game, json!({ "deviceId": DEVICE, "deviceOS": system })).await),
            Value::Null
        );
    }
}

/// S147: a thousand ids in a row are not tried out, and who comes back is not kept out by who tries.
#[tokio::test]
async fn ids_in_a_row_are_throttled() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    enter(&mut game, device(DEVICE)).await;
    let free = portal.app().config.policy.guessing.network_failures;
    let mut made = 1;
    for number in 0..=free {
        // Games may not say more than twenty things a second, and this clock stands.
        portal.wait(TimeDelta::milliseconds(100));
        let answer = enter(&mut game, device(&format!("SERIAL-NUMBER-{number:06}"))).await;
        if error(&answer) == Value::Null {
            made += 1;
        } else {
            assert_eq!(error(&answer), json!({ "deviceId": "TRY_AGAIN" }));
        }
    }
    // The device's own id was unknown once, too.
    assert_eq!(made, i64::from(free));
    assert_eq!(portal.count_all("players"), made);
    assert_eq!(
        enter(&mut game, device(DEVICE)).await["newPlayer"],
        false,
        "a neighbour's ids keep nobody out"
    );
}

/// Known devices are not counted: an evening's worth of starts is no attack.
#[tokio::test]
async fn coming_back_costs_no_tries() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let free = portal.app().config.policy.guessing.network_failures;
    for _ in 0..free + 5 {
        portal.wait(TimeDelta::milliseconds(100));
        assert_eq!(error(&enter(&mut game, device(DEVICE)).await), Value::Null);
    }
}

#[tokio::test]
async fn an_id_finds_no_player_of_another_game() {
    let portal = Portal::with(|settings| {
        let both =
            "dovetail:device:development-device-secret-0001,other:device:development-device-secret-0003";
        settings.set("DOVETAIL_GAME_CREDENTIALS", both);
    })
    .await;
    let mut game = portal.game().await;
    let here = enter(&mut game, device(DEVICE)).await;
    let mut other = portal.knock("/ws/device/other").await;
    other.shake("development-device-secret-0003", json!({})).await;
    let there = enter(&mut other, device(DEVICE)).await;
    assert_eq!(there["newPlayer"], true);
    assert_ne!(here["userId"], there["userId"]);
}

/// S29, S147: the id opens a game session and nothing else; no row and no page knows it.
#[tokio::test]
async fn an_id_is_no_way_in_on_the_web_and_stands_nowhere() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let entered = enter(&mut game, device(DEVICE)).await;
    let proven = "SELECT count(*) AS count FROM game_sessions WHERE proved_at IS NOT NULL";
    assert_eq!((portal.count_all("game_sessions"), portal.count(proven)), (1, 0), "never fresh");
    let form = portal.browser().visit("/sign-in").await;
    let page = form.fill("identifier", DEVICE).fill("password", DEVICE).press("Sign in").await;
    assert_eq!(page.status, 422);
    let browser = portal.browser();
    browser.plant("session", entered["authToken"].as_str().unwrap());
    for address in ["/account", "/account/devices", "/amazon/unlink", "/account/email"] {
        assert_eq!(browser.get(address).await.status, 303, "{address}");
    }
    let everything = portal.dump();
    assert!(everything.values().flatten().all(|row| !row.contains(DEVICE)), "only a hash is kept");
    assert_eq!(portal.lines("SELECT label AS line FROM devices"), ["Fire TV Stick · ANDROID"]);
}

mod a_player_with_an_address {
    use super::*;

    /// A device player who has become an account: password, user name and address.
    async fn zoe(portal: &Portal) -> (GameClient, String) {
        let mut game = portal.game().await;
        let entered = enter(&mut game, device(DEVICE)).await;
        let named =
            json!({ "userName": "zoe", "newPassword": "Zoe keeps 7 green boats", "displayName": "Zoe" });
        let answer = game.ask("ChangeUserDetailsRequest", named).await;
        assert_eq!(error(&answer), Value::Null, "a device's player becomes an account");
        portal.run(
            "UPDATE players SET email = 'zoe@example.test', email_key = 'zoe@example.test', email_proven_at = created_at",
        );
        (game, entered["userId"].as_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn is_told_when_a_device_gets_in_and_once_only() {
        let portal = Portal::start().await;
        zoe(&portal).await;
        for _ in 0..3 {
            enter(&mut portal.game().await, device(DEVICE)).await;
        }
        let mails = portal.mails_to("zoe@example.test");
        let kinds: Vec<_> = mails.iter().map(|mail| mail.kind.as_str()).collect();
        assert_eq!(kinds, ["device-added"]);
        assert!(mails[0].text.contains("Fire TV Stick") && !mails[0].text.contains(DEVICE), "{mails:?}");
        let mut copied = device(DEVICE);
        copied["deviceModel"] = json!("Emulator");
        enter(&mut portal.game().await, copied).await;
        let mails = portal.mails_to("zoe@example.test");
        let tells = mails.iter().any(|mail| mail.text.contains("Emulator"));
        assert!(tells && mails.len() == 2, "the same id, on something else: {mails:?}");
    }

    /// S20: the sender chooses the label, so they could send as many letters as labels.
    #[tokio::test]
    async fn gets_three_letters_a_day_however_often_the_label_changes() {
        let portal = Portal::start().await;
        zoe(&portal).await;
        for number in 0..8 {
            let mut copied = device(DEVICE);
            copied["deviceModel"] = json!(format!("Emulator {number}"));
            enter(&mut portal.game().await, copied).await;
        }
        assert_eq!(portal.mails_to("zoe@example.test").len(), 3);
        let records =
            portal.count("SELECT count(*) AS count FROM audit_events WHERE kind = 'player.device.added'");
        assert_eq!(records, 8, "each stands among the activity");
    }

    /// A thief copies the label together with the id, but comes from somewhere else.
    #[tokio::test]
    async fn is_told_of_a_new_network() {
        let portal = Portal::start().await;
        zoe(&portal).await;
        enter(&mut portal.game().await, device(DEVICE)).await;
        assert_eq!(portal.run("UPDATE devices SET network = '192.0.2.0/24'"), 1);
        enter(&mut portal.game().await, device(DEVICE)).await;
        enter(&mut portal.game().await, device(DEVICE)).await;
        assert_eq!(portal.mails_to("zoe@example.test").len(), 2);
    }

    #[tokio::test]
    async fn switches_a_device_off_and_its_id_is_nobody_s() {
        let portal = Portal::start().await;
        let (_, zoe) = zoe(&portal).await;
        let mut playing = portal.game().await;
        assert_eq!(enter(&mut playing, device(DEVICE)).await["userId"], zoe);
        let form = portal.browser().visit("/sign-in").await;
        let page =
            form.fill("identifier", "zoe").fill("password", "Zoe keeps 7 green boats").press("Sign in").await;
        let devices = page.visit("/account/security").await.click("Show devices").await;
        assert!(devices.text().contains("Fire TV Stick"), "{}", devices.text());
        assert!(!devices.html.contains(DEVICE));
        let off = devices.press("Disable").await;
        assert_eq!(off.code().as_deref(), Some("device_off"), "{}", off.text());
        let gone = playing.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(error(&gone), json!({ "authentication": "NOTAUTHORIZED" }), "its games are signed out");
        let again = enter(&mut portal.game().await, device(DEVICE)).await;
        assert_eq!(again["newPlayer"], true);
        assert_ne!(again["userId"], zoe);
    }

    #[tokio::test]
    async fn plays_on_with_every_device_but_the_one_that_is_switched_off() {
        let portal = Portal::start().await;
        let (mut with_password, zoe) = zoe(&portal).await;
        let (mut stick, mut tablet) = (portal.game().await, portal.game().await);
        enter(&mut stick, device(DEVICE)).await;
        let browser = portal.browser();
        let form = browser.visit("/sign-in").await;
        form.fill("identifier", "zoe").fill("password", "Zoe keeps 7 green boats").press("Sign in").await;
        // A second device of the same player, as one has that was moved here.
        enter(&mut tablet, device("6d0a2f7c-1b7e-4a83-9d2e-0f5b8c3e9a41")).await;
        for (table, change) in [("game_sessions", ""), ("devices", ", label = 'Tablet'")] {
            portal.run(&format!("UPDATE {table} SET player_id = '{zoe}'{change} WHERE player_id <> '{zoe}'"));
        }
        let id =
            portal.lines("SELECT id AS line FROM devices WHERE label LIKE 'Fire TV Stick%'").pop().unwrap();
        let csrf = browser.visit("/account/devices").await.csrf();
        let off = browser.post("/account/devices", &[("csrf", &csrf), ("device", &id)]).await;
        assert_eq!((off.status, off.location().as_deref()), (303, Some("/account/devices")));
        let details = json!({});
        let gone = stick.ask("AccountDetailsRequest", details.clone()).await;
        assert_eq!(error(&gone), json!({ "authentication": "NOTAUTHORIZED" }));
        assert_eq!(error(&tablet.ask("AccountDetailsRequest", details.clone()).await), Value::Null);
        let first = with_password.ask("AccountDetailsRequest", details).await;
        assert_eq!(error(&first), json!({ "authentication": "NOTAUTHORIZED" }), "the same device opened it");
    }

    #[tokio::test]
    async fn cannot_switch_off_another_s_device() {
        let portal = Portal::start().await;
        zoe(&portal).await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let csrf = browser.visit("/account/devices").await.csrf();
        let id = portal.lines("SELECT id AS line FROM devices").pop().unwrap();
        let page = browser.post("/account/devices", &[("csrf", &csrf), ("device", &id)]).await;
        assert_eq!(page.status, 404);
        assert_eq!(portal.count("SELECT count(*) AS count FROM devices WHERE switched_off_at IS NULL"), 1);
    }
}
