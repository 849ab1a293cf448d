//! `dovetail migrate [up|status]`: the schema, brought up to date or compared with this program.

use clap::{Args, Subcommand};

use super::{Failure, Outcome, say};
use crate::app;
use crate::config::{Config, Location};
use crate::platform::db::migrate::{self, Status};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Apply what is missing (also without a word); makes a SQLite database that is not there yet
    Up,
    /// Say what is missing; exit 1 if the schema is not this program's
    Status,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let config = Config::from_env_before_database()?;
    match arguments.command.unwrap_or(Command::Up) {
        Command::Up => up(&config),
        Command::Status => status(&config),
    }
}

fn up(config: &Config) -> Result<Outcome, Failure> {
    let db = app::open_database(config)?;
    let applied = migrate::up(&mut *db.connection()?)?;
    for version in &applied {
        say(&format!("applied {version}"))?;
    }
    if applied.is_empty() {
        say("The schema is up to date.")?;
    }
    Ok(Outcome::Well)
}

fn status(config: &Config) -> Result<Outcome, Failure> {
    // Asking must not make the file.
    if let Location::Sqlite(path) = &config.database.location
        && !path.exists()
    {
        say("There is no database yet; `dovetail migrate` makes it.")?;
        return Ok(Outcome::Findings);
    }
    let db = app::open_database(config)?;
    let Status { pending, unknown } = migrate::status(&mut *db.connection()?)?;
    for version in &pending {
        say(&format!("pending {version}"))?;
    }
    for version in &unknown {
        say(&format!("unknown {version}: a newer dovetail was here"))?;
    }
    if pending.is_empty() && unknown.is_empty() {
        say("The schema is up to date.")?;
        return Ok(Outcome::Well);
    }
    Ok(Outcome::Findings)
}
