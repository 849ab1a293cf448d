//! The way back from Amazon: once, in the browser, session and player that set out, and for what they set out for.

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::SimulatedCall;
use futures_util::future::join_all;

use super::harness::trips::with_parameter;
use super::harness::{Browser, Page, Person, Portal};

/// A portal, and bo on the way back from Amazon as mork, to link him.
async fn on_the_way_back() -> (Portal, Person, Browser, String) {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    let callback = browser.visit("/account").await.press_to_callback("Link Amazon account").await;
    (portal, bo, browser, callback)
}

/// The one page for whatever nobody knows: 400, in place, and Amazon was not asked.
fn is_unknown(portal: &Portal, page: &Page) {
    assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")), "{}", page.text());
    assert!(!page.h1().is_empty());
    assert!(!page.links().is_empty() || !page.buttons().is_empty(), "a way on");
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 0, "the code was sent");
    assert_eq!(portal.count_all("amazon_links"), 0);
}

mod an_attempt {
    use super::*;

    #[tokio::test]
    async fn is_used_once_whatever_is_reloaded_or_gone_back_to() {
        let (portal, bo, browser, callback) = on_the_way_back().await;
        let confirm = browser.visit(&callback).await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 1);
        let again = browser.visit(&callback).await;
        assert_eq!((again.status, again.code().as_deref()), (400, Some("attempt_unknown")));
        assert_eq!(confirm.reload().await.status, 200, "the page itself may be reloaded");
        let linked = confirm.press("Link this account").await;
        assert_eq!(linked.link_state().as_deref(), Some("active"));
        let page = browser.visit(&callback).await;
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
        // Going back to the finished decision leads to what it has led to.
        assert_eq!(browser.visit(&confirm.path()).await.path(), "/account");
        let twice = confirm.press("Link this account").await;
        assert_eq!((twice.status, twice.code().as_deref()), (400, Some("attempt_unknown")));
        assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 1);
        assert_eq!(portal.count_of("amazon_links", &bo), 1);
        assert_eq!(browser.visit("/account").await.link_state().as_deref(), Some("active"));
    }

    #[tokio::test]
    async fn is_over_after_ten_minutes() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        // Amazon's own code lasts five.
        portal.wait(TimeDelta::minutes(4));
        let confirm = browser.visit(&callback).await;
        assert_eq!(confirm.status, 200);
        portal.wait(TimeDelta::minutes(5));
        assert_eq!(confirm.reload().await.status, 200);
        portal.wait(TimeDelta::minutes(1));
        assert_eq!(confirm.reload().await.status, 400);
        assert_eq!(confirm.press("Link this account").await.status, 400);
        let (portal, _, browser, callback) = on_the_way_back().await;
        portal.wait(TimeDelta::minutes(10));
        is_unknown(&portal, &browser.visit(&callback).await);
    }

    #[tokio::test]
    async fn of_another_browser_is_unknown_and_stays_usable_in_its_own() {
        let (portal, bo, browser, callback) = on_the_way_back().await;
        let stranger = portal.browser();
        is_unknown(&portal, &stranger.visit(&callback).await);
        is_unknown(&portal, &portal.browser_of(&bo).visit(&callback).await);
        let cy = portal.person("Cy", false, None).await;
        is_unknown(&portal, &portal.browser_of(&cy).visit(&callback).await);
        assert_eq!(browser.visit(&callback).await.url.path(), "/amazon/confirm");
    }

    /// S41: same browser, but no longer the session that set out.
    #[tokio::test]
    async fn of_a_session_that_ended_is_unknown() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        browser.visit("/account").await.press("Sign out").await;
        is_unknown(&portal, &browser.visit(&callback).await);

        let (portal, bo, browser, callback) = on_the_way_back().await;
        browser.visit("/account").await.press("Sign out").await;
        portal.sign_in(&browser, &bo);
        is_unknown(&portal, &browser.visit(&callback).await);

        let (portal, _, browser, callback) = on_the_way_back().await;
        let cy = portal.person("Cy", false, None).await;
        portal.sign_in(&browser, &cy);
        is_unknown(&portal, &browser.visit(&callback).await);
    }

    /// S125: nobody knows whose it was, so the record names no player.
    #[tokio::test]
    async fn that_comes_back_elsewhere_is_recorded() {
        let (portal, bo, browser, callback) = on_the_way_back().await;
        let recorded = || {
            portal.lines(
                "SELECT actor || ' ' || coalesce(player_id, 'nobody') || ' ' || details AS line \
                 FROM audit_events WHERE kind = 'link.amazon.refused'",
            )
        };
        is_unknown(&portal, &portal.browser().visit(&callback).await);
        is_unknown(&portal, &portal.browser_of(&bo).visit(&callback).await);
        assert_eq!(recorded(), ["visitor nobody {\"code\":\"attempt_unknown\"}"; 2]);
        assert_eq!(browser.visit(&callback).await.url.path(), "/amazon/confirm");
        is_refused(&browser.visit(&callback).await);
        assert_eq!(recorded().len(), 3);
        is_refused(&browser.visit("/amazon/callback").await);
        assert_eq!(recorded().len(), 3, "a bare visit carries nothing");
    }

    fn is_refused(page: &Page) {
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
    }

    /// Programs look at addresses before people do.
    #[tokio::test]
    async fn is_not_spent_by_a_head_request() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        let before = portal.dump();
        let answer = browser.ask("HEAD", &callback).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (200, None));
        assert!(super::super::harness::dump::difference(&before, &portal.dump()).is_empty());
        assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 0);
        assert_eq!(browser.visit(&callback).await.url.path(), "/amazon/confirm");
    }

    /// The same for the look at both names, where an identity already waits.
    #[tokio::test]
    async fn that_waits_for_a_yes_is_unknown_to_another_session_of_the_same_player() {
        let (portal, bo, browser, callback) = on_the_way_back().await;
        let confirm = browser.visit(&callback).await;
        portal.run("UPDATE sessions SET expires_at = created_at");
        portal.sign_in(&browser, &bo);
        assert_eq!(confirm.reload().await.status, 400);
        let csrf = browser.visit("/account").await.csrf();
        let attempt = confirm.value("attempt").unwrap();
        let form = [("csrf", csrf.as_str()), ("attempt", &attempt), ("choice", "link")];
        let page = browser.post("/amazon/confirm", &form).await;
        assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")));
        assert_eq!(portal.count_of("amazon_links", &bo), 0);
    }

    #[tokio::test]
    async fn that_waits_for_a_yes_ends_with_the_session() {
        let (portal, bo, browser, callback) = on_the_way_back().await;
        let confirm = browser.visit(&callback).await;
        browser.visit("/account").await.press("Sign out").await;
        let page = confirm.press("Link this account").await;
        assert!(matches!(page.status, 200 | 403), "{}", page.text());
        assert!(page.url.path() == "/sign-in" || page.code().as_deref() == Some("csrf"), "{}", page.text());
        assert_eq!(portal.count_of("amazon_links", &bo), 0);
        assert_eq!(portal.count_all("link_attempts"), 0);
    }

    #[tokio::test]
    async fn may_be_one_of_two_in_two_tabs_and_each_finishes() {
        let (portal, bo, browser, first) = on_the_way_back().await;
        let tab = browser.second_tab();
        portal.at_amazon(&tab, "pat").await;
        let second = tab.visit("/account").await.press_to_callback("Link Amazon account").await;
        let one = browser.visit(&first).await;
        let two = tab.visit(&second).await;
        assert!(one.text().contains("Mork Hashimoto"), "{}", one.text());
        assert!(two.text().contains("Pat Example"), "{}", two.text());
        assert_eq!(two.press("Link this account").await.code().as_deref(), Some("linked"));
        let refused = one.press("Link this account").await;
        assert_eq!((refused.status, refused.code().as_deref()), (409, Some("player_has_another")));
        assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("pat")));
    }

    /// The oldest of six is forgotten; five stay.
    #[tokio::test]
    async fn is_one_of_five_at_most() {
        let (portal, _, browser, oldest) = on_the_way_back().await;
        let account = browser.visit("/account").await;
        let mut open = Vec::new();
        for _ in 0..5 {
            open.push(account.press_to_callback("Link Amazon account").await);
        }
        assert_eq!(portal.count_all("link_attempts"), 5);
        is_unknown(&portal, &browser.visit(&oldest).await);
        for callback in &open {
            assert_eq!(browser.visit(callback).await.url.path(), "/amazon/confirm");
        }
    }

    #[tokio::test]
    async fn that_is_open_is_hinted_at_on_the_account_page_and_no_longer_than_it_lasts() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        let hint = "Did not come back from Amazon?";
        assert!(browser.visit("/account").await.text().contains(hint));
        browser.visit(&callback).await;
        assert!(!browser.visit("/account").await.text().contains(hint));
        browser.visit("/account").await.press_to_callback("Link Amazon account").await;
        portal.wait(TimeDelta::minutes(11));
        assert!(!browser.visit("/account").await.text().contains(hint));
    }
}

