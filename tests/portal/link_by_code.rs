//! A TV or console links by a code of Amazon's that its player types on a phone (product §9, contract §16).

use chrono::TimeDelta;
use dovetail::testing::links::device_flow::{self, DeviceFlowBatch, poll_batch};
use dovetail::testing::lwa::simulator::{DEVICE_CLIENT_ID, SimulatedCall, SimulatedFault, SlowDown};
use serde_json::{Value, json};

use super::harness::portal::Settings;
use super::harness::renewals::until;
use super::harness::{GameClient, Page, Person, Portal};

const INTERVAL: TimeDelta = TimeDelta::seconds(30);

/// The device client, at one Amazon for every copy.
fn with_device_client(settings: &mut Settings) {
    let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
    settings
        .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
        .set("DOVETAIL_AMAZON_TOKEN_URL", &format!("{amazon}/auth/o2/token"))
        .set("DOVETAIL_AMAZON_TOKENINFO_URL", &format!("{amazon}/auth/o2/tokeninfo"))
        .set("DOVETAIL_AMAZON_PROFILE_URL", &format!("{amazon}/user/profile"))
        .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
}

async fn start() -> Portal {
    Portal::with(with_device_client).await
}

/// A connection that may link: whoever has an address has to enter the password first (S75).
async fn game_of(portal: &Portal, person: &Person) -> GameClient {
    portal.proven_game_of(person).await
}

async fn ask(game: &mut GameClient) -> Value {
    let answer = game.ask("AmazonLinkByCodeRequest", json!({})).await;
    assert_eq!(answer["@class"], ".AmazonLinkByCodeResponse");
    answer
}

/// A code that is open.
async fn begin(game: &mut GameClient) -> Value {
    let answer = ask(game).await;
    assert!(answer.get("error").is_none() && answer["userCode"].is_string(), "{answer}");
    answer
}

async fn fares(game: &mut GameClient, begun: &Value) -> Value {
    game.ask("AmazonLinkByCodeRequest", json!({ "linkingId": begun["linkingId"] })).await
}

async fn state(game: &mut GameClient, begun: &Value) -> String {
    let answer = fares(game, begun).await;
    assert_eq!(answer["linkingId"], begun["linkingId"]);
    answer["state"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn code(begun: &Value) -> &str {
    begun["userCode"].as_str().unwrap()
}

async fn passes(portal: &Portal) -> DeviceFlowBatch {
    poll_batch(portal.app()).await.unwrap()
}

/// The next time Amazon may be asked has come.
async fn next_pass(portal: &Portal) -> DeviceFlowBatch {
    portal.wait(INTERVAL);
    passes(portal).await
}

fn approve(portal: &Portal, begun: &Value, customer: &str) {
    assert!(portal.amazon.simulator.approve_device(code(begun), customer), "{begun}");
}

/// The game has shown both names, and the person says yes.
async fn confirm(game: &mut GameClient, begun: &Value) -> Value {
    game.ask("AmazonLinkByCodeRequest", json!({ "linkingId": begun["linkingId"], "confirm": true })).await
}

/// The code was typed, both names are shown and confirmed.
async fn link(portal: &Portal, game: &mut GameClient, begun: &Value) -> String {
    next_pass(portal).await;
    assert_eq!(state(game, begun).await, "confirm");
    confirm(game, begun).await["state"].as_str().unwrap_or_default().to_owned()
}

fn polls(portal: &Portal) -> usize {
    portal.amazon.calls(SimulatedCall::Poll)
}

fn interval_of(portal: &Portal) -> Vec<String> {
    portal.lines("SELECT CAST(interval_seconds AS TEXT) AS line FROM code_linkings")
}

fn set_state(portal: &Portal, person: &Person, state: &str) {
    let rows =
        portal.run(&format!("UPDATE amazon_links SET state = '{state}' WHERE player_id = '{}'", person.id));
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_code_typed_on_a_phone_links_and_the_console_is_told() {
    let portal = start().await;
    let bo = portal.bo().await;
    let mut game = game_of(&portal, &bo).await;
    let begun = begin(&mut game).await;
    assert_eq!((&begun["expiresIn"], &begun["interval"]), (&json!(600), &json!(30)));
    assert!(begun["verificationUri"].as_str().unwrap().ends_with("/us/code"));
    let picture = begun["qrSvg"].as_str().unwrap();
    assert!(picture.contains("<svg") && !picture.contains("<script") && !picture.contains(code(&begun)));
    assert_eq!(passes(&portal).await, DeviceFlowBatch::default(), "it is too early to ask");
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 0 });
    assert_eq!(state(&mut game, &begun).await, "pending");
    approve(&portal, &begun, "mork");
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 0 });
    let told = game.next().await;
    let linking = &begun["linkingId"];
    let both = json!({
        "@class": ".AmazonLinkByCodeMessage", "linkingId": linking, "state": "confirm",
        "amazonName": "M*** H***", "displayName": "Bo",
    });
    assert_eq!(told, both);
    let shown = fares(&mut game, &begun).await;
    assert_eq!((&shown["state"], &shown["amazonName"]), (&json!("confirm"), &json!("M*** H***")));
    assert_eq!(portal.count_all("amazon_links"), 0, "nothing is linked before the game says yes");
    assert_eq!(confirm(&mut game, &begun).await["state"], "linked");
    let told = game.next().await;
    assert_eq!(
        told,
        json!({ "@class": ".AmazonLinkByCodeMessage", "linkingId": linking, "state": "linked" })
    );
    assert_eq!(state(&mut game, &begun).await, "linked");
    let details = game.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(details["amazonLink"], json!({ "state": "active", "renewable": true }));
    assert_eq!(details["externalIds"]["AM"], portal.amazon.identity_of("mork"));
    assert_eq!(portal.lines("SELECT client_id AS line FROM amazon_links"), [DEVICE_CLIENT_ID]);
    assert_eq!(portal.feed_of(&bo), ["linked"]);
    assert_eq!(portal.mail_to(bo.email()).kind, "amazon-linked");
    let kinds = portal.lines("SELECT kind AS line FROM audit_events WHERE kind LIKE 'link.%' ORDER BY id");
    assert_eq!(kinds, ["link.amazon.code_asked", "link.amazon.added"]);
    let open = portal.count("SELECT count(*) AS count FROM code_linkings WHERE pair_sealed IS NOT NULL");
    assert_eq!((open, polls(&portal)), (0, 2));
    portal.verify().await;
}

