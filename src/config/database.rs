//! Which database, and whether `serve` may change its schema.

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::parse::{self, ParseResult};
use super::reader::{ReadResult, ReportedSetting, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::{Development, Value};
use super::{DatabaseFile, files};

#[derive(Debug)]
pub struct DatabaseConfig {
    pub location: DatabaseLocation,
    /// Whether `serve` migrates. Otherwise it refuses to start on an old schema.
    pub migrates_on_start: bool,
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

static DATABASE_URL: Setting = Setting::new(
    "DOVETAIL_DATABASE_URL",
    Development("sqlite:data/dovetail.db"),
    "`sqlite:/absolute/path` or `postgres://user:password@host/name`",
)
.required()
.secret();
static MIGRATE: Setting = Setting::new(
    "DOVETAIL_MIGRATE",
    Value("on"),
    "`on`: `serve` migrates under a lock; `off`: it refuses to start on an old schema",
);

pub(super) static SETTINGS: &[&Setting] = &[&DATABASE_URL, &MIGRATE];

pub(super) fn read(reader: &mut SettingReader, expected: DatabaseFile) -> ReadResult<DatabaseConfig> {
    let location = reader.value(&DATABASE_URL, location);
    let migrates_on_start = reader.value(&MIGRATE, parse::switch);
    let (location, shown) = location?;
    reader.show(&DATABASE_URL, shown);
    if reader.is_production() {
        refuse_unsafe(reader, &location, expected)?;
    }
    Ok(DatabaseConfig { location, migrates_on_start: migrates_on_start? })
}

/// The location, and the text that may be shown for it.
fn location(text: &str) -> ParseResult<(DatabaseLocation, String)> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        return sqlite(path).map(|location| (location, text.to_owned()));
    }
    let url = parse::any_url(text).map_err(|_| "must begin with sqlite: or postgres://".to_owned())?;
    match url.scheme() {
        "postgres" | "postgresql" => Ok((DatabaseLocation::Postgres(text.into()), parse::masked(&url))),
        _ => Err("must begin with sqlite: or postgres://".to_owned()),
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

fn refuse_unsafe(
    reader: &mut SettingReader,
    location: &DatabaseLocation,
    expected: DatabaseFile,
) -> ReadResult<()> {
    match location {
        DatabaseLocation::Postgres(url) => reader.demand(
            &DATABASE_URL,
            is_server_verified(url.expose_secret()),
            "must verify the server, which is not on this machine: add `sslmode=verify-full` and `sslrootcert=` \
             with the file of the authority",
        ),
        DatabaseLocation::SqliteInMemory => {
            Err(reader
                .refuse(&DATABASE_URL, "must not be in memory in production: every restart would lose it"))
        }
        DatabaseLocation::Sqlite(path) => refuse_unsafe_file(reader, path, expected),
    }
}

/// Whether the connection to PostgreSQL is safe from eavesdropping (S91).
///
/// Either the server is on this machine, or its certificate is checked. libpq's default, `prefer`, checks nothing.
fn is_server_verified(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let values =
        |name: &'static str| url.query_pairs().filter(move |(key, _)| key == name).map(|(_, value)| value);
    let hosts =
        url.host_str().map(Into::into).into_iter().chain(values("host")).filter(|host| !host.is_empty());
    let mut is_here = hosts.map(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        // A path is the folder of a local socket. Some drivers write it percent-encoded.
        is_loopback || bare == "localhost" || bare.starts_with('/') || bare.starts_with("%2F")
    });
    is_here.all(|here| here) || values("sslmode").any(|mode| mode == "verify-full")
}

fn refuse_unsafe_file(reader: &mut SettingReader, path: &Path, expected: DatabaseFile) -> ReadResult<()> {
    reader.demand(&DATABASE_URL, path.is_absolute(), "must name an absolute path in production")?;
    if expected == DatabaseFile::MustExist && !fs::metadata(path).is_ok_and(|file| file.is_file()) {
        return Err(reader.refuse(&DATABASE_URL, "names no existing file; make it with `dovetail migrate`"));
    }
    let parts = ["", "-wal", "-shm"].map(|suffix| {
        let mut part = path.as_os_str().to_owned();
        part.push(suffix);
        PathBuf::from(part)
    });
    if parts.iter().any(|part| files::others_may_use(part)) {
        return Err::<(), ReportedSetting>(reader.refuse(
            &DATABASE_URL,
            "names a file that everybody on the machine may use; chmod it (and its -wal and -shm) to 600",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_path_is_taken_as_it_stands() {
        for (text, path) in [
            ("sqlite:data/x.db", "data/x.db"),
            ("sqlite://data/x.db", "data/x.db"),
            ("sqlite:/var/x.db", "/var/x.db"),
            ("sqlite:///var/x.db", "/var/x.db"),
        ] {
            let (DatabaseLocation::Sqlite(found), _) = location(text).unwrap() else { panic!("{text}") };
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
            "postgres://u:p@db.example/d?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt",
        ] {
            assert!(is_server_verified(verified), "{verified}");
        }
        for open in [
            "postgres://u:p@db.example/d",
            "postgres://u:p@db.example/d?sslmode=require",
            "postgres://u:p@localhost/d?host=db.example",
            "postgres://u:p@10.0.0.7/d?sslmode=verify-ca",
        ] {
            assert!(!is_server_verified(open), "{open}");
        }
    }

    #[test]
    fn other_databases_are_refused() {
        for wrong in
            ["mysql://x/y", "data/x.db", "sqlite:", "sqlite:x?mode=memory", "sqlite:file:x", "postgres"]
        {
            assert!(location(wrong).is_err(), "{wrong}");
        }
    }
}
