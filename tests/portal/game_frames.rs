//! Frames as no game sends them. Their length is judged by the header, before anything of them is kept (S81).

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::harness::game_client::{DEVICE_SECRET, SERVER_SECRET};
use super::harness::program::Program;
use super::harness::raw;
use super::harness::{GameClient, Portal};

const DEVICE: &str = "/ws/device/dovetail";

/// First bytes of a frame (RFC 6455 §5.2).
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const FIRST_PART: u8 = 0x01;
const NEXT_PART: u8 = 0x00;

const SMALL: u64 = 16 << 10;
const LARGE: u64 = 256 << 10;

/// How far a connection has come.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Greeted,
    Admitted,
    SignedIn,
}

const STAGES: [(Stage, u64); 3] =
    [(Stage::Greeted, SMALL), (Stage::Admitted, SMALL), (Stage::SignedIn, LARGE)];

async fn connect(host: &str, stage: Stage, token: &str) -> GameClient {
    let mut game = GameClient::connect(host, DEVICE, &[]).await.unwrap();
    game.socket.get_mut().set_nodelay(true).unwrap();
    let welcome = match stage {
        Stage::Greeted => return game,
        Stage::Admitted => game.shake(DEVICE_SECRET, json!({})).await,
        Stage::SignedIn => game.shake(DEVICE_SECRET, json!({ "authToken": token })).await,
    };
    assert!(welcome["sessionId"].is_string(), "{welcome}");
    game
}

/// A header in its longest form, with a mask that changes nothing.
fn header(first: u8, length: u64) -> Vec<u8> {
    [&[first, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat()
}

/// A keep-alive that is not answered, in its short form.
fn pong() -> Vec<u8> {
    vec![0x8a, 0x81, 0, 0, 0, 0, b'x']
}

/// A whole frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    [header(first, payload.len() as u64), payload.to_vec()].concat()
}

/// Writes past the WebSocket library. The server may have closed meanwhile.
async fn write(game: &mut GameClient, bytes: &[u8]) -> bool {
    game.socket.get_mut().write_all(bytes).await.is_ok()
}

fn end_session(padding: usize) -> Vec<u8> {
    json!({ "@class": ".EndSessionRequest", "requestId": "1", "pad": "x".repeat(padding) })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn a_header_that_announces_too_much_is_enough_to_be_closed() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    for first in [TEXT, BINARY, FIRST_PART] {
        for (stage, limit) in STAGES {
            for length in [limit + 1, 1 << 40, u64::MAX] {
                let mut game = connect(portal.host(), stage, &token).await;
                write(&mut game, &header(first, length)).await;
                assert_eq!(game.closing().await, 1009, "{first:#x} {stage:?} {length}");
            }
        }
    }
    let mut game = connect(portal.host(), Stage::Admitted, &token).await;
    write(&mut game, &[TEXT, 0xfe, 0x40, 0x01]).await;
    assert_eq!(game.closing().await, 1009, "16 KiB and one byte, in the middle form, before the mask");
}

#[tokio::test]
async fn a_frame_in_many_segments_is_judged_like_any_other() {
    let portal = Portal::start().await;
    let mut game = connect(portal.host(), Stage::Admitted, "").await;
    for byte in frame(TEXT, &end_session(200)) {
        assert!(write(&mut game, &[byte]).await);
    }
    assert!(game.next().await["error"].is_object());
    for byte in header(TEXT, SMALL + 1) {
        write(&mut game, &[byte]).await;
    }
    assert_eq!(game.closing().await, 1009);

    let mut game = connect(portal.host(), Stage::Admitted, "").await;
    for piece in frame(TEXT, &end_session(17 << 10)).chunks(500) {
        write(&mut game, piece).await;
    }
    assert_eq!(game.closing_with().await, (1009, "message too large".into()), "a whole one");
}

/// A header is found wherever it begins.
#[tokio::test]
async fn frames_that_share_segments_are_told_apart() {
    let portal = Portal::start().await;
    let mut game = connect(portal.host(), Stage::Admitted, "").await;
    let frames: Vec<u8> = (0..30).flat_map(|number| frame(TEXT, &end_session(number * 11))).collect();
    for piece in frames.chunks(97) {
        assert!(write(&mut game, piece).await);
    }
    for _ in 0..30 {
        assert!(game.next().await["error"].is_object());
    }
    write(&mut game, &[pong(), header(TEXT, SMALL + 1)].concat()).await;
    assert_eq!(game.closing().await, 1009);
}

#[tokio::test]
async fn the_parts_of_a_message_are_judged_together() {
    let portal = Portal::start().await;
    let mut game = connect(portal.host(), Stage::Admitted, "").await;
    let half = vec![b' '; 10 << 10];
    for _ in 0..2 {
        let parts =
            [frame(FIRST_PART, &half), pong(), frame(NEXT_PART, b""), frame(0x80, &end_session(5 << 10))];
        assert!(write(&mut game, &parts.concat()).await);
        assert!(game.next().await["error"].is_object(), "a message ends, and the next begins at nothing");
    }
    write(&mut game, &[frame(FIRST_PART, &half), pong(), header(NEXT_PART, 10 << 10)].concat()).await;
    assert_eq!(game.closing().await, 1009, "announced together, never sent");
}

/// RFC 6455 §5.2, §5.5.
#[tokio::test]
async fn a_header_that_breaks_the_protocol_is_closed_as_such() {
    let portal = Portal::start().await;
    for (what, bytes) in [
        ("a ping of 126 bytes", vec![PING, 0xfe]),
        ("an endless ping", header(PING, 1 << 40)),
        ("an endless close", header(CLOSE, 1 << 40)),
        ("a ping in parts", vec![0x09, 0x80]),
        ("a reserved bit", vec![TEXT | 0x40, 0x80]),
        ("all reserved bits", vec![TEXT | 0x70, 0xff]),
        ("an unknown kind", vec![0x83, 0x80, 0, 0, 0, 0]),
        ("no mask", vec![TEXT, 0x02, b'{', b'}']),
    ] {
        let mut game = connect(portal.host(), Stage::Admitted, "").await;
        write(&mut game, &bytes).await;
        assert_eq!(game.closing_with().await, (1002, "frame breaks the protocol".into()), "{what}");
    }
}

#[tokio::test]
async fn the_limit_comes_and_goes_with_the_player() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    let mut game = connect(portal.host(), Stage::SignedIn, &token).await;
    assert!(write(&mut game, &frame(TEXT, &end_session(100 << 10))).await);
    assert!(game.next().await["sessionDuration"].is_i64());
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(connect(portal.host(), Stage::SignedIn, &token).await);
    }
    assert_eq!(
        game.next().await["@class"],
        ".SessionTerminatedMessage",
        "the sixth connection signs out the first"
    );
    write(&mut game, &header(TEXT, 100 << 10)).await;
    assert_eq!(game.closing().await, 1009, "nobody is signed in any more");
}

