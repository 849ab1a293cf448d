//! The game's door over WebSocket: the handshake, keep-alives, the envelope, and every hazard that
//! `gamesparks-contract.md` names. Players' tokens and what ends them stand in `game_sessions`.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use dovetail::testing::config::new_keys;
use dovetail::testing::platform::db::{Db, migrate};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::harness::database::Database;
use super::harness::game_client::{API_KEY, DEVICE_SECRET, SERVER_SECRET, sign};
use super::harness::ports::port_for_a_program;
use super::harness::program::Program;
use super::harness::{GameClient, Portal};

const DEVICE: &str = "/ws/device/dovetail";

/// Reads the head of the answer to an upgrade, and the first frame, byte by byte.
async fn upgrade(portal: &Portal, target: &str, headers: &str) -> (String, Vec<u8>) {
    let port = portal.host().split(':').nth(1).unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut head, mut frame) = (Vec::new(), Vec::new());
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    if head.starts_with("HTTP/1.1 101") {
        let (first, length) = (stream.read_u8().await.unwrap(), stream.read_u8().await.unwrap());
        frame = vec![first, length];
        let mut payload = vec![0; usize::from(length & 0x7f)];
        stream.read_exact(&mut payload).await.unwrap();
        frame.extend(payload);
    }
    (head, frame)
}

/// What a C++ client sends and can read (contract §1.1), from a host of GameSparks, behind any query string.
#[tokio::test]
async fn the_oldest_client_gets_a_nonce_at_once_in_one_whole_frame() {
    let portal = Portal::start().await;
    let headers = "Host: live-x.ws.gamesparks.net\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\
                   Authorization: 5f3a0bd2\r\nCookie: session=nobody\r\n\
                   Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let (head, frame) =
            upgrade(&portal, &format!("{DEVICE}?deviceOS=IOS&deviceID=%20x&SDK=Java"), headers).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(head.lines().all(|line| line.len() < 255), "{head}");
        assert!(!head.to_lowercase().contains("sec-websocket-extensions"), "no compression: {head}");
        assert!(!head.to_lowercase().contains("set-cookie"), "{head}");
        assert!(head.contains("HSmrc0sMlYUkAGmm5OPpG2HaGWk="), "RFC 6455 §1.3: {head}");
        assert_eq!(frame[0], 0x81, "one final text frame, unmasked, no compression");
        let hello: Value = serde_json::from_slice(&frame[2..]).unwrap();
        assert_eq!(hello.as_object().unwrap().len(), 2, "{hello}");
        assert_eq!(hello["@class"], ".AuthenticatedConnectResponse");
        let nonce = hello["nonce"].as_str().unwrap().to_owned();
        assert!(nonce.bytes().all(|byte| byte.is_ascii_graphic()), "{nonce}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn a_right_signature_is_let_in_without_a_player() {
    let portal = Portal::start().await;
    let mut game = portal.knock(DEVICE).await;
    let welcome =
        game.shake(DEVICE_SECRET, json!({ "authToken": "0", "sessionId": "old", "deviceStats": {} })).await;
    let fields: Vec<&String> = welcome.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["@class", "sessionId"], "{welcome}");
    let answer = game.ask("EndSessionRequest", json!({})).await;
    assert_eq!(answer["@class"], ".EndSessionResponse");
    assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }));
    assert_eq!(portal.count("SELECT count(*) AS count FROM game_sessions"), 0);
}

#[tokio::test]
async fn keep_alives_are_ignored_at_any_time() {
    let portal = Portal::start().await;
    let mut game = portal.knock(DEVICE).await;
    for blank in [" ", "", "\r\n", "  "] {
        game.send(blank).await;
    }
    assert!(game.shake(DEVICE_SECRET, json!({})).await["sessionId"].is_string());
    for _ in 0..5 {
        game.send(" ").await;
    }
    assert!(game.is_open().await, "a ping is answered with a pong");
    let answer = game.ask("EndSessionRequest", json!({})).await;
    assert!(answer["error"].is_object(), "nothing came before it: {answer}");
}

