//! The page of switches, by hand and by program.

use dovetail::testing::lwa::simulator::{STRANGER_CLIENT_ID, SimulatedCall, StateEcho};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::harness::{Amazon, location, refusal, request};

#[tokio::test]
async fn every_form_control_has_a_name_that_can_be_read_aloud() {
    let amazon = Amazon::open();
    amazon.tokens("pat").await;
    for path in ["/simulator", "/us/code", "/ap/adam"] {
        let page = amazon.as_customer("pat", amazon.http.get(amazon.url(path))).await.text().await.unwrap();
        let page = Html::parse_document(&page);
        let all = |css: &str| page.select(&Selector::parse(css).unwrap()).collect::<Vec<_>>();
        assert_eq!(all("h1").len(), 1, "{path}");
        assert!(
            all("header").iter().any(|header| header.text().any(|text| text == "Simulator. Not Amazon."))
        );
        for control in all("input:not([type=hidden]), select, textarea") {
            let id = control.attr("id").unwrap_or_else(|| panic!("{path}: {}", control.html()));
            assert_eq!(all(&format!("label[for='{id}']")).len(), 1, "{path}: {id}");
        }
        assert!(all("[style], script, style").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_form_as_it_is_shown_changes_nothing() {
    let amazon = Amazon::open();
    amazon.simulator.switch(|switches| switches.state = StateEcho::Altered);
    let before = amazon.simulator.switches();
    let page = Html::parse_document(&amazon.get("/simulator").await.text().await.unwrap());
    let form = Selector::parse("form[action='/simulator/switches']").unwrap();
    let form = page.select(&form).next().unwrap();
    let mut fields: Vec<(&str, String)> = Vec::new();
    for select in form.select(&Selector::parse("select").unwrap()) {
        let chosen = select.select(&Selector::parse("option[selected]").unwrap()).next().unwrap();
        fields.push((select.attr("name").unwrap(), chosen.text().collect()));
    }
    for input in form.select(&Selector::parse("input").unwrap()) {
        fields.push((input.attr("name").unwrap(), input.attr("value").unwrap().into()));
    }
    assert_eq!(fields.len(), serde_json::to_value(&before).unwrap().as_object().unwrap().len());
    assert_eq!(location(&amazon.post("/simulator/switches", &fields).await), "/simulator");
    assert_eq!(amazon.simulator.switches(), before);
}

#[tokio::test]
async fn a_program_can_throw_one_switch_and_read_the_rest() {
    let amazon = Amazon::open();
    let post = amazon.http.post(amazon.url("/simulator/switches")).header("accept", "application/json");
    let state: Value =
        post.json(&json!({ "without_email": true })).send().await.unwrap().json().await.unwrap();
    assert_eq!(state["switches"]["without_email"], true);
    assert_eq!(state["switches"]["state"], "kept");
    assert!(amazon.simulator.switches().without_email);
}

#[tokio::test]
async fn nonsense_is_refused_and_said() {
    let amazon = Amazon::open();
    let answer = amazon.post("/simulator/switches", &vec![("no_such_switch", "on".into())]).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("not understood"));
    assert_eq!(amazon.post("/simulator/clock", &vec![("seconds", i64::MAX.to_string())]).await.status(), 422);
    assert_eq!(amazon.post("/simulator/no-such-action", &vec![]).await.status(), 404);
}

#[tokio::test]
async fn faults_clock_revoking_and_expiry_hang_on_the_page() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("pat").await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fault = vec![("call", "refresh".into()), ("fault", "unavailable".into()), ("times", "1".into())];
    assert_eq!(amazon.post("/simulator/faults", &fault).await.status(), 303);
    assert_eq!(amazon.refresh(refresh).await.status(), 503);
    for (path, fields) in [
        ("/simulator/expire-access-tokens", vec![]),
        ("/simulator/clock", vec![("seconds", "-60".into())]),
        ("/simulator/clear-faults", vec![]),
        ("/simulator/revoke", vec![("customer", "pat".into())]),
    ] {
        assert_eq!(amazon.post(path, &fields).await.status(), 303, "{path}");
    }
    assert_eq!((amazon.clock.now() - amazon.simulator.now()).num_seconds(), 60);
    assert_eq!(refusal(amazon.refresh(refresh).await, 400).await.0, "invalid_grant");
}

#[tokio::test]
async fn every_fault_of_the_form_can_be_set() {
    let amazon = Amazon::open();
    let page = Html::parse_document(&amazon.get("/simulator").await.text().await.unwrap());
    let faults = Selector::parse("select[name=fault] option").unwrap();
    for option in page.select(&faults) {
        let fault = option.attr("value").unwrap();
        let value = if fault == "refused" { "invalid_client" } else { "418" };
        let fields = vec![("call", "poll".into()), ("fault", fault.into()), ("value", value.into())];
        assert_eq!(amazon.post("/simulator/faults", &fields).await.status(), 303, "{fault}");
    }
    let calls = Selector::parse("select[name=call] option").unwrap();
    assert_eq!(page.select(&calls).count(), SimulatedCall::ALL.len());
}

#[tokio::test]
async fn a_token_can_be_made_by_program() {
    let amazon = Amazon::open();
    let fields = json!({ "customer": "dana", "client": STRANGER_CLIENT_ID, "scope": "profile" });
    let post = amazon.http.post(amazon.url("/simulator/token")).header("accept", "application/json");
    let made: Value = post.json(&fields).send().await.unwrap().json().await.unwrap();
    let info =
        amazon.http.get(amazon.url("/auth/o2/tokeninfo")).bearer_auth(made["access_token"].as_str().unwrap());
    let info: Value = info.send().await.unwrap().json().await.unwrap();
    assert_eq!(info["aud"], STRANGER_CLIENT_ID);
}

#[tokio::test]
async fn customers_and_devices_are_served_by_program() {
    let amazon = Amazon::open();
    let customer = vec![("key", "zoe".into()), ("name", "Zoe".into())];
    assert_eq!(amazon.post("/simulator/customers", &customer).await.status(), 303);
    assert!(amazon.simulator.customers().iter().any(|customer| customer.key == "zoe"));
    let unknown = vec![("user_code", "ABCDEF".into()), ("customer", "zoe".into())];
    assert_eq!(amazon.post("/simulator/device", &unknown).await.status(), 422);
    amazon.ask("zoe", &request()).await;
    let state: Value = amazon.get("/simulator/state").await.json().await.unwrap();
    assert_eq!(state["calls"][0]["call"], "authorize");
}

#[tokio::test]
async fn the_stylesheet_is_served() {
    let answer = Amazon::open().get("/simulator/style.css").await;
    assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
}
