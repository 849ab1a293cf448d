//! A portal of one test: the real server on a port of its own, with its own database, simulator and clock.

use std::collections::{BTreeMap, HashSet};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl, sql_query};
use dovetail::testing::app::App;
use dovetail::testing::config::{Config, new_keys};
use dovetail::testing::lwa::simulator::{WEB_CLIENT_ID, WEB_CLIENT_SECRET};
use dovetail::testing::platform::clock::Clock;
use dovetail::testing::platform::crypto::vault::SealContext;
use dovetail::testing::platform::db::schema::mails;
use dovetail::testing::platform::db::{Conn, Db, migrate};
use dovetail::testing::server::layers;
use secrecy::ExposeSecret;

use super::amazon::Amazon;
use super::browser::Browser;
use super::database::{Database, Outage};
use super::ports::port_for_a_program;
use super::{dump, log, response_invariants};

/// Noon of a day without a change to or from daylight saving time.
///
/// It lies years ahead: programs that a story starts live in real time, and must not find what the story has just
/// written old.
const NOON: &str = "2032-12-01T12:00:00Z";

/// A running portal, which stops when dropped.
pub struct Portal {
    pub clock: Clock,
    pub amazon: Amazon,
    url: String,
    app: Arc<App>,
    settings: BTreeMap<String, String>,
    running: Option<(ServerHandle, JoinHandle<()>)>,
    /// Links that the harness wrote without their audit records.
    made_links: Mutex<HashSet<String>>,
    /// The last field, so that it is dropped last; `None` for a copy, which uses the database of its original.
    database: Option<Database>,
}

/// The settings of a portal, by their full names.
pub struct Settings(pub BTreeMap<String, String>);

impl Settings {
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }
}

/// A mail that would have been sent.
#[derive(Clone, Debug)]
pub struct Mail {
    pub kind: String,
    pub text: String,
}

impl Mail {
    /// The six digits on a line of their own.
    pub fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        let code = self.text.lines().map(str::trim).find(is_code);
        code.unwrap_or_else(|| panic!("no code in {self:?}")).to_owned()
    }

    /// The first link in the mail.
    pub fn link(&self) -> String {
        let link = self.text.split_whitespace().find(|word| word.starts_with("http"));
        link.unwrap_or_else(|| panic!("no link in {self:?}")).to_owned()
    }
}