/// Contract §2.5: told, held, then closed. Everything that is not the right signature is refused alike.
#[tokio::test]
async fn a_refused_handshake_is_told_and_held_before_it_is_closed() {
    let portal = Portal::start().await;
    let mut held = Vec::new();
    for (address, secret) in [
        (DEVICE.to_owned(), "a wrong secret"),
        (DEVICE.to_owned(), SERVER_SECRET),
        (format!("/ws/nobody/{API_KEY}"), DEVICE_SECRET),
        (format!("/ws/secure/{API_KEY}"), DEVICE_SECRET),
        ("/ws/device/no-such-key".to_owned(), DEVICE_SECRET),
    ] {
        let mut game = portal.knock(&address).await;
        let refused = game.shake(secret, json!({})).await;
        let fields: Vec<&String> = refused.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["@class", "error"], "{refused}");
        held.push(game);
    }
    for early in [
        r#"{"@class":".EndSessionRequest","requestId":"1"}"#,
        r#"{"@class":".AuthenticatedConnectRequest"}"#,
        "hello",
    ] {
        let mut game = portal.knock(DEVICE).await;
        game.send(early).await;
        assert!(game.next().await["error"].is_string(), "{early}");
        held.push(game);
    }
    for game in &mut held {
        // It is too late for the right one.
        game.send(
            &json!({ "@class": ".AuthenticatedConnectRequest", "hmac": sign(DEVICE_SECRET, &game.nonce) })
                .to_string(),
        )
        .await;
        assert!(game.is_open().await);
    }
    portal.wait(TimeDelta::seconds(9));
    for game in &mut held {
        assert!(game.is_open().await);
    }
    portal.wait(TimeDelta::seconds(1));
    for mut game in held {
        assert_eq!(game.closing_with().await, (1008, "credential refused".into()));
    }
}

/// A nonce is one connection's.
#[tokio::test]
async fn a_signature_of_another_connections_nonce_is_refused() {
    let portal = Portal::start().await;
    let (first, mut second) = (portal.knock(DEVICE).await, portal.knock(DEVICE).await);
    second.nonce.clone_from(&first.nonce);
    assert!(second.shake(DEVICE_SECRET, json!({})).await["error"].is_string());
}

#[tokio::test]
async fn who_says_nothing_is_closed_when_the_handshakes_time_is_over() {
    let portal = Portal::start().await;
    let mut game = portal.knock(DEVICE).await;
    game.send(" ").await;
    portal.wait(TimeDelta::seconds(10));
    assert_eq!(game.closing_with().await, (1008, "no handshake in time".into()));
}

#[tokio::test]
async fn a_connection_without_a_player_has_a_quarter_of_an_hour() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    for _ in 0..14 {
        portal.wait(TimeDelta::minutes(1));
        game.send(" ").await;
        assert!(game.is_open().await);
    }
    portal.wait(TimeDelta::minutes(1));
    assert_eq!(game.closing_with().await, (1008, "no player signed in".into()));
}

/// Contract §3: the slowest SDK speaks every 60 s; one that says nothing is asked, and then given up.
#[tokio::test]
async fn a_silent_player_is_pinged_and_then_closed() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    let mut game = portal.game_with(&token).await;
    portal.wait(TimeDelta::seconds(75));
    loop {
        let frame = futures_util::StreamExt::next(&mut game.socket).await.unwrap().unwrap();
        if matches!(frame, Message::Ping(_)) {
            break;
        }
    }
    // The library answers the ping when it is used next.
    assert!(game.is_open().await);
    portal.wait(TimeDelta::seconds(74));
    assert!(game.is_open().await);
    portal.wait(TimeDelta::seconds(90));
    assert_eq!(game.closing_with().await, (1001, "nothing heard".into()));
}

