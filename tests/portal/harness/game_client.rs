//! A game client that follows `docs/protocols/gamesparks.md` and uses no code of the portal.

use std::collections::VecDeque;
use std::time::Duration;

use data_encoding::BASE64;
use diesel::{ExpressionMethods, RunQueryDsl};
use dovetail::testing::platform::crypto::token::OpaqueToken;
use dovetail::testing::platform::db::schema::{game_sessions, game_tokens};
use dovetail::testing::platform::db::{UtcTime, new_id};
use futures_util::{SinkExt, StreamExt};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Person, Portal};

/// The deadline of each wait; a longer wait is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// The game, and its credentials of development mode.
pub const API_KEY: &str = "dovetail";
pub const DEVICE_SECRET: &str = "development-device-secret-0001";
pub const SERVER_SECRET: &str = "development-server-secret-0002";

/// One connection of a game.
pub struct GameClient {
    pub socket: WebSocketStream<TcpStream>,
    pub nonce: String,
    asked: u32,
    /// Messages that arrived while another one was awaited.
    set_aside: VecDeque<Value>,
}

impl Portal {
    /// An authenticated game connection without a player.
    pub async fn game(&self) -> GameClient {
        let mut game = self.knock(&format!("/ws/device/{API_KEY}")).await;
        let welcome = game.shake(DEVICE_SECRET, json!({})).await;
        assert!(welcome["sessionId"].is_string(), "{welcome}");
        assert!(welcome.get("authToken").is_none() && welcome.get("userId").is_none(), "{welcome}");
        game
    }

    /// A game connection that signs in with `token`.
    pub async fn game_with(&self, token: &str) -> GameClient {
        let mut game = self.knock(&format!("/ws/device/{API_KEY}")).await;
        let welcome = game.shake(DEVICE_SECRET, json!({ "authToken": token })).await;
        assert!(welcome["userId"].is_string(), "{welcome}");
        game
    }

    /// Opens a connection and waits for the nonce.
    pub async fn knock(&self, address: &str) -> GameClient {
        self.knock_with(address, &[]).await.unwrap_or_else(|status| panic!("{address}: {status}"))
    }

