//! A forgotten password: the link, the new password, and the clean start after it.

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::harness::portal::Mail;
use super::harness::{Browser, Page, Person, Portal};

const NEW: &str = "nine brown kettles on ice";

async fn ask(browser: &Browser, identifier: &str) -> Page {
    let form = browser.visit("/forgot-password").await;
    form.fill("identifier", identifier).press_only("Send link").await
}

async fn asked_mail(portal: &Portal, person: &Person) -> Mail {
    let answer = ask(&portal.browser(), person.email()).await;
    assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/forgot-password")));
    portal.mail_to(person.email())
}

async fn sign_in(browser: &Browser, person: &Person, password: &str) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", person.email()).fill("password", password).press("Sign in").await
}

#[tokio::test]
async fn who_forgot_the_password_chooses_another() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mail = asked_mail(&portal, &bo).await;
    assert_eq!(mail.kind, "password-reset-link");
    assert!(mail.link().starts_with(&format!("{}/reset-password?token=", portal.url())), "{mail:?}");
    let browser = portal.browser();
    // S47: the token leaves the address bar at once.
    let opened = browser.get(&mail.link()).await;
    assert_eq!((opened.status, opened.location().as_deref()), (303, Some("/reset-password")));
    let form = opened.follow().await;
    assert!(!form.html.contains(mail.link().split('=').nth(1).unwrap()));
    let done = form.fill("new_password", NEW).press("Save password").await;
    assert_eq!((done.path().as_str(), done.code().as_deref()), ("/sign-in", Some("password_reset")));
    assert_eq!(portal.mail_to(bo.email()).kind, "password-reset");
    assert_eq!(sign_in(&portal.browser(), &bo, bo.password()).await.status, 422);
    assert_eq!(sign_in(&browser, &bo, NEW).await.path(), "/account/security/access");
}

/// S12, S13.
#[tokio::test]
async fn asking_tells_nobody_who_has_an_account() {
    let portal = Portal::start().await;
    let (bo, ann) = (portal.bo().await, portal.ann().await);
    portal.cleo().await;
    portal.run("UPDATE players SET user_name = 'cleo', user_name_key = 'cleo' WHERE display_name = 'Cleo'");
    portal.run("UPDATE players SET disabled_at = created_at WHERE display_name = 'Ann'");
    let mut answers = Vec::new();
    for identifier in [bo.email(), ann.email(), "cleo", "nobody@example.test", "not an identifier"] {
        let answer = ask(&portal.browser(), identifier).await;
        let cookies = answer.headers.get_all("set-cookie").iter().count();
        let page = answer.clone().follow().await;
        let html = page.html.replace(&page.csrf(), "TOKEN");
        answers.push((answer.status, answer.location(), cookies, html));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(portal.count("SELECT count(*) AS count FROM mails"), 1);
    assert_eq!(portal.mail_to(bo.email()).kind, "password-reset-link");
}

/// S20.
#[tokio::test]
async fn one_address_gets_three_letters_an_hour() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for asked in 0..60 {
        let answer = ask(&portal.browser(), ["bo@example.test", "BO@Example.test"][asked % 2]).await;
        assert_eq!(answer.status, if asked < 50 { 303 } else { 429 }, "{asked}");
    }
    assert_eq!(portal.mails_to(bo.email()).len(), 3);
    portal.wait(TimeDelta::hours(1));
    assert_eq!(ask(&portal.browser(), bo.email()).await.status, 303);
    assert_eq!(portal.mails_to(bo.email()).len(), 4);
}

/// S16: what strangers request leaves the owner's browser and support their own letters.
#[tokio::test]
async fn strangers_do_not_use_up_the_owner_s_letters() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let known = portal.browser();
    let form = known.visit("/sign-in").await.fill("identifier", bo.email());
    form.fill("password", bo.password()).press("Sign in").await;
    known.forget("session");
    for _ in 0..5 {
        ask(&portal.browser(), bo.email()).await;
    }
    assert_eq!(portal.mails_to(bo.email()).len(), 3);
    ask(&known, bo.email()).await;
    assert_eq!(portal.mails_to(bo.email()).len(), 4, "the browser in which Bo has signed in");
    let lee = portal.agent("lee", "agent").await;
    let page = portal.desk_of(&lee).visit(&format!("/support/players/{}", bo.id)).await;
    let sent = page.fill("reason", "ticket 4711").press("Send password reset").await;
    assert_eq!(sent.code().as_deref(), Some("support_sent_reset"), "{}", sent.text());
}

