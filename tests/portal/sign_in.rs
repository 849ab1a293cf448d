//! Getting in with a password: who does, who does not, and what guessing leads to.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::{ExpressionMethods, RunQueryDsl};
use dovetail::testing::platform::db::schema::players;
use dovetail::testing::platform::password::{
    HashCost, HasherLimits, Password, PasswordHasher, place_of_hash,
};
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::json;

use super::harness::portal::Settings;
use super::harness::{Browser, Page, Person, Portal};

/// Somewhere else.
const HOME: &str = "198.51.100.7";
const ELSEWHERE: &str = "203.0.113.9";

async fn sign_in(browser: &Browser, identifier: &str, password: &str) -> Page {
    let form = browser.visit("/sign-in").await.fill("identifier", identifier).fill("password", password);
    form.press_only("Sign in").await
}

/// A portal behind a proxy, so that browsers can be in several networks.
fn behind_a_proxy(settings: &mut Settings) {
    settings.set("DOVETAIL_TRUSTED_PROXIES", "127.0.0.0/8");
}

fn with_small_budgets(settings: &mut Settings) {
    behind_a_proxy(settings);
    settings.set("DOVETAIL_LOGIN_NETWORK_FAILURES", "10").set("DOVETAIL_LOGIN_ACCOUNT_FAILURES", "10");
}

/// Guesses at `identifier` from its own network until the wide budgets are used up.
async fn use_up_the_budgets(portal: &Portal, identifier: &str) {
    let browser = portal.browser().at(ELSEWHERE);
    for _ in 0..10 {
        assert_eq!(sign_in(&browser, identifier, "wrong").await.status, 422);
        portal.wait(TimeDelta::seconds(61));
    }
}

fn is_in(page: &Page) -> bool {
    page.status == 303 && page.location().as_deref() == Some("/account")
}

#[tokio::test]
async fn a_player_signs_in_by_address_or_user_name() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.run("UPDATE players SET user_name = 'Bo_7', user_name_key = 'bo_7'");
    for identifier in [bo.email(), " BO@Example.Test ", "Bo_7", "bo_7"] {
        let browser = portal.browser();
        assert!(is_in(&sign_in(&browser, identifier, bo.password()).await), "{identifier}");
        assert_eq!(browser.visit("/account").await.status, 200);
    }
}

#[tokio::test]
async fn who_was_going_somewhere_arrives_there() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let form = browser.visit("/account/security").await;
    assert_eq!(form.path(), "/sign-in?next=%2Faccount%2Fsecurity");
    let page = form.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
    assert_eq!(page.path(), "/account/security");
    for evil in ["//evil.example/", "https://evil.example", "/\\evil.example", "/sign-out"] {
        let browser = portal.browser();
        let token = browser.visit("/sign-in").await.csrf();
        let fields = [
            ("csrf", token.as_str()),
            ("identifier", bo.email()),
            ("password", bo.password()),
            ("next", evil),
        ];
        assert!(is_in(&browser.post("/sign-in", &fields).await), "{evil}");
    }
}

#[tokio::test]
async fn who_is_in_has_no_use_for_the_pages_for_getting_in() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    for path in ["/", "/sign-in", "/sign-in/code"] {
        assert_eq!(browser.get(path).await.location().as_deref(), Some("/account"), "{path}");
    }
}

#[tokio::test]
async fn fields_left_empty_are_named_and_nothing_is_counted() {
    let portal = Portal::start().await;
    let page = sign_in(&portal.browser(), "ann@example.test", "").await;
    assert_eq!(page.status, 422);
    assert!(page.error_of("password").is_some() && page.error_of("identifier").is_none());
    assert_eq!(page.value("identifier").as_deref(), Some("ann@example.test"));
    assert_eq!(portal.count("SELECT count(*) AS count FROM throttles"), 0);
}

