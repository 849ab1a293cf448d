//! An identity whose email is a local account's: that account's password is asked for, and nothing but it links.

use chrono::TimeDelta;

use super::harness::{Browser, Page, Person, Portal};

/// Comes back from Amazon as somebody new who has this address there.
async fn come_back_with(portal: &Portal, browser: &Browser, email: &str) -> Page {
    portal.amazon.admits("twin", "Twin at Amazon", email);
    portal.at_amazon(browser, "twin").await;
    browser.visit("/").await.press("Login with Amazon").await
}

/// Nobody came in, and the account is as it was.
fn nothing_happened(portal: &Portal, person: &Person, before: &[String]) {
    assert_eq!(portal.belongings_of(person), before);
    assert_eq!(portal.count_of("sessions", person), 0);
}

#[tokio::test]
async fn the_password_links_and_signs_in() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let others = portal.belongings_of(&ann);
    let browser = portal.browser();
    let asked = come_back_with(&portal, &browser, bo.email()).await;
    assert_eq!(asked.url.path(), "/amazon/match", "{}", asked.text());
    let account = asked.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!((account.status, account.path().as_str()), (200, "/account"), "{}", account.text());
    assert_eq!(account.code().as_deref(), Some("linked"));
    assert_eq!(account.link_state().as_deref(), Some("active"));
    assert!(account.text().contains("Bo"));
    assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("twin")));
    assert_eq!(portal.count_of("sessions", &bo), 1);
    assert_eq!(portal.count_all("link_attempts"), 0);
    assert_eq!(portal.mail_to(bo.email()).kind, "amazon-linked");
    assert_eq!(portal.belongings_of(&ann), others);
}

/// S58: who has an Amazon account with this address learns that it plays here, and nothing else.
#[tokio::test]
async fn the_page_tells_nothing_of_the_account() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.run(
        "UPDATE players SET user_name = 'quizzical', user_name_key = 'quizzical', display_name = 'Zebulon'",
    );
    let at_amazon = bo.email().to_uppercase();
    let asked = come_back_with(&portal, &portal.browser(), &at_amazon).await;
    for secret in [bo.email(), &bo.id, "quizzical", "Zebulon", "2032"] {
        assert!(!asked.html.contains(secret), "{secret}: {}", asked.html);
    }
    assert!(asked.text().contains("@example.test"), "{}", asked.text());
    assert!(!asked.text().contains(&at_amazon), "{}", asked.text());
    let offered = asked.attribute("input[autocomplete=username]", "value");
    assert_eq!(offered, Some(at_amazon), "for the password manager, as Amazon wrote it");
}

#[tokio::test]
async fn an_address_matches_in_any_case() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let asked = come_back_with(&portal, &portal.browser(), &bo.email().to_uppercase()).await;
    assert_eq!(asked.url.path(), "/amazon/match", "{}", asked.text());
    let account = asked.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
}

#[tokio::test]
async fn a_wrong_password_opens_nothing_and_may_be_tried_again() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let before = portal.belongings_of(&bo);
    let asked = come_back_with(&portal, &portal.browser(), bo.email()).await;
    let again = asked.fill("password", "another password").press("Link and sign in").await;
    assert_eq!((again.status, again.code().as_deref()), (422, Some("credentials_wrong")));
    assert_eq!(again.value("password").as_deref().unwrap_or_default(), "", "passwords are dropped");
    let empty = again.press("Link and sign in").await;
    assert_eq!(empty.status, 422);
    nothing_happened(&portal, &bo, &before);
    let account = empty.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
}

#[tokio::test]
async fn five_wrong_ones_end_the_attempt_and_count_against_the_account() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let before = portal.belongings_of(&bo);
    let browser = portal.browser();
    let asked = come_back_with(&portal, &browser, bo.email()).await;
    let mut page = asked.clone();
    for _ in 0..4 {
        page = page.fill("password", "another password").press("Link and sign in").await;
        assert_eq!(page.status, 422, "{}", page.text());
    }
    let over = page.fill("password", "another password").press("Link and sign in").await;
    assert_eq!(over.code().as_deref(), Some("too_many_tries"), "{}", over.text());
    assert_eq!(portal.count_all("link_attempts"), 0);
    let late = asked.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!((late.status, late.code().as_deref()), (400, Some("attempt_unknown")));
    nothing_happened(&portal, &bo, &before);
    // From this network the account's free guesses are used up, at the sign-in form as well.
    let sign_in = browser.visit("/sign-in").await.fill("identifier", bo.email());
    let throttled = sign_in.fill("password", bo.password()).press("Sign in").await;
    assert_eq!((throttled.status, throttled.code().as_deref()), (429, Some("throttled")));
    assert!(throttled.header("retry-after").is_some());
}

