//! Rows 1 to 8 of the contract's section 26.2.

use dovetail::testing::lwa::simulator::{STRANGER_CLIENT_ID, SimulatedCall, StateEcho, WEB_CLIENT_ID};

use super::harness::{Amazon, RETURN_URL, but, exchange, location, request, returned};

#[tokio::test]
async fn row_1_an_unknown_client_ends_on_a_page() {
    let amazon = Amazon::open();
    let answer = amazon.ask("pat", &but(&request(), "client_id", Some("amzn1.no-such-client"))).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.headers().get("location").is_none());
    let page = answer.text().await.unwrap();
    for text in ["We're sorry!", "Error Summary", "400 Bad Request", "Unknown client_id", "Request Details"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn row_2_a_return_address_that_differs_by_one_letter_ends_on_a_page() {
    let amazon = Amazon::open();
    for address in [format!("{RETURN_URL}/"), RETURN_URL.replace("8080", "8081"), RETURN_URL.to_uppercase()] {
        let answer = amazon.ask("pat", &but(&request(), "redirect_uri", Some(&address))).await;
        assert_eq!(answer.status(), 400, "{address}");
        assert!(answer.headers().get("location").is_none());
        let page = answer.text().await.unwrap();
        assert!(page.contains("The redirect URI you provided has not been whitelisted for your application"));
    }
    assert_eq!(amazon.ask("pat", &but(&request(), "redirect_uri", None)).await.status(), 400);
}

#[tokio::test]
async fn row_3_an_unknown_scope_comes_back_in_the_recorded_order() {
    let amazon = Amazon::open();
    let answer = amazon.ask("pat", &but(&request(), "scope", Some("profile alexa:all"))).await;
    assert_eq!(answer.status(), 302);
    let query = "?error_description=An+unknown+scope+was+requested&state=St4te-_%7E&error=invalid_scope";
    assert_eq!(location(&answer), format!("{RETURN_URL}{query}"));
}

#[tokio::test]
async fn row_3_without_a_state_none_is_made_up() {
    let amazon = Amazon::open();
    let query = but(&but(&request(), "scope", Some("alexa:all")), "state", None);
    let answer = amazon.ask("pat", &query).await;
    let expected =
        format!("{RETURN_URL}?error_description=An+unknown+scope+was+requested&error=invalid_scope");
    assert_eq!(location(&answer), expected);
}

#[tokio::test]
async fn row_3_an_app_that_is_not_enabled_is_refused_every_scope() {
    let amazon = Amazon::with(|settings| settings.clients[0].lwa_enabled = false);
    assert_eq!(returned(&amazon.ask("pat", &request()).await)["error"], "invalid_scope");
}

#[tokio::test]
async fn row_3_prime_is_for_allow_listed_clients() {
    let amazon = Amazon::with(|settings| {
        for client in &mut settings.clients {
            client.return_urls = vec![RETURN_URL.into()];
        }
    });
    let prime = but(&request(), "scope", Some("games::prime profile"));
    let stranger = but(&prime, "client_id", Some(STRANGER_CLIENT_ID));
    assert_eq!(returned(&amazon.ask("pat", &stranger).await)["error"], "invalid_scope");
    assert_eq!(amazon.ask("pat", &prime).await.status(), 200);
}

#[tokio::test]
async fn row_3_an_unknown_scope_ends_on_a_page_when_switched() {
    let amazon = Amazon::open();
    amazon.simulator.switch(|switches| switches.unknown_scope_page = true);
    let answer = amazon.ask("pat", &but(&request(), "scope", Some("alexa:all"))).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("An unknown scope was requested"));
}

#[tokio::test]
async fn other_faults_of_a_request_come_back_to_the_client() {
    let amazon = Amazon::open();
    for (name, value, error) in [
        ("response_type", None, "invalid_request"),
        ("response_type", Some("token"), "unsupported_response_type"),
        ("scope", None, "invalid_request"),
        ("scope_data", Some("{"), "invalid_request"),
        ("code_challenge", Some("too-short"), "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge_method", Some("S512"), "invalid_request"),
    ] {
        let back = returned(&amazon.ask("pat", &but(&request(), name, value)).await);
        assert_eq!(back["error"], error, "{name}={value:?}");
        assert_eq!(back["state"], "St4te-_~");
        assert!(!back.contains_key("code"));
    }
    let mut twice = request();
    twice.push(("scope", "profile:user_id".into()));
    assert_eq!(returned(&amazon.ask("pat", &twice).await)["error"], "invalid_request");
}