/// S12: the answers, byte by byte, but for tokens and for what was typed.
#[tokio::test]
async fn nobody_learns_why_somebody_cannot_get_in() {
    let portal = Portal::start().await;
    let (ann, bo, cleo) = (portal.ann().await, portal.bo().await, portal.cleo().await);
    portal.run("UPDATE players SET disabled_at = created_at WHERE display_name = 'Bo'");
    portal.run("UPDATE players SET user_name = 'cleo', user_name_key = 'cleo' WHERE display_name = 'Cleo'");
    let _ = cleo;
    let before = portal.app().passwords.hashes_run();
    let cases = [
        ("nobody@example.test", "anything at all"),
        ("nobody", "anything at all"),
        ("not an identifier", "anything at all"),
        (ann.email(), "not the password"),
        (bo.email(), bo.password()),
        ("cleo", "anything at all"),
    ];
    let mut answers = Vec::new();
    for (identifier, password) in cases {
        let page = sign_in(&portal.browser(), identifier, password).await;
        let masked = page.html.replace(&page.csrf(), "TOKEN").replace(identifier, "TYPED");
        let mut headers: Vec<String> = page
            .headers
            .iter()
            .filter(|(name, _)| {
                !["date", "set-cookie", "content-length", "x-request-id"].contains(&name.as_str())
            })
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        answers.push((
            page.status,
            page.code(),
            page.headers.get_all("set-cookie").iter().count(),
            headers,
            masked,
        ));
    }
    assert_eq!((answers[0].0, answers[0].1.as_deref()), (422, Some("credentials_wrong")));
    for (answer, case) in answers.iter().zip(cases) {
        assert_eq!(*answer, answers[0], "{case:?}");
    }
    let after = portal.app().passwords.hashes_run();
    assert_eq!(after - before, cases.len() as u64, "each case costs one hash (S13)");
}

/// S8: an account without password has none that could be guessed.
#[tokio::test]
async fn an_account_made_with_amazon_has_no_password_to_guess() {
    let portal = Portal::start().await;
    portal.cleo().await;
    portal.run("UPDATE players SET user_name = 'cleo', user_name_key = 'cleo'");
    for guess in ["", " ", "null", "password", "amazon"] {
        assert_eq!(sign_in(&portal.browser(), "cleo", guess).await.status, 422, "{guess:?}");
    }
}

/// S14: guesses that arrive together are counted one by one, before they are checked.
#[tokio::test]
async fn two_hundred_guesses_at_once_cost_five_hashes() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let token = browser.visit("/sign-in").await.csrf();
    let session = portal.browser_of(&bo);
    let own_token = session.visit("/account/confirm-identity").await.csrf();
    let before = portal.app().passwords.hashes_run();
    let fields = [("csrf", token.as_str()), ("identifier", bo.email()), ("password", "wrong")];
    let own_fields = [("csrf", own_token.as_str()), ("password", "wrong")];
    let at_the_door = join_all((0..150).map(|_| browser.post("/sign-in", &fields)));
    let inside = join_all((0..50).map(|_| session.post("/account/confirm-identity", &own_fields)));
    let (at_the_door, inside) = tokio::join!(at_the_door, inside);
    let free = u64::from(portal.app().config.policy.guessing.free_failures);
    assert_eq!(portal.app().passwords.hashes_run() - before, free);
    let checked = at_the_door.iter().chain(&inside).filter(|page| page.status == 422).count();
    assert_eq!(checked as u64, free);
    assert!(at_the_door.iter().chain(&inside).all(|page| matches!(page.status, 422 | 429)));
}

/// S17: the wait is told, kept to the second, costs nothing, and is the same for nobody.
#[tokio::test]
async fn a_throttled_guess_says_when_to_come_back() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for identifier in [bo.email(), "nobody@example.test"] {
        let browser = portal.browser();
        for _ in 0..5 {
            assert_eq!(sign_in(&browser, identifier, "wrong").await.status, 422);
        }
        let before = portal.app().passwords.hashes_run();
        let page = sign_in(&browser, identifier, bo.password()).await;
        assert_eq!((page.status, page.code().as_deref()), (429, Some("throttled")));
        assert_eq!(page.header("retry-after").as_deref(), Some("1"));
        assert_eq!(page.value("identifier").as_deref(), Some(identifier));
        assert_eq!(portal.app().passwords.hashes_run(), before);
        portal.wait(TimeDelta::seconds(1));
        assert_eq!(sign_in(&browser, identifier, "wrong").await.status, 422);
        let page = sign_in(&browser, identifier, "wrong").await;
        assert_eq!((page.status, page.header("retry-after").as_deref()), (429, Some("2")));
        portal.wait(TimeDelta::milliseconds(1900));
        assert_eq!(sign_in(&browser, identifier, "wrong").await.status, 429);
        portal.wait(TimeDelta::milliseconds(100));
        assert_eq!(sign_in(&browser, identifier, "wrong").await.status, 422);
    }
}