impl Portal {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts a portal with changed settings.
    #[expect(clippy::unused_async, reason = "stories await their portal; how it starts may change")]
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        log::show();
        let clock = Clock::standing_at(NOON.parse().unwrap());
        let (portal, simulator) = (free_port(), free_port());
        let url = format!("http://localhost:{}", portal.local_addr().unwrap().port());
        let database = Database::fresh(migrate);
        let mut settings = settings(&url, &simulator, &database);
        change(&mut settings);
        let config = Config::from_map(settings.0.clone()).unwrap_or_else(|refused| panic!("{refused}"));
        let amazon = Amazon::open(simulator, &clock, &format!("{url}/amazon/callback"));
        let app = Arc::new(App::build(config, clock.clone()).expect("a portal"));
        let running = Some(serve(Arc::clone(&app), portal));
        Self {
            clock,
            amazon,
            url,
            app,
            running,
            settings: settings.0,
            made_links: Mutex::default(),
            database: Some(database),
        }
    }

    /// Starts a second instance on the same database, keys and clock; it is dropped before the first.
    pub fn copy(&self) -> Self {
        let (portal, simulator) = (free_port(), free_port());
        let url = format!("http://localhost:{}", portal.local_addr().unwrap().port());
        let mut settings = Settings(self.settings.clone());
        settings
            .set("DOVETAIL_PUBLIC_URL", &url)
            .set("DOVETAIL_SIMULATOR_LISTEN", &simulator.local_addr().unwrap().to_string());
        let config = Config::from_map(settings.0.clone()).unwrap_or_else(|refused| panic!("{refused}"));
        let amazon = Amazon::open(simulator, &self.clock, &format!("{url}/amazon/callback"));
        let app = Arc::new(App::build(config, self.clock.clone()).expect("a portal"));
        let running = Some(serve(Arc::clone(&app), portal));
        Self {
            clock: self.clock.clone(),
            amazon,
            url,
            app,
            running,
            settings: settings.0,
            made_links: Mutex::default(),
            database: None,
        }
    }

    /// Its origin, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The portal's services, to read or change what no page shows.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The file of its database; `None` on PostgreSQL.
    pub fn sqlite_file(&self) -> Option<&str> {
        self.settings.get("DOVETAIL_DATABASE_URL")?.strip_prefix("sqlite:")
    }

    /// Remembers a link that no code of the portal created.
    pub(super) fn note_link(&self, id: &str) {
        self.made_links.lock().unwrap().insert(id.to_owned());
    }

    pub(super) fn made_link(&self, id: &str) -> bool {
        self.made_links.lock().unwrap().contains(id)
    }

    /// The settings it was started with, for programs on the same database.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// The services of another instance on the same database, keys, simulator and clock.
    pub fn another_copy(&self) -> Arc<App> {
        let config = Config::from_map(self.settings.clone()).unwrap_or_else(|refused| panic!("{refused}"));
        Arc::new(App::build(config, self.clock.clone()).expect("a copy"))
    }

    /// The settings of an instance in a process of its own, which uses the simulator of this portal.
    pub fn settings_of_a_program(&self) -> BTreeMap<String, String> {
        let mut settings = Settings(self.settings.clone());
        settings.0.remove("DOVETAIL_SIMULATOR_LISTEN");
        let amazon = self.amazon.url();
        settings
            .set("DOVETAIL_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()))
            .set("DOVETAIL_OPS_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()))
            .set("DOVETAIL_SIMULATOR", "off")
            .set("DOVETAIL_AMAZON_CLIENT_ID", WEB_CLIENT_ID)
            .set("DOVETAIL_AMAZON_CLIENT_SECRET", WEB_CLIENT_SECRET)
            .set("DOVETAIL_AMAZON_AUTHORIZE_URL", &format!("{amazon}/ap/oa"))
            .set("DOVETAIL_AMAZON_TOKEN_URL", &format!("{amazon}/auth/o2/token"))
            .set("DOVETAIL_AMAZON_TOKENINFO_URL", &format!("{amazon}/auth/o2/tokeninfo"))
            .set("DOVETAIL_AMAZON_PROFILE_URL", &format!("{amazon}/user/profile"));
        settings.0
    }

    /// Makes the database unavailable until the returned value is dropped.
    pub fn database_is_gone(&self) -> Outage {
        self.database.as_ref().expect("the first copy's own").is_gone()
    }

    /// Its own database, for stories that disturb it.
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("the first copy's own")
    }

    /// Runs `dovetail` with these arguments, as the operator of this portal.
    pub fn command(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dovetail"))
            .args(arguments)
            .env_clear()
            .envs(&self.settings)
            .output()
            .unwrap()
    }

    /// The exit code and the output of a command, whose clock is the real one.
    pub fn runs(&self, arguments: &[&str]) -> (i32, String) {
        let done = self.command(arguments);
        (done.status.code().unwrap(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    }

    /// The output of a command that succeeds.
    pub fn says(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url, &self.clock)
    }

    /// Advances the clock.
    pub fn wait(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// The mails to this address, the oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        type Row = (String, String, String, Option<Vec<u8>>);
        let rows: Vec<Row> = mails::table
            .filter(mails::recipient.eq(address))
            .order(mails::id)
            .select((mails::id, mails::kind, mails::subject, mails::body_sealed))
            .load(&mut *self.app.db.connection().unwrap())
            .unwrap();
        rows.into_iter()
            .map(|(id, kind, subject, body)| {
                let text = self.app.vault.open(&place_of_body(id), &body.unwrap_or_default());
                let text = text.expect("the mail's body").expose_secret().to_owned();
                response_invariants::check_text(&text);
                response_invariants::check_text(&subject);
                Mail { kind, text }
            })
            .collect()
    }

    /// The newest mail to this address.
    pub fn mail_to(&self, address: &str) -> Mail {
        self.mails_to(address).pop().unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// The number that a query returns in the column `count`: `SELECT count(*) AS count FROM players`.
    pub fn count(&self, query: &str) -> i64 {
        let row: Count = on_backend!(&mut *self.app.db.connection().unwrap(), |conn| sql_query(query)
            .get_result(conn))
        .unwrap();
        row.count
    }

    /// The texts that a query returns in the column `line`: `SELECT kind AS line FROM mails`.
    pub fn lines(&self, query: &str) -> Vec<String> {
        dump::lines(&mut self.app.db.connection().unwrap(), query)
    }

    /// Runs many changes of rows in one transaction.
    pub fn run_at_once(&self, changes: impl FnOnce(&mut Conn)) {
        let conn = &mut *self.app.db.connection().unwrap();
        on_backend!(&mut *conn, |conn| conn.batch_execute("BEGIN")).unwrap();
        changes(conn);
        on_backend!(&mut *conn, |conn| conn.batch_execute("COMMIT")).unwrap();
    }

    /// Runs a statement that the database may refuse.
    pub fn try_run(&self, statement: &str) -> Result<usize, String> {
        let conn = &mut *self.app.db.connection().unwrap();
        on_backend!(conn, |conn| sql_query(statement).execute(conn)).map_err(|error| error.to_string())
    }

    /// Sets the clock to the real time, which is the time of commands.
    #[expect(clippy::disallowed_methods, reason = "the commands' clock is the machine's")]
    pub fn meet_the_real_clock(&self) {
        self.clock.advance(chrono::Utc::now() - self.clock.now());
    }

    /// Changes rows directly, and returns how many.
    pub fn run(&self, statement: &str) -> usize {
        on_backend!(&mut *self.app.db.connection().unwrap(), |conn| sql_query(statement).execute(conn))
            .unwrap()
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let Some((server, thread)) = self.running.take() else { return };
        // The call itself sends the stop command; its future only waits for the result.
        drop(server.stop(false));
        let _ = thread.join();
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn free_port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn migrate(url: &str) {
    let db = Db::open(url, 1).unwrap();
    migrate::up(&mut db.connection().unwrap()).unwrap();
}

fn settings(url: &str, simulator: &TcpListener, database: &Database) -> Settings {
    let mut settings = Settings(BTreeMap::new());
    settings
        .set("DOVETAIL_MODE", "development")
        .set("DOVETAIL_PUBLIC_URL", url)
        .set("DOVETAIL_DATABASE_URL", database.url())
        .set("DOVETAIL_SIMULATOR_LISTEN", &simulator.local_addr().unwrap().to_string());
    for line in new_keys().unwrap().lines() {
        let (name, value) = line.split_once('=').unwrap();
        settings.set(name, value);
    }
    settings
}

/// Serves with two workers, so that two requests can be at the same point at once.
fn serve(app: Arc<App>, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = layers::start_server(app, listener, 2).expect("a server");
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (told.recv().unwrap(), thread)
}

fn place_of_body(id: String) -> SealContext {
    SealContext {
        purpose: "mail body",
        table: "mails",
        row: id,
        player: String::new(),
        identity: String::new(),
    }
}
