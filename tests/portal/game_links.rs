//! A link that a game made, at its first sign-in in a browser: who is asked for what, and what it is worth before.

use chrono::TimeDelta;
use dovetail::testing::links::device_flow::poll_batch;
use dovetail::testing::lwa::simulator::DEVICE_CLIENT_ID;
use dovetail::testing::platform::db::migrate;
use serde_json::{Value, json};

use super::harness::portal::Settings;
use super::harness::{Browser, GameClient, Page, Person, Portal};

const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";
const PASSWORD: &str = "Zoe keeps 7 green boats";

fn with_device_client(settings: &mut Settings) {
    let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
    settings
        .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
        .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
}

fn known_by(answer: &Value) -> Person {
    let id = answer["userId"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    Person { id, name: "Zoe".into(), email: None, password: Some(PASSWORD.into()) }
}

/// Registered in a game: user name and password, no address.
async fn zoe(portal: &Portal) -> (GameClient, Person) {
    let mut game = portal.game().await;
    let asked = json!({ "displayName": "Zoe", "userName": "zoe", "password": PASSWORD });
    let zoe = known_by(&game.ask("RegistrationRequest", asked).await);
    (game, zoe)
}

/// Known only by a device.
async fn device_player(portal: &Portal) -> (GameClient, Person) {
    let mut game = portal.game().await;
    let asked = json!({ "deviceId": DEVICE, "deviceOS": "tvOS", "displayName": "Zoe" });
    let zoe = known_by(&game.ask("DeviceAuthenticationRequest", asked).await);
    (game, zoe)
}

async fn connect(portal: &Portal, game: &mut GameClient, customer: &str) -> Value {
    let asked = json!({ "accessToken": portal.amazon.token_of(customer) });
    game.ask("AmazonConnectRequest", asked).await
}

async fn link_by_token(portal: &Portal, game: &mut GameClient, customer: &str) {
    let answer = connect(portal, game, customer).await;
    assert_eq!(answer.get("error"), None, "{answer}");
}

async fn link_by_code(portal: &Portal, game: &mut GameClient, customer: &str) {
    let begun = game.ask("AmazonLinkByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    assert!(portal.amazon.simulator.approve_device(code, customer));
    portal.wait(TimeDelta::seconds(30));
    poll_batch(portal.app()).await.unwrap();
    let confirmed = json!({ "linkingId": begun["linkingId"], "confirm": true });
    let answer = game.ask("AmazonLinkByCodeRequest", confirmed).await;
    assert_eq!(answer["state"], "linked", "{answer}");
}

async fn log_in(portal: &Portal, browser: &Browser, customer: &str) -> Page {
    portal.at_amazon(browser, customer).await;
    browser.visit("/").await.press("Login with Amazon").await
}

fn is_confirmed(portal: &Portal, person: &Person) -> bool {
    let query = "SELECT count(*) AS count FROM amazon_links WHERE confirmed_at IS NOT NULL AND player_id";
    portal.count(&format!("{query} = '{}'", person.id)) == 1
}

fn nobody_is_in(portal: &Portal, person: &Person) {
    assert_eq!(portal.count_of("sessions", person), 0);
    assert!(!is_confirmed(portal, person));
}

#[track_caller]
fn asks(page: &Page) {
    assert_eq!((page.status, page.url.path()), (200, "/amazon/game-link"), "{}", page.text());
}

/// S150: the one who holds a stolen game token, and the Amazon account it linked, does not open the player.
#[tokio::test]
async fn a_token_s_link_asks_for_the_password_once() {
    let portal = Portal::start().await;
    let (mut game, zoe) = zoe(&portal).await;
    link_by_token(&portal, &mut game, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    asks(&asked);
    assert!(asked.text().contains("Zoe") && asked.text().contains("Mork Hashimoto"), "{}", asked.text());
    nobody_is_in(&portal, &zoe);
    let wrong = asked.fill("password", "not hers at all").press("This is mine").await;
    assert_eq!((wrong.status, wrong.code().as_deref()), (422, Some("credentials_wrong")), "{}", wrong.text());
    let bare = wrong.press("This is mine").await;
    let missing = (422, Some("proof_missing"));
    assert_eq!(
        (bare.status, bare.code().as_deref()),
        missing,
        "the button alone is no proof: {}",
        bare.text()
    );
    nobody_is_in(&portal, &zoe);
    let account = bare.fill("password", PASSWORD).press("This is mine").await;
    assert_eq!((account.path().as_str(), account.code().as_deref()), ("/account", Some("link_confirmed")));
    assert!(is_confirmed(&portal, &zoe));
    let events = portal.events_of(&zoe);
    assert!(events.contains(&"link.amazon.confirmed".to_owned()), "{events:?}");
    let left =
        "SELECT count(*) AS count FROM amazon_links WHERE made_in IS NOT NULL OR made_from IS NOT NULL";
    assert_eq!((portal.count(left), portal.count_all("link_attempts")), (0, 0));
    let again = log_in(&portal, &portal.browser(), "mork").await;
    assert_eq!(again.path(), "/account", "once: {}", again.text());
    portal.verify().await;
}

fn attempt(page: &Page) -> &str {
    page.url
        .query()
        .and_then(|query| query.strip_prefix("attempt="))
        .unwrap_or_else(|| panic!("{}", page.url))
}

#[tokio::test]
async fn five_wrong_ones_end_the_attempt() {
    let portal = Portal::start().await;
    let (mut game, zoe) = zoe(&portal).await;
    link_by_token(&portal, &mut game, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    for number in 1..=5 {
        let csrf = asked.csrf();
        let form =
            [("csrf", csrf.as_str()), ("attempt", attempt(&asked)), ("choice", "mine"), ("code", "123456")];
        let page = asked.browser().post("/amazon/game-link", &form).await;
        assert_eq!(page.status, if number == 5 { 303 } else { 422 }, "{number}");
    }
    assert_eq!(asked.browser().visit(asked.url.as_ref()).await.status, 400, "it is over");
    nobody_is_in(&portal, &zoe);
}

/// A stranger's browser gets nothing, and neither does one that comes too late.
#[tokio::test]
async fn the_page_is_this_browser_s_and_lasts_ten_minutes() {
    let portal = Portal::start().await;
    let (mut game, zoe) = zoe(&portal).await;
    link_by_token(&portal, &mut game, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    let stranger = portal.browser();
    assert_eq!(stranger.visit(&format!("/amazon/game-link?attempt={}", attempt(&asked))).await.status, 400);
    let bo = portal.bo().await;
    let inside = asked.browser();
    portal.sign_in(inside, &bo);
    let confirm = inside.visit(&format!("/amazon/confirm?attempt={}", attempt(&asked))).await;
    assert_eq!(confirm.status, 400, "it is no page to link on: {}", confirm.text());
    let as_visitor = asked.fill("password", PASSWORD).press("This is mine").await;
    assert_eq!(as_visitor.status, 403, "the page was another visitor's: {}", as_visitor.text());
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    portal.wait(TimeDelta::minutes(11));
    let late = asked.fill("password", PASSWORD).press("This is mine").await;
    assert_eq!(late.status, 400, "{}", late.text());
    nobody_is_in(&portal, &zoe);
}

#[tokio::test]
async fn a_mailed_code_confirms_where_there_is_an_address() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    link_by_token(&portal, &mut portal.proven_game_of(&bo).await, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    asks(&asked);
    assert!(!asked.html.contains(bo.email()), "only masked");
    let button = asked.buttons().into_iter().find(|label| label.starts_with("Send a code to")).unwrap();
    let sent = asked.press(&button).await;
    assert_eq!(sent.code().as_deref(), Some("link_code_sent"), "{}", sent.text());
    let mail = portal.mail_to(bo.email());
    assert_eq!(mail.kind, "link-code");
    let wrong = sent.fill("code", "000000").press("This is mine, with the code").await;
    assert_eq!((wrong.status, wrong.code().as_deref()), (422, Some("code_wrong")), "{}", wrong.text());
    nobody_is_in(&portal, &bo);
    let account = wrong.fill("code", &mail.code()).press("This is mine, with the code").await;
    assert_eq!((account.path().as_str(), account.code().as_deref()), ("/account", Some("link_confirmed")));
    assert_eq!(portal.mail_to(bo.email()).kind, "amazon-confirmed");
    portal.verify().await;
}

#[tokio::test]
async fn a_reset_ends_a_mailed_code() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    link_by_token(&portal, &mut portal.proven_game_of(&bo).await, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    let button = asked.buttons().into_iter().find(|label| label.starts_with("Send a code to")).unwrap();
    let sent = asked.press(&button).await;
    let code = portal.mail_to(bo.email()).code();
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", bo.email()).press_only("Send link").await;
    let form = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
    let done = form.fill("new_password", "nine brown kettles on ice").press("Save password").await;
    assert_eq!(done.code().as_deref(), Some("password_reset"), "{}", done.text());
    let late = sent.fill("code", &code).press("This is mine, with the code").await;
    assert_eq!(late.status, 400, "{}", late.text());
    nobody_is_in(&portal, &bo);
    portal.verify().await;
}

#[tokio::test]
async fn a_device_s_player_opens_at_once() {
    let portal = Portal::start().await;
    let (mut game, zoe) = device_player(&portal).await;
    link_by_token(&portal, &mut game, "mork").await;
    assert!(!is_confirmed(&portal, &zoe));
    let account = log_in(&portal, &portal.browser(), "mork").await;
    assert_eq!(account.path(), "/account", "{}", account.text());
    assert!(is_confirmed(&portal, &zoe));
    assert!(portal.events_of(&zoe).contains(&"link.amazon.confirmed".to_owned()));
    portal.verify().await;
}

#[tokio::test]
async fn a_player_made_by_the_account_needs_nothing() {
    let portal = Portal::start().await;
    let mut game = portal.game().await;
    let zoe = known_by(&connect(&portal, &mut game, "mork").await);
    assert!(is_confirmed(&portal, &zoe));
    assert_eq!(log_in(&portal, &portal.browser(), "mork").await.path(), "/account");
    portal.verify().await;
}

#[tokio::test]
async fn a_code_s_link_shows_where_it_was_made_and_can_be_refused() {
    let portal = Portal::with(with_device_client).await;
    let (mut game, zoe) = device_player(&portal).await;
    link_by_code(&portal, &mut game, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    asks(&asked);
    for word in ["Zoe", "Mork Hashimoto", "dovetail", "Android", "127.0.0.0/24"] {
        assert!(asked.text().contains(word), "{word}: {}", asked.text());
    }
    let out = asked.press("This was not me").await;
    assert_eq!(
        (out.path().as_str(), out.code().as_deref()),
        ("/sign-in", Some("link_denied")),
        "{}",
        out.text()
    );
    assert_eq!((portal.count_of("sessions", &zoe), portal.count_of("amazon_links", &zoe)), (0, 0));
    assert!(portal.events_of(&zoe).contains(&"link.amazon.denied".to_owned()));
    assert_eq!(portal.endings_of(&zoe).len(), 1);
    let again = asked.press("This was not me").await;
    assert_eq!(again.status, 400, "once: {}", again.text());
    let details = game.ask("AccountDetailsRequest", json!({})).await;
    assert_eq!(details["externalIds"], json!({}), "{details}");
    portal.verify().await;
}

#[tokio::test]
async fn a_code_s_link_is_confirmed_by_its_person() {
    let portal = Portal::with(with_device_client).await;
    let (mut game, zoe) = device_player(&portal).await;
    link_by_code(&portal, &mut game, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    let account = asked.press("This is mine").await;
    assert_eq!(account.path(), "/account", "{}", account.text());
    assert!(is_confirmed(&portal, &zoe));
    portal.verify().await;
}

/// A player with an address hears that somebody refused the link.
#[tokio::test]
async fn a_refused_link_is_told_to_its_player() {
    let portal = Portal::with(with_device_client).await;
    let bo = portal.bo().await;
    link_by_code(&portal, &mut portal.proven_game_of(&bo).await, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    assert_eq!(asked.press("This is mine").await.status, 422, "his password is asked for as well");
    asked.press("This was not me").await;
    assert_eq!(portal.mail_to(bo.email()).kind, "amazon-denied");
    portal.verify().await;
}

/// Whoever has neither the password nor the mail is told to ask support, with a reference.
#[tokio::test]
async fn who_can_do_neither_is_shown_the_way_to_support() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_SUPPORT_URL", "https://help.example");
    })
    .await;
    let (mut game, _) = zoe(&portal).await;
    link_by_token(&portal, &mut game, "mork").await;
    let asked = log_in(&portal, &portal.browser(), "mork").await;
    assert!(asked.html.contains("https://help.example") && asked.html.contains("class=\"reference\""));
}

#[tokio::test]
async fn the_button_on_the_account_page_confirms() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    link_by_token(&portal, &mut portal.proven_game_of(&bo).await, "mork").await;
    let stale = portal.stale_browser_of(&bo).visit("/account").await;
    let proof = stale.press("This Amazon account is mine").await;
    assert_eq!(proof.url.path(), "/account/confirm-identity", "a way in is added: {}", proof.text());
    assert!(!proof.buttons().contains(&"Confirm with Amazon".to_owned()), "it proves nothing yet");
    let account = proof.fill("password", bo.password()).press("Confirm").await;
    assert_eq!((account.path().as_str(), account.code().as_deref()), ("/account", Some("link_confirmed")));
    assert!(!account.buttons().contains(&"This Amazon account is mine".to_owned()));
    assert!(is_confirmed(&portal, &bo));
    assert_eq!(portal.mail_to(bo.email()).kind, "amazon-confirmed");
    assert_eq!(log_in(&portal, &portal.browser(), "mork").await.path(), "/account");
    portal.verify().await;
}

#[tokio::test]
async fn linking_the_same_account_in_a_browser_confirms_it() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    link_by_token(&portal, &mut portal.proven_game_of(&bo).await, "mork").await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    let page = browser.visit("/account").await.press("Link Amazon account").await;
    assert_eq!(page.code().as_deref(), Some("already_yours"), "{}", page.text());
    assert!(is_confirmed(&portal, &bo));
    portal.verify().await;
}

/// It does not let its player give up the password, it is no proof in a browser, and none in a game.
#[tokio::test]
async fn it_is_no_way_in_and_no_proof() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    link_by_token(&portal, &mut portal.proven_game_of(&bo).await, "mork").await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/password").await;
    browser.post("/account/password/remove", &[("csrf", page.csrf().as_str())]).await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE password_sealed IS NOT NULL"), 1);
    let stale = portal.stale_browser_of(&bo);
    portal.at_amazon(&stale, "mork").await;
    let asked = stale.visit("/account/confirm-identity").await;
    assert!(!asked.buttons().contains(&"Confirm with Amazon".to_owned()), "{:?}", asked.buttons());
    let mut game = portal.game().await;
    assert_eq!(connect(&portal, &mut game, "mork").await["userId"].as_str(), Some(bo.id.as_str()));
    let answer = game.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
    assert_eq!(answer["error"]["authentication"], "REAUTHENTICATION_REQUIRED", "{answer}");
    let renamed = game.ask("ChangeUserDetailsRequest", json!({ "userName": "thief" })).await;
    assert_eq!(renamed["error"]["authentication"], "REAUTHENTICATION_REQUIRED", "{renamed}");
    // Confirmed in a browser, the same token is a proof.
    browser.visit("/account").await.press("This Amazon account is mine").await;
    let mut proven = portal.game().await;
    connect(&portal, &mut proven, "mork").await;
    let answer = proven.ask("SocialDisconnectRequest", json!({ "systemId": "AM" })).await;
    assert_eq!(answer.get("error"), None, "{answer}");
    portal.verify().await;
}

/// Links from before the rule: how they were made is found in their records, and confirmed is what a browser made or
/// was opened by, and the link of a device's player.
#[tokio::test]
async fn links_from_before_are_told_apart_by_what_their_rows_show() {
    let portal = Portal::with(with_device_client).await;
    let later = || portal.wait(TimeDelta::seconds(1));
    for name in ["ida", "nova", "ruth"] {
        portal.amazon.admits(name, name, &format!("{name}@customers.test"));
    }
    let (mut game, of_game) = zoe(&portal).await;
    later();
    link_by_token(&portal, &mut game, "mork").await;
    let (mut game, of_device) = device_player(&portal).await;
    later();
    link_by_token(&portal, &mut game, "ida").await;
    let made = known_by(&connect(&portal, &mut portal.game().await, "nova").await);
    let (bo, dee) = (portal.bo().await, portal.person("Dee", true, None).await);
    later();
    link_by_code(&portal, &mut portal.proven_game_of(&bo).await, "hanako").await;
    link_by_token(&portal, &mut portal.proven_game_of(&dee).await, "ruth").await;
    let asked = log_in(&portal, &portal.browser(), "ruth").await;
    assert_eq!(asked.fill("password", dee.password()).press("This is mine").await.path(), "/account");
    let eve = portal.person("Eve", true, None).await;
    let browser = portal.browser_of(&eve);
    portal.at_amazon(&browser, "pat").await;
    let page = browser.visit("/account").await.press("Link Amazon account").await;
    assert_eq!(page.press("Link this account").await.link_state().as_deref(), Some("active"));
    {
        let conn = &mut *portal.app().db.connection().unwrap();
        while !migrate::status(conn).unwrap().pending.iter().any(|name| name.contains("20261130130000")) {
            migrate::down(conn).unwrap();
        }
        migrate::up(conn).unwrap();
    }
    let found = |person: &Person| {
        portal.lines(&format!(
            "SELECT made_by || CASE WHEN confirmed_at IS NULL THEN ' open' ELSE ' confirmed' END AS line \
             FROM amazon_links WHERE player_id = '{}'",
            person.id
        ))
    };
    for (person, expected) in [
        (&of_game, "game_token open"),
        (&of_device, "game_token confirmed"),
        (&made, "new_player confirmed"),
        (&bo, "game_code open"),
        (&dee, "game_token confirmed"),
        (&eve, "browser confirmed"),
    ] {
        assert_eq!(found(person), [expected], "{}", person.name);
    }
}
