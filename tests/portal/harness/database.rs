//! A database for each test, migrated once and then copied.
//!
//! `TEST_DATABASE` is `sqlite` (the default) or the URL of a PostgreSQL server on which databases may be created.
//! No test sees the rows of another. The next run removes what a killed run left on a server.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Integer, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

/// A migrated database of one test, removed when dropped.
pub struct Database {
    url: String,
    place: Place,
}

enum Place {
    Folder { _kept: TempDir },
    Server { server: Arc<Server>, name: String },
}

impl Database {
    /// A copy of the template, which the first caller creates with `migrate`.
    ///
    /// `migrate` gets the URL of an empty database, and closes its connections before it returns.
    pub fn fresh(migrate: impl FnOnce(&str)) -> Self {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        TEMPLATE.get_or_init(|| Template::make(&chosen(), migrate)).copy()
    }

    /// The value for `DOVETAIL_DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes the database unavailable until the returned value is dropped.
    ///
    /// PostgreSQL closes every connection and accepts no new one. A SQLite file cannot be made unavailable, so another
    /// connection takes its write lock.
    pub fn is_gone(&self) -> Outage {
        match &self.place {
            Place::Folder { .. } => {
                let file = self.url.strip_prefix("sqlite:").unwrap();
                let mut connection = SqliteConnection::establish(file).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
                Outage::Locked(connection)
            }
            Place::Server { server, name } => {
                server.run(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"));
                server.run(&format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                ));
                Outage::Closed { server: Arc::clone(server), name: name.clone() }
            }
        }
    }

    /// Locks a table against writes until the returned value is dropped: in a file, all of them. Reads work.
    pub fn locks(&self, table: &str) -> Outage {
        match &self.place {
            Place::Folder { .. } => self.is_gone(),
            Place::Server { .. } => {
                let mut connection = PgConnection::establish(&self.url).unwrap();
                connection.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN SHARE MODE")).unwrap();
                Outage::LockedOnServer(connection)
            }
        }
    }

    /// Makes the server take no writes from new connections, as a standby does, and ends the open ones.
    pub fn takes_no_writes(&self) {
        let Place::Server { server, name } = &self.place else { panic!("a file has no standby") };
        server.run(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
        self.ends_connections();
    }

    /// Ends every connection at once; new ones are accepted.
    pub fn ends_connections(&self) {
        let Place::Server { server, name } = &self.place else { panic!("a file has no connections to end") };
        server.run(&format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }

    /// Stops the server processes of the open connections until the returned value is dropped.
    ///
    /// They neither answer nor close, while their kernel still acknowledges TCP segments. New connections work.
    pub fn freezes(&self) -> Frozen {
        let frozen = Frozen { processes: self.processes() };
        frozen.signal("STOP");
        frozen
    }

    /// The server processes of the open connections.
    pub fn processes(&self) -> Vec<i32> {
        let Place::Server { server, name } = &self.place else { panic!("a file is served by nobody") };
        server.processes_of(name)
    }

    /// Whether this is PostgreSQL, for the few stories about one kind of database.
    pub fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Server { .. })
    }
}

/// An outage, which ends when dropped.
pub enum Outage {
    Locked(SqliteConnection),
    LockedOnServer(PgConnection),
    Closed { server: Arc<Server>, name: String },
}

