//! The meaning of Amazon's error responses (S67, docs/protocols/login-with-amazon.md#errors-of-the-token-endpoint).

use std::time::Duration;

use super::stand_in::{Reply, StandIn, answer, json};
use super::*;
use crate::lwa::{LwaErrorClass, LwaErrorKind};

const REVOKED: &str = r#"{"error_index":"ab","error_description":"The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.","error":"invalid_grant","request_id":"ac8b1c32-0efb-4faa-8dec-9170c5261ed9"}"#;
const OUR_CLIENT: &str = r#"{"error_description":"Client authentication failed","error":"invalid_client"}"#;
const LATER: LwaErrorKind = LwaErrorKind::Unavailable { retry_after: None };

fn word(word: &str) -> String {
    format!(r#"{{"error":"{word}","error_description":"invalid_grant invalid_token"}}"#)
}

#[tokio::test]
async fn one_exact_answer_to_a_refresh_means_revoked_and_no_other() {
    const BAD: &str = "400 Bad Request";
    let json_type = "content-type: application/json\r\n";
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let rows: [(&str, Reply, LwaErrorKind); 16] = [
        ("revoked", json(BAD, REVOKED), LwaErrorKind::InvalidGrant),
        ("the same as 401", json("401 Unauthorized", REVOKED), LATER),
        ("the same as 403", json("403 Forbidden", REVOKED), LATER),
        ("the same as 200", json("200 OK", REVOKED), LATER),
        ("the same as 429", json("429 Too Many Requests", REVOKED), LATER),
        ("the same as 500", json("500 Internal Server Error", REVOKED), LATER),
        ("the same as 503", json("503 Service Unavailable", REVOKED), LATER),
        ("the same as HTML", answer(BAD, "content-type: text/html\r\n", REVOKED), LATER),
        ("the same, cut short", answer(BAD, json_type, &REVOKED[..REVOKED.len() - 1]), LATER),
        ("the same, in a list", json(BAD, &format!("[{REVOKED}]")), LATER),
        ("invalid_client", json("401 Unauthorized", OUR_CLIENT), LwaErrorKind::Misconfigured),
        ("invalid_client as 400", json(BAD, OUR_CLIENT), LwaErrorKind::Misconfigured),
        ("unauthorized_client", json(BAD, &word("unauthorized_client")), LwaErrorKind::Misconfigured),
        ("invalid_request", json(BAD, &word("invalid_request")), LATER),
        ("a longer word", json(BAD, &word("invalid_grant ")), LATER),
        ("reset", Reply::SaysAndResets(Vec::new()), LATER),
    ];
    for (name, reply, kind) in rows {
        amazon.will([reply]);
        let error = Asked::Refresh.of(&client).await.expect_err(name);
        assert_eq!(error.kind(), kind, "{name}");
        assert_eq!(amazon.heard().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_code_is_refused_in_the_same_words() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (status, error, kind) in [
        ("400 Bad Request", "invalid_grant", LwaErrorKind::InvalidGrant),
        ("401 Unauthorized", "invalid_client", LwaErrorKind::Misconfigured),
        ("400 Bad Request", "invalid_scope", LwaErrorKind::Misconfigured),
        ("400 Bad Request", "unauthorized_client", LwaErrorKind::Misconfigured),
        ("400 Bad Request", "invalid_request", LATER),
        ("400 Bad Request", "unsupported_grant_type", LATER),
        ("400 Bad Request", "invalid_token", LATER),
        ("400 Bad Request", "insufficient_scope", LATER),
    ] {
        amazon.will([json(status, &word(error))]);
        let refused = Asked::Exchange.of(&client).await.expect_err(error);
        assert_eq!((refused.kind(), refused.class().as_str()), (kind, error));
        assert_eq!(refused.request_id(), Some("40b181ff-b0b2-4f22"));
    }
}

#[tokio::test]
async fn a_bad_token_is_told_from_a_missing_scope_and_from_trouble() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for asked in [Asked::TokenInfo, Asked::Profile] {
        for (status, error, kind) in [
            ("400 Bad Request", "invalid_token", LwaErrorKind::NotAuthentic),
            ("401 Unauthorized", "invalid_token", LwaErrorKind::NotAuthentic),
            ("400 Bad Request", "invalid_request", LwaErrorKind::NotAuthentic),
            ("401 Unauthorized", "insufficient_scope", LwaErrorKind::ScopeMissing),
            ("403 Forbidden", "insufficient_scope", LwaErrorKind::ScopeMissing),
            ("401 Unauthorized", "invalid_request", LATER),
            ("400 Bad Request", "invalid_grant", LATER),
            ("400 Bad Request", "ServerError", LATER),
            ("500 Internal Server Error", "invalid_token", LATER),
        ] {
            amazon.will([json(status, &word(error))]);
            let refused = asked.of(&client).await.expect_err(error);
            assert_eq!(refused.kind(), kind, "{asked:?}: {status} {error}");
        }
    }
}

#[tokio::test]
async fn a_wait_that_amazon_asks_for_is_passed_on() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (wait, seconds) in [
        ("0", Some(0)),
        ("30", Some(30)),
        ("86400", Some(3600)),
        ("-1", None),
        ("", None),
        ("soon", None),
        ("99999999999999999999999", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None),
    ] {
        amazon.will([answer("429 Too Many Requests", &format!("retry-after: {wait}\r\n"), "")]);
        let error = Asked::Refresh.of(&client).await.expect_err(wait);
        let retry_after = seconds.map(Duration::from_secs);
        assert_eq!(error.kind(), LwaErrorKind::Unavailable { retry_after }, "{wait}");
        assert_eq!(error.class(), LwaErrorClass::Throttled);
    }
}

#[tokio::test]
async fn an_id_of_a_request_is_kept_only_if_it_is_plain() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let long = "a".repeat(65);
    for (id, kept) in [
        ("40b181ff-b0b2-4f22-8871-a2f0080c60e1", true),
        ("a b", false),
        ("<b>", false),
        ("a\u{e9}", false),
        ("", false),
        (&long, false),
    ] {
        let raw = format!(
            "HTTP/1.1 500 x\r\nx-amzn-RequestId: {id}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        amazon.will([Reply::Says(raw.into_bytes())]);
        let error = Asked::Refresh.of(&client).await.expect_err(id);
        assert_eq!(error.request_id(), kept.then_some(id));
    }
}
