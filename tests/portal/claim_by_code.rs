//! A player whom only a device knows is claimed in a browser, by a code that the game shows (product §9).

use chrono::TimeDelta;
use dovetail::testing::privacy::erase_left_behind;
use serde_json::{Value, json};

use super::harness::{Browser, GameClient, Page, Portal};

const OTHER_DEVICE: &str = "7c2a4a1e-55b0-4f0e-8c0d-2b9d0e6f3a77";
const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";
const PASSWORD: &str = "Zoe keeps 7 green boats";

/// A device's player, on the connection it came by.
async fn device_player(portal: &Portal) -> (GameClient, String) {
    let mut game = portal.game().await;
    let asked = json!({
        "deviceId": DEVICE, "deviceOS": "tvOS", "deviceName": "Living room", "displayName": "Guest 7",
    });
    let entered = game.ask("DeviceAuthenticationRequest", asked).await;
    (game, entered["userId"].as_str().unwrap().to_owned())
}

async fn begin(game: &mut GameClient) -> Value {
    let answer = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    assert_eq!(answer["@class"], ".ClaimAccountByCodeResponse");
    answer
}

async fn state(game: &mut GameClient, begun: &Value) -> String {
    let asked = json!({ "linkingId": begun["linkingId"] });
    let answer = game.ask("ClaimAccountByCodeRequest", asked).await;
    answer["state"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn code(begun: &Value) -> &str {
    begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"))
}

async fn type_code(browser: &Browser, code: &str) -> Page {
    browser.visit("/activate").await.fill("code", code).press("Continue").await
}

#[tokio::test]
async fn a_code_is_typed_looked_at_and_only_then_makes_an_account() {
    let portal = Portal::start().await;
    let (mut game, zoe) = device_player(&portal).await;
    let begun = begin(&mut game).await;
    assert_eq!(begun["verificationUri"], format!("{}/activate", portal.url()));
    assert_eq!((&begun["expiresIn"], &begun["state"]), (&json!(900), &json!("pending")));
    assert!(begun["qrSvg"].as_str().unwrap().contains("<svg"));
    let browser = portal.browser();
    let look = type_code(&browser, &code(&begun).to_lowercase().replace('-', " ")).await;
    assert_eq!(look.path(), "/activate/claim", "{}", look.text());
    let text = look.text();
    assert!(text.contains("Living room") && text.contains("tvOS"), "the device: {text}");
    assert!(text.contains("127.0.0.0/24") && text.contains("dovetail"), "the place: {text}");
    assert!(text.contains("Guest 7"), "the player: {text}");
    assert_eq!(state(&mut game, &begun).await, "pending", "nothing has happened");
    assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE password_sealed IS NOT NULL"), 0);
    let form = look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", PASSWORD);
    let account = form.press("Create account").await;
    assert_eq!((account.path().as_str(), account.code().as_deref()), ("/account", Some("claimed")));
    assert!(account.text().contains("Zoe"));
    assert_eq!(state(&mut game, &begun).await, "claimed");
    assert_eq!(game.ask("AccountDetailsRequest", json!({})).await["userId"], zoe, "the device plays on");
    assert_eq!(portal.count_all("players"), 1);
    let kinds = portal.lines(&format!("SELECT kind AS line FROM audit_events WHERE player_id = '{zoe}'"));
    assert!(kinds.contains(&"player.account.claimed".to_owned()), "{kinds:?}");
    let answer = begin(&mut game).await;
    assert_eq!(answer["error"], json!({ "account": "ALREADY_CLAIMED" }));
    let form = portal.browser().visit("/sign-in").await;
    let page = form.fill("identifier", "zoe").fill("password", PASSWORD).press("Sign in").await;
    assert_eq!(page.path(), "/account");
}

#[tokio::test]
async fn a_code_stands_in_no_address_and_no_link_types_it() {
    let portal = Portal::start().await;
    let (mut game, _) = device_player(&portal).await;
    let begun = begin(&mut game).await;
    let page = portal.browser().visit(&format!("/activate?code={}", code(&begun))).await;
    assert_eq!(page.value("code").unwrap_or_default(), "");
    assert!(!page.html.contains(code(&begun)));
    assert!(!begun["qrSvg"].as_str().unwrap().contains(code(&begun)));
    assert_eq!(portal.browser().get("/activate/claim").await.status, 303);
}

/// Product §9.
#[tokio::test]
async fn a_code_typed_wrong_ten_times_is_dead() {
    let portal = Portal::start().await;
    let (mut game, _) = device_player(&portal).await;
    let begun = begin(&mut game).await;
    let right = code(&begun).to_owned();
    let last = if right.ends_with('B') { 'C' } else { 'B' };
    let wrong = format!("{}{last}", &right[..8]);
    for _ in 0..10 {
        let page = type_code(&portal.browser(), &wrong).await;
        assert_eq!((page.status, page.code().as_deref()), (422, Some("code_wrong")));
        // Whoever guesses from one network comes slower and slower; this is about the code itself.
        portal.run("DELETE FROM throttles");
    }
    assert_eq!(type_code(&portal.browser(), &right).await.status, 422);
    assert_eq!(state(&mut game, &begun).await, "expired");
    let next = begin(&mut game).await;
    assert_eq!(type_code(&portal.browser(), code(&next)).await.path(), "/activate/claim");
}

#[tokio::test]
async fn a_network_that_guesses_is_slowed_down() {
    let portal = Portal::start().await;
    let free = portal.app().config.policy.guessing.network_failures;
    let browser = portal.browser();
    let form = browser.visit("/activate").await;
    for _ in 0..free {
        assert_eq!(form.fill("code", "BCDF-GHJK").press_only("Continue").await.status, 422);
    }
    let page = form.fill("code", "BCDF-GHJK").press_only("Continue").await;
    assert_eq!((page.status, page.code().as_deref()), (429, Some("throttled")));
}

#[tokio::test]
async fn a_code_ends_by_time_by_a_newer_one_and_by_its_first_browser() {
    let portal = Portal::start().await;
    let (mut game, _) = device_player(&portal).await;
    let (old, new) = (begin(&mut game).await, begin(&mut game).await);
    assert_eq!(type_code(&portal.browser(), code(&old)).await.status, 422);
    let first = portal.browser();
    assert_eq!(type_code(&first, code(&new)).await.path(), "/activate/claim");
    assert_eq!(type_code(&portal.browser(), code(&new)).await.status, 422, "another browser comes too late");
    portal.wait(TimeDelta::minutes(16));
    assert_eq!(first.get("/activate/claim").await.status, 303);
    assert_eq!(state(&mut game, &new).await, "expired");
}

#[tokio::test]
async fn not_my_device_ends_the_code_and_changes_nothing() {
    let portal = Portal::start().await;
    let (mut game, _) = device_player(&portal).await;
    let begun = begin(&mut game).await;
    let browser = portal.browser();
    let page = type_code(&browser, code(&begun)).await.press("This is not my device").await;
    assert_eq!(page.code().as_deref(), Some("cancelled"));
    assert_eq!(state(&mut game, &begun).await, "expired");
    assert_eq!(browser.get("/activate/claim").await.status, 303);
}

#[tokio::test]
async fn the_account_needs_a_free_name_and_a_fit_password() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.run(&format!("UPDATE players SET user_name = 'bo', user_name_key = 'bo' WHERE id = '{}'", bo.id));
    let (mut game, _) = device_player(&portal).await;
    let look = type_code(&portal.browser(), code(&begin(&mut game).await)).await;
    let form = look.fill("display_name", "Zoe").fill("user_name", "BO").fill("password", PASSWORD);
    let page = form.press_only("Create account").await;
    assert_eq!((page.status, page.value("user_name").as_deref()), (422, Some("BO")));
    assert!(page.error_of("user_name").is_some());
    let form = look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", "short");
    let page = form.press_only("Create account").await;
    assert!(page.status == 422 && page.error_of("password").is_some());
    let form = look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", PASSWORD);
    assert_eq!(form.press("Create account").await.path(), "/account");
}

/// Two browsers cannot hold one code, but a game and a browser can race for one player.
#[tokio::test]
async fn a_player_who_became_an_account_meanwhile_is_not_claimed() {
    let portal = Portal::start().await;
    let (mut game, _) = device_player(&portal).await;
    let look = type_code(&portal.browser(), code(&begin(&mut game).await)).await;
    let named = json!({ "userName": "first", "newPassword": "First keeps 7 green boats" });
    game.ask("ChangeUserDetailsRequest", named).await;
    let form = look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", PASSWORD);
    let page = form.press("Create account").await;
    assert_eq!((page.path().as_str(), page.code().as_deref()), ("/activate", Some("code_expired")));
    assert_eq!(portal.lines("SELECT user_name AS line FROM players"), ["first"]);
}

/// Product §10: the id alone reads the outcome, also after the session that asked for the code has ended.
#[tokio::test]
async fn a_move_is_told_to_the_device_whose_session_it_ended() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (mut game, _) = device_player(&portal).await;
    let begun = begin(&mut game).await;
    assert_eq!(state(&mut portal.game().await, &begun).await, "pending", "whoever holds the id");
    let look = type_code(&portal.browser_of(&bo), code(&begun)).await;
    look.press("Play as Bo on this device").await;
    assert_eq!(state(&mut game, &begun).await, "moved");
    assert_eq!(state(&mut portal.game().await, &begun).await, "moved");
    let refused = portal.game().await.ask("ClaimAccountByCodeRequest", json!({})).await;
    assert_eq!(refused["error"], json!({ "authentication": "NOTAUTHORIZED" }), "a new code needs a player");
    let unknown = json!({ "linkingId": "0199-nobody" });
    assert_eq!(state(&mut game, &unknown).await, "expired");
}

