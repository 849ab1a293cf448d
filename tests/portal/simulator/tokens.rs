//! Rows 9 to 17 of the contract's section 26.2.

use chrono::TimeDelta;
use data_encoding::BASE64;
use dovetail::testing::lwa::simulator::{
    CallRegion, DEVICE_CLIENT_ID, ErrorBodies, ForeignRefresh, RecordedPkce, SISTER_CLIENT_ID,
    SISTER_CLIENT_SECRET, SimulatedCall, TokenKind, WEB_CLIENT_ID, WEB_CLIENT_SECRET,
};
use serde_json::Value;

use super::harness::{
    Amazon, CHALLENGE, Fields, VERIFIER, but, exchange, header_names, keys, refresh, refusal, request,
    returned,
};

const RECORDED_HEADERS: [&str; 9] = [
    "cache-control",
    "content-type",
    "pragma",
    "server",
    "strict-transport-security",
    "vary",
    "x-amz-date",
    "x-amz-rid",
    "x-amzn-requestid",
];
const CODE: &str = "The request has an invalid grant parameter : code";

#[tokio::test]
async fn row_9_a_code_brings_four_fields_in_order() {
    let amazon = Amazon::open();
    let code = amazon.code("pat", &request()).await;
    let answer = amazon.token(&exchange(&code)).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let (access, refresh) = (body["access_token"].as_str().unwrap(), body["refresh_token"].as_str().unwrap());
    let bytes = format!(
        r#"{{"access_token":"{access}","refresh_token":"{refresh}","token_type":"bearer","expires_in":3600}}"#
    );
    assert_eq!(text, bytes);
    assert!(access.starts_with("Atza|") && refresh.starts_with("Atzr|"));
    assert_eq!((access.len(), refresh.len()), (353, 353));
}

#[tokio::test]
async fn row_9_the_headers_are_the_recorded_set() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("pat").await;
    let answer = amazon.refresh(tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(header_names(&answer), RECORDED_HEADERS);
    for (name, value) in [
        ("content-type", "application/json;charset=UTF-8"),
        ("cache-control", "no-cache, no-store, must-revalidate"),
        ("pragma", "no-cache"),
        ("x-amz-date", "Mon, 05 Oct 2026 18:54:16 GMT"),
        ("vary", "User-Agent,Accept-Encoding"),
        ("strict-transport-security", "max-age=47474747; includeSubDomains; preload"),
        ("server", "Server"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    let id = answer.headers()["x-amzn-requestid"].to_str().unwrap();
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    let rid = answer.headers()["x-amz-rid"].to_str().unwrap();
    assert!(rid.len() == 20 && rid.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()), "{rid}");
}

#[tokio::test]
async fn row_9_json_and_basic_are_accepted_too() {
    let amazon = Amazon::open();
    let json: std::collections::BTreeMap<_, _> =
        exchange(&amazon.code("pat", &request()).await).into_iter().collect();
    let answer = amazon.http.post(amazon.url("/auth/O2/token")).json(&json).send().await.unwrap();
    assert_eq!(answer.status(), 200);

    let basic = format!("Basic {}", BASE64.encode(format!("{WEB_CLIENT_ID}:{WEB_CLIENT_SECRET}").as_bytes()));
    let code = amazon.code("pat", &request()).await;
    let fields = but(&but(&exchange(&code), "client_id", None), "client_secret", None);
    let post = amazon.http.post(amazon.url("/auth/o2/token")).header("authorization", &basic);
    let body: Value = post.form(&fields).send().await.unwrap().json().await.unwrap();
    assert!(body["refresh_token"].is_string(), "a client that proved itself gets one");
}

/// omniauth-amazon with the gem `oauth2` sends a Basic header beside the secret in the body, and works with Amazon.
#[tokio::test]
async fn the_same_credentials_may_stand_in_header_and_body() {
    let amazon = Amazon::open();
    let header =
        |id: &str, secret: &str| format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()));
    let send = async |basic: &str, fields: &Fields<'_>| {
        let post = amazon.http.post(amazon.url("/auth/o2/token")).header("authorization", basic);
        post.form(fields).send().await.unwrap()
    };
    let right = header(WEB_CLIENT_ID, WEB_CLIENT_SECRET);
    let code = amazon.code("pat", &request()).await;
    let tokens: Value = send(&right, &exchange(&code)).await.json().await.unwrap();
    let token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(send(&right, &refresh(token)).await.status(), 200);

    let malformed = ("invalid_request".to_owned(), "Malformed request".to_owned());
    for (basic, fields) in [
        (header(WEB_CLIENT_ID, "another"), refresh(token)),
        (right.clone(), but(&refresh(token), "client_secret", Some("another"))),
        (right.clone(), but(&refresh(token), "client_id", Some(SISTER_CLIENT_ID))),
    ] {
        assert_eq!(refusal(send(&basic, &fields).await, 400).await, malformed, "two credentials");
    }
    amazon.simulator.switch(|switches| switches.strict_credentials = true);
    assert_eq!(refusal(send(&right, &refresh(token)).await, 400).await, malformed);
    assert_eq!(amazon.refresh(token).await.status(), 200, "in one place");
}

