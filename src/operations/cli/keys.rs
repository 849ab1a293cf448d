//! `dovetail keys`: generates keys for production, and changes from one key to the next (S65).

mod reseal;

use clap::Subcommand;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::config::new_keys;
use crate::platform::fault::Fault;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Print new values for `DOVETAIL_TOKEN_KEYS` and `DOVETAIL_SESSION_KEY`
    New,
    /// Seal everything anew under the first key of `DOVETAIL_TOKEN_KEYS`, while the portal runs
    Reseal,
    /// Say what each key still seals and what will not open; changes nothing
    Status,
    /// Accept that a key is lost, so that the portal starts without it; what it sealed will not open
    GiveUp {
        /// The key's id in `DOVETAIL_TOKEN_KEYS`
        #[arg(value_name = "ID")]
        key: String,
    },
}

pub(super) fn run(command: &KeysCommand) -> Result<CommandOutcome, CommandFailure> {
    match command {
        // Keys are written to standard output only, never to the log.
        KeysCommand::New => {
            let keys = new_keys().map_err(|error| Fault::broken("making keys", error))?;
            print_line(keys.trim_end())?;
            Ok(CommandOutcome::Well)
        }
        KeysCommand::Reseal => reseal::reseal(),
        KeysCommand::Status => reseal::status(),
        KeysCommand::GiveUp { key } => reseal::give_up(key),
    }
}
