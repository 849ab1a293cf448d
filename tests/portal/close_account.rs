//! An account closes before it is erased: its player may keep it for a week, and nobody else gets in.

use chrono::TimeDelta;
use dovetail::testing::operations::cleanup;
use futures_util::future::join;
use serde_json::{Value, json};

use super::erase_account::is_gone;
use super::harness::{Browser, Page, Person, Portal};

const DEVICE: &str = "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10";

async fn ask_to_delete(browser: &Browser) -> Page {
    let page = browser.visit("/account/data/delete").await;
    page.fill("confirm", "DELETE").press("Delete my account").await
}

async fn sign_in(browser: &Browser, person: &Person) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", person.email()).fill("password", person.password()).press("Sign in").await
}

fn device() -> Value {
    json!({ "deviceId": DEVICE, "deviceOS": "tvOS", "deviceName": "Living room" })
}

/// Every door of games says that the account closes, and makes no player.
async fn games_let_nobody_in(portal: &Portal, person: &Person) {
    let players = portal.count_all("players");
    let closing =
        json!({ "authentication": "ACCOUNT_CLOSING", "portal": format!("{}/sign-in", portal.url()) });
    let token = portal.amazon.token_of("pat");
    for (name, fields) in [
        ("DeviceAuthenticationRequest", device()),
        ("AuthenticationRequest", json!({ "userName": person.email(), "password": person.password() })),
        ("AmazonConnectRequest", json!({ "accessToken": token })),
    ] {
        let answer = portal.game().await.ask(name, fields).await;
        assert_eq!(answer["error"], closing, "{name}: {answer}");
        assert!(answer.get("authToken").is_none(), "{answer}");
    }
    let wrong = json!({ "userName": person.email(), "password": "not the password at all" });
    let answer = portal.game().await.ask("AuthenticationRequest", wrong).await;
    assert_eq!(answer["error"], json!({ "DETAILS": "UNRECOGNISED" }), "a guess learns nothing");
    // A game that is signed in as somebody else does not get the identity either.
    let mut other = portal.game().await;
    let entered = json!({ "deviceId": "another-device-0001", "deviceOS": "tvOS" });
    other.ask("DeviceAuthenticationRequest", entered).await;
    let answer = other.ask("AmazonConnectRequest", json!({ "accessToken": token })).await;
    assert_eq!(answer["error"], closing, "{answer}");
    assert_eq!(portal.count_all("players"), players + 1, "only the other device's");
    portal.run("DELETE FROM players WHERE display_name = ''");
}