/// Contract §16.2: without a secret, and by no other client.
#[tokio::test]
async fn only_the_device_client_renews_what_it_got() {
    let portal = start().await;
    let bo = portal.bo().await;
    let mut game = game_of(&portal, &bo).await;
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "mork");
    assert_eq!(link(&portal, &mut game, &begun).await, "linked");
    portal.token_ends(&bo);
    portal.token(&bo).await.unwrap();
    let calls = portal.amazon.simulator.recorded_calls();
    let renewal = calls.iter().find(|call| call.call == SimulatedCall::Refresh).unwrap();
    assert_eq!((renewal.client.as_deref(), renewal.status), (Some(DEVICE_CLIENT_ID), Some(200)));
    assert_eq!(portal.health_of(&bo).as_deref(), Some("active"));
}

#[tokio::test]
async fn a_no_at_amazon_ends_it_and_links_nothing() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let begun = begin(&mut game).await;
    assert!(portal.amazon.simulator.deny_device(code(&begun)));
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 1 });
    assert_eq!(game.next().await["state"], "denied");
    assert_eq!(state(&mut game, &begun).await, "denied");
    assert_eq!(portal.count_all("amazon_links"), 0);
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch::default(), "it is over");
}

#[tokio::test]
async fn a_code_that_nobody_types_ends_by_time() {
    let portal = start().await;
    let bo = portal.bo().await;
    let mut game = game_of(&portal, &bo).await;
    let begun = begin(&mut game).await;
    for _ in 0..19 {
        assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 0 });
        // A connection that says nothing for ninety seconds is closed.
        assert_eq!(state(&mut game, &begun).await, "pending");
    }
    assert_eq!(interval_of(&portal), ["30"], "never too fast for Amazon");
    assert_eq!(next_pass(&portal).await.ended, 1);
    assert_eq!((state(&mut game, &begun).await.as_str(), polls(&portal)), ("expired", 19));
    assert_eq!(game.next().await["state"], "expired");
    portal.wait(TimeDelta::hours(1));
    dovetail::testing::operations::cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.count_all("code_linkings"), 0);
    // The connection was silent for an hour, and may be closed by now.
    let mut game = game_of(&portal, &bo).await;
    assert_eq!(state(&mut game, &begun).await, "expired", "and is no secret of ours");
}

