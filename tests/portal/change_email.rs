//! Adding and changing an address, and taking a change back (S12, S20, S60, S62).

use chrono::TimeDelta;

use super::harness::{Page, Portal};

const NEW: &str = "bo.new@example.test";

async fn asked(portal: &Portal, page: &Page, address: &str) -> (Page, String) {
    let page = page.visit("/account/email").await.fill("email", address).press("Send code").await;
    assert_eq!(page.path(), "/account/email/verify");
    (page, portal.mail_to(address).code())
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

fn email_of(portal: &Portal, id: &str) -> String {
    portal.lines(&format!("SELECT email AS line FROM players WHERE id = '{id}'")).pop().unwrap()
}

#[tokio::test]
async fn an_address_counts_once_its_code_came_back() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let before = browser.cookie("session");
    let (page, code) = asked(&portal, &browser.visit("/account").await, NEW).await;
    assert_eq!(email_of(&portal, &bo.id), bo.email(), "not before");
    let page = page.fill("code", &code).press("Confirm email").await;
    assert_eq!((page.path(), page.code()), ("/account/profile".into(), Some("email_changed".into())));
    assert_eq!(email_of(&portal, &bo.id), NEW);
    assert_ne!(browser.cookie("session"), before, "S22");
    assert_eq!(portal.mail_to(bo.email()).kind, "email-changed");
    let again = browser.visit("/account/email/verify").await;
    assert_eq!(again.path(), "/account/email", "the code is spent");
}

#[tokio::test]
async fn a_player_without_an_address_adds_one() {
    let portal = Portal::start().await;
    let cleo = portal.cleo().await;
    let (page, code) =
        asked(&portal, &portal.browser_of(&cleo).visit("/account").await, "cleo@example.test").await;
    let page = page.fill("code", &code).press("Confirm email").await;
    assert_eq!(page.code(), Some("email_changed".into()));
    assert_eq!(portal.count("SELECT count(*) AS count FROM email_undos"), 0, "there is no way back");
}

/// Its reader may be a stranger: it says for which account and who asks, and nothing that a person chose.
#[tokio::test]
async fn the_mail_with_the_code_names_the_account_and_who_asks() {
    let portal = Portal::start().await;
    let (bo, cleo) = (portal.bo().await, portal.cleo().await);
    asked(&portal, &portal.browser_of(&bo).visit("/account").await, NEW).await;
    let mail = portal.mail_to(NEW);
    assert!(
        mail.text.contains("to the account with the address b•••••@example.test at Dovetail"),
        "{mail:?}"
    );
    assert!(mail.text.contains("from this browser: Firefox · Linux, network 127.0.0.0/24"), "{mail:?}");
    assert!(!mail.text.contains("Bo") && !mail.text.contains(bo.email()), "{mail:?}");
    asked(&portal, &portal.browser_of(&cleo).visit("/account").await, "cleo@example.test").await;
    let mail = portal.mail_to("cleo@example.test");
    assert!(mail.text.contains("to an account without an address at Dovetail"), "{mail:?}");
}

#[tokio::test]
async fn five_wrong_codes_kill_the_right_one() {
    let portal = Portal::start().await;
    let (mut page, code) =
        asked(&portal, &portal.browser_of(&portal.bo().await).visit("/account").await, NEW).await;
    for _ in 0..5 {
        page = page.fill("code", wrong(&code)).press("Confirm email").await;
        assert_eq!((page.status, page.code()), (422, Some("code_wrong".into())));
        portal.wait(TimeDelta::minutes(1));
    }
    page = page.fill("code", &code).press("Confirm email").await;
    assert_eq!((page.status, page.code()), (422, Some("too_many_tries".into())));
}

#[tokio::test]
async fn a_code_holds_for_an_hour() {
    let portal = Portal::start().await;
    let (page, code) =
        asked(&portal, &portal.browser_of(&portal.bo().await).visit("/account").await, NEW).await;
    portal.wait(TimeDelta::minutes(61));
    let page = page.fill("code", &code).press("Confirm email").await;
    assert_eq!((page.status, page.code()), (422, Some("code_expired".into())));
}