mod a_state {
    use super::*;

    /// S40: of the combinations of state and browser cookie only the right pair passes.
    #[tokio::test]
    async fn counts_only_with_the_cookie_of_its_browser() {
        let wrong = "A".repeat(43);
        for cookie in ["right", "absent", "wrong", "empty"] {
            for state in [Some("right"), None, Some(""), Some(wrong.as_str()), Some("short")] {
                if (cookie, state) == ("right", Some("right")) {
                    continue;
                }
                let (portal, bo, browser, callback) = on_the_way_back().await;
                match cookie {
                    "absent" => browser.forget("browser"),
                    "wrong" => browser.plant("browser", &wrong),
                    "empty" => browser.plant("browser", ""),
                    _ => {}
                }
                let address = match state {
                    Some("right") => callback,
                    state => with_parameter(&callback, "state", state),
                };
                is_unknown(&portal, &browser.visit(&address).await);
                assert_eq!(portal.count_of("sessions", &bo), 1, "{cookie} {state:?}: still signed in");
            }
        }
    }

    #[tokio::test]
    async fn that_is_repeated_or_comes_without_a_code_is_refused() {
        for change in ["&state=x", "&code=x", "&scope=profile", "&iss=https%3A%2F%2Fevil.example", "&iss="] {
            let (portal, _, browser, callback) = on_the_way_back().await;
            is_unknown(&portal, &browser.visit(&format!("{callback}{change}")).await);
        }
        for code in [None, Some(""), Some("with blanks in it"), Some("\u{e4}")] {
            let (portal, _, browser, callback) = on_the_way_back().await;
            is_unknown(&portal, &browser.visit(&with_parameter(&callback, "code", code)).await);
        }
        let portal = Portal::start().await;
        for query in ["", "?", "?state", "?code=a&state=%00", "?code=%ff&state=%ff", "?a=1&a=2"] {
            is_unknown(&portal, &portal.browser().visit(&format!("/amazon/callback{query}")).await);
        }
    }

