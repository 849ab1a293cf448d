//! Responses that no server should send, at each call (S87).

use super::stand_in::{Reply, StandIn, answer, bytes, json};
use super::*;
use crate::lwa::{LwaErrorClass, LwaErrorKind};

const JSON: &str = "content-type: application/json\r\n";
const HTML: &str = "content-type: text/html\r\n";

type Row = (&'static str, Reply, LwaErrorClass);

/// Responses that are useless for any call.
fn rows(asked: Asked) -> Vec<Row> {
    let mut rows = framing(asked.good());
    rows.extend(bodies(asked.good()));
    rows.extend(statuses(asked.good()));
    rows
}

fn framing(good: &str) -> Vec<Row> {
    let whole = bytes("200 OK", JSON, good);
    let head_only =
        |headers: &str| format!("HTTP/1.1 200 OK\r\n{JSON}connection: close\r\n{headers}\r\n").into_bytes();
    let cut = whole[..whole.len() - 9].to_vec();
    let half_chunk = [&head_only("transfer-encoding: chunked\r\n")[..], b"40\r\n{\"user_id\":"].concat();
    let endless = head_only("transfer-encoding: chunked\r\n");
    let chunk = [&b"1000\r\n"[..], &[b' '; 0x1000], b"\r\n"].concat();
    let claims = |length: &str| Reply::SaysAndHangs(head_only(&format!("content-length: {length}\r\n")));
    let one_too_many = format!("{good}{}", " ".repeat(64 * 1024 + 1 - good.len()));
    vec![
        ("no answer, closed", Reply::Says(Vec::new()), LwaErrorClass::Interrupted),
        ("no answer, reset", Reply::SaysAndResets(Vec::new()), LwaErrorClass::Interrupted),
        ("another protocol", Reply::Says(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()), LwaErrorClass::Interrupted),
        ("a body without a head", Reply::Says(good.as_bytes().to_vec()), LwaErrorClass::Interrupted),
        ("closed within the head", Reply::Says(whole[..40].to_vec()), LwaErrorClass::Interrupted),
        ("closed within the body", Reply::Says(cut.clone()), LwaErrorClass::Interrupted),
        ("reset within the body", Reply::SaysAndResets(cut), LwaErrorClass::Interrupted),
        ("closed within a chunk", Reply::Says(half_chunk), LwaErrorClass::Interrupted),
        (
            "a head without an end",
            Reply::Floods(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".repeat(100)),
            LwaErrorClass::Interrupted,
        ),
        (
            "one header of megabytes",
            Reply::Floods(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'y'; 4096]),
            LwaErrorClass::Interrupted,
        ),
        (
            "two different lengths",
            Reply::Says(head_only("content-length: 2\r\ncontent-length: 3\r\n")),
            LwaErrorClass::Interrupted,
        ),
        ("a length of a gigabyte", claims("1073741824"), LwaErrorClass::TooLarge),
        ("a length one too large", claims("65537"), LwaErrorClass::TooLarge),
        ("a body one too large", answer("200 OK", JSON, one_too_many), LwaErrorClass::TooLarge),
        ("chunks without an end", Reply::Floods(endless, chunk), LwaErrorClass::TooLarge),
        (
            "a body until the end of days",
            Reply::Floods(head_only(""), vec![b' '; 4096]),
            LwaErrorClass::TooLarge,
        ),
        (
            "gzip",
            answer("200 OK", &format!("{JSON}content-encoding: gzip\r\n"), b"\x1f\x8b\x08\0\0"),
            LwaErrorClass::Encoded,
        ),
        (
            "said to be gzip",
            answer("200 OK", &format!("{JSON}content-encoding: gzip\r\n"), good),
            LwaErrorClass::Encoded,
        ),
        (
            "said to be br, then identity",
            answer("200 OK", &format!("{JSON}content-encoding: br\r\ncontent-encoding: identity\r\n"), good),
            LwaErrorClass::Encoded,
        ),
        ("no type", answer("200 OK", "", good), LwaErrorClass::NotJson),
        ("an empty type", answer("200 OK", "content-type: \r\n", good), LwaErrorClass::NotJson),
        ("HTML", answer("200 OK", HTML, "<html>"), LwaErrorClass::NotJson),
        ("JSON said to be HTML", answer("200 OK", HTML, good), LwaErrorClass::NotJson),
        (
            "JSON said to be text",
            answer("200 OK", "content-type: text/plain\r\n", good),
            LwaErrorClass::NotJson,
        ),
        (
            "a type that begins like JSON",
            answer("200 OK", "content-type: application/jsonp\r\n", good),
            LwaErrorClass::NotJson,
        ),
        ("two types", answer("200 OK", &format!("{JSON}{HTML}"), good), LwaErrorClass::NotJson),
        (
            "Latin-1",
            answer("200 OK", "content-type: application/json; charset=ISO-8859-1\r\n", good),
            LwaErrorClass::NotJson,
        ),
        (
            "UTF-16",
            answer("200 OK", "content-type: application/json; charset=\"utf-16\"\r\n", good),
            LwaErrorClass::NotJson,
        ),
        (
            "two charsets",
            answer("200 OK", "content-type: application/json; charset=utf-8; charset=utf-7\r\n", good),
            LwaErrorClass::NotJson,
        ),
    ]
}

fn bodies(good: &str) -> Vec<Row> {
    let ok = |body: &str| json("200 OK", body);
    let open = good.strip_suffix('}').unwrap();
    let first = good[1..].split_once(',').unwrap().0;
    let deep = format!("{open},\"x\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let invalid = [open.as_bytes(), b",\"x\":\"\xff\"}"].concat();
    let (_, name_and_on) = good.split_once('"').unwrap();
    vec![
        ("nothing", ok(""), LwaErrorClass::Malformed),
        ("blanks", ok(" \r\n"), LwaErrorClass::Malformed),
        ("null", ok("null"), LwaErrorClass::Malformed),
        ("a list", ok(&format!("[{good}]")), LwaErrorClass::Malformed),
        ("a list of the values", ok("[\"a\",\"b\",\"c\",1]"), LwaErrorClass::Malformed),
        ("a text", ok("\"bearer\""), LwaErrorClass::Malformed),
        ("an empty object", ok("{}"), LwaErrorClass::Malformed),
        ("HTML said to be JSON", ok("<html></html>"), LwaErrorClass::Malformed),
        ("an object without an end", ok(open), LwaErrorClass::Malformed),
        ("a word after the end", ok(&format!("{good}x")), LwaErrorClass::Malformed),
        ("two objects", ok(&format!("{good}{good}")), LwaErrorClass::Malformed),
        ("a field twice", ok(&format!("{open},{first}}}")), LwaErrorClass::Malformed),
        ("an unknown field twice", ok(&format!("{open},\"x\":1,\"x\":1}}")), LwaErrorClass::Malformed),
        (
            "a field twice, once in disguise",
            ok(&format!(
                "{open},\"\\u{:04x}{}",
                u32::from(name_and_on.chars().next().unwrap()),
                &format!("{}}}", &first[2..])
            )),
            LwaErrorClass::Malformed,
        ),
        (
            "a field twice, further in",
            ok(&format!("{open},\"x\":{{\"y\":1,\"y\":2}}}}")),
            LwaErrorClass::Malformed,
        ),
        ("five hundred lists", ok(&deep), LwaErrorClass::Malformed),
        ("a byte that is not UTF-8", answer("200 OK", JSON, invalid), LwaErrorClass::Malformed),
        ("a byte order mark", ok(&format!("\u{feff}{good}")), LwaErrorClass::Malformed),
        ("a comma too many", ok(&format!("{open},}}")), LwaErrorClass::Malformed),
        ("a comment", ok(&format!("{open}/* */}}")), LwaErrorClass::Malformed),
        ("NaN", ok(&format!("{open},\"x\":NaN}}")), LwaErrorClass::Malformed),
        ("a number without bounds", ok(&format!("{open},\"x\":1e999}}")), LwaErrorClass::Malformed),
        ("single quotes", ok(&good.replace('"', "'")), LwaErrorClass::Malformed),
        (
            "a success that is an error",
            ok(r#"{"error":"invalid_grant","error_description":"x"}"#),
            LwaErrorClass::Malformed,
        ),
        ("another letter case", ok(&good.to_uppercase()), LwaErrorClass::Malformed),
    ]
}

fn statuses(good: &str) -> Vec<Row> {
    let grant = r#"{"error":"invalid_grant"}"#;
    vec![
        ("201", json("201 Created", good), LwaErrorClass::UnexpectedStatus),
        ("204", answer("204 No Content", "", ""), LwaErrorClass::UnexpectedStatus),
        ("206", json("206 Partial Content", good), LwaErrorClass::UnexpectedStatus),
        ("304", answer("304 Not Modified", "", ""), LwaErrorClass::Redirected),
        ("404 with a good body", json("404 Not Found", good), LwaErrorClass::UnexpectedStatus),
        ("408", json("408 Request Timeout", grant), LwaErrorClass::UnexpectedStatus),
        ("418", json("418 I'm a teapot", grant), LwaErrorClass::UnexpectedStatus),
        ("999", json("999 Who knows", grant), LwaErrorClass::UnexpectedStatus),
        ("429", json("429 Too Many Requests", grant), LwaErrorClass::Throttled),
        (
            "500 in JSON",
            json("500 Internal Server Error", r#"{"error":"ServerError"}"#),
            LwaErrorClass::ServerError,
        ),
        ("500 with a good body", json("500 Internal Server Error", good), LwaErrorClass::ServerError),
        ("502 in HTML", answer("502 Bad Gateway", HTML, "<html>"), LwaErrorClass::ServerError),
        (
            "503 that says invalid_token",
            json("503 Service Unavailable", r#"{"error":"invalid_token"}"#),
            LwaErrorClass::ServerError,
        ),
        ("504", answer("504 Gateway Timeout", "", ""), LwaErrorClass::ServerError),
        ("400 with a good body", json("400 Bad Request", good), LwaErrorClass::Malformed),
        ("400 in HTML", answer("400 Bad Request", HTML, "<h1>We're sorry!</h1>"), LwaErrorClass::NotJson),
        ("400 with nothing", answer("400 Bad Request", "", ""), LwaErrorClass::NotJson),
        ("400 cut short", json("400 Bad Request", r#"{"error":"invalid_token""#), LwaErrorClass::Malformed),
        ("400 with a number", json("400 Bad Request", r#"{"error":400}"#), LwaErrorClass::Malformed),
        (
            "400 with a nested error",
            json("400 Bad Request", r#"{"error":{"code":"invalid_token"}}"#),
            LwaErrorClass::Malformed,
        ),
        (
            "400 with two errors",
            json("400 Bad Request", r#"{"error":"invalid_token","error":"invalid_grant"}"#),
            LwaErrorClass::Malformed,
        ),
        (
            "400 with an unknown word",
            json("400 Bad Request", r#"{"error":"BadWeather"}"#),
            LwaErrorClass::OtherWord,
        ),
        (
            "400 with another letter case",
            json("400 Bad Request", r#"{"error":"INVALID_GRANT"}"#),
            LwaErrorClass::OtherWord,
        ),
        ("401 in HTML", answer("401 Unauthorized", HTML, "<html>"), LwaErrorClass::NotJson),
        ("401 that says invalid_grant", json("401 Unauthorized", grant), LwaErrorClass::InvalidGrant),
        ("403 of a firewall", answer("403 Forbidden", HTML, "<html>"), LwaErrorClass::NotJson),
        ("403 that says invalid_grant", json("403 Forbidden", grant), LwaErrorClass::InvalidGrant),
    ]
}

fn slow_rows(good: &str) -> Vec<Row> {
    let whole = bytes("200 OK", JSON, good);
    let half = whole[..whole.len() - 9].to_vec();
    vec![
        ("never", Reply::SaysAndHangs(Vec::new()), LwaErrorClass::Timeout),
        ("half a head", Reply::SaysAndHangs(whole[..20].to_vec()), LwaErrorClass::Timeout),
        ("half a body", Reply::SaysAndHangs(half), LwaErrorClass::Timeout),
        ("a byte at a time", Reply::Drips(whole), LwaErrorClass::Timeout),
        (
            "only provisional answers",
            Reply::Drips(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100)),
            LwaErrorClass::Timeout,
        ),
    ]
}

/// How often a call is sent when it ends in this class.
fn tries(asked: Asked, name: &str, class: LwaErrorClass) -> usize {
    let is_question = matches!(asked, Asked::TokenInfo | Asked::Profile);
    let is_passing =
        class == LwaErrorClass::Interrupted || ["502", "503", "504"].iter().any(|it| name.starts_with(it));
    if is_question && is_passing { 2 } else { 1 }
}

/// Runs each call against its own fake server, all at once, because the pauses before repeats add up.
async fn at_each_call<F: Future<Output = ()> + Send + 'static>(check: fn(Asked, StandIn) -> F) {
    let mut checks = tokio::task::JoinSet::new();
    for asked in Asked::ALL {
        checks.spawn(check(asked, StandIn::start().await));
    }
    checks.join_all().await;
}

#[tokio::test]
async fn an_odd_answer_is_a_class_and_nothing_more() {
    at_each_call(odd_answers_are_classes).await;
}

async fn odd_answers_are_classes(asked: Asked, amazon: StandIn) {
    let client = client(&amazon);
    let rows = rows(asked);
    assert!(rows.len() >= 40);
    for (name, reply, class) in rows {
        amazon.will([reply]);
        let error = asked.of(&client).await.expect_err(name);
        assert_eq!(error.class(), class, "{asked:?}: {name}");
        assert!(matches!(error.kind(), LwaErrorKind::Unavailable { .. }), "{asked:?}: {name}");
        assert_eq!(amazon.heard().len(), tries(asked, name, class), "{asked:?}: {name}");
        assert!(amazon.sent() < 16 * 1024 * 1024, "{asked:?}: {name}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{asked:?}: {name}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_cut_and_not_asked_for_again() {
    at_each_call(slow_answers_are_cut).await;
}

async fn slow_answers_are_cut(asked: Asked, amazon: StandIn) {
    let client = impatient_client(&amazon);
    for (name, reply, class) in slow_rows(asked.good()) {
        amazon.will([reply]);
        // Far above the time of a call on an idle machine.
        let ended = tokio::time::timeout(Duration::from_secs(30), asked.of(&client)).await;
        let error = ended.expect(name).expect_err(name);
        assert_eq!(error.class(), class, "{asked:?}: {name}");
        assert!(matches!(error.kind(), LwaErrorKind::Unavailable { .. }), "{asked:?}: {name}");
        assert!(amazon.heard().len() <= 1, "{asked:?}: {name}");
    }
}

/// Each token response here is wrong in one point (S49).
#[tokio::test]
async fn a_token_answer_is_right_in_every_field_or_refused() {
    let access = r#""access_token":"Atza|a""#;
    let bearer = r#""token_type":"bearer""#;
    let hour = r#""expires_in":3600"#;
    let long = format!(r#""access_token":"{}""#, "a".repeat(4097));
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for fields in [
        [bearer, hour, ""],
        [access, hour, ""],
        [access, bearer, ""],
        [r#""access_token":"""#, bearer, hour],
        [r#""access_token":null"#, bearer, hour],
        [r#""access_token":7"#, bearer, hour],
        [r#""access_token":"a b""#, bearer, hour],
        [r#""access_token":"a\u0000""#, bearer, hour],
        [r#""access_token":"a\nb""#, bearer, hour],
        [r#""access_token":"ä""#, bearer, hour],
        [&long, bearer, hour],
        [access, r#""token_type":"mac""#, hour],
        [access, r#""token_type":"bearer ""#, hour],
        [access, r#""token_type":null"#, hour],
        [access, r#""token_type":["bearer"]"#, hour],
        [access, bearer, r#""expires_in":0"#],
        [access, bearer, r#""expires_in":-1"#],
        [access, bearer, r#""expires_in":86401"#],
        [access, bearer, r#""expires_in":18446744073709551616"#],
        [access, bearer, r#""expires_in":3600.0"#],
        [access, bearer, r#""expires_in":3.6e3"#],
        [access, bearer, r#""expires_in":null"#],
        [access, bearer, r#""expires_in":true"#],
        [access, bearer, r#""expires_in":"""#],
        [access, bearer, r#""expires_in":"0""#],
        [access, bearer, r#""expires_in":"+3600""#],
        [access, bearer, r#""expires_in":"-3600""#],
        [access, bearer, r#""expires_in":" 3600""#],
        [access, bearer, r#""expires_in":"3600s""#],
        [access, bearer, r#""expires_in":"99999999999999999999""#],
        [access, bearer, r#""expires_in":3600,"refresh_token":null"#],
        [access, bearer, r#""expires_in":3600,"refresh_token":"""#],
        [access, bearer, r#""expires_in":3600,"refresh_token":"a b""#],
        [access, bearer, r#""expires_in":3600,"refresh_token":{}"#],
        [access, bearer, r#""expires_in":3600,"error":"invalid_grant""#],
        [access, bearer, r#""expires_in":3600,"error":null"#],
    ] {
        let fields: Vec<_> = fields.into_iter().filter(|field| !field.is_empty()).collect();
        let body = format!("{{{}}}", fields.join(","));
        amazon.will([json("200 OK", &body)]);
        for asked in [Asked::Exchange, Asked::Refresh] {
            let error = asked.of(&client).await.expect_err(&body);
            assert_eq!(error.class(), LwaErrorClass::Malformed, "{body}");
        }
    }
}

#[tokio::test]
async fn tokeninfo_and_profile_are_right_in_every_field_or_refused() {
    let long = "a".repeat(256);
    let info = |field: &str, value: &str| {
        let mut fields: serde_json::Value = serde_json::from_str(TOKENINFO).unwrap();
        fields[field] = serde_json::from_str(value).unwrap();
        (Asked::TokenInfo, fields.to_string())
    };
    let profile = |field: &str, value: &str| {
        let mut fields: serde_json::Value = serde_json::from_str(PROFILE).unwrap();
        fields[field] = serde_json::from_str(value).unwrap();
        (Asked::Profile, fields.to_string())
    };
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (asked, body) in [
        info("aud", "null"),
        info("aud", &format!("[\"{CLIENT_ID}\"]")),
        info("aud", "1"),
        info("iss", "null"),
        info("exp", "null"),
        info("exp", "\"soon\""),
        info("exp", "1.5"),
        info("user_id", "\"\""),
        info("user_id", "null"),
        info("user_id", "17"),
        info("user_id", &format!("\"{long}\"")),
        info("user_id", "\"a\\u0000b\""),
        profile("user_id", "\"\""),
        profile("user_id", "null"),
        profile("user_id", "17"),
        profile("user_id", &format!("\"{long}\"")),
        profile("user_id", "\"a\\nb\""),
        profile("name", "17"),
        profile("name", "[]"),
        profile("email", "{}"),
        profile("email", "false"),
    ] {
        amazon.will([json("200 OK", &body)]);
        let error = asked.of(&client).await.expect_err(&body);
        assert_eq!(error.class(), LwaErrorClass::Malformed, "{body}");
    }
}
