//! A player's token in a game: coming back with it, living on, and ending everywhere at once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::harness::game_client::{API_KEY, DEVICE_SECRET};
use super::harness::{GameClient, Person, Portal};

const DEVICE: &str = "/ws/device/dovetail";

/// The answer to a handshake with this token.
async fn welcome(portal: &Portal, token: &str) -> (GameClient, Value) {
    let mut game = portal.knock(DEVICE).await;
    let welcome = game.shake(DEVICE_SECRET, json!({ "authToken": token })).await;
    assert!(welcome["sessionId"].is_string(), "a token that does not hold is no error: {welcome}");
    (game, welcome)
}

async fn is_known(portal: &Portal, token: &str) -> bool {
    let (_, welcome) = welcome(portal, token).await;
    assert_eq!(welcome.get("authToken").is_some(), welcome.get("userId").is_some(), "{welcome}");
    welcome.get("userId").is_some()
}

async fn is_signed_in(game: &mut GameClient) -> bool {
    let answer = game.ask("EndSessionRequest", json!({})).await;
    answer.get("error").is_none()
}

/// Nothing but the message may come; the connection stays.
async fn is_told_to_be_signed_out(game: &mut GameClient) {
    assert_eq!(game.next().await, json!({ "@class": ".SessionTerminatedMessage" }));
    let answer = game.ask("EndSessionRequest", json!({})).await;
    assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }));
}

fn end_session_of(portal: &Portal, person: &Person) {
    let id = &person.id;
    portal.run(&format!("DELETE FROM game_sessions WHERE player_id = '{id}'"));
}

/// S77, contract §2.4.
#[tokio::test]
async fn each_handshake_gives_a_new_token_and_the_old_one_lives_on() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let first = portal.game_token_of(&bo);
    let (mut game, welcomed) = welcome(&portal, &first).await;
    assert_eq!(welcomed["userId"], bo.id);
    let second = welcomed["authToken"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert!(is_signed_in(&mut game).await);
    let answer = game.ask("EndSessionRequest", json!({})).await;
    assert_eq!(answer["sessionDuration"], 0, "in milliseconds, and no time has passed");
    for token in [&second, &first, &first] {
        assert!(is_known(&portal, token).await);
    }
    let uses = portal.lines("SELECT CAST(uses AS TEXT) AS line FROM game_tokens ORDER BY uses DESC");
    assert_eq!(uses, ["3", "1", "0", "0", "0"]);
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_sessions"), 1, "it is one session all along");
}

#[tokio::test]
async fn a_session_has_only_so_many_tokens_and_the_one_in_use_stays() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    for _ in 0..30 {
        portal.wait(TimeDelta::seconds(1));
        assert!(is_known(&portal, &token).await);
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_tokens"), 20);
}

/// S77: whoever has another token of the session may shake hands as often as they like.
#[tokio::test]
async fn handshakes_take_no_token_away() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    let (_, welcomed) = welcome(&portal, &token).await;
    let unused = welcomed["authToken"].as_str().unwrap().to_owned();
    for number in 0..40 {
        portal.wait(TimeDelta::seconds(1));
        let (_, welcomed) = welcome(&portal, &token).await;
        let given = welcomed["authToken"].as_str().unwrap();
        assert!(
            number < 18 || given == token,
            "handshake {number}: a full session keeps the presented token"
        );
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_tokens"), 20);
    assert!(is_known(&portal, &unused).await);
    portal.wait(TimeDelta::days(6));
    assert!(is_known(&portal, &token).await);
    portal.wait(TimeDelta::days(2));
    let (_, welcomed) = welcome(&portal, &token).await;
    assert_ne!(welcomed["authToken"], token, "the others have ended, so there is room again");
}

#[tokio::test]
async fn a_token_ends_a_week_after_its_last_use_and_its_session_after_thirty_days() {
    let portal = Portal::start().await;
    let ann = portal.game_token_of(&portal.ann().await);
    let bo = portal.game_token_of(&portal.bo().await);
    for _ in 0..4 {
        portal.wait(TimeDelta::days(7) - TimeDelta::seconds(1));
        assert!(is_known(&portal, &bo).await);
    }
    assert!(!is_known(&portal, &ann).await, "unused");
    portal.wait(TimeDelta::days(2));
    assert!(is_known(&portal, &bo).await);
    portal.wait(TimeDelta::minutes(1));
    assert!(!is_known(&portal, &bo).await, "thirty days");
    // Their games are known for another thirty days.
    portal.wait(TimeDelta::days(31));
    dovetail::testing::operations::cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_sessions"), 0);
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_tokens"), 0);
}

