//! A refused form leads to its page, which shows the refusal once, to whoever typed it (product §10).

use chrono::TimeDelta;

use super::harness::{Browser, Page, Portal};

/// Sends the form without going on to its page.
async fn refused_sign_in(browser: &Browser, identifier: &str, password: &str) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", identifier).fill("password", password).press_only("Sign in").await
}

fn held(portal: &Portal) -> i64 {
    portal.count_all("held_answers")
}

fn seen(page: &Page) -> (u16, Option<String>, Option<String>) {
    (page.status, page.code(), page.value("identifier"))
}

#[tokio::test]
async fn a_refused_form_leads_to_its_page_which_shows_it_once() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser().stopping_at_refusals();
    let answer = refused_sign_in(&browser, bo.email(), "Wrong lanterns sway at 6").await;
    assert_eq!((answer.status, answer.location()), (303, Some("/sign-in".into())), "{}", answer.text());
    assert!(answer.html.is_empty() && answer.header("retry-after").is_none());
    assert_eq!(held(&portal), 1);
    assert!(!portal.dump().into_values().flatten().any(|row| row.contains("Wrong lanterns")));
    assert_eq!(browser.ask("HEAD", "/sign-in").await.status, 200, "HEAD takes nothing");
    let other = browser.visit("/forgot-password").await;
    assert_eq!(other.status, 200, "another page is as it is");
    let shown = answer.follow().await;
    assert_eq!(seen(&shown), (422, Some("credentials_wrong".into()), Some(bo.email().into())));
    assert!(!shown.html.contains("Wrong lanterns"));
    assert_eq!((held(&portal), browser.cookie("held")), (0, None));
    assert_eq!(seen(&shown.reload().await), (200, None, Some(String::new())), "once");
    // The form of the held page is a form like any other.
    let account = shown.fill("password", bo.password()).press("Sign in").await;
    assert_eq!(account.path(), "/account", "{}", account.text());
    portal.verify().await;
}

/// What a page needs to be the same page again stays in its address.
#[tokio::test]
async fn the_page_knows_where_its_reader_was_going() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let form = portal.browser().visit("/account/profile").await;
    assert_eq!(form.path(), "/sign-in?next=%2Faccount%2Fprofile");
    let shown = form.fill("identifier", bo.email()).fill("password", "wrong").press("Sign in").await;
    assert_eq!((shown.status, shown.path()), (422, "/sign-in?next=%2Faccount%2Fprofile".into()));
    let again = shown.reload().await.fill("identifier", bo.email()).fill("password", bo.password());
    assert_eq!(again.press("Sign in").await.path(), "/account/profile");
}

#[tokio::test]
async fn too_many_tries_are_told_with_the_time_that_is_left() {
    let portal = Portal::start().await;
    let browser = portal.browser().stopping_at_refusals();
    let mut answer = refused_sign_in(&browser, "nobody@example.test", "wrong").await;
    let mut shown = answer.follow().await;
    for _ in 0..60 {
        if shown.status == 429 {
            break;
        }
        answer = refused_sign_in(&browser, "nobody@example.test", "wrong").await;
        shown = answer.follow().await;
    }
    assert_eq!(seen(&shown), (429, Some("throttled".into()), Some("nobody@example.test".into())));
    let first: i64 = shown.header("retry-after").expect("a time").parse().unwrap();
    let words = if first == 1 {
        "Try again in one second.".to_owned()
    } else {
        format!("Try again in {first} seconds.")
    };
    assert_eq!(shown.error_of("password"), Some(format!("Too many tries. {words}")));
    assert!(shown.text_of(".summary").unwrap().contains(&words), "{}", shown.text());
    let answer = refused_sign_in(&browser, "nobody@example.test", "wrong").await;
    portal.wait(TimeDelta::seconds(first.min(5) - 1));
    let shown = answer.follow().await;
    assert!((1..=first).contains(&shown.header("retry-after").unwrap().parse().unwrap()));
}