/// RFC 8628 §3.5.
#[tokio::test]
async fn amazon_is_asked_more_slowly_when_it_says_so() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let begun = begin(&mut game).await;
    portal.amazon.simulator.switch(|switches| switches.slow_down = SlowDown::Always);
    for (wait, asked) in [(30, 1), (34, 0), (1, 1), (39, 0), (1, 1)] {
        portal.wait(TimeDelta::seconds(wait));
        assert_eq!(passes(&portal).await, DeviceFlowBatch { polled: asked, ended: 0 }, "after {wait} s");
        assert_eq!(state(&mut game, &begun).await, "pending");
    }
    assert_eq!((polls(&portal), interval_of(&portal)), (3, vec!["45".to_owned()]));
    approve(&portal, &begun, "mork");
    portal.wait(TimeDelta::seconds(45));
    passes(&portal).await;
    assert_eq!(state(&mut game, &begun).await, "confirm");
}

#[tokio::test]
async fn a_player_whose_link_works_is_told_so_without_a_code() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.ann().await).await;
    let answer = ask(&mut game).await;
    assert_eq!((&answer["state"], answer.get("userCode")), (&json!("already_linked"), None));
    assert!(answer.get("error").is_none());
    assert_eq!((portal.amazon.calls(SimulatedCall::CodePair), portal.count_all("code_linkings")), (0, 0));
}

#[tokio::test]
async fn a_link_that_ceased_to_work_is_mended_by_its_own_identity_only() {
    let portal = start().await;
    let ann = portal.ann().await;
    set_state(&portal, &ann, "needs_reconnect");
    let mut game = game_of(&portal, &ann).await;
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "mork");
    next_pass(&portal).await;
    let told = game.next().await;
    assert_eq!((&told["state"], &told["error"]), (&json!("player_has_another"), &already()));
    assert_eq!(portal.health_of(&ann).as_deref(), Some("needs_reconnect"));
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "pat");
    assert_eq!(link(&portal, &mut game, &begun).await, "linked");
    assert_eq!(
        (portal.health_of(&ann).as_deref(), portal.feed_of(&ann)),
        (Some("active"), vec!["reconnected".to_owned()])
    );
    portal.verify().await;
}

#[tokio::test]
async fn an_identity_that_came_back_meanwhile_is_the_players_own() {
    let portal = start().await;
    let ann = portal.ann().await;
    set_state(&portal, &ann, "needs_reconnect");
    let mut game = game_of(&portal, &ann).await;
    let begun = begin(&mut game).await;
    set_state(&portal, &ann, "active");
    approve(&portal, &begun, "pat");
    next_pass(&portal).await;
    assert_eq!(state(&mut game, &begun).await, "already_linked");
    assert!(portal.feed_of(&ann).is_empty());
}

fn already() -> Value {
    json!({ "amazon": "ACCOUNT_ALREADY_LINKED" })
}

#[tokio::test]
async fn an_identity_of_another_player_stays_theirs() {
    let portal = start().await;
    let (_ann, bo) = (portal.ann().await, portal.bo().await);
    let mut game = game_of(&portal, &bo).await;
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "pat");
    next_pass(&portal).await;
    for told in [game.next().await, fares(&mut game, &begun).await] {
        assert_eq!((&told["state"], &told["error"]), (&json!("taken"), &already()), "{told}");
    }
    assert_eq!(portal.health_of(&bo), None);
    let refused = portal.lines("SELECT details AS line FROM audit_events WHERE kind = 'link.amazon.refused'");
    assert!(refused[0].contains("identity_taken"), "{refused:?}");
    portal.verify().await;
}

/// I1: of many who bring one identity at once, one has it.
#[tokio::test]
async fn one_identity_typed_on_two_consoles_at_once_is_one_players() {
    let portal = start().await;
    let copy = portal.copy();
    let (bo, zoe) = (portal.bo().await, portal.person("Zoe", true, None).await);
    let (mut bos, mut zoes) = (game_of(&portal, &bo).await, game_of(&copy, &zoe).await);
    let (one, other) = (begin(&mut bos).await, begin(&mut zoes).await);
    approve(&portal, &one, "mork");
    approve(&portal, &other, "mork");
    portal.wait(INTERVAL);
    tokio::join!(passes(&portal), passes(&copy));
    let (here, there) = tokio::join!(confirm(&mut bos, &one), confirm(&mut zoes, &other));
    let mut states = [&here, &there].map(|answer| answer["state"].as_str().unwrap_or_default());
    states.sort_unstable();
    assert_eq!((states, portal.count_all("amazon_links")), (["linked", "taken"], 1), "{here} {there}");
}