    /// Opens a connection with more headers; a refusal gives the HTTP status.
    pub async fn knock_with(
        &self,
        address: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<GameClient, u16> {
        GameClient::connect(self.host(), address, headers).await
    }

    /// A game connection on which this person has just entered the password.
    pub async fn proven_game_of(&self, person: &Person) -> GameClient {
        let mut game = self.game().await;
        let who = json!({ "userName": person.email(), "password": person.password() });
        let answer = game.ask("AuthenticationRequest", who).await;
        assert_eq!(answer["userId"].as_str(), Some(person.id.as_str()), "{answer}");
        game
    }

    /// One request over HTTP, by the `device` or the `server` credential.
    pub async fn ask_over_http(&self, credential: &str, name: &str, body: &Value) -> Value {
        let secret = if credential == "server" { SERVER_SECRET } else { DEVICE_SECRET };
        let url = format!("{}/rs/{credential}/{secret}/{name}", self.url());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = client.post(url).json(body).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{name}");
        response.json().await.unwrap()
    }

    /// A game token of this person, as a sign-in in a game stores it. It proves nothing.
    pub fn game_token_of(&self, person: &Person) -> String {
        self.new_game_token_of(person, false)
    }

    /// The token that a proof of identity has just returned. Over HTTP it carries that proof.
    pub fn proven_game_token_of(&self, person: &Person) -> String {
        self.new_game_token_of(person, true)
    }

    fn new_game_token_of(&self, person: &Person, is_proven: bool) -> String {
        let (now, lifetime) = (self.clock.now(), self.app().config.sessions.game_token());
        let (id, token) = (new_id(now), OpaqueToken::generate().unwrap());
        let at = UtcTime::from(now);
        let conn = &mut *self.app().db.connection().unwrap();
        diesel::insert_into(game_sessions::table)
            .values((
                game_sessions::id.eq(&id),
                game_sessions::player_id.eq(&person.id),
                game_sessions::api_key.eq(API_KEY),
                game_sessions::credential.eq("device"),
                game_sessions::client.eq("Android"),
                game_sessions::signed_in_with.eq("amazon"),
                game_sessions::network.eq("127.0.0.0/24"),
                game_sessions::created_at.eq(at),
                game_sessions::last_seen_at.eq(at),
                game_sessions::ends_at.eq(UtcTime::from(now + lifetime.idle)),
                game_sessions::expires_at.eq(UtcTime::from(now + lifetime.max)),
            ))
            .execute(conn)
            .unwrap();
        diesel::insert_into(game_tokens::table)
            .values((
                game_tokens::token_hash.eq(token.hash().as_str()),
                game_tokens::session_id.eq(&id),
                game_tokens::uses.eq(0_i64),
                game_tokens::proved_at.eq(is_proven.then_some(at)),
                game_tokens::created_at.eq(at),
                game_tokens::last_used_at.eq(at),
                game_tokens::ends_at.eq(UtcTime::from(now + lifetime.idle)),
            ))
            .execute(conn)
            .unwrap();
        token.expose().to_owned()
    }
}

/// Signs a nonce (docs/protocols/gamesparks.md#handshake).
pub fn sign(secret: &str, nonce: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(nonce.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

impl GameClient {
    /// Connects to `host`, which is `localhost:PORT`, and waits for the nonce.
    pub async fn connect(host: &str, address: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let port = host.split(':').nth(1).unwrap();
        let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        let mut request = format!("ws://{host}{address}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let connected = timeout(PATIENCE, client_async(request, stream)).await.expect("an answer");
        let socket = match connected {
            Ok((socket, _)) => socket,
            Err(Error::Http(response)) => return Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        };
        let mut game = Self { socket, nonce: String::new(), asked: 0, set_aside: VecDeque::new() };
        let hello = game.next().await;
        assert_eq!(hello["@class"], ".AuthenticatedConnectResponse", "{hello}");
        hello["nonce"].as_str().expect("a nonce").clone_into(&mut game.nonce);
        Ok(game)
    }

    /// Sends the signed nonce with the fields `extra`, and returns the answer.
    pub async fn shake(&mut self, secret: &str, extra: Value) -> Value {
        let mut request = json!({
            "@class": ".AuthenticatedConnectRequest",
            "hmac": sign(secret, &self.nonce),
            "platform": "Android",
            "os": "Android",
            "deviceId": "0f3c",
        });
        request.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.send(&request.to_string()).await;
        let answer = self.next().await;
        assert_eq!(answer["@class"], ".AuthenticatedConnectResponse", "{answer}");
        assert!(answer.get("requestId").is_none(), "{answer}");
        answer
    }

    /// Sends a request as the SDKs do, and waits for its answer; other messages are kept for later.
    pub async fn ask(&mut self, name: &str, fields: Value) -> Value {
        let id = self.begin(name, fields).await;
        self.answer_to(&id).await
    }

    /// Sends a request without waiting, and returns its id.
    pub async fn begin(&mut self, name: &str, fields: Value) -> String {
        self.asked += 1;
        let id = format!("1400764433829_{}", self.asked);
        let mut request = json!({ "@class": format!(".{name}"), "requestId": id });
        request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.send(&request.to_string()).await;
        id
    }

    pub async fn answer_to(&mut self, id: &str) -> Value {
        loop {
            let answer = self.read().await;
            if answer["requestId"] == id {
                return answer;
            }
            self.set_aside.push_back(answer);
        }
    }

    /// The next message but for those that tell of a changed account, which come at their own time.
    pub async fn next(&mut self) -> Value {
        loop {
            let message = self.next_of_all().await;
            if message["@class"] != ".AccountChangedMessage" {
                return message;
            }
        }
    }

    /// The next message of any kind.
    pub async fn next_of_all(&mut self) -> Value {
        match self.set_aside.pop_front() {
            Some(message) => message,
            None => self.read().await,
        }
    }

    async fn read(&mut self) -> Value {
        match self.frame().await {
            Some(Message::Text(text)) => {
                let message: Value =
                    serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
                assert_no_null(&message);
                message
            }
            other => panic!("{other:?} instead of a message"),
        }
    }

    /// The next frame that is no ping; `None` at the end.
    pub async fn frame(&mut self) -> Option<Message> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("anything at all") {
                Some(Ok(Message::Ping(_))) => {}
                Some(Ok(frame)) => return Some(frame),
                Some(Err(_)) | None => return None,
            }
        }
    }

    pub async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("an open connection");
    }

    /// The server's close code; messages before it are skipped.
    pub async fn closing(&mut self) -> u16 {
        self.closing_with().await.0
    }

    /// The server's close code and its reason; messages before it are skipped.
    pub async fn closing_with(&mut self) -> (u16, String) {
        loop {
            match self.frame().await {
                Some(Message::Close(Some(reason))) => return (reason.code.into(), reason.reason.to_string()),
                Some(Message::Text(_)) => {}
                other => panic!("{other:?} instead of a close"),
            }
        }
    }

    /// Whether the connection still answers a ping.
    pub async fn is_open(&mut self) -> bool {
        if self.socket.send(Message::Ping(b"there?".as_slice().into())).await.is_err() {
            return false;
        }
        loop {
            match self.frame().await {
                Some(Message::Pong(_)) => return true,
                Some(Message::Text(text)) => self.set_aside.push_back(serde_json::from_str(&text).unwrap()),
                _ => return false,
            }
        }
    }
}

/// Asserts that no field is `null` (docs/protocols/gamesparks.md#requests-and-answers).
fn assert_no_null(message: &Value) {
    let text = message.to_string();
    assert!(!text.contains(":null"), "{text}");
}