#[tokio::test]
async fn whoever_comes_back_on_the_last_day_keeps_the_account() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    portal.game().await.ask("DeviceAuthenticationRequest", device()).await;
    portal.run(&format!("UPDATE devices SET player_id = '{}'", ann.id));
    portal.run(&format!("DELETE FROM players WHERE id <> '{}'", ann.id));
    let (browser, other) = (portal.browser_of(&ann), portal.browser_of(&ann));
    let mut game = portal.game_with(&portal.game_token_of(&ann)).await;
    let page = browser.visit("/account/data/delete").await;
    assert!(page.text().contains("For 7 days you can sign in here and keep it"), "{}", page.text());
    let page = page.fill("confirm", "DELETE").press("Delete my account").await;
    assert_eq!((page.url.path(), page.h1().as_str()), ("/goodbye", "Your account is closed"));
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(game.next().await, json!({ "@class": ".SessionTerminatedMessage" }));
    assert_eq!(other.visit("/account").await.path(), "/sign-in");
    for table in ["sessions", "game_sessions"] {
        assert_eq!(portal.count_of(table, &ann), 0, "{table}");
    }
    assert_eq!(
        portal.health_of(&ann).as_deref(),
        Some("needs_reconnect"),
        "and nobody else gets the identity"
    );
    let mail = portal.mail_to(ann.email());
    assert_eq!(mail.kind, "account-closing");
    assert!(mail.text.contains("8 December 2032") && mail.text.contains("Keep my account"), "{}", mail.text);
    assert!(portal.events_of(&ann).contains(&"player.account.closing".to_owned()));
    assert_eq!(portal.feed_of(&ann), ["reconnect_needed"]);
    portal.verify().await;
    games_let_nobody_in(&portal, &ann).await;

    // Nothing of hers is free for somebody else.
    let form = portal.browser().visit("/register").await;
    let form = form.fill("display_name", "Eve").fill("email", ann.email());
    form.fill("password", "seven purple otters").press("Create account").await;
    assert_eq!(portal.mail_to(ann.email()).kind, "registration-taken");

    let lee = portal.agent("lee", "lead").await;
    let desk = portal.desk_of(&lee).visit(&format!("/support/players/{}", ann.id)).await;
    assert!(desk.text().contains("Closing on"), "{}", desk.text());
    assert!(!desk.buttons().contains(&"Enable account".to_owned()), "{:?}", desk.buttons());

    portal.wait(TimeDelta::days(7) - TimeDelta::minutes(1));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    let page = sign_in(&browser, &ann).await;
    assert_eq!((page.path().as_str(), page.h1().as_str()), ("/account/data/keep", "Your account closes"));
    assert!(page.text().contains("8 December 2032"), "{}", page.text());
    assert_eq!(portal.count_of("sessions", &ann), 0, "the sign-in opens nothing");
    assert_eq!(browser.visit("/account").await.path(), "/sign-in");
    let file = page.press_only("Download my data").await;
    assert!(file.text().contains("closes_at"), "{}", file.text());
    let page = page.press("Keep my account").await;
    assert_eq!((page.path().as_str(), page.code().as_deref()), ("/account", Some("account_kept")));
    assert_eq!(portal.count_of("sessions", &ann), 1);
    assert_eq!(portal.mail_to(ann.email()).kind, "account-kept");
    assert!(portal.events_of(&ann).contains(&"player.account.kept".to_owned()));
    portal.verify().await;
    portal.wait(TimeDelta::days(30));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.count_all("players"), 1, "and it stays");
    let answer = portal.game().await.ask("DeviceAuthenticationRequest", device()).await;
    assert_eq!(answer["userId"], json!(ann.id), "the device is still hers: {answer}");
}

#[tokio::test]
async fn when_the_time_is_over_everything_goes() {
    let portal = Portal::start().await;
    let bo = portal.filled("Zoltan", "mork", "nobody").await;
    let ann = portal.filled("Wilhelmina", "pat", &bo.person.id).await;
    let others = portal.belongings_of(&bo.person);
    assert_eq!(ask_to_delete(&portal.browser_of(&ann.person)).await.h1(), "Your account is closed");
    assert!(portal.count_of("devices", &ann.person) > 0, "until then its devices are nobody else's");
    portal.wait(TimeDelta::days(7));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    let last = portal.mail_to(ann.person.email());
    assert_eq!(last.kind, "account-erased");
    assert!(portal.feed_of(&ann.person).contains(&"erased".to_owned()));
    let signed = last.text.split_whitespace().find(|word| word.len() > 100).expect("a receipt").to_owned();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("receipt");
    let verifies = |text: &str| {
        std::fs::write(&file, text).unwrap();
        portal.runs(&["player", "receipt", "verify", file.to_str().unwrap()])
    };
    let (code, said) = verifies(&signed);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&ann.person.id) && said.contains("\"devices\""), "{said}");
    assert_eq!(verifies(&signed[1..]).0, 1, "a changed receipt is no receipt");
    is_gone(&portal, &ann.person, &ann.traces());
    assert!(portal.count_of("sessions", &bo.person) <= i64::try_from(others.len()).unwrap());
    assert_eq!(
        portal.count(&format!("SELECT count(*) AS count FROM players WHERE id = '{}'", bo.person.id)),
        1
    );
    let findings = portal.findings().await;
    // The harness wrote the history of links without its records.
    assert!(findings.iter().all(|finding| finding.invariant == "I6"), "{findings:#?}");
}