#[tokio::test]
async fn two_copies_ask_once_an_interval() {
    let portal = start().await;
    let copy = portal.copy();
    let mut game = game_of(&portal, &portal.bo().await).await;
    let begun = begin(&mut game).await;
    for round in 1..=4 {
        portal.wait(INTERVAL);
        let (a, b, c, d) = tokio::join!(passes(&portal), passes(&copy), passes(&copy), passes(&portal));
        assert_eq!(a.polled + b.polled + c.polled + d.polled, 1);
        assert_eq!((polls(&portal), interval_of(&portal)), (round, vec!["30".to_owned()]));
    }
    assert_eq!(state(&mut game, &begun).await, "pending");
}

/// Asked for here, followed there, told to a socket on either.
#[tokio::test]
async fn another_copy_goes_on_where_one_stopped() {
    let portal = start().await;
    let bo = portal.person("Dee", false, None).await;
    let copy = portal.copy();
    let token = portal.game_token_of(&bo);
    let mut there = copy.game_with(&portal.game_token_of(&bo)).await;
    let begun = {
        let mut here = portal.game_with(&token).await;
        let begun = begin(&mut here).await;
        next_pass(&portal).await;
        begun
    };
    approve(&portal, &begun, "mork");
    assert_eq!(next_pass(&copy).await, DeviceFlowBatch { polled: 1, ended: 0 });
    // Cut off while it happened, and back within a minute: the session that asked is shown both names.
    let mut back = portal.game_with(&token).await;
    let told = back.next().await;
    assert_eq!((&told["@class"], &told["state"]), (&json!(".AmazonLinkByCodeMessage"), &json!("confirm")));
    assert_eq!(confirm(&mut back, &begun).await["state"], "linked");
    assert_eq!(back.next().await["state"], "linked");
    let told = there.next().await;
    assert_eq!((&told["@class"], &told["state"]), (&json!(".AmazonLinkByCodeMessage"), &json!("linked")));
    // Once: what comes next is the answer to a question.
    there.send(r#"{"@class":".EndSessionRequest","requestId":"last"}"#).await;
    assert_eq!(there.next().await["requestId"], "last");
}

/// A copy that died with a lease holds a linking for a minute, and no longer.
#[tokio::test]
async fn a_lease_that_nobody_gives_back_ends_by_itself() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let begun = begin(&mut game).await;
    portal.wait(INTERVAL);
    let until = (portal.clock.now() + TimeDelta::seconds(60)).format("%Y-%m-%d %H:%M:%S");
    portal.run(&format!("UPDATE code_linkings SET lease_owner = 'gone', lease_until = '{until}'"));
    approve(&portal, &begun, "mork");
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch::default());
    assert_eq!(link(&portal, &mut game, &begun).await, "linked");
}

/// The copy died while its clock was a month ahead (S88).
#[tokio::test]
async fn a_lease_until_next_month_holds_nothing_up() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "mork");
    portal.run("UPDATE code_linkings SET lease_owner = 'gone', lease_until = '2032-12-31 12:00:00'");
    assert_eq!(link(&portal, &mut game, &begun).await, "linked");
}

#[tokio::test]
async fn the_worker_follows_a_linking_and_stops_when_told() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let worker = device_flow::start(portal.app().clone());
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "mork");
    portal.wait(INTERVAL);
    let waits = "SELECT count(*) AS count FROM code_linkings WHERE confirm_since IS NOT NULL";
    until("the link", || portal.count(waits) == 1).await;
    worker.stop().await;
    assert_eq!(game.next().await["state"], "confirm");
}

#[tokio::test]
async fn a_new_code_ends_the_old_one() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let (old, new) = (begin(&mut game).await, begin(&mut game).await);
    assert_eq!(
        (game.next().await["state"].clone(), state(&mut game, &new).await),
        (json!("replaced"), "pending".into())
    );
    approve(&portal, &old, "pat");
    approve(&portal, &new, "mork");
    assert_eq!(link(&portal, &mut game, &new).await, "linked");
    assert_eq!(state(&mut game, &old).await, "replaced");
    let linked = portal.lines("SELECT amazon_id AS line FROM amazon_links");
    assert_eq!(linked, [portal.amazon.identity_of("mork")]);
}

#[tokio::test]
async fn a_linking_is_told_to_its_player_only() {
    let portal = start().await;
    let (bo, zoe) = (portal.bo().await, portal.person("Zoe", true, None).await);
    let begun = begin(&mut game_of(&portal, &bo).await).await;
    let mut zoes = game_of(&portal, &zoe).await;
    assert_eq!(state(&mut zoes, &begun).await, "expired");
    let answer = portal.game().await.ask("AmazonLinkByCodeRequest", json!({})).await;
    assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }));
}

