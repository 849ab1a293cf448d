//! What was begun ends with what it rests on: every verb that waits, against every act that ends something.
//!
//! A cell is one verb and one act. The verb is held in one copy of the program: at Amazon, in the hash queue, before
//! its transaction, or between its two halves. The act happens in a second copy. Then the verb goes on. `acts::ENDS`
//! says what an act ends, and each verb says what it rests on. Where the act ended that, nothing of the player's may
//! be written, and nobody may be in. Everywhere else the verb must succeed, so that nothing ends too much.
//!
//! A seeded tenth of the cells runs with all other stories, and `tests/long` runs every cell.

mod acts;
mod going;
mod needs;
mod verbs_of_browsers;
mod verbs_of_games;

use std::fmt::{self, Display};
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde_json::{Value, json};

use self::acts::{Act, ENDS, Ground};
use self::going::{Begun, Held, Step, request};
use self::needs::{Belongings, Needs};
use self::verbs_of_browsers::BrowserVerb;
use self::verbs_of_games::{DEVICE, Door, GameVerb};
use super::harness::dump::{Dump, difference};
use super::harness::portal::Settings;
use super::harness::renewals::until;
use super::harness::{Person, Portal};
use dovetail::testing::lwa::simulator::DEVICE_CLIENT_ID;

/// The seed of the tenth that runs with all other stories. `TEST_SEED` changes it.
const SEED: u64 = 12;

/// Records and counters: they tell what was tried.
const NOT_THE_PLAYERS: [&str; 5] = ["audit_events", "audit_keys", "audit_seals", "audit_heads", "throttles"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Game(GameVerb, Door),
    Browser(BrowserVerb),
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    verb: Verb,
    act: Act,
    has: Belongings,
}

impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verb {
            Verb::Game(verb, door) => write!(f, "{verb:?} ({door:?}) × {:?}", self.act),
            Verb::Browser(verb) => write!(f, "{verb:?} × {:?}", self.act),
        }
    }
}

impl Verb {
    fn held(self) -> Held {
        match self {
            Self::Game(verb, _) => verb.held(),
            Self::Browser(verb) => verb.held(),
        }
    }

    fn rests_on(self) -> &'static [Ground] {
        match self {
            Self::Game(verb, _) => verb.rests_on(),
            Self::Browser(verb) => verb.rests_on(),
        }
    }

    fn needs(self) -> Needs {
        match self {
            Self::Game(verb, _) => verb.needs(),
            Self::Browser(verb) => verb.needs(),
        }
    }

    fn is_of_device(self) -> bool {
        match self {
            Self::Game(verb, _) => verb.is_of_device(),
            Self::Browser(verb) => verb.is_of_device(),
        }
    }

    fn has_session(self) -> bool {
        self.rests_on().contains(&Ground::Session)
    }

    /// Whether the act takes away what the verb is about, so that it neither ends the verb nor leaves it what to do.
    fn is_moot_after(self, act: Act) -> bool {
        use BrowserVerb as B;
        let link_changes = matches!(act, Act::Unlinked | Act::Replaced | Act::RevokedAtAmazon);
        match self {
            Self::Game(GameVerb::Disconnect, _)
            | Self::Browser(B::ReturnToReplace | B::ConfirmReplace | B::Unlink | B::RemovePassword) => {
                link_changes
            }
            // The lease of the link is the worker's own, so no other copy can find out about the revocation.
            Self::Browser(B::Refresh) => act == Act::RevokedAtAmazon,
            // The game server gets a token of the new link.
            Self::Browser(B::Token) => matches!(act, Act::RevokedAtAmazon | Act::Replaced),
            Self::Browser(B::RemoveDevice) => act == Act::DeviceRemoved,
            // The session of a game that these are about came by the link, or is the one that the act ends.
            Self::Browser(B::EndSession) => link_changes || act == Act::SessionEnded,
            Self::Browser(B::SignOutEverywhere) => act == Act::SessionEnded,
            _ => false,
        }
    }

    async fn begin(self, portal: &Portal, person: &Person) -> Begun {
        match self {
            Self::Game(verb, door) => verb.begin(portal, person, door).await,
            Self::Browser(verb) => verb.begin(portal, person).await,
        }
    }
}

fn every_game_cell(door: Door) -> Vec<Cell> {
    let has_door = |verb: &GameVerb| door == Door::Http || !verb.is_of_server();
    cells(GameVerb::ALL.into_iter().filter(has_door).map(|verb| Verb::Game(verb, door)))
}

