//! S134: whatever goes wrong, the answer tells nothing of the inside.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use dovetail::testing::lwa::simulator::SimulatedCall;

use super::harness::Portal;
use super::harness::raw::Answer;

/// What an attacker would like to read: the database, the language, the files, the libraries, Amazon's own words.
const INSIDE: [&str; 28] = [
    "select ",
    "insert ",
    "update ",
    "sqlite",
    "postgres",
    "diesel",
    "no such table",
    "relation \"",
    "constraint",
    "database",
    "src/",
    ".rs",
    "::",
    "panicked",
    "unwrap",
    "backtrace",
    "rust",
    "actix",
    "tokio",
    "reqwest",
    "hyper",
    "argon2",
    "fault {",
    "error(",
    "err(",
    "/root",
    "/home",
    "internal server error",
];

#[track_caller]
fn tells_nothing(what: &str, status: u16, head: &str, body: &str) {
    assert!(status >= 400, "{what}: {status}");
    let page = format!("{head}\n{}", without_styles(body)).to_lowercase();
    for word in INSIDE {
        assert!(!page.contains(word), "{what} ({status}) tells {word:?}:\n{page}");
    }
    let version = concat!("/", env!("CARGO_PKG_VERSION"));
    assert!(!page.contains(version) && !page.contains("\nserver:"), "{what}: {page}");
}

/// Addresses of our own files are no secret, and hold what looks like paths.
fn without_styles(body: &str) -> String {
    body.lines().filter(|line| !line.contains("/static/")).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn tells_nothing_raw(what: &str, answer: &Answer) {
    let (head, body) = answer.text.split_once("\r\n\r\n").unwrap_or((&answer.text, ""));
    // The first line is HTTP's, not ours.
    tells_nothing(what, answer.status, head.split_once("\r\n").map_or("", |(_, headers)| headers), body);
}

async fn visited(portal: &Portal, what: &str, path: &str, status: u16) {
    let page = portal.browser().get(path).await;
    assert_eq!(page.status, status, "{what}");
    tells_nothing(what, page.status, "", &page.html);
}

#[tokio::test]
async fn what_visitors_do_wrong() {
    let portal = Portal::start().await;
    visited(&portal, "nothing there", "/nobody/was/here", 404).await;
    visited(&portal, "a state of nobody", "/amazon/callback?code=x&state=nobody", 400).await;
    visited(&portal, "an address too long", &format!("/sign-in?x={}", "y".repeat(9_000)), 414).await;
    let host = portal.host();
    for (what, request) in [
        (
            "a method nobody uses",
            format!("DELETE /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        ),
        ("a form without a token", form(host, "identifier=ann&password=x")),
        ("a form that repeats itself", form(host, "csrf=a&csrf=b&identifier=ann")),
        ("a form that is none", form(host, "%ff%fe=%zz&&&=")),
        ("a form too large", form(host, &"x".repeat(40_000))),
        (
            "another host",
            "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into(),
        ),
        ("no HTTP at all", "HELLO\r\n\r\n".to_owned()),
    ] {
        tells_nothing_raw(what, &portal.raw(request).await);
    }
}

fn form(host: &str, body: &str) -> String {
    format!(
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn what_goes_wrong_with_us() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.run("ALTER TABLE sign_in_codes RENAME TO elsewhere");
    let host = portal.host();
    let answer =
        portal.raw(format!("GET /sign-in/code HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
    assert_eq!(answer.status, 500);
    tells_nothing_raw("a table is gone", &answer);
    let reference = answer.header("x-request-id").unwrap();
    assert_eq!(
        answer.text.matches(reference).count(),
        2,
        "header and page name the request: {}",
        answer.text
    );
    portal.run("ALTER TABLE elsewhere RENAME TO sign_in_codes");
    portal.run("ALTER TABLE sessions RENAME TO elsewhere");
    let page = browser.get("/account").await;
    tells_nothing("sessions cannot be read", page.status, "", &page.html);
    portal.run("ALTER TABLE elsewhere RENAME TO sessions");
    if let Some(file) = portal.sqlite_file() {
        let form = portal.browser().visit("/sign-in").await;
        let form = form.fill("identifier", bo.email()).fill("password", "not the password");
        let mut other = SqliteConnection::establish(file).unwrap();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        let page = form.press("Sign in").await;
        assert_eq!(page.status, 503);
        tells_nothing("nothing can be written", page.status, "", &page.html);
    }
}

#[tokio::test]
async fn trying_again_at_the_desk_leads_back_to_its_page() {
    let portal = Portal::start().await;
    let desk = portal.desk_of(&portal.agent("vic", "viewer").await);
    let page = desk.post("/support/recovery-codes", &[("csrf", "wrong")]).await;
    assert_eq!((page.status, page.code().as_deref()), (403, Some("csrf")));
    // It is the page itself, with a token that works.
    assert_eq!(page.path(), "/support/recovery-codes");
    let again = page.reload().await;
    assert_eq!((again.status, again.path().as_str()), (200, "/support/recovery-codes"));
}

#[tokio::test]
async fn what_goes_wrong_at_amazon() {
    for broken in [
        |portal: &Portal| portal.amazon.is_down(SimulatedCall::Exchange),
        |portal: &Portal| portal.amazon.is_broken(SimulatedCall::Profile),
        |portal: &Portal| portal.amazon.refuses(SimulatedCall::Exchange, "invalid_client"),
    ] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        broken(&portal);
        let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
        let page = amazon.allow_as("Mork Hashimoto").await;
        tells_nothing("Amazon is not well", page.status, "", &page.html);
    }
}

#[tokio::test]
async fn too_many_tries() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let mut last = browser.visit("/sign-in").await;
    for _ in 0..8 {
        let form = last.fill("identifier", bo.email()).fill("password", "not the password");
        last = form.press("Sign in").await;
        if last.status == 429 {
            break;
        }
    }
    assert_eq!(last.status, 429);
    tells_nothing("too many tries", last.status, "", &last.html);
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    for (asked, page) in [
        ("/account/", "/account"),
        ("/account/profile/", "/account/profile"),
        ("/sign-in/?next=%2Faccount", "/sign-in?next=%2Faccount"),
        ("/link/amazon/?return_to=x", "/link/amazon?return_to=x"),
        ("/support/", "/support"),
    ] {
        let answer = browser.get(asked).await;
        assert_eq!((answer.status, answer.header("location").as_deref()), (308, Some(page)), "{asked}");
    }
    for nothing in ["/account//", "/no-such-page/", "/api/v1/players/", "/healthz/x/", "/rs/a/b/c/"] {
        assert_eq!(browser.get(nothing).await.status, 404, "{nothing}");
    }
    assert_eq!(browser.visit("/account/").await.path(), "/account");
}