/// S15.
#[tokio::test]
async fn spellings_of_one_identifier_share_a_budget() {
    let portal = Portal::start().await;
    portal.bo().await;
    portal.run("UPDATE players SET user_name = 'Bo_7', user_name_key = 'bo_7'");
    for (spellings, more) in [
        (
            ["bo@example.test", "BO@example.test", "Bo@Example.Test", " bo@example.test", "bo@EXAMPLE.test"],
            ["bO@eXample.test", "bo@ｅxample.test", "bo@example.test "],
        ),
        (["bo_7", "BO_7", "Bo_7", " bo_7", "bO_7"], ["bo_7 ", "BO_7", "Bo_7"]),
    ] {
        for spelling in spellings {
            assert_eq!(sign_in(&portal.browser(), spelling, "wrong").await.status, 422, "{spelling}");
        }
        for spelling in more {
            assert_eq!(sign_in(&portal.browser(), spelling, "wrong").await.status, 429, "{spelling}");
        }
    }
}

/// S12: a throttled address shows neither that it is registered nor which user name is the same player's.
#[tokio::test]
async fn throttling_tells_no_two_names_of_one_player_together() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    portal.run("UPDATE players SET user_name = 'Bo_7', user_name_key = 'bo_7'");
    // The narrow limit.
    let mut seen = Vec::new();
    for address in [bo.email(), "nobody@example.test"] {
        let browser = portal.browser().at(HOME);
        for _ in 0..5 {
            assert_eq!(sign_in(&browser, address, "wrong").await.status, 422);
        }
        let names = [address, "bo_7", "ann_7"];
        let mut answers = Vec::new();
        for name in names {
            answers.push(sign_in(&browser, name, "wrong").await.status);
        }
        seen.push(answers);
        portal.wait(TimeDelta::minutes(16));
    }
    assert_eq!(seen, [[429, 422, 422], [429, 422, 422]]);
    // The wide one.
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    portal.run("UPDATE players SET user_name = 'Bo_7', user_name_key = 'bo_7'");
    use_up_the_budgets(&portal, bo.email()).await;
    let browser = portal.browser().at(HOME);
    assert_eq!(sign_in(&browser, bo.email(), "wrong").await.status, 303);
    assert_eq!(sign_in(&browser, "bo_7", "wrong").await.status, 422);
    assert_eq!(sign_in(&browser, "ann_7", "wrong").await.status, 422);
}

/// S15: a success clears its own narrow budget, never the network's.
#[tokio::test]
async fn good_sign_ins_in_between_do_not_hide_a_guessing_network() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    let guesser = portal.browser().at(ELSEWHERE);
    let mut tries = 0;
    for victim in 0..3 {
        for _ in 0..4 {
            let page = sign_in(&guesser, &format!("victim{victim}@example.test"), "wrong").await;
            tries += 1;
            let expected = if tries <= 10 { 422 } else { 303 };
            assert_eq!(page.status, expected, "guess {tries}");
        }
        if tries <= 10 {
            assert!(is_in(&sign_in(&portal.browser().at(ELSEWHERE), bo.email(), bo.password()).await));
        }
    }
}

#[tokio::test]
async fn many_players_of_one_network_sign_in_without_a_code() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    for _ in 0..15 {
        assert!(is_in(&sign_in(&portal.browser().at(HOME), bo.email(), bo.password()).await));
    }
}

