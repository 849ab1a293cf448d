//! Rows 18 to 21 of the contract's section 26.2.

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::{
    MOBILE_CLIENT_ID, SISTER_CLIENT_ID, STRANGER_CLIENT_ID, SimulatedCall, TokenKind, WEB_CLIENT_ID,
};
use reqwest::Response;
use serde_json::Value;

use super::harness::{Amazon, keys, refusal};

impl Amazon {
    fn mint(&self, scope: &str) -> String {
        self.simulator.mint_access_token("pat", WEB_CLIENT_ID, scope).unwrap()
    }

    async fn with_token(&self, path: &str, token: &str) -> Response {
        self.http.get(self.url(path)).header("x-amz-access-token", token).send().await.unwrap()
    }
}

#[tokio::test]
async fn row_18_tokeninfo_tells_whose_token_it_is_in_the_recorded_order() {
    let amazon = Amazon::open();
    let token = amazon.simulator.mint_access_token("pat", MOBILE_CLIENT_ID, "profile").unwrap();
    amazon.clock.advance(TimeDelta::seconds(3));
    let answer = amazon.with_token("/auth/O2/tokeninfo", &token).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let user_id = amazon.simulator.user_id("pat", MOBILE_CLIENT_ID).unwrap();
    let app_id = "amzn1.application.646f76657461696c00000000000000aa";
    let bytes = format!(
        r#"{{"aud":"{MOBILE_CLIENT_ID}","user_id":"{user_id}","iss":"https://www.amazon.com","exp":3597,"app_id":"{app_id}","iat":1791226456}}"#
    );
    assert_eq!(answer.text().await.unwrap(), bytes);
}

#[tokio::test]
async fn row_18_exp_counts_down_and_then_the_token_is_invalid() {
    let amazon = Amazon::open();
    let token = amazon.mint("profile");
    amazon.clock.advance(TimeDelta::seconds(3599));
    let info: Value = amazon.with_token("/auth/o2/tokeninfo", &token).await.json().await.unwrap();
    assert_eq!(info["exp"], 1);
    amazon.clock.advance(TimeDelta::seconds(1));
    let answer = amazon.with_token("/auth/o2/tokeninfo", &token).await;
    assert_eq!(answer.status(), 400);
    let known = r#"{"error_description":"The request has an invalid parameter : access_token","error":"invalid_token"}"#;
    assert_eq!(answer.text().await.unwrap(), known);
}

/// Whether Amazon takes a header here is not known; a switch refuses what is not documented.
#[tokio::test]
async fn row_18_the_query_is_the_documented_form_and_can_be_the_only_one() {
    let amazon = Amazon::open();
    let token = amazon.mint("profile");
    let path = "/auth/o2/tokeninfo";
    let query = format!("{path}?access_token={}", token.replace('|', "%7C"));
    for only in [false, true] {
        amazon.simulator.switch(|switches| switches.tokeninfo_by_query_only = only);
        assert_eq!(amazon.get(&query).await.status(), 200);
    }
    let missing = "The request is missing a required parameter : access_token";
    let bearer = amazon.http.get(amazon.url(path)).bearer_auth(&token).send().await.unwrap();
    for answer in [amazon.with_token(path, &token).await, bearer, amazon.get(path).await] {
        assert_eq!(refusal(answer, 400).await, ("invalid_request".into(), missing.into()));
    }
    assert_eq!(amazon.with_token("/user/profile", &token).await.status(), 200, "a profile takes headers");
}

#[tokio::test]
async fn row_18_one_company_sees_one_customer_and_another_company_another() {
    let amazon = Amazon::open();
    let id = |client| amazon.simulator.user_id("pat", client).unwrap();
    assert_eq!(id(WEB_CLIENT_ID), id(SISTER_CLIENT_ID));
    assert_ne!(id(WEB_CLIENT_ID), id(STRANGER_CLIENT_ID));
    let token = amazon.simulator.mint_access_token("pat", STRANGER_CLIENT_ID, "profile").unwrap();
    let info: Value = amazon.with_token("/auth/o2/tokeninfo", &token).await.json().await.unwrap();
    assert_eq!(info["aud"], STRANGER_CLIENT_ID);
    assert_eq!(info["user_id"], id(STRANGER_CLIENT_ID));
}

