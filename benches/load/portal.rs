//! The portal, as players would meet it: the release build in a process of its own, with its population, its Amazon
//! and its floor.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use dovetail::testing::app::App;
use dovetail::testing::config::{Config, new_keys, simulated};
use dovetail::testing::lwa::simulator::{self, Simulator};
use dovetail::testing::platform::clock::Clock;

use crate::baseline::Floor;
use crate::children::{Running, free_address};
use crate::database::Database;
use crate::people::{Browser, Person};

/// Two portals on one database, with everything beside them.
pub struct Portal {
    pub throttled: Door,
    /// `DOVETAIL_THROTTLE=off`: all our people live in one network, which no tournament does.
    pub open: Door,
    pub floor: Floor,
    pub amazon: Simulator,
    /// The hands of a third portal that serves nobody: plants sessions.
    pub app: App,
    settings: BTreeMap<String, String>,
    _amazon: simulator::RunningSimulator,
}

/// Who plays Amazon.
pub enum Upstream {
    Simulator,
    At(SocketAddr),
}

/// A portal's process.
pub struct Door {
    pub address: SocketAddr,
    /// As browsers name it.
    pub host: String,
    pub process: Running,
}

impl Portal {
    /// Migrates, seeds and starts.
    pub async fn start(database: &Database, players: u32) -> Self {
        Self::start_before(database, players, Upstream::Simulator).await
    }

    /// The same, before another Amazon.
    pub async fn start_before(database: &Database, players: u32, upstream: Upstream) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let amazon = match upstream {
            Upstream::Simulator => listener.local_addr().unwrap(),
            Upstream::At(address) => address,
        };
        let keys = new_keys().unwrap();
        let settings = |address, throttle| settings(database.url(), &keys, amazon, address, throttle);
        seed(database.folder(), &settings(free_address(), "off"), players);
        // Only now: whatever else runs here may take a free address while the population is made.
        let (open, throttled) = (free_address(), free_address());

        let return_url = format!("http://{}/amazon/callback", host(open));
        let simulator =
            Simulator::new(simulator::SimulatorSettings::development(Clock::system(), &return_url));
        let running = simulator.start(listener).unwrap();
        let app = App::build(Config::from_map(settings(open, "off")).unwrap(), Clock::system())
            .unwrap_or_else(|why| panic!("{why:?}"));
        let door = |address, throttle| serve(database.folder(), &settings(address, throttle), address);
        let open = door(open, "off");

        let example = Person::plant(&app, 2).await;
        let page = Browser::open(&open, example.jar).await.get("/account").await.expect(200).body;
        let file = database.folder().join("page.html");
        std::fs::write(&file, page).unwrap();
        let floor = Floor::start(database.url(), &file);
        let settings = settings(free_address(), "off");
        Self {
            throttled: door(throttled, "on"),
            open,
            floor,
            amazon: simulator,
            app,
            settings,
            _amazon: running,
        }
    }
}

impl Portal {
    /// The hands of one more portal on the same database, and the host by which it wants to be asked.
    pub fn in_this_process(&self) -> (Arc<App>, String) {
        let config = Config::from_map(self.settings.clone()).unwrap();
        let app = App::build(config, Clock::system()).unwrap_or_else(|why| panic!("{why:?}"));
        (Arc::new(app), host(self.settings["DOVETAIL_LISTEN"].parse().unwrap()))
    }
}

/// One more portal on the same database, whose refresher works.
pub fn refresh(database: &Database, portal: &Portal) -> Door {
    let mut settings = portal.settings.clone();
    settings.insert("DOVETAIL_REFRESH".to_owned(), "on".to_owned());
    let address = settings["DOVETAIL_LISTEN"].parse().unwrap();
    serve(database.folder(), &settings, address)
}

fn host(address: SocketAddr) -> String {
    format!("localhost:{}", address.port())
}

/// The simulator is ours and not the portal's, so that its work is not taken for the portal's.
fn settings(
    database: &str,
    keys: &str,
    amazon: SocketAddr,
    listen: SocketAddr,
    throttle: &str,
) -> BTreeMap<String, String> {
    let own = [
        ("MODE", "development".to_owned()),
        ("DATABASE_URL", database.to_owned()),
        ("LISTEN", listen.to_string()),
        ("OPS_LISTEN", "127.0.0.1:0".to_owned()),
        ("PUBLIC_URL", format!("http://{}", host(listen))),
        ("THROTTLE", throttle.to_owned()),
        ("SIMULATOR", "off".to_owned()),
        // Made-up tokens open nothing at Amazon: who measures pages must not lose their links meanwhile.
        ("REFRESH", "off".to_owned()),
        ("AMAZON_CLIENT_ID", simulated::CLIENT_ID.to_owned()),
        ("AMAZON_CLIENT_SECRET", simulated::CLIENT_SECRET.to_owned()),
        ("AMAZON_AUTHORIZE_URL", format!("http://{amazon}/ap/oa")),
        ("AMAZON_TOKEN_URL", format!("http://{amazon}/auth/o2/token")),
        ("AMAZON_TOKENINFO_URL", format!("http://{amazon}/auth/o2/tokeninfo")),
        ("AMAZON_PROFILE_URL", format!("http://{amazon}/user/profile")),
        ("AMAZON_CODEPAIR_URL", format!("http://{amazon}/auth/o2/create/codepair")),
    ];
    let own = own.map(|(name, value)| (format!("DOVETAIL_{name}"), value));
    let keys = keys.lines().filter_map(|line| line.split_once('='));
    own.into_iter().chain(keys.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

fn command(folder: &Path, settings: &BTreeMap<String, String>) -> Command {
    let log = File::options().create(true).append(true).open(folder.join("portal.log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dovetail"));
    command.env_clear().envs(settings).current_dir(folder).stdout(Stdio::null()).stderr(log);
    command
}

fn seed(folder: &Path, settings: &BTreeMap<String, String>, players: u32) {
    let seeded = command(folder, settings).args(["seed", "--players", &players.to_string()]).status();
    let log = || std::fs::read_to_string(folder.join("portal.log")).unwrap_or_default();
    assert!(seeded.unwrap().success(), "the population could not be made:\n{}", log());
}

fn serve(folder: &Path, settings: &BTreeMap<String, String>, address: SocketAddr) -> Door {
    let process = Running::start_listening(command(folder, settings).arg("serve"), address);
    Door { address, host: host(address), process }
}
