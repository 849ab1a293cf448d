//! Getting in at the desk: password and code, always both (S122).

use chrono::TimeDelta;

use super::harness::staff::{code_at, sign_in};
use super::harness::{Browser, Page, Portal};

const PASSWORD: &str = "Turnip lanterns sway at 6";

fn sessions(portal: &Portal) -> i64 {
    portal.count_all("staff_sessions")
}

async fn refused_sign_in(portal: &Portal, email: &str, password: &str) -> Page {
    let form = portal.browser().visit("/support/sign-in").await;
    form.fill("email", email).fill("password", password).press("Continue").await
}

#[tokio::test]
async fn the_first_admin_is_made_at_the_terminal_and_enrols_once() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let (status, said) = portal.runs(&["staff", "list"]);
    assert!(status == 0 && said.contains("no staff"), "{said}");
    let (status, said) = portal.runs(&["staff", "add", "Sam@desk.test", "--role", "admin"]);
    assert_eq!(status, 0, "{said}");
    let link = said.lines().find(|line| line.starts_with("http")).unwrap();
    assert_eq!(portal.runs(&["staff", "add", "sam@desk.test", "--role", "viewer"]).0, 1, "once");

    let browser = portal.browser();
    let page = browser.visit(link).await;
    assert_eq!((page.status, page.path()), (200, "/support/enrol".into()), "the token has left the address");
    let secret = page.text_of(".secret").unwrap();
    assert!(page.attribute(".qr path", "d").unwrap().starts_with("M4 4h1v1h-1z"), "a drawing");
    let code = || code_at(&secret, portal.clock.now());

    let short = page.fill("password", "too short 14ch").fill("code", &code()).press("Finish").await;
    assert_eq!(short.status, 422);
    assert!(short.error_of("password").unwrap().contains("15"), "{}", short.text());
    let wrong = page.fill("password", PASSWORD).fill("code", "000000").press("Finish").await;
    assert!(wrong.status == 422 && wrong.error_of("code").is_some(), "{}", wrong.text());
    assert_eq!(sessions(&portal), 0);

    let done = page.fill("password", PASSWORD).fill("code", &code()).press("Finish").await;
    assert_eq!((done.status, done.path()), (200, "/support/recovery-codes".into()), "{}", done.text());
    let shown = done.html.matches("<li><code>").count();
    assert_eq!((shown, portal.count_all("staff_recovery_codes")), (10, 10));
    let again = done.reload().await;
    assert!(again.html.matches("<li><code>").count() == 0 && again.text().contains("You have 10 left"));
    assert_eq!(browser.visit("/support").await.status, 200);

    let dead = portal.browser().visit(link).await;
    assert_eq!(dead.code(), Some("code_expired".into()), "{}", dead.text());
    let out = again.press("Sign out").await;
    assert_eq!(out.path(), "/support/sign-in");
    assert_eq!((sessions(&portal), browser.cookie("staff")), (0, None));
    let (_, said) = portal.runs(&["staff", "list"]);
    assert!(said.contains("admin   active    Sam@desk.test"), "{said}");
    let kinds = portal.lines("SELECT kind AS line FROM audit_events WHERE kind LIKE 'staff.%' ORDER BY kind");
    assert_eq!(kinds, ["staff.account.added", "staff.account.enrolled", "staff.session.ended"]);
}

#[tokio::test]
async fn whoever_cannot_come_in_gets_one_answer() {
    let portal = Portal::start().await;
    let (sam, lee) = (portal.agent("sam", "agent").await, portal.agent("lee", "agent").await);
    portal.run(&format!("UPDATE staff SET totp_sealed = NULL WHERE id = '{}'", lee.id));
    let ann = portal.ann().await;
    let answers = [
        refused_sign_in(&portal, &sam.email, "not the password").await,
        refused_sign_in(&portal, "nobody@desk.test", "not the password").await,
        refused_sign_in(&portal, &lee.email, &lee.password).await,
        refused_sign_in(&portal, ann.email(), ann.password()).await,
    ];
    for answer in &answers {
        assert_eq!((answer.status, answer.code()), (422, Some("credentials_wrong".into())));
        assert_eq!(answer.text(), answers[0].text());
    }
    let refused = "SELECT count(*) AS count FROM audit_events WHERE kind = 'staff.session.refused'";
    assert_eq!(portal.count(refused), 4);
}

