//! Two-step sign-in: turned on with an app, kept by recovery codes, turned off again (S157).

use chrono::TimeDelta;

use super::harness::second_factor::{give_both, give_password};
use super::harness::{Page, Person, Portal};

/// Turns it on in a browser, by the page. Returns the secret, as it is typed by hand, and the recovery codes.
async fn turn_on(portal: &Portal, person: &Person) -> (String, Vec<String>) {
    let browser = portal.browser_of(person);
    let page = browser.visit("/account/security").await.click("Show two-step sign-in").await;
    assert!(page.text().contains("Two-step sign-in is off."), "{}", page.text());
    let page = page.press("Turn on").await;
    assert_eq!(page.path(), "/account/two-step/set-up", "{}", page.text());
    assert!(page.attribute("svg.qr path", "d").is_some_and(|path| path.len() > 1_000));
    let secret = page.text_of(".secret").unwrap();
    let shown = page.fill("code", &portal.app_code(&secret)).press("Turn on").await;
    assert_eq!((shown.path(), shown.code()), ("/account/two-step/codes".into(), Some("two_step_on".into())));
    let codes: Vec<String> = shown.text_of(".codes").unwrap().split_whitespace().map(str::to_owned).collect();
    (secret, codes)
}

fn signed_in(page: &Page) {
    assert_eq!((page.status, page.path().as_str()), (200, "/account"), "{}", page.text());
}

#[tokio::test]
async fn it_is_turned_on_with_a_code_and_asks_for_one_from_then_on() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (secret, codes) = turn_on(&portal, &bo).await;
    assert_eq!((codes.len(), portal.count_of("player_recovery_codes", &bo)), (10, 10));
    assert_eq!(portal.mail_to(bo.email()).kind, "two-step-on");
    assert!(portal.events_of(&bo).contains(&"player.second_factor.turned_on".to_owned()));
    let dump = format!("{:?}", portal.dump());
    assert!(!dump.contains(&secret.replace(' ', "")), "the secret is sealed");
    assert!(codes.iter().all(|code| !dump.contains(code.as_str()) && !dump.contains(&code.replace('-', ""))));
    let page = portal.browser_of(&bo).visit("/account/security").await;
    assert!(page.text().contains("It is on."), "{}", page.text());
    assert!(page.text().contains("You have 10 recovery codes left."), "{}", page.text());

    // The code that turned it on is used.
    let used = give_both(&portal.browser(), &bo, &portal.app_code(&secret)).await;
    assert_eq!((used.status, used.code()), (422, Some("code_wrong".into())));
    signed_in(&give_both(&portal.browser(), &bo, &portal.next_app_code(&secret)).await);
    portal.verify().await;
}

#[tokio::test]
async fn recovery_codes_are_shown_once_and_a_wrong_first_code_changes_nothing() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/two-step").await.press("Turn on").await;
    let secret = page.text_of(".secret").unwrap();
    let wrong = page.fill("code", "000000").press("Turn on").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.error_of("code").is_some(), "{}", wrong.text());
    assert_eq!(wrong.text_of(".secret").as_deref(), Some(secret.as_str()), "the same secret again");
    assert_eq!(portal.count_all("player_second_factors"), 0);
    // Another player's browser does not take the secret up.
    let ann = portal.ann().await;
    assert_eq!(portal.browser_of(&ann).visit("/account/two-step/set-up").await.path(), "/account/two-step");
    let shown = wrong.fill("code", &portal.app_code(&secret)).press("Turn on").await;
    assert_eq!(shown.path(), "/account/two-step/codes");
    assert_eq!(browser.visit("/account/two-step/codes").await.path(), "/account/two-step");
    // Whoever sends the form again sees that it is on.
    assert_eq!(
        wrong.fill("code", &portal.app_code(&secret)).press("Turn on").await.path(),
        "/account/two-step"
    );
    assert_eq!(portal.count_all("player_second_factors"), 1);
}

#[tokio::test]
async fn a_code_is_right_half_a_minute_early_and_late_and_works_once() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let late = portal.app_code(&secret);
    let now = portal.next_app_code(&secret);
    signed_in(&give_both(&portal.browser(), &bo, &late).await);
    signed_in(&give_both(&portal.browser(), &bo, &now).await);
    for used in [&now, &late] {
        let page = give_both(&portal.browser(), &bo, used).await;
        assert_eq!((page.status, page.code()), (422, Some("code_wrong".into())));
    }
    portal.wait(TimeDelta::minutes(16));
    let long_ago = portal.app_code(&secret);
    portal.wait(TimeDelta::seconds(90));
    assert_eq!(give_both(&portal.browser(), &bo, &long_ago).await.status, 422);
    assert_eq!(portal.count_of("sessions", &bo), 2);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_in_any_spelling_and_its_owner_is_told() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (_, codes) = turn_on(&portal, &bo).await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    signed_in(&give_both(&portal.browser(), &bo, &typed).await);
    assert_eq!(portal.count_of("player_recovery_codes", &bo), 9);
    assert_eq!(portal.mail_to(bo.email()).kind, "recovery-code-used");
    assert_eq!(give_both(&portal.browser(), &bo, &codes[3]).await.status, 422);

    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/two-step").await;
    assert!(page.text().contains("9 recovery codes left"), "{}", page.text());
    let new = page.press("Make new codes").await;
    assert_eq!(new.path(), "/account/two-step/codes");
    assert_eq!(portal.mail_to(bo.email()).kind, "recovery-codes-renewed");
    assert!(portal.events_of(&bo).contains(&"player.recovery_codes.renewed".to_owned()));
    assert_eq!(give_both(&portal.browser(), &bo, &codes[4]).await.status, 422, "the former ones are void");
    let fresh = new.text_of(".codes").unwrap().split_whitespace().next().unwrap().to_owned();
    signed_in(&give_both(&portal.browser(), &bo, &fresh).await);
    portal.verify().await;
}

