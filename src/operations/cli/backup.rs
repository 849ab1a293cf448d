//! `dovetail backup`: a copy of a SQLite database, or the command that makes one of PostgreSQL's.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::ExposeSecret;
use serde_json::json;
use url::Url;

use super::runtime::build_app_as_migrated;
use super::{CommandFailure, CommandOutcome, print_error, print_line};
use crate::app::App;
use crate::config::DatabaseLocation;
use crate::operations::verify;
use crate::platform::db::{backup, migrate};
use crate::platform::fault::Fault;

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// A new file; beside it a second one, FILE.json, says which keys open it
    file: PathBuf,
}

pub(super) fn run(arguments: &BackupArguments) -> Result<CommandOutcome, CommandFailure> {
    let app = build_app_as_migrated()?;
    match &app.config.database.location {
        DatabaseLocation::Postgres(url) => Ok(hint(&app, url.expose_secret(), &arguments.file)?),
        DatabaseLocation::Sqlite(_) | DatabaseLocation::SqliteInMemory => Ok(copy(&app, &arguments.file)?),
    }
}

fn copy(app: &App, file: &Path) -> Result<CommandOutcome, Fault> {
    let conn = &mut *app.db.connection()?;
    backup::copy_sqlite(conn, file)?;
    let about = about_of(file);
    write_about(app, &migrate::applied(conn)?, &about)?;
    print_line(&format!("The copy is {}.", file.display()))?;
    print_line(&format!("{} names the keys that open it. Keep the keys apart from it.", about.display()))?;
    Ok(CommandOutcome::Well)
}

/// Says what to run, after looking whether it would help.
fn hint(app: &App, url: &str, file: &Path) -> Result<CommandOutcome, Fault> {
    let conn = &mut *app.db.connection()?;
    if !verify::is_judgeable(conn)? {
        print_error("The schema is not this program's; see `dovetail migrate status`.");
        return Ok(CommandOutcome::Findings);
    }
    let about = about_of(file);
    write_about(app, &migrate::applied(conn)?, &about)?;
    print_line("The database answers, and its schema is this program's. Back it up with:")?;
    print_line(&format!(
        "pg_dump --format=custom --no-owner --file='{}' '{}'",
        file.display(),
        without_password(url)
    ))?;
    print_line("Give the password in PGPASSWORD or ~/.pgpass. Put it back with:")?;
    print_line(&format!("pg_restore --no-owner --dbname=EMPTY_DATABASE '{}'", file.display()))?;
    print_line(&format!("{} names the keys that open it. Keep the keys apart from it.", about.display()))?;
    if is_installed("pg_dump") {
        return Ok(CommandOutcome::Well);
    }
    print_error("There is no pg_dump on this machine; run it where PostgreSQL's client programs are.");
    Ok(CommandOutcome::Findings)
}

fn about_of(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".json");
    PathBuf::from(name)
}

/// Which program made the copy, and the ids of the keys that open it. The keys themselves are nowhere in it.
fn write_about(app: &App, schema: &[String], path: &Path) -> Result<(), Fault> {
    let during = "writing what the backup is";
    let keys: Vec<&str> = app.vault.key_ids().collect();
    let about = json!({
        "made_at": app.clock.now(),
        "program": env!("CARGO_PKG_VERSION"),
        "schema": schema.last(),
        "token_keys": keys,
        "has_ledger": app.db.ledger().is_some(),
    });
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Fault::broken(during, error))?;
    file.write_all(format!("{about:#}\n").as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| Fault::broken(during, error))
}

/// The URL without its password, in either of the two places where libpq reads one.
fn without_password(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else { return "URL".to_owned() };
    // A URL without host has no password before it that could be removed.
    let _ = parsed.set_password(None);
    let kept: Vec<(String, String)> =
        parsed.query_pairs().into_owned().filter(|(name, _)| name != "password").collect();
    parsed.set_query(None);
    if !kept.is_empty() {
        parsed.query_pairs_mut().extend_pairs(kept);
    }
    parsed.to_string()
}

fn is_installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_holds_no_password() {
        assert_eq!(without_password("postgres://dove:secret@db/portal"), "postgres://dove@db/portal");
        let by_query = "postgres:///portal?host=/run&password=secret";
        assert_eq!(without_password(by_query), "postgres:///portal?host=%2Frun");
    }
}
