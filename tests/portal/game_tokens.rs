//! What a game token may do (S75): request × how the session began × what its player has, over socket and HTTP, with
//! the rows compared before and after.
//!
//! The expectation is written here on its own, from docs/games.md#what-a-token-may-do. A seeded tenth of the cells runs
//! with all other stories; `tests/long` runs every one.

use std::fmt::Debug;

use chrono::TimeDelta;
use dovetail::testing::links::device_flow::poll_batch;
use dovetail::testing::lwa::simulator::DEVICE_CLIENT_ID;
use serde_json::{Value, json};

use super::harness::game_client::SERVER_SECRET;
use super::harness::portal::Settings;
use super::harness::{GameClient, Person, Portal};

/// The seed of the tenth that runs with all other stories. `TEST_SEED` changes it.
const SEED: u64 = 12;

/// Cells that share one portal and its players' limits.
const CELLS_A_PORTAL: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Documented,
    Fresh,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    Socket,
    Http,
}

/// How the session began.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Beginning {
    Device,
    Password,
    /// By the player's own Amazon account, confirmed or not.
    Amazon,
    Resumed,
    /// A server that names the player.
    Server,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Link {
    None,
    Active,
    NeedsReconnect,
    Revoked,
}

/// What the player has.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Has {
    password: bool,
    address: bool,
    link: Link,
    confirmed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Request {
    ConnectFree,
    ConnectOwn,
    ConnectOthers,
    LinkByCode,
    Disconnect,
    Password,
    PasswordWithOld,
    PasswordWithWrongOld,
    Rename,
    RenameWithOld,
    DisplayName,
    ClaimCode,
    /// A code for a TV, which a phone uses with a free Amazon account.
    SignInCode,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    mode: Mode,
    door: Door,
    beginning: Beginning,
    has: Has,
    request: Request,
}

/// Every cell that can be.
fn cells() -> Vec<Cell> {
    let mut all = Vec::new();
    for mode in [Mode::Documented, Mode::Fresh] {
        for door in [Door::Socket, Door::Http] {
            for has in holdings() {
                for beginning in [
                    Beginning::Device,
                    Beginning::Password,
                    Beginning::Amazon,
                    Beginning::Resumed,
                    Beginning::Server,
                ] {
                    let can_begin = match beginning {
                        Beginning::Password => has.password,
                        Beginning::Amazon => has.link != Link::None,
                        Beginning::Device | Beginning::Resumed | Beginning::Server => true,
                    };
                    // A server has no screen on which a code could be read.
                    let requests = REQUESTS.iter().filter(|request| can_begin && fits(**request, has));
                    let requests = requests
                        .filter(|request| beginning != Beginning::Server || **request != Request::SignInCode);
                    all.extend(requests.map(|request| Cell {
                        mode,
                        door,
                        beginning,
                        has,
                        request: *request,
                    }));
                }
            }
        }
    }
    all
}

const REQUESTS: [Request; 13] = [
    Request::ConnectFree,
    Request::ConnectOwn,
    Request::ConnectOthers,
    Request::LinkByCode,
    Request::Disconnect,
    Request::Password,
    Request::PasswordWithOld,
    Request::PasswordWithWrongOld,
    Request::Rename,
    Request::RenameWithOld,
    Request::DisplayName,
    Request::ClaimCode,
    Request::SignInCode,
];

fn fits(request: Request, has: Has) -> bool {
    match request {
        Request::ConnectOwn => has.link != Link::None,
        Request::PasswordWithOld | Request::PasswordWithWrongOld | Request::RenameWithOld => has.password,
        _ => true,
    }
}

fn holdings() -> Vec<Has> {
    let mut all = Vec::new();
    for password in [false, true] {
        for address in [false, true] {
            for link in [Link::None, Link::Active, Link::NeedsReconnect, Link::Revoked] {
                for confirmed in [true, false] {
                    if link != Link::None || confirmed {
                        all.push(Has { password, address, link, confirmed });
                    }
                }
            }
        }
    }
    all
}

