//! Who may import whom, as data.
//!
//! Reads `src` and `templates` line by line and names the offending line with the reason of the rule it breaks.
//! It knows text, not Rust: to keep that honest, imports are written `crate::room::…`, one room a line.

use std::fs;
use std::path::Path;

struct Room {
    /// A room, or a part of one that has rules of its own.
    name: &'static str,
    /// A room stands for all its parts.
    may_import: &'static [&'static str],
    reason: &'static str,
}

/// The rooms of the house, from the lowest to the highest.
const ORDER: &[&str] = &[
    "platform",
    "config",
    "lwa",
    "app",
    "audit",
    "web",
    "outbound",
    "sessions",
    "accounts",
    "links",
    "games",
    "service_api",
    "support",
    "privacy",
    "server",
    "operations",
];

#[rustfmt::skip]
const ROOMS: &[Room] = &[
    Room { name: "platform", may_import: &[], reason: "platform knows nothing of the rest" },
    Room { name: "config", may_import: &["platform"], reason: "config only reads the environment" },
    Room { name: "lwa", may_import: &["platform"], reason: "lwa is Amazon's protocol and knows no players" },
    Room { name: "app", may_import: &["platform", "lwa", "config"], reason: "app does not know what it is used for" },
    Room { name: "audit", may_import: &["platform"], reason: "everyone writes the audit, so it depends on no one" },
    Room { name: "web", may_import: &["platform", "app", "audit"], reason: "the HTTP toolkit knows no feature; a request says where an audit event comes from" },
    Room { name: "outbound", may_import: &[], reason: "the three parts have nothing in common" },
    Room { name: "outbound::mail", may_import: &["platform", "app", "web", "audit"], reason: "mail carries texts and does not know their occasion" },
    Room { name: "outbound::link_events", may_import: &["platform", "app", "web", "audit", "outbound::webhooks"], reason: "events are told to game servers, whatever they are about" },
    Room { name: "outbound::webhooks", may_import: &["platform", "app", "web", "audit", "outbound::link_events"], reason: "events are told to game servers, whatever they are about" },
    Room { name: "sessions", may_import: &["web"], reason: "the word for how a session began is known to pages" },
    Room { name: "sessions::game", may_import: &["platform", "app", "sessions"], reason: "a game's session knows neither messages nor sockets" },
    Room { name: "sessions::browser", may_import: &["platform", "app", "web", "sessions", "sessions::game"], reason: "a session does not know why it begins" },
    Room { name: "sessions::staff", may_import: &["platform", "app", "web"], reason: "staff are no players: their sessions are rows of their own" },
    Room { name: "accounts", may_import: &[], reason: "the parts have nothing in common" },
    Room { name: "accounts::players", may_import: &["platform", "app", "web", "audit", "outbound", "sessions"], reason: "a player exists without links, sign-ins and staff" },
    Room { name: "accounts::email", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players"], reason: "a player exists without links, sign-ins and staff" },
    Room { name: "accounts::profile", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players", "accounts::email"], reason: "a player exists without links, sign-ins and staff" },
    Room { name: "accounts::login_attempts", may_import: &["platform", "app", "accounts::players"], reason: "a login attempt does not know by which door it comes" },
    Room { name: "accounts::reauthentication", may_import: &["platform", "app", "web", "audit", "sessions", "accounts::login_attempts", "accounts::sign_in"], reason: "what a confirmation resumes is dispatched at the edge" },
    Room { name: "accounts::password_reset", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players", "accounts::email", "accounts::login_attempts", "accounts::sign_in"], reason: "a reset need not know links" },
    Room { name: "accounts::sign_in", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players", "accounts::email", "accounts::login_attempts", "accounts::reauthentication", "accounts::password_reset"], reason: "sign-in need not know links" },
    Room { name: "accounts::password", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players", "accounts::email", "accounts::login_attempts", "accounts::sign_in"], reason: "a password need not know links" },
    Room { name: "accounts::registration", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players", "accounts::email", "accounts::sign_in"], reason: "registration makes a player and signs in; links come later" },
    Room { name: "accounts::activity", may_import: &["platform", "app", "web", "audit", "sessions"], reason: "a history is read from the records; it changes nothing" },
    Room { name: "links", may_import: &["platform", "app", "web", "audit", "outbound", "lwa", "sessions", "accounts::players", "accounts::email", "accounts::sign_in", "accounts::registration", "links::device_flow"], reason: "a link does not know who looks at it; a token handed over opens a game session" },
    Room { name: "links::device_flow", may_import: &["platform", "app", "web", "audit", "outbound", "lwa", "sessions", "accounts::players", "links"], reason: "code linking is asked for by games and does not know them" },
    Room { name: "links::refresh", may_import: &["platform", "app", "audit", "outbound::link_events", "lwa", "links"], reason: "renewing tokens works without pages, staff and games" },
    Room { name: "games::devices", may_import: &["platform", "app", "web", "audit", "outbound", "lwa", "sessions", "accounts::players", "accounts::sign_in", "accounts::login_attempts", "links"], reason: "a device does not know the messages by which it signs in" },
    Room { name: "games", may_import: &["platform", "app", "config", "audit", "outbound", "lwa", "sessions", "accounts::players", "accounts::email", "accounts::login_attempts", "links", "links::device_flow", "games::devices"], reason: "the game's door knows its credentials, has no pages and no staff; a password changed there ends browser sessions and is told by mail" },
    Room { name: "service_api", may_import: &["platform", "app", "web", "audit", "outbound::link_events", "outbound::webhooks", "lwa", "accounts::players", "links", "links::device_flow", "links::refresh", "games::devices"], reason: "game servers have no browser and no staff rights" },
    Room { name: "support::staff", may_import: &["platform", "app", "web", "audit", "sessions::staff"], reason: "staff are no players: they have accounts, sign-in and sessions of their own, and know no player" },
    Room { name: "support", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts::players", "accounts::email", "accounts::sign_in", "accounts::password_reset", "links", "links::device_flow", "links::refresh", "games::devices", "support::staff"], reason: "the desk shows where a player is signed in and on what, and does not know the game's door" },
    Room { name: "privacy", may_import: &["platform", "app", "web", "audit", "outbound", "sessions", "accounts", "links", "links::device_flow", "games::devices", "support"], reason: "export and erasure read every store of personal data, notes of support among them, and nothing depends on them" },
    Room { name: "server", may_import: &["platform", "config", "app", "web", "outbound", "sessions", "accounts", "links", "games", "service_api", "support", "privacy"], reason: "the server mounts every room's pages, and writes nothing" },
    Room { name: "operations", may_import: &["platform", "config", "lwa", "app", "audit", "web", "outbound", "sessions", "accounts", "links", "games", "service_api", "support", "privacy", "server"], reason: "operators see every room" },
];

/// The rooms below the features: their files are named directly.
const TOOLS: &[&str] = &["platform", "config", "lwa", "app", "web"];

/// These two mount and run what the features offer, and name their files.
const AT_THE_TOP: &[&str] = &["server", "operations"];

/// A sibling feature is its `mod.rs`; these reach past it, knowingly.
const PAST_THE_DOOR: &[(&str, &str)] = &[
    ("links::refresh", "crate::links::model"),
    ("links::refresh", "crate::links::store"),
    ("links::device_flow", "crate::links::identity"),
    ("outbound::webhooks", "crate::outbound::link_events::model"),
    ("outbound::webhooks", "crate::outbound::link_events::store"),
    ("accounts::login_attempts", "crate::accounts::players::store"),
    ("accounts::password_reset", "crate::accounts::sign_in::new_session"),
    ("accounts::sign_in", "crate::accounts::players::store"),
    ("accounts::registration", "crate::accounts::players::store"),
    ("links", "crate::accounts::players::store"),
    ("games::devices", "crate::accounts::players::store"),
    ("games", "crate::accounts::players::store"),
];

/// The two files by which the game's door meets the web: what they hand on knows nothing of it.
const AT_THE_WEB: &[&str] = &["games/gateway/http.rs", "games/gateway/websocket.rs"];

struct Word {
    words: &'static [&'static str],
    /// A folder ends in `/`, a role begins with `*/`.
    only_in: &'static [&'static str],
    reason: &'static str,
}

#[rustfmt::skip]
const IN_SOURCE: &[Word] = &[
    Word { words: &["diesel::prelude", "diesel::dsl", "QueryDsl"], only_in: &["*/store.rs", "*/personal_data.rs", "links/store/", "links/refresh/store/", "outbound/webhooks/store/", "platform/db/", "platform/jobs/lease.rs", "operations/verify/"], reason: "queries live in store.rs, and in personal_data.rs what a room holds of a player" },
    Word { words: &["diesel", "schema::"], only_in: &["*/store.rs", "*/personal_data.rs", "links/store/", "links/refresh/store/", "outbound/webhooks/store/", "platform/db/", "platform/jobs/lease.rs", "operations/verify/", "*/model.rs", "audit/record.rs", "web/current_player.rs", "web/staff_member.rs"], reason: "only a row's type names its columns outside the stores" },
    Word { words: &["actix_"], only_in: &["*/pages.rs", "*_pages.rs", "web/", "lwa/simulator/", "server/routes.rs", "server/layers.rs", "server/session_middleware/", "operations/cli/serve.rs", "operations/cli/simulator.rs", "operations/cli/doctor.rs", "operations/cli/verify.rs", "operations/readiness/listener.rs", "games/gateway/http.rs", "games/gateway/websocket.rs", "service_api/auth.rs"], reason: "verbs do not know HTTP" },
    Word { words: &["askama"], only_in: &["*/views.rs", "web/", "lwa/simulator/"], reason: "what a page shows is a view" },
    Word { words: &["reqwest", "oauth2"], only_in: &["lwa/", "outbound/webhooks/"], reason: "only lwa speaks to Amazon, only events to game servers" },
    Word { words: &["argon2"], only_in: &["platform/password/"], reason: "passwords are hashed in one place" },
    Word { words: &["chacha20poly1305"], only_in: &["platform/crypto/vault/"], reason: "secrets are sealed in one place" },
    Word { words: &["Utc::now", "SystemTime::now"], only_in: &["platform/clock.rs"], reason: "ask the Clock" },
    Word { words: &["std::env"], only_in: &["config/", "operations/cli/", "main.rs"], reason: "read Config" },
    Word { words: &["crate::{", "super::super"], only_in: &[], reason: "write crate::room::…, one room a line, so that this test sees where it leads" },
];

#[rustfmt::skip]
const IN_TEMPLATES: &[Word] = &[
    Word { words: &["|safe", "| safe"], only_in: &[], reason: "escaping stays on (S106)" },
    Word { words: &["<script>", "<style", " style=", " onclick=", " onsubmit=", " onchange=", " onload="], only_in: &[], reason: "the Content-Security-Policy refuses what is inline" },
    Word { words: &["<form", "<input"], only_in: &["ui/", "simulator/"], reason: "forms come from ui/, which adds the CSRF field and the label" },
];

const ON_BACKEND_BUDGET: usize = 10;

#[test]
fn every_import_in_src_follows_the_table() {
    let broken: Vec<String> =
        files("src", "rs").iter().flat_map(|(path, text)| judge_source(path, text)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_arrow_of_the_table_leads_down() {
    let height = |name: &str| ORDER.iter().position(|room| *room == top(name)).expect("a room of the order");
    for room in ROOMS {
        for target in room.may_import {
            assert!(height(target) <= height(room.name), "{} may not import upwards: {target}", room.name);
        }
    }
}

#[test]
fn every_place_that_a_rule_names_exists() {
    let (sources, templates) = (files("src", "rs"), files("templates", "html"));
    let is_in = |files: &[(String, String)], place: &str| files.iter().any(|(path, _)| lies_in(path, place));
    for name in ORDER.iter().copied().chain(ROOMS.iter().map(|room| room.name)) {
        assert!(is_in(&sources, &format!("{}/", name.replace("::", "/"))), "there is no room {name}");
    }
    for (rules, files) in [(IN_SOURCE, &sources), (IN_TEMPLATES, &templates)] {
        for place in rules.iter().flat_map(|rule| rule.only_in) {
            assert!(is_in(files, place), "no file lies in {place}");
        }
    }
}

#[test]
fn templates_hold_nothing_inline_and_no_form_of_their_own() {
    let broken: Vec<String> =
        files("templates", "html").iter().flat_map(|(path, text)| judge_template(path, text)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn forks_between_the_two_databases_stay_few() {
    let sources = files("src", "rs");
    let uses = sources
        .iter()
        .flat_map(|(_, text)| shipped(text))
        .filter(|(_, _, code)| code.contains("on_backend!"))
        .count();
    assert!(
        uses <= ON_BACKEND_BUDGET,
        "on_backend! is used {uses} times; at most {ON_BACKEND_BUDGET}, or the databases drift apart"
    );
}

fn judge_source(path: &str, text: &str) -> Vec<String> {
    if path.contains("/tests/") || path.ends_with("/tests.rs") {
        return Vec::new();
    }
    let lines: Vec<_> = shipped(text).collect();
    let mut broken = Vec::new();
    for (at, &(number, line, code)) in lines.iter().enumerate() {
        let import = whole_import(lines[at..].iter().map(|(_, _, code)| *code));
        let reasons =
            forbidden_imports(path, &import).into_iter().chain(forbidden_words(IN_SOURCE, path, code));
        broken.extend(reasons.map(|reason| format!("src/{path}:{number}: {}\n    {reason}", line.trim())));
    }
    broken
}

/// The first of these lines; an import is read to its end.
fn whole_import<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut import = String::new();
    for line in lines {
        import.push_str(line.trim());
        let is_open = import.contains("use crate::") && !import.contains(';');
        if !is_open {
            break;
        }
    }
    import
}

/// Number, line, and the line without its comment, of what is not an inline test.
fn shipped(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let before_the_tests = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    (1..).zip(before_the_tests.lines()).map(|(number, line)| (number, line, line.split("//").next().unwrap()))
}

fn judge_template(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    lines
        .flat_map(|(number, line)| {
            let reasons = forbidden_words(IN_TEMPLATES, path, line);
            reasons
                .into_iter()
                .map(move |reason| format!("templates/{path}:{}: {}\n    {reason}", number + 1, line.trim()))
        })
        .collect()
}

fn forbidden_imports(file: &str, code: &str) -> Vec<String> {
    let module = file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    if ["lib", "main"].contains(&module.as_str()) {
        return Vec::new();
    }
    let Some(home) = room_of(&module) else {
        return vec![format!("the room of {file} is not in the table of tests/portal/architecture.rs")];
    };
    let mut broken = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        // How far something is visible is no import.
        if code[..start].ends_with("pub(in ") {
            continue;
        }
        let path = named(&code[start..]);
        let Some(target) = room_of(path) else { continue };
        // `crate::accounts::{…}` hides the rooms it leads to.
        let is_hidden = path == top(path) && code[start..].starts_with(&format!("crate::{path}::{{"));
        if is_hidden && ROOMS.iter().any(|room| room.name != path && top(room.name) == path) {
            let parts = parts_in_braces(&code[start..]);
            let is_room = |part: &&str| ROOMS.iter().any(|room| room.name == format!("{path}::{part}"));
            broken.extend(parts.iter().filter(|part| is_room(part)).map(|part| {
                format!("write crate::{path}::{part} on a line of its own, so that this test sees it")
            }));
        }
        let is_adapter = target.name == "web" && AT_THE_WEB.contains(&file);
        if target.name == home.name || is_adapter {
            continue;
        }
        if !may_import(home, target.name) {
            broken.push(format!("{} may not import {}: {}", home.name, target.name, home.reason));
        } else if !TOOLS.contains(&target.name)
            && !AT_THE_TOP.contains(&top(home.name))
            && enters_a_module(path, target.name)
            && !is_past_the_door(home.name, path)
        {
            broken.push(format!("{} is reached through its mod.rs, not through its files", target.name));
        }
    }
    broken
}

/// `accounts::players::find` of `crate::accounts::players::find(…)`.
fn named(code: &str) -> &str {
    let path = code.strip_prefix("crate::").unwrap();
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(path.len());
    path[..end].trim_end_matches(':')
}

fn parts_in_braces(code: &str) -> Vec<&str> {
    let inside = code.split_once('{').map_or("", |(_, rest)| rest);
    inside.split('}').next().unwrap().split(',').map(|part| part.split("::").next().unwrap().trim()).collect()
}

/// The smallest room of the table that holds this path.
fn room_of(path: &str) -> Option<&'static Room> {
    let holds = |room: &&Room| path == room.name || path.starts_with(&format!("{}::", room.name));
    ROOMS.iter().filter(holds).max_by_key(|room| room.name.len())
}

fn top(name: &str) -> &str {
    name.split("::").next().unwrap()
}

fn may_import(home: &Room, target: &str) -> bool {
    home.may_import.iter().any(|may| *may == target || (top(target) == *may && top(home.name) != *may))
}

/// `accounts::players::model::Player` does; `accounts::players::Player` and `accounts::players::find` do not.
fn enters_a_module(path: &str, room: &str) -> bool {
    let inner = path.strip_prefix(room).unwrap_or_default().trim_start_matches("::");
    inner.starts_with(char::is_lowercase) && inner.contains("::")
}

fn is_past_the_door(home: &str, path: &str) -> bool {
    PAST_THE_DOOR.iter().any(|(from, to)| *from == home && path.starts_with(to.trim_start_matches("crate::")))
}

fn forbidden_words(rules: &[Word], path: &str, line: &str) -> Vec<String> {
    let broken = rules.iter().filter(|rule| !rule.only_in.iter().any(|place| lies_in(path, place)));
    broken
        .flat_map(|rule| {
            rule.words
                .iter()
                .filter(|word| mentions(line, word))
                .map(|word| format!("{word}: {}", rule.reason))
        })
        .collect()
}

fn lies_in(path: &str, place: &str) -> bool {
    match (place.strip_prefix('*'), place.strip_suffix('/')) {
        (Some(role), _) => path.ends_with(role),
        (None, Some(folder)) => path.starts_with(place) || path == format!("{folder}.rs"),
        (None, None) => path == place,
    }
}

/// As a word of its own, unquoted: neither `my_diesel` nor `"diesel"` is `diesel`.
fn mentions(line: &str, word: &str) -> bool {
    let wordlike = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
    line.match_indices(word).any(|(at, _)| !word.starts_with(wordlike) || !line[..at].ends_with(wordlike))
}

/// Path below `root` and text of every file with this ending, in order.
pub(super) fn files(root: &str, ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == ending) {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

mod the_checker {
    use super::{judge_source, judge_template};

    #[track_caller]
    fn refuses(path: &str, line: &str, reason: &str) {
        let broken = judge_source(path, line);
        assert!(broken.iter().any(|text| text.contains(reason)), "{path}: {line} gave {broken:?}");
    }

    #[track_caller]
    fn accepts(path: &str, line: &str) {
        assert_eq!(judge_source(path, line), Vec::<String>::new());
    }

    #[test]
    fn refuses_an_import_against_the_table() {
        refuses("platform/crypto/vault.rs", "use crate::config::Config;", "platform may not import config");
        refuses(
            "lwa/mod.rs",
            "fn a(p: &crate::accounts::players::Player) {}",
            "lwa may not import accounts::players",
        );
        refuses(
            "accounts/sign_in/pages.rs",
            "use crate::links::AmazonLink;",
            "accounts::sign_in may not import links",
        );
        refuses(
            "accounts/players/pages.rs",
            "use crate::server::routes::ROUTES;",
            "accounts::players may not import server",
        );
        refuses("games/requests/dispatch.rs", "use crate::web::page::Page;", "games may not import web");
        refuses("server/layers.rs", "use crate::operations::cleanup;", "server may not import operations");
        refuses("links/pages.rs", "use crate::links::refresh;", "links may not import links::refresh");
        refuses(
            "accounts/players/pages.rs",
            "use crate::accounts::{players, sign_in};",
            "write crate::accounts::sign_in on a line of its own",
        );
        refuses(
            "links/pages.rs",
            "use crate::links::{\n    model::Link,\n    refresh,\n};",
            "write crate::links::refresh on a line of its own",
        );
    }

    #[test]
    fn accepts_an_import_of_the_table() {
        accepts(
            "accounts/players/register.rs",
            "use crate::platform::clock::Clock;\nuse super::store;\nuse crate::accounts::players::model::Player;",
        );
        accepts(
            "links/oauth/callback.rs",
            "use crate::accounts::sign_in::begin_session;\nlet p = crate::accounts::players::find(id)?;",
        );
        accepts("server/routes.rs", "use crate::support::pages;\nuse actix_web::web;");
    }

    #[test]
    fn refuses_the_files_of_a_sibling() {
        refuses(
            "support/search.rs",
            "use crate::accounts::players::store::find;",
            "reached through its mod.rs",
        );
        accepts("links/refresh/store.rs", "use crate::links::store::LinkRow;");
    }

    #[test]
    fn refuses_a_room_that_nobody_placed() {
        refuses("utils/strings.rs", "use std::fmt;", "is not in the table");
    }

    #[test]
    fn refuses_words_outside_their_files() {
        refuses("accounts/players/register.rs", "use diesel::prelude::*;", "queries live in store.rs");
        refuses("accounts/players/model.rs", "use diesel::prelude::*;", "queries live in store.rs");
        refuses(
            "accounts/players/register.rs",
            "use crate::platform::db::schema::players;",
            "only a row's type names its columns",
        );
        refuses("accounts/players/views.rs", "use actix_web::HttpResponse;", "verbs do not know HTTP");
        refuses("accounts/players/pages.rs", "#[derive(askama::Template)]", "is a view");
        refuses("accounts/players/register.rs", "reqwest::get(url).await", "only lwa speaks to Amazon");
        refuses("platform/crypto/token.rs", "use argon2::Argon2;", "hashed in one place");
        refuses("accounts/sign_in/model.rs", "let now = Utc::now();", "ask the Clock");
        refuses("app.rs", "std::env::var(\"X\")", "read Config");
        refuses("accounts/players/pages.rs", "use crate::{app::App, web::page::Page};", "one room a line");
        refuses("accounts/players/pages.rs", "use super::super::app::App;", "one room a line");
    }

    #[test]
    fn accepts_words_where_they_belong_and_in_comments_and_tests() {
        accepts("accounts/players/store.rs", "use diesel::prelude::*;");
        accepts("accounts/players/model.rs", "use diesel::{Queryable, Selectable};");
        accepts("platform/db/mod.rs", "use diesel::r2d2::Pool;");
        accepts("config.rs", "std::env::vars_os()");
        accepts("accounts/players/model.rs", "/// See [`diesel`] and crate::routes.");
        accepts("accounts/players/model.rs", "let my_diesel = \"diesel\";");
        accepts("lwa/tests/http.rs", "std::env::current_exe()");
        accepts(
            "accounts/players/model.rs",
            "struct A;\n\n#[cfg(test)]\nmod tests {\n    use diesel::prelude::*;\n}",
        );
    }

    #[test]
    fn refuses_what_templates_must_not_hold() {
        for line in [
            "{{ name|safe }}",
            "<script>alert(1)</script>",
            "<p style=\"color:red\">",
            "<form method=post>",
            "<a onclick=\"x()\">",
        ] {
            assert_eq!(judge_template("players/account.html", line).len(), 1, "{line}");
        }
        for (path, line) in
            [("ui/form.html", "<form method=post>"), ("layouts/base.html", "<script src=\"/a.js\"></script>")]
        {
            assert_eq!(judge_template(path, line), Vec::<String>::new());
        }
    }
}
