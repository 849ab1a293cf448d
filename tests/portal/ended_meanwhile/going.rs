//! A verb that is ready to go on, and where it is held.

use dovetail::testing::links::device_flow::poll_batch;
use dovetail::testing::lwa::simulator::SimulatedCall;
use dovetail::testing::platform::test_gate::TestGate;
use serde_json::{Value, json};

use super::super::harness::game_client::{API_KEY, DEVICE_SECRET, SERVER_SECRET};
use super::super::harness::renewals::token_from;
use super::super::harness::{Browser, GameClient, Page, Person, Portal};

/// Where a verb waits while the act happens.
#[derive(Clone, Copy, Debug)]
pub enum Held {
    /// In this call to Amazon.
    AtAmazon(SimulatedCall),
    /// In the queue of the password hasher, after this many hashes.
    InHashQueue(usize),
    /// Between its last question to the database and its transaction.
    BeforeWrite,
    /// Nowhere: a person has to do the second half.
    ByPerson,
}

impl Held {
    /// The gate to close in this copy of the program, and how much may pass it before.
    pub fn gate(self, portal: &Portal) -> Option<(TestGate, usize)> {
        match self {
            Self::AtAmazon(call) => Some((portal.amazon.simulator.gate(call), 0)),
            Self::InHashQueue(before) => Some((portal.app().passwords.queue_gate().clone(), before)),
            Self::BeforeWrite => Some((portal.app().db.write_gate().clone(), 0)),
            Self::ByPerson => None,
        }
    }
}

/// The step of a verb that is held, or that a person does afterwards.
pub enum Step {
    /// A request of a game over HTTP.
    Request(&'static str, Value),
    /// A request of a game server over HTTP.
    ServerRequest(&'static str, Value),
    /// A request of a game on its socket.
    Message(Box<GameClient>, &'static str, Value),
    /// A socket is opened with this token.
    Handshake(String),
    Press(Box<Page>, String),
    /// The browser comes back from Amazon.
    Open(Browser, String),
    /// The worker asks Amazon whether somebody has allowed a code.
    Poll,
    /// The same, after this customer has allowed it.
    AllowAndPoll(String, &'static str),
    /// The worker renews the links that are due.
    Refresh,
    /// A game server asks for a token of the player's link.
    Token(Person),
}

/// A verb that was begun.
pub struct Begun {
    pub step: Step,
    /// The token of the game's session.
    pub token: Option<String>,
    /// The browser of the verb, signed in or not.
    pub browser: Option<Browser>,
}

impl Begun {
    pub fn in_browser(browser: &Browser, step: Step) -> Self {
        Self { step, token: None, browser: Some(browser.clone()) }
    }

    pub fn in_background(step: Step) -> Self {
        Self { step, token: None, browser: None }
    }
}

impl Step {
    /// Goes on, and returns what was answered.
    pub async fn go(&mut self, portal: &Portal) -> String {
        match self {
            Self::Request(name, body) => request(portal, name, body.clone()).await.to_string(),
            Self::ServerRequest(name, body) => {
                request_of_server(portal, name, body.clone()).await.to_string()
            }
            Self::Message(game, name, body) => answer_on_socket(game, name, body.clone()).await,
            Self::Handshake(token) => {
                let mut game = portal.knock(&format!("/ws/device/{API_KEY}")).await;
                game.shake(DEVICE_SECRET, json!({ "authToken": token })).await.to_string()
            }
            Self::Press(page, button) => told(&page.press_only(button).await),
            Self::Open(browser, address) => told(&browser.get(address).await),
            Self::Poll => format!("{:?}", poll_batch(portal.app()).await.unwrap()),
            Self::AllowAndPoll(code, customer) => {
                portal.amazon.simulator.approve_device(code, customer);
                portal.wait(chrono::TimeDelta::seconds(30));
                format!("{:?}", poll_batch(portal.app()).await.unwrap())
            }
            Self::Refresh => format!("{:?}", portal.pass().await),
            Self::Token(person) => match token_from(portal.app(), person).await {
                Ok(_) => "a token".to_owned(),
                Err(refused) => format!("{refused:?}"),
            },
        }
    }
}

/// What the game hears. The answer for a player who was signed out meanwhile is left out.
///
/// Requests of a connection are handled in turn, so the request was handled when the next one is answered.
async fn answer_on_socket(game: &mut GameClient, name: &str, body: Value) -> String {
    let mut last = game.begin(name, body).await;
    let mut heard = String::new();
    loop {
        let message = game.next().await;
        heard.push_str(&message.to_string());
        if message["requestId"] == last.as_str() {
            return heard;
        }
        if message["@class"] == ".SessionTerminatedMessage" {
            last = game.begin("AccountDetailsRequest", json!({})).await;
        }
    }
}

fn told(page: &Page) -> String {
    format!("{} {:?} {:?} {}", page.status, page.location(), page.code(), page.text())
}

/// One request of a game over HTTP.
pub async fn request(portal: &Portal, name: &str, body: Value) -> Value {
    post(portal, &format!("device/{DEVICE_SECRET}/{name}"), body).await
}

/// One request of a game server over HTTP.
pub async fn request_of_server(portal: &Portal, name: &str, body: Value) -> Value {
    post(portal, &format!("server/{SERVER_SECRET}/{name}"), body).await
}

async fn post(portal: &Portal, path: &str, body: Value) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.post(format!("{}/rs/{path}", portal.url())).json(&body).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{path}");
    response.json().await.unwrap()
}