#[tokio::test]
async fn a_newer_change_kills_the_code_of_the_one_before() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let (page, first) = asked(&portal, &browser.visit("/account").await, NEW).await;
    let (mut page, second) = asked(&portal, &page, "bo.newest@example.test").await;
    if first != second {
        page = page.fill("code", &first).press("Confirm email").await;
        assert_eq!(page.code(), Some("code_wrong".into()));
    }
    assert_eq!(page.fill("code", &second).press("Confirm email").await.code(), Some("email_changed".into()));
}

#[tokio::test]
async fn a_code_is_its_players_alone() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let (_, code) = asked(&portal, &portal.browser_of(&bo).visit("/account").await, NEW).await;
    let (anns, own) =
        asked(&portal, &portal.browser_of(&ann).visit("/account").await, "ann.new@example.test").await;
    if code != own {
        assert_eq!(anns.fill("code", &code).press("Confirm email").await.code(), Some("code_wrong".into()));
    }
}

/// S12: the answer does not tell; the owner hears of it.
#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let browser = portal.browser_of(&bo);
    let ask = async |address: &str| {
        browser.visit("/account/email").await.fill("email", address).press("Send code").await
    };
    let (taken, free) = (ask(&ann.email().to_uppercase()).await, ask("anna@example.test").await);
    assert_eq!((taken.status, taken.path(), taken.h1()), (free.status, free.path(), free.h1()));
    assert_eq!(portal.mail_to(ann.email()).kind, "email-taken");
    assert!(!portal.mail_to(ann.email()).text.contains(bo.name.as_str()) || bo.name.len() < 3);
}

/// S20.
#[tokio::test]
async fn an_address_gets_three_letters_an_hour() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let ask = async || browser.visit("/account/email").await.fill("email", NEW).press("Send code").await;
    for _ in 0..3 {
        assert_eq!(ask().await.status, 200);
    }
    let refused = ask().await;
    assert_eq!((refused.status, refused.code()), (429, Some("throttled".into())));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(portal.mails_to(NEW).len(), 3);
}

#[tokio::test]
async fn without_fresh_proof_nothing_is_asked() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let page = portal.stale_browser_of(&bo).visit("/account/email").await;
    assert_eq!(page.path(), "/account/confirm-identity");
    let page = page.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(page.path(), "/account/email", "and then it goes on");
}

#[tokio::test]
async fn the_old_address_takes_the_change_back() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let thief = portal.browser_of(&bo);
    let (page, code) = asked(&portal, &thief.visit("/account").await, NEW).await;
    let page = page.fill("code", &code).press("Confirm email").await;
    let (page, _) = asked(&portal, &page, "bo.third@example.test").await;

    let owner = portal.browser();
    let link = portal.mail_to(bo.email()).link();
    let first = owner.get(&link).await;
    assert_eq!((first.status, first.location()), (303, Some("/account/email/undo".into())));
    let asked_back = first.follow().await;
    assert_eq!(email_of(&portal, &bo.id), NEW, "opening the link changes nothing");
    let done = asked_back.press("Restore my email").await;
    assert_eq!((done.path(), done.code()), ("/forgot-password".into(), Some("email_restored".into())));
    assert_eq!(email_of(&portal, &bo.id), bo.email());
    assert_eq!(
        page.visit("/account").await.path(),
        "/sign-in?next=%2Faccount".replace("?next=%2Faccount", "")
    );
    assert_eq!(portal.count("SELECT count(*) AS count FROM email_changes"), 0);
    assert_eq!(owner.visit(&link).await.code(), Some("undo_unknown".into()), "a link works once");
}

#[tokio::test]
async fn a_way_back_closes_after_a_week() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (page, code) = asked(&portal, &portal.browser_of(&bo).visit("/account").await, NEW).await;
    page.fill("code", &code).press("Confirm email").await;
    let link = portal.mail_to(bo.email()).link();
    portal.wait(TimeDelta::days(7));
    let page = portal.browser().visit(&link).await;
    assert_eq!((page.status, page.code()), (404, Some("undo_unknown".into())));
}

