//! Who may import whom, who may write which table, and which words stand where, as data.
//!
//! A broken rule is named with the module, the path and the reason of the rule.

mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use sources::{Mention, Sources, TableWrite};

struct Room {
    name: &'static str,
    /// The rooms it may import, all of them lower.
    may_import: &'static [&'static str],
    /// Its own modules from the lowest to the highest, where their order is held. Its `mod.rs` is above them.
    parts: &'static [&'static str],
    reason: &'static str,
}

/// The rooms, from the lowest to the highest.
#[rustfmt::skip]
const ROOMS: &[Room] = &[
    Room { name: "platform", may_import: &[], parts: &[], reason: "platform knows nothing of the rest" },
    Room { name: "config", may_import: &["platform"], parts: &[], reason: "config only reads the environment" },
    Room { name: "lwa", may_import: &["platform"], parts: &[], reason: "lwa is Amazon's protocol and knows no players" },
    Room { name: "app", may_import: &["platform", "config", "lwa"], parts: &[], reason: "app does not know what it is used for" },
    Room { name: "audit", may_import: &["platform"], parts: &[], reason: "everyone writes the audit, so it depends on no one" },
    Room { name: "web", may_import: &["platform", "app", "audit"], parts: &[], reason: "the HTTP toolkit knows no feature" },
    Room { name: "outbound", may_import: &["platform", "app", "audit", "web"], parts: &["link_events", "webhooks", "mail"], reason: "outbound carries what it is given and does not know the occasion" },
    Room { name: "sessions", may_import: &["platform", "app", "web"], parts: &["origin", "game", "browser", "known_network", "staff", "held_answer"], reason: "a session does not know why it begins" },
    Room { name: "accounts", may_import: &["platform", "app", "audit", "web", "outbound", "sessions"], parts: &["players", "email", "profile", "login_attempts", "many_failures", "browser_device", "second_factor", "remaining_access", "password_reset", "sign_in", "passkeys", "reauthentication", "two_step", "password", "registration", "activity"], reason: "a player exists without links, games and staff" },
    Room { name: "links", may_import: &["platform", "lwa", "app", "audit", "web", "outbound", "sessions", "accounts"], parts: &["model", "forms", "identity", "store", "game_rules", "views", "change", "oauth", "presented_token", "device_flow", "refresh", "personal_data", "seed", "email_offer", "pages", "email_offer_pages"], reason: "a link does not know who looks at it" },
    Room { name: "games", may_import: &["platform", "config", "app", "audit", "web", "outbound", "sessions", "accounts", "links"], parts: &["protocol", "connection_registry", "devices", "requests", "gateway"], reason: "games know no staff" },
    Room { name: "service_api", may_import: &["platform", "app", "audit", "web", "outbound", "sessions", "accounts", "links"], parts: &[], reason: "game servers have no device and no staff rights" },
    Room { name: "support", may_import: &["platform", "app", "audit", "web", "outbound", "sessions", "accounts", "links", "games"], parts: &["mask", "view_quota", "forms", "notes", "staff", "actions", "player", "search", "audit_log", "views", "pages"], reason: "the desk shows players and does not know how their data is exported" },
    Room { name: "privacy", may_import: &["platform", "app", "audit", "web", "outbound", "sessions", "accounts", "links", "games", "support"], parts: &[], reason: "export and erasure read every store of personal data, and nothing depends on them" },
    Room { name: "server", may_import: &["platform", "app", "web", "outbound", "sessions", "accounts", "links", "games", "service_api", "support", "privacy"], parts: &[], reason: "the server mounts every room's pages, and writes nothing" },
    Room { name: "operations", may_import: &["platform", "config", "lwa", "app", "audit", "web", "outbound", "sessions", "accounts", "links", "games", "service_api", "support", "privacy", "server"], parts: &[], reason: "operators see every room" },
    Room { name: "testing", may_import: &["platform", "config", "lwa", "app", "audit", "web", "outbound", "sessions", "accounts", "links", "games", "service_api", "support", "privacy", "server", "operations"], parts: &[], reason: "tests see what they need" },
];

/// Enumerations that the rooms above name and pages print. Their owners export them.
const VOCABULARY: [&str; 2] = ["web", "current_player"];

