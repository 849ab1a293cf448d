//! `dovetail routes`: every address, who may ask for it, and what protects it.

use clap::Args;
use serde::Serialize;

use super::{Failure, Outcome, say};
use crate::platform::fault::Fault;
use crate::server::routes;
use crate::web::guard::Who;

#[derive(Debug, Args)]
pub(super) struct Command {
    /// Print one JSON array instead of lines
    #[arg(long)]
    json: bool,
}

/// A route as others read it.
#[derive(Serialize)]
struct Line {
    method: String,
    path: &'static str,
    who: &'static str,
    fresh: bool,
    /// Whether a form without its token is refused; true for whatever a browser changes.
    csrf: bool,
}

pub(super) fn run(command: &Command) -> Result<Outcome, Failure> {
    let lines: Vec<Line> = routes::table()
        .into_iter()
        .map(|row| Line {
            csrf: !row.method.is_safe() && !matches!(row.who, Who::Service(_) | Who::Game),
            method: row.method.to_string(),
            path: row.path,
            who: row.who.as_str(),
            fresh: row.fresh,
        })
        .collect();
    if command.json {
        let json =
            serde_json::to_string(&lines).map_err(|error| Fault::broken("writing the routes", error))?;
        say(&json)?;
        return Ok(Outcome::Well);
    }
    for line in lines {
        let fresh = if line.fresh { "  fresh" } else { "" };
        say(&format!("{:<4}  {:<36}  {}{fresh}", line.method, line.path, line.who))?;
    }
    Ok(Outcome::Well)
}