fn every_browser_cell() -> Vec<Cell> {
    cells(BrowserVerb::ALL.into_iter().map(Verb::Browser))
}

fn cells(verbs: impl Iterator<Item = Verb>) -> Vec<Cell> {
    let of_verb = |verb: Verb| {
        ENDS.iter().filter_map(move |(act, _)| {
            let has = verb.needs().meet(act.needs())?;
            let is_possible = match act {
                Act::SessionEnded => verb.has_session(),
                Act::SignedOut => verb.has_session() && matches!(verb, Verb::Browser(_)),
                _ => true,
            };
            (is_possible && !verb.is_moot_after(*act)).then_some(Cell { verb, act: *act, has })
        })
    };
    verbs.flat_map(of_verb).collect()
}

impl Cell {
    /// Whether the act ends something that the verb rests on.
    fn is_ended(self) -> bool {
        let (_, ended) = ENDS.iter().find(|(act, _)| *act == self.act).expect("every act is in the table");
        self.verb.rests_on().iter().any(|ground| ended.contains(ground))
    }

    async fn run(&self) {
        let portal = Portal::with(|settings| prepare_settings(settings, self.verb)).await;
        let copy = portal.copy();
        let person = self.player(&portal).await;
        let mut begun = self.verb.begin(&portal, &person).await;
        let (answer, before) = self.hold_and_go(&portal, &copy, &person, &mut begun).await;
        let changes = changes(&person, &before, &portal.dump());
        if self.is_ended() {
            let is_token = matches!(begun.step, Step::Token(_));
            assert!(is_token || changes.is_empty(), "{self}: {answer}\n{changes:#?}");
            for given in ["authToken", "userCode", "userId", "a token"] {
                assert!(!answer.contains(given), "{self}: {answer}");
            }
            self.assert_nobody_is_in(&portal, begun).await;
        } else {
            let went_on =
                if matches!(begun.step, Step::Token(_)) { answer == "a token" } else { !changes.is_empty() };
            assert!(went_on, "{self} went no further: {answer}");
        }
        // Nobody can come back to a device's player without the device.
        if !(self.verb.is_of_device() && self.act == Act::DeviceRemoved) {
            portal.verify().await;
        }
    }

    async fn player(&self, portal: &Portal) -> Person {
        if self.verb.is_of_device() {
            let asked = json!({ "deviceId": DEVICE, "deviceOS": "tvOS" });
            let entered = request(portal, "DeviceAuthenticationRequest", asked).await;
            let id = entered["userId"].as_str().unwrap_or_else(|| panic!("{entered}")).to_owned();
            portal.run("DELETE FROM game_sessions");
            return Person { id, name: String::new(), email: None, password: None };
        }
        let person = portal.person("Bo", self.has.password, self.has.link.then_some("pat")).await;
        if self.has.device {
            portal.device_of(&person);
        }
        person
    }

    /// Holds the verb, lets the act happen in the copy, and lets the verb go on.
    ///
    /// Returns what the verb answered, and the rows as they were after the act.
    async fn hold_and_go(
        &self,
        portal: &Portal,
        copy: &Portal,
        person: &Person,
        begun: &mut Begun,
    ) -> (String, Dump) {
        let browser = begun.browser.clone();
        let Some((gate, passes)) = self.verb.held().gate(portal) else {
            self.act.happens(copy, person, browser.as_ref()).await;
            let before = portal.dump();
            return (begun.step.go(portal).await, before);
        };
        gate.close_after(passes);
        let mut going = Box::pin(begun.step.go(portal));
        tokio::select! {
            answer = &mut going => panic!("{self} did not wait: {answer}"),
            () = until("the verb", || gate.waiting() > 0) => {}
        }
        self.act.happens(copy, person, browser.as_ref()).await;
        let before = portal.dump();
        gate.open();
        (going.await, before)
    }

