//! S133: the events are a fixed list, and so are their levels and fields. They are read from the source, and
//! `docs/log-events.md` has exactly those.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dovetail::testing::platform::logging::known_targets;

/// One call that logs an event.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LogCall {
    event: String,
    level: String,
    fields: Vec<String>,
    room: String,
}

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

#[test]
fn the_list_of_events_is_what_the_source_logs() {
    let logged: Vec<String> = calls_of_the_source().iter().map(row).collect();
    let page = fs::read_to_string(root().join("docs/log-events.md")).unwrap();
    let mut written = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" |").map(str::trim).collect();
        let &[event, level, when, fields, what_to_do] = cells.as_slice() else {
            panic!("not five cells: {line}");
        };
        assert!(!when.is_empty() && !what_to_do.is_empty(), "say when, and what to do: {line}");
        written.push(format!("{event} {level} {fields}").trim().to_owned());
    }
    let missing: Vec<&String> = logged.iter().filter(|row| !written.contains(row)).collect();
    let too_many: Vec<&String> = written.iter().filter(|row| !logged.contains(row)).collect();
    assert!(missing.is_empty(), "docs/log-events.md lacks {missing:#?}");
    assert!(too_many.is_empty(), "docs/log-events.md has what nobody logs: {too_many:#?}");
    assert!(written == logged, "the rows of docs/log-events.md are sorted, and each is there once");
}

#[test]
fn an_event_is_logged_in_one_place_and_begins_with_its_room() {
    let mut seen = BTreeSet::new();
    for call in calls_of_the_source() {
        assert!(seen.insert(call.event.clone()), "two places log {}", call.event);
        assert!(
            call.event.starts_with(&format!("{}.", call.room)),
            "{} is logged in {}",
            call.event,
            call.room
        );
    }
}

#[test]
fn a_call_without_a_fixed_event_and_message_is_refused() {
    for (call, complaint) in [
        (r#"player.id = %id, "a player left")"#, "has no event"),
        (r#"event = name, "a player left")"#, "has no event"),
        (r#"event = "rooms.player", "a player left")"#, "is not room.thing.what_happened"),
        (r#"event = "rooms.Player.left", "a player left")"#, "is not room.thing.what_happened"),
        (r#"event = "rooms.player.left", player.id = %id)"#, "has no message"),
        (r#"event = "rooms.player.left", "{name} left")"#, "has no message"),
    ] {
        let refused = read_call("rooms", "info", call).unwrap_err();
        assert!(refused.contains(complaint), "{call}: {refused}");
    }
    let read =
        read_call("rooms", "info", r#"event = "rooms.player.left", ?why, player.id = %id(1, 2), "left")"#);
    let fields = vec!["player.id".to_owned(), "why".to_owned()];
    let (event, level, room) = ("rooms.player.left".to_owned(), "info".to_owned(), "rooms".to_owned());
    assert_eq!(read, Ok(LogCall { event, level, fields, room }));
}

/// A filter that names another module would log nothing, and is refused.
#[test]
fn the_targets_of_a_filter_are_the_modules_that_log() {
    let mut logging = Vec::new();
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        let inside = path.strip_prefix(root().join("src")).unwrap().with_extension("");
        if inside.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let logs = |level: &&str| {
            let (event, span) = (format!("tracing::{level}!("), format!("tracing::{level}_span!("));
            shipped.contains(&event) || shipped.contains(&span)
        };
        if LEVELS.iter().any(logs) {
            let module = inside.to_str().unwrap().replace('/', "::");
            logging.push(format!("dovetail::{}", module.strip_suffix("::mod").unwrap_or(&module)));
        }
    }
    logging.sort();
    assert_eq!(known_targets(), logging, "src/platform/logging/targets.rs lists the modules that log");
}

fn row(call: &LogCall) -> String {
    let fields: Vec<String> = call.fields.iter().map(|field| format!("`{field}`")).collect();
    format!("`{}` {} {}", call.event, call.level, fields.join(" ")).trim().to_owned()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All calls that log, sorted by event.
fn calls_of_the_source() -> Vec<LogCall> {
    let mut calls = Vec::new();
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        let inside = path.strip_prefix(root().join("src")).unwrap();
        if inside.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        for level in LEVELS {
            let call = format!("tracing::{level}!(");
            for (at, _) in shipped.match_indices(&call) {
                let read = read_call(room, level, &shipped[at + call.len()..]);
                calls.push(read.unwrap_or_else(|complaint| panic!("{}: {complaint}", path.display())));
            }
        }
        for hidden in ["use tracing::{", "tracing::event!(", "log::info!(", "println!("] {
            let is_import = shipped.contains(hidden)
                && LEVELS.iter().any(|level| shipped.contains(&format!("{{{level}")));
            assert!(!is_import, "{}: write tracing::level!(…), so that this list finds it", path.display());
        }
    }
    calls.sort();
    calls
}

/// Reads a call whose opening parenthesis has just been read. Event and message are texts in the source.
fn read_call(room: &str, level: &str, text: &str) -> Result<LogCall, String> {
    let mut arguments = arguments(text);
    let call = format!("tracing::{level}!({})", arguments.join(", "));
    let message = arguments.pop().unwrap_or_default();
    if !message.starts_with('"') || message.contains('{') {
        return Err(format!("{call} has no message"));
    }
    let of_event = arguments.iter().position(|argument| argument.starts_with("event = \""));
    let Some(of_event) = of_event else { return Err(format!("{call} has no event")) };
    let event = arguments.remove(of_event).trim_start_matches("event = ").trim_matches('"').to_owned();
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    if event.split('.').count() != 3 || !event.split('.').all(is_part) {
        return Err(format!("{event} is not room.thing.what_happened"));
    }
    let name_of = |field: &String| {
        let name = field.split('=').next().unwrap_or_default();
        name.trim().trim_start_matches(['%', '?']).to_owned()
    };
    let mut fields: Vec<String> = arguments.iter().map(name_of).collect();
    fields.sort();
    Ok(LogCall { event, level: level.to_owned(), fields, room: room.to_owned() })
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
