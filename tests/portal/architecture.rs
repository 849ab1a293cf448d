//! Who may import whom, as data.
//!
//! Reads `src` and `templates` line by line and names the offending line with the reason of the rule it breaks.
//! It knows text, not Rust: to keep that honest, imports are written `crate::folder::…`, one folder a line.

use std::fs;
use std::path::Path;

struct Folder {
    name: &'static str,
    may_import: &'static [&'static str],
    reason: &'static str,
}

const EDGES: &[&str] = &[
    "main",
    "lib",
    "cli",
    "server",
    "routes",
    "resume",
    "viewer",
    "janitor",
    "sealed",
    "operations",
    "doctor",
    "verify",
];

const FEATURES: &[&str] = &[
    "audit",
    "players",
    "guesses",
    "sign_in",
    "registration",
    "mail",
    "amazon_link",
    "refresher",
    "activity",
    "staff",
    "support",
    "game",
    "service_api",
    "devices",
    "second_factor",
    "events",
    "privacy",
];

#[rustfmt::skip]
const FOLDERS: &[Folder] = &[
    Folder { name: "platform", may_import: &[], reason: "platform knows nothing of the rest" },
    Folder { name: "lwa", may_import: &["platform"], reason: "lwa is Amazon's protocol and knows no players" },
    Folder { name: "config", may_import: &["platform"], reason: "config only reads the environment" },
    Folder { name: "app", may_import: &["platform", "lwa", "config"], reason: "app does not know what it is used for" },
    Folder { name: "web", may_import: &["platform", "app"], reason: "the HTTP toolkit knows no feature" },
    Folder { name: "words", may_import: &[], reason: "names that several rooms point at decide nothing" },
    Folder { name: "game_sessions", may_import: &["platform", "app"], reason: "a game's session knows neither messages nor sockets" },
    Folder { name: "sessions", may_import: &["platform", "app", "web", "game_sessions"], reason: "a session does not know why it begins" },
    Folder { name: "audit", may_import: &["platform"], reason: "everyone writes the audit, so it depends on no one" },
    Folder { name: "mail", may_import: &["platform", "app", "web", "audit"], reason: "mail carries texts and does not know their occasion" },
    Folder { name: "events", may_import: &["platform", "app", "web", "audit"], reason: "events are told to game servers, whatever they are about" },
    Folder { name: "players", may_import: &["platform", "app", "web", "audit", "mail", "events", "sessions"], reason: "a player exists without links, sign-ins and staff" },
    Folder { name: "guesses", may_import: &["platform", "app", "players"], reason: "a guess at a password does not know by which door it comes" },
    Folder { name: "second_factor", may_import: &["platform", "app", "web", "audit", "mail", "players"], reason: "sign-in asks for second factors, not the other way round" },
    Folder { name: "sign_in", may_import: &["platform", "app", "web", "audit", "mail", "events", "players", "guesses", "second_factor", "sessions", "game_sessions"], reason: "sign-in need not know links; what a confirmation resumes is dispatched at the edge" },
    Folder { name: "registration", may_import: &["platform", "app", "web", "audit", "mail", "events", "players", "sign_in", "sessions"], reason: "registration makes a player and signs in; links come later" },
    Folder { name: "amazon_link", may_import: &["platform", "app", "web", "audit", "mail", "events", "lwa", "players", "sign_in", "registration", "sessions", "game_sessions"], reason: "a link does not know who looks at it; a token handed over opens a game session" },
    Folder { name: "refresher", may_import: &["platform", "app", "audit", "events", "lwa", "amazon_link"], reason: "the refresher works without pages, staff and games" },
    Folder { name: "devices", may_import: &["platform", "app", "web", "audit", "mail", "events", "lwa", "players", "sign_in", "amazon_link", "sessions", "game_sessions", "guesses"], reason: "code linking is asked for by games and does not know them" },
    Folder { name: "activity", may_import: &["platform", "app", "web", "audit"], reason: "a history is read from the records; it changes nothing" },
    Folder { name: "staff", may_import: &["platform", "app", "web", "audit"], reason: "staff are no players: they have accounts, sign-in and sessions of their own, and know no player" },
    Folder { name: "support", may_import: &["platform", "app", "web", "audit", "staff", "mail", "events", "players", "sign_in", "second_factor", "amazon_link", "refresher", "sessions", "game_sessions", "devices"], reason: "the desk shows where a player is signed in and on what, and does not know the game's door" },
    Folder { name: "game", may_import: &["platform", "app", "config", "audit", "events", "lwa", "players", "amazon_link", "devices", "game_sessions", "guesses", "mail", "sessions"], reason: "the game's door knows its credentials, has no pages and no staff; a password changed there ends browser sessions and is told by mail" },
    Folder { name: "service_api", may_import: &["platform", "app", "web", "audit", "events", "lwa", "players", "amazon_link", "devices", "refresher"], reason: "game servers have no browser and no staff rights" },
    Folder { name: "privacy", may_import: &["platform", "app", "web", "audit", "mail", "events", "players", "sign_in", "second_factor", "registration", "amazon_link", "devices", "sessions", "game_sessions", "support"], reason: "export and erasure read every store of personal data, notes of support among them, and nothing depends on them" },
];