    #[tokio::test]
    async fn with_amazons_own_issuer_is_fine() {
        let (_portal, _, browser, callback) = on_the_way_back().await;
        let page = browser.visit(&format!("{callback}&iss=https%3A%2F%2Fwww.amazon.com")).await;
        assert_eq!(page.url.path(), "/amazon/confirm", "{}", page.text());
    }

    #[tokio::test]
    async fn that_amazon_drops_or_alters_leads_to_the_same_page() {
        use dovetail::testing::lwa::simulator::StateEcho;
        for echo in [StateEcho::Dropped, StateEcho::Altered] {
            let (portal, _, browser, _) = on_the_way_back().await;
            portal.amazon.simulator.switch(|switches| switches.state = echo);
            let page = browser.visit("/account").await.press("Link Amazon account").await;
            is_unknown(&portal, &page);
        }
    }
}

mod an_error {
    use super::*;

    /// S46: the words are ours, the trip is over, and whoever was signed in still is.
    #[tokio::test]
    async fn ends_the_trip_with_a_page_of_ours() {
        for (error, status, code) in [
            ("access_denied", 200, "declined"),
            ("invalid_scope", 503, "amazon_misconfigured"),
            ("unauthorized_client", 503, "amazon_misconfigured"),
            ("invalid_request", 503, "amazon_unavailable"),
            ("unsupported_response_type", 503, "amazon_unavailable"),
            ("server_error", 503, "amazon_unavailable"),
            ("temporarily_unavailable", 503, "amazon_unavailable"),
            ("<script>alert(1)</script>", 503, "amazon_unavailable"),
        ] {
            let (portal, bo, browser, callback) = on_the_way_back().await;
            let address = with_parameter(&callback, "code", None);
            let text = "<img src=x onerror=alert(1)> Access not permitted.";
            let address = with_parameter(
                &with_parameter(&address, "error", Some(error)),
                "error_description",
                Some(text),
            );
            let first = browser.get(&address).await;
            assert_eq!(first.status, 303, "{error}: {}", first.text());
            let page = first.follow().await;
            assert_eq!(
                (page.status, page.code().as_deref()),
                (status, Some(code)),
                "{error}: {}",
                page.text()
            );
            assert!(page.url.query().is_none(), "{error}: a clean address: {}", page.url);
            assert!(!page.html.contains("onerror") && !page.html.contains("not permitted"), "{error}");
            assert!(!page.html.contains("alert(1)"), "{error}");
            assert_eq!(portal.count_of("sessions", &bo), 1, "{error}");
            assert_eq!(portal.count_all("link_attempts"), 0, "{error}: spent");
            is_unknown(&portal, &browser.visit(&callback).await);
        }
    }