#[tokio::test]
async fn row_19_a_profile_holds_what_its_scopes_allow_in_order() {
    let amazon = Amazon::open();
    for (scope, expected) in [
        ("profile postal_code", &["user_id", "name", "email", "postal_code"][..]),
        ("games::prime profile", &["user_id", "name", "email"]),
        ("profile:user_id", &["user_id"]),
        ("postal_code", &["user_id", "postal_code"]),
    ] {
        let answer = amazon.with_token("/user/profile", &amazon.mint(scope)).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(keys(&answer.text().await.unwrap()), expected, "{scope}");
    }
}

#[tokio::test]
async fn row_19_the_bytes_and_headers_are_the_recorded_ones() {
    let amazon = Amazon::open();
    let answer = amazon.with_token("/user/profile", &amazon.mint("profile postal_code")).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["content-language"], "en-US");
    assert_eq!(answer.headers()["x-amzn-requestid"].len(), 36);
    let user_id = amazon.simulator.user_id("pat", WEB_CLIENT_ID).unwrap();
    let bytes = format!(
        r#"{{"user_id":"{user_id}","name":"Pat Example","email":"player@example.com","postal_code":"98052"}}"#
    );
    assert_eq!(answer.text().await.unwrap(), bytes);
}

#[tokio::test]
async fn row_19_a_token_may_come_in_any_of_three_ways_and_in_several() {
    let amazon = Amazon::open();
    let token = amazon.mint("profile");
    let query = format!("/user/profile?access_token={}", token.replace('|', "%7C"));
    assert_eq!(amazon.get(&query).await.status(), 200);
    assert_eq!(amazon.with_token("/user/profile", &token).await.status(), 200);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let get = amazon
            .http
            .get(amazon.url("/eu/user/profile"))
            .header("authorization", format!("{scheme} {token}"));
        assert_eq!(get.send().await.unwrap().status(), 200, "{scheme}");
    }
    // Ory Kratos sends both headers.
    let both = |path: &str, other: &str| {
        let get = amazon.http.get(amazon.url(path)).bearer_auth(&token);
        get.header("x-amz-access-token", other.to_owned()).send()
    };
    assert_eq!(both("/user/profile", &token).await.unwrap().status(), 200);
    assert_eq!(both("/ap/user/profile", &token).await.unwrap().status(), 200);
    assert_eq!(both("/auth/o2/tokeninfo", &token).await.unwrap().status(), 200);
    assert_eq!(amazon.with_token(&query, &token).await.status(), 200);
    let other = both("/user/profile", &amazon.mint("profile")).await.unwrap();
    assert_eq!(refusal(other, 400).await.0, "invalid_request", "two tokens");
    amazon.simulator.switch(|switches| switches.strict_credentials = true);
    for answer in [both("/user/profile", &token).await.unwrap(), amazon.with_token(&query, &token).await] {
        assert_eq!(refusal(answer, 400).await.0, "invalid_request");
    }
    assert_eq!(amazon.with_token("/user/profile", &token).await.status(), 200);
}

#[tokio::test]
async fn row_19_the_old_address_wraps_the_profile() {
    let amazon = Amazon::open();
    let answer = amazon.with_token("/ap/user/profile", &amazon.mint("profile postal_code")).await;
    let text = answer.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let id = body["Request-Id"].as_str().unwrap();
    let user_id = amazon.simulator.user_id("pat", WEB_CLIENT_ID).unwrap();
    let bytes = format!(
        r#"{{"Profile":{{"CustomerId":"{user_id}","Name":"Pat Example","PrimaryEmail":"player@example.com","PostalCode":"98052"}},"Request-Id":"{id}"}}"#
    );
    assert_eq!(text, bytes);
}