/// A member of staff without a factor reaches nothing, a session that they might still have included.
#[tokio::test]
async fn without_a_factor_nobody_reaches_anything() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "admin").await;
    let desk = portal.desk_of(&sam);
    assert_eq!(desk.get("/support").await.status, 200);
    for column in ["totp_sealed", "password_sealed"] {
        let kept = portal.run(&format!("UPDATE staff SET {column} = NULL WHERE id = '{}'", sam.id));
        assert_eq!(kept, 1);
        for path in ["/support", "/support/staff", "/support/audit", "/support/recovery-codes"] {
            let answer = desk.get(path).await;
            let way = answer.location().unwrap();
            assert!(answer.status == 303 && way.starts_with("/support/sign-in"), "{path}: {way}");
        }
        // A password alone leads nowhere: the code page is shown to who has proven nothing as little.
        assert_eq!(refused_sign_in(&portal, &sam.email, &sam.password).await.status, 422);
    }
    assert_eq!(
        portal.browser().get("/support/sign-in/code").await.location(),
        Some("/support/sign-in".into())
    );
}

/// S48: a link into the desk is kept over both halves of the sign-in, and leads nowhere else.
#[tokio::test]
async fn whoever_followed_a_link_lands_there_after_signing_in() {
    let portal = Portal::start().await;
    let lee = portal.agent("lee", "lead").await;
    let wanted = "/support/audit?kind=staff.session.started&from=2032-12-01";
    let signs_in = async |browser: &Browser, address: &str| {
        let form = browser.visit(address).await;
        assert!(form.path().starts_with("/support/sign-in"), "{}", form.path());
        let wrong =
            form.fill("email", &lee.email).fill("password", "not the password").press("Continue").await;
        let form = wrong.fill("email", &lee.email).fill("password", &lee.password);
        let code = form.press("Continue").await;
        let wrong = code.fill("code", "000000").press("Sign in").await;
        wrong.fill("code", &portal.next_code_of(&lee)).press("Sign in").await
    };
    let browser = portal.browser();
    let page = signs_in(&browser, wanted).await;
    assert_eq!((page.status, page.path()), (200, wanted.into()));
    assert_eq!(
        browser.visit(&format!("/support/sign-in?next={}", "%2Fsupport%2Faudit")).await.path(),
        "/support/audit"
    );

    // A session that has ended leads back as well, another language chosen on the way.
    portal.wait(portal.app().config.sessions.staff().idle);
    let again = browser.visit(wanted).await.click("Deutsch").await;
    let form = again.fill("email", &lee.email).fill("password", &lee.password).press("Weiter").await;
    let page = form.fill("code", &portal.next_code_of(&lee)).press("Anmelden").await;
    assert_eq!(page.path(), wanted);

    for elsewhere in [
        "https%3A%2F%2Fevil.example%2Fsupport",
        "%2F%2Fevil.example",
        "%2Fsupport%2Fsign-out",
        "%2Faccount",
        "%2Fsupport%2F..%2Faccount",
    ] {
        let page = signs_in(&portal.browser(), &format!("/support/sign-in?next={elsewhere}")).await;
        assert_eq!(page.path(), "/support", "{elsewhere}");
        portal.run("DELETE FROM throttles");
    }
    let post = portal.browser();
    let csrf = post.visit("/support/sign-in").await.csrf();
    let answer = post.post("/support/audit/export", &[("csrf", &csrf)]).await;
    assert_eq!(answer.location(), Some("/support/sign-in".into()), "nothing is sent again by itself");
}

#[tokio::test]
async fn a_viewer_enrols_and_reaches_what_a_viewer_may() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let said = portal.says(&["staff", "add", "vic@desk.test", "--role", "viewer"]);
    let browser = portal.browser();
    let page = browser.visit(said.lines().find(|line| line.starts_with("http")).unwrap()).await;
    let code = code_at(&page.text_of(".secret").unwrap(), portal.clock.now());
    let codes = page.fill("password", PASSWORD).fill("code", &code).press("Finish").await;
    assert_eq!(codes.path(), "/support/recovery-codes");
    let home = codes.click("I have kept them").await;
    assert_eq!((home.status, home.path()), (200, "/support".into()));
    assert!(home.text().contains("Nothing waits.") && home.text().contains("Viewer"), "{}", home.text());
    assert!(!home.links().iter().any(|link| link == "Audit" || link == "Staff"), "{:?}", home.links());
    for path in ["/support/audit", "/support/staff"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn few_recovery_codes_are_told_before_they_are_needed() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let desk = portal.desk_of(&sam);
    assert!(desk.visit("/support").await.text().contains("no recovery codes left"));
    desk.visit("/support/recovery-codes").await.press("Make new codes").await;
    assert!(desk.visit("/support").await.text().contains("Nothing waits."));
    let last = "(SELECT id FROM staff_recovery_codes ORDER BY id LIMIT 8)";
    assert_eq!(portal.run(&format!("DELETE FROM staff_recovery_codes WHERE id IN {last}")), 8);
    let page = desk.visit("/support").await;
    let page = page.click("You have 2 recovery codes left. Make new ones before you lose your phone.").await;
    assert!(page.press("Make new codes").await.text().contains("not shown again"));
}

