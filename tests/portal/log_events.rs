//! S133: the names of events are a fixed list, and so are their fields. The list is read from the source, so that it
//! cannot differ from what is logged; `docs/log-events.md` is held to it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One event: its level, its name, and its fields.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    name: String,
    level: &'static str,
    fields: Vec<String>,
}

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

#[test]
fn the_list_of_events_is_what_the_source_logs() {
    let mut events = BTreeSet::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        if path.ends_with("logging/tests.rs") || path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        for level in LEVELS {
            let call = format!("tracing::{level}!(");
            for (at, _) in shipped.match_indices(&call) {
                let arguments = arguments(&shipped[at + call.len()..]);
                events.insert(event(&path, level, &arguments));
            }
        }
        for bare in ["use tracing::{", "tracing::event!(", "log::info!(", "println!("] {
            let is_import =
                shipped.contains(bare) && LEVELS.iter().any(|level| shipped.contains(&format!("{{{level}")));
            assert!(!is_import, "{}: write tracing::level!(…), so that this list finds it", path.display());
        }
    }
    let wanted: Vec<String> = events.iter().map(row).collect();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/log-events.md");
    let text = fs::read_to_string(list).unwrap();
    let written: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(written == wanted, "the table in docs/log-events.md should be:\n{}", wanted.join("\n"));
}

fn row(event: &Event) -> String {
    let fields: Vec<String> = event.fields.iter().map(|field| format!("`{field}`")).collect();
    format!("| `{}` | {} | {} |", event.name, event.level, fields.join(" ")).replace("|  |", "| |")
}

/// A name is a text that stands in the source: nothing is put into it at run time.
fn event(path: &Path, level: &'static str, arguments: &[String]) -> Event {
    let at = path.display();
    let name = arguments.last().unwrap_or_else(|| panic!("{at}: an event without a name"));
    let inner = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let name = inner.unwrap_or_else(|| panic!("{at}: the name of an event is a text: {name}"));
    assert!(!name.contains(['{', '"', '|']), "{at}: the name of an event is fixed: {name}");
    let fields = arguments[..arguments.len() - 1].iter().filter(|argument| !argument.starts_with("target:"));
    let mut fields: Vec<String> = fields
        .map(|argument| {
            let name = argument.split(['=', ',']).next().unwrap();
            name.trim().trim_start_matches(['%', '?']).trim().to_owned()
        })
        .collect();
    fields.sort();
    Event { name: name.to_owned(), level, fields }
}

/// The arguments of a macro whose opening parenthesis has just been read, split at the commas between them.
fn arguments(text: &str) -> Vec<String> {
    let (mut found, mut argument, mut depth, mut is_quoted, mut is_escaped) =
        (Vec::new(), String::new(), 0, false, false);
    for char in text.chars() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(std::mem::take(&mut argument).trim().to_owned());
                continue;
            }
            _ => {}
        }
        argument.push(char);
    }
    found.push(argument.trim().to_owned());
    found.retain(|argument| !argument.is_empty());
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