/// What a request leads to.
#[derive(Debug, PartialEq)]
enum Outcome {
    Done,
    /// Nothing of the player's is written.
    Refused(Value),
}

fn refused(field: &str, code: &str) -> Outcome {
    Outcome::Refused(json!({ field: code }))
}

/// The answer without its address of the portal.
fn proof_missing() -> Outcome {
    refused("authentication", "REAUTHENTICATION_REQUIRED")
}

/// Whether the session has proven who its player is.
fn is_proven(cell: Cell) -> bool {
    match cell.beginning {
        Beginning::Password => true,
        Beginning::Amazon => cell.has.confirmed,
        Beginning::Device | Beginning::Resumed | Beginning::Server => false,
    }
}

/// The rules, written anew. `link` is the state of the link when the request comes.
fn expected(cell: Cell, link: Link) -> Outcome {
    let Has { password, address, .. } = cell.has;
    let proven = is_proven(cell);
    let is_somebodys = password || address || link != Link::None;
    let may_link = proven || (!address && cell.mode == Mode::Documented);
    let already = || refused("accessToken", "ACCOUNT_ALREADY_LINKED");
    match cell.request {
        Request::ConnectFree => match link {
            Link::Active | Link::NeedsReconnect => already(),
            Link::Revoked if !proven => already(),
            Link::None if !may_link => proof_missing(),
            Link::None | Link::Revoked => Outcome::Done,
        },
        // It moves the connection, and writes nothing of the player's.
        Request::ConnectOthers => match link {
            Link::Active | Link::NeedsReconnect => already(),
            Link::None | Link::Revoked => Outcome::Done,
        },
        Request::LinkByCode => match link {
            Link::Active => Outcome::Done,
            _ if !may_link => proof_missing(),
            _ => Outcome::Done,
        },
        Request::Disconnect => match link {
            Link::None | Link::Revoked => refused("systemId", "NOT_CONNECTED"),
            _ if !proven => proof_missing(),
            _ if !password => refused("password", "NOT_SET"),
            _ => Outcome::Done,
        },
        Request::Password if password => refused("DETAILS", "UNRECOGNISED"),
        Request::PasswordWithWrongOld => refused("DETAILS", "UNRECOGNISED"),
        Request::Password | Request::Rename if is_somebodys && !proven => proof_missing(),
        Request::ClaimCode if is_somebodys => refused("account", "ALREADY_CLAIMED"),
        // The own identity is the proof.
        Request::ConnectOwn
        | Request::Password
        | Request::PasswordWithOld
        | Request::Rename
        | Request::RenameWithOld
        | Request::DisplayName
        | Request::ClaimCode
        | Request::SignInCode => Outcome::Done,
    }
}

fn with_all_doors(mode: Mode) -> impl FnOnce(&mut Settings) {
    move |settings| {
        let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
        settings
            .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
            .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"))
            .set("DOVETAIL_GAME_DEVICE_HTTP", "on")
            .set("DOVETAIL_GAME_LINKING", if mode == Mode::Fresh { "fresh" } else { "documented" });
    }
}

/// A session of a game, as it asks.
enum Session {
    Socket(Box<GameClient>),
    /// A socket of a server, which names the player in each message.
    ServerSocket(Box<GameClient>, String),
    Http(String),
    ServerHttp(String),
}

impl Session {
    async fn ask(&mut self, portal: &Portal, name: &str, mut fields: Value) -> Value {
        match self {
            Self::Socket(game) => game.ask(name, fields).await,
            Self::ServerSocket(game, player) => {
                fields["playerId"] = json!(player);
                game.ask(name, fields).await
            }
            Self::Http(token) => {
                fields["authToken"] = json!(token);
                portal.ask_over_http("device", name, &fields).await
            }
            Self::ServerHttp(player) => {
                fields["playerId"] = json!(player);
                portal.ask_over_http("server", name, &fields).await
            }
        }
    }
}

/// One player with what the cell says, and the customers at Amazon that the cell needs.
struct Scene<'a> {
    portal: &'a Portal,
    number: usize,
    player: Person,
    own: String,
    free: String,
}

