//! Values whose key is lost (S6): they are still there, everything typed is wrong, and there is a way on.

use super::harness::staff::sign_in as sign_in_at_the_desk;
use super::harness::{Browser, Page, Person, Portal};

const NEW: &str = "nine brown kettles on ice";

async fn sign_in(browser: &Browser, identifier: &str, password: &str) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", identifier).fill("password", password).press_only("Sign in").await
}

/// The person's password hash as it is without its key.
fn loses_its_key(portal: &Portal, table: &str, column: &str, id: &str) {
    // The envelope names a key that no ring has. Both databases write bytes in their own way.
    let envelope = "010474" /* version, length, "t" */.to_owned() + "686965" /* "hie" */ + &"ab".repeat(90);
    let bytes = match portal.sqlite_file() {
        Some(_) => format!("X'{envelope}'"),
        None => format!("'\\x{envelope}'::bytea"),
    };
    assert_eq!(portal.run(&format!("UPDATE {table} SET {column} = {bytes} WHERE id = '{id}'")), 1);
}

fn words(page: &Page) -> (u16, Option<String>, String) {
    (page.status, page.code(), page.text())
}

async fn resets(portal: &Portal, person: &Person) -> Page {
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", person.email()).press_only("Send link").await;
    let form = portal.browser().visit(&portal.mail_to(person.email()).link()).await;
    form.fill("new_password", NEW).press("Save password").await
}

#[tokio::test]
async fn a_password_whose_key_is_lost_is_like_a_wrong_one_and_a_reset_mends_it() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    loses_its_key(&portal, "players", "password_sealed", &bo.id);
    let before = portal.app().passwords.hashes_run();
    let right = sign_in(&portal.browser(), bo.email(), bo.password()).await;
    assert_eq!(portal.app().passwords.hashes_run(), before + 1, "it costs what a wrong one costs");
    assert_eq!((right.status, right.code().as_deref()), (422, Some("credentials_wrong")));
    assert!(right.links().contains(&"Forgot your password?".to_owned()), "{:?}", right.links());
    let nobody = sign_in(&portal.browser(), "nobody@example.test", bo.password()).await;
    let typed = |page: &Page, address: &str| page.text().replace(address, "ADDRESS");
    assert_eq!(
        typed(&right, bo.email()),
        typed(&nobody, "nobody@example.test"),
        "known and unknown look alike"
    );

    // A password is set, so none can be set without it; and a wrong one is never "busy".
    let browser = portal.browser_of(&bo);
    let form = browser.visit("/account/password").await;
    let form = form.fill("current_password", bo.password()).fill("new_password", NEW);
    assert_eq!(form.press("Save password").await.status, 422);
    let stale = portal.stale_browser_of(&bo).visit("/account/email").await;
    assert_eq!(stale.path(), "/account/confirm-identity");
    assert_eq!(stale.fill("password", bo.password()).press("Confirm").await.status, 422);

    assert_eq!(resets(&portal, &bo).await.code().as_deref(), Some("password_reset"));
    assert_eq!(sign_in(&portal.browser(), bo.email(), NEW).await.status, 303);
    portal.verify().await;
}

/// The last way in is counted with it, and the matching address still belongs to somebody.
#[tokio::test]
async fn a_password_whose_key_is_lost_is_still_there() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    loses_its_key(&portal, "players", "password_sealed", &ann.id);
    let unlinked = portal.browser_of(&ann).visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    assert_eq!(unlinked.code().as_deref(), Some("unlinked"), "{}", unlinked.text());
    portal.amazon.admits("twin", "Twin at Amazon", ann.email());
    let browser = portal.browser();
    portal.at_amazon(&browser, "twin").await;
    let asked = browser.visit("/").await.press("Login with Amazon").await;
    assert_eq!(asked.url.path(), "/amazon/match", "{}", asked.text());
    let again = asked.fill("password", ann.password()).press("Link and sign in").await;
    assert_eq!((again.status, again.code().as_deref()), (422, Some("credentials_wrong")), "{}", again.text());
}

#[tokio::test]
async fn a_registration_whose_key_is_lost_begins_again() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let form = browser.visit("/register").await;
    let form = form.fill("display_name", "Dora").fill("email", "dora@example.test").fill("password", NEW);
    let verify = form.press("Create account").await;
    let id = portal.lines("SELECT id AS line FROM registrations").remove(0);
    loses_its_key(&portal, "registrations", "password_sealed", &id);
    let code = portal.mail_to("dora@example.test").code();
    let page = verify.fill("code", &code).press("Confirm email").await;
    assert_eq!((page.status, page.code().as_deref()), (422, Some("registration_gone")), "{}", page.text());
    assert_eq!((portal.count_all("players"), portal.count_all("registrations")), (0, 0));
}

/// A second factor that does not open still counts as one: the right code is wrong, and a password alone is not enough.
#[tokio::test]
async fn a_factor_of_staff_whose_key_is_lost_is_wrong_and_a_recovery_code_signs_in() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "admin").await;
    let codes = portal.desk_of(&sam).visit("/support/recovery-codes").await.press("Make new codes").await;
    let recovery = codes.text_of("li code").unwrap_or_else(|| panic!("{}", codes.text()));
    loses_its_key(&portal, "staff", "totp_sealed", &sam.id);
    let right = sign_in_at_the_desk(&portal.browser(), &sam, &portal.next_code_of(&sam)).await;
    let wrong = sign_in_at_the_desk(&portal.browser(), &sam, "000000").await;
    assert_eq!(words(&right), words(&wrong));
    assert_eq!((right.status, right.code().as_deref()), (422, Some("credentials_wrong")), "{}", right.text());
    let inside = sign_in_at_the_desk(&portal.browser(), &sam, &recovery).await;
    assert_eq!(inside.path(), "/support", "{}", inside.text());

    // The password of staff as well.
    loses_its_key(&portal, "staff", "password_sealed", &sam.id);
    let form = portal.browser().visit("/support/sign-in").await;
    let refused = form.fill("email", &sam.email).fill("password", &sam.password).press("Continue").await;
    assert_eq!((refused.status, refused.code().as_deref()), (422, Some("credentials_wrong")));
}
