//! Every "I lost …" leads to a way in, or to a page that says the truth: password, second factor, mailbox, Amazon
//! account, and each two of them (S157).

use chrono::TimeDelta;
use dovetail::testing::operations::cleanup;

use super::harness::authenticator::sign_in_with;
use super::harness::second_factor::{give_both, give_password};
use super::harness::{Browser, Page, Person, Portal};

const NEW: &str = "nine brown kettles on ice";

/// Rows of waits that run.
const RUNNING: &str = "SELECT count(*) AS count FROM factor_recoveries WHERE due_at IS NOT NULL";

/// From the page that asks for the code to the mail with the link.
async fn ask_by_mail(waiting: &Page) -> Page {
    let lost = waiting.click("I have lost my second factor").await;
    assert_eq!(lost.path(), "/sign-in/lost-factor", "{}", lost.text());
    lost.press("Mail me the link").await
}

/// The second factor of this person is lost, and the wait begins.
async fn begin_wait(portal: &Portal, person: &Person) -> Browser {
    let browser = portal.browser();
    let asked = ask_by_mail(&give_password(&browser, person).await).await;
    assert_eq!(asked.code().as_deref(), Some("factor_recovery_asked"), "{}", asked.text());
    let mail = portal.mail_to(person.email());
    assert_eq!(mail.kind, "factor-recovery-link");
    let begun = browser.visit(&mail.link()).await.press("Begin the wait").await;
    let code = begun.code();
    assert_eq!((begun.path().as_str(), code.as_deref()), ("/sign-in", Some("factor_recovery_started")));
    assert_eq!(portal.count(RUNNING), 1);
    browser
}

/// The link to cancel, from the newest mail.
fn cancel_link(portal: &Portal, person: &Person) -> String {
    let mail = portal.mail_to(person.email());
    let link = mail.text.split_whitespace().find(|word| word.contains("/lost-factor/cancel?token="));
    link.unwrap_or_else(|| panic!("{mail:?}")).to_owned()
}

/// Once the wait is over: turns the second factor off, and is signed in.
async fn finish(waiting: &Page) -> Page {
    let form = waiting.click("I have lost my second factor").await;
    let form = form.click("Turn off two-step sign-in and sign in").await;
    let done = form.fill("new_password", NEW).press("Turn off two-step sign-in and sign in").await;
    assert_eq!(done.code().as_deref(), Some("factor_recovered"), "{}", done.text());
    done
}

async fn pass(portal: &Portal, time: TimeDelta) {
    portal.wait(time);
    cleanup::clean_up_once(portal.app()).await.unwrap();
}

fn mails_about_it(portal: &Portal, person: &Person) -> Vec<String> {
    let mails = portal.mails_to(person.email()).into_iter().map(|mail| mail.kind);
    mails.filter(|kind| kind.starts_with("factor-recovery") || kind == "two-step-off").collect()
}

async fn reset(portal: &Portal, browser: &Browser, email: &str) -> Page {
    browser.visit("/forgot-password").await.fill("identifier", email).press("Send link").await;
    let form = browser.visit(&portal.mail_to(email).link()).await;
    let saved = form.fill("new_password", NEW).press("Save password").await;
    assert_eq!(saved.code().as_deref(), Some("password_reset"), "{}", saved.text());
    saved.fill("identifier", email).fill("password", NEW).press("Sign in").await
}

