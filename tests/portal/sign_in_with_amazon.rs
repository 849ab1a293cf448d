//! Coming in with Amazon: as somebody new, as somebody known, and as somebody who may not.

use chrono::TimeDelta;

use super::harness::{Browser, Page, Person, Portal};

/// From the welcome page to Amazon and back, as a customer of the cast.
async fn log_in(browser: &Browser, customer: &str) -> Page {
    browser.visit("/").await.press("Login with Amazon").await.allow_as(customer).await
}

mod somebody_new {
    use super::*;

    #[tokio::test]
    async fn is_asked_for_a_name_and_gets_a_player_that_is_linked_and_signed_in() {
        let portal = Portal::start().await;
        let browser = portal.browser();
        let asked = log_in(&browser, "Mork Hashimoto").await;
        assert_eq!(asked.url.path(), "/amazon/register", "{}", asked.text());
        assert_eq!(asked.value("display_name").as_deref(), Some("Mork Hashimoto"));
        assert_eq!(asked.value("email").as_deref(), Some("mhashimoto-04@plaxo.com"));
        assert_eq!(portal.count_all("players"), 0);
        let account =
            asked.fill("email", "").fill("display_name", "Mork the Bold").press("Create account").await;
        assert_eq!(account.url.path(), "/account", "{}", account.text());
        assert_eq!(account.code().as_deref(), Some("linked"));
        assert_eq!(account.link_state().as_deref(), Some("active"));
        let without_secrets = "SELECT count(*) AS count FROM players WHERE password_sealed IS NULL \
                               AND email IS NULL AND display_name = 'Mork the Bold'";
        assert_eq!(portal.count(without_secrets), 1);
        for table in ["players", "amazon_links", "sessions"] {
            assert_eq!(portal.count_all(table), 1, "{table}");
        }
        assert_eq!(portal.count_all("link_attempts"), 0);
    }

    #[tokio::test]
    async fn gets_a_code_for_an_address_and_has_it_once_the_code_came_back() {
        let portal = Portal::start().await;
        let asked = log_in(&portal.browser(), "Mork Hashimoto").await;
        let account = asked.press("Create account").await;
        assert_eq!(account.link_state().as_deref(), Some("active"), "made at once: {}", account.text());
        assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE email IS NOT NULL"), 0);
        let code = portal.mail_to("mhashimoto-04@plaxo.com").code();
        // The notice leads to the field.
        let verify = account.click("Enter code").await;
        assert_eq!(verify.path(), "/account/email/verify");
        verify.fill("code", &code).press("Confirm email").await;
        let proven = "SELECT email AS line FROM players WHERE email_proven_at IS NOT NULL";
        assert_eq!(portal.lines(proven), ["mhashimoto-04@plaxo.com"]);
    }

