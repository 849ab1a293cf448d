//! Registering: a form, a mailed code, an account; and what strangers learn on the way, which is nothing.

use chrono::TimeDelta;
use dovetail::testing::config::CodePolicy;

use super::harness::{Browser, Page, Portal};

const PASSWORD: &str = "seven purple otters";

fn codes(portal: &Portal) -> CodePolicy {
    portal.app().config.policy.codes
}

async fn begin(browser: &Browser, name: &str, email: &str) -> Page {
    let form = browser.visit("/register").await;
    form.fill("display_name", name)
        .fill("email", email)
        .fill("password", PASSWORD)
        .press("Create account")
        .await
}

async fn enter(page: &Page, code: &str) -> Page {
    page.clone().fill("code", code).press("Confirm email").await
}

/// Six digits that are not these.
fn another(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

/// What a page says, without what differs on every page.
fn words(page: &Page) -> (u16, String, Option<String>, String) {
    (page.status, page.path(), page.code(), page.text())
}

#[tokio::test]
async fn the_mailed_code_makes_the_account_and_signs_in() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let form = browser.visit("/register?next=/account/profile").await;
    let form =
        form.fill("display_name", "Dora").fill("email", " Dora@Example.TEST ").fill("password", PASSWORD);
    let verify = form.press("Create account").await;
    assert_eq!(verify.path(), "/register/verify");
    assert!(verify.text().contains("D•••••@example.test"), "{}", verify.text());
    assert_eq!(portal.count("SELECT count(*) AS count FROM players"), 0);

    let mail = portal.mail_to("Dora@example.test");
    assert_eq!(mail.kind, "registration-code");
    assert!(!mail.text.contains("Dora"), "{}", mail.text);
    let code = mail.code();
    let typed = format!(" {} {} ", &code[..3], &code[3..]);
    let answer = verify.fill("code", &typed).press_only("Confirm email").await;
    assert_eq!((answer.status, answer.location()), (303, Some("/account/profile".into())));

    let account = browser.visit("/account").await;
    assert_eq!(account.path(), "/account");
    assert!(account.text().contains("Dora"), "{}", account.text());
    assert_eq!(account.code(), Some("registered".into()));
    assert_eq!(portal.count("SELECT count(*) AS count FROM registrations"), 0);
    let kinds = portal.lines("SELECT kind AS line FROM audit_events ORDER BY kind");
    assert_eq!(kinds, ["player.account.registered", "player.session.started"]);

    let elsewhere = portal.browser().visit("/sign-in").await;
    let elsewhere = elsewhere.fill("identifier", "dora@example.test").fill("password", PASSWORD);
    assert_eq!(elsewhere.press("Sign in").await.path(), "/account");
}

#[tokio::test]
async fn a_form_that_is_not_accepted_says_why_and_keeps_all_but_the_password() {
    let portal = Portal::start().await;
    for language in ["en", "de"] {
        let browser = portal.browser().speaking(language);
        let token = browser.visit("/register").await.csrf();
        let fields = [
            ("csrf", token.as_str()),
            ("display_name", "Admin"),
            ("email", "no address"),
            ("password", "short"),
        ];
        let page = browser.post("/register", &fields).await;
        assert_eq!(page.status, 422);
        for field in ["display_name", "email", "password"] {
            let sentence = page.text_of(&format!("#{field}-error")).unwrap_or_default();
            assert!(sentence.ends_with('.'), "{language} {field}: {sentence:?}");
        }
        assert!(page.html.contains("value=\"Admin\"") && page.html.contains("value=\"no address\""));
        assert!(!page.html.contains("short"), "the password came back");
    }
    assert_eq!(portal.count("SELECT count(*) AS count FROM registrations"), 0);
    assert_eq!(portal.count("SELECT count(*) AS count FROM mails"), 0);
    assert_eq!(portal.app().passwords.hashes_run(), 0);
}

/// S12, S60: whoever registers an address that has an account sees what everybody sees, and no code works.
#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let (free, taken) = (portal.browser(), portal.browser());
    let hashes = || portal.app().passwords.hashes_run();
    let before = hashes();
    let at_free = begin(&free, "Eve", "ba@example.test").await;
    let cost = hashes() - before;
    let at_taken = begin(&taken, "Eve", "BO@example.test").await;
    assert_eq!(hashes() - before, 2 * cost);
    let mask = |page: &Page| {
        let (status, path, code, text) = words(page);
        (status, path, code, text.replace("B•••••", "b•••••"))
    };
    assert_eq!(mask(&at_free), mask(&at_taken));

    let wrong = another(&portal.mail_to("ba@example.test").code());
    assert_eq!(mask(&enter(&at_free, &wrong).await), mask(&enter(&at_taken, &wrong).await));

    let told = portal.mails_to(bo.email());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind, "registration-taken");
    assert!(told[0].text.contains("Bo") && !told[0].text.contains("Eve"), "{}", told[0].text);
    assert_eq!(portal.count("SELECT count(*) AS count FROM players"), 1);
}

