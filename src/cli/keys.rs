//! `dovetail keys new`: keys fit for production, on standard output and nowhere else.

use clap::Subcommand;

use super::{Failure, Outcome, say};
use crate::config::new_keys;
use crate::platform::fault::Fault;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print new values for `DOVETAIL_TOKEN_KEYS` and `DOVETAIL_SESSION_KEY`
    New,
}

pub(super) fn run(command: &Command) -> Result<Outcome, Failure> {
    match command {
        Command::New => {
            let keys = new_keys().map_err(|error| Fault::broken("making keys", error))?;
            say(keys.trim_end())?;
            Ok(Outcome::Well)
        }
    }
}
