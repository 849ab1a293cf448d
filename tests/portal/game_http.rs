//! The game's door over HTTP: the same requests, for servers, with the secret in the address.

use serde_json::{Value, json};

use super::harness::Portal;
use super::harness::game_client::{DEVICE_SECRET, SERVER_SECRET};

/// Status and JSON of one request.
async fn post(portal: &Portal, credential: &str, secret: &str, name: &str, body: &str) -> (u16, Value) {
    post_as(portal, credential, secret, name, body, "application/json").await
}

async fn post_as(
    portal: &Portal,
    credential: &str,
    secret: &str,
    name: &str,
    body: &str,
    content_type: &str,
) -> (u16, Value) {
    let url = format!("{}/rs/{credential}/{secret}/{name}", portal.url());
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(url)
        .header("content-type", content_type)
        .body(body.to_owned());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json", "clients parse the body first");
    (status, response.json().await.unwrap())
}

async fn end_session(portal: &Portal, body: Value) -> Value {
    let (status, answer) =
        post(portal, "server", SERVER_SECRET, "EndSessionRequest", &body.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["@class"], ".EndSessionResponse");
    answer
}

#[tokio::test]
async fn a_server_acts_for_the_player_it_names() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let nobody = end_session(&portal, json!({})).await;
    assert_eq!(
        nobody["error"],
        json!({ "authentication": "NOTAUTHORIZED" }),
        "an error of business is a 200"
    );
    let answer =
        end_session(&portal, json!({ "playerId": bo.id, "requestId": "7", "@class": ".EndSessionRequest" }))
            .await;
    assert_eq!((answer.get("error"), &answer["requestId"]), (None, &json!("7")));
    for id in ["somebody-else", "\u{0}", "some\u{0}body", "some\nbody"] {
        let answer = end_session(&portal, json!({ "playerId": id })).await;
        assert_eq!(answer["error"], json!({ "playerId": "INVALID" }), "{id:?}");
    }
    portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{}'", bo.id));
    let answer = end_session(&portal, json!({ "playerId": bo.id })).await;
    assert_eq!(answer["error"], json!({ "playerId": "INVALID" }));
}

#[tokio::test]
async fn a_token_names_the_player_where_no_id_does() {
    let portal = Portal::start().await;
    let token = portal.game_token_of(&portal.bo().await);
    assert_eq!(end_session(&portal, json!({ "authToken": token })).await.get("error"), None);
    let wrong = end_session(&portal, json!({ "authToken": "A".repeat(43) })).await;
    assert_eq!(wrong["error"], json!({ "authentication": "NOTAUTHORIZED" }));
}

/// Over HTTP there is no connection. The token that the proving request returned carries the proof; those that come
/// of a handshake or of a request that proves nothing do not.
#[tokio::test]
async fn only_the_token_of_the_proof_carries_it() {
    let portal = Portal::start().await;
    portal.amazon.admits("ida", "Ida", "ida@customers.test");
    let mut game = portal.game().await;
    let asked = json!({ "displayName": "Zoe", "userName": "zoe", "password": "Zoe keeps 7 green boats" });
    let registered = game.ask("RegistrationRequest", asked).await;
    let proven = registered["authToken"].as_str().unwrap();
    let mut back = portal.knock("/ws/device/dev-game").await;
    let resumed = back.shake(DEVICE_SECRET, json!({ "authToken": proven })).await;
    let presented = json!({ "accessToken": portal.amazon.token_of("ida") });
    let connected = game.ask("AmazonConnectRequest", presented).await;
    let tokens = [(&resumed, false), (&connected, false), (&registered, true)];
    for (answer, is_proven) in tokens {
        let asked = json!({ "authToken": answer["authToken"], "userName": "zoe.2" });
        let (_, changed) =
            post(&portal, "server", SERVER_SECRET, "ChangeUserDetailsRequest", &asked.to_string()).await;
        assert_eq!(changed.get("error").is_none(), is_proven, "{changed}");
    }
    let asked = json!({ "playerId": registered["userId"], "userName": "zoe.3" });
    let (_, changed) =
        post(&portal, "server", SERVER_SECRET, "ChangeUserDetailsRequest", &asked.to_string()).await;
    assert_eq!(changed["error"]["authentication"], "REAUTHENTICATION_REQUIRED", "a server proves nothing");
}

#[tokio::test]
async fn a_wrong_credential_or_secret_is_forbidden() {
    let portal = Portal::start().await;
    for (credential, secret) in [
        ("server", "wrong"),
        ("server", DEVICE_SECRET),
        ("nobody", SERVER_SECRET),
        ("secure", SERVER_SECRET),
        ("server", "%00"),
        ("device", DEVICE_SECRET),
        ("device", "wrong"),
    ] {
        let (status, answer) = post(&portal, credential, secret, "EndSessionRequest", "{}").await;
        assert_eq!(status, 403, "{credential} {secret}");
        assert_eq!(answer["@class"], ".ErrorResponse");
    }
}

