//! The command line: the commands and their exit statuses.
//!
//! A command ends well (0), with findings (1), or is refused for its settings (78, `EX_CONFIG`). An invalid
//! command line gets 2. Secrets are never read from arguments (S139).

mod audit;
mod backup;
mod brake;
mod config;
mod doctor;
mod keys;
mod migrate;
mod output;
mod passwords;
mod player;
mod refresh;
mod restore;
mod routes;
mod runtime;
mod seed;
mod serve;
mod service_key;
#[cfg(feature = "simulator")]
mod simulator;
mod staff;
mod verify;
mod webhook;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::{print_error, print_line};
use crate::config::{Config, ConfigRefused};
use crate::platform::fault::Fault;
use crate::platform::logging;

/// A self-hosted account portal for games.
#[derive(Debug, Parser)]
#[command(name = "dovetail", version, about, disable_help_subcommand = false)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the portal (also without any command)
    Serve,
    /// Look after the record of what happened
    #[command(subcommand, arg_required_else_help = true)]
    Audit(audit::AuditCommand),
    /// Copy a SQLite database while the portal runs, or say how PostgreSQL's is backed up
    Backup(backup::BackupArguments),
    /// Look at the settings
    #[command(subcommand, arg_required_else_help = true)]
    Config(config::ConfigCommand),
    /// Make keys, and change from one to the next
    #[command(subcommand, arg_required_else_help = true)]
    Keys(keys::KeysCommand),
    /// Stolen passwords that nobody may choose
    #[command(subcommand, arg_required_else_help = true)]
    Passwords(passwords::PasswordsCommand),
    /// Bring the database's schema up to date
    Migrate(migrate::MigrateArguments),
    /// Finish what follows when a backup was put back in place of the database; the portal must not run
    Restore(restore::RestoreArguments),
    /// Print every address and who may ask for it
    Routes(routes::RoutesCommand),
    /// Look once at every link that is due: ask Amazon, renew, and end what was withdrawn
    Refresh,
    /// The brake on mass revocation
    #[command(subcommand, arg_required_else_help = true)]
    Brake(brake::BrakeCommand),
    /// Keys for game servers
    #[command(subcommand, arg_required_else_help = true)]
    ServiceKey(service_key::ServiceKeyCommand),
    /// Answer a player who asks for their data, or to be forgotten
    #[command(subcommand, arg_required_else_help = true)]
    Player(player::PlayerCommand),
    /// Make up a population for load tests (development only)
    Seed(seed::SeedArguments),
    /// Say who is staff, and in which role
    #[command(subcommand, arg_required_else_help = true)]
    Staff(staff::StaffCommand),
    /// Addresses that are told of link events
    #[command(subcommand, arg_required_else_help = true)]
    Webhook(webhook::WebhookCommand),
    /// Look for what is wrong with settings, database, keys, clock, Amazon, mail and machine
    Doctor(doctor::DoctorArguments),
    /// Judge the stored data by its invariants
    #[command(after_help = verify::WHAT_ROWS_CANNOT_TELL)]
    Verify(verify::VerifyArguments),
    /// Play Amazon, without a portal
    #[cfg(feature = "simulator")]
    Simulator(simulator::SimulatorArguments),
}

/// The outcome of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CommandOutcome {
    Well,
    Findings,
}

/// Why a command failed.
#[derive(Debug)]
enum CommandFailure {
    Settings(ConfigRefused),
    Fault(Fault),
}

const FINDINGS: u8 = 1;
const SETTINGS: u8 = 78;

/// Runs the command in the arguments of this process.
pub fn run() -> ExitCode {
    // `parse` ends the process itself for `--help` (0) and for an invalid command line (2).
    let command = CommandLine::parse().command.unwrap_or(Command::Serve);
    let performed = perform(command);
    logging::flush();
    match performed {
        Ok(CommandOutcome::Well) => ExitCode::SUCCESS,
        Ok(CommandOutcome::Findings) => ExitCode::from(FINDINGS),
        Err(CommandFailure::Settings(refused)) => {
            print_error(&refused.to_string());
            ExitCode::from(SETTINGS)
        }
        Err(CommandFailure::Fault(fault)) => {
            print_error(&fault.to_string());
            ExitCode::from(FINDINGS)
        }
    }
}

fn perform(command: Command) -> Result<CommandOutcome, CommandFailure> {
    match command {
        Command::Serve => serve::run(Config::from_env_making_keys()?),
        Command::Audit(command) => audit::run(command),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Config(command) => config::run(&command),
        Command::Keys(command) => keys::run(&command),
        Command::Passwords(command) => passwords::run(&command),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Routes(command) => routes::run(&command),
        Command::Refresh => refresh::run(),
        Command::Brake(command) => brake::run(command),
        Command::Player(command) => player::run(&command),
        Command::Seed(arguments) => seed::run(&arguments),
        Command::Staff(command) => staff::run(&command),
        Command::ServiceKey(command) => service_key::run(&command),
        Command::Webhook(command) => webhook::run(&command),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        #[cfg(feature = "simulator")]
        Command::Simulator(arguments) => simulator::run(arguments),
    }
}

impl From<ConfigRefused> for CommandFailure {
    fn from(refused: ConfigRefused) -> Self {
        Self::Settings(refused)
    }
}

impl From<Fault> for CommandFailure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
