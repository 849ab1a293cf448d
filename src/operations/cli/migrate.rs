//! `dovetail migrate [up|status]`: updates the schema, or compares it with this program's.

use clap::{Args, Subcommand};

use super::{CommandFailure, CommandOutcome, print_line};
use crate::app;
use crate::config::{Config, DatabaseLocation};
use crate::platform::db::migrate::{self, MigrationStatus};

#[derive(Debug, Args)]
pub(super) struct MigrateArguments {
    #[command(subcommand)]
    command: Option<MigrateCommand>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum MigrateCommand {
    /// Apply what is missing (also without a word); makes a SQLite database that is not there yet
    Up,
    /// Say what is missing; exit 1 if the schema is not this program's
    Status,
}

pub(super) fn run(arguments: &MigrateArguments) -> Result<CommandOutcome, CommandFailure> {
    let config = Config::from_env_before_database()?;
    match arguments.command.unwrap_or(MigrateCommand::Up) {
        MigrateCommand::Up => up(&config),
        MigrateCommand::Status => status(&config),
    }
}

fn up(config: &Config) -> Result<CommandOutcome, CommandFailure> {
    let db = app::open_database(config)?;
    let applied = migrate::up(&mut *db.connection()?)?;
    for version in &applied {
        print_line(&format!("applied {version}"))?;
    }
    if applied.is_empty() {
        print_line("The schema is up to date.")?;
    }
    Ok(CommandOutcome::Well)
}

fn status(config: &Config) -> Result<CommandOutcome, CommandFailure> {
    // Opening the database would create the file.
    if let DatabaseLocation::Sqlite(path) = &config.database.location
        && !path.exists()
    {
        print_line("There is no database yet; `dovetail migrate` makes it.")?;
        return Ok(CommandOutcome::Findings);
    }
    let db = app::open_database(config)?;
    let MigrationStatus { pending, unknown } = migrate::status(&mut *db.connection()?)?;
    for version in &pending {
        print_line(&format!("pending {version}"))?;
    }
    for version in &unknown {
        print_line(&format!("unknown {version}: a newer dovetail was here"))?;
    }
    if pending.is_empty() && unknown.is_empty() {
        print_line("The schema is up to date.")?;
        return Ok(CommandOutcome::Well);
    }
    Ok(CommandOutcome::Findings)
}