/// What does not open is there and wrong; recovery codes go on.
#[tokio::test]
async fn a_secret_that_does_not_open_is_a_second_factor_all_the_same() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let code = portal.recovery_code_of(&bo).await;
    portal
        .run("UPDATE player_second_factors SET totp_sealed = (SELECT password_sealed FROM players LIMIT 1)");
    let page = give_both(&portal.browser(), &bo, &portal.app_code(&secret)).await;
    assert_eq!((page.status, page.code()), (422, Some("code_wrong".into())));
    signed_in(&give_both(&portal.browser(), &bo, &code).await);
}

#[tokio::test]
async fn turning_off_asks_for_proof_and_a_password_that_may_stand_alone() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    portal.recovery_code_of(&bo).await;
    let browser = portal.stale_browser_of(&bo);
    let asked = browser.visit("/account/two-step").await.click("Turn off").await;
    assert_eq!(asked.path(), "/account/confirm-identity", "{}", asked.text());
    let alone = asked.fill("password", bo.password()).press("Confirm").await;
    assert_eq!((alone.status, alone.code()), (422, Some("code_wrong".into())), "{}", alone.text());
    let off = alone.fill("password", bo.password()).fill("code", &portal.app_code(&secret));
    let off = off.press("Confirm").await;
    assert_eq!(off.path(), "/account/two-step/off", "{}", off.text());
    let wrong = off.fill("password", "not the password").press("Turn off").await;
    assert_eq!((wrong.status, wrong.code()), (422, Some("credentials_wrong".into())));
    let done = wrong.fill("password", bo.password()).press("Turn off").await;
    assert_eq!((done.path(), done.code()), ("/account/two-step".into(), Some("two_step_off".into())));
    for table in ["player_second_factors", "player_recovery_codes"] {
        assert_eq!(portal.count_all(table), 0, "{table}");
    }
    assert_eq!(portal.mail_to(bo.email()).kind, "two-step-off");
    assert!(portal.events_of(&bo).contains(&"player.second_factor.turned_off".to_owned()));
    signed_in(&give_password(&portal.browser(), &bo).await);
    portal.verify().await;
}

/// With a code a short password is enough. Alone it is not.
#[tokio::test]
async fn a_short_password_is_enough_with_a_code_and_has_to_grow_before_it_stands_alone() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let short = "9 boats!";
    let form = browser.visit("/account/password").await;
    let refused = form.fill("current_password", bo.password()).fill("new_password", short);
    assert!(
        refused.press("Save password").await.error_of("new_password").is_some_and(|why| why.contains("15"))
    );

    portal.second_factor_of(&bo);
    let form = browser.visit("/account/password").await;
    assert!(form.text().contains("At least 8 characters"), "{}", form.text());
    let saved = form.fill("current_password", bo.password()).fill("new_password", short);
    assert_eq!(saved.press("Save password").await.code().as_deref(), Some("password_saved"));
    let off = portal.browser_of(&bo).visit("/account/two-step/off").await;
    let refused = off.fill("password", short).press("Turn off").await;
    assert_eq!((refused.status, refused.code()), (422, Some("password_short".into())), "{}", refused.text());
    assert_eq!(portal.count_all("player_second_factors"), 1);
    let longer = "seventeen boats in the dark";
    let form = refused.click("Change password").await;
    let back = form.fill("current_password", short).fill("new_password", longer).press("Save password").await;
    assert_eq!(back.path(), "/account/two-step/off", "{}", back.text());
    let done = back.fill("password", longer).press("Turn off").await;
    assert_eq!(done.code().as_deref(), Some("two_step_off"), "{}", done.text());
}