/// S16: nobody keeps a player out.
#[tokio::test]
async fn a_browser_that_was_here_before_is_let_in_whatever_others_guess() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    let known = portal.browser().at(HOME);
    assert!(is_in(&sign_in(&known, bo.email(), bo.password()).await));
    known.visit("/account").await.press("Sign out").await;
    use_up_the_budgets(&portal, bo.email()).await;
    assert!(is_in(&sign_in(&known, bo.email(), bo.password()).await));
    known.visit("/account").await.press("Sign out").await;
    // Even in the network that guesses.
    assert!(is_in(&sign_in(&known.at(ELSEWHERE), bo.email(), bo.password()).await));
}

#[tokio::test]
async fn an_unknown_browser_is_let_in_with_a_mailed_code() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    use_up_the_budgets(&portal, bo.email()).await;
    let browser = portal.browser().at(HOME);
    let form = browser.visit("/sign-in?next=/account/security").await;
    let form = form.fill("identifier", bo.email()).fill("password", bo.password());
    let code_page = form.press("Sign in").await;
    assert_eq!((code_page.status, code_page.path().as_str()), (200, "/sign-in/code"));
    assert_eq!(code_page.code().as_deref(), Some("code_asked"));
    for words in ["There were many sign-ins that failed", "on its way to b•••••@example.test", "No mail?"]
    {
        assert!(code_page.text().contains(words), "{words}: {}", code_page.text());
    }
    assert_eq!(code_page.attribute("[autofocus]", "id"), Some("code".into()));
    let mail = portal.mail_to(bo.email());
    assert_eq!(mail.kind, "sign-in-code");
    let page = code_page.fill("code", &mail.code()).press("Continue").await;
    assert_eq!(page.path(), "/account/security");
    assert_eq!(portal.count("SELECT count(*) AS count FROM sign_in_codes"), 0);
}

#[tokio::test]
async fn past_the_budget_a_wrong_password_looks_like_a_right_one() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    use_up_the_budgets(&portal, bo.email()).await;
    let letters = |portal: &Portal| portal.count("SELECT count(*) AS count FROM mails");
    let mut answers = Vec::new();
    for (identifier, password) in
        [(bo.email(), bo.password()), (bo.email(), "wrong"), ("nobody@example.test", "wrong")]
    {
        portal.wait(TimeDelta::seconds(61));
        let hashes = portal.app().passwords.hashes_run();
        let browser = portal.browser().at(ELSEWHERE);
        let page = sign_in(&browser, identifier, password).await;
        let code_page = browser.visit("/sign-in/code").await;
        let token = code_page.csrf();
        let wrong = code_page.clone().fill("code", "000000").press_only("Continue").await;
        answers.push((
            page.status,
            page.location(),
            portal.app().passwords.hashes_run() - hashes,
            // The page names what was typed, whether or not anybody has it.
            code_page.html.replace(&token, "TOKEN").replace("n•••••@", "b•••••@"),
            wrong.status,
            wrong.code(),
        ));
    }
    assert_eq!(answers[0].0, 303);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(letters(&portal), 1);
}

/// S12: past the wide limit the number of tries left tells nothing of the password, and the code starts it again.
#[tokio::test]
async fn past_the_budget_a_right_password_gets_no_more_tries_than_a_wrong_one() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    use_up_the_budgets(&portal, bo.email()).await;
    let mut seen = Vec::new();
    for (network, first) in [(HOME, bo.password()), ("192.0.2.9", "wrong")] {
        let browser = portal.browser().at(network);
        let mut answers = vec![sign_in(&browser, bo.email(), first).await.status];
        for _ in 0..6 {
            answers.push(sign_in(&browser, bo.email(), "wrong").await.status);
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], [303, 303, 303, 303, 303, 429, 429]);
    assert_eq!(seen[0], seen[1]);

    portal.wait(TimeDelta::seconds(61));
    let browser = portal.browser().at(HOME);
    assert_eq!(sign_in(&browser, bo.email(), bo.password()).await.status, 303);
    let code = portal.mail_to(bo.email()).code();
    let page = browser.visit("/sign-in/code").await.fill("code", &code).press_only("Continue").await;
    assert!(is_in(&page), "{}", page.text());
    assert_ne!(sign_in(&portal.browser().at(HOME), bo.email(), "wrong").await.status, 429);
}