    #[tokio::test]
    async fn wins_over_a_code() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        let page = browser.visit(&format!("{callback}&error=access_denied")).await;
        assert_eq!(page.code().as_deref(), Some("declined"), "{}", page.text());
        assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 0);
        is_unknown(&portal, &browser.visit(&callback).await);
    }

    #[tokio::test]
    async fn without_a_state_is_an_unknown_attempt() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        is_unknown(&portal, &browser.visit("/amazon/callback?error=access_denied").await);
        assert_eq!(browser.visit(&callback).await.url.path(), "/amazon/confirm", "the trip goes on");
    }

    /// The address may be 8 KiB; beyond that it is refused unread, and the trip can still be finished.
    #[tokio::test]
    async fn may_be_long_and_not_longer_than_an_address() {
        let (portal, _, browser, callback) = on_the_way_back().await;
        let error = with_parameter(&with_parameter(&callback, "code", None), "error", Some("server_error"));
        let page = browser.visit(&format!("{error}&error_description={}", "x".repeat(8 * 1024))).await;
        assert_eq!(page.status, 414, "{}", page.text());
        assert_eq!(portal.count_all("link_attempts"), 1);
        let page = browser.visit(&format!("{error}&error_description={}", "x".repeat(7 * 1024))).await;
        assert_eq!((page.status, page.code().as_deref()), (503, Some("amazon_unavailable")));
        assert!(!page.html.contains("xxxx"));
    }
}

mod a_purpose {
    use super::*;

    const PURPOSES: [&str; 4] = ["sign_in", "link", "replace", "confirm_identity"];

