//! Signing in and out, the list of apps, and what a restart remembers.

use dovetail::testing::lwa::simulator::{SimulatedCustomer, Simulator, SimulatorSettings, WEB_CLIENT_ID};
use dovetail::testing::platform::clock::Clock;
use scraper::{Html, Selector};

use super::harness::{Amazon, RETURN_URL, location, request, returned};

#[tokio::test]
async fn choosing_a_customer_leads_back_and_is_remembered() {
    let amazon = Amazon::open();
    let pressed = vec![("customer", "mork".into()), ("back", "/ap/oa?client_id=1&x=%20".into())];
    let answer = amazon.post("/simulator/sign-in", &pressed).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(location(&answer), "/ap/oa?client_id=1&x=%20");
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("simulator_customer=mork;") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn signing_out_forgets_and_leads_back() {
    let amazon = Amazon::open();
    let answer = amazon.get("/simulator/sign-out?back=%2Fap%2Fadam").await;
    assert_eq!(location(&answer), "/ap/adam");
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let elsewhere = amazon.get("/simulator/sign-out?back=%2F%2Fevil.example").await;
    assert_eq!(location(&elsewhere), "/simulator");
}

#[tokio::test]
async fn the_sign_out_link_of_a_consent_page_keeps_the_whole_request() {
    let amazon = Amazon::open();
    let page = amazon.ask("pat", &request()).await.text().await.unwrap();
    let page = Html::parse_document(&page);
    let link = page.select(&Selector::parse("a[href^='/simulator/sign-out']").unwrap()).next().unwrap();
    let answer = amazon.get(link.attr("href").unwrap()).await;
    let form = page.select(&Selector::parse("form").unwrap()).next().unwrap();
    assert_eq!(Some(location(&answer).as_str()), form.attr("action"));
}

#[tokio::test]
async fn an_app_can_be_removed_at_the_list_of_apps() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("pat").await;
    let page = amazon.as_customer("pat", amazon.http.get(amazon.url("/ap/adam"))).await.text().await.unwrap();
    let page = Html::parse_document(&page);
    let remove = page.select(&Selector::parse("button[name=app]").unwrap()).next().unwrap();
    let app = remove.attr("value").unwrap();
    let post = amazon.http.post(amazon.url("/ap/adam")).form(&[("app", app)]);
    assert_eq!(amazon.as_customer("pat", post).await.status(), 303);
    assert_eq!(amazon.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 400);
    assert!(amazon.simulator.consents().is_empty());
}

#[tokio::test]
async fn removing_one_customers_app_leaves_others_alone() {
    let amazon = Amazon::open();
    let tokens = amazon.tokens("mork").await;
    amazon.tokens("pat").await;
    amazon.simulator.revoke("pat");
    assert_eq!(amazon.refresh(tokens["refresh_token"].as_str().unwrap()).await.status(), 200);
}

#[tokio::test]
async fn a_test_can_bring_its_own_people_and_let_them_allow_beforehand() {
    let amazon = Amazon::open();
    amazon.simulator.admit(SimulatedCustomer::new("ann-7", "Ann", "ann@example.com"));
    amazon.simulator.allow("ann-7", WEB_CLIENT_ID, "profile");
    assert!(returned(&amazon.ask("ann-7", &request()).await).contains_key("code"));
}

#[tokio::test]
async fn a_customer_can_change_their_email_and_stays_the_same_person() {
    let amazon = Amazon::open();
    let id = amazon.simulator.user_id("pat", WEB_CLIENT_ID);
    amazon.simulator.admit(SimulatedCustomer::new("pat", "Pat Example", "pat.new@example.com"));
    let pats = amazon.simulator.customers().into_iter().filter(|customer| customer.key == "pat");
    assert_eq!(pats.map(|pat| pat.email.unwrap()).collect::<Vec<_>>(), ["pat.new@example.com"]);
    assert_eq!(amazon.simulator.user_id("pat", WEB_CLIENT_ID), id);
}

#[tokio::test]
async fn it_also_serves_inside_a_runtime_that_is_already_there() {
    let simulator = Simulator::new(SimulatorSettings::development(Clock::system(), RETURN_URL));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/simulator", listener.local_addr().unwrap());
    let server = simulator.run(listener).unwrap();
    let handle = server.handle();
    let ending = tokio::spawn(server);
    let http = reqwest::Client::builder().build().unwrap();
    assert_eq!(http.get(address).send().await.unwrap().status(), 200);
    handle.stop(false).await;
    ending.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_restart_remembers_links_but_no_codes() {
    let folder = tempfile::tempdir().unwrap();
    let state_file = folder.path().join("simulator.json");
    let amazon = Amazon::with(|settings| settings.state_file = Some(state_file.clone()));
    amazon.simulator.admit(SimulatedCustomer::new("ann", "Ann", "ann@example.com"));
    let tokens = amazon.tokens("ann").await;
    let (refresh, access) =
        (tokens["refresh_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
    let code = amazon.code("ann", &request()).await;
    drop(amazon);

    let amazon = Amazon::with(|settings| settings.state_file = Some(state_file.clone()));
    assert_eq!(amazon.refresh(refresh).await.status(), 200);
    let profile = amazon.http.get(amazon.url("/user/profile")).bearer_auth(access);
    assert_eq!(profile.send().await.unwrap().status(), 200);
    assert!(returned(&amazon.ask("ann", &request()).await).contains_key("code"), "not asked again");
    assert_eq!(amazon.token(&super::harness::exchange(&code)).await.status(), 400);
}

#[test]
fn an_unreadable_state_file_is_started_over() {
    let folder = tempfile::tempdir().unwrap();
    let state_file = folder.path().join("simulator.json");
    std::fs::write(&state_file, "{ not json").unwrap();
    let mut settings = SimulatorSettings::development(Clock::system(), RETURN_URL);
    settings.state_file = Some(state_file);
    assert!(Simulator::new(settings).consents().is_empty());
}
