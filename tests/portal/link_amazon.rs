//! Linking: a trip, a look at both names, and only then a link.

use chrono::TimeDelta;

use super::harness::trips::with_parameter;
use super::harness::{Browser, Page, Person, Portal};

/// From the account page to Amazon and back, as a customer who has allowed the portal before.
async fn link_as(portal: &Portal, browser: &Browser, customer: &str) -> Page {
    portal.at_amazon(browser, customer).await;
    browser.visit("/account").await.press("Link Amazon account").await
}

/// The account page has no such button once there is a link; other pages, and old tabs, still send the form.
async fn link_again_as(portal: &Portal, browser: &Browser, customer: &str) -> Page {
    portal.at_amazon(browser, customer).await;
    let csrf = browser.visit("/account").await.csrf();
    browser.post("/amazon/link", &[("csrf", &csrf)]).await.follow().await
}

fn no_link_was_made(portal: &Portal, person: &Person) {
    assert_eq!(portal.count_of("amazon_links", person), 0);
    assert_eq!(portal.count_of("former_links", person), 0);
    assert_eq!(portal.count_of("sessions", person), 1, "still signed in");
}

mod a_free_identity {
    use super::*;

    #[tokio::test]
    async fn is_linked_after_a_look_at_both_names() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let account = browser.visit("/account").await;
        assert_eq!(account.link_state().as_deref(), Some("none"));
        let confirm = account.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        assert!(confirm.text().contains("Mork Hashimoto") && confirm.text().contains("Bo"));
        assert!(!confirm.html.contains("mhashimoto-04@plaxo.com"), "the email is masked");
        assert!(confirm.text().contains("@plaxo.com"), "{}", confirm.text());
        no_link_was_made(&portal, &bo);
        let linked = confirm.press("Link this account").await;
        assert_eq!((linked.status, linked.path().as_str()), (200, "/account"));
        assert_eq!(linked.code().as_deref(), Some("linked"));
        assert_eq!(linked.link_state().as_deref(), Some("active"));
        assert!(linked.text().contains("Mork Hashimoto"));
        assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("mork")));
        assert_eq!(portal.count_all("link_attempts"), 0);
        assert!(portal.events_of(&bo).contains(&"link.amazon.added".to_owned()));
        let mail = portal.mail_to(bo.email());
        assert_eq!(mail.kind, "amazon-linked");
        assert!(mail.text.contains("Mork Hashimoto"), "{mail:?}");
    }

    /// S22, and the other sessions of the player live on.
    #[tokio::test]
    async fn changes_the_session_s_id_and_no_other_session() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        let others = portal.belongings_of(&ann);
        let (browser, phone) = (portal.browser_of(&bo), portal.browser_of(&bo));
        let old = browser.cookie("session").unwrap();
        link_as(&portal, &browser, "mork").await.press("Link this account").await;
        assert_ne!(browser.cookie("session").unwrap(), old);
        let thief = portal.browser();
        thief.plant("session", &old);
        assert_eq!(thief.visit("/account").await.url.path(), "/sign-in", "the old id is dead");
        assert_eq!(phone.visit("/account").await.link_state().as_deref(), Some("active"));
        assert_eq!(portal.count_of("sessions", &bo), 2);
        assert_eq!(portal.belongings_of(&ann), others);
    }

    /// S54: skipping the look, or closing the tab, links nothing.
    #[tokio::test]
    async fn is_not_linked_by_coming_back_alone() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        link_as(&portal, &browser, "mork").await;
        assert_eq!(browser.visit("/account").await.link_state().as_deref(), Some("none"));
        portal.wait(TimeDelta::minutes(11));
        no_link_was_made(&portal, &bo);
    }

    #[tokio::test]
    async fn is_let_go_by_cancel_and_by_wanting_another() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let page = link_as(&portal, &browser, "mork").await.press("Cancel").await;
        assert_eq!((page.url.path(), page.code().as_deref()), ("/account", Some("cancelled")));
        let confirm = link_as(&portal, &browser, "mork").await;
        let page = confirm.press("Use a different Amazon account").await;
        assert_eq!((page.status, page.url.path()), (200, "/amazon/replace"));
        no_link_was_made(&portal, &bo);
        assert_eq!(portal.count_all("link_attempts"), 0);
        let old = confirm.press("Link this account").await;
        assert_eq!((old.status, old.code().as_deref()), (400, Some("attempt_unknown")));
        no_link_was_made(&portal, &bo);
    }

    /// S59: an address that is somebody's means nothing to somebody who is signed in.
    #[tokio::test]
    async fn is_linked_whoever_has_its_email_here() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        let others = portal.belongings_of(&ann);
        portal.amazon.admits("twin", "Twin", ann.email());
        let confirm = link_as(&portal, &portal.browser_of(&bo), "twin").await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        assert_eq!(confirm.press("Link this account").await.link_state().as_deref(), Some("active"));
        assert_eq!(portal.belongings_of(&ann), others);
    }

    #[tokio::test]
    async fn is_shown_as_text_whatever_it_is_called() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let confirm = link_as(&portal, &portal.browser_of(&bo), "bobby").await;
        assert!(confirm.text().contains("<b>Bobby</b>"), "{}", confirm.text());
        assert!(!confirm.html.contains("<b>Bobby"));
        let linked = confirm.press("Link this account").await;
        assert_eq!(linked.link_state().as_deref(), Some("active"));
        assert!(!linked.html.contains("<b>Bobby"));
    }

    /// Taken between the look and the press.
    #[tokio::test]
    async fn is_refused_where_another_was_faster() {
        let portal = Portal::start().await;
        let (bo, cy) = (portal.bo().await, portal.person("Cy", false, None).await);
        let (his, hers) = (portal.browser_of(&bo), portal.browser_of(&cy));
        let late = link_as(&portal, &his, "mork").await;
        link_as(&portal, &hers, "mork").await.press("Link this account").await;
        let refused = late.press("Link this account").await;
        assert_eq!((refused.status, refused.code().as_deref()), (409, Some("identity_taken")));
        assert!(!refused.text().contains("Cy"));
        no_link_was_made(&portal, &bo);
        assert_eq!(portal.count_of("link_attempts", &bo), 0, "the attempt is spent, its tokens are gone");
        assert!(portal.events_of(&bo).contains(&"link.amazon.refused".to_owned()));
        assert_eq!(portal.identity_linked_to(&cy), Some(portal.amazon.identity_of("mork")));
    }
}