#[tokio::test]
async fn without_a_device_client_there_are_no_codes() {
    let portal = Portal::start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    assert_eq!(ask(&mut game).await["error"], json!({ "amazon": "NOT_CONFIGURED" }));
}

/// S75.
#[tokio::test]
async fn where_the_operator_asks_for_fresh_proof_a_code_needs_it() {
    let portal = Portal::with(|settings| {
        with_device_client(settings);
        settings.set("DOVETAIL_GAME_LINKING", "fresh");
    })
    .await;
    let bo = portal.bo().await;
    let mut game = portal.game_with(&portal.game_token_of(&bo)).await;
    let answer = ask(&mut game).await;
    assert_eq!(answer["error"]["authentication"], "REAUTHENTICATION_REQUIRED");
    assert_eq!(portal.amazon.calls(SimulatedCall::CodePair), 0);
    let _proven_elsewhere = portal.browser_of(&bo);
    let answer = ask(&mut game).await;
    assert_eq!(answer["error"]["authentication"], "REAUTHENTICATION_REQUIRED");
    let who = json!({ "userName": bo.email(), "password": bo.password() });
    game.ask("AuthenticationRequest", who).await;
    begin(&mut game).await;
}

#[tokio::test]
async fn a_player_gets_so_many_codes_an_hour() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    for _ in 0..20 {
        begin(&mut game).await;
    }
    assert_eq!(ask(&mut game).await["error"], json!({ "request": "TRY_AGAIN" }));
    assert_eq!(portal.amazon.calls(SimulatedCall::CodePair), 20);
}

#[tokio::test]
async fn amazon_failing_ends_no_linking() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    portal.amazon.is_broken(SimulatedCall::CodePair);
    assert_eq!(ask(&mut game).await["error"], json!({ "request": "TRY_AGAIN" }));
    portal.amazon.recovers();
    let begun = begin(&mut game).await;
    portal.amazon.is_broken(SimulatedCall::Poll);
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 0 });
    portal
        .amazon
        .simulator
        .set_fault(SimulatedCall::Poll, SimulatedFault::TooManyRequests { retry_after: Some(90) });
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 0 });
    portal.amazon.recovers();
    approve(&portal, &begun, "mork");
    portal.wait(TimeDelta::seconds(89));
    assert_eq!(passes(&portal).await.polled, 0, "Retry-After is kept");
    portal.wait(TimeDelta::seconds(1));
    passes(&portal).await;
    assert_eq!(confirm(&mut game, &begun).await["state"], "linked");
}

/// The pair is spent when its tokens have come, so that they must not be lost.
#[tokio::test]
async fn tokens_whose_owner_amazon_cannot_tell_yet_are_kept_for_any_copy() {
    let portal = start().await;
    let copy = portal.copy();
    let token = portal.game_token_of(&portal.person("Dee", false, None).await);
    let mut game = portal.game_with(&token).await;
    let begun = begin(&mut game).await;
    portal.wait(TimeDelta::seconds(540));
    passes(&portal).await;
    approve(&portal, &begun, "mork");
    portal.amazon.is_broken(SimulatedCall::TokenInfo);
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 0 });
    portal.wait(TimeDelta::seconds(60));
    assert_eq!(passes(&portal).await.ended, 0, "past the time of the code");
    let mut game = portal.game_with(&token).await;
    assert_eq!(state(&mut game, &begun).await, "pending");
    portal.amazon.recovers();
    assert_eq!(next_pass(&copy).await, DeviceFlowBatch { polled: 1, ended: 0 });
    // The code is over, but its person gets two minutes to say yes.
    let mut game = portal.game_with(&token).await;
    assert_eq!(confirm(&mut game, &begun).await["state"], "linked");
    assert_eq!(polls(&portal), 2);
}

/// S50, S74: tokeninfo before profile, our device client's audience, one and the same customer.
#[tokio::test]
async fn tokens_that_are_not_the_device_clients_own_link_nothing() {
    let portal = start().await;
    let mut game = game_of(&portal, &portal.bo().await).await;
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "mork");
    portal.amazon.simulator.switch(|switches| switches.wrong_audience = true);
    assert_eq!(next_pass(&portal).await.ended, 1);
    assert_eq!(
        (state(&mut game, &begun).await.as_str(), portal.amazon.calls(SimulatedCall::Profile)),
        ("failed", 0)
    );
    portal.amazon.simulator.switch(|switches| {
        switches.wrong_audience = false;
        switches.wrong_customer = true;
    });
    let begun = begin(&mut game).await;
    approve(&portal, &begun, "mork");
    assert_eq!(next_pass(&portal).await.ended, 1);
    assert_eq!(state(&mut game, &begun).await, "failed");
    assert_eq!(portal.count_all("amazon_links"), 0);
}