    /// Where a trip of this purpose begins, for ann who is linked to pat.
    async fn trip(browser: &Browser, purpose: &str, customer: &str, portal: &Portal) -> String {
        portal.at_amazon(browser, customer).await;
        let csrf = browser.visit("/account").await.csrf();
        let path = match purpose {
            "sign_in" => "/amazon/sign-in",
            "link" => "/amazon/link",
            "replace" => "/amazon/replace",
            _ => "/amazon/confirm-identity",
        };
        let away = browser.post(path, &[("csrf", &csrf)]).await.location().unwrap();
        browser.get(&away).await.location().unwrap()
    }

    /// S43: what a trip is for stands in its row alone; nothing that comes back can say otherwise.
    #[tokio::test]
    async fn is_not_changed_by_anything_that_comes_back() {
        let expected = |purpose: &str| if purpose == "sign_in" { "/account" } else { "/amazon/outcome" };
        for begun in PURPOSES {
            for forced in PURPOSES {
                let portal = Portal::start().await;
                let (ann, cleo) = (portal.ann().await, portal.cleo().await);
                let browser = portal.browser_of(&ann);
                let callback = trip(&browser, begun, "hanako", &portal).await;
                let page = browser.visit(&format!("{callback}&purpose={forced}&stage={forced}")).await;
                assert_eq!(page.url.path(), expected(begun), "{begun} {forced}: {}", page.text());
                assert_eq!(portal.identity_linked_to(&ann), Some(portal.amazon.identity_of("pat")));
                assert_eq!(portal.identity_linked_to(&cleo), Some(portal.amazon.identity_of("hanako")));
                let signed_in = if begun == "sign_in" { &cleo } else { &ann };
                let other = if begun == "sign_in" { &ann } else { &cleo };
                assert_eq!(portal.count_of("sessions", signed_in), 1, "{begun} {forced}");
                assert_eq!(portal.count_of("sessions", other), 0, "{begun} {forced}");
            }
        }
    }

    /// An identity that waits on one page is not handed to another page's form.
    #[tokio::test]
    async fn is_not_changed_by_the_form_that_finishes_it() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        portal.at_amazon(&browser, "mork").await;
        let confirm = browser.visit("/account").await.press("Link Amazon account").await;
        let (csrf, attempt) = (confirm.csrf(), confirm.value("attempt").unwrap());
        let form = [("csrf", csrf.as_str()), ("attempt", attempt.as_str()), ("display_name", "Mork")];
        for (path, extra) in [
            ("/amazon/register", ("email", "")),
            ("/amazon/match", ("password", bo.password())),
            ("/amazon/match", ("choice", "not_mine")),
        ] {
            let page = browser.post(path, &[&form[..], &[extra]].concat()).await;
            assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")), "{path}");
            assert_eq!(browser.visit(&format!("{path}?attempt={attempt}")).await.status, 400, "{path}");
        }
        assert_eq!(portal.count_all("players"), 1);
        assert_eq!(confirm.press("Link this account").await.link_state().as_deref(), Some("active"));

        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        portal.at_amazon(&browser, "mork").await;
        let csrf = browser.visit("/account").await.csrf();
        let back = browser.post("/amazon/sign-in", &[("csrf", &csrf)]).await.follow().await;
        assert_eq!((back.status, back.code().as_deref()), (400, Some("attempt_unknown")), "{}", back.text());
        assert_eq!(
            portal.count_of("amazon_links", &bo),
            0,
            "a sign-in never links to who happens to be there"
        );
    }

    #[tokio::test]
    async fn of_a_choice_nobody_offered_is_a_bad_request() {
        let (portal, bo, browser, callback) = on_the_way_back().await;
        let confirm = browser.visit(&callback).await;
        let (csrf, attempt) = (confirm.csrf(), confirm.value("attempt").unwrap());
        for choice in ["", "LINK", "replace", "link\0"] {
            let form = [("csrf", csrf.as_str()), ("attempt", attempt.as_str()), ("choice", choice)];
            assert_eq!(browser.post("/amazon/confirm", &form).await.status, 400, "{choice:?}");
        }
        for attempt in ["", "x", "../../etc/passwd", "' OR 1=1 --", &"a".repeat(4000)] {
            let form = [("csrf", csrf.as_str()), ("attempt", attempt), ("choice", "link")];
            let page = browser.post("/amazon/confirm", &form).await;
            assert_eq!((page.status, page.code().as_deref()), (400, Some("attempt_unknown")), "{attempt}");
        }
        let form = [("csrf", csrf.as_str()), ("attempt", "\0"), ("choice", "link")];
        assert_eq!(browser.post("/amazon/confirm", &form).await.status, 400);
        let form = [("csrf", csrf.as_str()), ("session", "\0")];
        assert_eq!(browser.post("/account/security/end-session", &form).await.status, 400);
        for query in ["", "?attempt=", "?attempt=a&attempt=b", "?attempt=%00"] {
            let page = browser.visit(&format!("/amazon/confirm{query}")).await;
            assert_eq!(page.status, 400, "{query}");
            assert!(!page.h1().is_empty(), "{query}: {}", page.html);
        }
        assert_eq!(portal.count_of("amazon_links", &bo), 0);
    }
}