#[tokio::test]
async fn a_mailed_code_has_five_tries_one_hour_and_one_browser() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    use_up_the_budgets(&portal, bo.email()).await;
    let asked = async |portal: &Portal, bo: &Person| {
        let browser = portal.browser().at(HOME);
        sign_in(&browser, bo.email(), bo.password()).await;
        (browser.visit("/sign-in/code").await, portal.mail_to(bo.email()).code())
    };
    let wrong_one = |code: &str| if code == "111111" { "222222" } else { "111111" };

    let (page, code) = asked(&portal, &bo).await;
    for tried in 1..=5 {
        let answer = page.clone().fill("code", wrong_one(&code)).press_only("Continue").await;
        let expected = if tried < 5 { "code_wrong" } else { "too_many_tries" };
        assert_eq!((answer.status, answer.code().as_deref()), (422, Some(expected)), "try {tried}");
    }
    let answer = page.clone().fill("code", &code).press_only("Continue").await;
    assert_eq!(answer.code().as_deref(), Some("too_many_tries"));

    let (page, code) = asked(&portal, &bo).await;
    let stranger = portal.browser().at(HOME);
    let token = stranger.visit("/sign-in").await.csrf();
    let answer = stranger.post("/sign-in/code", &[("csrf", &token), ("code", &code)]).await;
    assert_eq!((answer.status, answer.code().as_deref()), (422, Some("code_expired")));
    portal.wait(TimeDelta::hours(1));
    let answer = page.fill("code", &code).press_only("Continue").await;
    assert_eq!(answer.code().as_deref(), Some("code_expired"));

    let (page, code) = asked(&portal, &bo).await;
    let both = [page.clone().fill("code", &code), page.fill("code", &code)];
    let signed_in = "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.session.started'";
    let before = portal.count(signed_in);
    join_all(both.iter().map(|page| page.press_only("Continue"))).await;
    // The other one is led back to its page, or to what that page leads to once somebody is signed in.
    assert_eq!(portal.count(signed_in), before + 1, "a code is spent once");
    assert_eq!(portal.count_of("sessions", &bo), 1);
}

#[tokio::test]
async fn a_thief_with_the_password_cannot_flood_the_owner_with_codes() {
    let portal = Portal::with(with_small_budgets).await;
    let bo = portal.bo().await;
    use_up_the_budgets(&portal, bo.email()).await;
    for _ in 0..8 {
        portal.wait(TimeDelta::seconds(61));
        assert_eq!(sign_in(&portal.browser().at(ELSEWHERE), bo.email(), bo.password()).await.status, 303);
    }
    assert_eq!(portal.mails_to(bo.email()).len(), 5);
}

/// S5.
#[tokio::test]
async fn a_hash_that_is_behind_is_renewed_by_a_sign_in() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let cheap = HashCost { kib: 8192, passes: 1, lanes: 1 };
    let limits = HasherLimits { permits: 1, queue: 1, wait: Duration::from_secs(2) };
    let hasher = PasswordHasher::start(Arc::clone(&portal.app().vault), cheap, limits).unwrap();
    let password = Password::as_typed(&SecretString::from(bo.password())).unwrap();
    let Ok(old) = hasher.hash(password, place_of_hash("players", &bo.id, &bo.id)).await else { panic!() };
    diesel::update(players::table)
        .set(players::password_sealed.eq(old.sealed().to_vec()))
        .execute(&mut *portal.app().db.connection().unwrap())
        .unwrap();
    let before = portal.dump()["players"].clone();
    let run = portal.app().passwords.hashes_run();
    assert!(is_in(&sign_in(&portal.browser(), bo.email(), bo.password()).await));
    assert_ne!(portal.dump()["players"], before);
    assert_eq!(portal.app().passwords.hashes_run() - run, 2);
    assert!(is_in(&sign_in(&portal.browser(), bo.email(), bo.password()).await));
    assert_eq!(portal.app().passwords.hashes_run() - run, 3);
}