impl<'a> Scene<'a> {
    async fn set(portal: &'a Portal, number: usize, cell: &Cell) -> Self {
        let admit = |who: &str| {
            let key = format!("{who}{number}");
            portal.amazon.admits(&key, &format!("Customer {key}"), &format!("{key}@customers.test"));
            key
        };
        let (own, free) = (admit("own"), admit("free"));
        let has = cell.has;
        let customer = (has.link != Link::None).then_some(own.as_str());
        // The harness gives an address with each password.
        let player = portal.person(&format!("P{number}"), has.password || has.address, customer).await;
        let id = &player.id;
        if has.password {
            portal.run(&format!(
                "UPDATE players SET user_name = 'player{number}', user_name_key = 'player{number}' WHERE id = '{id}'"
            ));
        } else {
            portal.run(&format!(
                "UPDATE players SET password_sealed = NULL, password_changed_at = NULL WHERE id = '{id}'"
            ));
        }
        if !has.address {
            portal.run(&format!(
                "UPDATE players SET email = NULL, email_key = NULL, email_proven_at = NULL WHERE id = '{id}'"
            ));
        }
        match has.link {
            Link::None | Link::Active => {}
            Link::NeedsReconnect => portal.link_becomes(&player, "needs_reconnect"),
            Link::Revoked => portal.link_becomes(&player, "revoked"),
        }
        if !has.confirmed {
            portal.run(&format!(
                "UPDATE amazon_links SET confirmed_at = NULL, made_by = 'game_token' WHERE player_id = '{id}'"
            ));
        }
        Self { portal, number, player, own, free }
    }

    /// Begins the session, and returns it with the player's link as it is then.
    async fn begin(&self, cell: &Cell) -> Session {
        let id = self.player.id.clone();
        let (name, fields) = match cell.beginning {
            Beginning::Server if cell.door == Door::Http => return Session::ServerHttp(id),
            Beginning::Server => {
                let mut game = self.portal.knock("/ws/server/dovetail").await;
                game.shake(SERVER_SECRET, json!({})).await;
                return Session::ServerSocket(Box::new(game), id);
            }
            Beginning::Resumed => {
                let token = self.portal.game_token_of(&self.player);
                return match cell.door {
                    Door::Socket => Session::Socket(Box::new(self.portal.game_with(&token).await)),
                    Door::Http => Session::Http(token),
                };
            }
            Beginning::Device => {
                let device = format!("{:0>8}-7d1e-4b7b-9a51-0d3f6f1f2a10", self.number);
                let fields = json!({ "deviceId": device, "deviceOS": "tvOS" });
                self.own_device(&fields).await;
                ("DeviceAuthenticationRequest", fields)
            }
            Beginning::Password => {
                let who = json!({ "userName": format!("player{}", self.number), "password": self.player.password() });
                ("AuthenticationRequest", who)
            }
            Beginning::Amazon => {
                ("AmazonConnectRequest", json!({ "accessToken": self.portal.amazon.token_of(&self.own) }))
            }
        };
        let (answer, game) = match cell.door {
            Door::Socket => {
                let mut game = self.portal.game().await;
                (game.ask(name, fields).await, Some(game))
            }
            Door::Http => (self.portal.ask_over_http("device", name, &fields).await, None),
        };
        assert_eq!(answer["userId"].as_str(), Some(id.as_str()), "{cell:?}: {answer}");
        match game {
            Some(game) => Session::Socket(Box::new(game)),
            None => Session::Http(answer["authToken"].as_str().unwrap().to_owned()),
        }
    }

    /// Gives the device to the player. It has made another one when it asked first.
    async fn own_device(&self, fields: &Value) {
        let made = self.portal.ask_over_http("device", "DeviceAuthenticationRequest", fields).await;
        let made = made["userId"].as_str().unwrap_or_else(|| panic!("{made}"));
        self.portal
            .run(&format!("UPDATE devices SET player_id = '{}' WHERE player_id = '{made}'", self.player.id));
    }

