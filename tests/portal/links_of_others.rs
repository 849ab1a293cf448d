//! A mailed link that is opened while somebody else is signed in says whose it is and what will happen.

use super::harness::staff::code_at;
use super::harness::{Page, Person, Portal};

const NEW: &str = "nine brown kettles on ice";

async fn reset_link(portal: &Portal, person: &Person) -> String {
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", person.email()).press_only("Send link").await;
    portal.mail_to(person.email()).link()
}

fn warning(page: &Page) -> String {
    page.text_of("[data-code=link_of_another]").unwrap_or_default()
}

#[tokio::test]
async fn a_reset_names_its_account_and_signs_the_other_out() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let link = reset_link(&portal, &bo).await;
    let browser = portal.browser_of(&ann);
    let form = browser.visit(&link).await;
    let said = warning(&form);
    assert!(said.contains("b•••••@example.test") && said.contains("Ann"), "{}", form.text());
    assert!(!said.contains(bo.email()), "{said}");
    let weak = form.clone().fill("new_password", "short").press("Save password").await;
    assert_eq!((weak.status, warning(&weak)), (422, said));
    assert_eq!(portal.count_of("sessions", &ann), 1);

    let done = form.fill("new_password", NEW).press("Save password").await;
    assert_eq!((done.path().as_str(), done.code().as_deref()), ("/sign-in", Some("password_reset")));
    assert_eq!(portal.count_of("sessions", &ann), 0, "Ann's session of this browser has ended");
    assert!(
        portal.events_of(&ann).contains(&"player.session.ended".to_owned()),
        "{:?}",
        portal.events_of(&ann)
    );
    let inside = done.fill("identifier", bo.email()).fill("password", NEW).press("Sign in").await;
    assert!(inside.text().contains("Bo"), "{}", inside.text());
    portal.verify().await;
}

#[tokio::test]
async fn nobody_is_warned_of_their_own_link() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let link = reset_link(&portal, &bo).await;
    assert_eq!(warning(&portal.browser_of(&bo).visit(&link).await), "");
    assert_eq!(warning(&portal.browser().visit(&link).await), "");
}

#[tokio::test]
async fn taking_a_change_of_address_back_names_who_stays() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let bos = portal.browser_of(&bo);
    let page =
        bos.visit("/account/email").await.fill("email", "bo.new@example.test").press("Send code").await;
    let code = portal.mail_to("bo.new@example.test").code();
    page.fill("code", &code).press("Confirm email").await;
    let link = portal.mail_to(bo.email()).link();
    assert_eq!(warning(&bos.visit(&link).await), "");

    let anns = portal.browser_of(&ann);
    let page = anns.visit(&link).await;
    assert!(warning(&page).contains("Ann"), "{}", page.text());
    assert!(page.text().contains("b•••••@example.test"), "{}", page.text());
    let done = page.press("Restore my email").await;
    assert_eq!(done.code().as_deref(), Some("email_restored"), "{}", done.text());
    assert_eq!(portal.count_of("sessions", &ann), 1, "Ann stays signed in");
    assert_eq!(portal.count_of("sessions", &bo), 0);
}

#[tokio::test]
async fn an_enrolment_names_both_members_of_staff() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let lee = portal.agent("lee", "admin").await;
    let said = portal.says(&["staff", "add", "sam@desk.test", "--role", "viewer"]);
    let link = said.lines().find(|line| line.starts_with("http")).unwrap();
    let desk = portal.desk_of(&lee);
    let page = desk.visit(link).await;
    let words = warning(&page);
    assert!(words.contains("sam@desk.test") && words.contains(&lee.email), "{}", page.text());
    assert_eq!(warning(&portal.browser().visit(link).await), "");
    let secret = page.text_of(".secret").unwrap();
    let page = page
        .fill("password", "Turnip lanterns sway at 6")
        .fill("code", &code_at(&secret, portal.clock.now()));
    let done = page.press("Finish").await;
    assert_eq!(done.path(), "/support/recovery-codes", "{}", done.text());
    let left = format!("SELECT count(*) AS count FROM staff_sessions WHERE staff_id = '{}'", lee.id);
    assert_eq!((portal.count(&left), portal.count_all("staff_sessions")), (0, 1));
}
