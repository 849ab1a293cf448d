//! Names, language, and the choice of a language by who has no account.

use super::harness::Portal;

#[tokio::test]
async fn a_profile_is_saved_and_shown_again() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    let page = browser.visit("/account/profile").await;
    assert!(!page.text().contains("how you sign in"), "the user name is for signing in: {}", page.text());
    let page = page.fill("display_name", "Bo the Brave").fill("user_name", "Bo.Brave").press("Save").await;
    assert_eq!((page.path(), page.code()), ("/account/profile".into(), Some("saved".into())));
    assert_eq!(page.value("display_name"), Some("Bo the Brave".into()));
    assert_eq!(page.value("user_name"), Some("Bo.Brave".into()));
}

#[tokio::test]
async fn a_profile_is_read_in_the_language_it_chose() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await).speaking("en");
    let page = browser.visit("/account/profile").await.fill("language", "de").press("Save").await;
    assert_eq!((page.h1(), page.attribute("html", "lang")), ("Profil".into(), Some("de".into())));
    let page = page.fill("language", "").press("Speichern").await;
    assert_eq!(page.attribute("html", "lang"), Some("en".into()));
}

#[tokio::test]
async fn each_field_says_what_is_wrong_with_it_and_keeps_what_was_typed() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.bo().await);
    for (field, typed) in [
        ("display_name", " "),
        ("display_name", "Support"),
        ("user_name", "a b"),
        ("user_name", "ab"),
        ("user_name", "bo@example.test"),
        ("language", "xx"),
    ] {
        let page = browser.visit("/account/profile").await;
        let fields = [("csrf", page.csrf()), ("display_name", "Bo".into()), (field, typed.to_owned())];
        let mut sent: Vec<(&str, &str)> = Vec::new();
        for (name, value) in &fields {
            sent.retain(|(known, _)| known != name);
            sent.push((name, value));
        }
        let page = browser.post("/account/profile", &sent).await;
        assert_eq!(page.status, 422, "{field} {typed:?}");
        assert!(page.error_of(field).is_some_and(|sentence| !sentence.is_empty()), "{field} {typed:?}");
        if field != "language" {
            assert_eq!(page.value(field), Some(typed.to_owned()));
        }
    }
}

#[tokio::test]
async fn a_user_name_is_one_players_and_stays() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let anns = portal.browser_of(&ann).visit("/account/profile").await;
    let anns = anns.fill("user_name", "Falcon").press("Save").await;
    assert_eq!(anns.status, 200);
    let bos = portal
        .browser_of(&bo)
        .visit("/account/profile")
        .await
        .fill("user_name", "fALCON")
        .press("Save")
        .await;
    assert_eq!(bos.status, 422);
    assert!(bos.error_of("user_name").is_some());
    let anns = anns.fill("user_name", "").press("Save").await;
    assert_eq!(anns.status, 422);
    assert!(anns.error_of("user_name").is_some());
}

#[tokio::test]
async fn who_wants_amazons_name_gets_it_at_once() {
    let portal = Portal::start().await;
    let browser = portal.browser_of(&portal.ann().await);
    let page = browser.visit("/account/profile").await.tick("sync_display_name").press("Save").await;
    let name = portal.lines("SELECT amazon_name AS line FROM amazon_links").pop();
    assert_eq!(page.value("display_name"), name);
    let bos = portal.browser_of(&portal.bo().await).visit("/account/profile").await;
    assert_eq!(bos.attribute("#sync_display_name", "type"), None, "nothing to follow without a link");
}

#[tokio::test]
async fn a_visitor_chooses_a_language_at_the_foot_of_a_page() {
    let portal = Portal::start().await;
    let browser = portal.browser().speaking("en");
    let page = browser.visit("/sign-in?next=%2Faccount%2Fprofile").await;
    let page = page.click("Deutsch").await;
    assert_eq!(page.attribute("html", "lang"), Some("de".into()));
    assert_eq!(page.value("next"), Some("/account/profile".into()), "the way on is kept");
    let page = browser.visit("/privacy").await;
    assert_eq!(page.attribute("html", "lang"), Some("de".into()), "the choice is remembered");
    assert_eq!(page.click("English").await.attribute("html", "lang"), Some("en".into()));
}
