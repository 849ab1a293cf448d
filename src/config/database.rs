//! Which database, and whether `serve` may change its schema.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::parse::{ParseResult, ParseRules, SettingValue, any_url, masked};
use super::reader::SettingReader;
use super::setting::{default, in_development, settings};
use super::{DatabaseFile, files};

settings! {
    #[derive(Debug)]
    pub struct DatabaseConfig, checked by check_location {
        /// `sqlite:/absolute/path` or `postgres://user:password@host/name`
        pub location: DatabaseLocation =
            DOVETAIL_DATABASE_URL, in_development("sqlite:data/dovetail.db").required().secret();
        /// `on`: `serve` migrates under a lock; `off`: it refuses to start on an old schema
        pub migrates_on_start: bool = DOVETAIL_MIGRATE, default("on");
    }
}

/// Where the data is.
#[derive(Debug)]
pub enum DatabaseLocation {
    /// A file. A relative path starts at the working directory and is for development only.
    Sqlite(PathBuf),
    /// Lost when the process ends; for development and tests only.
    SqliteInMemory,
    /// A libpq URL, with its password.
    Postgres(SecretString),
}

impl SettingValue for DatabaseLocation {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return sqlite(path);
        }
        match any_url(text) {
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(Self::Postgres(text.into())),
            _ => Err("must begin with sqlite: or postgres://".to_owned()),
        }
    }

    fn masked(text: &str) -> Option<String> {
        if text.starts_with("sqlite:") {
            return Some(text.to_owned());
        }
        any_url(text).ok().as_ref().map(masked)
    }
}

fn sqlite(path: &str) -> ParseResult<DatabaseLocation> {
    let path = path.strip_prefix("//").unwrap_or(path);
    match path {
        ":memory:" => Ok(DatabaseLocation::SqliteInMemory),
        "" => Err("names no file after sqlite:".to_owned()),
        _ if path.contains('?') || path.starts_with("file:") => {
            Err("must be sqlite: and a plain path, without options".to_owned())
        }
        _ => Ok(DatabaseLocation::Sqlite(PathBuf::from(path))),
    }
}

impl DatabaseConfig {
    /// Refuses in production what is open to others, or lost at a restart.
    fn check_location(&self, reader: &mut SettingReader) {
        let danger = match &self.location {
            DatabaseLocation::Sqlite(path) => file_danger(path, reader.database_file),
            DatabaseLocation::SqliteInMemory => {
                Some("must not be in memory in production: every restart would lose it")
            }
            DatabaseLocation::Postgres(url) if is_server_verified(url.expose_secret()) => None,
            DatabaseLocation::Postgres(_) => Some(
                "must verify the server, which is not on this machine: add `sslmode=verify-full` and \
                 `sslrootcert=` with the file of the authority",
            ),
        };
        if let Some(danger) = danger.filter(|_| reader.is_production()) {
            reader.refuse(&DOVETAIL_DATABASE_URL, danger);
        }
    }
}

/// Why a database file must not be used in production.
fn file_danger(path: &Path, expected: DatabaseFile) -> Option<&'static str> {
    if !path.is_absolute() {
        return Some("must name an absolute path in production");
    }
    if expected == DatabaseFile::MustExist && !path.is_file() {
        return Some("names no existing file; make it with `dovetail migrate`");
    }
    if path.parent().is_some_and(files::others_may_write) {
        return Some("lies in a folder that everybody on the machine may write; chmod it to 700");
    }
    let is_open = ["", "-wal", "-shm"].into_iter().any(|suffix| {
        let mut part = path.as_os_str().to_owned();
        part.push(suffix);
        files::others_may_use(Path::new(&part))
    });
    is_open.then_some(
        "names a file that everybody on the machine may use; chmod it (and its -wal and -shm) to 600",
    )
}

/// Whether the connection to PostgreSQL is safe from eavesdropping (S91).
///
/// Either the server is on this machine, or its certificate is checked. libpq's default, `prefer`, checks nothing.
fn is_server_verified(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let values =
        |name: &'static str| url.query_pairs().filter(move |(key, _)| key == name).map(|(_, value)| value);
    // libpq connects to `hostaddr`, whatever the host is called.
    let hosts = url.host_str().map(Into::into).into_iter().chain(values("host")).chain(values("hostaddr"));
    let hosts = hosts.filter(|host| !host.is_empty());
    let mut is_here = hosts.map(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        // A path is the folder of a local socket. Some drivers write it percent-encoded.
        is_loopback || bare == "localhost" || bare.starts_with('/') || bare.starts_with("%2F")
    });
    // A service file may name another host, and of two modes libpq takes the last.
    let is_by_file = values("service").next().is_some();
    (is_here.all(|here| here) && !is_by_file)
        || values("sslmode").last().is_some_and(|mode| mode == "verify-full")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::PRODUCTION;

    #[test]
    fn a_sqlite_path_is_taken_as_it_stands() {
        for (text, path) in [
            ("sqlite:data/x.db", "data/x.db"),
            ("sqlite://data/x.db", "data/x.db"),
            ("sqlite:/var/x.db", "/var/x.db"),
            ("sqlite:///var/x.db", "/var/x.db"),
        ] {
            let location = DatabaseLocation::parse(text, PRODUCTION);
            let Ok(DatabaseLocation::Sqlite(found)) = location else { panic!("{text}") };
            assert_eq!(found, Path::new(path));
        }
    }

    #[test]
    fn a_server_elsewhere_must_show_who_it_is() {
        for verified in [
            "postgres://u:p@localhost/d",
            "postgres://u:p@127.0.0.1:5433/d",
            "postgres://u@[::1]/d",
            "postgres:///d?host=/run/postgresql",
            "postgres://u:p@localhost/d?hostaddr=127.0.0.1",
            "postgres://u:p@db.example/d?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt",
            "postgres://u:p@db.example/d?hostaddr=10.0.0.9&sslmode=verify-full",
        ] {
            assert!(is_server_verified(verified), "{verified}");
        }
        for open in [
            "postgres://u:p@db.example/d",
            "postgres://u:p@db.example/d?sslmode=require",
            "postgres://u:p@localhost/d?host=db.example",
            "postgres://u:p@10.0.0.7/d?sslmode=verify-ca",
            "postgres://u:p@localhost/d?hostaddr=10.0.0.9",
            "postgres://u:p@localhost/d?hostaddr=127.0.0.1,10.0.0.9",
            "postgres:///d?service=far",
            "postgres://u:p@db.example/d?sslmode=verify-full&sslmode=prefer",
        ] {
            assert!(!is_server_verified(open), "{open}");
        }
    }

    #[test]
    fn other_databases_are_refused() {
        for wrong in
            ["mysql://x/y", "data/x.db", "sqlite:", "sqlite:x?mode=memory", "sqlite:file:x", "postgres"]
        {
            assert!(DatabaseLocation::parse(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }
}
