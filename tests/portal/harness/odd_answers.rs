//! Invalid responses of Amazon (S87), for stories about the whole portal.
//!
//! Each row is a fault of one call of the simulator, with the result that the portal must report. None may change a
//! link, a player or a session; an attempt is used up. Only [`the_one_answer`] to a refresh changes something.
//!
//! Many of these open the circuit breaker (S86), which then stops all calls. A story that uses every row lets
//! [`BETWEEN`] pass after each, and counts the calls that Amazon got.

use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};

/// One response and its meaning.
#[derive(Clone, Debug)]
pub struct OddAnswer {
    pub name: &'static str,
    pub fault: SimulatedFault,
    pub means: Means,
}

/// The result that the portal reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// `amazon_unavailable`: a 503 page that offers another try; a link is kept and tried again later.
    TryLater,
    /// `amazon_misconfigured`: the same, with a warning for the operator.
    Operator,
}

impl Means {
    /// The code on the page.
    pub fn code(self) -> &'static str {
        match self {
            Self::TryLater => "amazon_unavailable",
            Self::Operator => "amazon_misconfigured",
        }
    }
}

/// Long enough to keep the circuit breaker closed, and short enough to keep a session fresh for the whole table.
pub const BETWEEN: TimeDelta = TimeDelta::seconds(4);

/// The only response to a refresh that ends a link (S67).
pub fn the_one_answer() -> SimulatedFault {
    says("400 Bad Request", JSON, REVOKED)
}

/// The invalid responses to one of the four calls.
pub fn odd_answers(call: SimulatedCall) -> Vec<OddAnswer> {
    let good = good(call);
    let mut rows = framing(good);
    rows.extend(headers(good));
    rows.extend(bodies(good));
    rows.extend(statuses(good));
    rows.extend(words(call));
    rows
}

const JSON: &str = "content-type: application/json\r\n";
const HTML: &str = "content-type: text/html\r\n";
const REVOKED: &str = r#"{"error_description":"The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.","error":"invalid_grant","request_id":"ac8b1c32-0efb-4faa-8dec-9170c5261ed9"}"#;

/// A body that the call accepts in a valid response.
fn good(call: SimulatedCall) -> &'static str {
    match call {
        SimulatedCall::TokenInfo => {
            r#"{"iss":"https://www.amazon.com","user_id":"amzn1.account.ODDODDODDODDODDODDODDODDODDO","aud":"amzn1.application-oa2-client.646f76657461696c0000000000000001","exp":3597}"#
        }
        SimulatedCall::Profile => r#"{"user_id":"amzn1.account.ODDODDODDODDODDODDODDODDODDO","name":"Odd"}"#,
        _ => {
            r#"{"access_token":"Atza|odd","refresh_token":"Atzr|odd","token_type":"bearer","expires_in":3600}"#
        }
    }
}

fn framing(good: &str) -> Vec<OddAnswer> {
    let whole = response("200 OK", JSON, good);
    let head = format!("HTTP/1.1 200 OK\r\n{JSON}connection: close\r\n");
    let raw = |bytes: &[u8]| SimulatedFault::Says(bytes.to_vec());
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n40\r\n{{\"user_id\":");
    let too_large = format!("{good}{}", " ".repeat(64 * 1024));
    let two_lengths = format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}");
    let long_header = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    vec![
        later("no answer, closed", raw(b"")),
        later("no answer, reset", SimulatedFault::Reset),
        later("the work done, the answer lost", SimulatedFault::ResetAfterWork),
        later("an answer after our patience", SimulatedFault::Slow(Duration::from_secs(5))),
        later("another protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n")),
        later("a body without a head", raw(good.as_bytes())),
        later("closed within the head", raw(&whole.as_bytes()[..40])),
        later("closed within the body", raw(&whole.as_bytes()[..whole.len() - 9])),
        later("closed within a chunk", raw(chunked.as_bytes())),
        later("two different lengths", raw(two_lengths.as_bytes())),
        later("a header of a megabyte", raw(long_header.as_bytes())),
        later("a body of too many bytes", says("200 OK", JSON, &too_large)),
        later(
            "a length of a gigabyte",
            raw(format!("{head}content-length: 1073741824\r\n\r\n{{").as_bytes()),
        ),
        later("an old version of HTTP, and nothing", raw(b"HTTP/0.9 200 OK\r\n\r\n")),
    ]
}