#[tokio::test]
async fn a_parameter_may_stand_twice_with_one_value() {
    let amazon = Amazon::open();
    let mut twice = request();
    twice.extend([
        ("client_id", WEB_CLIENT_ID.into()),
        ("scope", "profile".into()),
        ("state", "St4te-_~".into()),
    ]);
    assert_eq!(amazon.ask("pat", &twice).await.status(), 200);
    assert_eq!(
        returned(&amazon.decide("pat", &twice, &vec![("decision", "allow".into())]).await)["code"].len(),
        20
    );
    amazon.simulator.switch(|switches| switches.strict_parameters = true);
    assert_eq!(returned(&amazon.ask("pat", &twice).await)["error"], "invalid_request");
    assert_eq!(returned(&amazon.ask("pat", &request()).await)["code"].len(), 20);
}

/// Amazon's AVS samples send the request as a form.
#[tokio::test]
async fn the_request_may_come_as_a_form() {
    let amazon = Amazon::open();
    let sent = amazon.as_customer("pat", amazon.http.post(amazon.url("/ap/oa")).form(&request())).await;
    assert_eq!(sent.status(), 302);
    let page = amazon.as_customer("pat", amazon.http.get(amazon.url(&location(&sent)))).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Dovetail in development"));
    let pressed = vec![("decision", "allow".to_owned())];
    let post = amazon.http.post(amazon.url(&location(&sent))).form(&pressed);
    assert_eq!(returned(&amazon.as_customer("pat", post).await)["state"], "St4te-_~");
    let calls = amazon.simulator.recorded_calls();
    assert!(calls.iter().any(|call| call.call == SimulatedCall::Authorize), "its arrival is recorded");

    let unknown = but(&request(), "client_id", Some("amzn1.no-such-client"));
    let sent = amazon.http.post(amazon.url("/eu/ap/oa")).form(&unknown).send().await.unwrap();
    assert!(location(&sent).starts_with("/eu/ap/oa?"), "{}", location(&sent));
    assert_eq!(amazon.get(&location(&sent)).await.status(), 400);
    assert_eq!(amazon.post("/ap/oa", &vec![("decision", "allow".into())]).await.status(), 400);
}

#[tokio::test]
async fn return_urls_can_be_added() {
    let given = "https://Game.Example:8443/cb?a=1";
    let amazon = Amazon::with(|settings| settings.return_urls = vec![given.to_owned()]);
    let with = |url: &str| but(&request(), "redirect_uri", Some(url));
    assert_eq!(amazon.ask("pat", &with(given)).await.status(), 200);
    let page = "http://127.0.0.1:3000/auth/amazon/callback";
    assert_eq!(amazon.ask("pat", &with(page)).await.status(), 400);
    assert_eq!(amazon.post("/simulator/return-urls", &vec![("url", page.into())]).await.status(), 303);
    let back = amazon.decide("pat", &with(page), &vec![("decision", "allow".into())]).await;
    let back = location(&back);
    assert!(back.starts_with(&format!("{page}?code=")), "{back}");
    let code = back.split(['=', '&']).nth(1).unwrap().to_owned();
    let exchanged = amazon.token(&but(&exchange(&code), "redirect_uri", Some(page))).await;
    assert_eq!(exchanged.status(), 200);
    let board = amazon.get("/simulator").await.text().await.unwrap();
    assert!(board.contains(page) && board.contains(RETURN_URL), "{board}");
    // Still letter by letter, and for the portal's own client only.
    for other in [format!("{page}/"), page.to_uppercase(), page.replace("3000", "3001")] {
        assert_eq!(amazon.ask("pat", &with(&other)).await.status(), 400, "{other}");
    }
    let stranger = but(&with(page), "client_id", Some(STRANGER_CLIENT_ID));
    assert_eq!(amazon.ask("pat", &stranger).await.status(), 400);
    for wrong in ["", "javascript:alert(1)", "/cb", "https://game.example/#x", "https://game.example/a b"] {
        let answer = amazon.post("/simulator/return-urls", &vec![("url", wrong.into())]).await;
        assert_eq!(answer.status(), 422, "{wrong}");
    }
}

/// golang/oauth2#228 shows this answer of Amazon's.
#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_as_amazons() {
    let amazon = Amazon::open();
    for path in
        ["/auth/o2/nothing", "/eu/auth/o2/nothing", "/auth/token", "/.well-known/openid-configuration"]
    {
        let answer = amazon.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.text().await.unwrap().trim_end(), "<UnknownOperationException/>", "{path}");
    }
    for answer in [amazon.get("/auth/o2/token").await, amazon.post("/user/profile", &vec![]).await] {
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.text().await.unwrap().trim_end(), "<UnknownOperationException/>");
    }
}