#[tokio::test]
async fn a_lost_factor_is_turned_off_by_mail_after_the_wait() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.second_factor_of(&bo);
    portal.recovery_code_of(&bo).await;
    let mut key = portal.passkey_of(&portal.browser_of(&bo)).await;

    // The password alone begins nothing.
    let asked = ask_by_mail(&give_password(&portal.browser(), &bo).await).await;
    assert_eq!((asked.path().as_str(), portal.count(RUNNING)), ("/sign-in/lost-factor", 0));
    assert_eq!(portal.browser_of(&bo).visit("/account").await.code(), None);

    let browser = begin_wait(&portal, &bo).await;
    let runs = portal.mail_to(bo.email());
    assert!(runs.text.contains("4 December 2032, 12:00 UTC"), "{runs:?}");
    assert_eq!(portal.browser().visit(&cancel_link(&portal, &bo)).await.status, 200, "seen, not done");
    for page in ["/account", "/account/security", "/account/profile"] {
        let shown = portal.browser_of(&bo).visit(page).await;
        assert_eq!(shown.code().as_deref(), Some("factor_recovery_runs"), "{page}");
    }
    let early = give_password(&browser, &bo).await.click("I have lost my second factor").await;
    assert!(early.text().contains("The wait runs until 4 December 2032"), "{}", early.text());
    let csrf = browser.visit("/sign-in/two-step").await.csrf();
    let fields = [("csrf", csrf.as_str()), ("new_password", NEW)];
    let refused = browser.post("/sign-in/lost-factor/finish", &fields).await;
    assert_eq!((refused.status, portal.count_of("player_second_factors", &bo)), (303, 1));
    // Whoever asks once more does not begin anew.
    browser.post("/sign-in/lost-factor", &[("csrf", csrf.as_str())]).await;
    assert_eq!(portal.mail_to(bo.email()).kind, "factor-recovery-runs");

    let hour = TimeDelta::hours(1);
    for (time, told) in [(hour, 1), (hour * 23, 2), (hour, 2), (hour * 23, 3), (hour * 24, 3)] {
        pass(&portal, time).await;
        cleanup::clean_up_once(portal.app()).await.unwrap();
        let runs = mails_about_it(&portal, &bo).iter().filter(|kind| *kind == "factor-recovery-runs").count();
        assert_eq!(runs, told);
    }
    assert_eq!(portal.mail_to(bo.email()).kind, "factor-recovery-due");
    cancel_link(&portal, &bo);

    let browser = portal.browser();
    let owner = portal.browser_of(&bo);
    let waiting = give_password(&browser, &bo).await;
    let form = waiting.click("I have lost my second factor").await;
    let form = form.click("Turn off two-step sign-in and sign in").await;
    let short = form.fill("new_password", "9 lamps.").press("Turn off two-step sign-in and sign in").await;
    assert_eq!((short.status, short.error_of("new_password").is_some()), (422, true));
    assert_eq!(finish(&waiting).await.path(), "/account");
    for (table, left) in [
        ("player_second_factors", 0),
        ("player_recovery_codes", 0),
        ("factor_recoveries", 0),
        ("sessions", 1),
    ] {
        assert_eq!(portal.count_of(table, &bo), left, "{table}");
    }
    assert_eq!(owner.visit("/account").await.path(), "/sign-in");
    assert_eq!(portal.mail_to(bo.email()).kind, "two-step-off");
    let events = portal.events_of(&bo);
    for kind in
        ["player.factor_recovery.asked", "player.factor_recovery.started", "player.second_factor.turned_off"]
    {
        assert!(events.contains(&kind.to_owned()), "{kind}: {events:?}");
    }
    assert_eq!(give_password(&portal.browser(), &bo).await.status, 422, "the former password");
    let renewed = Person { password: Some(NEW.to_owned()), ..bo.clone() };
    assert_eq!(give_password(&portal.browser(), &renewed).await.path(), "/account");
    assert_eq!(sign_in_with(&portal.browser(), &mut key).await.path(), "/account", "passkeys stay");
    portal.verify().await;
}