mod the_own_identity {
    use super::*;

    #[tokio::test]
    async fn is_already_linked_and_its_tokens_are_renewed() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        let old = browser.cookie("session").unwrap();
        let page = link_again_as(&portal, &browser, "pat").await;
        assert_eq!((page.status, page.path().as_str()), (200, "/account"));
        assert_eq!(page.code().as_deref(), Some("already_yours"));
        assert_eq!(page.link_state().as_deref(), Some("active"));
        assert_eq!(portal.token_version_of(&ann), 2);
        assert_eq!(portal.count_all("amazon_links"), 1);
        assert!(portal.endings_of(&ann).is_empty());
        assert_ne!(browser.cookie("session").unwrap(), old);
    }

    #[tokio::test]
    async fn becomes_active_again_from_every_lost_state() {
        for state in ["needs_reconnect", "revoked"] {
            let portal = Portal::start().await;
            let ann = portal.ann().await;
            portal.link_becomes(&ann, state);
            let browser = portal.browser_of(&ann);
            assert_eq!(browser.visit("/account").await.link_state().as_deref(), Some(state));
            let page = link_as(&portal, &browser, "pat").await;
            assert_eq!(page.code().as_deref(), Some("already_yours"), "{state}: {}", page.text());
            assert!(page.text().contains("Reconnected"), "{state}");
            assert_eq!(page.link_state().as_deref(), Some("active"), "{state}");
        }
    }

    /// Two tabs, one identity: the second press finds the link it asked for.
    #[tokio::test]
    async fn that_another_tab_has_just_linked_is_already_linked() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let first = link_as(&portal, &browser, "mork").await;
        let second = link_as(&portal, &browser.second_tab(), "mork").await;
        assert_eq!(first.press("Link this account").await.code().as_deref(), Some("linked"));
        let page = second.press("Link this account").await;
        assert_eq!((page.status, page.code().as_deref()), (200, Some("already_yours")), "{}", page.text());
        assert_eq!(portal.count_of("amazon_links", &bo), 1);
        assert_eq!(portal.count_all("link_attempts"), 0);
    }
}