#[tokio::test]
async fn what_an_unlink_took_away_no_older_code_brings_back() {
    let portal = start().await;
    let ann = portal.ann().await;
    set_state(&portal, &ann, "needs_reconnect");
    let begun = begin(&mut game_of(&portal, &ann).await).await;
    portal.wait(TimeDelta::seconds(1));
    let page = portal.browser_of(&ann).visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    assert_eq!(page.link_state().as_deref(), Some("none"), "{}", page.text());
    // Sessions that the link opened have ended with it.
    let mut game = game_of(&portal, &ann).await;
    approve(&portal, &begun, "pat");
    assert_eq!(next_pass(&portal).await.ended, 1);
    assert_eq!((state(&mut game, &begun).await.as_str(), portal.count_all("amazon_links")), ("expired", 0));
    portal.wait(TimeDelta::seconds(1));
    let again = begin(&mut game).await;
    approve(&portal, &again, "pat");
    assert_eq!(link(&portal, &mut game, &again).await, "linked", "a newer one does");
}

#[tokio::test]
async fn a_player_who_is_gone_or_closed_is_linked_no_more() {
    let portal = start().await;
    let (bo, zoe) = (portal.bo().await, portal.person("Zoe", true, None).await);
    let gone = begin(&mut game_of(&portal, &bo).await).await;
    let closed = begin(&mut game_of(&portal, &zoe).await).await;
    approve(&portal, &gone, "mork");
    approve(&portal, &closed, "pat");
    portal.run(&format!("DELETE FROM players WHERE id = '{}'", bo.id));
    portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", zoe.id));
    assert_eq!(next_pass(&portal).await, DeviceFlowBatch { polled: 1, ended: 1 });
    assert_eq!(portal.lines("SELECT outcome AS line FROM code_linkings"), ["failed"]);
    assert_eq!(portal.count_all("amazon_links"), 0);
}

#[tokio::test]
async fn a_game_server_asks_for_a_code_and_how_it_went() {
    let portal = start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let service = portal.service(&["links:start"]).await;
    let address = |person: &Person| format!("/api/v1/players/{}/amazon-link/code", person.id);
    let begun = service.post(&address(&bo)).await;
    assert_eq!(
        (begun.status, &begun.body["expires_in"], &begun.body["interval"]),
        (200, &json!(600), &json!(30))
    );
    assert!(begun.body["qr_svg"].as_str().unwrap().contains("<svg"));
    let linking = begun.body["linking_id"].as_str().unwrap();
    let asks = format!("{}/{linking}", address(&bo));
    assert_eq!(service.get(&asks).await.body["state"], "pending");
    assert!(portal.amazon.simulator.approve_device(begun.body["user_code"].as_str().unwrap(), "mork"));
    let mut game = game_of(&portal, &bo).await;
    next_pass(&portal).await;
    let said = service.get(&asks).await;
    assert_eq!(said.body, json!({ "linking_id": linking, "state": "linked" }));
    assert_eq!(game.next().await["linkingId"], linking, "the player's game is told, too");
    for (method, path, status, word) in [
        ("POST", address(&bo), 409, "already_linked"),
        ("POST", address(&ann), 409, "already_linked"),
        ("GET", format!("{}/{linking}", address(&ann)), 404, "linking_unknown"),
        ("GET", format!("{}/%00", address(&bo)), 404, "linking_unknown"),
        ("POST", "/api/v1/players/x/amazon-link/code".to_owned(), 404, "player_unknown"),
        ("POST", format!("{}?x=1", address(&bo)), 422, "parameter_unknown"),
    ] {
        let said = service.ask(method, &path).await;
        assert_eq!((said.status, said.code()), (status, word), "{method} {path}");
    }
    let keys = portal.lines("SELECT asker_id AS line FROM code_linkings");
    assert_eq!(keys, std::slice::from_ref(&service.id));
    let asked = portal.lines("SELECT actor AS line FROM audit_events WHERE kind = 'link.amazon.code_asked'");
    assert_eq!(asked, ["service"]);
    let other = portal.service(&["players:read"]).await;
    assert_eq!(other.post(&address(&bo)).await.code(), "scope_missing");
    let off = Portal::start().await;
    let zoe = off.person("Zoe", false, None).await;
    let said = off.service(&["links:start"]).await.post(&address(&zoe)).await;
    assert_eq!((said.status, said.code()), (409, "code_linking_off"));
}