#[tokio::test]
async fn an_account_with_another_identity_is_signed_in_and_keeps_it() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let asked = come_back_with(&portal, &portal.browser(), ann.email()).await;
    assert_eq!(asked.url.path(), "/amazon/match", "{}", asked.text());
    let account = asked.fill("password", ann.password()).press("Link and sign in").await;
    assert_eq!(account.url.path(), "/account");
    assert_eq!(account.code().as_deref(), Some("player_has_another"), "{}", account.text());
    assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of("pat")));
    assert_eq!(portal.count_of("sessions", &ann), 1);
    assert_eq!(portal.token_version_of(&ann), 1);
    assert_eq!(portal.count_all("link_attempts"), 0);
}

#[tokio::test]
async fn an_account_whose_link_was_revoked_gets_the_new_one() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.link_becomes(&ann, "revoked");
    let asked = come_back_with(&portal, &portal.browser(), ann.email()).await;
    let account = asked.fill("password", ann.password()).press("Link and sign in").await;
    assert_eq!(account.code().as_deref(), Some("linked"), "{}", account.text());
    assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of("twin")));
    assert_eq!(portal.endings_of(&ann), ["revoked_by_amazon"]);
}

/// S13, S59: the same page and the same answer, whatever the account lacks.
#[tokio::test]
async fn an_account_without_password_or_switched_off_looks_like_any_other() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let asked = come_back_with(&portal, &portal.browser(), bo.email()).await;
    let usual = asked.fill("password", "another password").press("Link and sign in").await;
    for change in ["password_sealed = NULL", "disabled_at = created_at"] {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        portal.run(&format!("UPDATE players SET {change}"));
        let before = portal.belongings_of(&bo);
        let asked = come_back_with(&portal, &portal.browser(), bo.email()).await;
        assert_eq!(asked.url.path(), "/amazon/match", "{change}");
        assert!(
            asked.links().iter().any(|link| link.contains("orgot")),
            "a reset is offered: {:?}",
            asked.links()
        );
        let refused = asked.fill("password", bo.password()).press("Link and sign in").await;
        assert_eq!((refused.status, refused.code()), (usual.status, usual.code()), "{change}");
        assert_eq!(refused.text(), usual.text(), "{change}");
        nothing_happened(&portal, &bo, &before);
    }
}

#[tokio::test]
async fn this_is_not_my_account_goes_on_without_the_address() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let before = portal.belongings_of(&bo);
    let asked = come_back_with(&portal, &portal.browser(), bo.email()).await;
    let register = asked.press("This is not my account").await;
    assert_eq!(register.url.path(), "/amazon/register", "{}", register.text());
    assert_eq!(register.value("email").as_deref(), Some(""));
    assert_eq!(register.value("display_name").as_deref(), Some("Twin at Amazon"));
    let account = register.press("Create account").await;
    assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
    assert_eq!(portal.count_all("players"), 2);
    nothing_happened(&portal, &bo, &before);
    let csrf = account.csrf();
    let attempt = asked.value("attempt").unwrap();
    let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("password", bo.password())];
    let late = account.browser().post("/amazon/match", &form).await;
    assert_eq!((late.status, late.code().as_deref()), (400, Some("attempt_unknown")), "the attempt is spent");
}

#[tokio::test]
async fn the_page_is_this_browser_s_and_lasts_ten_minutes() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let before = portal.belongings_of(&bo);
    let asked = come_back_with(&portal, &portal.browser(), bo.email()).await;
    let stranger = portal.browser();
    assert_eq!(stranger.visit(&asked.path()).await.status, 400);
    let csrf = stranger.visit("/sign-in").await.csrf();
    let attempt = asked.value("attempt").unwrap();
    for fields in [[("password", bo.password())], [("choice", "not_mine")]] {
        let form = [&[("csrf", csrf.as_str()), ("attempt", attempt.as_str())], &fields[..]].concat();
        let page = stranger.post("/amazon/match", &form).await;
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
    }
    portal.wait(TimeDelta::minutes(11));
    let late = asked.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!((late.status, late.code().as_deref()), (400, Some("attempt_unknown")));
    nothing_happened(&portal, &bo, &before);
}

#[tokio::test]
async fn where_they_were_going_is_kept() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.amazon.admits("twin", "Twin at Amazon", bo.email());
    let browser = portal.browser();
    portal.at_amazon(&browser, "twin").await;
    let asked = browser.visit("/account/profile").await.press("Login with Amazon").await;
    let page = asked.fill("password", bo.password()).press("Link and sign in").await;
    assert_eq!(page.path(), "/account/profile", "{}", page.text());
}