#[tokio::test]
async fn a_code_works_once_and_so_does_every_earlier_one() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let (before, now) = (portal.code_of(&sam), portal.next_code_of(&sam));
    let home = sign_in(&portal.browser(), &sam, &now).await;
    assert_eq!((home.status, home.path()), (200, "/support".into()), "{}", home.text());
    for used in [&now, &before] {
        let answer = sign_in(&portal.browser(), &sam, used).await;
        assert_eq!((answer.status, answer.code()), (422, Some("credentials_wrong".into())));
    }
    assert_eq!(sessions(&portal), 1);
    assert_eq!(sign_in(&portal.browser(), &sam, &portal.next_code_of(&sam)).await.path(), "/support");
}

#[tokio::test]
async fn of_two_who_enter_one_code_at_once_one_gets_in() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let mut pages = Vec::new();
    for _ in 0..4 {
        let form = portal.browser().visit("/support/sign-in").await;
        let form = form.fill("email", &sam.email).fill("password", &sam.password);
        pages.push(form.press("Continue").await.fill("code", &portal.code_of(&sam)));
    }
    let answers = futures_util::future::join_all(pages.iter().map(|page| page.press_only("Sign in"))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422, 422, 422]);
    assert_eq!(sessions(&portal), 1);
}

#[tokio::test]
async fn codes_cannot_be_tried_out() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let tries = portal.app().config.policy.codes.tries;
    for number in 0..tries {
        let wrong = format!("{number:06}");
        assert_eq!(sign_in(&portal.browser(), &sam, &wrong).await.status, 422);
    }
    // From another browser and network as well, and with the right code.
    let answer = sign_in(&portal.browser(), &sam, &portal.code_of(&sam)).await;
    assert_eq!((answer.status, answer.code()), (429, Some("throttled".into())));
    assert_eq!(sessions(&portal), 0);
    portal.wait(portal.app().config.policy.guessing.window);
    assert_eq!(sign_in(&portal.browser(), &sam, &portal.code_of(&sam)).await.path(), "/support");
}

#[tokio::test]
async fn guesses_at_a_password_are_counted_before_they_are_checked() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let forms = futures_util::future::join_all((0..40).map(|_| async {
        let form = portal.browser().visit("/support/sign-in").await;
        form.fill("email", "SAM@desk.test").fill("password", "not the password")
    }))
    .await;
    let before = portal.app().passwords.hashes_run();
    futures_util::future::join_all(forms.iter().map(|form| form.press_only("Continue"))).await;
    let free = u64::from(portal.app().config.policy.guessing.free_failures);
    assert_eq!(portal.app().passwords.hashes_run() - before, free);
    assert_eq!(refused_sign_in(&portal, &sam.email, &sam.password).await.status, 429);
}

/// S16: nobody else's guesses keep a browser out that signed in before.
#[tokio::test]
async fn a_known_browser_is_counted_by_itself() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let own = portal.browser();
    let home = sign_in(&own, &sam, &portal.code_of(&sam)).await;
    home.press("Sign out").await;
    for _ in 0..=portal.app().config.policy.guessing.free_failures {
        refused_sign_in(&portal, &sam.email, "not the password").await;
    }
    assert_eq!(refused_sign_in(&portal, &sam.email, &sam.password).await.status, 429);
    assert_eq!(sign_in(&own, &sam, &portal.next_code_of(&sam)).await.path(), "/support");
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_in_any_spelling() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let desk = portal.desk_of(&sam);
    let page = desk.visit("/support/recovery-codes").await.press("Make new codes").await;
    let code = page.text_of(".codes code").unwrap();
    let dump = portal.dump()["staff_recovery_codes"].join("");
    assert!(!dump.contains(&code) && !dump.contains(&code.replace('-', "")), "kept as hashes");
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(sign_in(&portal.browser(), &sam, &typed).await.path(), "/support");
    assert_eq!(sign_in(&portal.browser(), &sam, &code).await.status, 422);
    let page = desk.visit("/support/recovery-codes").await;
    assert!(page.text().contains("You have 9 left"), "{}", page.text());
}