/// S21, S22.
#[tokio::test]
async fn a_session_that_was_planted_is_never_adopted() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let planted = {
        let other = portal.browser_of(&bo);
        let cookie = other.cookie("session").unwrap();
        portal.run("DELETE FROM sessions");
        cookie
    };
    let browser = portal.browser();
    browser.plant("session", &planted);
    assert!(is_in(&sign_in(&browser, bo.email(), bo.password()).await));
    assert_ne!(browser.cookie("session").unwrap(), planted);
    let thief = portal.browser();
    thief.plant("session", &planted);
    assert_eq!(thief.get("/account").await.location().as_deref(), Some("/sign-in"));
    // What stands in the table opens nothing.
    let hash = portal.lines("SELECT token_hash AS line FROM sessions").remove(0);
    thief.plant("session", &hash);
    assert_eq!(thief.get("/account").await.location().as_deref(), Some("/sign-in"));
}

#[tokio::test]
async fn only_who_asks_to_stay_signed_in_stays() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let page = sign_in(&browser, bo.email(), bo.password()).await;
    let session = |page: &Page| {
        let cookies = page.headers.get_all("set-cookie");
        let mut cookies = cookies.iter().map(|cookie| cookie.to_str().unwrap().to_owned());
        cookies.find(|cookie| cookie.starts_with("session=")).unwrap()
    };
    assert!(!session(&page).contains("Max-Age"));
    let form = portal.browser().visit("/sign-in").await.tick("remember");
    let page =
        form.fill("identifier", bo.email()).fill("password", bo.password()).press_only("Sign in").await;
    assert!(session(&page).contains("Max-Age=2592000"), "{}", session(&page));
}

/// S23.
#[tokio::test]
async fn a_session_ends_when_unused_and_in_any_case_after_a_day() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (idle, busy) = (portal.browser(), portal.browser());
    sign_in(&idle, bo.email(), bo.password()).await;
    sign_in(&busy, bo.email(), bo.password()).await;
    portal.wait(TimeDelta::minutes(119));
    assert_eq!(busy.get("/account").await.status, 200);
    portal.wait(TimeDelta::minutes(2));
    assert_eq!(idle.get("/account").await.status, 303);
    for _ in 0..14 {
        // Noting the use of a session is the one thing that happens after the answer.
        let seen = "SELECT count(*) AS count FROM sessions";
        assert!(portal.count(seen) > 0);
        portal.run("UPDATE sessions SET last_seen_at = expires_at");
        portal.wait(TimeDelta::minutes(90));
    }
    assert_eq!(busy.get("/account").await.status, 200);
    portal.wait(TimeDelta::hours(2));
    assert_eq!(busy.get("/account").await.status, 303);
}

/// S19: the owner is told of a right password that follows many wrong ones, at either door, and once.
#[tokio::test]
async fn a_right_password_after_many_wrong_ones_is_mailed_once() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let enter = async |password: &str| {
        portal.wait(TimeDelta::hours(1));
        let form = portal.browser().visit("/sign-in").await;
        let page = form.fill("identifier", bo.email()).fill("password", password).press("Sign in").await;
        page.path()
    };
    let told =
        || portal.mails_to(bo.email()).iter().filter(|mail| mail.kind == "sign-in-after-failures").count();
    for (wrong, expected) in [(9, 0), (10, 1), (0, 1)] {
        for _ in 0..wrong {
            assert_eq!(enter("not the password").await, "/sign-in");
        }
        assert_eq!(enter(bo.password()).await, "/account");
        assert_eq!(told(), expected, "after {wrong} wrong ones");
    }
    let ask = async |password: &str| {
        portal.wait(TimeDelta::hours(1));
        let typed = json!({ "userName": bo.email(), "password": password });
        portal.game().await.ask("AuthenticationRequest", typed).await
    };
    for _ in 0..10 {
        assert_eq!(ask("not the password").await["error"], json!({ "DETAILS": "UNRECOGNISED" }));
    }
    assert!(ask(bo.password()).await.get("error").is_none());
    assert_eq!(told(), 2, "the game's door tells as well");
}