    /// All that a request must not change unless it may.
    fn rows(&self) -> Vec<String> {
        let bytes = |column: &str| match self.portal.sqlite_file() {
            Some(_) => format!("hex({column})"),
            None => format!("encode({column}, 'hex')"),
        };
        let of = |table: &str, line: String, key: &str| {
            self.portal.lines(&format!(
                "SELECT {line} AS line FROM {table} WHERE {key} = '{}' ORDER BY 1",
                self.player.id
            ))
        };
        let text = |column: &str| format!("coalesce({column}, '')");
        let player =
            ["display_name".to_owned(), text("user_name"), text("email"), text(&bytes("password_sealed"))]
                .join(" || '/' || ");
        let link = [
            "id".to_owned(),
            "amazon_id".to_owned(),
            "state".to_owned(),
            "made_by".to_owned(),
            "CASE WHEN confirmed_at IS NULL THEN 'open' ELSE 'confirmed' END".to_owned(),
            text(&bytes("access_token_sealed")),
        ]
        .join(" || '/' || ");
        let mut all = of("players", player, "id");
        all.extend(of("amazon_links", link, "player_id"));
        all.extend(of("former_links", "id".into(), "player_id"));
        all.extend(of("devices", "id".into(), "player_id"));
        all.extend(of("claim_codes", "id".into(), "player_id"));
        all.extend(of("code_linkings", "id || coalesce(outcome, '')".into(), "player_id"));
        all.push(format!("{} links", self.portal.count_all("amazon_links")));
        all
    }

    fn link(&self) -> Link {
        let query = format!("SELECT state AS line FROM amazon_links WHERE player_id = '{}'", self.player.id);
        match self.portal.lines(&query).pop().as_deref() {
            None => Link::None,
            Some("active") => Link::Active,
            Some("needs_reconnect") => Link::NeedsReconnect,
            Some(_) => Link::Revoked,
        }
    }

    fn identity(&self) -> Option<String> {
        self.portal.identity_linked_to(&self.player)
    }

    async fn ask(&self, session: &mut Session, request: Request) -> Value {
        let portal = self.portal;
        let token_of = |customer: &str| json!({ "accessToken": portal.amazon.token_of(customer) });
        let (name, fields) = match request {
            Request::ConnectFree => ("AmazonConnectRequest", token_of(&self.free)),
            Request::ConnectOwn => ("AmazonConnectRequest", token_of(&self.own)),
            Request::ConnectOthers => {
                let key = format!("other{}", self.number);
                portal.amazon.admits(&key, "Other", &format!("{key}@customers.test"));
                portal.person(&format!("Q{}", self.number), false, Some(&key)).await;
                ("AmazonConnectRequest", token_of(&key))
            }
            Request::LinkByCode => ("AmazonLinkByCodeRequest", json!({})),
            Request::Disconnect => ("SocialDisconnectRequest", json!({ "systemId": "AM" })),
            Request::ClaimCode => ("ClaimAccountByCodeRequest", json!({})),
            Request::SignInCode => ("SignInByCodeRequest", json!({})),
            _ => ("ChangeUserDetailsRequest", self.details(request)),
        };
        session.ask(portal, name, fields).await
    }

    fn details(&self, request: Request) -> Value {
        let mut fields = match request {
            Request::Password if self.player.password.is_none() || !self.has_password() => {
                json!({ "userName": format!("new{}", self.number), "newPassword": NEW })
            }
            Request::Password | Request::PasswordWithOld | Request::PasswordWithWrongOld => {
                json!({ "newPassword": NEW })
            }
            Request::Rename | Request::RenameWithOld => json!({ "userName": format!("new{}", self.number) }),
            _ => json!({ "displayName": format!("Renamed {}", self.number) }),
        };
        match request {
            Request::PasswordWithOld | Request::RenameWithOld => {
                fields["oldPassword"] = json!(self.player.password());
            }
            Request::PasswordWithWrongOld => fields["oldPassword"] = json!("not the old one"),
            _ => {}
        }
        fields
    }

