//! The identity behind a token (S50, S73, S74).

use super::stand_in::{Reply, StandIn, json};
use super::*;
use crate::lwa::token_identity::TokenIdentity;
use crate::lwa::{LwaErrorClass, LwaErrorKind, TokenProvenance};

const OURS: TokenProvenance = TokenProvenance::Exchanged(ClientRegistration::Web);

fn info(field: &str, value: impl Into<serde_json::Value>) -> Reply {
    let mut fields: serde_json::Value = serde_json::from_str(TOKENINFO).unwrap();
    fields[field] = value.into();
    json("200 OK", &fields.to_string())
}

async fn identify(amazon: &StandIn, info: Reply, from: TokenProvenance) -> Result<TokenIdentity, LwaError> {
    amazon.will([info, json("200 OK", PROFILE)]);
    client(amazon).identify(&ACCESS.into(), from).await
}

#[tokio::test]
async fn a_customer_is_known_when_both_answers_agree() {
    let amazon = StandIn::start().await;
    for (audience, from) in [
        (CLIENT_ID, OURS),
        (DEVICE_ID, TokenProvenance::Exchanged(ClientRegistration::Device)),
        (CLIENT_ID, TokenProvenance::Presented),
        (PHONE_ID, TokenProvenance::Presented),
    ] {
        let identity = identify(&amazon, info("aud", audience), from).await.unwrap();
        assert_eq!(identity.user_id, "amzn1.account.AF5W6J2OG52NKFJGEN52GEZ5CWFQ");
        assert_eq!(identity.client_id, audience);
        assert_eq!(identity.name.as_deref(), Some("Pat Example"));
        assert_eq!(identity.email.as_deref(), Some("player@example.com"));
        let heard = amazon.heard();
        assert_eq!(heard.len(), 2);
        assert!(heard[0].contains("/tokeninfo") && heard[1].contains("/profile"));
    }
}

#[tokio::test]
async fn a_token_of_another_app_is_bad_when_handed_over_and_a_contradiction_when_exchanged() {
    let amazon = StandIn::start().await;
    let longer = format!("{CLIENT_ID}0");
    let upper = CLIENT_ID.to_uppercase();
    for audience in
        ["", &CLIENT_ID[1..], &CLIENT_ID[..20], &longer, &upper, "amzn1.application-oa2-client.other"]
    {
        for (from, kind) in
            [(TokenProvenance::Presented, LwaErrorKind::NotAuthentic), (OURS, LwaErrorKind::Contradiction)]
        {
            let error = identify(&amazon, info("aud", audience), from).await.err().unwrap();
            assert_eq!((error.kind(), error.class()), (kind, LwaErrorClass::WrongAudience), "{audience}");
            assert_eq!(amazon.heard().len(), 1, "no profile is asked for");
        }
    }
    let error = identify(&amazon, info("aud", PHONE_ID), OURS).await.err().unwrap();
    assert_eq!(error.kind(), LwaErrorKind::Contradiction);
}

#[tokio::test]
async fn a_token_that_has_ended_opens_no_profile() {
    let amazon = StandIn::start().await;
    for seconds in [0, -1, i64::MIN] {
        for (from, kind) in
            [(TokenProvenance::Presented, LwaErrorKind::NotAuthentic), (OURS, LwaErrorKind::Contradiction)]
        {
            let error = identify(&amazon, info("exp", seconds), from).await.err().unwrap();
            assert_eq!((error.kind(), error.class()), (kind, LwaErrorClass::Expired));
            assert_eq!(amazon.heard().len(), 1);
        }
    }
}

#[tokio::test]
async fn another_issuer_or_another_customer_is_a_contradiction() {
    let amazon = StandIn::start().await;
    for from in [TokenProvenance::Presented, OURS] {
        let error = identify(&amazon, info("iss", "https://www.amazon.com/"), from).await.err().unwrap();
        assert_eq!((error.kind(), error.class()), (LwaErrorKind::Contradiction, LwaErrorClass::WrongIssuer));
        assert_eq!(error.request_id(), Some("40b181ff-b0b2-4f22"));
        assert_eq!(amazon.heard().len(), 1);

        let lower = "amzn1.account.af5w6j2og52nkfjgen52gez5cwfq";
        let error = identify(&amazon, info("user_id", lower), from).await.err().unwrap();
        assert_eq!((error.kind(), error.class()), (LwaErrorKind::Contradiction, LwaErrorClass::WrongUser));
        assert_eq!(error.request_id(), Some("40b181ff-b0b2-4f22"));
    }
}

#[tokio::test]
async fn the_whole_proof_ends_in_time() {
    let amazon = StandIn::start().await;
    let mut settings = settings(&amazon);
    settings.limits.identify = Duration::from_millis(100);
    amazon.will([Reply::SaysAndHangs(Vec::new())]);
    let client = LwaClient::new(settings, Clock::system()).unwrap();
    let error = client.identify(&ACCESS.into(), OURS).await.err().unwrap();
    assert_eq!(
        (error.kind(), error.class()),
        (LwaErrorKind::Unavailable { retry_after: None }, LwaErrorClass::Timeout)
    );
}