/// Each form of a player and of staff goes the same way, and ends at a page that can be loaded again.
#[tokio::test]
async fn every_refusal_goes_this_way() {
    let portal = Portal::start().await;
    let (bo, ann) = (portal.bo().await, portal.ann().await);
    let browser = portal.browser_of(&bo).stopping_at_refusals();
    let anns = portal.browser_of(&ann).stopping_at_refusals();
    portal.run(&format!("UPDATE players SET password_sealed = NULL WHERE id = '{}'", ann.id));
    let desk = portal.desk_of(&portal.agent("Uma", "agent").await).stopping_at_refusals();
    let of_bo = format!("/support/players/{}", bo.id);
    for (browser, path, sent_to, field, typed, page) in [
        (&browser, "/account/profile", "/account/profile", "display_name", "Support", "/account/profile"),
        (&browser, "/account/email", "/account/email", "email", "no address", "/account/email"),
        (&browser, "/account/password", "/account/password", "current_password", "x", "/account/password"),
        (&browser, "/account/data/delete", "/account/data/delete", "confirm", "yes", "/account/data/delete"),
        (&browser, "/activate", "/activate", "code", "AAAA-AAAA", "/activate"),
        (&anns, "/account", "/amazon/unlink", "csrf", "", "/amazon/unlink"),
        (&desk, of_bo.as_str(), "/support/actions/note", "player", bo.id.as_str(), of_bo.as_str()),
    ] {
        let form = browser.visit(path).await;
        let mut fields = vec![("csrf", form.csrf())];
        if field != "csrf" {
            fields.push((field, typed.to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = browser.post(sent_to, &fields).await;
        assert_eq!((answer.status, answer.location()), (303, Some(page.into())), "{sent_to}");
        let shown = answer.follow().await;
        assert!(matches!(shown.status, 409 | 422), "{sent_to}: {} {}", shown.status, shown.text());
        if matches!(field, "display_name" | "email") {
            assert_eq!(shown.value(field), Some(typed.into()), "{sent_to}");
        } else if matches!(field, "current_password" | "code") {
            assert!(!shown.html.contains(&format!("value=\"{typed}\"")), "{sent_to}");
        }
        let again = shown.reload().await;
        assert!(matches!(again.status, 200 | 303), "{sent_to}: {} {}", again.status, again.text());
    }
    portal.verify().await;
}

/// Sealed to who typed it: another browser, another session and a later time see the page as it is.
#[tokio::test]
async fn nobody_else_sees_what_was_typed() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser().stopping_at_refusals();

    refused_sign_in(&browser, "typed by one", "wrong").await;
    let other = portal.browser();
    other.visit("/sign-in").await;
    other.plant("held", &browser.cookie("held").unwrap());
    assert_eq!(seen(&other.visit("/sign-in").await), (200, None, Some(String::new())), "another browser");

    let answer = refused_sign_in(&browser, "typed before the sign-in", "wrong").await;
    let kept = answer.held().unwrap();
    let form = browser.visit("/register").await;
    assert_eq!(held(&portal), 1);
    browser
        .post("/sign-in", &[("csrf", &form.csrf()), ("identifier", bo.email()), ("password", bo.password())])
        .await;
    assert_eq!(held(&portal), 0, "a sign-in drops it");
    assert_eq!(browser.visit("/account").await.press("Sign out").await.path(), "/");
    browser.plant("held", &kept);
    assert_eq!(seen(&browser.visit("/sign-in").await), (200, None, Some(String::new())));

    let late = refused_sign_in(&browser, "typed long ago", "wrong").await;
    portal.wait(TimeDelta::minutes(11));
    assert_eq!(seen(&late.follow().await), (200, None, Some(String::new())), "ten minutes");
}

#[tokio::test]
async fn what_a_player_typed_goes_with_their_session() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let bos = portal.browser_of(&bo).stopping_at_refusals();
    let anns = portal.browser_of(&ann);
    let form = bos.visit("/account/profile").await;
    let answer = form.fill("display_name", "Support").press_only("Save").await;
    assert_eq!(held(&portal), 1);
    anns.plant("held", &answer.held().unwrap());
    let hers = anns.visit("/account/profile").await;
    assert_eq!((hers.status, hers.value("display_name")), (200, Some("Ann".into())));
    let answer = bos.visit("/account/profile").await;
    assert_eq!(answer.status, 422, "another try of somebody else takes nothing away");
    form.fill("display_name", "Support").press_only("Save").await;
    bos.visit("/account").await.press("Sign out").await;
    assert_eq!(held(&portal), 0);
    portal.verify().await;
}

/// Two tabs, each with its own refusal: both are shown, each at its page.
#[tokio::test]
async fn two_refusals_at_once_are_both_kept() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let profile = browser.visit("/account/profile").await.fill("display_name", "Support");
    let email = browser.visit("/account/email").await.fill("email", "no address");
    let (profile, email) = tokio::join!(profile.press("Save"), email.press("Send code"));
    assert_eq!((profile.status, profile.value("display_name")), (422, Some("Support".into())));
    assert_eq!((email.status, email.value("email")), (422, Some("no address".into())));
    assert_eq!(held(&portal), 0);
}