/// A module that keeps away from more than its room does.
struct Abstinence {
    module: &'static str,
    never: &'static [&'static str],
    except: &'static [&'static str],
    reason: &'static str,
}

#[rustfmt::skip]
const ABSTINENCES: &[Abstinence] = &[
    Abstinence { module: "sessions::game", never: &["web"], except: &[], reason: "a game's session knows no pages" },
    Abstinence { module: "accounts::login_attempts", never: &["web", "audit", "outbound", "sessions"], except: &[], reason: "a login attempt does not know by which door it comes" },
    Abstinence { module: "links::refresh", never: &["web", "accounts", "sessions"], except: &[], reason: "tokens are renewed without pages and players" },
    Abstinence { module: "games", never: &["web"], except: &["games::devices", "games::gateway::http", "games::gateway::websocket"], reason: "the protocol of games has no pages; only its two transports meet the web" },
    Abstinence { module: "support::staff", never: &["accounts", "links", "games", "outbound"], except: &[], reason: "staff are no players" },
];

struct Place {
    /// Beginnings of full paths.
    paths: &'static [&'static str],
    /// A folder ends in `/`, a role begins with `*/`.
    only_in: &'static [&'static str],
    reason: &'static str,
}

#[rustfmt::skip]
const PLACES: &[Place] = &[
    Place { paths: &["diesel::prelude", "diesel::dsl", "diesel::QueryDsl"], only_in: &["*/store.rs", "*/outbox.rs", "*/open_ends.rs", "sessions/origin.rs", "*/personal_data.rs", "links/store/", "links/refresh/store/", "outbound/webhooks/store/", "platform/db/", "platform/jobs/lease.rs", "operations/verify/"], reason: "queries live in store.rs, and in personal_data.rs what a room holds of a player" },
    Place { paths: &["diesel", "crate::platform::db::schema::"], only_in: &["*/store.rs", "*/outbox.rs", "*/open_ends.rs", "sessions/origin.rs", "*/personal_data.rs", "links/store/", "links/refresh/store/", "outbound/webhooks/store/", "platform/db/", "platform/jobs/lease.rs", "operations/verify/", "*/model.rs", "audit/record.rs", "web/current_player.rs", "web/staff_member.rs", "testing.rs"], reason: "only a row's type names its columns outside the stores" },
    Place { paths: &["diesel::sql_query"], only_in: &["platform/db/", "operations/verify/"], reason: "a query names its tables, so that their owner is known" },
    Place { paths: &["actix_"], only_in: &["*/pages.rs", "*_pages.rs", "web/", "lwa/simulator/", "server/routes.rs", "server/layers.rs", "server/connections.rs", "server/refused_forms.rs", "server/session_middleware/", "operations/cli/serve.rs", "operations/cli/simulator.rs", "operations/cli/doctor.rs", "operations/cli/verify.rs", "operations/readiness/listener.rs", "games/gateway/http.rs", "games/gateway/websocket.rs", "service_api/auth.rs"], reason: "verbs do not know HTTP" },
    Place { paths: &["askama"], only_in: &["*/views.rs", "web/", "lwa/simulator/"], reason: "what a page shows is a view" },
    Place { paths: &["reqwest", "oauth2"], only_in: &["lwa/", "outbound/webhooks/"], reason: "only lwa speaks to Amazon, only webhooks to game servers" },
    Place { paths: &["webauthn_rs"], only_in: &["accounts/passkeys/relying_party.rs"], reason: "passkeys are judged in one place" },
    Place { paths: &["argon2"], only_in: &["platform/password/"], reason: "passwords are hashed in one place" },
    Place { paths: &["chacha20poly1305"], only_in: &["platform/crypto/vault/"], reason: "secrets are sealed in one place" },
    Place { paths: &["chrono::Utc::now", "std::time::SystemTime::now"], only_in: &["platform/clock.rs"], reason: "ask the Clock" },
    Place { paths: &["std::env"], only_in: &["config/", "operations/cli/", "main.rs"], reason: "read Config" },
];