mod confirming {
    use super::*;

    #[tokio::test]
    async fn belongs_to_the_session_that_asked() {
        let portal = start().await;
        let bo = portal.bo().await;
        let (mut game, mut other) = (game_of(&portal, &bo).await, game_of(&portal, &bo).await);
        let begun = begin(&mut game).await;
        let early = confirm(&mut game, &begun).await;
        assert_eq!(early["state"], "pending", "there is nothing to say yes to");
        approve(&portal, &begun, "mork");
        next_pass(&portal).await;
        let refused = confirm(&mut other, &begun).await;
        assert_eq!(refused["error"], json!({ "authentication": "NOTAUTHORIZED" }), "{refused}");
        let zoe = portal.person("Zoe", true, None).await;
        assert_eq!(confirm(&mut game_of(&portal, &zoe).await, &begun).await["state"], "expired");
        assert_eq!(portal.count_all("amazon_links"), 0);
        let named = game.ask("AmazonLinkByCodeRequest", json!({ "confirm": true })).await;
        assert_eq!(named["error"], json!({ "linkingId": "REQUIRED" }));
        assert_eq!(confirm(&mut game, &begun).await["state"], "linked");
        assert_eq!(confirm(&mut game, &begun).await["state"], "linked", "again is the same");
        assert_eq!(portal.count_all("amazon_links"), 1);
        portal.verify().await;
    }

    #[tokio::test]
    async fn does_not_happen_by_itself() {
        let portal = start().await;
        let bo = portal.person("Dee", true, None).await;
        // A user name instead of the address, which would ask for a proof first.
        portal.run("UPDATE players SET user_name = 'dee', user_name_key = 'dee'");
        portal.run("UPDATE players SET email = NULL, email_key = NULL, email_proven_at = NULL");
        let token = portal.game_token_of(&bo);
        let mut game = portal.game_with(&token).await;
        let begun = begin(&mut game).await;
        approve(&portal, &begun, "mork");
        next_pass(&portal).await;
        assert_eq!(game.next().await["state"], "confirm");
        portal.wait(TimeDelta::seconds(571));
        // A silent connection does not last that long.
        let mut game = portal.game_with(&token).await;
        assert_eq!(confirm(&mut game, &begun).await["state"], "expired", "the code is over");
        assert_eq!(passes(&portal).await, DeviceFlowBatch { polled: 1, ended: 1 });
        assert_eq!(game.next().await["state"], "expired");
        assert_eq!(confirm(&mut game, &begun).await["state"], "expired");
        assert_eq!((portal.count_all("amazon_links"), portal.count_all("mails")), (0, 0));
        let open = portal.count("SELECT count(*) AS count FROM code_linkings WHERE pair_sealed IS NOT NULL");
        assert_eq!(open, 0, "the tokens are gone");
        portal.verify().await;
    }

    #[tokio::test]
    async fn is_too_late_after_signing_out_everywhere() {
        let portal = start().await;
        let bo = portal.person("Dee", false, None).await;
        let token = portal.game_token_of(&bo);
        let mut game = portal.game_with(&token).await;
        let begun = begin(&mut game).await;
        approve(&portal, &begun, "mork");
        next_pass(&portal).await;
        let security = portal.browser_of(&bo).visit("/account/security").await;
        security.press("Sign out everywhere").await;
        let refused = confirm(&mut game, &begun).await;
        assert_eq!(refused["error"], json!({ "authentication": "NOTAUTHORIZED" }), "{refused}");
        assert_eq!(portal.count_all("amazon_links"), 0);
    }

    /// Two connections of one session say yes at once.
    #[tokio::test]
    async fn twice_at_once_links_once() {
        let portal = start().await;
        let bo = portal.person("Dee", false, None).await;
        let token = portal.game_token_of(&bo);
        let (mut one, mut other) = (portal.game_with(&token).await, portal.game_with(&token).await);
        let begun = begin(&mut one).await;
        approve(&portal, &begun, "mork");
        next_pass(&portal).await;
        tokio::join!(confirm(&mut one, &begun), confirm(&mut other, &begun));
        assert_eq!(state(&mut one, &begun).await, "linked");
        let added = "SELECT count(*) AS count FROM audit_events WHERE kind = 'link.amazon.added'";
        assert_eq!((portal.count_all("amazon_links"), portal.count(added)), (1, 1));
        assert_eq!(portal.count_all("link_undos"), 1);
    }
}

