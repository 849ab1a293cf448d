//! `dovetail audit verify`: checks that nobody has changed the audit log.

use clap::Subcommand;
use indicatif::ProgressBar;

use super::runtime::{block_on, build_app_as_migrated};
use super::{CommandFailure, CommandOutcome, print_line};
use crate::app::App;
use crate::audit::{AuditChain, ChainReport, ExternalChainHead};

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Look for records that were edited, deleted, swapped, inserted or cut off; exit 1 if there are any
    Verify {
        /// A head from the log (`position:hash`), to see that the chain still contains it
        #[arg(long, value_name = "HEAD")]
        head: Option<ExternalChainHead>,
    },
}

pub(super) fn run(command: AuditCommand) -> Result<CommandOutcome, CommandFailure> {
    let AuditCommand::Verify { head } = command;
    let app = build_app_as_migrated()?;
    let chain = chain_of(&app);
    let bar = ProgressBar::no_length();
    let report = block_on(chain.verify(head, |done, total| {
        bar.set_length(u64::try_from(total.max(done)).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    }))?;
    bar.finish_and_clear();
    tell(&report)
}

/// The chain of this portal's audit records.
pub(super) fn chain_of(app: &App) -> AuditChain {
    AuditChain::new(app.db.clone(), app.clock.clone(), app.keys.audit.clone(), app.config.audit.keep_for)
}

fn tell(report: &ChainReport) -> Result<CommandOutcome, CommandFailure> {
    for finding in &report.findings {
        print_line(&finding.to_string())?;
    }
    let ChainReport { checked, from_before, waiting, .. } = report;
    print_line(&format!(
        "{checked} records in the chain were looked at, {waiting} more wait for their place."
    ))?;
    if *from_before > 0 {
        print_line(&format!(
            "{from_before} of them are older than the chain: it vouches for them only since it took them in."
        ))?;
    }
    if report.findings.is_empty() {
        print_line("Nothing was edited, deleted, swapped, inserted or cut off.")?;
        return Ok(CommandOutcome::Well);
    }
    print_line(&format!("{} findings.", report.findings.len()))?;
    Ok(CommandOutcome::Findings)
}