mod refusals {
    use super::*;

    #[tokio::test]
    async fn a_player_with_another_link_is_offered_to_replace_it() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        let before = portal.belongings_of(&ann);
        let page = link_again_as(&portal, &browser, "mork").await;
        assert_eq!((page.status, page.path().as_str()), (200, "/amazon/outcome"));
        assert_eq!(page.code().as_deref(), Some("player_has_another"));
        assert_eq!(portal.belongings_of(&ann), before);
        assert_eq!(page.reload().await.code().as_deref(), Some("player_has_another"));
        let replace = page.click("Link a different account").await;
        assert_eq!((replace.status, replace.url.path()), (200, "/amazon/replace"));
    }

    #[tokio::test]
    async fn an_identity_of_another_is_refused_without_naming_them() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        let browser = portal.browser_of(&bo);
        let before = (portal.belongings_of(&ann), portal.belongings_of(&bo));
        let page = link_as(&portal, &browser, "pat").await;
        assert_eq!((page.status, page.path().as_str()), (200, "/amazon/outcome"));
        assert_eq!(page.code().as_deref(), Some("identity_taken"));
        assert!(!page.text().contains("Ann") && !page.html.contains(&ann.id));
        assert_eq!((portal.belongings_of(&ann), portal.belongings_of(&bo)), before);
        assert!(portal.events_of(&bo).contains(&"link.amazon.refused".to_owned()));
        let other = page.press("Login with Amazon").await;
        assert_eq!(other.url.path(), "/account");
        assert!(other.text().contains("Ann"), "{}", other.text());
    }

    #[tokio::test]
    async fn support_stands_on_the_page_where_there_is_one() {
        let portal = Portal::with(|settings| {
            settings.set("DOVETAIL_SUPPORT_URL", "https://help.example.com/");
        })
        .await;
        portal.ann().await;
        let bo = portal.bo().await;
        let page = link_as(&portal, &portal.browser_of(&bo), "pat").await;
        assert!(page.html.contains("https://help.example.com/"), "{}", page.text());
    }

    #[tokio::test]
    async fn a_revoked_link_holds_its_identity_against_others_and_not_its_owner() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        portal.link_becomes(&ann, "revoked");
        let refused = link_as(&portal, &portal.browser_of(&bo), "pat").await;
        assert_eq!(refused.code().as_deref(), Some("identity_taken"));
        let confirm = link_as(&portal, &portal.browser_of(&ann), "mork").await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        let linked = confirm.press("Link this account").await;
        assert_eq!(linked.link_state().as_deref(), Some("active"));
        assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of("mork")));
        assert_eq!(portal.endings_of(&ann), ["revoked_by_amazon"]);
        let free = link_as(&portal, &portal.browser_of(&bo), "pat").await;
        assert_eq!(free.url.path(), "/amazon/confirm", "nobody holds it any more: {}", free.text());
    }

    #[tokio::test]
    async fn a_no_at_amazon_leads_back_to_where_they_were() {
        let portal = Portal::with(|settings| {
            settings.set("DOVETAIL_RETURN_ORIGINS", "https://game.example");
        })
        .await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        for path in ["/account", "/link/amazon?return_to=https%3A%2F%2Fgame.example%2Foffer"] {
            let page = browser.visit(path).await.press("Link Amazon account").await;
            let page = page.cancel_as("Mork Hashimoto").await;
            assert_eq!((page.path().as_str(), page.code().as_deref()), (path, Some("declined")));
            no_link_was_made(&portal, &bo);
            assert_eq!(portal.count_all("link_attempts"), 0);
        }
    }

    #[tokio::test]
    async fn an_unticked_scope_is_explained_and_nothing_is_kept() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        portal.at_amazon(&browser, "mork").await;
        for granted in [Some("profile:user_id"), Some("")] {
            let callback = browser.visit("/account").await.press_to_callback("Link Amazon account").await;
            let page = browser.visit(&with_parameter(&callback, "scope", granted)).await;
            assert_eq!((page.status, page.path().as_str()), (200, "/amazon/outcome"));
            assert_eq!(page.code().as_deref(), Some("scope_missing"));
            no_link_was_made(&portal, &bo);
            assert_eq!(portal.count_all("link_attempts"), 0);
            let again = page.press("Try again").await;
            assert_eq!(again.url.path(), "/amazon/confirm", "{}", again.text());
            again.press("Cancel").await;
        }
    }
}