#[tokio::test]
async fn a_sign_in_with_amazon_or_after_a_reset_leads_to_the_same_page() {
    let portal = Portal::start().await;
    let ann = portal.linked("Ann", "pat").await;
    ask_to_delete(&portal.browser_of(&ann)).await;
    let browser = portal.browser();
    portal.at_amazon(&browser, "pat").await;
    let page = browser.visit("/sign-in").await.press("Login with Amazon").await;
    assert_eq!(page.path(), "/account/data/keep", "{}", page.text());
    assert_eq!(portal.worth_of(&ann), Vec::<String>::new(), "no token of Amazon's is stored");

    // Whoever has lost the password chooses a new one first.
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", ann.email()).press_only("Send link").await;
    let reset = portal.browser().visit(&portal.mail_to(ann.email()).link()).await;
    let page = reset.fill("new_password", "nine brown kettles on ice").press("Save password").await;
    assert_eq!(page.code().as_deref(), Some("password_reset"), "{}", page.text());
    let stale = browser.visit("/account/data/keep").await;
    assert_eq!(stale.path(), "/sign-in", "the reset ends what was open, and so this sign-in");
    let person = Person { password: Some("nine brown kettles on ice".to_owned()), ..ann.clone() };
    let page = sign_in(&browser, &person).await;
    assert_eq!(page.path(), "/account/data/keep", "{}", page.text());
    portal.verify().await;
    let page = page.press("Erase now").await;
    assert_eq!((page.path().as_str(), page.h1().as_str()), ("/goodbye", "Your account is deleted"));
    assert_eq!(portal.count_all("players"), 0);
    assert_eq!(browser.visit("/account/data/keep").await.path(), "/sign-in");
    portal.verify().await;
}

#[tokio::test]
async fn the_proof_of_the_sign_in_ends() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    ask_to_delete(&portal.browser_of(&ann)).await;
    let browser = portal.browser();
    let page = sign_in(&browser, &ann).await;
    portal.wait(TimeDelta::minutes(11));
    assert_eq!(page.press("Erase now").await.path(), "/sign-in");
    assert_eq!(portal.count_all("players"), 1);
    // A tab that stayed open acts on nothing once the account is kept.
    let page = sign_in(&browser, &ann).await;
    assert_eq!(page.press("Keep my account").await.path(), "/account");
    assert_eq!(page.press("Erase now").await.status, 403, "its token was a visitor's");
    assert_eq!(portal.count_all("players"), 1);
}

#[tokio::test]
async fn without_an_address_it_goes_at_once() {
    let portal = Portal::start().await;
    let cleo = portal.cleo().await;
    let page = ask_to_delete(&portal.browser_of(&cleo)).await;
    assert_eq!(page.h1(), "Your account is deleted");
    assert_eq!(portal.count_all("players"), 0);
}

#[tokio::test]
async fn the_command_erases_at_once_unless_asked_to_wait() {
    let portal = Portal::start().await;
    let (ann, cleo) = (portal.ann().await, portal.cleo().await);
    let (code, said) = portal.runs(&["player", "erase", &ann.id, "--wait"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("is closed"), "{said}");
    assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE closes_at IS NOT NULL"), 1);
    assert_eq!(portal.runs(&["player", "erase", &ann.id, "--wait"]).0, 1, "it closes already");
    let (code, said) = portal.runs(&["player", "erase", &cleo.id, "--wait"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(portal.runs(&["player", "erase", &ann.id, "--yes"]).0, 0);
    assert_eq!(portal.count_all("players"), 1);
}

/// Whoever presses the button at the last moment either keeps everything or is told to sign in.
#[tokio::test]
async fn keeping_and_erasing_at_once_leaves_one_of_both() {
    for _ in 0..3 {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        ask_to_delete(&portal.browser_of(&ann)).await;
        portal.wait(TimeDelta::days(7) - TimeDelta::minutes(1));
        let page = sign_in(&portal.browser(), &ann).await;
        portal.wait(TimeDelta::minutes(2));
        let copy = portal.another_copy();
        let (kept, swept) = join(page.press_only("Keep my account"), cleanup::clean_up_once(&copy)).await;
        swept.unwrap();
        let is_kept = kept.location().as_deref().is_some_and(|to| to.ends_with("/account"));
        assert_eq!(portal.count_all("players"), i64::from(is_kept), "{:?}", kept.location());
        assert_eq!(portal.count_all("sessions"), i64::from(is_kept));
        portal.verify().await;
    }
}