    /// Neither the game's token, nor its socket, nor the browser is the player's any more.
    async fn assert_nobody_is_in(&self, portal: &Portal, begun: Begun) {
        // A link that ended takes no session that a password opened.
        let (_, ended) = ENDS.iter().find(|(act, _)| *act == self.act).expect("every act is in the table");
        if self.verb.has_session() && !ended.contains(&Ground::Session) && self.has.password {
            return;
        }
        let refused = json!({ "authentication": "NOTAUTHORIZED" });
        if let Some(token) = &begun.token {
            let details = request(portal, "AccountDetailsRequest", json!({ "authToken": token })).await;
            assert_eq!(details["error"], refused, "{self}: {details}");
        }
        if let Step::Message(mut game, ..) = begun.step {
            let details: Value = game.ask("AccountDetailsRequest", json!({})).await;
            assert_eq!(details["error"], refused, "{self}: {details}");
        }
        if let Some(browser) = begun.browser {
            let page = browser.visit("/account").await;
            assert_ne!(page.url.path(), "/account", "{self}: {}", page.text());
        }
    }
}

fn prepare_settings(settings: &mut Settings, verb: Verb) {
    let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
    settings
        .set("DOVETAIL_GAME_DEVICE_HTTP", "on")
        .set("DOVETAIL_HASH_WAIT", "30s")
        .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
        .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
    if matches!(verb, Verb::Browser(verb) if verb.is_past_limits()) {
        settings.set("DOVETAIL_LOGIN_NETWORK_FAILURES", "10");
    } else {
        // Counters would be writes of their own.
        settings.set("DOVETAIL_THROTTLE", "off");
    }
}

/// What became of the player's rows. An attempt or a code that cannot be finished may go or be marked as over.
fn changes(person: &Person, before: &Dump, after: &Dump) -> Vec<String> {
    let mut changes = difference(before, after);
    changes.retain(|change| {
        let table = change[2..].split(':').next().unwrap_or_default();
        let is_gone = change.starts_with('-');
        let is_players = change.contains(&person.id) || table == "game_tokens";
        let is_over = match table {
            "link_attempts" | "sign_in_codes" | "pending_sign_ins" => is_gone,
            "code_linkings" => is_gone || ["expired", "failed"].iter().any(|end| change.contains(end)),
            _ => NOT_THE_PLAYERS.contains(&table),
        };
        is_players && !is_over
    });
    changes
}

/// Runs these cells, and names all that fail. `TEST_CELLS` names a part of them.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of the portal")]
async fn run_all(cells: &[Cell]) {
    assert!(!cells.is_empty());
    let only = std::env::var("TEST_CELLS").unwrap_or_default();
    let mut failed = Vec::new();
    for cell in cells.iter().filter(|cell| cell.to_string().contains(&only)) {
        if AssertUnwindSafe(cell.run()).catch_unwind().await.is_err() {
            failed.push(cell.to_string());
        }
    }
    assert!(failed.is_empty(), "{} of {} failed: {failed:#?}", failed.len(), cells.len());
}

/// About a tenth of the cells: those whose number and the seed give it.
#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of the portal")]
async fn run_a_tenth(cells: Vec<Cell>) {
    let seed = std::env::var("TEST_SEED").map_or(SEED, |seed| seed.parse().expect("TEST_SEED is a number"));
    let chosen: Vec<Cell> = (0_u64..)
        .zip(cells)
        .filter(|(number, _)| mix(seed.wrapping_mul(1_000_003) ^ number).is_multiple_of(10))
        .map(|(_, cell)| cell)
        .collect();
    let names: Vec<String> = chosen.iter().map(Cell::to_string).collect();
    show(&format!("TEST_SEED={seed}: {names:#?}"));
    run_all(&chosen).await;
}

/// `SplitMix64`.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[expect(clippy::print_stderr, reason = "the seed is told with a failed test")]
fn show(text: &str) {
    eprintln!("{text}");
}

#[tokio::test]
async fn a_tenth_of_the_cells_of_games() {
    let (http, socket) = (every_game_cell(Door::Http), every_game_cell(Door::Socket));
    run_a_tenth(http.into_iter().chain(socket).collect()).await;
}

#[tokio::test]
async fn a_tenth_of_the_cells_of_browsers() {
    run_a_tenth(every_browser_cell()).await;
}

#[tokio::test]
#[ignore = "long: run by tests/long"]
async fn long_every_cell_of_games_over_http() {
    run_all(&every_game_cell(Door::Http)).await;
}

#[tokio::test]
#[ignore = "long: run by tests/long"]
async fn long_every_cell_of_games_on_sockets() {
    run_all(&every_game_cell(Door::Socket)).await;
}

#[tokio::test]
#[ignore = "long: run by tests/long"]
async fn long_every_cell_of_browsers() {
    run_all(&every_browser_cell()).await;
}
