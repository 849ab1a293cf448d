//! Code pairs and polls (docs/protocols/login-with-amazon.md#codes-for-tvs-and-consoles).

use secrecy::ExposeSecret as _;

use super::stand_in::{StandIn, json};
use super::*;
use crate::lwa::{DeviceTokenAnswer, LwaErrorClass, LwaErrorKind};

const BAD: &str = "400 Bad Request";

fn word(word: &str) -> String {
    format!(r#"{{"error":"{word}","error_description":"denied expired pending"}}"#)
}

async fn poll(client: &LwaClient) -> Result<&'static str, LwaError> {
    Ok(match client.poll_code_pair(&DEVICE_CODE.into(), "FUP8UN").await? {
        DeviceTokenAnswer::Pending => "pending",
        DeviceTokenAnswer::SlowDown => "slow down",
        DeviceTokenAnswer::Denied => "denied",
        DeviceTokenAnswer::Expired => "expired",
        DeviceTokenAnswer::Tokens(_) => "tokens",
    })
}

#[tokio::test]
async fn a_pair_is_asked_for_without_a_secret() {
    let amazon = StandIn::start().await;
    amazon.will([json("200 OK", CODE_PAIR)]);
    let pair = client(&amazon).request_code_pair().await.unwrap();
    assert_eq!((pair.user_code.as_str(), pair.device_code.expose_secret()), ("FUP8UN", DEVICE_CODE));
    assert_eq!((pair.interval.as_secs(), pair.expires_in.as_secs()), (30, 600));
    assert_eq!(pair.verification_uri.as_str(), "https://amazon.com/us/code");
    let heard = amazon.heard().remove(0);
    assert!(heard.starts_with("POST /auth/o2/create/codepair HTTP/1.1\r\n"), "{heard}");
    let body = heard.split("\r\n\r\n").nth(1).unwrap();
    assert_eq!(
        body,
        format!("response_type=device_code&client_id={DEVICE_ID}&scope=games%3A%3Aprime+profile")
    );
}

/// S49.
#[tokio::test]
async fn a_pair_is_right_in_every_field_or_refused() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let long = "a".repeat(5000);
    for (field, value) in [
        ("FUP8UN", ""),
        ("FUP8UN", "a b"),
        ("FUP8UN", "\\u0000"),
        ("FUP8UN", &long),
        (DEVICE_CODE, ""),
        (DEVICE_CODE, "a b"),
        (DEVICE_CODE, &long),
        ("https://amazon.com/us/code", ""),
        ("https://amazon.com/us/code", "javascript:alert(1)"),
        ("https://amazon.com/us/code", "/us/code"),
        ("https://amazon.com/us/code", "https://someone:else@amazon.com/us/code"),
        ("https://amazon.com", &format!("https://{long}")),
        ("\"expires_in\":600", "\"expires_in\":0"),
        ("\"expires_in\":600", "\"expires_in\":86401"),
        ("\"expires_in\":600", "\"expires_in\":null"),
        ("\"interval\":30", "\"interval\":0"),
        ("\"interval\":30", "\"interval\":-5"),
        ("\"interval\":30", "\"interval\":601"),
        ("\"interval\":30", "\"interval\":30,\"error\":\"slow_down\""),
    ] {
        let body = CODE_PAIR.replace(field, value);
        amazon.will([json("200 OK", &body)]);
        let error = client.request_code_pair().await.err().unwrap_or_else(|| panic!("{body}"));
        assert_eq!(error.class(), LwaErrorClass::Malformed, "{body}");
    }
    amazon.will([json("200 OK", &CODE_PAIR.replace("\"interval\":30,", ""))]);
    assert_eq!(client.request_code_pair().await.unwrap().interval.as_secs(), 5, "RFC 8628 §3.2");
}

#[tokio::test]
async fn a_pair_refused_for_our_client_is_the_operators() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    let client = client(&amazon);
    for named in ["InvalidValue", "unauthorized_client", "invalid_client", "invalid_scope"] {
        amazon.will([json(BAD, &word(named))]);
        assert_eq!(
            client.request_code_pair().await.err().unwrap().kind(),
            LwaErrorKind::Misconfigured,
            "{named}"
        );
    }
    amazon.will([json(BAD, &word("invalid_request"))]);
    assert_eq!(
        client.request_code_pair().await.err().unwrap().kind(),
        LwaErrorKind::Unavailable { retry_after: None }
    );
    settings.device_client_id = None;
    let without = LwaClient::new(settings, Clock::system()).unwrap();
    amazon.will([json("200 OK", CODE_PAIR)]);
    let error = without.request_code_pair().await.err().unwrap();
    assert_eq!((error.kind(), error.class()), (LwaErrorKind::Misconfigured, LwaErrorClass::NoDeviceClient));
    assert!(!without.has_device_client() && amazon.heard().is_empty());
}

#[tokio::test]
async fn every_way_a_pair_fares_is_heard() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (status, named, fares) in [
        (BAD, "authorization_pending", "pending"),
        (BAD, "slow_down", "slow down"),
        (BAD, "access_denied", "denied"),
        ("403 Forbidden", "access_denied", "denied"),
        (BAD, "expired_token", "expired"),
        (BAD, "invalid_code_pair", "expired"),
        (BAD, "invalid_grant", "expired"),
    ] {
        amazon.will([json(status, &word(named))]);
        assert_eq!(poll(&client).await.unwrap(), fares, "{status} {named}");
        assert_eq!(amazon.heard().len(), 1, "{named}");
    }
    amazon.will([json("200 OK", TOKENS)]);
    assert_eq!(poll(&client).await.unwrap(), "tokens");
    let heard = amazon.heard().remove(0);
    let body = heard.split("\r\n\r\n").nth(1).unwrap();
    assert_eq!(body, format!("grant_type=device_code&device_code={DEVICE_CODE}&user_code=FUP8UN"));
}

/// An outcome is final for the person who waits, so only documented responses count as one (S67).
#[tokio::test]
async fn what_is_not_said_as_documented_ends_nothing() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (status, named, kind) in [
        ("401 Unauthorized", "invalid_code_pair", LwaErrorKind::Unavailable { retry_after: None }),
        ("403 Forbidden", "expired_token", LwaErrorKind::Unavailable { retry_after: None }),
        ("500 Internal Server Error", "access_denied", LwaErrorKind::Unavailable { retry_after: None }),
        ("503 Service Unavailable", "invalid_code_pair", LwaErrorKind::Unavailable { retry_after: None }),
        (BAD, "Access_Denied", LwaErrorKind::Unavailable { retry_after: None }),
        (BAD, "ServerError", LwaErrorKind::Unavailable { retry_after: None }),
        (BAD, "invalid_client", LwaErrorKind::Misconfigured),
        ("401 Unauthorized", "unauthorized_client", LwaErrorKind::Misconfigured),
    ] {
        amazon.will([json(status, &word(named))]);
        assert_eq!(poll(&client).await.unwrap_err().kind(), kind, "{status} {named}");
    }
}
