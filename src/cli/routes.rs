//! `dovetail routes [--json]`: the table that mounts the portal, as it is (S146).

use clap::Args;
use serde::Serialize;

use super::{Failure, Outcome, say};
use crate::platform::fault::Fault;
use crate::routes;
use crate::web::guard::Row;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// An array of objects instead of lines
    #[arg(long)]
    json: bool,
}

/// One route, in the words others test against.
#[derive(Serialize)]
struct Line {
    method: String,
    path: &'static str,
    who: &'static str,
    fresh: bool,
    /// Whether a form token is asked for: at every POST of a browser.
    csrf: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let lines: Vec<Line> = routes::table().iter().map(Line::of).collect();
    if arguments.json {
        let json = serde_json::to_string_pretty(&lines);
        say(&json.map_err(|error| Fault::broken("writing the routes", error))?)?;
        return Ok(Outcome::Well);
    }
    for line in &lines {
        let marks = [(line.fresh, " fresh"), (line.csrf, " csrf")];
        let marks: String = marks.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word).collect();
        say(&format!("{:<6} {:<32} {}{marks}", line.method, line.path, line.who))?;
    }
    Ok(Outcome::Well)
}

impl Line {
    fn of(row: &Row) -> Self {
        Self {
            method: row.method.to_string(),
            path: row.path,
            who: row.who.as_str(),
            fresh: row.fresh,
            csrf: row.method.as_str() == "POST",
        }
    }
}