#[tokio::test]
async fn the_wait_ends_by_whatever_shows_that_it_was_not_the_owner() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_THROTTLE", "off");
    })
    .await;
    let bo = portal.bo().await;
    let secret = portal.second_factor_of(&bo);
    let mut key = portal.passkey_of(&portal.browser_of(&bo)).await;
    let is_over = |by: &str| assert_eq!(portal.count_all("factor_recoveries"), 0, "{by}");

    begin_wait(&portal, &bo).await;
    let (link, visitor) = (cancel_link(&portal, &bo), portal.browser());
    let cancelled = visitor.visit(&link).await.press("Keep two-step sign-in on").await;
    assert_eq!(cancelled.code().as_deref(), Some("factor_recovery_cancelled"), "{}", cancelled.text());
    is_over("the mailed link");
    assert_eq!(portal.mail_to(bo.email()).kind, "factor-recovery-cancelled");
    assert!(portal.events_of(&bo).contains(&"player.factor_recovery.ended".to_owned()));
    assert_eq!(visitor.visit(&link).await.status, 404);

    begin_wait(&portal, &bo).await;
    let kept = portal.browser_of(&bo).visit("/account").await.press("Keep two-step sign-in on").await;
    assert_eq!(kept.code().as_deref(), Some("factor_recovery_cancelled"), "{}", kept.text());
    is_over("the button");

    begin_wait(&portal, &bo).await;
    give_both(&portal.browser(), &bo, &portal.next_app_code(&secret)).await;
    is_over("the second factor");

    begin_wait(&portal, &bo).await;
    sign_in_with(&portal.browser(), &mut key).await;
    is_over("a passkey");

    // A cancelled wait is not due either.
    begin_wait(&portal, &bo).await;
    portal.browser().visit(&cancel_link(&portal, &bo)).await.press("Keep two-step sign-in on").await;
    pass(&portal, TimeDelta::hours(73)).await;
    let lost = give_password(&portal.browser(), &bo).await.click("I have lost my second factor").await;
    assert!(lost.text().contains("Mail me the link"), "{}", lost.text());

    begin_wait(&portal, &bo).await;
    reset(&portal, &portal.browser(), bo.email()).await;
    is_over("a new password");

    let bo = Person { password: Some(NEW.to_owned()), ..bo };
    begin_wait(&portal, &bo).await;
    let form = portal.browser_of(&bo).visit("/account/email").await;
    let form = form.fill("email", "new@example.test").press("Send code").await;
    form.fill("code", &portal.mail_to("new@example.test").code()).press("Confirm email").await;
    is_over("another address");
    portal.verify().await;
}

/// S12: whoever has the first factor does not learn whether there is an address.
#[tokio::test]
async fn the_answer_is_the_same_without_an_address() {
    let portal = Portal::start().await;
    let (bo, cleo) = (portal.bo().await, portal.cleo().await);
    portal.second_factor_of(&bo);
    portal.second_factor_of(&cleo);
    let with = ask_by_mail(&give_password(&portal.browser(), &bo).await).await;
    let amazon = portal.browser().visit("/").await.press("Login with Amazon").await;
    let without = ask_by_mail(&amazon.allow_as("山田 花子").await).await;
    assert_eq!((with.code(), with.text()), (without.code(), without.text()));
    assert_eq!((portal.count_all("factor_recoveries"), portal.count_all("mails")), (1, 1));
    assert!(without.text().contains("nobody can let you in"), "{}", without.text());
}