/// S9: programs open links in mails.
#[tokio::test]
async fn opening_the_link_spends_nothing() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mail = asked_mail(&portal, &bo).await;
    let before = portal.dump();
    for method in ["HEAD", "GET", "GET"] {
        let scanner = portal.browser();
        assert_eq!(scanner.ask(method, &mail.link()).await.status, 303);
        assert_eq!(scanner.get("/reset-password").await.status, 200);
    }
    assert!(super::harness::dump::difference(&before, &portal.dump()).is_empty());
    let form = portal.browser().visit(&mail.link()).await;
    assert_eq!(form.fill("new_password", NEW).press("Save password").await.path(), "/sign-in");
}

#[tokio::test]
async fn a_link_works_once_even_for_two_at_once() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mail = asked_mail(&portal, &bo).await;
    let mut forms = Vec::new();
    for number in 0..4 {
        let form = portal.browser().visit(&mail.link()).await;
        forms.push(form.fill("new_password", &format!("{NEW} {number}")));
    }
    let answers = join_all(forms.iter().map(|form| form.press_only("Save password"))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 3, "{statuses:?}");
    let late = portal.browser().visit(&mail.link()).await;
    assert_eq!(late.code().as_deref(), Some("code_expired"));
    assert!(late.links().contains(&"Get a new link".to_owned()));
}

#[tokio::test]
async fn a_link_is_dead_once_something_has_overtaken_it() {
    let portal = Portal::start().await;
    let id_of = |person: &Person| person.id.clone();
    let overtaken = async |what: &str, person: Person, overtake: &dyn Fn(&Portal, &str)| {
        let mail = asked_mail(&portal, &person).await;
        let form = portal.browser().visit(&mail.link()).await.fill("new_password", NEW);
        portal.wait(TimeDelta::seconds(1));
        overtake(&portal, &id_of(&person));
        let answer = form.press_only("Save password").await;
        assert_eq!((answer.status, answer.code().as_deref()), (422, Some("code_expired")), "{what}");
    };
    overtaken("another address", portal.person("Dot", true, None).await, &|portal, id| {
        portal.run(&format!("UPDATE players SET email_key = 'new@example.test' WHERE id = '{id}'"));
    })
    .await;
    overtaken("a newer password", portal.person("Eve", true, None).await, &|portal, id| {
        let now = portal.clock.now().format("%Y-%m-%d %H:%M:%S%.6f");
        portal.run(&format!("UPDATE players SET password_changed_at = '{now}' WHERE id = '{id}'"));
    })
    .await;
    overtaken("a disabled account", portal.person("Fay", true, None).await, &|portal, id| {
        portal.run(&format!("UPDATE players SET disabled_at = created_at WHERE id = '{id}'"));
    })
    .await;
    overtaken("time", portal.person("Gus", true, None).await, &|portal, _| {
        portal.wait(TimeDelta::minutes(30));
    })
    .await;

    let bo = portal.bo().await;
    let older = asked_mail(&portal, &bo).await;
    let newer = asked_mail(&portal, &bo).await;
    let page = portal.browser().visit(&older.link()).await;
    assert_eq!(page.code().as_deref(), Some("code_expired"), "a newer link");
    let form = portal.browser().visit(&newer.link()).await;
    assert_eq!(form.fill("new_password", NEW).press("Save password").await.path(), "/sign-in");
}

#[tokio::test]
async fn a_link_that_never_was_opens_nothing() {
    let portal = Portal::start().await;
    for token in ["", "x", &"A".repeat(43)] {
        let page = portal.browser().visit(&format!("/reset-password?token={token}")).await;
        assert_eq!((page.status, page.code().as_deref()), (200, Some("code_expired")), "{token}");
        assert!(!page.buttons().contains(&"Save password".to_owned()));
    }
    assert_eq!(portal.browser().get("/reset-password?token=a&token=b").await.status, 400);
}

