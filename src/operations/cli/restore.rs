//! `dovetail restore`: what follows when a backup has been put back in place of the database.

use clap::Args;

use super::runtime::{block_on, build_app};
use super::{CommandFailure, CommandOutcome, print_line};
use crate::app::App;
use crate::operations::restore::{self, Certainty, RestoreDone};
use crate::platform::fault::Fault;

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// Change nothing; say what the ledger has ended and the database still has. Exit 1 if there is anything
    #[arg(long)]
    check: bool,
}

pub(super) fn run(arguments: &RestoreArguments) -> Result<CommandOutcome, CommandFailure> {
    let app = build_app()?;
    if arguments.check {
        return Ok(check(&app)?);
    }
    let done = block_on(restore::finish_restore(&app))?;
    tell(&done)?;
    Ok(CommandOutcome::Well)
}

fn check(app: &App) -> Result<CommandOutcome, Fault> {
    if app.db.ledger().is_none() {
        print_line("There is no ledger (DOVETAIL_LEDGER): nothing tells what has ended since the backup.")?;
        print_line("`dovetail restore` ends all sessions and codes, and has every link checked at Amazon.")?;
        return Ok(CommandOutcome::Findings);
    }
    let lead = restore::ledger_lead(app, Certainty::All)?;
    print_line(&format!("players to be erased again: {}", lead.players.len()))?;
    print_line(&format!("links that have ended since: {}", lead.links.len()))?;
    if lead.is_empty() {
        print_line("The ledger is not ahead of the database.")?;
        return Ok(CommandOutcome::Well);
    }
    print_line("Run `dovetail restore` before the portal starts.")?;
    Ok(CommandOutcome::Findings)
}

fn tell(done: &RestoreDone) -> Result<(), Fault> {
    let RestoreDone { epoch, ended, links, are_links_doubted, players } = done;
    print_line(&format!("This is restore {epoch} of this database."))?;
    print_line(&format!("sessions, codes and open actions ended: {ended}"))?;
    if *are_links_doubted {
        print_line(&format!("links that are checked at Amazon before they are believed: {links}"))?;
        print_line("There is no ledger: erase again whom the feed or a webhook's receiver knows as erased.")?;
    } else {
        print_line(&format!("links that had ended and need to be reconnected: {links}"))?;
        print_line(&format!("players erased again: {players}"))?;
    }
    print_line("Nothing tells which of these were revoked since the backup; look at each list:")?;
    print_line("dovetail service-key list, dovetail webhook list, dovetail staff list")
}
