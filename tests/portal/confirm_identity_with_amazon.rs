//! Fresh proof of identity: what was interrupted goes on by itself, once.

use std::process::Command;

use super::harness::{Browser, Page, Person, Portal};

/// Proves with the password; the page is the one that asks for it.
async fn with_password(page: &Page, person: &Person) -> Page {
    assert_eq!(page.url.path(), "/account/confirm-identity", "{}", page.text());
    page.clone().fill("password", person.password()).press("Confirm").await
}

async fn stale(portal: &Portal, person: &Person, customer: &str) -> Browser {
    let browser = portal.stale_browser_of(person);
    portal.at_amazon(&browser, customer).await;
    browser
}

/// Addresses of the table of routes whose POST asks for fresh proof.
fn forms_that_need_proof() -> Vec<String> {
    let mut dovetail = Command::new(env!("CARGO_BIN_EXE_dovetail"));
    let output = dovetail.args(["routes", "--json"]).env_clear().env("DOVETAIL_MODE", "development").output();
    let routes: Vec<serde_json::Value> = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let of_players = routes.iter().filter(|route| route["who"] == "player" && route["method"] == "POST");
    let fresh = of_players.filter(|route| route["fresh"] == true);
    fresh.map(|route| route["path"].as_str().unwrap().to_owned()).collect()
}

mod what_was_interrupted {
    use super::*;

    #[tokio::test]
    async fn a_link_goes_on_to_amazon_and_back() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = stale(&portal, &bo, "mork").await;
        let asked = browser.visit("/account").await.press("Link Amazon account").await;
        assert_eq!(portal.count_all("link_attempts"), 0, "nothing begins before the proof");
        assert!(
            !asked.buttons().contains(&"Confirm with Amazon".to_owned()),
            "there is no link to prove with"
        );
        let confirm = with_password(&asked, &bo).await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        assert!(confirm.trail.iter().any(|step| step.contains("/ap/oa")), "{:?}", confirm.trail);
        assert_eq!(confirm.press("Link this account").await.link_state().as_deref(), Some("active"));
    }

    #[tokio::test]
    async fn a_link_from_the_start_page_keeps_where_it_was_going() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = stale(&portal, &bo, "mork").await;
        let asked = browser.visit("/link/amazon").await.press("Link Amazon account").await;
        let linked = with_password(&asked, &bo).await.press("Link this account").await;
        assert_eq!(linked.path(), "/link/amazon", "{}", linked.text());
    }

    #[tokio::test]
    async fn a_replacement_goes_on_by_password_and_by_amazon() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = stale(&portal, &ann, "mork").await;
        let asked = browser.visit("/amazon/replace").await.press("Link a different account").await;
        let confirm = with_password(&asked, &ann).await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());

        let browser = stale(&portal, &ann, "pat").await;
        let asked = browser.visit("/amazon/replace").await.press("Link a different account").await;
        let page = asked.press("Confirm with Amazon").await;
        // Amazon still knows pat: the proof holds, and the trip for another account brings the same one back.
        assert_eq!(
            (page.path().as_str(), page.code().as_deref()),
            ("/amazon/replace", Some("already_yours"))
        );
    }

    #[tokio::test]
    async fn an_unlink_goes_on_to_its_page() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = stale(&portal, &ann, "pat").await;
        let asked = browser.visit("/account").await.click("Unlink").await;
        let page = with_password(&asked, &ann).await;
        assert_eq!(page.path(), "/amazon/unlink", "{}", page.text());
        assert_eq!(page.press("Unlink Amazon account").await.code().as_deref(), Some("unlinked"));

        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = stale(&portal, &ann, "pat").await;
        let page = browser.visit("/amazon/unlink").await.press("Confirm with Amazon").await;
        assert_eq!(page.path(), "/amazon/unlink", "{}", page.text());
        assert_eq!(page.press("Unlink Amazon account").await.code().as_deref(), Some("unlinked"));
    }

    /// The page was opened while the proof was fresh, and its button is pressed an hour later.
    #[tokio::test]
    async fn an_unlink_pressed_too_late_asks_again() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        let page = browser.visit("/amazon/unlink").await;
        portal.wait(chrono::TimeDelta::minutes(61));
        let asked = page.press("Unlink Amazon account").await;
        assert_eq!(portal.count_of("amazon_links", &ann), 1);
        let page = with_password(&asked, &ann).await;
        assert_eq!((page.status, page.path().as_str()), (200, "/amazon/unlink"), "{}", page.text());
        assert_eq!(page.press("Unlink Amazon account").await.code().as_deref(), Some("unlinked"));
    }

    /// A form that may wait and that nobody carries out would be a dead end.
    #[tokio::test]
    async fn every_form_that_needs_proof_goes_somewhere_after_it() {
        for path in forms_that_need_proof() {
            let portal = Portal::start().await;
            let ann = portal.ann().await;
            portal.browser_of(&ann);
            let browser = portal.stale_browser_of(&ann);
            let csrf = browser.visit("/account").await.csrf();
            let other = portal.lines("SELECT id AS line FROM sessions ORDER BY id").remove(0);
            portal.run(
                "INSERT INTO devices (id, player_id, api_key, device_hash, label, network, made_at, last_used_at) \
                 SELECT 'tv', id, 'dovetail', 'hash', 'TV', '127.0.0.0/24', created_at, created_at FROM players",
            );
            portal.run(
                "INSERT INTO passkeys (id, player_id, name, credential_id, credential, sign_count, is_backup_eligible, \
                 is_backed_up, created_at) \
                 SELECT 'key', id, 'phone', 'key', '{}', 0, FALSE, FALSE, created_at FROM players",
            );
            let form = [
                ("csrf", csrf.as_str()),
                ("passkey", "key"),
                ("session", &other),
                ("email", "ann@example.net"),
                ("device", "tv"),
            ];
            let asked = browser.post(&path, &form).await.follow().await;
            let page = with_password(&asked, &ann).await;
            assert!(!matches!(page.status, 404 | 405), "{path} ends on {}: {}", page.path(), page.text());
        }
    }

    #[tokio::test]
    async fn is_carried_out_once() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = stale(&portal, &bo, "mork").await;
        let asked = browser.visit("/account").await.press("Link Amazon account").await;
        with_password(&asked, &bo).await.press("Cancel").await;
        let again = browser.visit("/account/confirm-identity").await;
        let page = with_password(&again, &bo).await;
        assert_eq!(page.path(), "/account", "{}", page.text());
        assert_eq!(portal.count_all("link_attempts"), 0);
    }

    #[tokio::test]
    async fn is_of_this_session_only() {
        let portal = Portal::start().await;
        let (bo, ann) = (portal.bo().await, portal.ann().await);
        let browser = stale(&portal, &bo, "mork").await;
        browser.visit("/account").await.press("Link Amazon account").await;
        portal.sign_in(&browser, &ann);
        let page = with_password(&browser.visit("/account/confirm-identity").await, &ann).await;
        assert_eq!(page.path(), "/account", "{}", page.text());
        assert_eq!(portal.count_all("link_attempts"), 0);
    }
}

