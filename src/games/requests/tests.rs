//! Tests of reading messages and writing answers.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::REQUESTS;
use super::amazon_connect::AmazonConnectRequest;
use super::dispatch::{GameRequest, RequestType};
use super::message::GameMessage;
use crate::games::protocol::{
    self, AccountDetails, Authenticated, ExternalIds, GameResponse, PushMessage, ReplyEnvelope, RequestFields,
};

fn read(text: &str) -> GameMessage {
    GameMessage::read(text.as_bytes(), None)
}

fn refusal(text: &str) -> String {
    let Err(response) = read(text).request else { panic!("{text} was accepted") };
    serde_json::to_string(&response).unwrap()
}

const UNRECOGNISED: &str = r#"{"@class":".ErrorResponse","error":{"@class":"UNRECOGNISED"}}"#;

#[test]
fn a_message_is_read_with_its_fields_and_no_others() {
    let text = r#"{"@class":".AmazonConnectRequest","requestId":"1_1","accessToken":"Atza|x","switchIfPossible":true,
            "errorOnSwitch":null,"segments":{"PROFILE":"P1"},"userId":"x","isAdmin":true,"scriptData":{"a":[1]}}"#;
    let message = read(text);
    assert_eq!(message.request_id.as_deref(), Some("1_1"));
    assert_eq!(message.request.map(|request| request.kind.name).ok(), Some("AmazonConnectRequest"));
    let mut fields = RequestFields::of(protocol::object(text.as_bytes()).unwrap());
    let request = AmazonConnectRequest::read(&mut fields);
    assert!(fields.errors().is_none());
    assert_eq!(request.access_token.expose_secret(), "Atza|x");
    assert!(request.switch_if_possible && !request.error_on_switch);
    assert!(!request.do_not_link_to_current_player);
    assert_eq!(request.segments.as_deref(), Some(r#"{"PROFILE":"P1"}"#));
}

#[test]
fn what_is_no_message_of_ours_is_unrecognised() {
    let deep =
        format!(r#"{{"@class":".EndSessionRequest","a":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let sixteen = format!(r#"{{"@class":".EndSessionRequest","a":{}1{}}}"#, "[".repeat(16), "]".repeat(16));
    for text in [
        "x",
        "[]",
        "1",
        "null",
        "{}",
        r#"{"@class":null}"#,
        r#"{"@class":["EndSessionRequest"]}"#,
        r#"{"@class":"EndSessionRequest"}"#,
        r#"{"@class":".endsessionrequest"}"#,
        r#"{"@class":".LogEventRequest"}"#,
        r#"{"@class":".AuthenticatedConnectRequest"}"#,
        r#"{"@class":".EndSessionRequest"} {}"#,
        r#"{"@class":".EndSessionRequest","a":NaN}"#,
        r#"{"@class":".EndSessionRequest","a":"\ud800"}"#,
        r#"{"@class":".AmazonConnectRequest","accessToken":"a","accessToken":"b"}"#,
        r#"{"@class":".AmazonConnectRequest","accessToken":"a","access\u0054oken":"b"}"#,
        &deep,
        &sixteen,
    ] {
        assert_eq!(refusal(text), UNRECOGNISED, "{}", &text[..text.len().min(80)]);
    }
    assert!(GameMessage::read(b"{\"@class\":\".EndSessionRequest\",\"a\":\"\xff\"}", None).request.is_err());
    let fifteen = format!(r#"{{"@class":".EndSessionRequest","a":{}1{}}}"#, "[".repeat(15), "]".repeat(15));
    assert!(read(&fifteen).request.is_ok());
}

#[test]
fn an_unknown_class_still_has_its_request_id() {
    let message = read(r#"{"@class":".LogEventRequest","requestId":"7"}"#);
    assert_eq!(message.request_id.as_deref(), Some("7"));
}

#[test]
fn a_request_id_is_a_string_of_128_bytes_or_not_echoed() {
    let with = |id: &str| read(&format!(r#"{{"@class":".EndSessionRequest","requestId":{id}}}"#));
    assert_eq!(with(&format!("\"{}\"", "a".repeat(128))).request_id.unwrap().len(), 128);
    for id in [format!("\"{}\"", "a".repeat(129)), "1".into(), "true".into(), "{}".into(), "[\"1\"]".into()] {
        let message = with(&id);
        assert!(message.request_id.is_none());
        let Err(response) = message.request else { panic!("{id}") };
        let text = serde_json::to_string(&response).unwrap();
        assert_eq!(text, r#"{"@class":".EndSessionResponse","error":{"requestId":"INVALID"}}"#);
    }
    assert!(with("null").request.is_ok(), "null is absent");
}

#[test]
fn a_missing_field_is_required_and_a_wrong_type_is_invalid() {
    for (text, expected) in [
        (
            r#"{"@class":".AmazonConnectRequest"}"#,
            r#"{"@class":".AuthenticationResponse","newPlayer":false,"error":{"accessToken":"REQUIRED"}}"#,
        ),
        (
            r#"{"@class":".AmazonConnectRequest","accessToken":""}"#,
            r#"{"@class":".AuthenticationResponse","newPlayer":false,"error":{"accessToken":"REQUIRED"}}"#,
        ),
        (
            r#"{"@class":".AmazonConnectRequest","accessToken":1,"errorOnSwitch":"true"}"#,
            r#"{"@class":".AuthenticationResponse","newPlayer":false,"error":{"accessToken":"INVALID","errorOnSwitch":"INVALID"}}"#,
        ),
        (
            r#"{"@class":".AmazonConnectRequest","accessToken":"a","segments":{"a":1}}"#,
            r#"{"@class":".AuthenticationResponse","newPlayer":false,"error":{"segments":"INVALID"}}"#,
        ),
        (
            r#"{"@class":".RegistrationRequest","displayName":null,"userName":"bo"}"#,
            r#"{"@class":".RegistrationResponse","newPlayer":false,"error":{"displayName":"REQUIRED","password":"REQUIRED"}}"#,
        ),
        (
            r#"{"@class":".DeviceAuthenticationRequest","deviceId":"x"}"#,
            r#"{"@class":".AuthenticationResponse","newPlayer":false,"error":{"deviceOS":"IOS|ANDROID|WP8"}}"#,
        ),
        (
            r#"{"@class":".SocialDisconnectRequest"}"#,
            r#"{"@class":".SocialDisconnectResponse","error":{"systemId":"REQUIRED"}}"#,
        ),
        (
            r#"{"@class":".AmazonLinkByCodeRequest","role":"admin"}"#,
            r#"{"@class":".AmazonLinkByCodeResponse","error":{"@class":"INVALID"}}"#,
        ),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn over_http_the_address_names_the_request_and_the_body_may_not_disagree() {
    let read = |name: &str, body: &str| GameMessage::read(body.as_bytes(), Some(name)).request.is_ok();
    assert!(read("EndSessionRequest", "{}"));
    assert!(read("EndSessionRequest", r#"{"@class":".EndSessionRequest"}"#));
    assert!(!read("EndSessionRequest", r#"{"@class":".AccountDetailsRequest"}"#));
    assert!(!read(".EndSessionRequest", "{}"));
    assert!(!read("NoRequest", "{}"));
    assert!(!read("EndSessionRequest", ""));
}

#[test]
fn an_answer_has_its_class_first_its_request_id_and_no_null() {
    let response = GameResponse::Authentication(Authenticated {
        auth_token: Some("t".to_owned().into()),
        user_id: Some("u".to_owned().into()),
        display_name: Some("Bo".to_owned()),
        new_player: true,
        ..Authenticated::default()
    });
    let text =
        serde_json::to_string(&ReplyEnvelope { response: &response, request_id: Some("1_1") }).unwrap();
    assert_eq!(
        text,
        r#"{"@class":".AuthenticationResponse","authToken":"t","userId":"u","displayName":"Bo","newPlayer":true,"requestId":"1_1"}"#
    );
    let details = GameResponse::AccountDetails(AccountDetails::of(
        "u".to_owned().into(),
        "Bo".into(),
        ExternalIds::new(),
    ));
    let details = serde_json::to_value(&ReplyEnvelope { response: &details, request_id: None }).unwrap();
    assert_eq!(details["currency6"], 0);
    assert_eq!(details["reservedCurrency1"], serde_json::json!({}));
    assert_eq!(details["virtualGoods"], serde_json::json!({}));
    let push = serde_json::to_string(&PushMessage::SessionTerminated {}).unwrap();
    assert_eq!(push, r#"{"@class":".SessionTerminatedMessage"}"#);
}

#[test]
fn every_request_has_one_name() {
    for kind in &REQUESTS {
        assert!(RequestType::find(kind.name).is_some_and(|found| std::ptr::eq(found, kind)), "{}", kind.name);
    }
}

proptest! {
    /// Generates nearly valid messages: each refusal has a class and an error.
    #[test]
    fn any_text_is_read_or_refused(
        class in prop::sample::select(vec![
            "\".AmazonConnectRequest\"", "\".RegistrationRequest\"", "\".ChangeUserDetailsRequest\"",
            "\".DeviceAuthenticationRequest\"", "\".Nothing\"", "null", "7", "[]",
        ]),
        fields in prop::collection::vec(
            (
                prop::sample::select(vec![
                    "requestId", "accessToken", "segments", "password", "userName", "deviceOS", "playerId",
                    "errorOnSwitch", "@class", "scriptData",
                ]),
                prop::sample::select(vec![
                    "null", "true", "\"x\"", "\"\"", "1", "1.0", "1e400", "{}", "[[]]", "{\"a\":\"b\"}", "{\"a\":{}}", "\"\\ud800\"", "}",
                ]),
            ),
            0..6,
        ),
        tail in ".{0,3}",
    ) {
        let mut parts = vec![format!("\"@class\":{class}")];
        parts.extend(fields.iter().map(|(name, value)| format!("\"{name}\":{value}")));
        let message = read(&format!("{{{}}}{tail}", parts.join(",")));
        if let Err(response) = &message.request {
            let reply = ReplyEnvelope { response, request_id: message.request_id.as_deref() };
            let value = serde_json::to_value(&reply).unwrap();
            prop_assert!(value["@class"].as_str().unwrap().ends_with("Response"));
            prop_assert!(value["error"].as_object().is_some_and(|error| !error.is_empty()));
        }
    }
}