/// S60: two browsers register one address; each needs its own mail's code, and the first to finish wins.
#[tokio::test]
async fn the_first_to_prove_an_address_has_it() {
    let portal = Portal::start().await;
    let (one, other) = (portal.browser(), portal.browser());
    let at_one = begin(&one, "Fay", "fay@example.test").await;
    let code_of_one = portal.mail_to("fay@example.test").code();
    let at_other = begin(&other, "Not Fay", "fay@example.test").await;
    let code_of_other = portal.mail_to("fay@example.test").code();

    if code_of_one != code_of_other {
        assert_eq!(enter(&at_other, &code_of_one).await.code(), Some("code_wrong".into()));
    }
    assert_eq!(enter(&at_one, &code_of_one).await.path(), "/account");
    let late = enter(&at_other, &code_of_other).await;
    assert_eq!((late.status, late.code()), (422, Some("code_wrong".into())));
    let again = enter(&late, &code_of_other).await;
    assert_eq!(again.code(), Some("code_wrong".into()));

    let kinds: Vec<String> = portal.mails_to("fay@example.test").into_iter().map(|mail| mail.kind).collect();
    assert_eq!(kinds, ["registration-code", "registration-code", "registration-taken"]);
    assert_eq!(portal.lines("SELECT display_name AS line FROM players"), ["Fay"]);
    assert_ne!(other.visit("/account").await.path(), "/account");
}

#[tokio::test]
async fn a_code_works_in_the_browser_that_registered_and_nowhere_else() {
    let portal = Portal::start().await;
    begin(&portal.browser(), "Gil", "gil@example.test").await;
    let code = portal.mail_to("gil@example.test").code();
    let stranger = portal.browser();
    assert_eq!(stranger.visit("/register/verify").await.path(), "/register");
    let token = stranger.visit("/register").await.csrf();
    let answer = stranger.post("/register/verify", &[("csrf", &token), ("code", &code)]).await;
    assert_eq!((answer.status, answer.code()), (422, Some("registration_gone".into())));
    assert_eq!(portal.count("SELECT count(*) AS count FROM players"), 0);
}

#[tokio::test]
async fn five_wrong_codes_kill_a_code_and_a_new_one_works() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let mut page = begin(&browser, "Hal", "hal@example.test").await;
    let code = portal.mail_to("hal@example.test").code();
    for tried in 1..=codes(&portal).tries {
        page = enter(&page, &another(&code)).await;
        let expected = if tried < codes(&portal).tries { "code_wrong" } else { "too_many_tries" };
        assert_eq!((page.status, page.code()), (422, Some(expected.into())), "try {tried}");
    }
    page = enter(&page, &code).await;
    assert_eq!(page.code(), Some("too_many_tries".into()), "the right code came too late");

    page = page.press("Send a new code").await;
    assert_eq!((page.path(), page.code()), ("/register/verify".into(), Some("code_sent".into())));
    let new = portal.mail_to("hal@example.test").code();
    if new != code {
        page = enter(&page, &code).await;
        assert_eq!(page.code(), Some("code_wrong".into()), "the old code is dead");
    }
    assert_eq!(enter(&page, &new).await.path(), "/account");
}

/// S14: counted before it is checked, so that guesses side by side are not free.
#[tokio::test]
async fn guesses_side_by_side_share_the_five_tries() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let page = begin(&browser, "Ida", "ida@example.test").await;
    let code = another(&portal.mail_to("ida@example.test").code());
    let guesses = (0..20).map(|_| {
        let page = page.clone();
        let code = code.clone();
        async move { enter(&page, &code).await.code() }
    });
    let answers = futures_util::future::join_all(guesses).await;
    let wrong = answers.iter().filter(|code| code.as_deref() == Some("code_wrong")).count();
    assert_eq!(wrong, codes(&portal).tries as usize - 1, "{answers:?}");
    let tries = portal.count("SELECT tries AS count FROM registrations");
    assert_eq!(tries, i64::from(codes(&portal).tries));
}

#[tokio::test]
async fn a_code_sent_twice_at_once_makes_one_account() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let page = begin(&browser, "Jo", "jo@example.test").await;
    let code = portal.mail_to("jo@example.test").code();
    let page = page.fill("code", &code);
    let (one, other) = tokio::join!(page.press_only("Confirm email"), page.press_only("Confirm email"));
    let mut answers = [one.status, other.status];
    answers.sort_unstable();
    assert!(matches!(answers, [303, 303 | 422]), "{answers:?}");
    assert_eq!(portal.count("SELECT count(*) AS count FROM players"), 1);
    assert_eq!(portal.count("SELECT count(*) AS count FROM sessions"), 1);
}