/// A sibling feature is its `mod.rs`; these reach past it, knowingly.
const PAST_THE_DOOR: &[(&str, &str)] = &[
    ("refresher", "crate::amazon_link::model"),
    ("refresher", "crate::amazon_link::store"),
    ("guesses", "crate::players::store"),
    ("sign_in", "crate::players::store"),
    ("registration", "crate::players::store"),
    ("amazon_link", "crate::players::store"),
    ("devices", "crate::players::store"),
    ("game", "crate::players::store"),
];

/// The two files by which the game's door meets the web: what they hand on knows nothing of it.
const AT_THE_WEB: &[&str] = &["game/http.rs", "game/socket.rs"];

struct Word {
    words: &'static [&'static str],
    /// A folder ends in `/`, a role begins with `*/`.
    only_in: &'static [&'static str],
    reason: &'static str,
}

#[rustfmt::skip]
const IN_SOURCE: &[Word] = &[
    Word { words: &["diesel", "schema::"], only_in: &["*/store.rs", "*/held.rs", "amazon_link/store/", "refresher/store/", "events/webhooks/store/", "platform/db/", "verify/"], reason: "queries live in store.rs, and in held.rs what a room holds of a player" },
    Word { words: &["actix_"], only_in: &["*/pages.rs", "*_pages.rs", "web/", "lwa/simulator/", "routes.rs", "server.rs", "viewer/", "cli/serve.rs", "cli/simulator.rs", "cli/doctor.rs", "cli/verify.rs", "operations/listener.rs", "game/http.rs", "game/socket.rs", "service_api/door.rs"], reason: "verbs do not know HTTP" },
    Word { words: &["askama"], only_in: &["*/views.rs", "web/", "lwa/simulator/"], reason: "what a page shows is a view" },
    Word { words: &["reqwest", "oauth2"], only_in: &["lwa/", "events/"], reason: "only lwa speaks to Amazon, only events to game servers" },
    Word { words: &["argon2"], only_in: &["platform/password/"], reason: "passwords are hashed in one place" },
    Word { words: &["chacha20poly1305"], only_in: &["platform/vault/"], reason: "secrets are sealed in one place" },
    Word { words: &["Utc::now", "SystemTime::now"], only_in: &["platform/clock.rs"], reason: "ask the Clock" },
    Word { words: &["std::env"], only_in: &["config/", "cli/", "main.rs"], reason: "read Config" },
    Word { words: &["crate::{", "super::super"], only_in: &[], reason: "write crate::folder::…, one folder a line, so that this test sees where it leads" },
];

#[rustfmt::skip]
const IN_TEMPLATES: &[Word] = &[
    Word { words: &["|safe", "| safe"], only_in: &[], reason: "escaping stays on (S91)" },
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
    let home = path.split('/').next().unwrap().trim_end_matches(".rs");
    let mut broken = Vec::new();
    for (number, line, code) in shipped(text) {
        let reasons =
            forbidden_imports(home, path, code).into_iter().chain(forbidden_words(IN_SOURCE, path, code));
        broken.extend(reasons.map(|reason| format!("src/{path}:{number}: {}\n    {reason}", line.trim())));
    }
    broken
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

fn forbidden_imports(home: &str, file: &str, code: &str) -> Vec<String> {
    if EDGES.contains(&home) {
        return Vec::new();
    }
    let Some(rules) = FOLDERS.iter().find(|folder| folder.name == home) else {
        return vec![format!("the folder {home} is not in the table of tests/portal/architecture.rs")];
    };
    let mut broken = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        let path = &code[start..];
        let mut names = path
            .split("::")
            .skip(1)
            .map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap());
        let (target, inner) = (names.next().unwrap(), names.next());
        let known = FOLDERS.iter().any(|folder| folder.name == target) || EDGES.contains(&target);
        // `words` holds names, and names are everybody's.
        let is_adapter = target == "web" && AT_THE_WEB.contains(&file);
        if target == home || target == "words" || !known || is_adapter {
            continue;
        }
        if !rules.may_import.contains(&target) {
            broken.push(format!("{home} may not import {target}: {}", rules.reason));
        } else if FEATURES.contains(&target) && enters_a_module(path, inner) && !is_past_the_door(home, path)
        {
            broken.push(format!("{target} is reached through its mod.rs, not through its files"));
        }
    }
    broken
}