#[tokio::test]
async fn a_session_at_the_desk_is_short_and_there_are_few() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let lifetime = portal.app().config.sessions.staff();
    let idle = portal.desk_of(&sam);
    portal.wait(lifetime.idle);
    assert_eq!(idle.get("/support").await.status, 303, "idle");

    let busy = portal.desk_of(&sam);
    let mut passed = TimeDelta::zero();
    while passed < lifetime.max - TimeDelta::minutes(10) {
        portal.wait(TimeDelta::minutes(10));
        passed += TimeDelta::minutes(10);
        assert_eq!(busy.get("/support").await.status, 200, "used all the time, after {passed}");
        portal.use_is_noted().await;
    }
    portal.wait(TimeDelta::minutes(10));
    assert_eq!(busy.get("/support").await.status, 303, "over");

    portal.run("DELETE FROM staff_sessions");
    let mut browsers = Vec::new();
    for _ in 0..4 {
        let browser = portal.browser();
        assert_eq!(sign_in(&browser, &sam, &portal.next_code_of(&sam)).await.path(), "/support");
        browsers.push(browser);
    }
    assert_eq!(sessions(&portal), i64::from(portal.app().config.sessions.per_agent));
    assert_eq!(browsers[0].get("/support").await.status, 303, "the oldest went");
    assert_eq!(browsers[3].get("/support").await.status, 200);
}

/// S28: what changes something wants proof of the last five minutes, by password and code.
#[tokio::test]
async fn proof_is_password_and_code_and_what_was_interrupted_goes_on() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let desk = portal.stale_desk_of(&sam);
    let tab = desk.second_tab().visit("/support/recovery-codes").await;
    let asked = tab.press("Make new codes").await;
    assert_eq!(asked.path(), "/support/confirm-identity");
    let half = asked.fill("password", &sam.password).fill("code", "000000").press("Confirm").await;
    assert_eq!((half.status, half.code()), (422, Some("credentials_wrong".into())));
    let code = portal.code_of(&sam);
    let half = asked.fill("password", "not the password").fill("code", &code).press("Confirm").await;
    assert_eq!(half.status, 422);
    let done = asked.fill("password", &sam.password).fill("code", &code).press("Confirm").await;
    assert_eq!(
        (done.path(), done.html.matches("<li><code>").count()),
        ("/support/recovery-codes".into(), 10)
    );
    assert_eq!(tab.press("Make new codes").await.path(), "/support/recovery-codes", "other tabs still work");
    portal.wait(portal.app().config.sessions.staff_fresh_for);
    assert_eq!(tab.press("Make new codes").await.path(), "/support/confirm-identity");
}

#[tokio::test]
async fn staff_and_players_do_not_mix() {
    let portal = Portal::start().await;
    let (sam, ann) = (portal.agent("sam", "admin").await, portal.ann().await);
    let desk = portal.desk_of(&sam);
    assert_eq!(desk.get("/account").await.location(), Some("/sign-in".into()));
    let player = portal.browser_of(&ann);
    assert_eq!(player.get("/support").await.location(), Some("/support/sign-in".into()));
    portal.sign_in(&desk, &ann);
    let home = desk.visit("/support").await;
    assert!(home.text().contains(&sam.email) && !home.text().contains(&ann.name), "{}", home.text());
    assert!(desk.visit("/account").await.text().contains(&ann.name));
    home.press("Sign out").await;
    assert_eq!(desk.get("/account").await.status, 200, "leaving the desk leaves the player signed in");
}

#[tokio::test]
async fn resetting_the_factor_takes_everything_and_invites_anew() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let sam = portal.agent("sam", "lead").await;
    let desk = portal.desk_of(&sam);
    let (status, said) = portal.runs(&["staff", "reset-mfa", &sam.email]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(desk.get("/support").await.status, 303);
    assert_eq!(refused_sign_in(&portal, &sam.email, &sam.password).await.status, 422);
    let page = portal.browser().visit(said.lines().find(|line| line.starts_with("http")).unwrap()).await;
    let secret = page.text_of(".secret").unwrap();
    assert_ne!(secret.replace(' ', ""), sam.secret);
    let code = code_at(&secret, portal.clock.now());
    let done = page.fill("password", PASSWORD).fill("code", &code).press("Finish").await;
    assert_eq!(done.path(), "/support/recovery-codes");
    assert!(done.text().contains("Lead"), "the role stays: {}", done.text());
}
