//! Requests and parsed responses when everything works.

use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::stand_in::{StandIn, answer, header, json};
use super::*;
use crate::lwa::{LwaErrorClass, LwaErrorKind};

/// The form fields of the only recorded request, in order.
fn form(amazon: &StandIn) -> Vec<(String, String)> {
    let heard = amazon.heard();
    assert_eq!(heard.len(), 1);
    let (_, body) = heard[0].split_once("\r\n\r\n").unwrap();
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[tokio::test]
async fn a_code_is_exchanged_with_everything_in_the_body() {
    let amazon = StandIn::start().await;
    amazon.will([json("200 OK", TOKENS)]);
    let tokens = client(&amazon).exchange(&CODE.into(), &VERIFIER.into()).await.unwrap();
    assert_eq!(tokens.access.expose_secret(), "Atza|canary-new");
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "Atzr|canary-kept");
    assert_eq!(tokens.expires_in, Duration::from_hours(1));

    let mut sent = form(&amazon);
    sent.sort();
    let expected = [
        ("client_id", CLIENT_ID),
        ("client_secret", SECRET),
        ("code", CODE),
        ("code_verifier", VERIFIER),
        ("grant_type", "authorization_code"),
        ("redirect_uri", "http://localhost:8080/amazon/callback"),
    ];
    assert_eq!(sent, pairs(&expected));
    let head = &amazon.heard()[0];
    assert!(head.starts_with("POST /auth/o2/token HTTP/1.1\r\n"));
    assert_eq!(header(head, "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(header(head, "accept"), Some("application/json"));
    assert!(header(head, "user-agent").unwrap().starts_with("dovetail/"));
    for absent in ["authorization", "cookie", "referer", "accept-encoding"] {
        assert_eq!(header(head, absent), None);
    }
}

#[tokio::test]
async fn a_refresh_names_the_client_that_got_the_token() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (registration, expected) in [
        (
            ClientRegistration::Web,
            &[
                ("client_id", CLIENT_ID),
                ("client_secret", SECRET),
                ("grant_type", "refresh_token"),
                ("refresh_token", REFRESH),
            ][..],
        ),
        (
            ClientRegistration::Device,
            &[("client_id", DEVICE_ID), ("grant_type", "refresh_token"), ("refresh_token", REFRESH)],
        ),
    ] {
        amazon.will([json("200 OK", TOKENS)]);
        client.refresh(&REFRESH.into(), registration).await.unwrap();
        let mut sent = form(&amazon);
        sent.sort();
        assert_eq!(sent, pairs(expected));
    }
}

#[tokio::test]
async fn a_token_of_a_device_client_that_is_gone_is_the_operators_matter() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.device_client_id = None;
    let client = LwaClient::new(settings, Clock::system()).unwrap();
    let error = client.refresh(&REFRESH.into(), ClientRegistration::Device).await.err().unwrap();
    assert_eq!((error.kind(), error.class()), (LwaErrorKind::Misconfigured, LwaErrorClass::NoDeviceClient));
    assert!(amazon.heard().is_empty());
    assert_eq!(client.registration(CLIENT_ID), Some(ClientRegistration::Web));
    assert_eq!(client.registration(DEVICE_ID), None);
}