#[tokio::test]
async fn a_registration_is_forgotten_after_its_hour() {
    let portal = Portal::start().await;
    let page = begin(&portal.browser(), "Kim", "kim@example.test").await;
    let code = portal.mail_to("kim@example.test").code();
    portal.wait(codes(&portal).registration_waits_for + TimeDelta::seconds(1));
    let answer = enter(&page, &code).await;
    assert_eq!((answer.status, answer.code()), (422, Some("registration_gone".into())));
    assert_eq!(answer.browser().visit("/register/verify").await.path(), "/register");
}

#[tokio::test]
async fn a_code_that_is_too_old_is_replaced() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_REGISTRATION_TTL", "5h");
    })
    .await;
    let page = begin(&portal.browser(), "Lou", "lou@example.test").await;
    let code = portal.mail_to("lou@example.test").code();
    portal.wait(codes(&portal).holds_for);
    let late = enter(&page, &code).await;
    assert_eq!((late.status, late.code()), (422, Some("code_expired".into())));
    let page = late.press("Send a new code").await;
    let code = portal.mail_to("lou@example.test").code();
    assert_eq!(enter(&page, &code).await.path(), "/account");
}

/// S15, S17, S20: three mails an hour to one address, however it is spelled, and a fair refusal.
#[tokio::test]
async fn one_address_gets_three_mails_an_hour() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for address in ["mo@example.test", bo.email()] {
        let before = portal.app().passwords.hashes_run();
        let mut answers = Vec::new();
        for spelling in
            [address.to_owned(), address.to_uppercase(), address.to_owned(), address.to_uppercase()]
        {
            answers.push(begin(&portal.browser(), "Mo", &spelling).await);
        }
        let refused = answers.pop().unwrap();
        assert!(answers.iter().all(|page| page.path() == "/register/verify"));
        assert_eq!((refused.status, refused.code()), (429, Some("throttled".into())));
        assert!(refused.html.contains("value=\"Mo\""), "what was typed is kept");
        let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert_eq!(portal.app().passwords.hashes_run() - before, 3, "a refusal costs no hash");
        portal.wait(TimeDelta::seconds(wait));
        let page = begin(&portal.browser(), "Mo", address).await;
        assert_eq!(page.path(), "/register/verify", "Retry-After is honoured");
    }
}

/// S16: what strangers in other networks ask for neither refuses the owner nor takes the mail, up to a ceiling.
#[tokio::test]
async fn strangers_block_no_address() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_TRUSTED_PROXIES", "127.0.0.0/8");
    })
    .await;
    let address = "mo@example.test";
    for network in ["203.0.113.9", "203.0.112.9", "203.0.111.9"] {
        for _ in 0..3 {
            let page = begin(&portal.browser().at(network), "Mo", address).await;
            assert_eq!(page.path(), "/register/verify");
        }
        let refused = begin(&portal.browser().at(network), "Mo", address).await;
        assert_eq!(refused.status, 429, "who asks too often is told");
    }
    let before = portal.mails_to(address).len();
    let page = begin(&portal.browser().at("198.51.100.7"), "Mo", address).await;
    assert_eq!((page.path().as_str(), portal.mails_to(address).len()), ("/register/verify", before + 1));
    let code = portal.mail_to(address).code();
    for _ in 0..2 {
        begin(&portal.browser().at("192.0.2.9"), "Mo", address).await;
    }
    assert_eq!(portal.mails_to(address).len(), 12);
    let over = begin(&portal.browser().at("192.0.2.9"), "Mo", address).await;
    assert_eq!(over.path(), "/register/verify", "past the ceiling the page is the same");
    assert_eq!(portal.mails_to(address).len(), 12, "and nothing is sent");
    // A new code that cannot be mailed leaves the mailed one as it is.
    let page = page.press("Send a new code").await;
    assert_eq!((page.status, portal.mails_to(address).len()), (200, 12));
    assert_eq!(enter(&page, &code).await.path(), "/account");
}

#[tokio::test]
async fn new_codes_count_as_mails_and_the_page_stays() {
    let portal = Portal::start().await;
    let mut page = begin(&portal.browser(), "Nia", "nia@example.test").await;
    for _ in 0..2 {
        page = page.press("Send a new code").await;
    }
    let refused = page.press("Send a new code").await;
    assert_eq!((refused.status, refused.code()), (429, Some("throttled".into())));
    assert_eq!(portal.mails_to("nia@example.test").len(), 3);
    let code = portal.mail_to("nia@example.test").code();
    assert_eq!(enter(&refused, &code).await.path(), "/account", "the newest code still works");
}

#[tokio::test]
async fn who_is_signed_in_has_nothing_to_register() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    for path in ["/register", "/register/verify"] {
        assert_eq!(browser.visit(path).await.path(), "/account");
    }
}

#[tokio::test]
async fn a_name_that_is_markup_stays_a_name() {
    let portal = Portal::start().await;
    let page = begin(&portal.browser(), "<b>Pip</b>", "pip@example.test").await;
    let account = enter(&page, &portal.mail_to("pip@example.test").code()).await;
    assert!(account.text().contains("<b>Pip</b>") && !account.html.contains("<b>Pip</b>"));
}