/// What makes a player somebody's beside a usable password: a link in any state, a proven address, and a passkey.
const BELONGINGS: [&str; 4] = ["active", "revoked", "address", "passkey"];

/// Gives the device's player one of [`BELONGINGS`].
async fn give(portal: &Portal, game: &mut GameClient, what: &str) {
    if what == "address" {
        portal.run(
            "UPDATE players SET email = 'zoe@example.test', email_key = 'zoe@example.test', \
             email_proven_at = created_at",
        );
        return;
    }
    if what == "passkey" {
        portal.run(
            "INSERT INTO passkeys (id, player_id, name, credential_id, credential, sign_count, is_backup_eligible, \
             is_backed_up, created_at) SELECT id, id, 'phone', id, '{}', 0, FALSE, FALSE, created_at FROM players",
        );
        return;
    }
    portal.amazon.admits("ida", "Ida", "ida@customers.test");
    let asked = json!({ "accessToken": portal.amazon.token_of("ida") });
    let linked = game.ask("AmazonConnectRequest", asked).await;
    assert_eq!(linked.get("error"), None, "{linked}");
    if what == "revoked" {
        portal.run(
            "UPDATE amazon_links SET state = 'revoked', access_token_sealed = NULL, refresh_token_sealed = NULL, \
             state_cause = 'revoked_by_amazon'",
        );
    }
}