/// S2: the reasons are said, and the link is kept for another try.
#[tokio::test]
async fn a_weak_password_is_refused_and_the_link_stays() {
    let portal = Portal::start().await;
    let winifred = portal.person("Winifred", true, None).await;
    let mail = asked_mail(&portal, &winifred).await;
    let form = portal.browser().visit(&mail.link()).await;
    for weak in ["short", "password1234", "aaaaaaaaaaaa", "qwertyuiop12", "winifred 2026"] {
        let page = form.clone().fill("new_password", weak).press_only("Save password").await;
        assert_eq!(page.status, 422, "{weak}");
        assert!(page.error_of("new_password").is_some(), "{weak}");
        assert_eq!(page.value("new_password"), None, "passwords are dropped");
    }
    assert_eq!(form.fill("new_password", NEW).press("Save password").await.path(), "/sign-in");
}

/// S61: whoever held the account before holds nothing after it, and the owner sees what is attached.
#[tokio::test]
async fn a_reset_starts_clean() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let thief = portal.browser_of(&ann);
    let other = portal.browser_of(&portal.bo().await);
    portal.run(&format!(
        "INSERT INTO email_changes (id, player_id, email, email_key, is_taken, code_hash, created_at, expires_at) \
         SELECT 'change', id, 'thief@example.test', 'thief@example.test', FALSE, 'x', created_at, created_at \
         FROM players WHERE id = '{}'",
        ann.id
    ));
    thief.visit("/amazon/replace").await.press_only("Link a different account").await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM link_attempts"), 1);

    let mail = asked_mail(&portal, &ann).await;
    let owner = portal.browser();
    owner.visit(&mail.link()).await.fill("new_password", NEW).press("Save password").await;
    assert_eq!(thief.get("/account").await.status, 303);
    assert_eq!(other.get("/account").await.status, 200);
    assert_eq!(portal.count("SELECT count(*) AS count FROM email_changes"), 0);
    assert_eq!(portal.count("SELECT count(*) AS count FROM link_attempts"), 0);
}

/// S61: the mail and the first page after the reset list what still opens the account, with a button each.
#[tokio::test]
async fn after_a_reset_the_owner_sees_what_still_opens_the_account_and_removes_it() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_GAME_DEVICE_HTTP", "on");
    })
    .await;
    let ann = portal.ann().await;
    portal.device_of(&ann);
    let mail = asked_mail(&portal, &ann).await;
    let owner = portal.browser();
    owner.visit(&mail.link()).await.fill("new_password", NEW).press("Save password").await;
    let news = portal.mail_to(ann.email()).text;
    for told in ["•••••@", "Fire TV Stick", "dev-game", "/account/security/access"] {
        assert!(news.contains(told), "{told}: {news}");
    }
    // A game that comes in after the reset is listed as well.
    portal.game_token_of(&ann);

    let page = sign_in(&owner, &ann, NEW).await;
    assert_eq!(page.path(), "/account/security/access");
    assert!(page.text().contains("•••••@") && page.text().contains("Fire TV Stick"), "{}", page.text());
    assert_eq!(page.buttons(), ["Sign out", "Unlink", "Disable", "End session"]);
    let page = page.press("Disable").await;
    assert_eq!(
        (page.path().as_str(), page.code().as_deref()),
        ("/account/security/access", Some("device_off"))
    );
    let page = page.press("End session").await;
    assert_eq!(
        (page.path().as_str(), page.code().as_deref()),
        ("/account/security/access", Some("session_ended"))
    );
    let page = page.press("Unlink").await;
    assert_eq!(
        (page.path().as_str(), page.code().as_deref()),
        ("/account/security/access", Some("unlinked"))
    );
    assert!(page.text().contains("Nothing else opens your account."), "{}", page.text());
    assert_eq!(page.buttons(), ["Sign out"]);
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
    assert_eq!(portal.count_of("game_sessions", &ann), 0);
    assert_eq!(portal.count("SELECT count(*) AS count FROM devices WHERE switched_off_at IS NULL"), 0);
    assert_eq!(page.click("Continue").await.path(), "/account");
    // Once: the next sign-in of this browser goes where it always went.
    owner.visit("/account").await.press("Sign out").await;
    assert_eq!(sign_in(&owner, &ann, NEW).await.path(), "/account");
    portal.verify().await;
}

