//! Who may ask for what: every route of the table, asked by everybody, with and without the token of its form.
//!
//! A route that nobody has written an expectation for fails here, and so does an expectation without a route.

use std::process::Command;

use serde::Deserialize;

use super::harness::browser::NEIGHBOURS;
use super::harness::dump::difference;
use super::harness::staff::sign_in as sign_in_at_the_desk;
use super::harness::{Browser, Page, Person, Portal};

/// What nobody, a player whose proof of identity is old, and a player who has just signed in get: the status, and where it leads.
/// A POST is sent with its token and nothing else.
#[rustfmt::skip]
const EXPECTED: &[(&str, [&str; 3])] = &[
    ("GET /healthz",                              ["200",             "200",                           "200"]),
    ("GET /static/{version}/{path:.*}",           ["404",             "404",                           "404"]),
    ("GET /",                                     ["200",             "303 /account",                  "303 /account"]),
    ("GET /sign-in",                              ["200",             "303 /account",                  "303 /account"]),
    ("POST /sign-in",                             ["422",             "303 /account",                  "303 /account"]),
    ("GET /sign-in/code",                         ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("POST /sign-in/code",                        ["422",             "303 /account",                  "303 /account"]),
    ("GET /sign-in/two-step",                     ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("POST /sign-in/two-step",                    ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("GET /sign-in/lost-factor",                  ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("POST /sign-in/lost-factor",                 ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("GET /sign-in/lost-factor/finish",           ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("POST /sign-in/lost-factor/finish",          ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("GET /sign-in/lost-factor/begin",            ["404",             "404",                           "404"]),
    ("POST /sign-in/lost-factor/begin",           ["404",             "404",                           "404"]),
    ("GET /sign-in/lost-factor/cancel",           ["404",             "404",                           "404"]),
    ("POST /sign-in/lost-factor/cancel",          ["404",             "404",                           "404"]),
    ("POST /account/two-step/keep",               ["303 /sign-in",    "303 /account/security",         "303 /account/security"]),
    ("POST /sign-out",                            ["303 /",           "303 /",                         "303 /"]),
    ("GET /forgot-password",                      ["200",             "200",                           "200"]),
    ("POST /forgot-password",                     ["422",             "422",                           "422"]),
    ("GET /reset-password",                       ["200",             "200",                           "200"]),
    ("POST /reset-password",                      ["422",             "422",                           "422"]),
    ("GET /account/confirm-identity",             ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/confirm-identity",            ["303 /sign-in",    "422",                           "422"]),
    ("GET /account/security",                     ["303 /sign-in",    "200",                           "200"]),
    ("GET /account/security/access",              ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/security/end-session",        ["303 /sign-in",    "303 /account/confirm-identity", "404"]),
    ("POST /account/security/sign-out-everywhere",["303 /sign-in",    "303 /account/confirm-identity", "303 /account/security"]),
    ("GET /.well-known/change-password",          ["303 /account/password", "303 /account/password",         "303 /account/password"]),
    ("POST /sign-in/passkey/begin",                ["200",             "303 /account",                  "303 /account"]),
    ("POST /sign-in/passkey",                      ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("POST /account/confirm-identity/passkey/begin",["303 /sign-in",    "409",                           "409"]),
    ("POST /account/confirm-identity/passkey",     ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/confirm-identity"]),
    ("GET /account/passkeys",                      ["303 /sign-in",    "200",                           "200"]),
    ("GET /account/passkeys/add",                  ["303 /sign-in",    "303 /account/confirm-identity", "200"]),
    ("POST /account/passkeys/begin",               ["303 /sign-in",    "303 /account/passkeys/add",     "200"]),
    ("POST /account/passkeys/add",                 ["303 /sign-in",    "303 /account/confirm-identity", "422"]),
    ("POST /account/passkeys/rename",              ["303 /sign-in",    "422",                           "422"]),
    ("POST /account/passkeys/remove",              ["303 /sign-in",    "303 /account/confirm-identity", "404"]),
    ("GET /.well-known/webauthn",                  ["404",             "404",                           "404"]),
    ("GET /account",                              ["303 /sign-in",    "200",                           "200"]),
    ("GET /link/amazon",                          ["303 /sign-in",    "200",                           "200"]),
    ("POST /amazon/sign-in",                      ["303 Amazon",      "303 Amazon",                    "303 Amazon"]),
    ("POST /amazon/link",                         ["303 /sign-in",    "303 /account/confirm-identity", "303 Amazon"]),
    ("GET /amazon/replace",                       ["303 /sign-in",    "200",                           "200"]),
    ("POST /amazon/replace",                      ["303 /sign-in",    "303 /account/confirm-identity", "303 Amazon"]),
    ("POST /amazon/confirm-identity",             ["303 /sign-in",    "303 Amazon",                    "303 Amazon"]),
    ("GET /amazon/callback",                      ["400",             "400",                           "400"]),
    ("GET /amazon/outcome",                       ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("GET /amazon/confirm",                       ["303 /sign-in",    "400",                           "400"]),
    ("POST /amazon/confirm",                      ["303 /sign-in",    "400",                           "400"]),
    ("GET /amazon/game-link",                     ["400",             "400",                           "400"]),
    ("POST /amazon/game-link",                    ["400",             "400",                           "400"]),
    ("POST /amazon/mine",                         ["303 /sign-in",    "303 /account/confirm-identity", "303 /account"]),
    ("POST /amazon/email/use",                    ["303 /sign-in",    "303 /account/confirm-identity", "303 /account"]),
    ("POST /amazon/email/decline",                ["303 /sign-in",    "303 /account",                  "303 /account"]),
    ("GET /amazon/register",                      ["400",             "400",                           "400"]),
    ("POST /amazon/register",                     ["422",             "422",                           "422"]),
    ("GET /amazon/undo",                          ["404",             "404",                           "404"]),
    ("POST /amazon/undo",                         ["404",             "404",                           "404"]),
    ("GET /amazon/unlink",                        ["303 /sign-in",    "303 /account/confirm-identity", "200"]),
    ("POST /amazon/unlink",                       ["303 /sign-in",    "303 /account/confirm-identity", "303 /account"]),
    ("GET /account/profile",                      ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/profile",                     ["303 /sign-in",    "422",                           "422"]),
    ("GET /account/email",                        ["303 /sign-in",    "303 /account/confirm-identity", "200"]),
    ("POST /account/email",                       ["303 /sign-in",    "303 /account/confirm-identity", "422"]),
    ("GET /account/email/verify",                 ["303 /sign-in",    "303 /account/email",            "303 /account/email"]),
    ("POST /account/email/verify",                ["303 /sign-in",    "422",                           "422"]),
    ("POST /account/email/again",                 ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/profile"]),
    ("POST /account/email/cancel",                ["303 /sign-in",    "303 /account/profile",          "303 /account/profile"]),
    ("GET /account/email/undo",                   ["404",             "404",                           "404"]),
    ("POST /account/email/undo",                  ["404",             "404",                           "404"]),
    ("GET /account/password",                     ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/password",                    ["303 /sign-in",    "422",                           "422"]),
    ("GET /account/password/remove",              ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/password/remove",             ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/security"]),
    ("GET /account/two-step",                     ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/two-step/begin",              ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/two-step/set-up"]),
    ("GET /account/two-step/set-up",              ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/two-step"]),
    ("POST /account/two-step/set-up",             ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/two-step"]),
    ("GET /account/two-step/codes",               ["303 /sign-in",    "303 /account/two-step",         "303 /account/two-step"]),
    ("POST /account/two-step/codes",              ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/two-step"]),
    ("GET /account/two-step/off",                 ["303 /sign-in",    "303 /account/confirm-identity", "303 /account/two-step"]),
    ("POST /account/two-step/off",                ["303 /sign-in",    "303 /account/confirm-identity", "422"]),
    ("POST /account/two-step/forget",             ["303 /sign-in",    "404",                           "404"]),
    ("GET /account/activity",                     ["303 /sign-in",    "200",                           "200"]),
    ("GET /privacy",                              ["200",             "200",                           "200"]),
    ("GET /account/data",                         ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/data/export",                 ["303 /sign-in",    "303 /account/confirm-identity", "200"]),
    ("GET /account/data/delete",                  ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/data/delete",                 ["303 /sign-in",    "303 /account/confirm-identity", "422"]),
    ("GET /account/data/keep",                    ["303 /sign-in",    "303 /sign-in",                  "303 /sign-in"]),
    ("POST /account/data/keep",                   ["303 /sign-in",    "303 /sign-in",                  "303 /sign-in"]),
    ("POST /account/data/keep/export",            ["303 /sign-in",    "303 /sign-in",                  "303 /sign-in"]),
    ("POST /account/data/keep/erase",             ["303 /sign-in",    "303 /sign-in",                  "303 /sign-in"]),
    ("GET /goodbye",                              ["200",             "303 /account",                  "303 /account"]),
    ("GET /amazon/match",                         ["400",             "400",                           "400"]),
    ("POST /amazon/match",                        ["400",             "400",                           "400"]),
    ("GET /ws/{credential}/{apiKey}",             ["400",             "400",                           "400"]),
    ("POST /rs/{credential}/{secret}/{RequestName}", ["403",          "403",                           "403"]),
    ("GET /register",                             ["200",             "303 /account",                  "303 /account"]),
    ("POST /register",                            ["422",             "303 /account",                  "303 /account"]),
    ("GET /register/verify",                      ["303 /register",   "303 /account",                  "303 /account"]),
    ("POST /register/verify",                     ["422",             "303 /account",                  "303 /account"]),
    ("GET /activate",                             ["200",             "200",                           "200"]),
    ("POST /activate",                            ["422",             "422",                           "422"]),
    ("GET /activate/claim",                       ["303 /activate",   "303 /activate",                 "303 /activate"]),
    ("POST /activate/claim",                      ["303 /activate",   "303 /activate",                 "303 /activate"]),
    ("POST /activate/move",                       ["303 /sign-in",    "303 /account/confirm-identity", "303 /activate"]),
    ("GET /activate/sign-in",                     ["303 /activate",   "303 /activate",                 "303 /activate"]),
    ("POST /activate/sign-in",                    ["303 /sign-in",    "303 /account/confirm-identity", "303 /activate"]),
    ("GET /activate/link",                        ["303 /amazon/register", "303 /amazon/register",        "303 /amazon/register"]),
    ("POST /activate/link",                       ["303 /activate",   "303 /activate",                 "303 /activate"]),
    ("POST /activate/deny",                       ["303 /activate",   "303 /activate",                 "303 /activate"]),
    ("GET /account/devices",                      ["303 /sign-in",    "200",                           "200"]),
    ("POST /account/devices",                     ["303 /sign-in",    "303 /account/confirm-identity", "404"]),
    ("GET /api/v1/openapi.json",                  ["200",             "200",                           "200"]),
    ("GET /api/v1/players",                       ["401",             "401",                           "401"]),
    ("GET /api/v1/players/{id}",                  ["401",             "401",                           "401"]),
    ("GET /api/v1/players/{id}/amazon-link",      ["401",             "401",                           "401"]),
    ("POST /api/v1/players/{id}/amazon-link/access-token", ["401",    "401",                           "401"]),
    ("POST /api/v1/players/{id}/amazon-link/code", ["401",            "401",                           "401"]),
    ("GET /api/v1/players/{id}/amazon-link/code/{linkingId}", ["401", "401",                           "401"]),
    ("GET /api/v1/link-events",                   ["401",             "401",                           "401"]),
    ("GET /dev/outbox",                           ["200",             "200",                           "200"]),
    ("GET /support/sign-in",                      ["200",             "200",                           "200"]),
    ("POST /support/sign-in",                     ["422",             "422",                           "422"]),
    ("GET /support/sign-in/code",                 ["303 /support/sign-in", "303 /support/sign-in",     "303 /support/sign-in"]),
    ("POST /support/sign-in/code",                ["303 /support/sign-in", "303 /support/sign-in",     "303 /support/sign-in"]),
    ("GET /support/enrol",                        ["200",             "200",                           "200"]),
    ("POST /support/enrol",                       ["422",             "422",                           "422"]),
];

/// Routes for staff: the lowest role that may, and what that role gets when its proof is old and when it is new.
/// Lower roles get 404 for each, whoever is not staff is sent to the desk's own sign-in; nobody has to write that down.
#[rustfmt::skip]
const STAFF: &[(&str, &str, [&str; 2])] = &[
    ("POST /support/sign-out",                    "viewer", ["303 /support/sign-in",          "303 /support/sign-in"]),
    ("GET /support/confirm-identity",             "viewer", ["200",                           "200"]),
    ("POST /support/confirm-identity",            "viewer", ["422",                           "422"]),
    ("GET /support/recovery-codes",               "viewer", ["200",                           "200"]),
    ("POST /support/recovery-codes",              "viewer", ["303 /support/confirm-identity", "303 /support/recovery-codes"]),
    ("GET /support/staff",                        "admin",  ["200",                           "200"]),
    ("POST /support/staff/change",                "admin",  ["303 /support/confirm-identity", "422"]),
    ("POST /support/staff/approve",               "admin",  ["303 /support/confirm-identity", "409"]),
    ("POST /support/staff/withdraw",              "admin",  ["303 /support/confirm-identity", "409"]),
    ("GET /support",                              "viewer", ["200",                           "200"]),
    ("GET /support/players",                      "viewer", ["200",                           "200"]),
    ("GET /support/audit",                        "lead",   ["200",                           "200"]),
    ("POST /support/audit/export",                "lead",   ["303 /support/confirm-identity", "200"]),
    ("GET /support/players/{id}",                 "viewer", ["404",                           "404"]),
    ("POST /support/actions/unmask",              "agent",  ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/check-link",          "agent",  ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/unlink-amazon",       "agent",  ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/end-sessions",        "agent",  ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/send-reset",          "agent",  ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/note",                "agent",  ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/disable",             "lead",   ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/enable",              "lead",   ["303 /support/confirm-identity", "404"]),
    ("POST /support/actions/release-brake",       "lead",   ["303 /support/confirm-identity", "409"]),
];

pub const ROLES: [&str; 4] = ["viewer", "agent", "lead", "admin"];

/// A row of `dovetail routes --json`.
#[derive(Deserialize)]
pub struct Route {
    pub method: String,
    pub path: String,
    pub who: String,
    pub fresh: bool,
    pub csrf: bool,
}

impl Route {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The path with something in place of every parameter.
    fn address(&self) -> String {
        let parts: Vec<&str> =
            self.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        parts.join("/")
    }

    /// Somebody who is signed out already may press Sign out: nothing happens, so nothing is checked.
    fn is_for_visitors(&self) -> bool {
        self.who != "player" && self.path != "/sign-out" && !self.is_for_staff()
    }

    fn is_for_players(&self) -> bool {
        self.who != "signed_out" && !self.is_for_staff()
    }

    pub fn is_for_staff(&self) -> bool {
        self.who.starts_with("staff:")
    }
}

pub fn routes() -> Vec<Route> {
    let output = Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .args(["routes", "--json"])
        .env_clear()
        .env("DOVETAIL_MODE", "development")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn unsafe_routes() -> Vec<Route> {
    routes().into_iter().filter(|route| route.csrf).collect()
}

/// Somebody new with a password and a link, because asking may change them.
async fn somebody(portal: &Portal, number: usize) -> Person {
    let (name, key) = (format!("Ann{number}"), format!("ann-{number}"));
    portal.amazon.admits(&key, &name, &format!("{key}@example.com"));
    portal.person(&name, true, Some(&key)).await
}

/// A token for the forms of this browser, whoever is signed in.
pub async fn token_of(browser: &Browser) -> String {
    let page = browser.visit("/sign-in").await;
    page.csrf()
}

async fn ask(browser: &Browser, route: &Route) -> Page {
    if route.csrf {
        let token = token_of(browser).await;
        browser.post(&route.address(), &[("csrf", &token)]).await
    } else {
        browser.ask(&route.method, &route.address()).await
    }
}

/// The status, and the page a redirect leads to.
pub fn outcome(portal: &Portal, page: &Page) -> String {
    let Some(location) = page.location() else { return page.status.to_string() };
    let target = page.url.join(&location).unwrap();
    let place = if target.as_str().starts_with(&portal.amazon.url()) { "Amazon" } else { target.path() };
    format!("{} {place}", page.status)
}

#[tokio::test]
async fn every_route_admits_whom_it_should() {
    let portal = Portal::start().await;
    let mut wrong = Vec::new();
    let routes = routes();
    let ada = portal.agent("ada", "admin").await;
    for (number, route) in routes.iter().enumerate() {
        let name = route.name();
        let person = somebody(&portal, number).await;
        let askers = [portal.browser(), portal.stale_browser_of(&person), portal.browser_of(&person)];
        let mut got = Vec::new();
        for browser in &askers {
            got.push(outcome(&portal, &ask(browser, route).await));
        }
        // Who is at the desk is nobody elsewhere.
        if !route.path.starts_with("/support") {
            let of_staff = outcome(&portal, &ask(&portal.desk_of(&ada), route).await);
            if of_staff != got[0] {
                wrong.push(format!("{name}: {of_staff} for an admin, {} for nobody", got[0]));
            }
        }
        if route.is_for_staff() {
            // Nobody, and no player, gets further than the desk's own sign-in.
            if got.iter().any(|got| got != "303 /support/sign-in") {
                wrong.push(format!("{name}: {got:?} for whoever is not staff"));
            }
            continue;
        }
        match EXPECTED.iter().find(|(known, _)| *known == name) {
            Some((_, expected)) if got == expected => {}
            Some((_, expected)) => wrong.push(format!("{name}: {got:?}, not {expected:?}")),
            None => wrong.push(format!("{name}: nobody has said who may ask; today {got:?}")),
        }
    }
    let is_known = |name: &str| routes.iter().any(|route| route.name() == name);
    wrong.extend(
        EXPECTED
            .iter()
            .filter(|(name, _)| !is_known(name))
            .map(|(name, _)| format!("{name}: there is no such route")),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A token for the forms of somebody at the desk.
pub async fn token_at_the_desk(desk: &Browser) -> String {
    desk.visit("/support/recovery-codes").await.csrf()
}

/// S119: each route by each role, direct POSTs with a good token included.
#[tokio::test]
async fn every_route_of_the_desk_admits_its_roles_and_no_lower_one() {
    let portal = Portal::start().await;
    let mut wrong = Vec::new();
    let routes: Vec<Route> = routes().into_iter().filter(Route::is_for_staff).collect();
    let mut agents = Vec::new();
    for role in ROLES {
        agents.push((role, portal.agent(role, role).await));
    }
    for route in &routes {
        let name = route.name();
        let known = STAFF.iter().find(|(known, _, _)| *known == name);
        let lowest = known.and_then(|(_, lowest, _)| ROLES.iter().position(|role| role == lowest));
        for (rank, (role, agent)) in agents.iter().enumerate() {
            let mut got = Vec::new();
            for desk in [portal.stale_desk_of(agent), portal.desk_of(agent)] {
                let answer = if route.csrf {
                    let token = token_at_the_desk(&desk).await;
                    desk.post(&route.address(), &[("csrf", &token)]).await
                } else {
                    desk.ask(&route.method, &route.address()).await
                };
                got.push(outcome(&portal, &answer));
                // Tries count against the account; each cell of the matrix is a first one.
                portal.run("DELETE FROM throttles");
            }
            let expected = match (known, lowest) {
                (Some((_, _, expected)), Some(lowest)) if rank >= lowest => expected.to_vec(),
                (Some(_), _) => vec!["404", "404"],
                (None, _) => vec!["nobody has said who may ask"],
            };
            if got != expected {
                wrong.push(format!("{name} as {role}: {got:?}, not {expected:?}"));
            }
        }
    }
    let is_known = |name: &str| routes.iter().any(|route| route.name() == name);
    wrong.extend(
        STAFF
            .iter()
            .filter(|(name, _, _)| !is_known(name))
            .map(|(name, _, _)| format!("{name}: no such route")),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// S32 at the desk: no form without its token, nor with a player's, a colleague's or a visitor's; and nothing changes.
#[tokio::test]
async fn no_form_of_the_desk_goes_without_its_token() {
    let portal = Portal::start().await;
    let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
    let ann = portal.ann().await;
    let desk = portal.desk_of(&ada);
    let tokens = [
        ("a colleague's", token_at_the_desk(&portal.desk_of(&bea)).await),
        ("a player's", token_of(&portal.browser_of(&ann)).await),
        ("a visitor's", token_of(&portal.browser()).await),
        ("an empty", String::new()),
    ];
    let own = token_at_the_desk(&desk).await;
    let mut before = portal.dump();
    for route in unsafe_routes().iter().filter(|route| route.is_for_staff()) {
        for (what, token) in &tokens {
            let answer = desk.post(&route.address(), &[("csrf", token)]).await;
            assert_eq!(
                (answer.status, answer.code()),
                (403, Some("csrf".into())),
                "{} with {what} token",
                route.name()
            );
        }
        assert_eq!(desk.post(&route.address(), &[]).await.status, 403, "{} without a token", route.name());
        let abroad = desk.post_from_elsewhere(&route.address(), &[("csrf", &own)]).await;
        assert_eq!(abroad.status, 403, "{} from elsewhere", route.name());
        if route.path.starts_with("/support/audit") {
            // The page of the form is shown again, and notes that it was looked at (S34).
            before = portal.dump();
        }
        let changed = difference(&before, &portal.dump());
        assert!(changed.is_empty(), "{}: {changed:#?}", route.name());
    }
}

/// Visitors' forms that sign in.
const SIGNING_IN: [&str; 6] = [
    "/amazon/register",
    "/amazon/match",
    "/activate/claim",
    "/sign-in/two-step",
    "/sign-in/lost-factor/finish",
    "/account/data/keep",
];

/// S32: a form counts only with the token of its own browser and session.
#[tokio::test]
async fn no_form_goes_without_its_token() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let elsewhere = token_of(&portal.browser_of(&ann)).await;
    let bos = token_of(&portal.browser_of(&bo)).await;
    let strangers = token_of(&portal.browser()).await;
    let visitor = portal.browser();
    let own_as_visitor = token_of(&visitor).await;
    let player = portal.browser();
    let before_sign_in = token_of(&player).await;
    portal.sign_in(&player, &ann);
    let own_as_player = token_of(&player).await;

    let before = portal.dump();
    for route in unsafe_routes() {
        let mut askers = Vec::new();
        if route.is_for_visitors() {
            askers.push((
                &visitor,
                vec![("a stranger's", &strangers), ("a player's", &bos)],
                &own_as_visitor,
            ));
        }
        if route.is_for_players() {
            let tokens = vec![
                ("a visitor's", &strangers),
                ("another's", &bos),
                ("another browser's", &elsewhere),
                ("an earlier", &before_sign_in),
            ];
            askers.push((&player, tokens, &own_as_player));
        }
        for (browser, mut tokens, own) in askers {
            let cut = own[..own.len() - 1].to_owned();
            let empty = String::new();
            tokens.extend([("an empty", &empty), ("a cut", &cut)]);
            for (what, token) in tokens {
                let answer = browser.post(&route.address(), &[("csrf", token)]).await;
                // A visitor's form that signs in, sent by who is signed in by now: its result is the account.
                if what == "an earlier" && SIGNING_IN.contains(&route.address().as_str()) {
                    assert_eq!(answer.location().as_deref(), Some("/account"), "{}", route.name());
                    continue;
                }
                let got = (answer.status, answer.code());
                // The page of an enrolment says first that its link is dead.
                let code = if route.path == "/support/enrol" { "code_expired" } else { "csrf" };
                assert_eq!(got, (403, Some(code.into())), "{} with {what} token", route.name());
            }
            let without = browser.post(&route.address(), &[]).await;
            assert_eq!(without.status, 403, "{} without a token", route.name());
            // S33: the second line, with the right token.
            let abroad = browser.post_from_elsewhere(&route.address(), &[("csrf", own)]).await;
            assert_eq!(abroad.status, 403, "{} from elsewhere", route.name());
        }
        let changed = difference(&before, &portal.dump());
        assert!(changed.is_empty(), "{}: {changed:#?}", route.name());
    }
}

/// S34: whoever makes a browser load an address changes nothing by it.
#[tokio::test]
async fn a_get_changes_nothing() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let (visitor, player) = (portal.browser(), portal.browser_of(&ann));
    let before = portal.dump();
    for route in routes().iter().filter(|route| !route.csrf) {
        for method in ["GET", "GET", "HEAD", "OPTIONS"] {
            for browser in [&visitor, &player] {
                browser.ask(method, &route.address()).await;
                let changed = difference(&before, &portal.dump());
                assert!(changed.is_empty(), "{method} {}: {changed:#?}", route.path);
            }
        }
    }
}

/// S100.
#[tokio::test]
async fn a_known_path_says_which_methods_it_knows() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let routes = routes();
    for route in &routes {
        let known: Vec<&str> = routes
            .iter()
            .filter(|other| other.path == route.path)
            .map(|other| other.method.as_str())
            .collect();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            if known.contains(&method) {
                continue;
            }
            let answer = browser.ask(method, &route.address()).await;
            assert_eq!(answer.status, 405, "{method} {}", route.path);
            assert_eq!(answer.header("allow"), Some(known.join(", ")), "{method} {}", route.path);
        }
    }
}

/// Another host of the domain sets what it likes; only pairs with our names count.
#[tokio::test]
async fn a_neighbours_cookie_shuts_nobody_out() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let sam = portal.agent("sam", "agent").await;
    for neighbour in NEIGHBOURS {
        let shown = String::from_utf8_lossy(neighbour);
        let browser = portal.browser_of(&ann).beside(neighbour);
        assert_eq!(browser.get("/account").await.status, 200, "{shown}");
        let saved = browser.visit("/account/profile").await.fill("display_name", "Ann").press("Save").await;
        assert_eq!(saved.status, 200, "{shown}");
        let form = portal.browser().beside(neighbour).visit("/sign-in").await;
        let form = form.fill("identifier", ann.email()).fill("password", ann.password());
        let account = form.press("Sign in").await;
        assert_eq!((account.status, account.path()), (200, "/account".into()), "{shown}");
        assert_eq!(portal.desk_of(&sam).beside(neighbour).get("/support").await.status, 200, "{shown}");
        let desk = portal.browser().beside(neighbour);
        let page = sign_in_at_the_desk(&desk, &sam, &portal.next_code_of(&sam)).await;
        assert_eq!((page.status, page.path()), (200, "/support".into()), "{shown}");
    }
}

/// Pairs come in one header or in several, and what is ours and cannot be read takes nothing else with it.
#[tokio::test]
async fn cookies_are_read_pair_by_pair() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let cookie = portal.browser_of(&ann).cookie("session").unwrap();
    let ask = |lines: String| {
        let host = portal.host();
        portal.raw(format!("GET /account HTTP/1.1\r\nHost: {host}\r\n{lines}Connection: close\r\n\r\n"))
    };
    for one in [
        format!("Cookie: x=%ff\r\nCookie: session={cookie}\r\nCookie: =a\r\n"),
        format!("Cookie: ;; session={cookie} ;\r\n"),
        format!("Cookie: session={cookie}; browser=%ff; device=%\r\n"),
        format!("Cookie: session={cookie}; session; __Host-session=x\r\n"),
    ] {
        assert_eq!(ask(one.clone()).await.status, 200, "{one}");
    }
    for two in [
        format!("Cookie: session={cookie}\r\nCookie: session=x\r\n"),
        format!("Cookie: session=%ff; session={cookie}\r\n"),
        format!("Cookie: x=\"a; session={cookie}; session =x\"\r\n"),
        format!("Cookie: session={cookie}; browser=a; browser=b\r\n"),
    ] {
        assert_eq!(ask(two.clone()).await.status, 303, "{two}");
    }
}

/// S27: of two cookies of one name somebody planted one, so neither counts.
#[tokio::test]
async fn a_session_that_stands_twice_is_nobodys() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    let cookie = browser.cookie("session").unwrap();
    let ask = |cookies: String| {
        let host = portal.host();
        portal.raw(format!(
            "GET /account HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
        ))
    };
    assert_eq!(ask(format!("session={cookie}")).await.status, 200);
    for twice in [format!("session={cookie}; session=x"), format!("session=x; session={cookie}")] {
        let answer = ask(twice).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/sign-in")), "{answer:?}");
    }
}