mod the_start_page_for_offers {
    use super::*;

    async fn portal_for(origin: &str) -> Portal {
        Portal::with(|settings| {
            settings.set("DOVETAIL_RETURN_ORIGINS", origin);
        })
        .await
    }

    #[tokio::test]
    async fn asks_a_visitor_to_sign_in_and_comes_back() {
        let portal = portal_for("https://game.example").await;
        let bo = portal.bo().await;
        let here = "/link/amazon?return_to=https%3A%2F%2Fgame.example%2Foffer";
        let page = portal.browser().visit(here).await;
        assert_eq!(page.url.path(), "/sign-in");
        let page = page.fill("identifier", bo.email()).fill("password", bo.password()).press("Sign in").await;
        assert_eq!(page.path(), here, "{}", page.text());
        assert_eq!(page.link_state().as_deref(), Some("none"));
        let confirm = page.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
        let linked = confirm.press("Link this account").await;
        assert_eq!(linked.path(), here);
        assert_eq!(linked.link_state().as_deref(), Some("active"));
        assert_eq!(linked.code().as_deref(), Some("linked"));
        assert!(linked.links().contains(&"Back to game.example".to_owned()), "{:?}", linked.links());
        assert_eq!(
            linked.text_of(".btn.primary").as_deref(),
            Some("Back to game.example"),
            "the one filled button"
        );
        let facts = linked.text_of(".facts").unwrap();
        assert!(
            facts.contains("What happens when you unlink") && !facts.contains("Before you start"),
            "{facts}"
        );
    }

    #[tokio::test]
    async fn tells_a_visitor_from_an_offer_where_they_go_back_to() {
        let portal = portal_for("luna,https://game.example").await;
        let bo = portal.bo().await;
        let primary = |page: &Page| page.html.contains("<a class=\"btn primary\" href=\"https://");
        for (host, address) in [
            ("luna.amazon.com", "https%3A%2F%2Fluna.amazon.com%2Fclaims%2Fx%3Fa%3D1"),
            ("luna.amazon.co.uk", "https%3A%2F%2Fluna.amazon.co.uk%2F"),
            ("gaming.amazon.com", "https%3A%2F%2Fgaming.amazon.com%2Floot"),
            ("game.example", "https%3A%2F%2Fgame.example%2Foffer"),
        ] {
            let here = format!("/link/amazon?return_to={address}");
            let words = format!("You come from {host}.");
            let sign_in = portal.browser().visit(&here).await;
            assert_eq!(sign_in.url.path(), "/sign-in");
            assert!(sign_in.text().contains(&words), "{}", sign_in.text());
            let register = sign_in.click("Create account").await;
            assert!(register.text().contains(&words), "{}", register.text());
            let start = portal.browser_of(&bo).visit(&here).await;
            assert!(start.text().contains(&words) && !primary(&start), "{}", start.text());
            assert!(start.links().contains(&format!("Back to {host}")), "{:?}", start.links());
        }
        for other in [
            "https%3A%2F%2Fluna.amazon.de%2F",
            "https%3A%2F%2Fevil.example%2F",
            "https%3A%2F%2Fwww.amazon.com",
        ] {
            let page = portal.browser().visit(&format!("/link/amazon?return_to={other}")).await;
            assert!(!page.text().contains("You come from"), "{other}: {}", page.text());
        }
        let here = "/link/amazon?return_to=https%3A%2F%2Fluna.amazon.fr%2Fclaims";
        let start = portal.browser_of(&bo).visit(here).await;
        let confirm = start.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
        let linked = confirm.press("Link this account").await;
        assert!(linked.links().contains(&"Back to luna.amazon.fr".to_owned()), "{:?}", linked.links());
        let filled = "<a class=\"btn primary\" href=\"https://luna.amazon.fr/claims\">";
        assert!(linked.html.contains(filled), "{}", linked.html);
        assert_eq!(linked.html.matches("https://luna.amazon.fr/claims\"").count(), 1, "one way back");
    }

