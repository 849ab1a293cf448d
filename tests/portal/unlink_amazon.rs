//! Unlinking: everything of Amazon's goes at once, and nobody is locked out.

use super::harness::{Browser, Page, Portal};

async fn unlink(browser: &Browser) -> Page {
    let account = browser.visit("/account").await;
    account.click("Unlink").await.press("Unlink Amazon account").await
}

#[tokio::test]
async fn link_tokens_and_cached_profile_go_and_the_history_stays() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let others = portal.belongings_of(&bo);
    let browser = portal.browser_of(&ann);
    let old = browser.cookie("session").unwrap();
    let asked = browser.visit("/account").await.click("Unlink").await;
    assert_eq!(asked.url.path(), "/amazon/unlink");
    assert!(asked.text().contains("Pat Example") && asked.text().contains("Ann"), "{}", asked.text());
    let page = asked.press("Unlink Amazon account").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/account"));
    assert_eq!(page.code().as_deref(), Some("unlinked"));
    assert_eq!(page.link_state().as_deref(), Some("none"));
    // Here the portal's Amazon is the simulator, and every link to Amazon leads there.
    let apps = format!("{}/ap/adam", portal.amazon.url());
    for shown in [&asked, &page] {
        assert!(shown.html.contains(&format!("href=\"{apps}\"")), "{}", shown.html);
        assert!(!shown.html.contains("amazon.com"), "{}", shown.html);
    }
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
    let left = portal.belongings_of(&ann).join("\n");
    assert!(!left.contains(&portal.amazon.identity_of("pat")), "the former identity is kept as a keyed hash");
    assert!(!left.contains("player@example.com"), "{left}");
    assert_eq!(portal.endings_of(&ann), ["unlinked_by_player"]);
    assert!(portal.events_of(&ann).contains(&"link.amazon.removed".to_owned()));
    let mail = portal.mail_to(ann.email());
    assert_eq!(mail.kind, "amazon-unlinked");
    assert!(mail.text.contains("Pat Example"), "{mail:?}");
    assert!(mail.text.contains(&apps), "{mail:?}");
    assert_ne!(browser.cookie("session").unwrap(), old, "S22");
    let thief = portal.browser();
    thief.plant("session", &old);
    assert_eq!(thief.visit("/account").await.url.path(), "/sign-in");
    assert_eq!(portal.belongings_of(&bo), others);
}

/// S63: sessions that the link opened end with it; those of the password stay.
#[tokio::test]
async fn other_sessions_made_through_the_link_end() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let by_amazon = portal.browser();
    portal.at_amazon(&by_amazon, "pat").await;
    by_amazon.visit("/").await.press("Login with Amazon").await;
    let (browser, phone) = (portal.browser_of(&ann), portal.browser_of(&ann));
    assert_eq!(portal.count_of("sessions", &ann), 3);
    unlink(&browser).await;
    assert_eq!(by_amazon.visit("/account").await.url.path(), "/sign-in");
    assert_eq!(phone.visit("/account").await.link_state().as_deref(), Some("none"));
    assert_eq!(browser.visit("/account").await.link_state().as_deref(), Some("none"));
}

/// Who unlinks in a session that Amazon opened stays in it: they are here, and proved who they are.
#[tokio::test]
async fn the_session_that_unlinks_stays_whoever_opened_it() {
    let portal = Portal::start().await;
    portal.ann().await;
    let browser = portal.browser();
    portal.at_amazon(&browser, "pat").await;
    browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!(unlink(&browser).await.code().as_deref(), Some("unlinked"));
}

#[tokio::test]
async fn the_same_and_another_can_be_linked_at_once() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    for customer in ["pat", "mork", "pat"] {
        assert_eq!(unlink(&browser).await.code().as_deref(), Some("unlinked"));
        portal.at_amazon(&browser, customer).await;
        let confirm = browser.visit("/account").await.press("Link Amazon account").await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        assert_eq!(confirm.press("Link this account").await.link_state().as_deref(), Some("active"));
        assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of(customer)));
    }
    assert_eq!(portal.endings_of(&ann), ["unlinked_by_player"; 3]);
}

#[tokio::test]
async fn signing_in_with_the_former_identity_opens_nothing() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    unlink(&browser).await;
    let stranger = portal.browser();
    portal.at_amazon(&stranger, "pat").await;
    let page = stranger.visit("/").await.press("Login with Amazon").await;
    assert_eq!(page.url.path(), "/amazon/register", "{}", page.text());
    assert_eq!(portal.count_of("sessions", &ann), 1);
}

#[tokio::test]
async fn a_trip_that_was_open_ends_with_the_link() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    portal.at_amazon(&browser, "mork").await;
    let open = browser.visit("/amazon/replace").await.press_to_callback("Link a different account").await;
    let looking = browser.visit("/amazon/replace").await.press("Link a different account").await;
    unlink(&browser).await;
    assert_eq!(portal.count_all("link_attempts"), 0);
    assert_eq!(browser.visit(&open).await.status, 400);
    assert_eq!(looking.press("Link this account").await.status, 400);
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
}