/// Whoever changed the address twice cannot undo the owner's undo.
#[tokio::test]
async fn an_undo_closes_the_ways_back_that_later_changes_opened() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (page, code) = asked(&portal, &portal.browser_of(&bo).visit("/account").await, NEW).await;
    let page = page.fill("code", &code).press("Confirm email").await;
    portal.wait(TimeDelta::minutes(1));
    let (page, code) = asked(&portal, &page, "bo.third@example.test").await;
    page.fill("code", &code).press("Confirm email").await;
    let (owners, thiefs) = (portal.mail_to(bo.email()).link(), portal.mail_to(NEW).link());
    portal.browser().visit(&owners).await.press("Restore my email").await;
    assert_eq!(portal.browser().visit(&thiefs).await.code(), Some("undo_unknown".into()));
    assert_eq!(email_of(&portal, &bo.id), bo.email());
}

#[tokio::test]
async fn an_address_that_waits_is_shown_where_people_look() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let pages = ["/account", "/account/profile", "/account/security"];
    for path in pages {
        let page = browser.visit(path).await;
        assert!(!page.links().contains(&"Enter code".into()), "{path}: {}", page.text());
    }
    asked(&portal, &browser.visit("/account").await, NEW).await;
    for path in pages {
        let page = browser.visit(path).await;
        assert!(page.text().contains("A new address waits for its code"), "{path}");
        assert!(page.buttons().contains(&"Send again".into()), "{path}");
        assert!(page.buttons().contains(&"Cancel".into()), "{path}");
        assert_eq!(page.click("Enter code").await.path(), "/account/email/verify", "{path}");
        if path != "/account" {
            assert!(page.text().contains("b•••••@example.test"), "{path}: {}", page.text());
        }
    }
    let later = portal.browser_of(&bo).visit("/account/security").await;
    assert_eq!(later.attribute("[data-next]", "data-next"), Some("enter-email-code".into()));
}

#[tokio::test]
async fn a_code_that_is_sent_again_replaces_the_one_before() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let (_, first) = asked(&portal, &browser.visit("/account").await, NEW).await;
    let page = browser.visit("/account/profile").await.press("Send again").await;
    assert_eq!((page.path(), page.code()), ("/account/email/verify".into(), Some("code_sent".into())));
    assert_eq!(portal.mails_to(NEW).len(), 2);
    let second = portal.mail_to(NEW).code();
    if first != second {
        let refused = page.fill("code", &first).press("Confirm email").await;
        assert_eq!((refused.status, refused.code()), (422, Some("code_wrong".into())));
    }
    page.fill("code", &second).press("Confirm email").await;
    assert_eq!(email_of(&portal, &bo.id), NEW);
}

#[tokio::test]
async fn a_cancelled_address_is_gone_with_its_code() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let (verify, code) = asked(&portal, &browser.visit("/account").await, NEW).await;
    let (one, other) = (browser.visit("/account/profile").await, browser.visit("/account/security").await);
    let done = one.press("Cancel").await;
    assert_eq!((done.path(), done.code()), ("/account/profile".into(), Some("email_cancelled".into())));
    assert_eq!(portal.count_all("email_changes"), 0);
    for button in ["Cancel", "Send again"] {
        let late = other.press(button).await;
        let seen = (late.status, late.path(), late.code());
        assert_eq!(seen, (200, "/account/profile".into(), Some("email_not_waiting".into())), "{button}");
    }
    assert_eq!(portal.mails_to(NEW).len(), 1, "nothing is sent for an address that does not wait");
    assert_eq!(verify.fill("code", &code).press("Confirm email").await.status, 422);
    assert_eq!(email_of(&portal, &bo.id), bo.email());
}

#[tokio::test]
async fn another_player_cannot_cancel_it() {
    let portal = Portal::start().await;
    let (bo, cleo) = (portal.bo().await, portal.cleo().await);
    asked(&portal, &portal.browser_of(&bo).visit("/account").await, NEW).await;
    let others = portal.browser_of(&cleo);
    let csrf = others.visit("/account").await.csrf();
    others.post("/account/email/cancel", &[("csrf", csrf.as_str())]).await;
    let refused = portal.browser_of(&bo).post("/account/email/cancel", &[("csrf", csrf.as_str())]).await;
    assert_eq!(refused.code().as_deref(), Some("csrf"), "{}", refused.text());
    assert_eq!(portal.count_all("email_changes"), 1);
}