/// Counted before they are checked, so that many at once are no more tries than one after the other.
#[tokio::test]
async fn two_hundred_wrong_codes_at_once_cost_no_more_tries_than_the_budget() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let tries = portal.app().config.policy.codes.tries as usize;
    let page = give_password(&portal.browser(), &bo).await;
    let forms: Vec<Page> = (0..200).map(|n| page.fill("code", &format!("{n:06}"))).collect();
    let answers = futures_util::future::join_all(forms.iter().map(|form| form.press_only("Continue"))).await;
    let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    // Some may be turned away by a database that is busy; none is checked beyond the budget.
    assert!((1..=tries).contains(&of(422)), "{} of {tries}", of(422));
    assert_eq!(of(422) + of(429) + of(503), 200);
    let failed = format!(
        "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.session.refused' AND player_id = '{}'",
        bo.id
    );
    assert!(portal.count(&failed) <= i64::try_from(tries).unwrap());
    // The right code is not checked either, from anywhere, until the time is over.
    let late = give_both(&portal.browser(), &bo, &portal.app_code(&secret)).await;
    assert_eq!((late.status, late.code()), (429, Some("throttled".into())));
    assert_eq!(portal.count_of("sessions", &bo), 0);
    portal.wait(portal.app().config.policy.guessing.window);
    signed_in(&give_both(&portal.browser(), &bo, &portal.app_code(&secret)).await);
}

#[tokio::test]
async fn of_many_who_enter_one_code_at_once_one_gets_in() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let code = portal.app_code(&secret);
    let mut forms = Vec::new();
    for _ in 0..4 {
        forms.push(give_password(&portal.browser(), &bo).await.fill("code", &code));
    }
    let answers = futures_util::future::join_all(forms.iter().map(|form| form.press_only("Continue"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    assert_eq!(portal.count_of("sessions", &bo), 1);
    assert_eq!(portal.count_all("pending_sign_ins"), 3);
}

#[tokio::test]
async fn a_remembered_browser_is_not_asked_for_thirty_days_and_proves_nothing() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let browser = portal.browser();
    let page = give_password(&browser, &bo).await.fill("code", &portal.app_code(&secret));
    let home = page.tick("remember_browser").press("Continue").await;
    signed_in(&home);
    home.press("Sign out").await;
    let home = give_password(&browser, &bo).await;
    signed_in(&home);
    // The password alone opened this session, so what needs proof asks for both.
    let asked = browser.visit("/account/two-step/off").await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    assert_eq!(give_password(&portal.browser(), &bo).await.path(), "/sign-in/two-step", "no other browser");

    let list = browser.visit("/account/two-step").await;
    assert_eq!(portal.count_of("remembered_browsers", &bo), 1);
    let gone = list.press("Ask again there").await;
    assert_eq!(gone.code().as_deref(), Some("browser_forgotten"), "{}", gone.text());
    assert!(portal.events_of(&bo).contains(&"player.browser.forgotten".to_owned()));
    gone.press("Sign out").await;
    let asked = give_password(&browser, &bo).await;
    assert_eq!(asked.path(), "/sign-in/two-step");
    let home =
        asked.fill("code", &portal.next_app_code(&secret)).tick("remember_browser").press("Continue").await;
    home.press("Sign out").await;
    portal.wait(TimeDelta::days(30));
    assert_eq!(give_password(&browser, &bo).await.path(), "/sign-in/two-step");
}

/// The acts that mean everybody.
#[tokio::test]
async fn a_remembered_browser_and_a_waiting_sign_in_end_with_everything_else() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let acts: [&str; 3] = ["sign out everywhere", "a reset", "disabled"];
    for act in acts {
        portal.wait(TimeDelta::minutes(20));
        let browser = portal.browser();
        let page = give_password(&browser, &bo).await.fill("code", &portal.app_code(&secret));
        page.tick("remember_browser").press("Continue").await.press("Sign out").await;
        assert_eq!(portal.count_of("remembered_browsers", &bo), 1, "{act}");
        let waiting = give_password(&portal.browser(), &bo).await;
        assert_eq!(waiting.path(), "/sign-in/two-step");
        match act {
            "sign out everywhere" => {
                let page = portal.browser_of(&bo).visit("/account/security").await;
                portal.browser_of(&bo);
                let page = page.reload().await;
                assert_eq!(
                    page.press("Sign out everywhere").await.code().as_deref(),
                    Some("signed_out_everywhere")
                );
            }
            "a reset" => {
                let form = portal.browser().visit("/forgot-password").await;
                form.fill("identifier", bo.email()).press("Send link").await;
                let link = portal.mail_to(bo.email()).link();
                let form = portal.browser().visit(&link).await;
                form.fill("new_password", bo.password()).press("Save password").await;
            }
            _ => portal.disable(&bo),
        }
        if act != "disabled" {
            assert_eq!(portal.count_of("remembered_browsers", &bo), 0, "{act}");
        }
        let over = waiting.fill("code", &portal.next_app_code(&secret)).press("Continue").await;
        assert_eq!(over.code().as_deref(), Some("code_expired"), "{act}: {}", over.text());
        assert_eq!(over.path(), "/sign-in", "{act}");
        if act != "disabled" {
            assert_eq!(give_password(&browser, &bo).await.path(), "/sign-in/two-step", "{act}");
        }
    }
}