/// S8, S68: whoever holds the device id, or a stale token of the game, does not take a player who is somebody's.
#[tokio::test]
async fn a_player_who_is_somebodys_gets_no_code_and_no_first_password() {
    for what in BELONGINGS {
        let portal = Portal::start().await;
        let (mut game, _) = device_player(&portal).await;
        give(&portal, &mut game, what).await;
        let mut thief = device_player(&portal).await.0;
        let refused = begin(&mut thief).await;
        assert_eq!(refused["error"], json!({ "account": "ALREADY_CLAIMED" }), "{what}: {refused}");
        let named = json!({ "userName": "thief", "newPassword": PASSWORD });
        let refused = thief.ask("ChangeUserDetailsRequest", named).await;
        assert_eq!(refused["error"]["authentication"], "REAUTHENTICATION_REQUIRED", "{what}: {refused}");
        let changed = "SELECT count(*) AS count FROM players WHERE password_sealed IS NOT NULL OR user_name IS NOT NULL";
        assert_eq!((portal.count(changed), portal.count_all("claim_codes")), (0, 0), "{what}");
    }
}

/// The code was shown before the player became somebody's: neither finishing nor moving the device goes on.
#[tokio::test]
async fn a_code_from_before_the_player_was_somebodys_leads_nowhere() {
    for what in BELONGINGS {
        let portal = Portal::start().await;
        let (mut game, guest) = device_player(&portal).await;
        let look = type_code(&portal.browser(), code(&begin(&mut game).await)).await;
        give(&portal, &mut game, what).await;
        let form = look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", PASSWORD);
        let page = form.press("Create account").await;
        assert_eq!(
            (page.path().as_str(), page.code().as_deref()),
            ("/activate", Some("code_expired")),
            "{what}"
        );
        assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE user_name IS NOT NULL"), 0);
        assert_eq!(portal.lines("SELECT player_id AS line FROM devices"), [guest], "{what}");
    }
    for what in BELONGINGS {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (mut game, guest) = device_player(&portal).await;
        let look = type_code(&portal.browser_of(&bo), code(&begin(&mut game).await)).await;
        if what == "address" {
            portal.run(&format!(
                "UPDATE players SET email = 'zoe@example.test', email_key = 'zoe@example.test', \
                 email_proven_at = created_at WHERE id = '{guest}'"
            ));
        } else {
            give(&portal, &mut game, what).await;
        }
        let page = look.press("Play as Bo on this device").await;
        assert_eq!(page.code().as_deref(), Some("code_expired"), "{what}: {}", page.text());
        assert_eq!(portal.lines("SELECT player_id AS line FROM devices"), [guest], "{what}");
        let here = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(here.get("error"), None, "the player of the device is still in: {here}");
    }
}