/// The tables and the one room that writes each.
#[rustfmt::skip]
const OWNERS: &[(&str, &[&str])] = &[
    ("platform", &["throttles"]),
    ("audit", &["audit_events", "audit_keys", "audit_seals", "audit_heads"]),
    ("outbound", &["mails", "link_event_counter", "link_events", "webhook_endpoints", "webhook_deliveries"]),
    ("sessions", &["sessions", "game_sessions", "game_tokens", "held_answers", "staff_sessions"]),
    ("accounts", &["players", "registrations", "email_changes", "email_undos", "password_resets", "sign_in_codes", "pending_sign_ins", "factor_recoveries", "player_second_factors", "player_recovery_codes", "remembered_browsers", "passkeys", "passkey_ceremonies"]),
    ("links", &["amazon_links", "former_links", "link_attempts", "link_undos", "code_linkings", "refresh_counts", "refresh_brake"]),
    ("games", &["devices", "claim_codes", "game_sign_in_codes"]),
    ("service_api", &["service_keys"]),
    ("support", &["staff", "staff_recovery_codes", "staff_proposals", "player_notes"]),
    ("operations", &["sealing_keys", "restores"]),
];

struct ForeignTables {
    module: &'static str,
    tables: &'static [&'static str],
    reason: &'static str,
}

/// Who reads tables of other rooms.
#[rustfmt::skip]
const FOREIGN_TABLES: &[ForeignTables] = &[
    ForeignTables { module: "web::current_player", tables: &["sessions", "players", "amazon_links", "factor_recoveries"], reason: "a request reads session, player and link as one row" },
    ForeignTables { module: "web::staff_member", tables: &["staff_sessions", "staff"], reason: "a request of staff reads session and member as one row" },
    ForeignTables { module: "sessions::origin", tables: &["players"], reason: "what a session began is valid only while its player has the same version" },
    ForeignTables { module: "sessions::game::store", tables: &["players"], reason: "a session of a disabled player is not valid" },
    ForeignTables { module: "accounts::players::store", tables: &["amazon_links", "devices"], reason: "whether a player can still sign in decides what the account may give up" },
    ForeignTables { module: "accounts::players::open_ends", tables: &["link_attempts", "claim_codes", "game_sign_in_codes"], reason: "all that a player has open ends in one transaction" },
    ForeignTables { module: "accounts::sign_in::security", tables: &["code_linkings"], reason: "the security page shows what has begun and waits" },
    ForeignTables { module: "accounts::remaining_access", tables: &["amazon_links", "devices"], reason: "a reset tells what still opens the account (S61)" },
    ForeignTables { module: "links::store::links", tables: &["players"], reason: "whose an identity or an address is takes one query" },
    ForeignTables { module: "links::refresh", tables: &["players"], reason: "a game server gets no token of a disabled player" },
    ForeignTables { module: "games::devices::claim::store", tables: &["players"], reason: "a claim shows its player" },
    ForeignTables { module: "games::devices::sign_in_code", tables: &["players"], reason: "a code shows the player of its TV" },
    ForeignTables { module: "games::devices::personal_data", tables: &["code_linkings"], reason: "an exported device tells of the links that it began" },
    ForeignTables { module: "service_api::store", tables: &["players", "amazon_links"], reason: "a page of players with their links is one query" },
    ForeignTables { module: "support::search::store", tables: &["players", "amazon_links", "former_links"], reason: "a search goes over all that names a player" },
    ForeignTables { module: "server::session_middleware::store", tables: &["sessions", "players", "amazon_links", "link_attempts", "passkeys", "email_changes", "factor_recoveries", "staff_sessions", "staff"], reason: "a request reads session, player and link with one query" },
    ForeignTables { module: "operations::verify", tables: ALL_TABLES, reason: "the invariants hold across tables" },
];

/// Who writes a table of another room. All that a player has open ends in one transaction, and links stand above it.
const FOREIGN_WRITES: [(&str, &str); 3] = [
    ("accounts::players::open_ends", "link_attempts"),
    ("accounts::players::open_ends", "claim_codes"),
    ("accounts::players::open_ends", "game_sign_in_codes"),
];

const ALL_TABLES: &[&str] = &["*"];

struct ForbiddenText {
    words: &'static [&'static str],
    /// A folder ends in `/`.
    only_in: &'static [&'static str],
    reason: &'static str,
}