    #[tokio::test]
    async fn may_type_another_address_and_it_counts_no_more_than_amazons() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let before = portal.belongings_of(&bo);
        let asked = log_in(&portal.browser(), "Mork Hashimoto").await;
        let account = asked.fill("email", bo.email()).press("Create account").await;
        assert_eq!(
            account.code().as_deref(),
            Some("linked"),
            "answered as for a free one: {}",
            account.text()
        );
        let theirs = format!("SELECT count(*) AS count FROM players WHERE email = '{}'", bo.email());
        assert_eq!(portal.count(&theirs), 1);
        let untouched = portal.belongings_of(&bo);
        assert!(before.iter().all(|row| untouched.contains(row)));
    }

    /// A trip of before a sign-in opens the player of its identity, and makes none.
    #[tokio::test]
    async fn comes_back_to_a_browser_in_which_somebody_has_signed_in() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser();
        let at_amazon = browser.visit("/").await.press("Login with Amazon").await;
        portal.sign_in(&browser.second_tab(), &bo);
        let back = at_amazon.allow_as("Mork Hashimoto").await;
        assert_eq!((back.status, back.code().as_deref()), (400, Some("attempt_unknown")), "{}", back.text());
        assert!(!back.html.contains("mhashimoto"), "it is no business of Bo's");
        assert_eq!((portal.count_all("link_attempts"), portal.count_all("players")), (0, 1));
        assert_eq!(browser.visit("/account").await.link_state().as_deref(), Some("none"));
    }

    #[tokio::test]
    async fn reads_what_is_wrong_with_a_form_and_loses_nothing() {
        let portal = Portal::start().await;
        let asked = log_in(&portal.browser(), "Mork Hashimoto").await;
        let again = asked.fill("display_name", "  ").fill("email", "mork@example.test");
        let again = again.press("Create account").await;
        assert_eq!(again.status, 422);
        assert!(again.error_of("display_name").is_some(), "{}", again.text());
        assert_eq!(again.value("email").as_deref(), Some("mork@example.test"));
        let again = again.fill("display_name", "Mork").fill("email", "not an address");
        let again = again.press("Create account").await;
        assert_eq!(again.status, 422);
        assert!(again.error_of("email").is_some(), "{}", again.text());
        assert_eq!(again.value("display_name").as_deref(), Some("Mork"));
        assert_eq!(portal.count_all("players"), 0);
        let account = again.fill("email", "").press("Create account").await;
        assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
    }

    #[tokio::test]
    async fn may_have_a_name_that_looks_like_markup_or_none_at_all() {
        let portal = Portal::start().await;
        let asked = log_in(&portal.browser(), "<b>Bobby</b>").await;
        assert_eq!(asked.url.path(), "/amazon/register", "{}", asked.text());
        assert!(!asked.html.contains("<b>Bobby"));
        portal.amazon_admits_nobody_in_particular("nobody");
        let browser = portal.browser();
        portal.at_amazon(&browser, "nobody").await;
        let asked = browser.visit("/").await.press("Login with Amazon").await;
        assert_eq!(asked.value("display_name").as_deref(), Some(""));
        assert_eq!(asked.value("email").as_deref(), Some(""));
        let account = asked.fill("display_name", "No One").press("Create account").await;
        assert_eq!(account.link_state().as_deref(), Some("active"), "{}", account.text());
    }

    #[tokio::test]
    async fn comes_back_to_where_they_were_going() {
        let portal = Portal::start().await;
        let asked = portal.browser().visit("/link/amazon").await;
        assert_eq!(asked.url.path(), "/sign-in");
        let asked = asked.press("Login with Amazon").await.allow_as("Mork Hashimoto").await;
        let page = asked.fill("email", "").press("Create account").await;
        assert_eq!(page.path(), "/link/amazon", "{}", page.text());
        assert_eq!(page.link_state().as_deref(), Some("active"));
    }

    /// S41: the page of one browser is nothing in another, and nothing after ten minutes.
    #[tokio::test]
    async fn finishes_in_their_own_browser_and_in_time_or_not_at_all() {
        let portal = Portal::start().await;
        let asked = log_in(&portal.browser(), "Mork Hashimoto").await;
        let stranger = portal.browser();
        let page = stranger.visit(&asked.path()).await;
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
        let csrf = stranger.visit("/sign-in").await.csrf();
        let attempt = asked.value("attempt").unwrap();
        let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("display_name", "Thief")];
        let page = stranger.post("/amazon/register", &form).await;
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
        portal.wait(TimeDelta::minutes(11));
        let page = asked.press("Create account").await;
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
        assert_eq!(portal.count_all("players"), 0);
        assert_eq!(portal.count_all("sessions"), 0);
    }
}

mod somebody_known {
    use super::*;

    #[tokio::test]
    async fn is_signed_in_and_the_newest_tokens_are_kept() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        let others = portal.belongings_of(&bo);
        let browser = portal.browser();
        let account = log_in(&browser, "Pat Example").await;
        assert_eq!(account.url.path(), "/account", "{}", account.text());
        assert!(account.text().contains("Ann"));
        assert_eq!(account.link_state().as_deref(), Some("active"));
        assert_eq!(portal.count_of("sessions", &ann), 1);
        assert_eq!(portal.token_version_of(&ann), 2);
        assert_eq!(portal.count_all("link_attempts"), 0);
        assert_eq!(portal.belongings_of(&bo), others);
        assert!(
            portal.events_of(&ann).contains(&"player.session.started".to_owned()),
            "{:?}",
            portal.events_of(&ann)
        );
    }

    #[tokio::test]
    async fn comes_back_to_where_they_were_going() {
        let portal = Portal::start().await;
        portal.ann().await;
        let page = portal.browser().visit("/account/profile").await;
        let page = page.press("Login with Amazon").await.allow_as("Pat Example").await;
        assert_eq!(page.path(), "/account/profile", "{}", page.text());
    }

    /// S22: whatever session cookie was there before is not the one afterwards.
    #[tokio::test]
    async fn gets_a_session_of_their_own_and_the_one_that_was_there_ends() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        let browser = portal.browser_of(&bo);
        portal.at_amazon(&browser, "pat").await;
        let old = browser.cookie("session").unwrap();
        let csrf = browser.visit("/account").await.csrf();
        let account = browser.post("/amazon/sign-in", &[("csrf", &csrf)]).await.follow().await;
        assert!(account.text().contains("Ann"), "{}", account.text());
        assert_ne!(browser.cookie("session").unwrap(), old);
        assert_eq!(portal.count_of("sessions", &bo), 0);
        assert_eq!(portal.count_of("sessions", &ann), 1);
        assert_eq!(portal.count_of("amazon_links", &bo), 0, "signing in links nothing");
        let thief = portal.browser();
        thief.plant("session", &old);
        assert_eq!(thief.visit("/account").await.url.path(), "/sign-in");
    }

    #[tokio::test]
    async fn a_link_that_was_lost_works_again() {
        for state in ["revoked", "needs_reconnect"] {
            let portal = Portal::start().await;
            let cleo = portal.cleo().await;
            portal.link_becomes(&cleo, state);
            let browser = portal.browser();
            portal.at_amazon(&browser, "hanako").await;
            let account = browser.visit("/").await.press("Login with Amazon").await;
            assert_eq!(account.link_state().as_deref(), Some("active"), "{state}: {}", account.text());
            assert!(account.text().contains("Reconnected"), "{state}");
            let whole = "SELECT count(*) AS count FROM amazon_links WHERE access_token_sealed IS NOT NULL \
                         AND refresh_token_sealed IS NOT NULL";
            assert_eq!(portal.count(whole), 1, "{state}");
            assert!(portal.events_of(&cleo).contains(&"link.amazon.reconnected".to_owned()), "{state}");
        }
    }

    /// S51, S52: the identity is the id; name and address are what Amazon says today.
    #[tokio::test]
    async fn stays_the_same_player_under_another_name_and_address() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        portal.amazon.admits("pat", "Patricia Other", bo.email());
        let account = log_in(&portal.browser(), "Patricia Other").await;
        assert!(account.text().contains("Ann"), "{}", account.text());
        assert!(account.text().contains("Patricia Other"));
        let hers = format!("SELECT email AS line FROM players WHERE id = '{}'", ann.id);
        assert_eq!(portal.lines(&hers), [ann.email()]);
        assert_eq!(portal.count_of("sessions", &bo), 0);
    }

    #[tokio::test]
    async fn a_display_name_follows_amazon_only_where_its_owner_asked() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let name = format!("SELECT display_name AS line FROM players WHERE id = '{}'", ann.id);
        log_in(&portal.browser(), "Pat Example").await;
        assert_eq!(portal.lines(&name), ["Ann"]);
        portal.run("UPDATE players SET sync_display_name = TRUE");
        log_in(&portal.browser(), "Pat Example").await;
        assert_eq!(portal.lines(&name), ["Pat Example"]);
    }
}