    #[tokio::test]
    async fn never_goes_to_amazon_by_itself_and_shows_a_link_with_what_can_be_done() {
        let portal = Portal::start().await;
        let visitor = portal.browser().visit("/link/amazon").await;
        for page in [&visitor, &visitor.click("Create account").await] {
            assert!(page.text().contains("Then you link your Amazon account."), "{}", page.text());
        }
        assert!(!portal.browser().visit("/sign-in").await.text().contains("Then you link"));
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        portal.at_amazon(&browser, "pat").await;
        let page = browser.visit("/link/amazon").await;
        assert_eq!((page.status, page.path().as_str()), (200, "/link/amazon"));
        assert!(page.trail.is_empty(), "{:?}", page.trail);
        assert_eq!(page.link_state().as_deref(), Some("active"));
        assert!(!page.buttons().contains(&"Link Amazon account".to_owned()));
        assert_eq!(page.click("Unlink").await.url.path(), "/amazon/unlink");
        assert_eq!(page.click("Link a different account").await.url.path(), "/amazon/replace");
    }

    #[tokio::test]
    async fn leads_back_to_listed_origins_only() {
        let portal = portal_for("https://game.example,https://shop.example:8443").await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let page_for = async |address: &str| {
            let query: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
            let page = browser.visit(&format!("/link/amazon?return_to={query}")).await;
            assert_eq!(page.status, 200, "{address}");
            page
        };
        for (address, host) in [
            ("https://game.example/offer?id=7", "game.example"),
            ("https://game.example:443/", "game.example"),
            ("https://shop.example:8443/x", "shop.example"),
        ] {
            let page = page_for(address).await;
            assert!(page.links().contains(&format!("Back to {host}")), "{address}: {:?}", page.links());
        }
        for address in [
            "https://evil.example/",
            "http://game.example/",
            "https://game.example:8443/",
            "https://shop.example/",
            "https://game.example.evil.example/",
            "https://evilgame.example/",
            "https://user@game.example/",
            "https://user:pass@game.example/",
            "https://game.example@evil.example/",
            "javascript:alert(1)//https://game.example",
            "data:text/html,game.example",
            "//game.example/",
            "/account",
            "game.example",
            "ftp://game.example/",
            "",
        ] {
            let page = page_for(address).await;
            let back: Vec<_> = page.links().into_iter().filter(|link| link.starts_with("Back to")).collect();
            assert!(back.is_empty(), "{address}: {back:?}");
        }
    }

    #[tokio::test]
    async fn answers_a_repeated_or_endless_parameter_with_a_page() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let twice = browser.visit("/link/amazon?return_to=a&return_to=b").await;
        assert!(matches!(twice.status, 200 | 400), "{}", twice.status);
        assert!(!twice.h1().is_empty(), "{}", twice.html);
        let long = browser.visit(&format!("/link/amazon?return_to={}", "a".repeat(3000))).await;
        assert_eq!(long.status, 200);
    }
}