/// The list shows where the person was going, for a sign-in by Amazon as well, and a mail without anything to list says so.
#[tokio::test]
async fn the_list_after_a_reset_leads_on_to_where_the_person_was_going() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let mail = asked_mail(&portal, &bo).await;
    let browser = portal.browser();
    browser.visit(&mail.link()).await.fill("new_password", NEW).press("Save password").await;
    let news = portal.mail_to(bo.email()).text;
    assert!(news.contains("Nothing else opens the account") && !news.contains("\n- "), "{news}");
    let form = browser.visit("/sign-in?next=/account/profile").await;
    let page = form.fill("identifier", bo.email()).fill("password", NEW).press("Sign in").await;
    assert_eq!(page.path(), "/account/security/access?next=%2Faccount%2Fprofile");
    assert!(page.text().contains("Nothing else opens your account."), "{}", page.text());
    assert_eq!(page.click("Continue").await.path(), "/account/profile");

    let mail = asked_mail(&portal, &ann).await;
    let browser = portal.browser();
    browser.visit(&mail.link()).await.fill("new_password", NEW).press("Save password").await;
    portal.at_amazon(&browser, "pat").await;
    let page = browser.visit("/sign-in").await.press("Login with Amazon").await;
    assert_eq!(page.path(), "/account/security/access", "{}", page.text());
}

/// Signing in with a revoked account makes its link active again, so it is listed and can be removed.
#[tokio::test]
async fn a_revoked_link_is_listed_and_removed() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    portal.link_becomes(&ann, "revoked");
    let page = portal.browser_of(&ann).visit("/account/security/access").await;
    assert!(page.text().contains("gets in again"), "{}", page.text());
    let page = page.press("Unlink").await;
    assert_eq!(page.code().as_deref(), Some("unlinked"), "{}", page.text());
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
    assert_eq!(portal.endings_of(&ann), ["revoked_by_amazon"]);
    portal.verify().await;
    // The last way in stays.
    let cleo = portal.cleo().await;
    portal.link_becomes(&cleo, "revoked");
    let page = portal.browser_of(&cleo).visit("/account/security/access").await.press("Unlink").await;
    assert_eq!(page.status, 409, "{}", page.text());
    assert_eq!(portal.count_of("amazon_links", &cleo), 1);
}

/// S8: a proven address is enough for a first password.
#[tokio::test]
async fn an_account_made_with_amazon_gets_its_first_password_by_mail() {
    let portal = Portal::start().await;
    let mut cleo = portal.cleo().await;
    portal.run(
        "UPDATE players SET email = 'cleo@example.test', email_key = 'cleo@example.test', \
         email_proven_at = created_at",
    );
    cleo.email = Some("cleo@example.test".into());
    let mail = asked_mail(&portal, &cleo).await;
    let browser = portal.browser();
    browser.visit(&mail.link()).await.fill("new_password", NEW).press("Save password").await;
    assert_eq!(sign_in(&browser, &cleo, NEW).await.path(), "/account/security/access");
}

#[tokio::test]
async fn who_is_signed_in_while_resetting_is_signed_out_too() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let mail = asked_mail(&portal, &bo).await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit(&mail.link()).await.fill("new_password", NEW).press("Save password").await;
    assert_eq!(page.path(), "/sign-in");
    assert_eq!(browser.cookie("session"), None);
}

/// S10, S112: the letter goes to the stored address, whatever the form says beside it.
#[tokio::test]
async fn nobody_adds_an_address_to_the_letter() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let token = browser.visit("/forgot-password").await.csrf();
    let twice = [("csrf", token.as_str()), ("identifier", bo.email()), ("identifier", "evil@example.test")];
    assert_eq!(browser.post("/forgot-password", &twice).await.status, 400);
    let listed = [("csrf", token.as_str()), ("identifier", "bo@example.test,evil@example.test")];
    assert_eq!(browser.post("/forgot-password", &listed).await.status, 303);
    assert_eq!(portal.count("SELECT count(*) AS count FROM mails"), 0);
}