mod somebody_who_may_not {
    use super::*;

    async fn refused(portal: &Portal, ann: &Person) -> Page {
        let link = portal.token_version_of(ann);
        let page = log_in(&portal.browser(), "Pat Example").await;
        assert_eq!(portal.count_of("sessions", ann), 0);
        assert_eq!(portal.token_version_of(ann), link);
        assert_eq!(portal.count_all("link_attempts"), 0);
        page
    }

    #[tokio::test]
    async fn reads_that_the_account_is_switched_off() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.disable(&ann);
        let page = refused(&portal, &ann).await;
        assert_eq!((page.status, page.code().as_deref()), (200, Some("account_disabled")), "{}", page.text());
        assert_eq!(page.url.path(), "/amazon/outcome");
        assert!(page.url.query().is_none());
        assert!(page.text_of(".reference code").is_some_and(|reference| !reference.is_empty()));
        assert!(!page.text().contains("Ann"));
        assert!(
            portal.events_of(&ann).iter().any(|kind| kind == "player.session.refused"),
            "{:?}",
            portal.events_of(&ann)
        );
    }

    #[tokio::test]
    async fn is_back_at_sign_in_after_saying_no_at_amazon() {
        let portal = Portal::start().await;
        let page = portal.browser().visit("/account/profile").await;
        let page = page.press("Login with Amazon").await.cancel_as("Pat Example").await;
        assert_eq!((page.status, page.code().as_deref()), (200, Some("declined")), "{}", page.text());
        assert_eq!(page.path(), "/sign-in?next=%2Faccount%2Fprofile");
        assert_eq!(portal.count_all("link_attempts"), 0);
        assert_eq!(portal.count_all("players"), 0);
        let page = page.press("Login with Amazon").await.allow_as("Pat Example").await;
        assert_eq!(page.url.path(), "/amazon/register", "trying again works");
    }

    #[tokio::test]
    async fn stays_signed_in_as_they_were_after_saying_no() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let csrf = browser.visit("/account").await.csrf();
        let page = browser.post("/amazon/sign-in", &[("csrf", &csrf)]).await.follow().await;
        let page = page.cancel_as("Pat Example").await;
        assert_eq!((page.url.path(), page.code().as_deref()), ("/account", Some("declined")));
        assert_eq!(portal.count_of("sessions", &bo), 1);
    }
}

/// Amazon has addresses that no mail can be sent to. The form does not come with what it would refuse.
#[tokio::test]
async fn an_address_that_would_be_refused_is_not_filled_in() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    portal.at_amazon(&browser, "maximiliane").await;
    let asked = browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!((asked.url.path(), asked.value("email")), ("/amazon/register", Some(String::new())));
    let long = format!("{}@example.test", "a".repeat(65));
    let refused = asked.fill("display_name", "Max").fill("email", &long).press("Create account").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let why = "This address is longer than 64 characters before the @. Use another address.";
    assert_eq!(refused.error_of("email").as_deref(), Some(why));
    let created = refused.fill("email", "").press("Create account").await;
    assert_eq!(created.code().as_deref(), Some("linked"), "{}", created.text());
}
