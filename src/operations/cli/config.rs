//! `dovetail config show`: the settings in effect, without their secrets.

use clap::Subcommand;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print every setting as NAME = value; secrets as set or unset, with a fingerprint
    Show,
}

pub(super) fn run(command: &ConfigCommand) -> Result<CommandOutcome, CommandFailure> {
    match command {
        ConfigCommand::Show => show(&Config::from_env_before_database()?),
    }
}

fn show(config: &Config) -> Result<CommandOutcome, CommandFailure> {
    for (name, value) in config.shown() {
        print_line(&format!("{name} = {value}"))?;
    }
    Ok(CommandOutcome::Well)
}