#[tokio::test]
async fn row_19_email_and_name_can_be_absent() {
    let amazon = Amazon::open();
    amazon.simulator.switch(|switches| switches.without_email = true);
    let text = amazon.with_token("/user/profile", &amazon.mint("profile")).await.text().await.unwrap();
    assert_eq!(keys(&text), ["user_id", "name"]);
    amazon.simulator.switch(|switches| switches.without_name = true);
    let text = amazon.with_token("/user/profile", &amazon.mint("profile")).await.text().await.unwrap();
    assert_eq!(keys(&text), ["user_id"]);
}

#[tokio::test]
async fn row_20_expired_revoked_and_garbage_tokens_are_invalid() {
    let amazon = Amazon::open();
    let expired = amazon.mint("profile");
    amazon.clock.advance(TimeDelta::seconds(3600));
    let revoked = amazon.mint("profile");
    amazon.simulator.revoke("pat");
    let ended = amazon.mint("profile");
    amazon.simulator.expire_access_tokens();
    for token in [&expired, &revoked, &ended, "Atza|garbage"] {
        let answer = amazon.with_token("/user/profile", token).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.headers()["content-type"], "application/json;charset=UTF-8");
        let id = answer.headers()["x-amzn-requestid"].to_str().unwrap().to_owned();
        let text = "The request has an invalid parameter : access_token";
        let bytes =
            format!(r#"{{"error":"invalid_token","error_description":"{text}","request_id":"{id}"}}"#);
        assert_eq!(answer.text().await.unwrap(), bytes);
    }
    let missing = "The request is missing a required parameter : access_token";
    let answer = amazon.get("/user/profile").await;
    assert_eq!(refusal(answer, 400).await, ("invalid_request".into(), missing.into()));
}

#[tokio::test]
async fn row_20_a_jump_of_amazons_clock_expires_a_token() {
    let amazon = Amazon::open();
    let token = amazon.mint("profile");
    amazon.simulator.jump(TimeDelta::hours(1));
    assert_eq!(amazon.with_token("/user/profile", &token).await.status(), 400);
    amazon.simulator.switch(|switches| switches.access_token_lifetime = 10);
    let short = amazon.mint("profile");
    amazon.simulator.jump(TimeDelta::seconds(10));
    assert_eq!(amazon.with_token("/user/profile", &short).await.status(), 400);
}

#[tokio::test]
async fn row_21_a_token_without_a_profile_scope_is_insufficient() {
    let amazon = Amazon::open();
    let answer = amazon.with_token("/user/profile", &amazon.mint("games::prime")).await;
    assert_eq!(refusal(answer, 401).await.0, "insufficient_scope");
    assert_eq!(amazon.with_token("/auth/o2/tokeninfo", &amazon.mint("games::prime")).await.status(), 200);
}

#[tokio::test]
async fn amazon_can_contradict_itself() {
    let amazon = Amazon::open();
    let token = amazon.mint("profile");
    amazon.simulator.switch(|switches| {
        switches.wrong_audience = true;
        switches.wrong_customer = true;
    });
    let info: Value = amazon.with_token("/auth/o2/tokeninfo", &token).await.json().await.unwrap();
    let profile: Value = amazon.with_token("/user/profile", &token).await.json().await.unwrap();
    assert_eq!(info["aud"], STRANGER_CLIENT_ID);
    assert_ne!(info["user_id"], profile["user_id"]);
}

#[tokio::test]
async fn what_was_asked_is_recorded_with_the_kind_of_token() {
    let amazon = Amazon::open();
    amazon.with_token("/auth/o2/tokeninfo", &amazon.mint("profile")).await;
    amazon.with_token("/auth/o2/tokeninfo", "Atza|garbage").await;
    let calls = amazon.simulator.recorded_calls();
    assert_eq!(calls[0].token, Some(TokenKind::Access));
    assert_eq!(calls[0].client.as_deref(), Some(WEB_CLIENT_ID));
    assert_eq!(calls[1].token, Some(TokenKind::Unknown));
    assert_eq!(amazon.simulator.calls(SimulatedCall::Profile), 0);
    amazon.simulator.forget_calls();
    assert!(amazon.simulator.recorded_calls().is_empty());
}