mod somebody_signed_in {
    use super::*;

    #[tokio::test]
    async fn plays_on_with_their_own_account_on_the_device() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (mut game, guest) = device_player(&portal).await;
        let begun = begin(&mut game).await;
        let look = type_code(&portal.browser_of(&bo), code(&begun)).await;
        assert!(look.text().contains("Nothing opens Guest 7 any more") || look.text().contains("Guest 7"));
        let page = look.press("Play as Bo on this device").await;
        assert_eq!(
            (page.path().as_str(), page.code().as_deref()),
            ("/account/devices", Some("device_moved"))
        );
        assert!(page.text().contains("Living room"));
        assert_eq!(portal.mail_to(bo.email()).kind, "device-added");
        let gone = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(gone["error"], json!({ "authentication": "NOTAUTHORIZED" }));
        let asked = json!({ "deviceId": DEVICE, "deviceOS": "tvOS", "deviceName": "Living room" });
        let entered = portal.game().await.ask("DeviceAuthenticationRequest", asked).await;
        assert_eq!(
            (entered["userId"].as_str(), &entered["newPlayer"]),
            (Some(bo.id.as_str()), &json!(false))
        );
        assert_ne!(entered["userId"], guest);
        assert_eq!(portal.mails_to(bo.email()).len(), 1, "told once");
        let closed = portal.lines("SELECT id AS line FROM players WHERE disabled_at IS NOT NULL");
        assert_eq!(closed, [guest], "nobody is left without a way in");
    }

    /// S129: nobody can sign in to the player that is left behind, so nobody else can erase it.
    #[tokio::test]
    async fn leaves_no_player_behind() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (mut game, guest) = device_player(&portal).await;
        let mut other = portal.game().await;
        let asked = json!({ "deviceId": OTHER_DEVICE, "deviceOS": "tvOS", "deviceName": "Kitchen" });
        let entered = other.ask("DeviceAuthenticationRequest", asked).await;
        let banned = entered["userId"].as_str().unwrap().to_owned();
        portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{banned}'"));
        let begun = begin(&mut game).await;
        let look = type_code(&portal.browser_of(&bo), code(&begun)).await;
        look.press("Play as Bo on this device").await;
        assert_eq!(erase_left_behind(portal.app()).await.unwrap(), 0, "the game may still ask");
        assert_eq!(state(&mut game, &begun).await, "moved");
        portal.wait(TimeDelta::minutes(61));
        assert_eq!(erase_left_behind(portal.app()).await.unwrap(), 1);
        let mut here = portal.lines("SELECT id AS line FROM players");
        here.sort();
        let mut wanted = [bo.id.as_str().to_owned(), banned];
        wanted.sort();
        assert_eq!(here, wanted, "whom staff disabled stays");
        let keys = format!(
            "SELECT count(*) AS count FROM audit_keys WHERE player_id = '{guest}' AND key_sealed IS NOT NULL"
        );
        assert_eq!(portal.count(&keys), 0, "the key of the audit records is gone");
        let told = format!(
            "SELECT count(*) AS count FROM link_events WHERE player_id = '{guest}' AND kind = 'erased'"
        );
        assert_eq!(portal.count(&told), 1, "game servers are told");
        assert_eq!(erase_left_behind(portal.app()).await.unwrap(), 0, "once");
    }

    /// S28: letting a device in is a change of who gets in.
    #[tokio::test]
    async fn proves_who_they_are_first() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (mut game, _) = device_player(&portal).await;
        let begun = begin(&mut game).await;
        let look = type_code(&portal.stale_browser_of(&bo), code(&begun)).await;
        let proof = look.press("Play as Bo on this device").await;
        assert_eq!(proof.path(), "/account/confirm-identity");
        assert_eq!(state(&mut game, &begun).await, "pending");
        let page = proof.fill("password", bo.password()).press("Confirm").await;
        assert_eq!(page.code().as_deref(), Some("device_moved"), "{}", page.text());
        assert_eq!(portal.count_of("devices", &bo), 1);
    }

    #[tokio::test]
    async fn does_not_overwrite_their_own_account_with_the_guest() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (mut game, _) = device_player(&portal).await;
        let browser = portal.browser_of(&bo);
        let look = type_code(&browser, code(&begin(&mut game).await)).await;
        let csrf = look.csrf();
        let fields =
            [("csrf", csrf.as_str()), ("display_name", "X"), ("user_name", "xxx"), ("password", PASSWORD)];
        let page = browser.post("/activate/claim", &fields).await;
        assert_eq!(page.location().as_deref(), Some("/activate/claim"));
        assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE user_name IS NOT NULL"), 0);
    }
}

/// A code that was passed on comes from another network: told on the page, and counted.
#[tokio::test]
async fn a_browser_on_another_network_than_the_game_is_told_so_and_counted() {
    let portal = Portal::start().await;
    for (device, network, is_elsewhere) in [
        ("0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "127.0.0.0/24", false),
        ("0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a11", "198.51.100.0/24", true),
    ] {
        let mut game = portal.game().await;
        game.ask("DeviceAuthenticationRequest", json!({ "deviceId": device, "deviceOS": "tvOS" })).await;
        let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
        portal.run(&format!("UPDATE claim_codes SET network = '{network}' WHERE browser_hash IS NULL"));
        let form =
            portal.browser().visit("/activate").await.fill("code", begun["userCode"].as_str().unwrap());
        let page = form.press("Continue").await;
        assert_eq!(page.path(), "/activate/claim", "{}", page.text());
        assert_eq!(page.text().contains("not on your network"), is_elsewhere, "{}", page.text());
    }
    let metrics = portal.app().metrics.text();
    for networks in ["same", "different"] {
        let line = format!("dovetail_code_networks_total{{networks=\"{networks}\"}} 1");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
}
