//! Row 22: section 16 of the contract.

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::{DEVICE_CLIENT_ID, SlowDown, TokenKind, WEB_CLIENT_ID};
use reqwest::Response;
use serde_json::Value;

use super::harness::{Amazon, Fields, but, keys, refresh, refusal};

fn wish() -> Fields<'static> {
    vec![
        ("response_type", "device_code".into()),
        ("client_id", DEVICE_CLIENT_ID.into()),
        ("scope", "games::prime profile".into()),
    ]
}

struct Pair {
    user_code: String,
    device_code: String,
}

impl Amazon {
    async fn pair(&self) -> Pair {
        let body: Value = self.post("/auth/o2/create/codepair", &wish()).await.json().await.unwrap();
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        Pair { user_code: text("user_code"), device_code: text("device_code") }
    }

    async fn poll(&self, pair: &Pair) -> Response {
        let fields = vec![
            ("grant_type", "device_code".into()),
            ("device_code", pair.device_code.clone()),
            ("user_code", pair.user_code.clone()),
        ];
        self.token(&fields).await
    }

    async fn press(&self, customer: &str, user_code: &str, decision: Option<&str>) -> Response {
        let mut fields = vec![("user_code", user_code.to_owned())];
        fields.extend(decision.map(|decision| ("decision", decision.to_owned())));
        self.as_customer(customer, self.http.post(self.url("/us/code")).form(&fields)).await
    }
}

#[tokio::test]
async fn row_22_a_pair_has_the_recorded_fields_in_order() {
    let amazon = Amazon::open();
    let answer = amazon.post("/auth/o2/create/codepair", &wish()).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let (user, device) = (body["user_code"].as_str().unwrap(), body["device_code"].as_str().unwrap());
    let uri = amazon.url("/us/code");
    let bytes = format!(
        r#"{{"user_code":"{user}","device_code":"{device}","interval":30,"verification_uri":"{uri}","expires_in":600}}"#
    );
    assert_eq!(text, bytes);
    assert_eq!(user.len(), 6);
    assert_eq!(device.len(), 36);
}

#[tokio::test]
async fn the_verification_address_has_the_scheme_it_is_served_by() {
    let amazon = Amazon::open();
    let uri = async |forwarded: Option<(&str, &str)>| -> String {
        let mut post = amazon.http.post(amazon.url("/auth/o2/create/codepair")).form(&wish());
        if let Some((name, value)) = forwarded {
            post = post.header(name, value);
        }
        let pair: Value = post.send().await.unwrap().json().await.unwrap();
        pair["verification_uri"].as_str().unwrap().to_owned()
    };
    let plain = amazon.url("/us/code");
    let secure = plain.replace("http://", "https://");
    assert_eq!(uri(None).await, plain);
    assert_eq!(uri(Some(("x-forwarded-proto", "https"))).await, secure);
    assert_eq!(uri(Some(("x-forwarded-proto", "HTTPS"))).await, secure);
    assert_eq!(uri(Some(("forwarded", "for=192.0.2.1;proto=https"))).await, secure);
    assert_eq!(uri(Some(("x-forwarded-proto", "http"))).await, plain);
    assert_eq!(uri(Some(("x-forwarded-proto", "javascript"))).await, plain);
}

#[tokio::test]
async fn row_22_a_bad_pair_request_is_told_what_is_wrong() {
    let amazon = Amazon::open();
    let post = async |fields: &Fields<'_>| amazon.post("/auth/o2/create/codepair", fields).await;
    let unknown = post(&but(&wish(), "client_id", Some("amzn1.no-such-client"))).await;
    assert_eq!(unknown.status(), 400);
    let recorded =
        r#"{"error_description":"The request has an invalid parameter : client_id","error":"InvalidValue"}"#;
    assert_eq!(unknown.text().await.unwrap(), recorded);
    for (name, value, error) in [
        ("client_id", Some(WEB_CLIENT_ID), "unauthorized_client"),
        ("client_id", None, "invalid_request"),
        ("response_type", None, "invalid_request"),
        ("response_type", Some("code"), "invalid_request"),
        ("scope", None, "invalid_request"),
        ("scope", Some("alexa:all"), "invalid_scope"),
    ] {
        assert_eq!(refusal(post(&but(&wish(), name, value)).await, 400).await.0, error, "{name}={value:?}");
    }
}