#[tokio::test]
async fn keeping_it_keeps_it() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    let before = portal.belongings_of(&ann);
    let page = browser.visit("/amazon/unlink").await.click("Keep it linked").await;
    assert_eq!((page.url.path(), page.link_state().as_deref()), ("/account", Some("active")));
    assert_eq!(portal.belongings_of(&ann), before);
}

#[tokio::test]
async fn with_nothing_linked_there_is_nothing_to_do() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let before = portal.belongings_of(&bo);
    let account = browser.visit("/amazon/unlink").await;
    assert_eq!((account.status, account.path().as_str()), (200, "/account"));
    let csrf = account.csrf();
    let page = browser.post("/amazon/unlink", &[("csrf", &csrf)]).await.follow().await;
    assert_eq!((page.status, page.path().as_str()), (200, "/account"));
    assert_eq!(portal.belongings_of(&bo), before);
}

/// Amazon has ended it, but its own account would still open the player again.
#[tokio::test]
async fn a_revoked_link_can_be_removed() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.link_becomes(&ann, "revoked");
    let browser = portal.browser_of(&ann);
    let csrf = browser.visit("/account").await.csrf();
    let page = browser.post("/amazon/unlink", &[("csrf", &csrf)]).await.follow().await;
    assert_eq!((page.status, page.path().as_str()), (200, "/account"));
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
}

/// A second press, in a tab that was left open.
#[tokio::test]
async fn unlinking_twice_is_unlinking_once() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    let asked = browser.visit("/amazon/unlink").await;
    asked.press("Unlink Amazon account").await;
    let again = asked.press("Unlink Amazon account").await;
    assert_eq!((again.status, again.path().as_str()), (200, "/account"));
    assert_eq!(portal.endings_of(&ann).len(), 1);
}

mod the_last_way_in {
    use super::*;

    #[tokio::test]
    async fn is_kept_and_the_way_to_a_password_is_shown() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        let browser = portal.browser_of(&cleo);
        let page = browser.visit("/amazon/unlink").await;
        assert_eq!((page.status, page.code().as_deref()), (200, Some("last_method")), "{}", page.text());
        let before = portal.belongings_of(&cleo);
        assert!(!page.buttons().contains(&"Unlink Amazon account".to_owned()), "no button that only refuses");
        assert!(page.text().contains("you then come back to this page and unlink here"), "{}", page.text());
        let refused = browser.post("/amazon/unlink", &[("csrf", &page.csrf())]).await;
        assert_eq!((refused.status, refused.code().as_deref()), (409, Some("last_method")));
        assert_eq!(portal.belongings_of(&cleo), before);
        assert!(!refused.buttons().contains(&"Unlink Amazon account".to_owned()));
        assert_eq!(
            refused.text_of(".btn.primary").as_deref(),
            Some("Set a password"),
            "the one filled button"
        );
        assert_eq!(refused.click("Set a password").await.url.path(), "/account/password");
    }

    #[tokio::test]
    async fn goes_once_there_is_a_password() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        portal.run("UPDATE players SET user_name = 'cleo', user_name_key = 'cleo'");
        let browser = portal.browser_of(&cleo);
        let page = browser.visit("/amazon/unlink").await.click("Set a password").await;
        let page = page.fill("new_password", "nine purple umbrellas").press("Save password").await;
        assert_eq!(page.path(), "/amazon/unlink", "back to unlink: {}", page.text());
        let page = page.press("Unlink Amazon account").await;
        assert_eq!(page.code().as_deref(), Some("unlinked"), "{}", page.text());
        assert_eq!(portal.count_of("amazon_links", &cleo), 0);
    }

    /// A password alone opens nothing: there must be a name or an address to type with it.
    #[tokio::test]
    async fn comes_with_a_name_to_type_beside_the_password() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        let browser = portal.browser_of(&cleo);
        let page = browser.visit("/amazon/unlink").await.click("Set a password").await;
        let page = page.fill("user_name", "cleo_7").fill("new_password", "nine purple umbrellas");
        let page = page.press("Save password").await;
        assert_eq!(page.path(), "/amazon/unlink", "{}", page.text());
        let page = page.press("Unlink Amazon account").await;
        assert_eq!(page.code().as_deref(), Some("unlinked"), "{}", page.text());
        browser.visit("/account").await.press("Sign out").await;
        let page = browser.visit("/sign-in").await.fill("identifier", "cleo_7");
        let page = page.fill("password", "nine purple umbrellas").press("Sign in").await;
        assert_eq!(
            (page.url.path(), page.link_state().as_deref()),
            ("/account", Some("none")),
            "{}",
            page.text()
        );
        assert_eq!(portal.count_of("sessions", &cleo), 1);
    }
}
