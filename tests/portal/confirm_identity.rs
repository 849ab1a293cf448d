//! Proving that it is still you, and what was interrupted going on by itself.

use super::harness::{Browser, Page, Portal};

#[tokio::test]
async fn a_page_that_needs_proof_opens_after_it() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.stale_browser_of(&ann);
    let asked = browser.visit("/amazon/unlink").await;
    assert!(asked.text().contains("To unlink Pat Example, confirm that it is you."), "{}", asked.text());
    assert_eq!(asked.path(), "/account/confirm-identity");
    let before = browser.cookie("session").unwrap();
    let page = asked.fill("password", ann.password()).press("Confirm").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/amazon/unlink"));
    // S22: the session has a new id, and the old one is dead.
    assert_ne!(browser.cookie("session").unwrap(), before);
    let thief = portal.browser();
    thief.plant("session", &before);
    assert_eq!(thief.get("/account").await.status, 303);
    // And the proof counts.
    assert_eq!(browser.get("/amazon/unlink").await.status, 200);
}

#[tokio::test]
async fn a_form_that_needs_proof_is_carried_out_after_it_once() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let elsewhere = portal.browser_of(&ann);
    let browser = portal.stale_browser_of(&ann);
    let asked = browser.visit("/account/security").await.press("Sign out everywhere").await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    assert_eq!(elsewhere.get("/account").await.status, 200);
    let page = asked.fill("password", ann.password()).press("Confirm").await;
    assert_eq!(
        (page.path().as_str(), page.code().as_deref()),
        ("/account/security", Some("signed_out_everywhere"))
    );
    assert_eq!(elsewhere.get("/account").await.status, 303);
    assert_eq!(browser.get("/account").await.status, 200, "the new cookie came with the answer");

    let again = portal.browser_of(&ann);
    let confirm = browser.visit("/account/confirm-identity").await;
    let page = confirm.fill("password", ann.password()).press("Confirm").await;
    assert_eq!(page.path(), "/account");
    assert_eq!(again.get("/account").await.status, 200, "nothing is carried out twice");
}

/// Presses the button that deletes the account. The page that asks for proof comes first.
async fn ask_to_delete(browser: &Browser) -> Page {
    let form = browser.visit("/account/data/delete").await;
    let asked = form.fill("confirm", "DELETE").press("Delete my account").await;
    assert_eq!(asked.path(), "/account/confirm-identity", "{}", asked.text());
    assert!(asked.text().contains("To delete this account"), "{}", asked.text());
    asked
}

#[tokio::test]
async fn a_cancelled_deletion_is_never_carried_out() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.stale_browser_of(&bo);
    let asked = ask_to_delete(&browser).await;
    assert_eq!(asked.click("Cancel").await.path(), "/account");
    let back = asked.reload().await;
    assert!(!back.text().contains("To delete this account"), "{}", back.text());
    let page = back.fill("password", bo.password()).press("Confirm").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/account"), "{}", page.text());

    let browser = portal.stale_browser_of(&bo);
    ask_to_delete(&browser).await;
    let typed = browser.visit("/account/confirm-identity").await;
    assert!(!typed.text().contains("To delete this account"), "{}", typed.text());
    let page = typed.fill("password", bo.password()).press("Confirm").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/account"), "{}", page.text());
}

#[tokio::test]
async fn the_page_that_is_loaded_again_still_names_the_action() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.stale_browser_of(&bo);
    let asked = ask_to_delete(&browser).await;
    let wrong = asked.reload().await.fill("password", "wrong").press_only("Confirm").await;
    assert!(wrong.text().contains("To delete this account"), "{}", wrong.text());
    let page = wrong.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(page.url.path(), "/goodbye", "{}", page.text());
}

#[tokio::test]
async fn an_action_that_does_not_fit_drops_the_older_one() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.stale_browser_of(&bo);
    ask_to_delete(&browser).await;
    let asked = browser.visit(&format!("/account/email?{}", "x".repeat(4600))).await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    let page = asked.fill("password", bo.password()).press("Confirm").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/account"), "{}", page.text());
}

/// S22: one of both renews the session, and the other must not take the new cookie away.
#[tokio::test]
async fn two_proofs_at_once_leave_the_player_signed_in() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    for _ in 0..4 {
        let browser = portal.stale_browser_of(&ann);
        let asked = browser.visit("/amazon/unlink").await.fill("password", ann.password());
        let (one, other) = tokio::join!(asked.press_only("Confirm"), asked.press_only("Confirm"));
        for answer in [one, other] {
            assert_eq!(answer.status, 303, "{}", answer.text());
        }
        assert_eq!(browser.get("/amazon/unlink").await.status, 200);
    }
}