/// What one connection sends after a header that promises a terabyte.
async fn flood(game: &mut GameClient) {
    let block = vec![b'x'; 64 << 10];
    for _ in 0..256 {
        if !write(game, &block).await {
            return;
        }
    }
}

/// Measured where an operator would see it: the resident memory of the program.
#[tokio::test]
async fn frames_and_bodies_that_never_end_take_no_memory() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let token = portal.game_token_of(&portal.bo().await);
    let settings = portal.settings_of_a_program();
    let program = Program::serve(&settings);
    let host = settings["DOVETAIL_LISTEN"].replace("127.0.0.1", "localhost");
    let mut games = Vec::new();
    for first in [TEXT, BINARY, FIRST_PART] {
        for (stage, _) in [STAGES[0], STAGES[1], STAGES[0], STAGES[1], STAGES[2]] {
            games.push((first, stage, connect(&host, stage, &token).await));
        }
    }
    let endless = format!(
        "POST /rs/server/{SERVER_SECRET}/EndSessionRequest HTTP/1.1\r\nHost: {host}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"
    );
    let endless = [endless.as_bytes(), &vec![b' '; 16 << 20]].concat();
    // Once before, because the program's own pages count as memory when they are first run.
    let mut first = connect(&host, STAGES[2].0, &token).await;
    write(&mut first, &header(TEXT, 1 << 40)).await;
    flood(&mut first).await;
    raw::send(&host, &endless).await;
    let before = program.memory();
    program.forget_the_peak();
    join_all(games.iter_mut().map(|(first, _, game)| async {
        write(game, &header(*first, 1 << 40)).await;
        flood(game).await;
    }))
    .await;
    let bodies = join_all((0..4).map(|_| raw::send(&host, &endless))).await;

    let grown = program.peak_of_memory().saturating_sub(before);
    assert!(grown < 32 << 20, "{} MiB of 308 MiB were kept", grown >> 20);
    for (first, stage, mut game) in games {
        assert_eq!(game.closing().await, 1009, "{first:#x} {stage:?}");
    }
    for answer in bodies {
        assert_eq!(answer.status, 413, "{answer:?}");
    }
}