/// Product §10: whoever owns the Amazon account has a way back, for a week and once.
mod the_amazon_side {
    use super::*;

    async fn linked(portal: &Portal) -> Person {
        let bo = portal.bo().await;
        let mut game = game_of(portal, &bo).await;
        let begun = begin(&mut game).await;
        approve(portal, &begun, "mork");
        assert_eq!(link(portal, &mut game, &begun).await, "linked");
        bo
    }

    fn address(portal: &Portal) -> String {
        portal.lines("SELECT amazon_email AS line FROM amazon_links").pop().expect("an address")
    }

    #[tokio::test]
    async fn undoes_the_link_signed_out_and_once() {
        let portal = start().await;
        let bo = linked(&portal).await;
        let mail = portal.mail_to(&address(&portal));
        assert_eq!(mail.kind, "amazon-linked-by-code");
        assert!(!mail.text.contains("Bo"), "nothing that a stranger chose: {}", mail.text);
        let browser = portal.browser();
        let page = browser.visit(&mail.link()).await;
        assert_eq!((page.status, page.path().as_str()), (200, "/amazon/undo"), "{}", page.text());
        assert_eq!(portal.health_of(&bo).as_deref(), Some("active"), "opening a mail undoes nothing");
        let done = page.press("Unlink it").await;
        assert_eq!(done.code().as_deref(), Some("link_undone"), "{}", done.text());
        assert_eq!(
            (portal.health_of(&bo), portal.endings_of(&bo)),
            (None, vec!["unlinked_by_player".into()])
        );
        assert_eq!(portal.feed_of(&bo), ["linked", "unlinked"]);
        assert_eq!(portal.count_all("sessions"), 0, "nobody is signed in by it");
        let told = portal.mails_to(bo.email()).into_iter().map(|mail| mail.kind).collect::<Vec<_>>();
        assert!(told.contains(&"amazon-unlinked".to_owned()), "{told:?}");
        let again = portal.browser().visit(&mail.link()).await;
        assert_eq!((again.status, again.code().as_deref()), (404, Some("link_undo_unknown")));
        portal.verify().await;
    }

    /// Whoever took their consent back at Amazon first still takes the identity back here.
    #[tokio::test]
    async fn undoes_a_link_that_was_revoked_meanwhile() {
        let portal = start().await;
        let bo = linked(&portal).await;
        portal.link_becomes(&bo, "revoked");
        let page = portal.browser().visit(&portal.mail_to(&address(&portal)).link()).await;
        let done = page.press("Unlink it").await;
        assert_eq!(done.code().as_deref(), Some("link_undone"), "{}", done.text());
        assert_eq!(portal.count_all("amazon_links"), 0);
    }

    /// The mail may be opened where somebody else is signed in, or in a browser that keeps no cookies.
    #[tokio::test]
    async fn says_whose_it_is_and_that_cookies_are_needed() {
        let portal = start().await;
        let bo = linked(&portal).await;
        let link = portal.mail_to(&address(&portal)).link();
        let ann = portal.ann().await;
        let bare = portal.browser().without_cookies().visit(&link).await;
        assert_eq!(bare.code().as_deref(), Some("cookies_needed"), "{}", bare.text());
        let of_another = |page: &Page| page.text_of("[data-code=link_of_another]").unwrap_or_default();
        let page = portal.browser_of(&ann).visit(&link).await;
        assert!(of_another(&page).contains("Ann"), "{}", page.text());
        assert_eq!(of_another(&portal.browser_of(&bo).visit(&link).await), "");
        assert_eq!(of_another(&portal.browser().visit(&link).await), "");
    }

    #[tokio::test]
    async fn has_a_week_and_no_way_back_after_an_unlink() {
        let portal = start().await;
        linked(&portal).await;
        let mail = portal.mail_to(&address(&portal));
        portal.wait(TimeDelta::days(7));
        assert_eq!(portal.browser().visit(&mail.link()).await.status, 404);
        let portal = start().await;
        let bo = linked(&portal).await;
        let mail = portal.mail_to(&address(&portal));
        portal.browser_of(&bo).visit("/amazon/unlink").await.press("Unlink Amazon account").await;
        assert_eq!(portal.browser().visit(&mail.link()).await.status, 404);
        assert_eq!(portal.count_all("link_undos"), 0);
    }
}