#[rustfmt::skip]
const IN_TEMPLATES: &[ForbiddenText] = &[
    ForbiddenText { words: &["|safe", "| safe"], only_in: &[], reason: "escaping stays on (S106)" },
    ForbiddenText { words: &["<script>", "<style", " style=", " onclick=", " onsubmit=", " onchange=", " onload="], only_in: &[], reason: "the Content-Security-Policy refuses what is inline" },
    ForbiddenText { words: &["<form", "<input"], only_in: &["ui/", "simulator/"], reason: "forms come from ui/, which adds the CSRF field and the label" },
];

const ON_BACKEND_BUDGET: usize = 10;

#[test]
fn every_import_leads_down() {
    assert_none(&imports_against_the_rules(&SOURCES));
}

#[test]
fn every_row_of_the_rooms_leads_down() {
    for (height, room) in ROOMS.iter().enumerate() {
        let is_lower = |target: &&str| ROOMS[..height].iter().any(|lower| lower.name == *target);
        assert!(room.may_import.iter().all(is_lower), "{} imports upwards", room.name);
    }
}

#[test]
fn every_place_that_a_rule_names_exists() {
    let (sources, templates) = (files("src", "rs"), files("templates", "html"));
    let is_in = |files: &[(String, String)], place: &str| files.iter().any(|(path, _)| lies_in(path, place));
    let parts =
        ROOMS.iter().flat_map(|room| room.parts.iter().map(move |part| format!("{}/{part}", room.name)));
    let abstinent = ABSTINENCES.iter().flat_map(|it| std::iter::once(&it.module).chain(it.except));
    let modules = FOREIGN_TABLES.iter().map(|foreign| &foreign.module).chain(abstinent);
    for name in parts.chain(modules.map(|module| module.replace("::", "/"))) {
        assert!(is_in(&sources, &format!("{name}/")), "there is no {name}");
    }
    let places = PLACES.iter().flat_map(|place| place.only_in).map(|place| (place, &sources));
    let places =
        places.chain(IN_TEMPLATES.iter().flat_map(|rule| rule.only_in).map(|place| (place, &templates)));
    for (place, files) in places {
        assert!(is_in(files, place), "no file lies in {place}");
    }
}

#[test]
fn every_path_stands_where_it_belongs() {
    assert_none(&misplaced_paths(&SOURCES));
}

#[test]
fn every_table_is_written_by_its_owner_and_read_by_few() {
    let schema = fs::read_to_string(root().join("src/platform/db/schema.rs")).unwrap();
    let tables: BTreeSet<&str> =
        schema.split("\ntable! {").skip(1).filter_map(|table| table.split_whitespace().next()).collect();
    let owned: BTreeSet<&str> = OWNERS.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    assert_eq!(tables, owned, "each table has one owner");
    assert_none(&foreign_tables(&SOURCES));
}

#[test]
fn templates_hold_nothing_inline_and_no_form_of_their_own() {
    let broken: Vec<String> =
        files("templates", "html").iter().flat_map(|(path, text)| judge_template(path, text)).collect();
    assert_none(&broken);
}

#[test]
fn forks_between_the_two_databases_stay_few() {
    let uses: usize = files("src", "rs")
        .iter()
        .filter(|(path, _)| !path.ends_with("/tests.rs"))
        .flat_map(|(_, text)| text.lines().filter(|line| !line.trim_start().starts_with("//")))
        .filter(|line| line.contains("on_backend!"))
        .count();
    assert!(
        uses <= ON_BACKEND_BUDGET,
        "on_backend! is used {uses} times; at most {ON_BACKEND_BUDGET}, or the databases drift apart"
    );
}

/// A dependency that no source names, with the reason why it is needed all the same.
const UNNAMED_DEPENDENCIES: &[(&str, &str)] = &[
    ("libsqlite3-sys", "switches on the SQLite that is compiled in"),
    ("pq-sys", "switches on the libpq that is compiled in"),
    ("openssl-sys", "switches on libpq's TLS that is compiled in"),
];

#[test]
fn every_dependency_is_named_in_the_sources() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (shipped, dev) = manifest.split_once("[dev-dependencies]").unwrap();
    let tests: Vec<_> = ["tests", "benches"].into_iter().flat_map(|folder| files(folder, "rs")).collect();
    let tests = Sources::of(tests.iter().map(|(path, text)| (&**path, &**text)));
    // A test may use what is shipped; what only tests use is no dependency of the program.
    let mut unused = unused_dependencies(shipped.split_once("[dependencies]").unwrap().1, &[&SOURCES]);
    unused.extend(unused_dependencies(dev, &[&SOURCES, &tests]));
    let excused: Vec<&str> = UNNAMED_DEPENDENCIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(unused, excused, "dependencies that are not used, and those that are excused");
}