/// Product §5.
#[tokio::test]
async fn what_is_no_request_is_unrecognised_and_the_connection_stays() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    for (text, id) in [
        ("x", None),
        ("[]", None),
        ("{}", None),
        (r#"{"requestId":"7"}"#, Some("7")),
        (r#"{"@class":".LogEventRequest","requestId":"8"}"#, Some("8")),
        (r#"{"@class":".EndSessionRequest","requestId":"9","a":1,"a":2}"#, None),
    ] {
        game.send(text).await;
        let answer = game.next().await;
        assert_eq!(answer["@class"], ".ErrorResponse", "{text}");
        assert_eq!(answer["error"], json!({ "@class": "UNRECOGNISED" }), "{text}");
        assert_eq!(answer.get("requestId").and_then(Value::as_str), id, "{text}");
    }
    assert!(game.is_open().await);
}

/// S80: a browser says which page it is on; a game says nothing.
#[tokio::test]
async fn only_pages_on_the_list_may_open_a_socket() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_GAME_ORIGINS", "https://play.example.com");
    })
    .await;
    assert!(portal.knock_with(DEVICE, &[("origin", "https://play.example.com")]).await.is_ok());
    // A game that the portal itself serves, or a page of its.
    let own = portal.url().trim_end_matches('/').to_owned();
    assert!(portal.knock_with(DEVICE, &[("origin", &own)]).await.is_ok(), "{own}");
    let other_port = own.replace("localhost:", "localhost:1");
    assert_eq!(portal.knock_with(DEVICE, &[("origin", &other_port)]).await.err(), Some(403));
    for origin in
        ["https://evil.example.com", "http://play.example.com", "https://play.example.com:444", "null", "x"]
    {
        let page = [("origin", origin)];
        assert_eq!(portal.knock_with(DEVICE, &page).await.err(), Some(403), "{origin}");
    }
    let both = [("origin", "https://play.example.com"), ("origin", "https://evil.example.com")];
    assert_eq!(portal.knock_with(DEVICE, &both).await.err(), Some(403));
}

#[tokio::test]
async fn a_plain_request_is_no_socket() {
    let portal = Portal::start().await;
    assert_eq!(portal.browser().get(DEVICE).await.status, 400);
}

fn end_session(padding: usize) -> String {
    json!({ "@class": ".EndSessionRequest", "requestId": "1", "pad": "x".repeat(padding) }).to_string()
}

/// A message of exactly `bytes`.
fn of_size(bytes: usize) -> String {
    end_session(bytes - end_session(0).len())
}

/// S81: each limit, and one more.
#[tokio::test]
async fn a_message_may_be_so_large_and_larger_once_there_is_a_player() {
    let portal = Portal::start().await;
    let (small, large) = (16 << 10, 256 << 10);
    let mut game = portal.game().await;
    game.send(&of_size(small)).await;
    assert!(game.next().await["error"].is_object());
    game.send(&of_size(small + 1)).await;
    assert_eq!(game.closing().await, 1009);

    let token = portal.game_token_of(&portal.bo().await);
    let mut game = portal.game_with(&token).await;
    game.send(&of_size(large)).await;
    assert!(game.next().await["sessionDuration"].is_i64());
    game.send(&of_size(large + 1)).await;
    assert_eq!(game.closing().await, 1009);
}

async fn part(game: &mut GameClient, bytes: &str, code: OpCode, is_final: bool) {
    let frame = Frame::message(bytes.to_owned(), code, is_final);
    // The server may have closed meanwhile.
    let _ = game.socket.send(Message::Frame(frame)).await;
}

#[tokio::test]
async fn a_message_may_come_in_parts_but_not_in_endless_ones() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_WS_BURST", "1000");
    })
    .await;
    let mut game = portal.game().await;
    part(&mut game, r#"{"@class":".EndSession"#, OpCode::Data(Data::Text), false).await;
    part(&mut game, r#"Request","requestId":"1"}"#, OpCode::Data(Data::Continue), true).await;
    assert_eq!(game.next().await["requestId"], "1");

    let mut empty = portal.game().await;
    part(&mut empty, "", OpCode::Data(Data::Text), false).await;
    for _ in 0..1_000 {
        part(&mut empty, "", OpCode::Data(Data::Continue), false).await;
    }
    assert_eq!(empty.closing().await, 1009);

    part(&mut game, &"x".repeat(10 << 10), OpCode::Data(Data::Text), false).await;
    part(&mut game, &"x".repeat(10 << 10), OpCode::Data(Data::Continue), true).await;
    assert_eq!(game.closing().await, 1009, "together they are too large");
}

#[tokio::test]
async fn only_text_is_read() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    game.socket.send(Message::binary(b"{}".as_slice())).await.unwrap();
    assert_eq!(game.closing_with().await, (1003, "text frames only".into()));
    let mut game = portal.game().await;
    let broken = Frame::message(b"\"\xff\"".as_slice(), OpCode::Data(Data::Text), true);
    game.socket.send(Message::Frame(broken)).await.unwrap();
    assert_eq!(game.closing_with().await, (1007, "not UTF-8".into()));
}