#[tokio::test]
async fn devices_come_in_where_the_settings_let_them_and_act_for_nobody_else() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_GAME_DEVICE_HTTP", "on");
    })
    .await;
    let bo = portal.bo().await;
    let body = json!({ "playerId": bo.id }).to_string();
    let (status, answer) = post(&portal, "device", DEVICE_SECRET, "EndSessionRequest", &body).await;
    assert_eq!((status, &answer["error"]), (200, &json!({ "authentication": "NOTAUTHORIZED" })));
    let body = json!({ "authToken": portal.game_token_of(&bo) }).to_string();
    let (status, answer) = post(&portal, "device", DEVICE_SECRET, "EndSessionRequest", &body).await;
    assert_eq!((status, answer.get("error")), (200, None));
}

#[tokio::test]
async fn what_is_no_request_is_unrecognised() {
    let portal = Portal::start().await;
    for (name, body) in [
        ("NoSuchRequest", "{}"),
        (".EndSessionRequest", "{}"),
        ("EndSessionRequest", ""),
        ("EndSessionRequest", "[]"),
        ("EndSessionRequest", r#"{"a":1,"a":1}"#),
        ("EndSessionRequest", r#"{"@class":".AccountDetailsRequest"}"#),
    ] {
        let (status, answer) = post(&portal, "server", SERVER_SECRET, name, body).await;
        assert_eq!((status, &answer["error"]), (200, &json!({ "@class": "UNRECOGNISED" })), "{name} {body}");
    }
    let large = format!("{{\"pad\":\"{}\"}}", "x".repeat(256 << 10));
    let (status, _) = post(&portal, "server", SERVER_SECRET, "EndSessionRequest", &large).await;
    assert_eq!(status, 413);
}

/// Clients of GameSparks send what their HTTP library sends, and read the body of a 200.
#[tokio::test]
async fn an_answer_is_200_whatever_the_content_type() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let body = json!({ "playerId": bo.id }).to_string();
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/octet-stream",
        "nonsense",
        "",
    ] {
        let (status, answer) =
            post_as(&portal, "server", SERVER_SECRET, "EndSessionRequest", &body, kind).await;
        assert_eq!((status, answer.get("error")), (200, None), "{kind}");
        let (status, answer) =
            post_as(&portal, "server", SERVER_SECRET, "EndSessionRequest", "a=1", kind).await;
        assert_eq!((status, &answer["error"]), (200, &json!({ "@class": "UNRECOGNISED" })), "{kind}");
    }
}

#[tokio::test]
async fn a_player_id_with_control_characters_is_invalid_in_every_request() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for id in ["\0".to_owned(), format!("{}\0", bo.id), "a\nb".to_owned(), "\u{85}".to_owned()] {
        for name in ["EndSessionRequest", "AccountDetailsRequest", "ChangeUserDetailsRequest"] {
            let body = json!({ "playerId": id }).to_string();
            let (status, answer) = post(&portal, "server", SERVER_SECRET, name, &body).await;
            assert_eq!((status, &answer["error"]), (200, &json!({ "playerId": "INVALID" })), "{name} {id:?}");
        }
    }
}

/// S84's kin: whoever guesses secrets is slowed. A server behind the same address knows its secret and is served.
#[tokio::test]
async fn guessing_secrets_is_stopped_for_a_while() {
    let portal = Portal::start().await;
    for _ in 0..20 {
        assert_eq!(post(&portal, "server", "wrong", "EndSessionRequest", "{}").await.0, 403);
    }
    assert_eq!(post(&portal, "server", "wrong", "EndSessionRequest", "{}").await.0, 429);
    assert_eq!(post(&portal, "server", SERVER_SECRET, "EndSessionRequest", "{}").await.0, 200);
    portal.wait(chrono::TimeDelta::minutes(1));
    assert_eq!(post(&portal, "server", "wrong", "EndSessionRequest", "{}").await.0, 403);
}

/// The door knows games by any host name, and other methods are told which is right.
#[tokio::test]
async fn the_host_is_not_looked_at() {
    let portal = Portal::start().await;
    let request = format!(
        "POST /rs/server/{SERVER_SECRET}/EndSessionRequest HTTP/1.1\r\nHost: key.live.gamesparks.net\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    );
    assert_eq!(portal.raw(request).await.status, 200);
}

/// A body without a length is judged while it comes: this one never ends, and too much of it has come.
#[tokio::test]
async fn a_body_in_chunks_is_refused_before_its_end() {
    let portal = Portal::start().await;
    let head = format!(
        "POST /rs/server/{SERVER_SECRET}/EndSessionRequest HTTP/1.1\r\nHost: {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        portal.host()
    );
    let chunk = format!("400\r\n{}\r\n", " ".repeat(1 << 10));
    assert_eq!(portal.raw(format!("{head}{}0\r\n\r\n", chunk.repeat(256))).await.status, 200);
    assert_eq!(portal.raw(format!("{head}{}", chunk.repeat(257))).await.status, 413);
    assert_eq!(portal.raw(format!("{head}ffffffff\r\n{}", " ".repeat(257 << 10))).await.status, 413);
}