fn unused_dependencies(manifest: &str, sources: &[&Sources]) -> Vec<String> {
    let mentions =
        sources.iter().flat_map(|sources| sources.mentions.iter().map(move |mention| (sources, mention)));
    let used: BTreeSet<String> = mentions
        .flat_map(|(sources, mention)| sources.full_paths(&mention.module, &mention.written))
        .map(|full| full[0].clone())
        .collect();
    let section = manifest.split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    names.filter(|name| !used.contains(&name.replace('-', "_"))).map(str::to_owned).collect()
}

fn imports_against_the_rules(sources: &Sources) -> Vec<String> {
    let mut broken: Vec<String> = sources
        .evasions
        .iter()
        .map(|(module, what)| format!("{}: {what} hides what it names", module.join("::")))
        .collect();
    for mention in shipped(sources) {
        for full in sources.full_paths(&mention.module, &mention.written) {
            if full[0] == "crate" && full.last().is_some_and(|last| last == "*") {
                broken.push(complaint(mention, "name what is imported, so that nothing comes in unseen"));
            }
            for (target, stands_here) in sources.modules_on_the_way(&full) {
                broken.extend(
                    judge_import(&mention.module, &target, stands_here).map(|why| complaint(mention, &why)),
                );
            }
        }
    }
    broken
}

/// Why `module` may not name what stands in `target`, or what `target` exports.
fn judge_import(module: &[String], target: &[String], stands_here: bool) -> Option<String> {
    // The root of the crate declares the rooms and the macros.
    let (Some(from), Some(to)) = (module.first(), target.first()) else { return None };
    let Some(room) = ROOMS.iter().find(|room| room.name == from) else {
        return Some(format!("the room {from} is not in the table of tests/portal/architecture.rs"));
    };
    if from == to {
        return judge_part(room, module.get(1)?, target.get(1), stands_here);
    }
    if !room.may_import.contains(&to.as_str()) {
        return Some(format!("{from} may not import {to}: {}", room.reason));
    }
    let name = module.join("::");
    let lies_in = |folder: &str| name == folder || name.starts_with(&format!("{folder}::"));
    let abstinence = ABSTINENCES.iter().find(|abstinence| {
        lies_in(abstinence.module)
            && target != VOCABULARY
            && abstinence.never.contains(&to.as_str())
            && !abstinence.except.iter().any(|except| lies_in(except))
    })?;
    Some(format!("{} may not import {to}: {}", abstinence.module, abstinence.reason))
}

/// Inside a room, a part knows only lower parts. The room's `mod.rs` is the highest and may export them.
fn judge_part(room: &Room, from: &str, to: Option<&String>, stands_here: bool) -> Option<String> {
    if room.parts.is_empty() {
        return None;
    }
    let height = |part: &str| room.parts.iter().position(|known| *known == part);
    let Some(own) = height(from) else {
        return Some(format!("{}::{from} has no place in the order of {}", room.name, room.name));
    };
    match to {
        None if stands_here => Some(format!("{}::{from} may not import the mod.rs above it", room.name)),
        Some(to) if height(to)? > own => {
            Some(format!("{0}::{from} may not import {0}::{to}, which is above it", room.name))
        }
        _ => None,
    }
}

fn misplaced_paths(sources: &Sources) -> Vec<String> {
    let mut broken = Vec::new();
    for mention in shipped(sources) {
        for full in sources.full_paths(&mention.module, &mention.written) {
            let full = full.join("::");
            let file = format!("{}.rs", mention.module.join("/"));
            let rules = PLACES.iter().filter(|place| place.paths.iter().any(|path| begins_with(&full, path)));
            let rules = rules.filter(|place| !place.only_in.iter().any(|place| lies_in(&file, place)));
            broken.extend(rules.map(|place| complaint(mention, place.reason)));
        }
    }
    broken
}

/// `diesel::prelude` begins with `diesel`, `diesel_migrations` does not; `actix_web` begins with `actix_`.
fn begins_with(path: &str, beginning: &str) -> bool {
    path.strip_prefix(beginning)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || beginning.ends_with(['_', ':']))
}