#[tokio::test]
async fn what_is_no_token_of_ours_brings_no_player() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    for wrong in ["", "0", "x", &"A".repeat(43), &token[..42], &token.to_lowercase(), &format!("{token}=")] {
        assert!(!is_known(&portal, wrong).await, "{wrong}");
    }
}

/// S77: neither is ever the other.
#[tokio::test]
async fn a_games_token_is_no_browser_session_nor_the_reverse() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let cookie = browser.cookie("session").unwrap();
    assert!(!is_known(&portal, &cookie[cookie.len() - 43..]).await);
    let stranger = portal.browser();
    stranger.plant("session", &portal.game_token_of(&bo));
    assert_eq!(stranger.get("/account").await.status, 303);
    // The cookie of a signed-in browser does nothing at the door.
    let cookie = format!("session={cookie}");
    let mut game = portal.knock_with(DEVICE, &[("cookie", &cookie)]).await.unwrap();
    game.shake(DEVICE_SECRET, json!({})).await;
    assert!(!is_signed_in(&mut game).await);
}

/// S24.
#[tokio::test]
async fn a_player_sees_games_in_the_list_and_ends_them_one_by_one() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let mut game = portal.game_with(&portal.game_token_of(&bo)).await;
    let mut anns = portal.game_with(&portal.game_token_of(&ann)).await;
    let page = portal.browser_of(&bo).visit("/account/security").await;
    assert!(page.text().contains("Game · Android"), "{}", page.text());
    let theirs =
        portal.lines(&format!("SELECT id AS line FROM game_sessions WHERE player_id = '{}'", ann.id));
    let form = [("csrf", page.csrf()), ("session", theirs[0].clone())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(page.browser().post("/account/security/end-session", &form).await.status, 404);
    let page = page.press("End session").await;
    assert_eq!(page.code().as_deref(), Some("session_ended"), "{}", page.text());
    is_told_to_be_signed_out(&mut game).await;
    assert!(is_signed_in(&mut anns).await);
}

/// S25: on every copy, whatever ended it. Two seconds are a promise of the watch's pace; here it need only come.
#[tokio::test]
async fn signing_out_everywhere_signs_out_the_sockets_of_every_copy() {
    let portal = Portal::start().await;
    let copy = portal.copy();
    let bo = portal.bo().await;
    let token = portal.game_token_of(&bo);
    let (mut here, mut there) = (portal.game_with(&token).await, copy.game_with(&token).await);
    let mut anns = copy.game_with(&portal.game_token_of(&portal.ann().await)).await;
    let page = portal.browser_of(&bo).visit("/account/security").await.press("Sign out everywhere").await;
    assert_eq!(page.code().as_deref(), Some("signed_out_everywhere"));
    is_told_to_be_signed_out(&mut here).await;
    is_told_to_be_signed_out(&mut there).await;
    assert!(!is_known(&portal, &token).await);
    assert!(is_signed_in(&mut anns).await);
}

#[tokio::test]
async fn a_new_password_ends_games_too() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let token = portal.game_token_of(&bo);
    let mut game = portal.game_with(&token).await;
    let form = portal.browser_of(&bo).visit("/account/password").await;
    let form =
        form.fill("current_password", bo.password()).fill("new_password", "Zaunkoenig quittiert 41 Pflaumen");
    form.press("Save password").await;
    is_told_to_be_signed_out(&mut game).await;
    assert!(!is_known(&portal, &token).await);
}

/// S63: what a link opened ends with it.
#[tokio::test]
async fn unlinking_ends_games_that_came_by_the_link() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let mut game = portal.game_with(&portal.game_token_of(&ann)).await;
    portal.browser_of(&ann).visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    is_told_to_be_signed_out(&mut game).await;
}

#[tokio::test]
async fn a_disabled_player_is_signed_out_and_does_not_come_back() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let token = portal.game_token_of(&bo);
    let mut game = portal.game_with(&token).await;
    portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", bo.id));
    is_told_to_be_signed_out(&mut game).await;
    assert!(!is_known(&portal, &token).await);
}

