//! Whose things a request may name: every route that takes an id, asked with one's own, with somebody else's and with
//! one that never was, by everybody (S119, S120). Generated from `dovetail routes`: a route that is in neither
//! table fails here. Whether a route may be asked at all is `access.rs`.

use std::collections::HashSet;

use chrono::TimeDelta;
use dovetail::testing::platform::db::new_id;

use super::access::{ROLES, Route, outcome, routes, token_at_the_desk, token_of};
use super::harness::dump::difference;
use super::harness::{Agent, Browser, Person, Portal};

/// What an id is an id of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    /// Where a player is signed in.
    Session,
    GameSession,
    Device,
    /// A browser in which no code is asked for.
    RememberedBrowser,
    Passkey,
    /// A trip to Amazon that waits for its player's word.
    Attempt,
    /// A record of what happened; as the place to go on from.
    Record,
    /// A member of staff: oneself, a colleague, nobody.
    Member,
    /// A change of role: one's own proposal, a colleague's, none.
    Proposal,
    /// A player, for staff: one who is there, one who is disabled, none.
    Player,
}

/// Whose it is. What staff name is rarely theirs, so [`Object`] says what the first two mean there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Own,
    Anothers,
    Nobodys,
}

const WHOSE: [Whose; 3] = [Whose::Own, Whose::Anothers, Whose::Nobodys];