mod the_proof {
    use super::*;

    #[tokio::test]
    async fn by_amazon_is_the_linked_identity_and_changes_nothing_else() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        let browser = stale(&portal, &cleo, "hanako").await;
        let old = browser.cookie("session").unwrap();
        let asked = browser.visit("/account/confirm-identity").await;
        assert!(!asked.html.contains("name=\"password\""), "she has none");
        let page = asked.press("Confirm with Amazon").await;
        assert_eq!((page.status, page.path().as_str()), (200, "/account"), "{}", page.text());
        assert_ne!(browser.cookie("session").unwrap(), old);
        assert_eq!(portal.count_of("sessions", &cleo), 1);
        assert_eq!(portal.count("SELECT count(*) AS count FROM sessions WHERE fresh_at IS NOT NULL"), 1);
        assert!(portal.events_of(&cleo).contains(&"player.identity.confirmed".to_owned()));
        assert_eq!(browser.visit("/amazon/unlink").await.path(), "/amazon/unlink", "and now it is fresh");
    }

    /// S57: some Amazon account is not this player's Amazon account.
    #[tokio::test]
    async fn by_another_identity_is_refused() {
        for customer in ["mork", "hanako"] {
            let portal = Portal::start().await;
            let (ann, cleo) = (portal.ann().await, portal.cleo().await);
            let browser = stale(&portal, &ann, customer).await;
            let others = portal.belongings_of(&cleo);
            let before = portal.belongings_of(&ann);
            let asked = browser.visit("/amazon/unlink").await;
            let page = asked.press("Confirm with Amazon").await;
            assert_eq!((page.status, page.path().as_str()), (200, "/amazon/outcome"), "{}", page.text());
            assert_eq!(page.code().as_deref(), Some("wrong_identity"));
            assert_eq!(portal.belongings_of(&ann), before, "{customer}");
            assert_eq!(portal.belongings_of(&cleo), others, "{customer}");
            assert!(portal.events_of(&ann).contains(&"link.amazon.refused".to_owned()));
            assert_eq!(browser.visit("/amazon/unlink").await.url.path(), "/account/confirm-identity");
            assert_eq!(page.click("Try again").await.url.path(), "/account/confirm-identity");
        }
    }

    #[tokio::test]
    async fn that_was_declined_is_asked_for_again() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.amazon.revokes("pat");
        let browser = portal.stale_browser_of(&ann);
        let page = browser.visit("/amazon/unlink").await.press("Confirm with Amazon").await;
        let page = page.cancel_as("Pat Example").await;
        assert_eq!(
            (page.url.path(), page.code().as_deref()),
            ("/account/confirm-identity", Some("declined"))
        );
        // And the interrupted action still waits.
        assert_eq!(with_password(&page, &ann).await.path(), "/amazon/unlink");
    }

    #[tokio::test]
    async fn by_a_wrong_password_opens_nothing() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = portal.stale_browser_of(&ann);
        let asked = browser.visit("/amazon/unlink").await;
        let page = asked.fill("password", "another password").press("Confirm").await;
        assert_eq!((page.status, page.code().as_deref()), (422, Some("credentials_wrong")));
        assert_eq!(browser.visit("/amazon/unlink").await.url.path(), "/account/confirm-identity");
        let page = with_password(&page, &ann).await;
        assert_eq!(page.path(), "/amazon/unlink", "the right one still goes on");
    }

    #[tokio::test]
    async fn without_a_link_does_not_begin() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        portal.link_becomes(&ann, "revoked");
        for person in [&bo, &ann] {
            let page = portal.stale_browser_of(person).visit("/account/confirm-identity").await;
            assert!(!page.buttons().contains(&"Confirm with Amazon".to_owned()), "{}", person.name);
        }
    }

    /// The token of other tabs survives the new session id (product §9).
    #[tokio::test]
    async fn leaves_the_forms_of_other_tabs_working() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = stale(&portal, &ann, "pat").await;
        let old = browser.cookie("session").unwrap();
        let other_tab = browser.second_tab().visit("/amazon/replace").await;
        let profile = browser.second_tab().visit("/account/profile").await;
        with_password(&browser.visit("/amazon/unlink").await, &ann).await;
        assert_ne!(browser.cookie("session").unwrap(), old, "S22");
        let thief = portal.browser();
        thief.plant("session", &old);
        assert_eq!(thief.visit("/account").await.url.path(), "/sign-in", "the old id is dead");
        let page = other_tab.press("Link a different account").await;
        assert_eq!(page.path(), "/amazon/replace", "{}", page.text());
        let saved = profile.fill("display_name", "Annabel").press("Save").await;
        assert_eq!(saved.status, 200, "{}", saved.text());
        assert!(saved.text().contains("Annabel"));
    }
}