/// omniauth-amazon and Discourse send `client_id` and `client_secret` twice.
#[tokio::test]
async fn a_parameter_may_stand_twice_with_one_value() {
    let amazon = Amazon::open();
    let mut twice = exchange(&amazon.code("pat", &request()).await);
    twice.extend([("client_id", WEB_CLIENT_ID.into()), ("client_secret", WEB_CLIENT_SECRET.into())]);
    let tokens: Value = amazon.token(&twice).await.json().await.unwrap();
    let token = tokens["refresh_token"].as_str().unwrap();
    let mut again = refresh(token);
    again.extend(refresh(token));
    again.push(("client_id", String::new()));
    assert_eq!(amazon.token(&again).await.status(), 200);

    let malformed = ("invalid_request".to_owned(), "Malformed request".to_owned());
    for (name, other) in
        [("client_id", SISTER_CLIENT_ID), ("client_secret", "x"), ("grant_type", "device_code")]
    {
        let mut two = refresh(token);
        two.push((name, other.into()));
        assert_eq!(refusal(amazon.token(&two).await, 400).await, malformed, "two values of {name}");
    }
    amazon.simulator.switch(|switches| switches.strict_parameters = true);
    assert_eq!(refusal(amazon.token(&again).await, 400).await, malformed);
    assert_eq!(amazon.refresh(token).await.status(), 200);
}

#[tokio::test]
async fn row_9_every_region_takes_every_regions_codes() {
    let amazon = Amazon::open();
    for (path, region) in [
        ("/auth/o2/token", CallRegion::Na),
        ("/eu/auth/o2/token", CallRegion::Eu),
        ("/fe/auth/O2/token", CallRegion::Fe),
    ] {
        let code = amazon.code("pat", &request()).await;
        assert_eq!(amazon.post(path, &exchange(&code)).await.status(), 200, "{path}");
        assert_eq!(amazon.simulator.recorded_calls().last().unwrap().region, region);
    }
    assert_eq!(amazon.get("/eu/ap/oa").await.status(), 400);
    assert_eq!(amazon.get("/fe/ap/oa").await.status(), 400);
}

#[tokio::test]
async fn row_9_the_proof_of_possession_is_recorded() {
    let amazon = Amazon::open();
    amazon.tokens("pat").await;
    let call = amazon.simulator.recorded_calls().pop().unwrap();
    assert_eq!(
        (call.call, call.pkce, call.token),
        (SimulatedCall::Exchange, Some(RecordedPkce::S256), Some(TokenKind::AuthorizationCode))
    );
    assert_eq!(call.client.as_deref(), Some(WEB_CLIENT_ID));

    let plain = but(&but(&request(), "code_challenge_method", None), "code_challenge", Some(VERIFIER));
    let code = amazon.code("mork", &plain).await;
    assert_eq!(amazon.token(&exchange(&code)).await.status(), 200, "no method means plain");
    assert_eq!(amazon.simulator.recorded_calls().pop().unwrap().pkce, Some(RecordedPkce::Plain));
}

