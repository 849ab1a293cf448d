//! `dovetail config show`: the settings in effect, without their secrets.

use clap::Subcommand;

use super::{Failure, Outcome, say};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print every setting as NAME = value; secrets as set or unset, with a fingerprint
    Show,
}

pub(super) fn run(command: &Command) -> Result<Outcome, Failure> {
    match command {
        Command::Show => show(&Config::from_env_before_database()?),
    }
}

fn show(config: &Config) -> Result<Outcome, Failure> {
    for (name, value) in config.shown() {
        say(&format!("{name} = {value}"))?;
    }
    Ok(Outcome::Well)
}
