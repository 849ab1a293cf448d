//! The pages to which games and TVs lead.

use chrono::TimeDelta;
use dovetail::testing::links::device_flow::poll_batch;
use serde_json::{Value, json};

use super::Tour;
use crate::harness::GameClient;

const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";

impl Tour<'_> {
    pub(super) async fn games_and_tvs(&self) {
        let portal = self.portal();
        portal.amazon.admits("tess", "Tess Tanaka", "tess@example.com");
        portal.amazon.admits("uli", "Uli", "uli@example.com");
        self.on_a_tv().await;
        self.link_of_a_token().await;
        self.link_of_a_code().await;
    }

    /// A TV's code is typed on a phone, which links the account of its trip to the TV's player.
    async fn on_a_tv(&self) {
        let portal = self.portal();
        let mut tv = portal.game().await;
        let device = json!({
            "deviceId": DEVICE, "deviceOS": "tvOS", "deviceName": "Living room", "displayName": "Guest 7",
        });
        tv.ask("DeviceAuthenticationRequest", device).await;
        let begun = tv.ask("SignInByCodeRequest", json!({})).await;
        self.is_nobody().await;
        self.visit("activate", "/activate", None).await;
        self.send(&[("code", "BCDF-GHJK")], "Continue").await;
        self.see("activate-wrong", Some("code_wrong")).await;
        self.visitor.at_amazon("tess").await;
        self.visitor.visit("/activate").await;
        self.send(&[("code", text(&begun, "userCode"))], "Continue").await;
        self.see("tv-sign-in-visitor", None).await;
        self.visitor.press("Login with Amazon").await;
        self.see("tv-link", None).await;
        self.visitor.press("Link this account").await;
        self.see("tv-linked", Some("tv_linked")).await;
        let undo = portal.mail_to("tess@example.com").link();
        self.visit("link-undo", &undo, None).await;
        self.visitor.press("Unlink it").await;
        self.see("link-undone", Some("link_undone")).await;
        self.visit("link-undo-dead", &undo, Some("link_undo_unknown")).await;
        let begun = tv.ask("SignInByCodeRequest", json!({})).await;
        self.is(&portal.person("Ida", true, None).await).await;
        self.visitor.visit("/activate").await;
        self.send(&[("code", text(&begun, "userCode"))], "Continue").await;
        self.see("tv-sign-in", None).await;
    }

    /// A game handed over a token, and its player has a password.
    async fn link_of_a_token(&self) {
        let portal = self.portal();
        let mut game = registered(portal.game().await, "vera").await;
        let token = portal.amazon.token_of("uli");
        game.ask("AmazonConnectRequest", json!({ "accessToken": token })).await;
        self.is_nobody().await;
        self.visitor.at_amazon("uli").await;
        self.comes().await;
        self.see("game-link", None).await;
        self.send(&[("password", "not this one")], "This is mine").await;
        self.see("game-link-wrong", Some("credentials_wrong")).await;
    }

    /// Somebody allowed the code of a game at Amazon.
    async fn link_of_a_code(&self) {
        let portal = self.portal();
        portal.amazon.admits("wim", "Wim", "wim@example.com");
        let mut game = registered(portal.game().await, "wanda").await;
        let begun = game.ask("AmazonLinkByCodeRequest", json!({})).await;
        assert!(portal.amazon.simulator.approve_device(text(&begun, "userCode"), "wim"));
        portal.wait(TimeDelta::seconds(30));
        poll_batch(portal.app()).await.unwrap();
        let confirmed = json!({ "linkingId": begun["linkingId"], "confirm": true });
        game.ask("AmazonLinkByCodeRequest", confirmed).await;
        self.is_nobody().await;
        self.visitor.at_amazon("wim").await;
        self.comes().await;
        self.see("game-link-by-code", None).await;
        self.visitor.press("This was not me").await;
        self.see("game-link-refused", Some("link_denied")).await;
    }
}

async fn registered(mut game: GameClient, name: &str) -> GameClient {
    let asked = json!({ "displayName": name, "userName": name, "password": "seven purple otters" });
    game.ask("RegistrationRequest", asked).await;
    game
}

fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().unwrap_or_else(|| panic!("{answer}"))
}