#[tokio::test]
async fn row_10_a_code_is_spent_once() {
    let amazon = Amazon::open();
    let code = amazon.code("pat", &request()).await;
    assert_eq!(amazon.token(&exchange(&code)).await.status(), 200);
    assert_eq!(
        refusal(amazon.token(&exchange(&code)).await, 400).await,
        ("invalid_grant".into(), CODE.into())
    );
}

#[tokio::test]
async fn row_10_a_code_lives_for_five_minutes() {
    let amazon = Amazon::open();
    let (early, late) = (amazon.code("pat", &request()).await, amazon.code("pat", &request()).await);
    amazon.clock.advance(TimeDelta::seconds(299));
    assert_eq!(amazon.token(&exchange(&early)).await.status(), 200);
    amazon.clock.advance(TimeDelta::seconds(1));
    assert_eq!(
        refusal(amazon.token(&exchange(&late)).await, 400).await,
        ("invalid_grant".into(), CODE.into())
    );

    amazon.simulator.switch(|switches| switches.code_lifetime = 5);
    let short = amazon.code("pat", &request()).await;
    amazon.clock.advance(TimeDelta::seconds(5));
    assert_eq!(amazon.token(&exchange(&short)).await.status(), 400);
}

#[tokio::test]
async fn row_10_a_code_is_for_its_client_and_its_verifier() {
    let amazon = Amazon::open();
    let good = exchange(&amazon.code("pat", &request()).await);
    let other = but(&good, "client_id", Some(SISTER_CLIENT_ID));
    let other = but(&other, "client_secret", Some(SISTER_CLIENT_SECRET));
    for fields in [other, but(&good, "code_verifier", Some(CHALLENGE)), but(&good, "code_verifier", None)] {
        assert_eq!(refusal(amazon.token(&fields).await, 400).await, ("invalid_grant".into(), CODE.into()));
    }
    assert_eq!(amazon.token(&good).await.status(), 200, "a refused try does not spend it");
}

#[tokio::test]
async fn row_11_the_return_address_is_repeated_letter_by_letter() {
    let amazon = Amazon::open();
    let fields = exchange(&amazon.code("pat", &request()).await);
    let answer =
        amazon.token(&but(&fields, "redirect_uri", Some("http://localhost:8080/amazon/callback/"))).await;
    let text = "The request has an invalid grant parameter : redirect_uri";
    assert_eq!(refusal(answer, 400).await, ("invalid_grant".into(), text.into()));
}

#[tokio::test]
async fn row_12_a_wrong_secret_and_an_unknown_client_get_the_recorded_two_fields() {
    let amazon = Amazon::open();
    let good = exchange(&amazon.code("pat", &request()).await);
    let wrong_header = amazon.http.post(amazon.url("/auth/o2/token")).header("authorization", "Basic !!!");
    for answer in [
        amazon.token(&but(&good, "client_secret", Some("wrong"))).await,
        amazon.token(&but(&good, "client_id", Some("amzn1.no-such-client"))).await,
        amazon.token(&but(&refresh("Atzr|x"), "client_secret", Some("wrong"))).await,
        wrong_header.form(&but(&good, "client_secret", None)).send().await.unwrap(),
    ] {
        assert_eq!(answer.status(), 401);
        let name = "OA2InvalidClientException:http://internal.amazon.com/coral/com.amazon.panda/";
        assert_eq!(answer.headers()["x-amzn-errortype"], name);
        let recorded = r#"{"error_description":"Client authentication failed","error":"invalid_client"}"#;
        assert_eq!(answer.text().await.unwrap(), recorded);
    }
}