/// Clients that want JSON, and browsers that keep no cookies, get the answer directly.
#[tokio::test]
async fn who_cannot_come_back_is_answered_directly() {
    let portal = Portal::start().await;
    let browser = portal.browser().without_cookies().stopping_at_refusals();
    let answer = browser.visit("/sign-in").await.press_only("Sign in").await;
    assert_eq!((answer.status, answer.code()), (403, Some("cookies_needed".into())));
    assert_eq!(held(&portal), 0);
}

/// A form that was rendered for somebody else, or for nobody, is shown again with a token that works.
#[tokio::test]
async fn an_outdated_form_is_shown_again_with_what_was_typed() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser();
    let form = browser.visit("/sign-in").await;
    browser.forget("browser");
    browser.visit("/privacy").await;
    let shown = form.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
    assert_eq!(seen(&shown), (403, Some("csrf".into()), Some(bo.email().into())), "{}", shown.text());
    assert_eq!(shown.path(), "/sign-in");
    assert_eq!((held(&portal), portal.count_of("sessions", &bo)), (0, 0), "nothing is carried out");
    assert!(!browser.cookies().contains(&"held".to_owned()));
    let account = shown.fill("password", bo.password()).press("Sign in").await;
    assert_eq!(account.path(), "/account", "{}", account.text());
    assert_eq!(shown.reload().await.path(), "/account");
    // A button of a page that was rendered before the sign-in.
    let before = portal.browser();
    let (amazon, forgot) = (before.visit("/").await, before.visit("/forgot-password").await);
    let form = before.visit("/sign-in").await.fill("identifier", bo.email()).fill("password", bo.password());
    form.press("Sign in").await;
    let shown = forgot.fill("identifier", "somebody").press("Send link").await;
    assert_eq!(seen(&shown), (403, Some("csrf".into()), Some("somebody".into())));
    let shown = amazon.press("Login with Amazon").await;
    assert_eq!((shown.path(), shown.code()), ("/account".into(), Some("csrf".into())));
}

#[tokio::test]
async fn signing_out_twice_ends_well() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let (one, other) = (browser.visit("/account").await, browser.visit("/account/profile").await);
    assert_eq!(one.press("Sign out").await.code(), Some("signed_out".into()));
    let again = other.press("Sign out").await;
    assert_eq!((again.status, again.path()), (200, "/".into()), "{}", again.text());
    let foreign = browser.post_from_elsewhere("/sign-out", &[("csrf", &other.csrf())]).await;
    assert_eq!(foreign.status, 403, "from elsewhere it is refused as before");
}

/// The session ended while the form was filled in: a word, and the way back to its page.
#[tokio::test]
async fn who_is_signed_out_meanwhile_comes_back_to_the_page_of_the_form() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    for (path, button, page) in [
        ("/account/profile", "Save", "/account/profile"),
        ("/account/security", "Sign out everywhere", "/account/security"),
    ] {
        let browser = portal.browser_of(&bo);
        let form = browser.visit(path).await;
        portal.run(&format!("DELETE FROM sessions WHERE player_id = '{}'", bo.id));
        let asked = form.press(button).await;
        assert_eq!((asked.url.path(), asked.code()), ("/sign-in", Some("session_over".into())), "{path}");
        let asked = asked.fill("identifier", bo.email()).fill("password", bo.password());
        assert_eq!(asked.press("Sign in").await.path(), page);
    }
    let foreign = portal.browser().post_from_elsewhere("/account/profile", &[]).await;
    assert_eq!(foreign.location(), Some("/sign-in".into()));
    assert!(!foreign.headers.contains_key("set-cookie"));
}

/// The proof is given, but the action behind it is refused: its own page says so.
#[tokio::test]
async fn a_refusal_after_fresh_proof_is_shown_at_the_page_of_its_form() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let form = browser.visit("/account/email").await.fill("email", "no address");
    portal.wait(TimeDelta::minutes(11));
    let proof = form.press("Send code").await;
    assert_eq!(proof.path(), "/account/confirm-identity");
    let shown = proof.fill("password", bo.password()).press("Confirm").await;
    assert_eq!((shown.status, shown.path()), (422, "/account/email".into()), "{}", shown.text());
    assert_eq!(shown.value("email"), Some("no address".into()));
    assert_eq!(shown.reload().await.status, 200);
}

