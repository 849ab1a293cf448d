//! Setting, changing and removing a password (S7, S8, S14, S63).

use super::harness::Portal;

const NEW: &str = "eleven slow trains to Riga";

#[tokio::test]
async fn a_change_needs_the_present_password_and_ends_every_other_session() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (here, elsewhere) = (portal.browser_of(&bo), portal.browser_of(&bo));
    let before = here.cookie("session");
    let page = here.visit("/account/password").await;
    let page =
        page.fill("current_password", bo.password()).fill("new_password", NEW).press("Save password").await;
    assert_eq!((page.path(), page.code()), ("/account/security".into(), Some("password_saved".into())));
    assert_ne!(here.cookie("session"), before, "S22");
    assert_eq!(elsewhere.visit("/account/profile").await.path(), "/sign-in?next=%2Faccount%2Fprofile");
    let mail = portal.mail_to(bo.email());
    assert_eq!(mail.kind, "password-changed");
    assert!(mail.text.contains("from Firefox · Linux, network 127.0.0.0/24"), "{mail:?}");
    let sign_in = portal.browser().visit("/sign-in").await;
    let page = sign_in.fill("identifier", bo.email()).fill("password", NEW).press("Sign in").await;
    assert_eq!(page.path(), "/account");
}

#[tokio::test]
async fn a_wrong_present_password_changes_nothing_and_counts() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/password").await;
    let page = page.fill("current_password", "not it at all").fill("new_password", NEW);
    let refused = page.press("Save password").await;
    assert_eq!((refused.status, refused.code()), (422, Some("credentials_wrong".into())));
    assert!(refused.error_of("current_password").is_some());
    assert_eq!(refused.value("new_password").unwrap_or_default(), "", "passwords are never sent back");
    let mut last = refused;
    for _ in 0..20 {
        last = browser.visit("/account/password").await;
        last = last
            .fill("current_password", "not it at all")
            .fill("new_password", NEW)
            .press("Save password")
            .await;
        if last.status == 429 {
            break;
        }
    }
    assert_eq!((last.status, last.code()), (429, Some("throttled".into())));
}

#[tokio::test]
async fn a_guessable_password_is_refused_with_a_reason() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    for new in ["short", "password123", "dovetail dovetail", "qwertyuiop", "aaaaaaaaaaaa"] {
        let page = browser.visit("/account/password").await;
        let page = page
            .fill("current_password", bo.password())
            .fill("new_password", new)
            .press("Save password")
            .await;
        assert_eq!(page.status, 422, "{new}");
        assert!(page.error_of("new_password").is_some_and(|sentence| !sentence.is_empty()), "{new}");
    }
}

/// S8.
#[tokio::test]
async fn a_first_password_needs_fresh_proof() {
    let portal = Portal::start().await;
    let cleo = portal.cleo().await;
    let stale = portal.stale_browser_of(&cleo);
    let page = stale.visit("/account/password?next=%2Famazon%2Funlink").await;
    assert_eq!(page.path(), "/account/confirm-identity");
    let csrf = page.csrf();
    let sent = stale.post("/account/password", &[("csrf", &csrf), ("new_password", NEW)]).await;
    assert_eq!((sent.status, sent.location()), (303, Some("/account/confirm-identity".into())));
    assert_eq!(portal.count("SELECT count(password_sealed) AS count FROM players"), 0);

    let page = portal.browser_of(&cleo).visit("/account/password?next=%2Famazon%2Funlink").await;
    let page = page.fill("new_password", NEW).press("Save password").await;
    assert_eq!(page.path(), "/amazon/unlink", "and on to where the player was going");
    assert_eq!(portal.count("SELECT count(password_sealed) AS count FROM players"), 1);
}

#[tokio::test]
async fn a_password_is_removed_where_amazon_remains() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let asked = portal.browser_of(&ann).visit("/account/password").await.click("Remove password").await;
    assert_eq!(asked.path(), "/account/password/remove");
    assert!(asked.text().contains("Your Amazon account") && !asked.text().contains("A passkey"));
    assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE password_sealed IS NULL"), 0);
    let page = asked.press("Remove password").await;
    assert_eq!((page.path(), page.code()), ("/account/security".into(), Some("password_removed".into())));
    assert_eq!(portal.mail_to(ann.email()).kind, "password-removed");
    assert_eq!(portal.count("SELECT count(password_sealed) AS count FROM players"), 0);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/password").await;
    assert!(!page.links().contains(&"Remove password".into()), "there is nothing to offer");
    assert_eq!(browser.visit("/account/password/remove").await.path(), "/account/password");
    let page = browser.post("/account/password/remove", &[("csrf", &page.csrf())]).await;
    assert_eq!((page.status, page.code()), (409, Some("last_method".into())));
    assert_eq!(portal.count("SELECT count(password_sealed) AS count FROM players"), 1);
}

/// S63: 200 rounds of unlink against password removal.
#[tokio::test]
async fn no_race_leaves_an_account_without_a_way_in() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.run("CREATE TABLE kept_links AS SELECT * FROM amazon_links");
    portal.run("CREATE TABLE kept_passwords AS SELECT id, password_sealed FROM players");
    let (mut unlinked, mut removed) = (0, 0);
    for round in 0..200 {
        let (one, other) = (portal.browser_of(&ann), portal.browser_of(&ann));
        let unlink = one.visit("/amazon/unlink").await;
        let remove = other.visit("/account/password/remove").await;
        let (first, second) = if round % 2 == 0 {
            tokio::join!(unlink.press_only("Unlink Amazon account"), remove.press_only("Remove password"))
        } else {
            let (second, first) = tokio::join!(
                remove.press_only("Remove password"),
                unlink.press_only("Unlink Amazon account")
            );
            (first, second)
        };
        assert!(first.status < 500 && second.status < 500, "{} {}", first.status, second.status);
        let links = portal.count("SELECT count(*) AS count FROM amazon_links");
        let passwords = portal.count("SELECT count(password_sealed) AS count FROM players");
        assert_eq!(links + passwords, 1, "round {round}: one goes, one stays");
        unlinked += 1 - links;
        removed += 1 - passwords;
        portal.run("DELETE FROM amazon_links");
        portal.run("INSERT INTO amazon_links SELECT * FROM kept_links");
        portal.run("UPDATE players SET password_sealed = (SELECT k.password_sealed FROM kept_passwords k WHERE k.id = players.id)");
    }
    assert_eq!(unlinked + removed, 200);
}
