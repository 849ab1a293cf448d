//! The databases: a folder for SQLite, and a PostgreSQL server of the bench's own, both gone afterwards.
//!
//! Both keep their promise to have written before they answer; unlike the tests' server, nothing is traded for speed.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use url::Url;

use crate::children::{Running, free_address};

/// A database to fill, and a folder beside it.
pub struct Database {
    name: &'static str,
    url: String,
    _server: Option<Running>,
    folder: TempDir,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("dovetail.db").display());
        Self { name: "SQLite", url, _server: None, folder }
    }

    /// A new database on the server that `TEST_POSTGRES` names, or on one started here.
    pub fn postgres() -> Result<Self, String> {
        let folder = TempDir::new().unwrap();
        let (server, url) = if let Some(url) = given() {
            (None, url)
        } else {
            let (server, url) = start_server(folder.path())?;
            (Some(server), url)
        };
        let name = format!("dovetail_bench_{}", uuid::Uuid::now_v7().simple());
        let mut connection =
            PgConnection::establish(&url).map_err(|error| format!("no connection: {error}"))?;
        connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let mut own = Url::parse(&url).unwrap();
        own.set_path(&name);
        Ok(Self { name: "PostgreSQL", url: own.into(), _server: server, folder })
    }

    /// What people call it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// As `DOVETAIL_DATABASE_URL` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Has the database do now what it would otherwise do some time after so many rows were written.
    pub fn settle(&self) {
        if let Some(file) = self.url.strip_prefix("sqlite:") {
            // Nobody analyses a SQLite database; it plans without.
            let mut connection = SqliteConnection::establish(file).unwrap();
            connection.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        } else {
            let mut connection = PgConnection::establish(&self.url).unwrap();
            connection.batch_execute("VACUUM ANALYZE").unwrap();
            connection.batch_execute("CHECKPOINT").unwrap();
        }
    }

    /// Where everything else of the run goes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(server) = given().filter(|_| self.name == "PostgreSQL") {
            let name = Url::parse(&self.url).unwrap().path().trim_start_matches('/').to_owned();
            if let Ok(mut connection) = PgConnection::establish(&server) {
                let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a variable of the bench, not a setting of the portal")]
fn given() -> Option<String> {
    std::env::var("TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// A cluster that only this bench can reach, by password, at a port of its own.
fn start_server(folder: &Path) -> Result<(Running, String), String> {
    let (initdb, postgres) = (program("initdb")?, program("postgres")?);
    let data = folder.join("postgres");
    fs::create_dir(&data).unwrap();
    fs::write(folder.join("password"), "bench").unwrap();
    let owner = hand_over(folder, &data)?;
    let run = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = owner {
            command.uid(user).gid(group);
        }
        command
    };
    let initialised = run(&initdb)
        .arg("--pgdata")
        .arg(&data)
        .args(["--username=bench", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"])
        .arg("--pwfile")
        .arg(folder.join("password"))
        .status()
        .map_err(|error| format!("initdb: {error}"))?;
    if !initialised.success() {
        return Err(format!("initdb: {initialised}"));
    }
    let address = free_address();
    let server = Running::start_listening(
        run(&postgres).arg("-D").arg(&data).args(["-p", &address.port().to_string()]).args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ]),
        address,
    );
    let url = format!("postgres://bench:bench@{address}/postgres");
    while PgConnection::establish(&url).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Ok((server, url))
}

/// PostgreSQL refuses to run as root, so root lends the folder to the user that Debian made for it.
fn hand_over(folder: &Path, data: &Path) -> Result<Option<(u32, u32)>, String> {
    if fs::metadata(folder).unwrap().uid() != 0 {
        return Ok(None);
    }
    let id = |flag| {
        let told = Command::new("id").args([flag, "postgres"]).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&told.stdout).trim().to_owned();
        text.parse::<u32>().map_err(|_| "root needs the user `postgres` to run the server as".to_owned())
    };
    let (user, group) = (id("-u")?, id("-g")?);
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    for path in [data.to_owned(), folder.join("password")] {
        chown(path, Some(user), Some(group)).unwrap();
    }
    Ok(Some((user, group)))
}

/// Debian keeps the server's programs off the path.
fn program(name: &str) -> Result<PathBuf, String> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().ok_or_else(|| {
        format!("{name} is not installed (Debian: apt install postgresql), and TEST_POSTGRES names no server")
    })
}