fn foreign_tables(sources: &Sources) -> Vec<String> {
    let mut broken = Vec::new();
    let mut used = BTreeSet::new();
    for mention in shipped(sources) {
        for full in sources.full_paths(&mention.module, &mention.written) {
            let ["crate", "platform", "db", "schema", table, ..] =
                full.iter().map(String::as_str).collect::<Vec<_>>()[..]
            else {
                continue;
            };
            let module = mention.module.join("::");
            let listed = FOREIGN_TABLES.iter().find(|foreign| foreign.allows(&module, table));
            match listed {
                _ if owns(&mention.module, table) => {}
                Some(foreign) => drop(used.insert(foreign.module)),
                None => broken
                    .push(complaint(mention, &format!("no listed read of {table}, which another room owns"))),
            }
        }
    }
    let unused = FOREIGN_TABLES.iter().filter(|foreign| !used.contains(foreign.module));
    broken.extend(unused.map(|foreign| {
        format!("{} is listed because {}, and reads nothing", foreign.module, foreign.reason)
    }));
    for write in sources.writes().filter(|write| !write.is_test) {
        let tables: Vec<&str> =
            write.subject.iter().map(String::as_str).filter(|name| owner_of(name).is_some()).collect();
        let (module, subject) = (write.module.join("::"), write.subject.join("::"));
        match tables.last() {
            Some(table) if owns(&write.module, table) || FOREIGN_WRITES.contains(&(&module, table)) => {}
            Some(table) => broken.push(format!("{module}: {table} is written by its owner only")),
            None if builds_its_own_query(sources, write) => {}
            None => broken.push(format!("{module}: name the table that is written instead of {subject:?}")),
        }
    }
    broken
}

/// A function of the same room may build what is written, and so may the macro that the owner of a table uses.
fn builds_its_own_query(sources: &Sources, write: &TableWrite) -> bool {
    let is_macro = write.module == ["platform", "db", "sealed"];
    let full = sources.full_paths(&write.module, &write.subject);
    is_macro || full.iter().all(|full| full[0] == "crate" && full.get(1) == write.module.first())
}

fn owner_of(table: &str) -> Option<&'static str> {
    OWNERS.iter().find(|(_, tables)| tables.contains(&table)).map(|(room, _)| *room)
}

fn owns(module: &[String], table: &str) -> bool {
    let room = module.first().map(String::as_str);
    // The schema itself, and what is not a table of it.
    room == Some("testing") || owner_of(table).is_none_or(|owner| Some(owner) == room)
}

impl ForeignTables {
    fn allows(&self, module: &str, table: &str) -> bool {
        (module == self.module || module.starts_with(&format!("{}::", self.module)))
            && (self.tables == ALL_TABLES || self.tables.contains(&table))
    }
}

fn shipped(sources: &Sources) -> impl Iterator<Item = &Mention> {
    sources.mentions.iter().filter(|mention| !mention.is_test)
}

fn complaint(mention: &Mention, why: &str) -> String {
    format!("{}: {}\n    {why}", mention.module.join("::"), mention.written.join("::"))
}

fn assert_none(broken: &[String]) {
    let broken: BTreeSet<&String> = broken.iter().collect();
    assert!(broken.is_empty(), "\n{}", broken.into_iter().cloned().collect::<Vec<_>>().join("\n"));
}

static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
    let files = files("src", "rs");
    Sources::of(files.iter().filter(|(path, _)| path != "main.rs").map(|(path, text)| (&**path, &**text)))
});

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