#[tokio::test]
async fn going_back_after_a_finished_trip_leads_to_the_account() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    let confirm = confirm.allow_as("Mork Hashimoto").await;
    assert_eq!(confirm.url.path(), "/amazon/confirm");
    confirm.press("Link this account").await;
    let back = confirm.reload().await;
    assert_eq!(
        (back.status, back.path(), back.link_state()),
        (200, "/account".into(), Some("active".into()))
    );
    let stranger = portal.browser_of(&portal.ann().await).visit(&confirm.path()).await;
    assert_eq!((stranger.status, stranger.code()), (400, Some("attempt_unknown".into())));
}

#[tokio::test]
async fn forgot_password_keeps_where_the_visitor_was_going() {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_RETURN_ORIGINS", "https://game.example");
    })
    .await;
    let bo = portal.bo().await;
    let going = "/link/amazon?return_to=https%3A%2F%2Fgame.example%2Foffer";
    let sign_in = portal.browser().visit(going).await;
    let wrong = sign_in.fill("identifier", bo.email()).fill("password", "wrong").press("Sign in").await;
    let forgot = wrong.click("Forgot your password?").await;
    assert_eq!(forgot.click("Back to sign-in").await.path(), sign_in.path(), "and back");
    let asked = forgot.fill("identifier", bo.email()).press("Send link").await;
    assert_eq!(asked.code(), Some("reset_asked".into()));
    // The mail may be opened in another browser.
    let reset = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
    assert_eq!(reset.path(), "/reset-password", "the token has left the address");
    let asked = reset.fill("new_password", "eleven purple otters swim").press("Save password").await;
    assert_eq!(asked.path(), sign_in.path());
    let asked = asked.fill("identifier", bo.email()).fill("password", "eleven purple otters swim");
    let list = asked.press("Sign in").await;
    assert!(
        list.path().starts_with("/account/security/access?next=%2Flink%2Famazon%3Freturn_to"),
        "{}",
        list.path()
    );
}

/// Whoever sends forms and fetches no page fills no table.
#[tokio::test]
async fn a_browser_holds_a_few_answers_at_most() {
    let portal = Portal::start().await;
    let browser = portal.browser().stopping_at_refusals();
    let form =
        browser.visit("/sign-in").await.fill("identifier", "nobody@example.test").fill("password", "x");
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(form.press_only("Sign in").await.status);
    }
    assert_eq!(held(&portal), 8);
    assert_eq!(statuses[..8], [303; 8]);
    assert!(statuses[8..].iter().all(|status| matches!(status, 422 | 429)), "{statuses:?}");
}

/// The page that asks for the code of a new second factor shows its secret, which is stored nowhere.
#[tokio::test]
async fn a_page_with_a_secret_is_answered_directly() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo).stopping_at_refusals();
    let page = browser.visit("/account/two-step").await.press("Turn on").await;
    let refused = page.fill("code", "000000").press_only("Turn on").await;
    assert_eq!((refused.status, held(&portal)), (422, 0), "{}", refused.text());
}

/// What the page of a refused form says: the title of its window, the heading of its summary, and the field.
fn told(page: &Page, field: &str) -> (String, String, Option<String>) {
    let title = page.text_of("title").unwrap();
    (title, page.text_of(".summary h2").unwrap_or_default(), page.error_of(field))
}