/// Another tab may begin something else before the trip, or during it.
#[tokio::test]
async fn a_proof_from_amazon_is_for_the_action_with_which_the_person_left() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let others = portal.browser_of(&ann);
    let ask_to_delete = async |browser: &Browser| {
        let form = browser.visit("/account/data/delete").await;
        form.fill("confirm", "DELETE").press("Delete my account").await
    };
    let browser = stale(&portal, &ann, "pat").await;
    let named = browser.visit("/account/security").await.press("Sign out everywhere").await;
    ask_to_delete(&browser.second_tab()).await;
    let again = named.press("Confirm with Amazon").await;
    assert_eq!(again.url.path(), "/account/confirm-identity", "{}", again.text());
    assert!(again.text().contains("To delete this account"), "{}", again.text());

    let named = browser.visit("/account/security").await.press("Sign out everywhere").await;
    let callback = named.press_to_callback("Confirm with Amazon").await;
    ask_to_delete(&browser.second_tab()).await;
    let again = browser.visit(&callback).await;
    assert_eq!(again.url.path(), "/account/confirm-identity", "{}", again.text());
    assert_eq!(others.get("/account").await.status, 200, "neither action was carried out");
    assert_eq!(portal.count_all("players"), 1);
    assert_eq!(portal.count("SELECT count(*) AS count FROM players WHERE closes_at IS NOT NULL"), 0);
}