/// S44: thirty people at once, and each comes back as themselves.
#[tokio::test]
async fn interleaved_trips_bring_everybody_their_own_identity() {
    let portal = Portal::start().await;
    let trips = (0..30).map(|number| {
        let portal = &portal;
        async move {
            let (key, name) = (format!("customer-{number}"), format!("Customer {number:02}"));
            portal.amazon.admits(&key, &name, &format!("{key}@example.com"));
            let browser = portal.browser();
            portal.at_amazon(&browser, &key).await;
            let callback = browser.visit("/").await.press_to_callback("Login with Amazon").await;
            // Not in the order they set out.
            for _ in 0..(number * 7 % 11) {
                tokio::task::yield_now().await;
            }
            let page = browser.visit(&callback).await;
            assert_eq!(page.url.path(), "/amazon/register", "{name}: {}", page.text());
            assert_eq!(page.value("display_name"), Some(name.clone()));
            let account = page.fill("email", "").press("Create account").await;
            assert!(account.text().contains(&name), "{}", account.text());
            (portal.amazon.identity_of(&key), name)
        }
    });
    for (identity, name) in join_all(trips).await {
        let query = "SELECT players.display_name AS line FROM players \
                     JOIN amazon_links ON amazon_links.player_id = players.id WHERE amazon_id";
        assert_eq!(portal.lines(&format!("{query} = '{identity}'")), [name]);
    }
    let calls = portal.amazon.simulator.recorded_calls();
    let exchanges: Vec<_> = calls.iter().filter(|call| call.call == SimulatedCall::Exchange).collect();
    assert_eq!(exchanges.len(), 30);
    assert!(
        exchanges.iter().all(|call| call.pkce == Some(dovetail::testing::lwa::simulator::RecordedPkce::S256))
    );
}

/// S37, S38: least scope, code only, one fixed way back, nothing of the request in it.
#[tokio::test]
async fn the_way_to_amazon_asks_for_what_we_need_and_names_one_way_back() {
    let portal = Portal::start().await;
    let browser = portal.browser();
    let away = browser.visit("/").await.press_only("Login with Amazon").await;
    assert_eq!(away.status, 303);
    let url = url::Url::parse(&away.location().unwrap()).unwrap();
    let query: std::collections::BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(url.query_pairs().count(), query.len(), "nothing is said twice");
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["scope"], "profile");
    assert_eq!(query["redirect_uri"], format!("{}/amazon/callback", portal.url()));
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["code_challenge"].len(), 43);
    assert_eq!(query["state"].len(), 43);
    let held = portal.dump().into_values().flatten().collect::<String>();
    assert!(!held.contains(&query["state"]), "S39: the state is kept as its hash");
}