/// `crate::players::model::Player` does; `crate::players::Player` and `crate::players::find(…)` do not.
fn enters_a_module(path: &str, inner: Option<&str>) -> bool {
    inner.is_some_and(|name| name.starts_with(char::is_lowercase) && path.contains(&format!("::{name}::")))
}

fn is_past_the_door(home: &str, path: &str) -> bool {
    PAST_THE_DOOR.iter().any(|(from, to)| *from == home && path.starts_with(to))
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
fn files(root: &str, ending: &str) -> Vec<(String, String)> {
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
        refuses("platform/vault.rs", "use crate::config::Config;", "platform may not import config");
        refuses("lwa/mod.rs", "fn a(p: &crate::players::Player) {}", "lwa may not import players");
        refuses(
            "sign_in/pages.rs",
            "use crate::amazon_link::AmazonLink;",
            "sign_in may not import amazon_link",
        );
        refuses("players/pages.rs", "use crate::routes::ROUTES;", "players may not import routes");
        refuses("game/dispatch.rs", "use crate::web::page::Page;", "game may not import web");
    }

    #[test]
    fn accepts_an_import_of_the_table() {
        accepts(
            "players/register.rs",
            "use crate::platform::clock::Clock;\nuse super::store;\nuse crate::players::model::Player;",
        );
        accepts(
            "amazon_link/complete.rs",
            "use crate::sign_in::begin_session;\nlet p = crate::players::find(id)?;",
        );
        accepts("routes.rs", "use crate::support::pages;\nuse actix_web::web;");
    }

    #[test]
    fn refuses_the_files_of_a_sibling() {
        refuses("support/search.rs", "use crate::players::store::find;", "reached through its mod.rs");
        accepts("refresher/store.rs", "use crate::amazon_link::store::LinkRow;");
    }

    #[test]
    fn refuses_a_folder_that_nobody_placed() {
        refuses("utils/strings.rs", "use std::fmt;", "is not in the table");
    }

    #[test]
    fn refuses_words_outside_their_files() {
        refuses("players/register.rs", "use diesel::prelude::*;", "queries live in store.rs");
        refuses("players/model.rs", "use crate::platform::db::schema::players;", "queries live in store.rs");
        refuses("players/views.rs", "use actix_web::HttpResponse;", "verbs do not know HTTP");
        refuses("players/pages.rs", "#[derive(askama::Template)]", "is a view");
        refuses("players/register.rs", "reqwest::get(url).await", "only lwa speaks to Amazon");
        refuses("platform/token.rs", "use argon2::Argon2;", "hashed in one place");
        refuses("sign_in/model.rs", "let now = Utc::now();", "ask the Clock");
        refuses("app.rs", "std::env::var(\"X\")", "read Config");
        refuses("players/pages.rs", "use crate::{app::App, web::page::Page};", "one folder a line");
        refuses("players/pages.rs", "use super::super::app::App;", "one folder a line");
    }

    #[test]
    fn accepts_words_where_they_belong_and_in_comments_and_tests() {
        accepts("players/store.rs", "use diesel::prelude::*;");
        accepts("platform/db/mod.rs", "use diesel::r2d2::Pool;");
        accepts("config.rs", "std::env::vars_os()");
        accepts("players/model.rs", "/// See [`diesel`] and crate::routes.");
        accepts("players/model.rs", "let my_diesel = \"diesel\";");
        accepts("lwa/tests/egress.rs", "std::env::current_exe()");
        accepts("players/model.rs", "struct A;\n\n#[cfg(test)]\nmod tests {\n    use diesel::prelude::*;\n}");
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