#[tokio::test]
async fn row_13_a_public_client_gets_no_refresh_token() {
    let amazon = Amazon::open();
    let fields = but(&exchange(&amazon.code("pat", &request()).await), "client_secret", None);
    let text = amazon.token(&fields).await.text().await.unwrap();
    assert_eq!(keys(&text), ["access_token", "token_type", "expires_in"]);

    let unproven = but(&but(&request(), "code_challenge", None), "code_challenge_method", None);
    let fields = but(&exchange(&amazon.code("pat", &unproven).await), "client_secret", None);
    assert_eq!(amazon.token(&fields).await.status(), 400, "one of secret and verifier is needed");
}

#[tokio::test]
async fn row_14_a_refresh_keeps_the_refresh_token_and_the_old_access_token() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("pat").await;
    let kept = tokens["refresh_token"].as_str().unwrap();
    for _ in 0..2 {
        let text = amazon.refresh(kept).await.text().await.unwrap();
        assert_eq!(keys(&text), ["access_token", "refresh_token", "token_type", "expires_in"]);
        let renewed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(renewed["refresh_token"], kept);
        assert_ne!(renewed["access_token"], tokens["access_token"]);
    }
    let old = tokens["access_token"].as_str().unwrap();
    let answer = amazon.http.get(amazon.url("/user/profile")).bearer_auth(old).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn row_14_a_second_consent_leaves_the_first_refresh_token_alone() {
    let amazon = Amazon::open();
    let first = amazon.tokens("pat").await;
    amazon.tokens("pat").await;
    assert_eq!(amazon.refresh(first["refresh_token"].as_str().unwrap()).await.status(), 200);
}

#[tokio::test]
async fn row_14_refresh_tokens_rotate_when_switched() {
    let amazon = Amazon::open();
    let old = amazon.tokens("pat").await;
    amazon.simulator.switch(|switches| switches.rotate_refresh_tokens = true);
    let old = old["refresh_token"].as_str().unwrap();
    let new: Value = amazon.refresh(old).await.json().await.unwrap();
    assert_ne!(new["refresh_token"], old);
    assert_eq!(amazon.refresh(old).await.status(), 400);
    assert_eq!(amazon.refresh(new["refresh_token"].as_str().unwrap()).await.status(), 200);
}

#[tokio::test]
async fn row_15_a_revoked_or_unknown_refresh_token_gets_the_recorded_four_fields() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("pat").await;
    amazon.simulator.revoke("pat");
    for token in [tokens["refresh_token"].as_str().unwrap(), "Atzr|unknown"] {
        let answer = amazon.refresh(token).await;
        assert_eq!(answer.status(), 400);
        let mut names = [&RECORDED_HEADERS[..], &["x-amzn-errortype"]].concat();
        names.sort_unstable();
        assert_eq!(header_names(&answer), names);
        let name = "OA2InvalidRequestException:http://internal.amazon.com/coral/com.amazon.panda/";
        assert_eq!(answer.headers()["x-amzn-errortype"], name);
        let id = answer.headers()["x-amzn-requestid"].to_str().unwrap().to_owned();
        let text = answer.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        let index = body["error_index"].as_str().unwrap();
        let recorded = "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.";
        let bytes = format!(
            r#"{{"error_index":"{index}","error_description":"{recorded}","error":"invalid_grant","request_id":"{id}"}}"#
        );
        assert_eq!(text, bytes);
    }
}

#[tokio::test]
async fn row_16_anothers_refresh_token_is_refused_in_either_way() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("pat").await;
    let fields =
        but(&refresh(tokens["refresh_token"].as_str().unwrap()), "client_id", Some(SISTER_CLIENT_ID));
    let fields = but(&fields, "client_secret", Some(SISTER_CLIENT_SECRET));
    let text = "Not authorized for requested operation";
    assert_eq!(refusal(amazon.token(&fields).await, 400).await, ("unauthorized_client".into(), text.into()));
    amazon.simulator.switch(|switches| switches.foreign_refresh_token = ForeignRefresh::InvalidGrant);
    assert_eq!(refusal(amazon.token(&fields).await, 400).await.0, "invalid_grant");
    assert_eq!(amazon.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 200);
}