#[tokio::test]
async fn a_token_answer_may_differ_in_what_does_not_matter() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let long = format!(r#"{{"access_token":"{}","token_type":"bearer","expires_in":1}}"#, "a".repeat(4096));
    for (body, seconds, has_refresh) in [
        (r#"{"access_token":"a","token_type":"bearer","expires_in":3600}"#, 3600, false),
        (r#"{"expires_in":"3600","token_type":"Bearer","refresh_token":"r","access_token":"a"}"#, 3600, true),
        (
            r#" {"access_token":"a","token_type":"BEARER","expires_in":86400,"scope":null,"x":{"y":[1]}} "#,
            86400,
            false,
        ),
        (&long, 1, false),
    ] {
        for headers in [
            "content-type: application/json\r\n",
            "content-type: Application/JSON ; Charset=\"UTF-8\"\r\n",
            "content-type: application/json;charset=utf-8\r\ncontent-encoding: identity\r\n",
        ] {
            amazon.will([answer("200 OK", headers, body)]);
            let tokens = client.refresh(&REFRESH.into(), ClientRegistration::Web).await.expect(body);
            assert_eq!(tokens.expires_in, Duration::from_secs(seconds));
            assert_eq!(tokens.refresh.is_some(), has_refresh);
        }
    }
}

/// The documented forms (docs/protocols/login-with-amazon.md#whose-token-is-it-tokeninfo-and-profile).
#[tokio::test]
async fn tokeninfo_is_asked_by_query_and_a_profile_by_header() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    for (asked, target, in_header) in [
        (Asked::TokenInfo, "/auth/o2/tokeninfo?access_token=Atza%7Ccanary-access", None),
        (Asked::Profile, "/user/profile", Some(ACCESS)),
    ] {
        amazon.will([json("200 OK", asked.good())]);
        asked.of(&client).await.unwrap();
        let heard = amazon.heard();
        assert!(heard[0].starts_with(&format!("GET {target} HTTP/1.1\r\n")), "{heard:?}");
        assert_eq!(header(&heard[0], "x-amz-access-token"), in_header);
        assert_eq!(header(&heard[0], "authorization"), None);
    }
}

#[tokio::test]
async fn whatever_a_token_is_made_of_arrives_in_the_query_unchanged() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let visible: String = ('!'..='~').collect();
    amazon.will([json("200 OK", TOKENINFO)]);
    token_info(&client, &visible.clone().into()).await.unwrap();
    let heard = amazon.heard();
    let target = heard[0].split(' ').nth(1).unwrap();
    let asked = Url::parse(&format!("http://amazon.test{target}")).unwrap();
    let fields: Vec<_> = asked.query_pairs().into_owned().collect();
    assert_eq!(fields, [("access_token".to_owned(), visible)]);
    assert_eq!(asked.fragment(), None);
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_sent() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let long = "a".repeat(4097);
    for token in ["", " ", "a b", "a\r\nx: y", "ä", &long] {
        let error = token_info(&client, &token.into()).await.err().unwrap();
        assert_eq!((error.kind(), error.class()), (LwaErrorKind::NotAuthentic, LwaErrorClass::InvalidToken));
    }
    assert!(amazon.heard().is_empty());
}

#[tokio::test]
async fn a_profile_needs_no_more_than_its_id() {
    let amazon = StandIn::start().await;
    let client = client(&amazon);
    let long_name = format!(r#"{{"user_id":"u","name":"{}"}}"#, "é".repeat(500));
    let hundred = "é".repeat(100);
    let long_email = format!(r#"{{"user_id":"u","email":"{}@example.com"}}"#, "a".repeat(250));
    amazon.will([json("200 OK", PROFILE)]);
    assert_eq!(profile(&client, &ACCESS.into()).await.unwrap().postal_code, None, "nobody asked for it");
    for (body, name, email) in [
        (PROFILE, Some("Pat Example"), Some("player@example.com")),
        (r#"{"user_id":"u"}"#, None, None),
        (r#"{"user_id":"u","name":null,"email":null}"#, None, None),
        (r#"{"user_id":"u","name":"","email":"  "}"#, None, None),
        (r#"{"user_id":"u","name":" Pat ","email":" a@b.example "}"#, Some("Pat"), Some("a@b.example")),
        (r#"{"user_id":"u","name":"P\u0000a\u0007t","email":"a\u0000@b.example"}"#, Some("Pat"), None),
        (
            r#"{"user_id":"u","name":" Pat\r\nNew\u2028line \u202eevil\u200b\u2066 "}"#,
            Some("Pat New line evil"),
            None,
        ),
        (&long_name, Some(hundred.as_str()), None),
        (&long_email, None, None),
    ] {
        amazon.will([json("200 OK", body)]);
        let profile = profile(&client, &ACCESS.into()).await.expect(body);
        assert_eq!((profile.name.as_deref(), profile.email.as_deref()), (name, email), "{body}");
    }
}
