//! `dovetail passwords`: the filter of stolen passwords. It needs no settings and no database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{CommandFailure, CommandOutcome, print_error, print_line};
use crate::platform::clock::Clock;
use crate::platform::password::build_filter;

#[derive(Debug, Subcommand)]
pub(super) enum PasswordsCommand {
    /// Build a filter of stolen passwords for `DOVETAIL_PASSWORD_FILTER`
    Filter(FilterArguments),
}

#[derive(Debug, Args)]
pub(super) struct FilterArguments {
    /// Lists of Pwned Passwords by SHA-1: files ordered by hash, range files, or folders of range files
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    from: Vec<PathBuf>,
    /// The filter; an older one is replaced once the new one is whole
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Leave out passwords that were counted less often
    #[arg(long, default_value_t = 1, value_name = "N")]
    min_count: u64,
}

pub(super) fn run(command: &PasswordsCommand) -> Result<CommandOutcome, CommandFailure> {
    let PasswordsCommand::Filter(arguments) = command;
    let FilterArguments { from, out, min_count } = arguments;
    match build_filter(from, out, *min_count, Clock::system().now()) {
        Ok(built) => {
            print_line(&format!("{} passwords are in {}.", built.count, out.display()))?;
            if built.left_out > 0 {
                print_line(&format!("{} were counted too seldom and left out.", built.left_out))?;
            }
            print_line("Set DOVETAIL_PASSWORD_FILTER to it and restart the portal.")?;
            Ok(CommandOutcome::Well)
        }
        Err(why) => {
            print_error(&format!("No filter was built: {why}."));
            Ok(CommandOutcome::Findings)
        }
    }
}