#[tokio::test]
async fn row_17_a_missing_or_unknown_grant_type_is_not_supported() {
    let amazon = Amazon::open();
    let text = "The authorization grant type is not supported by the authorization server";
    let urn = "urn:ietf:params:oauth:grant-type:device_code";
    for grant_type in [None, Some("password"), Some(urn)] {
        let answer = amazon.token(&but(&refresh("Atzr|x"), "grant_type", grant_type)).await;
        assert_eq!(refusal(answer, 400).await, ("unsupported_grant_type".into(), text.into()));
    }
    let multipart = amazon
        .http
        .post(amazon.url("/auth/o2/token"))
        .header("content-type", "multipart/form-data; boundary=x")
        .body("--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nrefresh_token\r\n--x--\r\n");
    assert_eq!(
        refusal(multipart.send().await.unwrap(), 400).await,
        ("unsupported_grant_type".into(), text.into())
    );
}

#[tokio::test]
async fn parameters_in_the_wrong_place_and_broken_bodies_are_malformed() {
    let amazon = Amazon::open();
    let in_query = amazon.http.post(amazon.url("/auth/o2/token?grant_type=refresh_token&refresh_token=x"));
    let json =
        amazon.http.post(amazon.url("/auth/o2/token")).header("content-type", "application/json").body("{");
    let mut twice = refresh("Atzr|x");
    twice.push(("client_id", SISTER_CLIENT_ID.into()));
    let twice = amazon.http.post(amazon.url("/auth/o2/token")).form(&twice);
    for request in [in_query, json, twice] {
        let answer = request.send().await.unwrap();
        assert_eq!(refusal(answer, 400).await, ("invalid_request".into(), "Malformed request".into()));
    }
}

#[tokio::test]
async fn a_missing_parameter_is_named() {
    let amazon = Amazon::open();
    let code = exchange(&amazon.code("pat", &request()).await);
    for (fields, name) in [
        (code.clone(), "code"),
        (code.clone(), "redirect_uri"),
        (code, "client_id"),
        (refresh("Atzr|x"), "refresh_token"),
        (refresh("Atzr|x"), "client_id"),
        (refresh("Atzr|x"), "client_secret"),
    ] {
        let text = format!("The request is missing a required parameter : {name}");
        let answer = amazon.token(&but(&fields, name, None)).await;
        assert_eq!(refusal(answer, 400).await, ("invalid_request".into(), text));
    }
}

#[tokio::test]
async fn expires_in_can_be_a_string() {
    let amazon = Amazon::open();
    amazon.simulator.switch(|switches| switches.expires_in_as_string = true);
    assert_eq!(amazon.tokens("pat").await["expires_in"], "3600");
}

#[tokio::test]
async fn error_bodies_can_be_full_or_short() {
    let amazon = Amazon::open();
    amazon.simulator.switch(|switches| switches.error_bodies = ErrorBodies::Short);
    let text = amazon.refresh("Atzr|x").await.text().await.unwrap();
    assert_eq!(keys(&text), ["error_description", "error"]);
    amazon.simulator.switch(|switches| switches.error_bodies = ErrorBodies::Full);
    let answer = amazon.token(&but(&refresh("Atzr|x"), "client_secret", Some("wrong"))).await;
    let text = answer.text().await.unwrap();
    assert_eq!(keys(&text), ["error_index", "error_description", "error", "request_id"]);
}

#[tokio::test]
async fn answers_can_carry_fields_nobody_asked_for() {
    let amazon = Amazon::open();
    amazon.simulator.switch(|switches| switches.unknown_fields = true);
    let tokens = amazon.tokens("pat").await;
    assert!(tokens["simulated_extra"]["nested"].is_array());
    assert!(tokens["access_token"].is_string());
}

#[tokio::test]
async fn a_device_client_cannot_be_sent_to_the_authorization_page() {
    let amazon = Amazon::with(|settings| {
        for client in &mut settings.clients {
            client.return_urls = vec![super::harness::RETURN_URL.into()];
        }
    });
    let answer = amazon.ask("pat", &but(&request(), "client_id", Some(DEVICE_CLIENT_ID))).await;
    assert_eq!(returned(&answer)["error"], "unauthorized_client");
}