/// One manner everywhere. That the summary takes the focus and that the field is marked and described, is asserted of
/// every page of every story, in `response_invariants`.
#[tokio::test]
async fn what_was_wrong_is_in_the_title_on_top_and_at_its_field() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let visitor = portal.browser();
    let sign_in = visitor.visit("/sign-in").await.fill("identifier", bo.email()).fill("password", "wrong");
    let register = visitor.visit("/register").await.fill("display_name", "Dee");
    let register = register.fill("email", "dee@example.test").fill("password", "seven purple otters");
    let verify = register.press("Create account").await.fill("code", "000000");
    let activate = visitor.visit("/activate").await.fill("code", "AAAA-AAAA");
    let bos = portal.browser_of(&bo);
    let email = bos.visit("/account/email").await.fill("email", "bo.new@example.test");
    let email = email.press("Send code").await.fill("code", "000000");
    let password = bos.visit("/account/password").await;
    let password = password.fill("current_password", "wrong").fill("new_password", "seven purple otters");
    let stale = portal.stale_browser_of(&bo);
    let identity = stale.visit("/account/email").await.fill("password", "wrong");
    portal.amazon.admits("twin", "Twin at Amazon", bo.email());
    let twin = portal.browser();
    portal.at_amazon(&twin, "twin").await;
    let matching = twin.visit("/").await.press("Login with Amazon").await.fill("password", "wrong");
    let two_step = portal.person("Eve", true, None).await;
    portal.second_factor_of(&two_step);
    let code = portal.browser().visit("/sign-in").await.fill("identifier", two_step.email());
    let code = code.fill("password", two_step.password()).press("Sign in").await.fill("code", "000000");
    for (form, button, field, page, words) in [
        (sign_in, "Sign in", "password", "Sign in", "That did not match"),
        (verify, "Confirm email", "code", "Check your mail", "That is not the code"),
        (activate, "Continue", "code", "Enter the code", "This code leads nowhere"),
        (email, "Confirm email", "code", "Confirm your email", "That is not the code"),
        (password, "Save", "current_password", "Change your password", "That is not your present password"),
        (identity, "Confirm", "password", "Is it still you?", "That is not your password"),
        (matching, "Link and", "password", "You may already have an account", "That was not the password"),
        (code, "Continue", "code", "One more step", "That code did not work"),
    ] {
        let shown = form.press(button).await;
        assert_eq!(shown.status, 422, "{page}: {}", shown.text());
        let title = format!("Error: {page} · Dovetail");
        assert_eq!(told(&shown, field), (title, words.to_owned(), Some(words.to_owned())));
        assert_eq!(shown.attribute(".summary h2 a", "href"), Some(format!("#{field}")), "{page}");
    }
    let german = portal.browser().speaking("de").visit("/sign-in").await;
    let german = german.fill("identifier", "x").fill("password", "y").press("Anmelden").await;
    assert_eq!(german.text_of("title"), Some("Fehler: Anmelden · Dovetail".into()));
    assert_eq!(visitor.visit("/sign-in").await.text_of("title"), Some("Sign in · Dovetail".into()));
}

/// The cursor stands where a mailed code goes.
#[tokio::test]
async fn a_page_for_a_mailed_code_opens_at_its_field() {
    let portal = Portal::start().await;
    let form = portal.browser().visit("/register").await.fill("display_name", "Dee");
    let form = form.fill("email", "dee@example.test").fill("password", "seven purple otters");
    let verify = form.press("Create account").await;
    assert_eq!(verify.attribute("[autofocus]", "id"), Some("code".into()));
    let bos = portal.browser_of(&portal.bo().await);
    let email = bos.visit("/account/email").await.fill("email", "bo.new@example.test");
    assert_eq!(email.press("Send code").await.attribute("[autofocus]", "id"), Some("code".into()));
}

/// Where the operator has named no address, no sentence sends anybody to support.
#[tokio::test]
async fn support_is_named_where_it_can_be_reached() {
    for address in [None, Some("https://help.example.com/")] {
        let portal = Portal::with(|settings| {
            if let Some(address) = address {
                settings.set("DOVETAIL_SUPPORT_URL", address);
            }
        })
        .await;
        let wrong = portal.browser().visit("/sign-in").await.fill("identifier", "x").fill("password", "y");
        let wrong = wrong.press("Sign in").await;
        let undo = wrong.visit("/account/email/undo?token=nobody-was-sent-this").await;
        let ann = portal.ann().await;
        let ended = portal.browser_of(&ann);
        portal.run(
            "INSERT INTO former_links (id, player_id, amazon_id_hash, linked_at, ended_at, actor, cause) \
             SELECT id, player_id, 'hash', linked_at, checked_at, 'support', 'unlinked_by_support' FROM amazon_links"
        );
        portal.run("DELETE FROM amazon_links");
        let ended = ended.visit("/account").await;
        for (page, code, of) in [
            (&wrong, "credentials_wrong", ".summary .way a[href^='https://help']"),
            (&undo, "undo_unknown", ".notice .way a[href^='https://help']"),
            (&ended, "unlinked_by_support", ".notice .way a[href^='https://help']"),
        ] {
            assert_eq!(page.code().as_deref(), Some(code), "{}", page.text());
            assert_eq!(page.attribute(of, "href").as_deref(), address, "{code}: {}", page.html);
            let words = page.text().replace("Ask support for help", "").to_lowercase();
            assert!(!words.contains("ask support"), "{code}: {words}");
        }
    }
}