fn forbidden_words(rules: &[ForbiddenText], path: &str, line: &str) -> Vec<String> {
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

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Path below `root` and text of every file with this ending, in order.
pub(super) fn files(root: &str, ending: &str) -> Vec<(String, String)> {
    let root = self::root().join(root);
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
    use super::{Sources, foreign_tables, imports_against_the_rules, judge_template, misplaced_paths};

    /// The modules that the samples name.
    const AROUND: [(&str, &str); 12] = [
        ("lib.rs", "mod links;\nuse platform::db::on_backend;"),
        ("platform/clock.rs", "pub struct Clock;"),
        ("platform/db/mod.rs", "macro_rules! on_backend { () => { $crate::platform::db::Conn } }"),
        ("platform/db/schema.rs", "table! { players (id) { id -> Text } }"),
        ("app.rs", "pub struct App;"),
        ("audit/mod.rs", "pub struct AuditEvent;"),
        ("accounts/mod.rs", "pub mod players;\npub use sign_in::begin_session;"),
        ("accounts/players/mod.rs", "pub struct Player;"),
        ("accounts/sign_in.rs", "pub fn begin_session() {}"),
        ("links/mod.rs", "mod refresh;\npub use oauth::begin;\npub struct Loose;"),
        ("links/oauth/mod.rs", "pub fn begin() {}"),
        ("operations/cleanup.rs", "pub fn clean() {}"),
    ];

    fn judge(path: &str, text: &str) -> Vec<String> {
        let sources =
            Sources::of(AROUND.into_iter().filter(|(around, _)| *around != path).chain([(path, text)]));
        let mut broken = imports_against_the_rules(&sources);
        broken.extend(misplaced_paths(&sources));
        broken.extend(foreign_tables(&sources).into_iter().filter(|text| !text.contains("reads nothing")));
        broken
    }

    #[track_caller]
    fn refuses(path: &str, text: &str, reason: &str) {
        let broken = judge(path, text);
        assert!(broken.iter().any(|told| told.contains(reason)), "{path}: {text} gave {broken:?}");
    }

    #[track_caller]
    fn accepts(path: &str, text: &str) {
        assert_eq!(judge(path, text), Vec::<String>::new(), "{path}: {text}");
    }

    #[test]
    fn refuses_an_import_upwards_in_every_form() {
        for text in [
            "use crate::links;",
            "use crate::links::Link;",
            "pub use crate::links::Link;",
            "use crate::links::Link as L;",
            "use crate::{platform::clock::Clock, links::{self, Link}};",
            "use super::super::links::Link;",
            "use self::super::super::links::Link;",
            "fn f() { use crate::links::Link; }",
            "fn f(link: &crate::links::Link) {}",
            "fn f() { crate::links::begin() }",
            "fn f() { super::super::links::begin::<Vec<u8>>() }",
            "fn f() -> <crate::links::Link as Iterator>::Item {}",
            "impl crate::links::Linked for Player {}",
            "fn f() { println!(\"{}\", crate::links::begin()) }",
            "macro_rules! begin { () => { $crate::links::begin() } }",
            "macro_rules! begin { () => { use crate::{links::begin}; } }",
            "#[derive(crate::links::Linked)] struct Player;",
            "#[serde(with = \"crate::links::text\")] struct Player;",
            "mod inner { use super::super::super::links::Link; }",
            "use crate as house;\nfn f() { house::links::begin() }",
            "use crate::links as door;\nfn f() { door::begin() }",
        ] {
            refuses("accounts/players/mod.rs", text, "accounts may not import links");
        }
        refuses("accounts/players/mod.rs", "use crate::platform::clock::*;", "name what is imported");
    }

    #[test]
    fn refuses_an_import_upwards_from_every_room() {
        refuses("platform/clock.rs", "use crate::app::App;", "platform may not import app");
        refuses("app.rs", "use crate::audit::AuditEvent;", "app may not import audit");
        refuses("server/layers.rs", "use crate::operations::cleanup;", "server may not import operations");
        refuses("operations/cleanup.rs", "use crate::testing::App;", "operations may not import testing");
        refuses("utils/text.rs", "use crate::app::App;", "utils is not in the table");
    }

    #[test]
    fn refuses_an_import_upwards_inside_a_room() {
        let above = "links::change may not import links::oauth";
        refuses("links/change.rs", "use crate::links::oauth;", above);
        refuses("links/change.rs", "use super::oauth::begin;", above);
        refuses("links/change/unlink.rs", "use super::super::oauth::begin;", above);
        refuses("links/change.rs", "use crate::links;\nfn f() { links::oauth::begin() }", above);
        // What mod.rs exports is still what it exports from.
        refuses("links/change.rs", "use crate::links::begin;", above);
        refuses("links/change.rs", "use super::begin;", above);
        refuses(
            "links/change.rs",
            "use crate::links::Loose;",
            "links::change may not import the mod.rs above it",
        );
        refuses("links/tokens.rs", "use crate::links::oauth;", "links::tokens has no place");
    }

    #[test]
    fn refuses_what_a_module_keeps_away_from() {
        refuses("games/requests/end.rs", "use crate::web::page::Page;", "games may not import web");
        accepts("games/gateway/http.rs", "use crate::web::page::Page;");
        refuses(
            "links/refresh/mod.rs",
            "use crate::accounts::begin_session;",
            "links::refresh may not import",
        );
    }

    #[test]
    fn refuses_what_hides_a_path() {
        refuses("links/change.rs", "include!(\"other.rs\");", "include! hides");
        refuses("links/change.rs", "#[path = \"other.rs\"] mod other;", "#[path] hides");
        refuses("links/change.rs", "extern crate self as house;", "extern crate hides");
        let completed = "macro_rules! begin { ($room:ident) => { crate::$room::begin() } }";
        refuses("links/change.rs", completed, "a path that a macro completes hides");
        refuses(
            "links/store/links.rs",
            "use diesel::delete as end;",
            "another name for a verb of diesel hides",
        );
    }

    #[test]
    fn accepts_an_import_downwards_and_what_is_no_import() {
        for text in [
            "use crate::platform::clock::Clock;\nuse super::change;",
            "use crate::accounts::begin_session;\nlet player = crate::accounts::players::find(id)?;",
            "pub(in crate::privacy) fn f() {}",
            "/// See [`crate::privacy::export`].\nfn f() {}",
            "const PATH: &str = \"crate::privacy::export\";",
            "fn f() { crate::on_backend!() }",
            "#[cfg(test)]\nmod tests { use super::*; use crate::privacy::export; }",
        ] {
            accepts("links/oauth/callback.rs", text);
        }
        accepts("lwa/tests/http.rs", "use crate::privacy::export;");
    }

    #[test]
    fn refuses_a_path_outside_its_files() {
        let player = "accounts/players/find.rs";
        refuses(player, "use diesel::prelude::*;", "queries live in store.rs");
        refuses(player, "use crate::platform::db::schema::players;", "only a row's type names its columns");
        refuses(player, "use actix_web::HttpResponse;", "verbs do not know HTTP");
        refuses(player, "#[derive(askama::Template)] struct Page;", "is a view");
        refuses(player, "fn f() { reqwest::get(url).await }", "only lwa speaks to Amazon");
        refuses(player, "use argon2::Argon2;", "hashed in one place");
        refuses(player, "use chrono::Utc;\nfn f() { Utc::now() }", "ask the Clock");
        refuses(player, "use chrono::Utc as Now;\nfn f() { Now::now() }", "ask the Clock");
        refuses(player, "fn f() { std::env::var(\"X\") }", "read Config");
        accepts("accounts/players/store.rs", "use diesel::prelude::*;");
        accepts("config/environment.rs", "fn f() { std::env::vars_os() }");
        accepts(player, "fn f() { let my_diesel = \"diesel::prelude\"; }");
    }

    #[test]
    fn refuses_a_write_to_the_table_of_another_room() {
        let players = "use crate::platform::db::schema::players;\n";
        for text in [
            "fn f() { diesel::delete(players::table).execute(conn) }",
            "fn f() { diesel::update(players::table.filter(players::id.eq(id))) }",
            "fn f() { diesel::insert_into(players::dsl::players) }",
            "fn f() { on_backend!(conn, |conn| diesel::insert_into(players::table).execute(conn)) }",
            "fn f() { let row = players::table.find(id);\n diesel::update(row) }",
            "use diesel::delete;\nfn f() { delete(players::table) }",
            "const SEALED: &[SealedColumn] = &[sealed_column!(players.password_sealed, |id| place(&id))];",
        ] {
            refuses(
                "links/store/links.rs",
                &format!("{players}{text}"),
                "players is written by its owner only",
            );
            accepts("accounts/players/store.rs", &format!("{players}{text}"));
        }
        refuses("links/store/links.rs", "fn f() { diesel::delete(rows) }", "name the table that is written");
        refuses("links/store/links.rs", "fn f() { diesel::sql_query(text) }", "a query names its tables");
    }

    #[test]
    fn refuses_a_read_that_is_not_listed() {
        let read = "use crate::platform::db::schema::players;";
        refuses("links/store/history.rs", read, "no listed read of players");
        accepts("links/store/links.rs", read);
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