/// S82: the store is asked for every message, however soon it comes.
#[tokio::test]
async fn no_message_is_carried_out_for_a_session_that_has_just_ended() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for _ in 0..10 {
        let mut game = portal.game_with(&portal.game_token_of(&bo)).await;
        assert!(is_signed_in(&mut game).await);
        end_session_of(&portal, &bo);
        assert!(!is_signed_in(&mut game).await);
        assert_eq!(game.next().await["@class"], ".SessionTerminatedMessage");
        assert!(game.is_open().await);
    }
}

/// S81: five on one copy; the one that came first is signed out, and stays open.
#[tokio::test]
async fn a_sixth_connection_of_a_player_signs_out_the_first() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    let mut games = Vec::new();
    for _ in 0..6 {
        games.push(portal.game_with(&token).await);
    }
    is_told_to_be_signed_out(&mut games[0]).await;
    for game in &mut games[1..] {
        assert!(is_signed_in(game).await);
    }
    assert!(is_known(&portal, &token).await, "the session goes on");
}

/// A connection that is used keeps its session alive, though it never shakes hands again.
#[tokio::test]
async fn a_long_connection_keeps_its_session_alive() {
    let portal = Portal::start().await;
    let mut game = portal.game_with(&portal.game_token_of(&portal.bo().await)).await;
    let ends = || portal.lines("SELECT CAST(ends_at AS TEXT) AS line FROM game_sessions").remove(0);
    let before = ends();
    for _ in 0..70 {
        portal.wait(TimeDelta::minutes(1));
        game.send(" ").await;
        assert!(game.is_open().await);
    }
    let mut tries = 0;
    while ends() == before {
        tries += 1;
        assert!(tries < 1_000, "its use was not noted");
        tokio::task::yield_now().await;
        assert!(game.is_open().await);
    }
}

/// A server names the player of each message, over the socket too (contract §4.1).
#[tokio::test]
async fn a_server_names_the_player_and_a_device_may_not() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mut server = portal.knock(&format!("/ws/server/{API_KEY}")).await;
    server.shake(super::harness::game_client::SERVER_SECRET, json!({})).await;
    let answer = server.ask("EndSessionRequest", json!({ "playerId": bo.id })).await;
    assert!(answer.get("error").is_none(), "{answer}");
    assert!(!is_signed_in(&mut server).await, "it was for that message only");
    let answer = server.ask("EndSessionRequest", json!({ "playerId": "nobody" })).await;
    assert_eq!(answer["error"], json!({ "playerId": "INVALID" }));
    let mut device = portal.game().await;
    let answer = device.ask("EndSessionRequest", json!({ "playerId": bo.id })).await;
    assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }));
}

/// S88: the clock of the server may go back afterwards.
#[tokio::test]
async fn a_token_that_was_found_expired_stays_so() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    portal.wait(TimeDelta::days(400));
    assert!(!is_known(&portal, &token).await);
    portal.wait(TimeDelta::days(-400));
    assert!(!is_known(&portal, &token).await);
}

/// The same over HTTP and on a socket that is open.
#[tokio::test]
async fn what_a_message_found_expired_stays_so() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_GAME_DEVICE_HTTP", "on");
    })
    .await;
    let bo = portal.bo().await;
    let token = portal.game_token_of(&bo);
    let by_http = async || {
        let asked = json!({ "authToken": token });
        portal.ask_over_http("device", "AccountDetailsRequest", &asked).await.get("error").is_none()
    };
    assert!(by_http().await);
    portal.wait(TimeDelta::days(8));
    assert!(!by_http().await);
    portal.wait(TimeDelta::days(-8));
    assert!(!by_http().await);
    portal.run("DELETE FROM game_sessions");
    let mut game = portal.game_with(&portal.game_token_of(&bo)).await;
    portal.wait(TimeDelta::days(31));
    let expired = game.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(expired["error"], json!({ "authentication": "NOTAUTHORIZED" }), "{expired}");
    portal.wait(TimeDelta::days(-31));
    let ends = "SELECT count(*) AS count FROM game_sessions WHERE ends_at > created_at";
    assert_eq!(portal.count(ends), 0, "the clock revives nothing");
}
