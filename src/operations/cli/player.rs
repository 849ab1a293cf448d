//! `dovetail player export|erase`: export and erasure on behalf of a player who cannot sign in.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use clap::Subcommand;
use futures_util::TryStreamExt;
use indicatif::ProgressBar;

use super::output::say_part;
use super::runtime::{block_on, build_app};
use super::{CommandFailure, CommandOutcome, print_error, print_line};
use crate::app::App;
use crate::operations::restore;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::privacy::{self, CloseRefusal, PrivacyRequester, Receipt};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum ReceiptCommand {
    /// Say what a receipt from the last mail of an erased account says, if this portal has signed it
    Verify {
        /// A file with the receipt; standard input without it
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum PlayerCommand {
    /// Receipts of erasures
    #[command(subcommand, arg_required_else_help = true)]
    Receipt(ReceiptCommand),
    /// Write everything that is held of a player as JSON, as their own download has it; they are told by mail
    Export {
        /// The player's id
        id: String,
        /// A new file, readable by you alone; standard output without it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Delete an account and everything that is held of its player, for good; they are told by mail
    Erase {
        /// The player's id
        #[arg(required_unless_present = "replay")]
        id: Option<String>,
        /// Close the account first, so that its player may keep it for `DOVETAIL_ERASE_AFTER`
        #[arg(long, conflicts_with = "replay")]
        wait: bool,
        /// Erase again whom the ledger (`DOVETAIL_LEDGER`) has erased and a restored backup has brought back
        #[arg(long, conflicts_with = "id")]
        replay: bool,
        /// Do not ask for the id once more
        #[arg(long)]
        yes: bool,
    },
}

pub(super) fn run(command: &PlayerCommand) -> Result<CommandOutcome, CommandFailure> {
    let app = Arc::new(build_app()?);
    match command {
        PlayerCommand::Receipt(ReceiptCommand::Verify { file }) => Ok(verify_receipt(&app, file.as_deref())?),
        PlayerCommand::Export { id, out } => {
            block_on(export(&app, &PlayerId::from(id.clone()), out.as_deref()))
        }
        PlayerCommand::Erase { replay: true, .. } | PlayerCommand::Erase { id: None, .. } => {
            block_on(replay(&app))
        }
        PlayerCommand::Erase { id: Some(id), wait, yes, .. } => {
            let player = PlayerId::from(id.clone());
            if *wait {
                return block_on(close(&app, &player));
            }
            if *yes || is_meant(id)? {
                return block_on(erase(&app, &player));
            }
            print_error("Nothing was deleted.");
            Ok(CommandOutcome::Findings)
        }
    }
}

async fn export(
    app: &Arc<App>,
    player: &PlayerId,
    out: Option<&Path>,
) -> Result<CommandOutcome, CommandFailure> {
    // Opens the file first: if that fails, no export is recorded.
    let mut file = out.map(made).transpose()?;
    let parts = match privacy::export_player(app, PrivacyRequester::operator(app), player).await {
        Ok(parts) => parts,
        Err(Stop::Refused(_)) => return Ok(unknown(out)),
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    let bar = file.as_ref().map(|_| ProgressBar::new_spinner());
    let mut parts = pin!(parts);
    while let Some(part) = parts.try_next().await? {
        match &mut file {
            Some(file) => write(file, &part)?,
            None => say_part(&part)?,
        }
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    }
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    Ok(CommandOutcome::Well)
}

/// Creates a file that only its owner may read. An existing file is refused.
fn made(path: &Path) -> Result<File, Fault> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(|error| Fault::broken("making the file", error))
}

fn write(file: &mut File, part: &str) -> Result<(), Fault> {
    file.write_all(part.as_bytes()).map_err(|error| Fault::broken("writing the file", error))
}

/// Reports an unknown player, and removes the new file.
fn unknown(out: Option<&Path>) -> CommandOutcome {
    if let Some(path) = out {
        // The file is empty, so it does no harm if it stays.
        let _ = std::fs::remove_file(path);
    }
    print_error("There is no such player.");
    CommandOutcome::Findings
}

async fn erase(app: &App, player: &PlayerId) -> Result<CommandOutcome, CommandFailure> {
    match privacy::erase_player(app, PrivacyRequester::operator(app), player).await {
        Ok(()) => {
            print_line("The account is gone, and with it whatever was held of its player.")?;
            Ok(CommandOutcome::Well)
        }
        Err(Stop::Refused(_)) => {
            print_error("There is no such player.");
            Ok(CommandOutcome::Findings)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn verify_receipt(app: &App, file: Option<&Path>) -> Result<CommandOutcome, Fault> {
    let during = "reading the receipt";
    let text = match file {
        Some(file) => std::fs::read_to_string(file),
        None => io::read_to_string(io::stdin()),
    };
    let text = text.map_err(|error| Fault::broken(during, error))?;
    let Some(receipt) = Receipt::verify(&text, &app.keys.audit) else {
        print_error("This is no receipt that this portal has signed with its present audit key.");
        return Ok(CommandOutcome::Findings);
    };
    let shown = serde_json::to_string_pretty(&receipt).map_err(|error| Fault::broken(during, error))?;
    print_line("The receipt is true:")?;
    print_line(&shown)?;
    Ok(CommandOutcome::Well)
}

/// Closes the account, so that the cleanup erases it later.
async fn close(app: &App, player: &PlayerId) -> Result<CommandOutcome, CommandFailure> {
    let says = match privacy::close_account(app, PrivacyRequester::operator(app), player).await {
        Ok(closes_at) => {
            print_line(&format!("The account is closed, and is deleted at {closes_at}."))?;
            return Ok(CommandOutcome::Well);
        }
        Err(Stop::Refused(CloseRefusal::AtOnce)) => {
            "Nothing waits here: the player has no address, or DOVETAIL_ERASE_AFTER is 0. Leave --wait out."
        }
        Err(Stop::Refused(_)) => "There is no such player, or the player is disabled.",
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    };
    print_error(says);
    Ok(CommandOutcome::Findings)
}

/// Carries out the erasures of the ledger.
async fn replay(app: &App) -> Result<CommandOutcome, CommandFailure> {
    if app.db.ledger().is_none() {
        print_error("There is no ledger: set DOVETAIL_LEDGER to its directory.");
        return Ok(CommandOutcome::Findings);
    }
    let erased = restore::replay_erasures(app).await?;
    print_line(&format!("players erased again: {erased}"))?;
    Ok(CommandOutcome::Well)
}

/// Asks for the player's id once more at the terminal. Without a terminal, `--yes` is needed.
fn is_meant(id: &str) -> Result<bool, Fault> {
    if !io::stdin().is_terminal() {
        print_error("Say --yes where nobody can be asked.");
        return Ok(false);
    }
    print_line("This cannot be taken back. Type the player's id once more:")?;
    let mut typed = String::new();
    io::stdin().read_line(&mut typed).map_err(|error| Fault::broken("reading from the terminal", error))?;
    Ok(typed.trim() == id)
}
