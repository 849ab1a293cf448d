//! Amazon as it documents `tokeninfo`: the token stands in the query, and a request without it is refused with 400
//! `invalid_request`. Every way to an identity works with that form alone.

use dovetail::testing::links::device_flow::poll_batch;
use dovetail::testing::lwa::simulator::{DEVICE_CLIENT_ID, SimulatedCall};
use serde_json::json;

use super::harness::Portal;

async fn portal() -> Portal {
    let portal = Portal::with(|settings| {
        let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
        settings
            .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
            .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
    })
    .await;
    portal.amazon.simulator.switch(|switches| switches.tokeninfo_by_query_only = true);
    portal
}

/// Amazon refused none of the questions, so each was asked in the documented form at the first try.
fn was_always_understood(portal: &Portal) {
    let calls = portal.amazon.simulator.recorded_calls();
    let statuses: Vec<_> =
        calls.iter().filter(|call| call.call == SimulatedCall::TokenInfo).map(|call| call.status).collect();
    assert_eq!(statuses, [Some(200)]);
}

#[tokio::test]
async fn a_newcomer_signs_in() {
    let portal = portal().await;
    let asked = portal.browser().visit("/").await.press("Login with Amazon").await;
    let asked = asked.allow_as("Mork Hashimoto").await;
    assert_eq!(asked.url.path(), "/amazon/register", "{}", asked.text());
    let account = asked.press("Create account").await;
    assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
    was_always_understood(&portal);
}

#[tokio::test]
async fn a_player_links() {
    let portal = portal().await;
    let bo = portal.bo().await;
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    let confirm = amazon.allow_as("Mork Hashimoto").await;
    assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
    let account = confirm.press("Link this account").await;
    assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
    was_always_understood(&portal);
}

#[tokio::test]
async fn a_game_hands_over_a_token() {
    let portal = portal().await;
    let mut game = portal.game().await;
    let token = portal.amazon.token_of("mork");
    let answer = game.ask("AmazonConnectRequest", json!({ "accessToken": token })).await;
    assert!(answer["userId"].is_string(), "{answer}");
    was_always_understood(&portal);
}

#[tokio::test]
async fn a_console_links_by_code() {
    let portal = portal().await;
    let bo = portal.bo().await;
    let mut game = portal.proven_game_of(&bo).await;
    let begun = game.ask("AmazonLinkByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    assert!(portal.amazon.simulator.approve_device(code, "mork"), "{begun}");
    portal.wait(chrono::TimeDelta::seconds(30));
    poll_batch(portal.app()).await.unwrap();
    let yes = json!({ "linkingId": begun["linkingId"], "confirm": true });
    assert_eq!(game.ask("AmazonLinkByCodeRequest", yes).await["state"], "linked");
    assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("mork")));
    was_always_understood(&portal);
}