struct Row {
    route: &'static str,
    /// `player`, or the lowest role that may.
    lowest: &'static str,
    /// The field with the id; where the path has a parameter, its name.
    field: &'static str,
    object: Object,
    /// What else the form wants.
    with: &'static [(&'static str, &'static str)],
    /// What who may gets, with proof of the last minutes, in the order of [`WHOSE`].
    gets: [&'static str; 3],
}

const fn row(
    route: &'static str,
    lowest: &'static str,
    field: &'static str,
    object: Object,
    with: &'static [(&'static str, &'static str)],
    gets: [&'static str; 3],
) -> Row {
    Row { route, lowest, field, object, with, gets }
}

const ROLE: &[(&str, &str)] = &[("role", "agent"), ("reason", "ticket 4711")];
const DISABLE: &[(&str, &str)] = &[("choice", "disable"), ("reason", "ticket 4711")];
const REASON: &[(&str, &str)] = &[("reason", "ticket 4711")];
const NOTE: &[(&str, &str)] = &[("reason", "ticket 4711"), ("note", "Called back, all is well.")];
const AT_THE_PLAYER: &str = "303 /support/players/{id}";
const NAMED: &[(&str, &str)] = &[("name", "My phone")];
const CANCEL: &[(&str, &str)] = &[("choice", "cancel")];

/// Every route of players and staff that takes an id; what leads to a page of that id says `{id}`. One of another player's is answered as one that never was.
#[rustfmt::skip]
const OBJECTS: &[Row] = &[
    row("POST /account/security/end-session", "player", "session",  Object::Session,     &[],     ["303 /account/security", "404", "404"]),
    row("POST /account/security/end-session", "player", "session",  Object::GameSession, &[],     ["303 /account/security", "404", "404"]),
    row("POST /account/devices",              "player", "device",   Object::Device,      &[],     ["303 /account/devices",  "404", "404"]),
    row("POST /account/two-step/forget",      "player", "browser",  Object::RememberedBrowser, &[], ["303 /account/two-step", "404", "404"]),
    row("POST /account/passkeys/rename",      "player", "passkey",  Object::Passkey,     NAMED,   ["303 /account/passkeys", "404", "404"]),
    row("POST /account/passkeys/remove",      "player", "passkey",  Object::Passkey,     &[],     ["303 /account/passkeys", "404", "404"]),
    row("GET /amazon/confirm",                "player", "attempt",  Object::Attempt,     &[],     ["200",                   "400", "400"]),
    row("POST /amazon/confirm",               "player", "attempt",  Object::Attempt,     CANCEL,  ["303 /account",          "400", "400"]),
    row("GET /account/activity",              "player", "before",   Object::Record,      &[],     ["200",                   "200", "200"]),
    row("POST /support/staff/change",         "admin",  "staff",    Object::Member,      ROLE,    ["303 /support/staff",    "303 /support/staff", "409"]),
    row("POST /support/staff/change",         "admin",  "staff",    Object::Member,      DISABLE, ["409",                   "303 /support/staff", "409"]),
    row("POST /support/staff/approve",        "admin",  "proposal", Object::Proposal,    &[],     ["409",                   "303 /support/staff", "409"]),
    row("POST /support/staff/withdraw",       "admin",  "proposal", Object::Proposal,    &[],     ["303 /support/staff",    "303 /support/staff", "409"]),
    row("GET /support/players/{id}",          "viewer", "id",       Object::Player,      &[],     ["200",                   "200", "404"]),
    row("POST /support/actions/unmask",       "agent",  "player",   Object::Player,      REASON,  ["200",                   "200", "404"]),
    row("POST /support/actions/check-link",   "agent",  "player",   Object::Player,      REASON,  [AT_THE_PLAYER,           AT_THE_PLAYER, "404"]),
    row("POST /support/actions/unlink-amazon","agent",  "player",   Object::Player,      REASON,  [AT_THE_PLAYER,           "409", "404"]),
    row("POST /support/actions/end-sessions", "agent",  "player",   Object::Player,      REASON,  [AT_THE_PLAYER,           AT_THE_PLAYER, "404"]),
    row("POST /support/actions/send-reset",   "agent",  "player",   Object::Player,      REASON,  [AT_THE_PLAYER,           "409", "404"]),
    row("POST /support/actions/note",         "agent",  "player",   Object::Player,      NOTE,    [AT_THE_PLAYER,           AT_THE_PLAYER, "404"]),
    row("POST /support/actions/disable",      "lead",   "player",   Object::Player,      REASON,  [AT_THE_PLAYER,           "409", "404"]),
    row("POST /support/actions/enable",       "lead",   "player",   Object::Player,      REASON,  ["409",                   AT_THE_PLAYER, "404"]),
    row("GET /support/audit",                 "lead",   "player",   Object::Player,      &[],     ["200",                   "200", "200"]),
    row("POST /support/audit/export",         "lead",   "player",   Object::Player,      &[],     ["200",                   "200", "200"]),
];

/// Routes of players and staff that take no id: all they name is the asker, or what the asker's own cookie holds.
const OF_ONESELF: &[&str] = &[
    "GET /account/confirm-identity",
    "POST /account/confirm-identity",
    "GET /account/security",
    "GET /account/security/access",
    "POST /account/security/sign-out-everywhere",
    "GET /account",
    "GET /link/amazon",
    "POST /amazon/link",
    "POST /amazon/mine",
    "POST /amazon/email/use",
    "POST /amazon/email/decline",
    "GET /amazon/replace",
    "POST /amazon/replace",
    "POST /amazon/confirm-identity",
    "GET /amazon/unlink",
    "POST /amazon/unlink",
    "GET /account/profile",
    "POST /account/profile",
    "GET /account/email",
    "POST /account/email",
    "GET /account/email/verify",
    "POST /account/email/verify",
    "POST /account/email/again",
    "POST /account/email/cancel",
    "GET /account/password",
    "POST /account/password",
    "GET /account/password/remove",
    "POST /account/password/remove",
    "GET /account/passkeys",
    "GET /account/passkeys/add",
    "POST /account/passkeys/add",
    "POST /account/passkeys/begin",
    "POST /account/confirm-identity/passkey",
    "POST /account/confirm-identity/passkey/begin",
    "GET /account/two-step",
    "POST /account/two-step/begin",
    "GET /account/two-step/set-up",
    "POST /account/two-step/set-up",
    "GET /account/two-step/codes",
    "POST /account/two-step/codes",
    "POST /account/two-step/keep",
    "GET /account/two-step/off",
    "POST /account/two-step/off",
    "POST /activate/move",
    "POST /activate/sign-in",
    "GET /account/devices",
    "GET /account/data",
    "POST /account/data/export",
    "GET /account/data/delete",
    "POST /account/data/delete",
    "POST /support/sign-out",
    "GET /support/confirm-identity",
    "POST /support/confirm-identity",
    "GET /support/recovery-codes",
    "POST /support/recovery-codes",
    "GET /support/staff",
    "GET /support",
    // What is typed is looked for, and is no id that opens anything by itself.
    "GET /support/players",
    // There is one brake.
    "POST /support/actions/release-brake",
];

#[test]
fn every_route_says_what_it_may_name() {
    let routes = routes();
    let guarded: HashSet<String> = routes
        .iter()
        .filter(|route| route.is_for_staff() || route.who == "player")
        .map(Route::name)
        .collect();
    let mut wrong = Vec::new();
    for name in &guarded {
        let takes_one = OBJECTS.iter().any(|row| row.route == name);
        if takes_one == OF_ONESELF.contains(&name.as_str()) {
            wrong.push(format!("{name}: it is in both tables, or nobody has said whose things it may name"));
        }
        if name.contains('{') && !takes_one {
            wrong.push(format!("{name}: there is an id in its path"));
        }
    }
    for known in OBJECTS.iter().map(|row| row.route).chain(OF_ONESELF.iter().copied()) {
        if !guarded.contains(known) {
            wrong.push(format!("{known}: there is no such route"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_player_reaches_their_own_things_and_nobody_elses() {
    let portal = Portal::start().await;
    let mut wrong = Vec::new();
    let routes = routes();
    let mut number = 0;
    for row in OBJECTS.iter().filter(|row| row.lowest == "player") {
        let route = routes.iter().find(|route| route.name() == row.route).unwrap();
        for (whose, expected) in WHOSE.into_iter().zip(row.gets) {
            for is_fresh in [false, true] {
                number += 1;
                let (ann, bo) =
                    (somebody(&portal, number, "ann").await, somebody(&portal, number, "bo").await);
                let (own, mine) = thing(&portal, row.object, &ann).await;
                let (_, theirs) = thing(&portal, row.object, &bo).await;
                let id = [mine, theirs, "never-was".to_owned()][whose as usize].clone();
                if !is_fresh {
                    portal
                        .run(&format!("UPDATE sessions SET fresh_at = NULL WHERE player_id = '{}'", ann.id));
                }
                let expected = match (is_fresh, route.fresh) {
                    (false, true) => "303 /account/confirm-identity",
                    _ => expected,
                };
                let before = portal.belongings_of(&bo);
                let got = ask(&portal, &own, route, row, &id).await;
                if got != expected {
                    wrong.push(format!(
                        "{} with {whose:?} {:?}, fresh {is_fresh}: {got}, not {expected}",
                        row.route, row.object
                    ));
                }
                if before != portal.belongings_of(&bo) {
                    wrong.push(format!(
                        "{} with {whose:?} {:?} changed somebody else's",
                        row.route, row.object
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Neither a visitor nor anybody at the desk gets at a player's things, whatever they name; nor a visitor or a player
/// at the desk's.
#[tokio::test]
async fn whoever_is_somebody_else_altogether_gets_nowhere() {
    let portal = Portal::start().await;
    let mut wrong = Vec::new();
    let routes = routes();
    let admin = portal.agent("ada", "admin").await;
    let colleague = portal.agent("colleague", "viewer").await;
    for (number, row) in OBJECTS.iter().enumerate() {
        let route = routes.iter().find(|route| route.name() == row.route).unwrap();
        let bo = somebody(&portal, number, "bo").await;
        let id = match row.lowest {
            "player" => thing(&portal, row.object, &bo).await.1,
            _ => thing_of_the_desk(&portal, row.object, &admin, &colleague).await,
        };
        let (askers, way) = match row.lowest {
            "player" => (vec![portal.browser(), portal.desk_of(&admin)], "/sign-in"),
            _ => (vec![portal.browser(), portal.browser_of(&bo)], "/support/sign-in"),
        };
        let tokens = [token_of(&askers[0]).await, token_of(&askers[1]).await];
        let before = portal.dump();
        for (browser, token) in askers.iter().zip(tokens) {
            let got = ask_with(&portal, browser, route, row, &id, &[("csrf", &token)]).await;
            if got != format!("303 {way}") {
                wrong.push(format!("{}: {got}", row.route));
            }
        }
        wrong.extend(difference(&before, &portal.dump()));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn staff_reach_what_their_role_lets_them_reach() {
    let portal = Portal::start().await;
    let desk = Desk::open(&portal).await;
    let mut wrong = Vec::new();
    let routes = routes();
    for row in OBJECTS.iter().filter(|row| row.lowest != "player") {
        let route = routes.iter().find(|route| route.name() == row.route).unwrap();
        let lowest = ROLES.iter().position(|role| *role == row.lowest).unwrap();
        for (whose, gets) in WHOSE.into_iter().zip(row.gets) {
            // A player whom nobody has touched stands for the next one, too.
            let mut untouched = None;
            for (rank, (role, agent)) in desk.agents.iter().enumerate() {
                for is_fresh in [false, true] {
                    let expected = match (rank >= lowest, is_fresh || !route.fresh) {
                        (false, _) => "404",
                        (true, false) => "303 /support/confirm-identity",
                        (true, true) => gets,
                    };
                    let id = match untouched.take() {
                        Some(id) => id,
                        None => desk.thing(row.object, whose, agent, rank >= lowest).await,
                    };
                    let browser = if is_fresh { portal.desk_of(agent) } else { portal.stale_desk_of(agent) };
                    let found = desk.cell(&browser, route, row, &id, expected).await;
                    let cell = format!("{} with {whose:?} {:?} as {role}", row.route, row.object);
                    wrong.extend(found.into_iter().map(|what| format!("{cell}, fresh {is_fresh}: {what}")));
                    untouched = (is_refusal(expected) && row.object == Object::Player).then_some(id);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Neither the thing nor anything else was reached.
fn is_refusal(expected: &str) -> bool {
    expected == "404" || expected.ends_with("/confirm-identity")
}

/// Somebody of each role, and whom they name.
struct Desk<'a> {
    portal: &'a Portal,
    agents: Vec<(&'static str, Agent)>,
    /// An admin who is none of the askers.
    boss: Agent,
    colleague: Agent,
}

impl<'a> Desk<'a> {
    async fn open(portal: &'a Portal) -> Self {
        let mut agents = Vec::new();
        for role in ROLES {
            agents.push((role, portal.agent(role, role).await));
        }
        let boss = portal.agent("boss", "admin").await;
        Self { portal, agents, boss, colleague: portal.agent("colleague", "viewer").await }
    }

    /// What `asker` names. Whose it is counts where they may ask at all.
    async fn thing(&self, object: Object, whose: Whose, asker: &Agent, may: bool) -> String {
        if whose == Whose::Nobodys {
            return "never-was".to_owned();
        }
        let (by, whom) = match object {
            Object::Member if may && whose == Whose::Own => (&self.boss, asker),
            _ if may && whose == Whose::Own => (asker, &self.colleague),
            _ => (&self.boss, &self.colleague),
        };
        let id = thing_of_the_desk(self.portal, object, by, whom).await;
        if object == Object::Player && whose == Whose::Anothers {
            self.portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{id}'"));
        }
        id
    }

    /// Asks, and says what is not as it should be. Leaves the desk as it was.
    async fn cell(
        &self,
        browser: &Browser,
        route: &Route,
        row: &Row,
        id: &str,
        expected: &str,
    ) -> Vec<String> {
        let portal = self.portal;
        let token = token_at_the_desk(browser).await;
        // What the page shows, for what is decided by it.
        let shown = portal.desk_of(&self.boss).get(&format!("/support/players/{id}")).await;
        let seen = shown.attribute(&format!("form[action='{}'] [name=seen]", route.path), "value");
        let hidden = [("csrf", token.as_str()), ("seen", seen.as_deref().unwrap_or_default())];
        let before = is_refusal(expected).then(|| portal.dump());
        let got = ask_with(portal, browser, route, row, id, &hidden).await;
        let mut wrong = Vec::new();
        if got != expected {
            wrong.push(format!("{got}, not {expected}"));
        }
        if let Some(before) = before {
            let changed = difference(&before, &portal.dump()).into_iter();
            // That it was refused is recorded and counted.
            wrong.extend(changed.filter(|line| !line.contains(" audit_") && !line.contains(" throttles:")));
        }
        portal.run("DELETE FROM throttles");
        portal.run("UPDATE staff SET disabled_at = NULL");
        portal.run(&format!("UPDATE staff SET role = 'viewer' WHERE id = '{}'", self.colleague.id));
        wrong
    }
}

async fn somebody(portal: &Portal, number: usize, name: &str) -> Person {
    portal.person(&format!("{name}-{number}"), true, None).await
}

/// Something of this player's, and a browser in which they are signed in.
async fn thing(portal: &Portal, object: Object, owner: &Person) -> (Browser, String) {
    let own = portal.browser_of(owner);
    portal.wait(TimeDelta::milliseconds(2));
    let newest = |table: &str| {
        let of = format!("WHERE player_id = '{}'", owner.id);
        portal.lines(&format!("SELECT id AS line FROM {table} {of} ORDER BY id DESC")).swap_remove(0)
    };
    let id = match object {
        Object::Session => {
            portal.browser_of(owner);
            newest("sessions")
        }
        Object::GameSession => {
            portal.game_token_of(owner);
            newest("game_sessions")
        }
        Object::Device => portal.device_of(owner),
        Object::Passkey => {
            let id = new_id(portal.clock.now());
            portal.put(
                "passkeys",
                &[
                    ("id", format!("'{id}'")),
                    ("player_id", format!("'{}'", owner.id)),
                    ("name", "'Key'".into()),
                    ("credential_id", format!("'{id}'")),
                    ("credential", "'{}'".into()),
                    ("sign_count", "0".into()),
                    ("is_backup_eligible", "FALSE".into()),
                    ("is_backed_up", "FALSE".into()),
                    ("created_at", portal.moment(0)),
                ],
            );
            id
        }
        Object::RememberedBrowser => {
            let id = new_id(portal.clock.now());
            portal.put(
                "remembered_browsers",
                &[
                    ("id", format!("'{id}'")),
                    ("player_id", format!("'{}'", owner.id)),
                    ("token_hash", format!("'{id}'")),
                    ("browser", "'Firefox'".into()),
                    ("network", "'127.0.0.0/24'".into()),
                    ("created_at", portal.moment(0)),
                    ("expires_at", portal.moment(60)),
                ],
            );
            id
        }
        Object::Attempt => {
            let customer = if owner.name.starts_with("ann") { "Mork Hashimoto" } else { "Pat Example" };
            let page =
                own.visit("/account").await.press("Link Amazon account").await.allow_as(customer).await;
            page.value("attempt").unwrap_or_else(|| panic!("{}: {}", page.path(), page.text()))
        }
        Object::Record => {
            let page = own.visit("/account/profile").await.fill("display_name", "Somebody else");
            page.press("Save").await;
            newest("audit_events")
        }
        Object::Member | Object::Proposal | Object::Player => panic!("{object:?} is the desk's"),
    };
    (own, id)
}

/// Something that the desk names: somebody, what `by` proposed for them, or a player.
async fn thing_of_the_desk(portal: &Portal, object: Object, by: &Agent, whom: &Agent) -> String {
    match object {
        Object::Member => whom.id.clone(),
        Object::Proposal => {
            let page = portal.desk_of(by).visit("/support/staff").await;
            let page = page.fill("staff", &whom.id).fill("role", "lead").fill("reason", "ticket 4711");
            page.press("Propose role").await;
            let of = format!("WHERE staff_id = '{}'", whom.id);
            portal.lines(&format!("SELECT id AS line FROM staff_proposals {of}")).remove(0)
        }
        Object::Player => {
            let number = portal.count_all("players");
            let key = format!("customer-{number}");
            portal.amazon.admits(&key, &key, &format!("{key}@example.com"));
            let player = portal.person("Somebody", false, Some(&key)).await;
            portal.has_real_tokens(&player, &key);
            let email = format!("'somebody-{number}@example.test'");
            portal.run(&format!(
                "UPDATE players SET email = {email}, email_key = {email}, email_proven_at = created_at WHERE id = '{}'",
                player.id
            ));
            portal.browser_of(&player).visit("/account").await.press("Sign out").await;
            portal.browser_of(&player);
            player.id
        }
        _ => panic!("{object:?} is a player's"),
    }
}

async fn ask(portal: &Portal, browser: &Browser, route: &Route, row: &Row, id: &str) -> String {
    let token = token_of(browser).await;
    ask_with(portal, browser, route, row, id, &[("csrf", &token)]).await
}

async fn ask_with(
    portal: &Portal,
    browser: &Browser,
    route: &Route,
    row: &Row,
    id: &str,
    hidden: &[(&str, &str)],
) -> String {
    let path = route.path.replace(&format!("{{{}}}", row.field), id);
    let is_in_path = path != route.path;
    let page = if route.csrf {
        let mut form = hidden.to_vec();
        form.extend((!is_in_path).then_some((row.field, id)));
        form.extend(row.with);
        browser.post(&path, &form).await
    } else if is_in_path {
        browser.get(&path).await
    } else {
        browser.get(&format!("{path}?{}={id}", row.field)).await
    };
    outcome(portal, &page).replace(id, "{id}")
}