#[tokio::test]
async fn row_4_a_stranger_signs_in_and_a_new_customer_is_asked() {
    let amazon = Amazon::open();
    let signing_in = amazon.ask("", &request()).await;
    assert_eq!(signing_in.status(), 200);
    let page = signing_in.text().await.unwrap();
    assert!(page.contains("mhashimoto-04@plaxo.com"), "{page}");
    assert!(page.contains(r#"name="back" value="/ap/oa?client_id="#), "{page}");

    let page = amazon.ask("mork", &request()).await.text().await.unwrap();
    for text in
        ["Dovetail in development", "https://dovetail.example/privacy", "Mork Hashimoto", "Allow", "Cancel"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(amazon.simulator.consents().is_empty());
}

#[tokio::test]
async fn row_4_names_are_shown_as_text() {
    let amazon = Amazon::open();
    let page = amazon.ask("bobby", &request()).await.text().await.unwrap();
    assert!(!page.contains("<b>Bobby</b>"), "{page}");
    assert!(page.contains("Bobby"), "{page}");
}

#[tokio::test]
async fn row_5_a_customer_who_allowed_these_scopes_is_not_asked_again() {
    let amazon = Amazon::open();
    amazon.code("pat", &request()).await;
    let back = returned(&amazon.ask("pat", &request()).await);
    assert_eq!(back["state"], "St4te-_~");
    assert_eq!(back["scope"], "profile");
    assert_eq!(back["code"].len(), 20);

    let more = but(&request(), "scope", Some("profile games::prime"));
    assert_eq!(amazon.ask("pat", &more).await.status(), 200, "a new scope is asked about");
    assert_eq!(amazon.ask("mork", &request()).await.status(), 200, "another customer is asked");
    amazon.simulator.revoke("pat");
    assert_eq!(amazon.ask("pat", &request()).await.status(), 200, "asked again after revoking");
}

#[tokio::test]
async fn row_6_the_bare_user_id_needs_no_consent() {
    let amazon = Amazon::open();
    let query = but(&request(), "scope", Some("profile:user_id"));
    assert_eq!(amazon.ask("", &query).await.status(), 200, "but it needs a customer");
    assert_eq!(returned(&amazon.ask("pat", &query).await)["scope"], "profile:user_id");
}

#[tokio::test]
async fn row_7_cancel_comes_back_in_the_recorded_words() {
    let amazon = Amazon::open();
    let answer = amazon.decide("pat", &request(), &vec![("decision", "cancel".into())]).await;
    let query = "?error_description=Access+not+permitted.&state=St4te-_%7E&error=access_denied";
    assert_eq!(location(&answer), format!("{RETURN_URL}{query}"));
    assert!(amazon.simulator.consents().is_empty());
}

#[tokio::test]
async fn row_8_a_voluntary_scope_can_be_left_out_and_an_essential_one_cannot() {
    let amazon = Amazon::open();
    let query = but(&request(), "scope", Some("games::prime profile postal_code"));
    let query = but(&query, "scope_data", Some(r#"{"games::prime":{"essential":false}}"#));
    let page = amazon.ask("pat", &query).await.text().await.unwrap();
    assert!(page.contains(r#"name="granted" value="games::prime" checked"#), "{page}");
    assert!(page.contains(r#"name="granted" value="postal_code" checked"#), "{page}");
    assert!(!page.contains(r#"name="granted" value="profile""#), "{page}");

    let pressed = vec![("decision", "allow".into()), ("granted", "games::prime".into())];
    let answer = amazon.decide("pat", &query, &pressed).await;
    assert!(location(&answer).contains("&scope=games%3A%3Aprime+profile&"), "{}", location(&answer));
    assert_eq!(returned(&answer)["scope"], "games::prime profile");
    assert_eq!(amazon.ask("pat", &query).await.status(), 200, "what was left out is asked about again");
}

#[tokio::test]
async fn state_can_be_dropped_or_altered() {
    let amazon = Amazon::open();
    amazon.code("pat", &request()).await;
    amazon.simulator.switch(|switches| switches.state = StateEcho::Dropped);
    assert!(!returned(&amazon.ask("pat", &request()).await).contains_key("state"));
    amazon.simulator.switch(|switches| switches.state = StateEcho::Altered);
    assert_eq!(returned(&amazon.ask("pat", &request()).await)["state"], "St4te-_~x");
}

#[tokio::test]
async fn the_arrival_is_recorded() {
    let amazon = Amazon::open();
    amazon.ask("pat", &request()).await;
    let calls = amazon.simulator.recorded_calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].call, SimulatedCall::Authorize);
    assert_eq!(calls[0].status, Some(200));
}
