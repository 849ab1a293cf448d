//! `dovetail routes`: lists every route, its audience and its protection.

use clap::Args;
use serde::Serialize;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::platform::fault::Fault;
use crate::server::routes;
use crate::web::guard::Audience;

#[derive(Debug, Args)]
pub(super) struct RoutesCommand {
    /// Print one JSON array instead of lines
    #[arg(long)]
    json: bool,
}

/// A route in the JSON output.
#[derive(Serialize)]
struct RouteLine {
    method: String,
    path: &'static str,
    who: String,
    fresh: bool,
    /// Whether a form without a CSRF token is refused.
    csrf: bool,
}

pub(super) fn run(command: &RoutesCommand) -> Result<CommandOutcome, CommandFailure> {
    let lines: Vec<RouteLine> = routes::table()
        .into_iter()
        .map(|row| RouteLine {
            csrf: !row.method.is_safe() && !matches!(row.who, Audience::Service(_) | Audience::Game),
            method: row.method.to_string(),
            path: row.path,
            who: row.who.to_string(),
            fresh: row.fresh,
        })
        .collect();
    if command.json {
        let json =
            serde_json::to_string(&lines).map_err(|error| Fault::broken("writing the routes", error))?;
        print_line(&json)?;
        return Ok(CommandOutcome::Well);
    }
    for line in lines {
        let fresh = if line.fresh { "  fresh" } else { "" };
        print_line(&format!("{:<4}  {:<36}  {}{fresh}", line.method, line.path, line.who))?;
    }
    Ok(CommandOutcome::Well)
}