#[tokio::test]
async fn each_loss_and_each_two_of_them_end_in_the_account_or_in_the_truth() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_THROTTLE", "off");
    })
    .await;
    let (ann, bo, cleo) = (portal.ann().await, portal.bo().await, portal.cleo().await);

    // Password, with or without Amazon account: by mail.
    assert_eq!(reset(&portal, &portal.browser(), bo.email()).await.path(), "/account/security/access");

    // Mailbox, with or without Amazon account: the password signs in, and sets another address.
    let bo = Person { password: Some(NEW.to_owned()), ..bo };
    let home = give_password(&portal.browser(), &bo).await;
    let form =
        home.visit("/account/email").await.fill("email", "bo.new@example.test").press("Send code").await;
    let done = form.fill("code", &portal.mail_to("bo.new@example.test").code()).press("Confirm email").await;
    assert_eq!(done.code().as_deref(), Some("email_changed"), "{}", done.text());

    // Password and mailbox: Amazon signs in. Without it the page says who may help, or that nobody can.
    let amazon = portal.browser().visit("/").await.press("Login with Amazon").await;
    assert_eq!(amazon.allow_as("Pat Example").await.path(), "/account");
    let truth = portal.browser().visit("/forgot-password").await.text();
    assert!(truth.contains("sign in with your password, with Amazon or with a passkey"), "{truth}");
    assert!(truth.contains("nobody can let you in"), "{truth}");

    // Amazon account, without a password: the mailed link sets the first one.
    portal.run(&format!(
        "UPDATE players SET email = 'cleo@example.test', email_key = 'cleo@example.test', \
         email_proven_at = created_at WHERE id = '{}'",
        cleo.id
    ));
    assert_eq!(
        reset(&portal, &portal.browser(), "cleo@example.test").await.path(),
        "/account/security/access"
    );

    // Second factor and password: the mail resets the one, and after the wait turns the other off.
    portal.second_factor_of(&ann);
    let waiting = reset(&portal, &portal.browser(), ann.email()).await;
    assert_eq!(waiting.path(), "/sign-in/two-step");
    let ann = Person { password: Some(NEW.to_owned()), ..ann };
    begin_wait(&portal, &ann).await;
    pass(&portal, TimeDelta::hours(72)).await;
    // Second factor and Amazon account: the password does, as here. Second factor alone: Amazon does as well.
    let amazon =
        portal.browser().visit("/").await.press("Login with Amazon").await.allow_as("Pat Example").await;
    assert_eq!(amazon.path(), "/sign-in/two-step", "{}", amazon.text());
    assert_eq!(finish(&amazon).await.path(), "/account");

    // Second factor and mailbox: nobody but support.
    portal.second_factor_of(&cleo);
    let cleo = Person { email: Some("cleo@example.test".to_owned()), password: Some(NEW.to_owned()), ..cleo };
    let lost = give_password(&portal.browser(), &cleo).await.click("I have lost my second factor").await;
    assert!(lost.text().contains("nobody can let you in"), "{}", lost.text());
    portal.verify().await;

    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_SUPPORT_URL", "mailto:help@example.test");
    })
    .await;
    let bo = portal.bo().await;
    portal.second_factor_of(&bo);
    let browser = portal.browser();
    let lost = give_password(&browser, &bo).await.click("I have lost my second factor").await;
    for page in [lost, browser.visit("/forgot-password").await] {
        assert!(page.links().contains(&"Ask support".to_owned()), "{}", page.text());
        assert!(!page.text().contains("nobody can let you in"), "{}", page.text());
    }
}

#[tokio::test]
async fn the_security_page_shows_what_has_begun() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let shown = portal.browser_of(&ann).visit("/account/security").await;
    assert_eq!(shown.code(), None);
    assert!(shown.text().contains("Last seen just now"), "{}", shown.text());
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", ann.email()).press("Send link").await;
    let reset = portal.browser_of(&ann).visit("/account/security").await;
    assert_eq!(reset.code().as_deref(), Some("reset_open"), "{}", reset.text());
    portal.wait(TimeDelta::hours(2));
    let text = |value: &str| format!("'{value}'");
    let sealed = match portal.sqlite_file() {
        Some(_) => "CAST('sealed' AS BLOB)".into(),
        None => "'sealed'::bytea".into(),
    };
    portal.put(
        "code_linkings",
        &[
            ("id", text("linking")),
            ("player_id", text(&ann.id)),
            ("asked_by", text("game")),
            ("pair_sealed", sealed),
            ("interval_seconds", "5".into()),
            ("next_poll_at", portal.moment(1)),
            ("reference", text("a reference")),
            ("network", text("127.0.0.0/24")),
            ("player_version", format!("(SELECT version FROM players WHERE id = '{}')", ann.id)),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(10)),
        ],
    );
    let browser = portal.browser_of(&ann);
    let linking = browser.visit("/account/security").await;
    assert_eq!(linking.code().as_deref(), Some("link_by_code_open"), "the reset is over: {}", linking.text());
    assert!(linking.text().contains("Signed in 2 hours ago"), "{}", linking.text());
    portal.wait(TimeDelta::minutes(11));
    assert_eq!(browser.visit("/account/security").await.code(), None);
}
