//! `dovetail doctor`: runs all checks and prints what to fix.

use clap::Args;
use serde_json::json;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::config::{Config, ConfigRefused};
use crate::operations::doctor::{self, DoctorLine, DoctorVerdict};
use crate::platform::fault::Fault;

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// One JSON object a line, with the keys `about`, `verdict` (`well`, `note` or `finding`), `says` and `fix`
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &DoctorArguments) -> Result<CommandOutcome, CommandFailure> {
    let config = match Config::from_env_before_database() {
        Ok(config) => config,
        Err(refused) => {
            if arguments.json {
                tell_refused(&refused)?;
            }
            return Err(refused.into());
        }
    };
    let settings = DoctorLine {
        about: "settings",
        verdict: DoctorVerdict::Well,
        says: "can be used".to_owned(),
        fix: None,
    };
    tell(&settings, arguments.json)?;
    let mut print_failure = Ok(());
    let lines = actix_web::rt::System::new().block_on(doctor::run_checks(&config, &mut |line| {
        let printed = tell(line, arguments.json);
        if printed.is_err() {
            print_failure = printed;
        }
    }));
    print_failure?;
    let findings = lines.iter().filter(|line| line.verdict == DoctorVerdict::Finding).count();
    if !arguments.json {
        print_line(&match findings {
            0 => "Nothing to fix.".to_owned(),
            1 => "One thing to fix.".to_owned(),
            several => format!("{several} things to fix."),
        })?;
    }
    Ok(if findings == 0 { CommandOutcome::Well } else { CommandOutcome::Findings })
}

fn tell(line: &DoctorLine, as_json: bool) -> Result<(), Fault> {
    let DoctorLine { about, verdict, says, fix } = line;
    if as_json {
        return print_line(
            &json!({ "about": about, "verdict": verdict, "says": says, "fix": fix }).to_string(),
        );
    }
    let mark = if *verdict == DoctorVerdict::Finding { "FIX" } else { verdict.as_str() };
    print_line(&format!("{mark:<5} {about:<9} {says}"))?;
    match fix {
        Some(fix) => print_line(&format!("{:15} → {fix}", "")),
        None => Ok(()),
    }
}

/// Prints each wrong setting as a finding in JSON.
fn tell_refused(refused: &ConfigRefused) -> Result<(), Fault> {
    for problem in &refused.problems {
        let says = format!("{} {}", problem.setting, problem.says);
        let fix = format!("correct {}; docs/configuration.md describes it", problem.setting);
        let line = DoctorLine { about: "settings", verdict: DoctorVerdict::Finding, says, fix: Some(fix) };
        tell(&line, true)?;
    }
    Ok(())
}