    fn has_password(&self) -> bool {
        let query = "SELECT count(*) AS count FROM players WHERE password_sealed IS NOT NULL AND id";
        self.portal.count(&format!("{query} = '{}'", self.player.id)) == 1
    }
}

const NEW: &str = "nine brown kettles on ice";

/// Runs one cell. An error says what was wrong.
async fn run(portal: &Portal, number: usize, cell: &Cell) -> Result<(), String> {
    let scene = Scene::set(portal, number, cell).await;
    let mut session = scene.begin(cell).await;
    let (link, identity) = (scene.link(), scene.identity());
    let expected = expected(*cell, link);
    if cell.request == Request::ConnectOthers {
        // Its player is part of the scene, not of the answer.
        let answer = scene.ask(&mut session, cell.request).await;
        let error = error_of(&answer);
        let outcome = error.map_or(Outcome::Done, Outcome::Refused);
        same(&outcome, &expected, &answer)?;
        return same(&scene.identity(), &identity, &"the player is left as it is");
    }
    let before = scene.rows();
    let answer = scene.ask(&mut session, cell.request).await;
    let error = error_of(&answer);
    let outcome = error.map_or(Outcome::Done, Outcome::Refused);
    same(&outcome, &expected, &answer)?;
    if outcome != Outcome::Done {
        return same(&scene.rows(), &before, &answer);
    }
    let after = scene.rows();
    match cell.request {
        Request::ConnectFree => {
            same(&scene.identity(), &Some(portal.amazon.identity_of(&scene.free)), &answer)?;
            let made = portal.lines(&format!(
                "SELECT made_by || CASE WHEN confirmed_at IS NULL THEN '' ELSE ' confirmed' END AS line \
                 FROM amazon_links WHERE player_id = '{}'",
                scene.player.id
            ));
            same(&made, &vec!["game_token".to_owned()], &answer)
        }
        Request::ConnectOwn => {
            let state = if link == Link::NeedsReconnect { scene.link() } else { Link::Active };
            same(&(scene.identity(), scene.link()), &(identity, state), &answer)?;
            let confirmed = "SELECT count(*) AS count FROM amazon_links WHERE confirmed_at IS NOT NULL";
            let count = portal.count(&format!("{confirmed} AND player_id = '{}'", scene.player.id));
            same(&count, &i64::from(cell.has.confirmed), &"a game confirms nothing")
        }
        Request::LinkByCode if link == Link::Active => {
            same(&answer["state"], &json!("already_linked"), &answer)?;
            same(&after, &before, &answer)
        }
        Request::LinkByCode => by_code(&scene, &mut session, cell, link, identity, &answer).await,
        Request::SignInCode => by_phone(&scene, cell, link, identity, &answer).await,
        Request::Disconnect => same(&scene.identity(), &None, &answer),
        Request::DisplayName => same(&after.len(), &before.len(), &answer),
        _ if after == before => Err(format!("nothing was written: {answer}")),
        _ => same(&scene.identity(), &identity, &answer),
    }
}

/// Somebody enters the code for a free account.
async fn by_code(
    scene: &Scene<'_>,
    session: &mut Session,
    cell: &Cell,
    link: Link,
    identity: Option<String>,
    answer: &Value,
) -> Result<(), String> {
    let portal = scene.portal;
    let Some(code) = answer["userCode"].as_str() else { return Err(format!("no code: {answer}")) };
    if !portal.amazon.simulator.approve_device(code, &scene.free) {
        return Err(format!("Amazon does not know {code}"));
    }
    portal.wait(TimeDelta::seconds(30));
    poll_batch(portal.app()).await.map_err(|fault| format!("{fault:?}"))?;
    let confirmed = json!({ "linkingId": answer["linkingId"], "confirm": true });
    session.ask(portal, "AmazonLinkByCodeRequest", confirmed).await;
    let may = link == Link::None || (link == Link::Revoked && is_proven(*cell));
    let expected = if may { Some(portal.amazon.identity_of(&scene.free)) } else { identity };
    same(&scene.identity(), &expected, answer)?;
    let outcome = portal.lines(&format!(
        "SELECT coalesce(outcome, 'none') AS line FROM code_linkings WHERE player_id = '{}'",
        scene.player.id
    ));
    same(&outcome, &vec![if may { "linked" } else { "player_has_another" }.to_owned()], answer)
}

