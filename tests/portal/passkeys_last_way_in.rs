//! A passkey is a way in: it may be the only one, it makes others dispensable, and the last one stays (S63).

use super::harness::Portal;
use super::harness::authenticator::{Authenticator, add_passkey, sign_in_with};

const PASSKEYS: &str = "SELECT count(*) AS count FROM passkeys";
const LINKS: &str = "SELECT count(*) AS count FROM amazon_links";

#[tokio::test]
async fn with_a_passkey_amazon_may_go_and_then_the_passkey_stays() {
    let portal = Portal::start().await;
    let cleo = portal.cleo().await;
    let browser = portal.browser_of(&cleo);
    let mut key = portal.passkey_of(&browser).await;
    let unlink = browser.visit("/amazon/unlink").await;
    assert_eq!(unlink.code(), None, "no warning about the last way in: {}", unlink.text());
    assert_eq!(unlink.press("Unlink Amazon account").await.code().as_deref(), Some("unlinked"));
    let refused = browser.visit("/account/passkeys").await.press("Remove").await;
    assert_eq!((refused.status, refused.code().as_deref()), (409, Some("last_method")));
    assert_eq!((portal.count(PASSKEYS), portal.count(LINKS)), (1, 0));
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account");
    add_passkey(&browser, &mut Authenticator::of(&portal), "second").await;
    let removed = browser.visit("/account/passkeys").await.press("Remove").await;
    assert_eq!(removed.code().as_deref(), Some("passkey_removed"), "one of two may go");
    portal.verify().await;
}

#[tokio::test]
async fn with_a_passkey_the_password_may_go() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let mut key = portal.passkey_of(&browser).await;
    let removed = browser.visit("/account/password/remove").await.press("Remove password").await;
    assert_eq!(removed.code().as_deref(), Some("password_removed"), "{}", removed.text());
    let refused = browser.visit("/account/passkeys").await.press("Remove").await;
    assert_eq!((refused.status, refused.code().as_deref()), (409, Some("last_method")));
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account");
    portal.verify().await;
}

/// Ann has a password, an Amazon account and a passkey; of the last two ways in only one may go.
#[tokio::test]
async fn two_that_go_at_once_leave_one_behind() {
    for _ in 0..4 {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        let browser = portal.browser_of(&cleo);
        portal.passkey_of(&browser).await;
        let other = portal.browser_of(&cleo);
        let (unlink, list) = (browser.visit("/amazon/unlink").await, other.visit("/account/passkeys").await);
        futures_util::future::join(unlink.press("Unlink Amazon account"), list.press("Remove")).await;
        assert_eq!(portal.count(PASSKEYS) + portal.count(LINKS), 1);
        portal.verify().await;
    }
}

#[tokio::test]
async fn two_passkeys_that_go_at_once_leave_one_behind() {
    let portal = Portal::start().await;
    let cleo = portal.cleo().await;
    let browser = portal.browser_of(&cleo);
    portal.passkey_of(&browser).await;
    add_passkey(&browser, &mut Authenticator::of(&portal), "second").await;
    browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    let csrf = browser.visit("/account/passkeys").await.csrf();
    let ids = portal.lines("SELECT id AS line FROM passkeys");
    let sent =
        ids.iter().map(|id| {
            let (browser, csrf, id) = (browser.second_tab(), csrf.clone(), id.clone());
            async move {
                browser.post("/account/passkeys/remove", &[("csrf", &csrf), ("passkey", &id)]).await.status
            }
        });
    let mut answers = futures_util::future::join_all(sent).await;
    answers.sort_unstable();
    assert_eq!((answers, portal.count(PASSKEYS)), (vec![303, 409], 1));
    portal.verify().await;
}
