//! What a game can have under way, over HTTP and on a socket.

use dovetail::testing::lwa::simulator::SimulatedCall;
use serde_json::{Value, json};

use super::super::harness::{GameClient, Person, Portal};
use super::acts::Ground;
use super::going::{Begun, Held, Step, request, request_of_server};
use super::needs::{Need, Needs};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Http,
    Socket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GameVerb {
    /// `AmazonConnectRequest` with an identity that nobody has.
    ConnectFree,
    /// The same by a player whom only a device knows.
    ConnectFreeFromDevice,
    /// `AmazonConnectRequest` with the player's own identity, which opened the session.
    ConnectOwn,
    BeginLinkByCode,
    /// Somebody allows the code later.
    AllowedCode,
    /// The code was allowed, and Amazon is asked whose tokens they are.
    CodeBeingLinked,
    ChangePassword,
    FirstPassword,
    Rename,
    /// `AuthenticationRequest`, without a session.
    Authenticate,
    Disconnect,
    BeginClaim,
    /// A new socket is opened with the token of the session.
    Resume,
    /// `AmazonConnectRequest` of a game server that names the player.
    ConnectByServer,
    /// The code was asked for by a game server, and somebody allows it later.
    AllowedCodeOfServer,
    /// The code was allowed, and the game says that it is the right account.
    ConfirmCode,
    /// `SignInByCodeRequest` of a TV that has a player.
    AskSignInCode,
    /// Somebody's phone links their Amazon account to the player of a TV.
    LinkOnTv,
}

/// How the game's session began.
#[derive(Clone, Copy)]
enum Way {
    Nothing,
    Password,
    Amazon,
    Device,
    /// There is none: a game server names the player.
    Server,
}

pub const PASSWORD: &str = "Zoe keeps 7 green boats";
pub const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";

impl GameVerb {
    pub const ALL: [Self; 18] = [
        Self::ConnectFree,
        Self::ConnectFreeFromDevice,
        Self::ConnectOwn,
        Self::BeginLinkByCode,
        Self::AllowedCode,
        Self::CodeBeingLinked,
        Self::ChangePassword,
        Self::FirstPassword,
        Self::Rename,
        Self::Authenticate,
        Self::Disconnect,
        Self::BeginClaim,
        Self::Resume,
        Self::ConnectByServer,
        Self::AllowedCodeOfServer,
        Self::ConfirmCode,
        Self::AskSignInCode,
        Self::LinkOnTv,
    ];

    pub fn held(self) -> Held {
        match self {
            Self::ConnectFree
            | Self::ConnectFreeFromDevice
            | Self::ConnectByServer
            | Self::CodeBeingLinked => Held::AtAmazon(SimulatedCall::Profile),
            Self::ConnectOwn => Held::AtAmazon(SimulatedCall::TokenInfo),
            Self::BeginLinkByCode => Held::AtAmazon(SimulatedCall::CodePair),
            Self::AllowedCode | Self::AllowedCodeOfServer => Held::ByPerson,
            // The old password is checked before.
            Self::ChangePassword => Held::InHashQueue(1),
            Self::FirstPassword | Self::Authenticate => Held::InHashQueue(0),
            Self::Rename
            | Self::Disconnect
            | Self::BeginClaim
            | Self::Resume
            | Self::ConfirmCode
            | Self::AskSignInCode
            | Self::LinkOnTv => Held::BeforeWrite,
        }
    }