/// Somebody types the code on a phone and comes back from Amazon with a free account.
async fn by_phone(
    scene: &Scene<'_>,
    cell: &Cell,
    link: Link,
    identity: Option<String>,
    answer: &Value,
) -> Result<(), String> {
    let portal = scene.portal;
    let Some(code) = answer["userCode"].as_str() else { return Err(format!("no code: {answer}")) };
    let phone = portal.browser();
    portal.at_amazon(&phone, &scene.free).await;
    let look = phone.visit("/activate").await.fill("code", code).press("Continue").await;
    let back = look.press("Login with Amazon").await;
    // The phone has proven nothing about the TV's player.
    let may = link == Link::None && !cell.has.address && cell.mode == Mode::Documented;
    if !may {
        same(&back.url.path(), &"/amazon/register", &back.text())?;
        return same(&scene.identity(), &identity, answer);
    }
    let done = back.press("Link this account").await;
    same(&done.code().as_deref(), &Some("tv_linked"), &done.text())?;
    let made = portal.lines(&format!(
        "SELECT made_by || CASE WHEN confirmed_at IS NULL THEN '' ELSE ' confirmed' END AS line \
         FROM amazon_links WHERE player_id = '{}'",
        scene.player.id
    ));
    // A player who is somebody's confirms it by their other way in.
    let open = if cell.has.password { "game_code" } else { "browser confirmed" };
    same(&made, &vec![open.to_owned()], answer)?;
    same(&scene.identity(), &Some(portal.amazon.identity_of(&scene.free)), answer)
}

/// The error of an answer, without the address that goes with a missing proof.
fn error_of(answer: &Value) -> Option<Value> {
    let mut error = answer.get("error")?.clone();
    error.as_object_mut().unwrap().remove("portal");
    Some(error)
}

fn same<T: PartialEq + Debug>(got: &T, expected: &T, what: &dyn Debug) -> Result<(), String> {
    if got == expected { Ok(()) } else { Err(format!("{got:?} instead of {expected:?}: {what:?}")) }
}

/// Runs these cells, and names all that fail. `TEST_CELLS` names a part of them.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of the portal")]
async fn check(cells: Vec<Cell>) {
    let only = std::env::var("TEST_CELLS").unwrap_or_default();
    let cells: Vec<Cell> = cells.into_iter().filter(|cell| format!("{cell:?}").contains(&only)).collect();
    let mut wrong = Vec::new();
    for mode in [Mode::Documented, Mode::Fresh] {
        let of_mode: Vec<&Cell> = cells.iter().filter(|cell| cell.mode == mode).collect();
        for some in of_mode.chunks(CELLS_A_PORTAL) {
            let portal = Portal::with(with_all_doors(mode)).await;
            for (number, cell) in some.iter().enumerate() {
                if let Err(why) = run(&portal, number, cell).await {
                    wrong.push(format!("{cell:?}: {why}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), cells.len(), wrong.join("\n"));
}

/// Spreads the numbers, so that the tenth is no pattern.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of the portal")]
async fn a_seeded_tenth_of_the_table_holds() {
    let seed = std::env::var("TEST_SEED").map_or(SEED, |seed| seed.parse().expect("TEST_SEED is a number"));
    let tenth = cells().into_iter().zip(0_u64..);
    let tenth = tenth.filter(|(_, number)| mix(seed.wrapping_mul(1_000_003) ^ number).is_multiple_of(10));
    check(tenth.map(|(cell, _)| cell).collect()).await;
}

#[tokio::test]
#[ignore = "every cell takes minutes; tests/long runs it"]
async fn long_every_cell_of_the_table_holds() {
    check(cells()).await;
}
