//! What a game keeps with its player, and what it is told when the player's name or link changes.

use serde_json::{Value, json};

use super::harness::{GameClient, Portal};

/// The next message of this class; others are skipped.
async fn hears(game: &mut GameClient, class: &str) -> Value {
    loop {
        let message = game.next_of_all().await;
        if message["@class"] == class {
            return message;
        }
    }
}

const CHANGED: &str = ".AccountChangedMessage";

#[tokio::test]
async fn script_data_is_kept_with_the_player_and_returned() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let data = json!({ "level": 3, "bag": ["rope", { "of": "hemp" }] });
    let token = portal.amazon.token_of("mork");
    let made = game.ask("AmazonConnectRequest", json!({ "accessToken": token, "scriptData": data })).await;
    assert_eq!((&made["newPlayer"], &made["scriptData"]), (&json!(true), &data), "{made}");
    let details = game.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(details["scriptData"], data, "{details}");
    // Another request replaces it, and an empty object removes it.
    let changed = json!({ "displayName": "Mork", "scriptData": { "level": 4 } });
    let answer = game.ask("ChangeUserDetailsRequest", changed).await;
    assert!(answer.get("error").is_none(), "{answer}");
    let mut other = portal.game_with(made["authToken"].as_str().unwrap()).await;
    let details = other.ask("AccountDetailsRequest", json!({ "scriptData": null })).await;
    assert_eq!(details["scriptData"], json!({ "level": 4 }));
    let details = other.ask("AccountDetailsRequest", json!({ "scriptData": {} })).await;
    assert!(details.get("scriptData").is_none(), "{details}");
    portal.verify().await;
}

#[tokio::test]
async fn a_switch_summary_has_the_script_data_of_the_other_player() {
    let portal = Portal::start().await;
    let mut theirs = portal.game().await;
    let token = portal.amazon.token_of("mork");
    theirs.ask("AmazonConnectRequest", json!({ "accessToken": token, "scriptData": { "level": 9 } })).await;
    let mut game = portal.game().await;
    let device =
        json!({ "deviceId": "0f3c-77aa-41d2-9be0", "deviceOS": "ANDROID", "scriptData": { "level": 1 } });
    let mine = game.ask("DeviceAuthenticationRequest", device).await;
    assert_eq!(mine["scriptData"], json!({ "level": 1 }), "{mine}");
    let token = portal.amazon.token_of("mork");
    let asked = json!({ "accessToken": token, "errorOnSwitch": true, "scriptData": { "level": 2 } });
    let refused = game.ask("AmazonConnectRequest", asked).await;
    assert_eq!(refused["switchSummary"]["scriptData"], json!({ "level": 9 }), "{refused}");
    assert!(refused.get("scriptData").is_none());
    let details = game.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(details["scriptData"], json!({ "level": 1 }), "a refused request keeps nothing");
}

#[tokio::test]
async fn script_data_is_bounded_and_an_object() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    for wrong in [json!("text"), json!([1]), json!(7), json!(true), json!({ "a": "x".repeat(4096) })] {
        let asked = json!({ "deviceId": "0f3c", "deviceOS": "ANDROID", "scriptData": wrong });
        let refused = game.ask("DeviceAuthenticationRequest", asked).await;
        assert_eq!(refused["error"], json!({ "scriptData": "INVALID" }), "{refused}");
    }
    assert_eq!(portal.count_all("players"), 0);
}

#[tokio::test]
async fn every_connection_hears_of_a_changed_name_and_link() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let (mut one, mut two) = (portal.proven_game_of(&bo).await, portal.proven_game_of(&bo).await);
    let mut hers = portal.proven_game_of(&ann).await;
    let browser = portal.browser_of(&bo);
    // The first look of the portal is the state that changes are told against. A change before it is not told.
    let mut name = String::new();
    for number in 1..=10 {
        name = format!("Bo the {number}");
        browser.visit("/account/profile").await.fill("display_name", &name).press("Save").await;
        let heard = tokio::time::timeout(std::time::Duration::from_secs(3), hears(&mut one, CHANGED)).await;
        if let Ok(told) = heard {
            assert_eq!(told["displayName"].as_str(), Some(name.as_str()), "{told}");
            break;
        }
    }
    name.push_str(", the Brave");
    browser.visit("/account/profile").await.fill("display_name", &name).press("Save").await;
    for game in [&mut one, &mut two] {
        let mut told = hears(game, CHANGED).await;
        while told["displayName"].as_str() != Some(name.as_str()) {
            told = hears(game, CHANGED).await;
        }
        assert_eq!(told["externalIds"], json!({}));
        assert_eq!(told["userId"].as_str(), Some(bo.id.as_str()));
        assert!(told.get("amazonLink").is_none() && told.get("requestId").is_none(), "{told}");
    }
    let amazon = browser.visit("/account").await.press("Link Amazon account").await;
    amazon.allow_as("Mork Hashimoto").await.press("Link this account").await;
    for game in [&mut one, &mut two] {
        let told = hears(game, CHANGED).await;
        assert_eq!(told["amazonLink"]["state"], "active", "{told}");
        assert_eq!(told["externalIds"]["AM"].as_str(), portal.identity_linked_to(&bo).as_deref());
    }
    browser.visit("/account").await.click("Unlink").await.press("Unlink Amazon account").await;
    for game in [&mut one, &mut two] {
        assert_eq!(hears(game, CHANGED).await["externalIds"], json!({}));
    }
    let details = hers.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(details["displayName"], "Ann");
    hers.send("").await;
    assert!(hers.is_open().await);
    let waiting = tokio::time::timeout(tokio::time::Duration::from_millis(50), hers.next_of_all()).await;
    assert!(waiting.is_err(), "nobody else hears of it: {waiting:?}");
}
