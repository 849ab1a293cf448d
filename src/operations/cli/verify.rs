//! `dovetail verify`: checks the invariants of the stored data and prints the findings.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::app::App;
use crate::config::Config;
use crate::operations::verify::{self, INVARIANTS, Invariant, InvariantFinding, JudgedRow};
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;

/// Printed by `--help`, because some invariants cannot be fully checked by rows.
pub(super) const WHAT_ROWS_CANNOT_TELL: &str = "\
I6 is judged for links and their ends; the chain over all audit records is judged by `dovetail audit verify`.
I8 (what a caller was told survives a crash) cannot be read from rows: the stories that kill the program hold it,
tests/portal/rollback.rs and tests/portal/races.rs among them.
I11 is judged for what a row can show. A claim or a linking by code whose session has ended stays until it is tried or
expires, and the transaction that would finish it asks again.
It reads only, and may run while the portal does. Exit status: 0 nothing broken, 1 findings, 78 settings.";

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Judge these only, such as I3 (may be given several times)
    #[arg(long = "only", value_name = "INVARIANT", value_parser = INVARIANTS.iter().map(|it| it.id).collect::<Vec<_>>())]
    only: Vec<String>,
}

pub(super) fn run(arguments: &VerifyArguments) -> Result<CommandOutcome, CommandFailure> {
    let app = App::build(Config::from_env()?, Clock::system())?;
    if !verify::is_judgeable(&mut *app.db.connection()?)? {
        let why = "the schema is not this program's; see `dovetail migrate status`";
        return Err(Fault::broken("checking the stored data", why).into());
    }
    let findings = actix_web::rt::System::new().block_on(judge_all(&app, arguments))?;
    Ok(if findings == 0 { CommandOutcome::Well } else { CommandOutcome::Findings })
}

async fn judge_all(app: &App, arguments: &VerifyArguments) -> Result<usize, Fault> {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {human_pos} rows, {per_sec}") {
        bar.set_style(style);
    }
    let mut findings = 0;
    let is_chosen =
        |it: &&Invariant| arguments.only.is_empty() || arguments.only.iter().any(|id| id == it.id);
    for invariant in INVARIANTS.iter().filter(is_chosen) {
        bar.set_prefix(invariant.id);
        bar.set_position(0);
        let mut unheard = Ok(());
        let mut found = |finding: &InvariantFinding| {
            let told = bar.suspend(|| tell(finding, arguments.json));
            if told.is_err() {
                unheard = told;
            }
        };
        let judged = verify::judge(app, invariant, &mut found, &mut |rows| bar.inc(rows as u64)).await?;
        unheard?;
        findings += judged.findings;
        bar.suspend(|| sum_up(invariant, judged, arguments.json))?;
    }
    bar.finish_and_clear();
    Ok(findings)
}

fn tell(finding: &InvariantFinding, as_json: bool) -> Result<(), Fault> {
    let InvariantFinding { invariant, table, row, says } = finding;
    if as_json {
        return print_line(
            &json!({ "invariant": invariant, "table": table, "row": row, "says": says }).to_string(),
        );
    }
    print_line(&format!("{invariant} {table} {row} {says}"))
}

fn sum_up(invariant: &Invariant, judged: JudgedRow, as_json: bool) -> Result<(), Fault> {
    let Invariant { id, says, .. } = invariant;
    let JudgedRow { rows, findings } = judged;
    if as_json {
        return print_line(&json!({ "invariant": id, "rows": rows, "findings": findings }).to_string());
    }
    print_line(&match findings {
        0 => format!("{id} holds: {says} ({rows} rows)"),
        1 => format!("{id} is broken once: {says}"),
        several => format!("{id} is broken {several} times: {says}"),
    })
}