fn headers(good: &str) -> Vec<OddAnswer> {
    let with = |headers: &str| says("200 OK", headers, good);
    vec![
        later("no type", with("")),
        later("JSON said to be HTML", with(HTML)),
        later("JSON said to be text", with("content-type: text/plain\r\n")),
        later("two types", with(&format!("{JSON}{HTML}"))),
        later("a type that begins like JSON", with("content-type: application/jsonp\r\n")),
        later("another charset", with("content-type: application/json; charset=utf-16\r\n")),
        later("said to be gzip", with(&format!("{JSON}content-encoding: gzip\r\n"))),
        later("said to be br", with(&format!("{JSON}content-encoding: br\r\n"))),
    ]
}

fn bodies(good: &str) -> Vec<OddAnswer> {
    let open = good.strip_suffix('}').unwrap();
    let ok = |body: &str| says("200 OK", JSON, body);
    vec![
        later("HTML", says("200 OK", HTML, "<h1>We're sorry!</h1>")),
        later("HTML said to be JSON", ok("<h1>We're sorry!</h1>")),
        later("nothing", ok("")),
        later("null", ok("null")),
        later("a text", ok("\"bearer\"")),
        later("an empty object", ok("{}")),
        later("a list of it", ok(&format!("[{good}]"))),
        later("it twice", ok(&format!("{good}{good}"))),
        later("it without its end", ok(open)),
        later("a field twice", ok(&format!("{open},\"x\":1,\"x\":2}}"))),
        later("nested too deeply", ok(&format!("{open},\"x\":{}1{}}}", "[".repeat(500), "]".repeat(500)))),
        later("in capitals", ok(&good.to_uppercase())),
        later("behind a byte order mark", ok(&format!("\u{feff}{good}"))),
        later("a success that says invalid_grant", ok(REVOKED)),
        later("a list of fifty thousand", ok(&format!("{{\"x\":[{}0]}}", "0,".repeat(25_000)))),
        later(
            "no id, no token",
            ok(r#"{"access_token":"","token_type":"bearer","expires_in":3600,"aud":"","user_id":""}"#),
        ),
        later(
            "another kind of token",
            ok(r#"{"access_token":"Atza|a","token_type":"mac","expires_in":3600}"#),
        ),
        later(
            "ended before it began",
            ok(r#"{"access_token":"Atza|a","token_type":"bearer","expires_in":0}"#),
        ),
        later("ended long ago", ok(r#"{"access_token":"Atza|a","token_type":"bearer","expires_in":-3600}"#)),
        later("for ever", ok(r#"{"access_token":"Atza|a","token_type":"bearer","expires_in":99999999999}"#)),
        later("for nobody knows how long", ok(r#"{"access_token":"Atza|a","token_type":"bearer"}"#)),
        later(
            "numbers for texts",
            ok(r#"{"access_token":1,"token_type":2,"expires_in":"x","aud":3,"user_id":4}"#),
        ),
    ]
}

fn statuses(good: &str) -> Vec<OddAnswer> {
    let html = "<html><h1>Sorry</h1></html>";
    vec![
        later("201", says("201 Created", JSON, good)),
        later("204", says("204 No Content", "", "")),
        later("206", says("206 Partial Content", JSON, good)),
        later("302 to a port of this machine", says("302 Found", "location: http://127.0.0.1:9/\r\n", "")),
        later("307 to somebody else", says("307 x", "location: https://evil.example/\r\n", good)),
        later("404", says("404 Not Found", JSON, good)),
        later("418 that says invalid_grant", says("418 x", JSON, REVOKED)),
        later("429", SimulatedFault::TooManyRequests { retry_after: None }),
        later("429 with a wait", SimulatedFault::TooManyRequests { retry_after: Some(30) }),
        later("429 that says invalid_grant", says("429 x", JSON, REVOKED)),
        later("500", SimulatedFault::ServerError),
        later("500 that says invalid_grant", says("500 x", JSON, REVOKED)),
        later("502 in HTML", says("502 Bad Gateway", HTML, html)),
        later("503", SimulatedFault::Unavailable),
        later("503 that says invalid_grant", says("503 x", JSON, REVOKED)),
        later("504", says("504 Gateway Timeout", "", "")),
        later("999", says("999 x", JSON, REVOKED)),
        later("400 in HTML", says("400 Bad Request", HTML, html)),
        later("400 with nothing", says("400 Bad Request", "", "")),
        later("400, invalid_grant in HTML", says("400 Bad Request", HTML, REVOKED)),
        later("400, invalid_grant cut short", says("400 x", JSON, &REVOKED[..REVOKED.len() - 1])),
        later("400, invalid_grant in a list", says("400 x", JSON, &format!("[{REVOKED}]"))),
        later("400 with a good body", says("400 Bad Request", JSON, good)),
        later("401, invalid_grant", says("401 Unauthorized", JSON, REVOKED)),
        later("403, invalid_grant", says("403 Forbidden", JSON, REVOKED)),
        later("403 of a firewall", says("403 Forbidden", HTML, html)),
    ]
}

/// Amazon's error codes, whose meaning depends on the call.
fn words(call: SimulatedCall) -> Vec<OddAnswer> {
    let says_word = |status: &str, word: &str| says(status, JSON, &format!(r#"{{"error":"{word}"}}"#));
    let ours = if matches!(call, SimulatedCall::Exchange | SimulatedCall::Refresh) {
        Means::Operator
    } else {
        Means::TryLater
    };
    let row = |name, means, fault| OddAnswer { name, fault, means };
    vec![
        row("invalid_client", ours, says_word("401 Unauthorized", "invalid_client")),
        row("invalid_client as 400", ours, says_word("400 Bad Request", "invalid_client")),
        row("unauthorized_client", ours, says_word("400 Bad Request", "unauthorized_client")),
        later("a longer word", says_word("400 Bad Request", "invalid_grant ")),
        later("another letter case", says_word("400 Bad Request", "Invalid_Grant")),
        later("a word nobody knows", says_word("400 Bad Request", "BadWeather")),
        later("two words", says("400 x", JSON, r#"{"error":"invalid_grant","error":"invalid_grant"}"#)),
        later("a number for a word", says("400 x", JSON, r#"{"error":400}"#)),
        later("a word further in", says("400 x", JSON, r#"{"error":{"code":"invalid_grant"}}"#)),
        later("temporarily_unavailable", says_word("400 Bad Request", "temporarily_unavailable")),
    ]
}

fn later(name: &'static str, fault: SimulatedFault) -> OddAnswer {
    OddAnswer { name, fault, means: Means::TryLater }
}

fn says(status: &str, headers: &str, body: &str) -> SimulatedFault {
    SimulatedFault::Says(response(status, headers, body).into_bytes())
}

/// A response in Amazon's form: with a request id, and closed after the body.
fn response(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}x-amzn-requestid: 40b181ff-b0b2-4f22\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

mod the_table {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn has_forty_rows_of_different_names_for_every_call() {
        for call in [
            SimulatedCall::Exchange,
            SimulatedCall::Refresh,
            SimulatedCall::TokenInfo,
            SimulatedCall::Profile,
        ] {
            let rows = odd_answers(call);
            let names: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
            assert!(names.len() >= 40 && names.len() == rows.len(), "{call:?}: {}", names.len());
            assert!(rows.iter().all(|row| row.fault != the_one_answer()));
        }
    }
}