impl Drop for Outage {
    fn drop(&mut self) {
        match self {
            Self::Locked(connection) => connection.batch_execute("ROLLBACK").unwrap(),
            Self::LockedOnServer(connection) => connection.batch_execute("ROLLBACK").unwrap(),
            Self::Closed { server, name } => {
                server.run(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"));
            }
        }
    }
}

/// Stopped server processes, which continue when dropped.
pub struct Frozen {
    pub processes: Vec<i32>,
}

impl Frozen {
    fn signal(&self, signal: &str) {
        for process in &self.processes {
            // A process that has ended meanwhile has no name.
            let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            assert!(name.is_empty() || name.starts_with("postgres"), "{process} is not the server's: {name}");
            let _ = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).output();
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal("CONT");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server { server, name } = &self.place {
            server.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a variable of the tests, not a setting of the portal")]
fn chosen() -> String {
    std::env::var("TEST_DATABASE").unwrap_or_else(|_| "sqlite".to_owned())
}

enum Template {
    Sqlite(Vec<u8>),
    Postgres(Arc<Server>),
}

impl Template {
    fn make(chosen: &str, migrate: impl FnOnce(&str)) -> Self {
        if chosen == "sqlite" {
            let folder = TempDir::new().unwrap();
            let file = folder.path().join("template.db");
            fs::write(&file, []).unwrap();
            migrate(&sqlite_url(&file));
            return Self::Sqlite(whole_file(&file));
        }
        let server = Server::reach(chosen);
        server.run(&format!("CREATE DATABASE {}", server.template));
        migrate(&server.url_of(&server.template));
        Self::Postgres(Arc::new(server))
    }

    fn copy(&self) -> Database {
        match self {
            Self::Sqlite(bytes) => {
                let folder = TempDir::new().unwrap();
                let file = folder.path().join("dovetail.db");
                fs::write(&file, bytes).unwrap();
                // In production the portal refuses a file that others may read.
                fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
                Database { url: sqlite_url(&file), place: Place::Folder { _kept: folder } }
            }
            Self::Postgres(server) => {
                let name = format!("{}_{}", server.template, server.copies.fetch_add(1, Ordering::Relaxed));
                server.run(&format!("CREATE DATABASE {name} TEMPLATE {}", server.template));
                Database {
                    url: server.url_of(&name),
                    place: Place::Server { server: Arc::clone(server), name },
                }
            }
        }
    }
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// The bytes of the file, after its write-ahead log is merged.
fn whole_file(file: &Path) -> Vec<u8> {
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(connection);
    let log = file.with_extension("db-wal");
    assert!(
        !log.exists(),
        "the migration left a connection open, so the copy would miss what {} holds",
        log.display()
    );
    fs::read(file).unwrap()
}

pub struct Server {
    url: Url,
    template: String,
    copies: AtomicUsize,
    /// Also has the lock by which other runs see that this run is alive.
    connection: Mutex<PgConnection>,
}

const PREFIX: &str = "dovetail_test_";

impl Server {
    fn reach(url: &str) -> Self {
        let mut connection = PgConnection::establish(url)
            .expect("TEST_DATABASE is `sqlite` or the URL of a PostgreSQL server");
        let template = format!("{PREFIX}{}", Uuid::now_v7().simple());
        sql_query("SELECT pg_advisory_lock(hashtext($1))")
            .bind::<Text, _>(&template)
            .execute(&mut connection)
            .unwrap();
        remove_what_dead_runs_left(&mut connection, template.len());
        Self {
            url: Url::parse(url).unwrap(),
            template,
            copies: AtomicUsize::new(0),
            connection: Mutex::new(connection),
        }
    }

    fn url_of(&self, database: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(database);
        url.into()
    }

    /// Uses a connection of its own, because others may wait on the common one until the processes continue.
    fn processes_of(&self, database: &str) -> Vec<i32> {
        let mut connection = PgConnection::establish(self.url.as_str()).unwrap();
        let question =
            "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'";
        let found: Vec<Process> =
            sql_query(question).bind::<Text, _>(database).load(&mut connection).unwrap();
        found.into_iter().map(|process| process.pid).collect()
    }

    fn run(&self, statement: &str) {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.batch_execute(statement).unwrap();
    }
}

#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

#[derive(QueryableByName)]
struct Leftover {
    #[diesel(sql_type = Text)]
    datname: String,
}

/// Removes the databases of runs that have ended.
///
/// A database's name begins with the name of its run, and a living run has the lock of that name.
fn remove_what_dead_runs_left(connection: &mut PgConnection, run_name_length: usize) {
    let leftovers: Vec<Leftover> = sql_query(format!(
        "SELECT datname::text FROM pg_database WHERE datname LIKE '{PREFIX}%' \
         AND pg_try_advisory_lock(hashtext(left(datname, {run_name_length})))"
    ))
    .load(connection)
    .unwrap();
    for Leftover { datname } in leftovers {
        connection.batch_execute(&format!("DROP DATABASE IF EXISTS {datname} WITH (FORCE)")).unwrap();
    }
}

mod the_databases {
    use super::*;

    fn make_a_table(url: &str) {
        run(url, "CREATE TABLE things (name TEXT NOT NULL)");
    }

    fn run(url: &str, statement: &str) {
        match url.strip_prefix("sqlite:") {
            Some(file) => {
                let mut connection = SqliteConnection::establish(file).unwrap();
                connection.batch_execute("PRAGMA journal_mode = WAL").unwrap();
                connection.batch_execute(statement).unwrap();
            }
            None => PgConnection::establish(url).unwrap().batch_execute(statement).unwrap(),
        }
    }

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }

    fn things(url: &str) -> i64 {
        let query = sql_query("SELECT count(*) AS count FROM things");
        let count: Count = match url.strip_prefix("sqlite:") {
            Some(file) => query.get_result(&mut SqliteConnection::establish(file).unwrap()).unwrap(),
            None => query.get_result(&mut PgConnection::establish(url).unwrap()).unwrap(),
        };
        count.count
    }

    #[test]
    fn each_test_has_rows_of_its_own() {
        let template = Template::make(&chosen(), make_a_table);
        let (ann, bo) = (template.copy(), template.copy());
        run(ann.url(), "INSERT INTO things VALUES ('hers')");
        assert_eq!((things(ann.url()), things(bo.url())), (1, 0));
        assert_eq!(ann.is_postgres(), chosen() != "sqlite");
    }

    #[test]
    fn a_database_goes_with_its_test() {
        let template = Template::make(&chosen(), make_a_table);
        let database = template.copy();
        let url = database.url().to_owned();
        drop(database);
        match url.strip_prefix("sqlite:") {
            Some(file) => assert!(!Path::new(file).exists()),
            None => assert!(PgConnection::establish(&url).is_err()),
        }
    }

    #[test]
    fn what_a_dead_run_left_is_removed_and_what_a_living_run_has_is_not() {
        if chosen() == "sqlite" {
            return; // The system empties its own folder of temporary files.
        }
        let living = Template::make(&chosen(), make_a_table);
        let Template::Postgres(server) = &living else { unreachable!() };
        let dead = format!("{PREFIX}{}", Uuid::now_v7().simple());
        server.run(&format!("CREATE DATABASE {dead}_7"));
        let _next = Template::make(&chosen(), make_a_table);
        assert!(PgConnection::establish(&server.url_of(&format!("{dead}_7"))).is_err());
        assert_eq!(things(living.copy().url()), 0);
    }
}