#[tokio::test]
async fn row_22_a_device_polls_until_the_customer_allows() {
    let amazon = Amazon::open();
    let pair = amazon.pair().await;
    assert_eq!(refusal(amazon.poll(&pair).await, 400).await.0, "authorization_pending");

    let asked = amazon.press("hanako", &pair.user_code.to_lowercase(), None).await.text().await.unwrap();
    assert!(asked.contains(&pair.user_code) && asked.contains("games::prime"), "{asked}");
    assert!(amazon.press("hanako", &pair.user_code, Some("allow")).await.status().is_success());

    let text = amazon.poll(&pair).await.text().await.unwrap();
    assert_eq!(keys(&text), ["access_token", "refresh_token", "token_type", "expires_in"]);
    let tokens: Value = serde_json::from_str(&text).unwrap();
    let answer = amazon.http.get(amazon.url("/user/profile"));
    let profile: Value = answer
        .bearer_auth(tokens["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(profile["name"], "山田 花子");
    assert_eq!(refusal(amazon.poll(&pair).await, 400).await.0, "invalid_code_pair", "a pair is spent once");

    let fields = but(&refresh(tokens["refresh_token"].as_str().unwrap()), "client_secret", None);
    let renewed = amazon.token(&but(&fields, "client_id", Some(DEVICE_CLIENT_ID))).await;
    assert_eq!(renewed.status(), 200, "a device refreshes without a secret");
}

#[tokio::test]
async fn row_22_a_denial_is_final() {
    let amazon = Amazon::open();
    let pair = amazon.pair().await;
    amazon.press("pat", &pair.user_code, Some("cancel")).await;
    for _ in 0..2 {
        assert_eq!(refusal(amazon.poll(&pair).await, 400).await.0, "access_denied");
    }
    assert_eq!(amazon.press("pat", &pair.user_code, Some("allow")).await.status(), 422);
}

#[tokio::test]
async fn row_22_a_wrong_or_expired_pair_is_invalid() {
    let amazon = Amazon::open();
    let (one, other) = (amazon.pair().await, amazon.pair().await);
    let mixed = Pair { user_code: one.user_code.clone(), device_code: other.device_code };
    assert_eq!(refusal(amazon.poll(&mixed).await, 400).await.0, "invalid_code_pair");
    amazon.clock.advance(TimeDelta::seconds(600));
    assert_eq!(refusal(amazon.poll(&one).await, 400).await.0, "invalid_code_pair");
    assert_eq!(amazon.press("pat", &one.user_code, None).await.status(), 422);
}

#[tokio::test]
async fn row_22_a_hasty_device_is_told_to_slow_down() {
    let amazon = Amazon::open();
    let pair = amazon.pair().await;
    let mut answers = Vec::new();
    for seconds in [0, 29, 30] {
        amazon.clock.advance(TimeDelta::seconds(seconds));
        answers.push(refusal(amazon.poll(&pair).await, 400).await.0);
    }
    assert_eq!(answers, ["authorization_pending", "slow_down", "authorization_pending"]);

    amazon.simulator.switch(|switches| switches.slow_down = SlowDown::Never);
    assert_eq!(refusal(amazon.poll(&pair).await, 400).await.0, "authorization_pending");
    amazon.simulator.switch(|switches| switches.slow_down = SlowDown::Always);
    amazon.clock.advance(TimeDelta::seconds(60));
    assert_eq!(refusal(amazon.poll(&pair).await, 400).await.0, "slow_down");
}

#[tokio::test]
async fn row_22_a_poll_needs_both_codes() {
    let amazon = Amazon::open();
    let answer =
        amazon.token(&vec![("grant_type", "device_code".into()), ("user_code", "ABCDEF".into())]).await;
    let text = "The request is missing a required parameter : device_code";
    assert_eq!(refusal(answer, 400).await, ("invalid_request".into(), text.into()));
}

#[tokio::test]
async fn row_22_a_test_can_answer_for_the_customer() {
    let amazon = Amazon::open();
    let (yes, no) = (amazon.pair().await, amazon.pair().await);
    assert_eq!(amazon.simulator.device_codes().len(), 2);
    assert!(amazon.simulator.approve_device(&yes.user_code, "pat"));
    assert!(amazon.simulator.deny_device(&no.user_code));
    assert!(!amazon.simulator.approve_device("ABCDEF", "pat"));
    assert_eq!(amazon.poll(&yes).await.status(), 200);
    assert_eq!(amazon.simulator.recorded_calls().pop().unwrap().token, Some(TokenKind::DeviceCode));
    assert_eq!(amazon.poll(&no).await.status(), 400);
}

#[tokio::test]
async fn a_code_is_never_taken_from_an_address() {
    let amazon = Amazon::open();
    let pair = amazon.pair().await;
    for path in ["/us/code", "/code"] {
        let address = amazon.url(&format!("{path}?user_code={}&decision=allow", pair.user_code));
        let page = amazon.as_customer("pat", amazon.http.get(address)).await;
        assert!(!page.text().await.unwrap().contains(r#"name="decision""#));
    }
    assert_eq!(refusal(amazon.poll(&pair).await, 400).await.0, "authorization_pending");
}