/// S81, S83: a burst is taken, the rest waits for its time; answers come in the order of their requests.
#[tokio::test]
async fn requests_come_at_a_pace_and_their_answers_in_order() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    for number in 0..100 {
        game.send(&json!({ "@class": ".EndSessionRequest", "requestId": number.to_string() }).to_string())
            .await;
    }
    for number in 0..39 {
        assert_eq!(game.next().await["requestId"], number.to_string(), "the handshake was the 40th");
    }
    let more = tokio::time::timeout(std::time::Duration::from_millis(300), game.frame()).await;
    assert!(more.is_err(), "time stands still, and so does the connection: {more:?}");
    for number in 39..100 {
        if number % 20 == 19 {
            portal.wait(TimeDelta::seconds(1));
        }
        assert_eq!(game.next().await["requestId"], number.to_string());
    }
}

/// S80, S81: one address may have so many connections that have shown nothing; others are not touched.
#[tokio::test]
async fn a_storm_of_refused_handshakes_is_turned_away_and_slows_nobody_else() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_TRUSTED_PROXIES", "127.0.0.1/32");
    })
    .await;
    let storm = [("x-forwarded-for", "198.51.100.7")];
    let mut held = Vec::new();
    for _ in 0..200 {
        let mut game = portal.knock_with(DEVICE, &storm).await.expect("a place");
        game.send("wrong").await;
        assert!(game.next().await["error"].is_string());
        held.push(game);
    }
    for _ in 0..100 {
        assert_eq!(portal.knock_with(DEVICE, &storm).await.err(), Some(429));
    }
    let mut other = portal.knock_with(DEVICE, &[("x-forwarded-for", "198.51.100.8")]).await.unwrap();
    assert!(other.shake(DEVICE_SECRET, json!({})).await["sessionId"].is_string());

    // The first of them were held for ten seconds; those of an address that had become noisy for fifteen.
    portal.wait(TimeDelta::seconds(10));
    assert_eq!(held[0].closing().await, 1008);
    let last = held.last_mut().unwrap();
    assert!(last.is_open().await);
    portal.wait(TimeDelta::seconds(5));
    assert_eq!(last.closing().await, 1008);
}

/// S101: what was asked is answered, and every connection is told to go away.
#[tokio::test]
async fn stopping_answers_what_was_asked_and_closes_every_connection() {
    let database = Database::fresh(|url| {
        migrate::up(&mut Db::open(url, 1).unwrap().connection().unwrap()).unwrap();
    });
    let host = format!("localhost:{}", port_for_a_program());
    let mut settings = BTreeMap::new();
    let mut set = |name: &str, value: &str| settings.insert(name.to_owned(), value.to_owned());
    set("DOVETAIL_MODE", "development");
    set("DOVETAIL_LISTEN", &host.replace("localhost", "127.0.0.1"));
    set("DOVETAIL_OPS_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()));
    set("DOVETAIL_SIMULATOR_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()));
    set("DOVETAIL_PUBLIC_URL", &format!("http://{host}"));
    set("DOVETAIL_DATABASE_URL", database.url());
    for line in new_keys().unwrap().lines() {
        let (name, value) = line.split_once('=').unwrap();
        set(name, value);
    }
    let program = Program::serve(&settings);
    let mut games = Vec::new();
    for _ in 0..50 {
        let mut game = GameClient::connect(&host, DEVICE, &[]).await.unwrap();
        assert!(game.shake(DEVICE_SECRET, json!({})).await["sessionId"].is_string());
        games.push(game);
    }
    let mut asked = Vec::new();
    for game in &mut games {
        asked.push(game.begin("EndSessionRequest", json!({})).await);
        assert!(game.is_open().await, "so the request has arrived");
    }
    let said = program.stop();
    for (mut game, id) in games.into_iter().zip(asked) {
        assert_eq!(game.next().await["requestId"], id);
        assert_eq!(game.closing_with().await, (1001, "portal stops".into()));
    }
    assert!(!said.contains("panicked"), "{said}");
}