#[tokio::test]
async fn a_proof_of_an_ended_session_leads_to_the_sign_in() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.stale_browser_of(&ann);
    let asked = browser.visit("/account/confirm-identity").await.fill("password", ann.password());
    let (answer, ()) = tokio::join!(asked.press_only("Confirm"), async {
        portal.run("DELETE FROM sessions");
    });
    assert_eq!(answer.follow().await.url.path(), "/sign-in");
}

/// The carried-out action rotates the session once more, from the row that the proof has just written.
#[tokio::test]
async fn a_link_goes_on_to_amazon_after_the_proof_and_comes_back() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.stale_browser_of(&bo);
    let asked = browser.visit("/account").await.press("Link Amazon account").await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    let amazon = asked.fill("password", bo.password()).press("Confirm").await;
    let confirm = amazon.allow_as("Pat Example").await;
    let page = confirm.press("Link this account").await;
    assert_eq!(page.link_state().as_deref(), Some("active"));
}

#[tokio::test]
async fn a_wrong_password_proves_nothing_and_is_counted() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.stale_browser_of(&bo);
    let asked = browser.visit("/account/confirm-identity").await;
    for _ in 0..5 {
        let page = asked.clone().fill("password", "wrong").press_only("Confirm").await;
        assert_eq!((page.status, page.code().as_deref()), (422, Some("credentials_wrong")));
        assert_eq!(page.value("password"), None);
    }
    let page = asked.fill("password", bo.password()).press_only("Confirm").await;
    assert_eq!((page.status, page.code().as_deref()), (429, Some("throttled")));
    assert!(page.header("retry-after").is_some());
    assert_eq!(browser.get("/account").await.status, 200, "still signed in");
    let refused = "SELECT count(*) AS count FROM audit_events WHERE kind = 'player.identity.refused'";
    assert_eq!(portal.count(refused), 5);
}

#[tokio::test]
async fn everybody_is_offered_the_proof_they_can_give() {
    let portal = Portal::start().await;
    let offered = async |person| {
        let page = portal.browser_of(&person).visit("/account/confirm-identity").await;
        let mut ways = page.buttons();
        ways.retain(|way| way.starts_with("Confirm"));
        (ways, page.links().contains(&"Get a link by mail".to_owned()))
    };
    let both = vec!["Confirm".to_owned(), "Confirm with Amazon".to_owned()];
    assert_eq!(offered(portal.ann().await).await, (both.clone(), false));
    assert_eq!(offered(portal.bo().await).await, (both[..1].to_vec(), false));
    assert_eq!(offered(portal.cleo().await).await, (both[1..].to_vec(), false));
    assert_eq!(offered(portal.person("Dot", false, None).await).await, (vec![], true));
}

#[tokio::test]
async fn a_proof_counts_for_a_while_and_then_no_more() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    portal.wait(portal.app().fresh_for() - chrono::TimeDelta::seconds(1));
    assert_eq!(browser.get("/amazon/unlink").await.status, 200);
    portal.wait(chrono::TimeDelta::seconds(1));
    assert_eq!(browser.get("/amazon/unlink").await.location().as_deref(), Some("/account/confirm-identity"));
}

/// An action that fails after the proof is over as well.
#[tokio::test]
async fn an_action_that_fails_is_not_tried_again() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.stale_browser_of(&bo);
    let csrf = browser.visit("/account/security").await.csrf();
    let asked = browser.post("/account/security/end-session", &[("csrf", &csrf), ("session", "x")]).await;
    let asked = asked.follow().await;
    assert!(asked.text().contains("To end"), "{}", asked.text());
    let failed = asked.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(failed.status, 404, "{}", failed.text());
    let page = browser.visit("/account/confirm-identity").await;
    assert!(!page.text().contains("To end"), "{}", page.text());
}

/// The proof is given for the action that the page names, and not for what another tab began meanwhile.
#[tokio::test]
async fn a_proof_for_one_action_does_not_carry_out_another() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.browser_of(&bo);
    let browser = portal.stale_browser_of(&bo);
    let named = browser.visit("/account/security").await.press("Sign out everywhere").await;
    ask_to_delete(&browser.second_tab()).await;
    let page = named.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(page.path(), "/account/confirm-identity", "{}", page.text());
    assert!(page.text().contains("To delete this account"), "{}", page.text());
    assert_eq!(portal.count_all("players"), 1);
    let gone = page.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(gone.url.path(), "/goodbye", "{}", gone.text());
}