    pub fn rests_on(self) -> &'static [Ground] {
        match self.way() {
            Way::Nothing | Way::Server => &[Ground::Proof],
            Way::Password => &[Ground::Session],
            Way::Amazon => &[Ground::Session, Ground::Link],
            Way::Device => &[Ground::Session, Ground::Device],
        }
    }

    pub fn needs(self) -> Needs {
        use Need::{Any, No, Yes};
        let (password, link, device) = match self {
            Self::ConnectFree
            | Self::BeginLinkByCode
            | Self::AllowedCode
            | Self::CodeBeingLinked
            | Self::ConfirmCode => (Yes, No, Any),
            Self::ConnectOwn => (Any, Yes, Any),
            Self::ConnectFreeFromDevice
            | Self::FirstPassword
            | Self::BeginClaim
            | Self::ConnectByServer
            | Self::AllowedCodeOfServer
            | Self::LinkOnTv => (No, No, Yes),
            Self::ChangePassword | Self::Rename | Self::Authenticate | Self::Resume | Self::AskSignInCode => {
                (Yes, Any, Any)
            }
            Self::Disconnect => (Yes, Yes, Any),
        };
        Needs { password, link, device }
    }

    /// Whether the player is one whom only a device knows.
    pub fn is_of_device(self) -> bool {
        matches!(self.way(), Way::Device | Way::Server)
    }

    /// Whether there is no session, and so no difference between the doors.
    pub fn is_of_server(self) -> bool {
        matches!(self.way(), Way::Server)
    }

    fn way(self) -> Way {
        match self {
            Self::ConnectOwn => Way::Amazon,
            Self::ConnectFreeFromDevice | Self::FirstPassword | Self::BeginClaim | Self::LinkOnTv => {
                Way::Device
            }
            Self::Authenticate => Way::Nothing,
            Self::ConnectByServer | Self::AllowedCodeOfServer => Way::Server,
            _ => Way::Password,
        }
    }

    pub async fn begin(self, portal: &Portal, person: &Person, door: Door) -> Begun {
        let mut game = Game::enter(portal, person, self.way(), door).await;
        let step = match self {
            Self::ConnectByServer => {
                let token = portal.amazon.token_of("mork");
                Step::ServerRequest(
                    "AmazonConnectRequest",
                    json!({ "playerId": person.id, "accessToken": token }),
                )
            }
            Self::AllowedCodeOfServer => {
                let asked = json!({ "playerId": person.id });
                let begun = request_of_server(portal, "AmazonLinkByCodeRequest", asked).await;
                Step::AllowAndPoll(user_code(&begun), "mork")
            }
            Self::ConnectFree | Self::ConnectFreeFromDevice => {
                game.step("AmazonConnectRequest", json!({ "accessToken": portal.amazon.token_of("mork") }))
            }
            Self::ConnectOwn => {
                game.step("AmazonConnectRequest", json!({ "accessToken": portal.amazon.token_of("pat") }))
            }
            Self::BeginLinkByCode => game.step("AmazonLinkByCodeRequest", json!({})),
            Self::AllowedCode => {
                let code = user_code(&game.ask(portal, "AmazonLinkByCodeRequest", json!({})).await);
                return Begun {
                    step: Step::AllowAndPoll(code, "mork"),
                    token: Some(game.token),
                    browser: None,
                };
            }
            Self::CodeBeingLinked => {
                let code = user_code(&game.ask(portal, "AmazonLinkByCodeRequest", json!({})).await);
                assert!(portal.amazon.simulator.approve_device(&code, "mork"));
                portal.wait(chrono::TimeDelta::seconds(30));
                return Begun { step: Step::Poll, token: Some(game.token), browser: None };
            }
            Self::ConfirmCode => {
                let begun = game.ask(portal, "AmazonLinkByCodeRequest", json!({})).await;
                assert!(portal.amazon.simulator.approve_device(&user_code(&begun), "mork"));
                portal.wait(chrono::TimeDelta::seconds(30));
                Step::Poll.go(portal).await;
                let body = json!({ "linkingId": begun["linkingId"], "confirm": true });
                game.step("AmazonLinkByCodeRequest", body)
            }
            Self::AskSignInCode => game.step("SignInByCodeRequest", json!({ "deviceName": "Living room" })),
            Self::LinkOnTv => {
                let begun = game.ask(portal, "SignInByCodeRequest", json!({})).await;
                let phone = portal.browser();
                portal.at_amazon(&phone, "mork").await;
                let form = phone.visit("/activate").await.fill("code", &user_code(&begun));
                let both = form.press("Continue").await.press("Login with Amazon").await;
                assert_eq!(both.url.path(), "/activate/link", "{}", both.text());
                let step = Step::Press(Box::new(both), "Link this account".to_owned());
                return Begun { step, token: Some(game.token), browser: None };
            }
            Self::ChangePassword => {
                let body = json!({ "oldPassword": person.password(), "newPassword": PASSWORD });
                game.step("ChangeUserDetailsRequest", body)
            }
            Self::FirstPassword => {
                let body = json!({ "userName": "zoe_7", "newPassword": PASSWORD });
                game.step("ChangeUserDetailsRequest", body)
            }
            Self::Rename => game.step("ChangeUserDetailsRequest", json!({ "displayName": "Somebody Else" })),
            Self::Authenticate => {
                let body = json!({ "userName": person.email(), "password": person.password() });
                game.step("AuthenticationRequest", body)
            }
            Self::Disconnect => game.step("SocialDisconnectRequest", json!({ "systemId": "AM" })),
            Self::BeginClaim => game.step("ClaimAccountByCodeRequest", json!({})),
            Self::Resume => Step::Handshake(game.token.clone()),
        };
        Begun { step, token: Some(game.token).filter(|token| !token.is_empty()), browser: None }
    }
}

fn user_code(begun: &Value) -> String {
    begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned()
}

/// A game in which the player is signed in.
struct Game {
    socket: Option<Box<GameClient>>,
    token: String,
}

impl Game {
    async fn enter(portal: &Portal, person: &Person, way: Way, door: Door) -> Self {
        let socket = match door {
            Door::Http => None,
            Door::Socket => Some(Box::new(portal.game().await)),
        };
        let mut game = Self { socket, token: String::new() };
        let answer = match way {
            Way::Nothing | Way::Server => return game,
            Way::Password => {
                let body = json!({ "userName": person.email(), "password": person.password() });
                game.ask(portal, "AuthenticationRequest", body).await
            }
            Way::Amazon => {
                let body = json!({ "accessToken": portal.amazon.token_of("pat") });
                game.ask(portal, "AmazonConnectRequest", body).await
            }
            Way::Device => {
                let body = json!({ "deviceId": DEVICE, "deviceOS": "tvOS" });
                game.ask(portal, "DeviceAuthenticationRequest", body).await
            }
        };
        assert_eq!(answer["userId"], person.id, "{answer}");
        answer["authToken"].as_str().unwrap().clone_into(&mut game.token);
        game
    }

    async fn ask(&mut self, portal: &Portal, name: &str, body: Value) -> Value {
        match &mut self.socket {
            Some(socket) => socket.ask(name, body).await,
            None => request(portal, name, with_token(&self.token, body)).await,
        }
    }

    fn step(&mut self, name: &'static str, body: Value) -> Step {
        match self.socket.take() {
            Some(socket) => Step::Message(socket, name, body),
            None => Step::Request(name, with_token(&self.token, body)),
        }
    }
}

fn with_token(token: &str, mut body: Value) -> Value {
    if !token.is_empty() {
        body["authToken"] = json!(token);
    }
    body
}
