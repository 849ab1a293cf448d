//! What each way to a link writes: the link, the history of the one that gave way, audit records, mails, link events
//! and the session.
//!
//! A way is a browser's callback, its confirmation, match and registration, a game's token, and a code on a TV.

use chrono::TimeDelta;
use dovetail::testing::links::device_flow::poll_batch;
use dovetail::testing::lwa::simulator::DEVICE_CLIENT_ID;
use serde_json::{Value, json};

use super::harness::portal::Settings;
use super::harness::{Browser, Page, Person, Portal};

/// All that was written about this person's link, one line a row.
fn written_for(portal: &Portal, person: &Person) -> Vec<String> {
    let id = &person.id;
    let of = |what: &str, query: &str| {
        let lines = portal.lines(&format!("{query} WHERE player_id = '{id}'"));
        lines.into_iter().map(|line| format!("{what}: {line}")).collect::<Vec<_>>()
    };
    let in_order = |what: &str, query: &str, order: &str| {
        let lines = portal.lines(&format!("{query} WHERE player_id = '{id}' ORDER BY {order}"));
        lines.into_iter().map(|line| format!("{what}: {line}")).collect::<Vec<_>>()
    };
    let link = "SELECT amazon_name || ' ' || state || ' ' || tokens_from || ' by ' || \
                CASE client_id WHEN 'CLIENT' THEN 'the device client' ELSE 'the web client' END AS line \
                FROM amazon_links";
    let mut all = of("link", &link.replace("CLIENT", DEVICE_CLIENT_ID));
    all.extend(in_order("former", "SELECT cause || ' by ' || actor AS line FROM former_links", "id"));
    let event = "SELECT kind || ' by ' || actor || ' ' || details AS line FROM audit_events";
    // Records of one instant have no order.
    all.extend(in_order("audit", event, "kind, details"));
    all.extend(in_order("mail", "SELECT kind AS line FROM mails", "kind"));
    let told = "SELECT kind || ' by ' || actor AS line FROM link_events";
    all.extend(in_order("event", told, "position"));
    all.extend(of("session", "SELECT signed_in_with AS line FROM sessions"));
    all
}

/// The name under which a player who did not exist before is found.
fn player_called(portal: &Portal, name: &str) -> Person {
    let query = format!("SELECT id AS line FROM players WHERE display_name = '{name}'");
    let id = portal.lines(&query).pop().unwrap_or_else(|| panic!("nobody is called {name}"));
    Person { id, name: name.to_owned(), email: None, password: None }
}

async fn back_from_amazon(
    portal: &Portal,
    browser: &Browser,
    customer: &str,
    path: &str,
    button: &str,
) -> Page {
    portal.at_amazon(browser, customer).await;
    browser.visit(path).await.press(button).await
}

async fn confirmed(
    portal: &Portal,
    person: &Person,
    customer: &str,
    path: &str,
    button: &str,
) -> Vec<String> {
    let browser = portal.browser_of(person);
    let asked = back_from_amazon(portal, &browser, customer, path, button).await;
    assert_eq!(asked.url.path(), "/amazon/confirm", "{}", asked.text());
    let linked = asked.press("Link this account").await;
    assert_eq!(linked.code().as_deref(), Some("linked"), "{}", linked.text());
    written_for(portal, person)
}

mod confirmation {
    use super::*;

    #[tokio::test]
    async fn adds_a_link() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let written = confirmed(&portal, &bo, "mork", "/account", "Link Amazon account").await;
        assert_eq!(
            written,
            [
                "link: Mork Hashimoto active code_grant by the web client",
                "audit: link.amazon.added by player {}",
                "mail: amazon-linked",
                "event: linked by player",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn replaces_a_link() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let button = "Link a different account";
        let written = confirmed(&portal, &ann, "mork", "/amazon/replace", button).await;
        assert_eq!(
            written,
            [
                "link: Mork Hashimoto active code_grant by the web client",
                "former: replaced by player",
                "audit: link.amazon.replaced by player {}",
                "mail: amazon-replaced",
                "event: replaced by player",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn lets_a_revoked_link_give_way() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, "revoked");
        let written = confirmed(&portal, &ann, "mork", "/account", "Link Amazon account").await;
        assert_eq!(
            written,
            [
                "link: Mork Hashimoto active code_grant by the web client",
                "former: revoked_by_amazon by amazon",
                "audit: link.amazon.added by player {}",
                "mail: amazon-linked",
                "event: linked by player",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn writes_nothing_where_another_tab_was_first() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let first = back_from_amazon(&portal, &browser, "mork", "/account", "Link Amazon account").await;
        let second = back_from_amazon(&portal, &browser, "mork", "/account", "Link Amazon account").await;
        first.press("Link this account").await;
        let before = written_for(&portal, &bo);
        second.press("Link this account").await;
        assert_eq!(written_for(&portal, &bo), before);
    }
}

mod callback {
    use super::*;

    async fn signed_in(state: &str) -> Vec<String> {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, state);
        let page = back_from_amazon(&portal, &portal.browser(), "pat", "/", "Login with Amazon").await;
        assert_eq!(page.url.path(), "/account", "{}", page.text());
        written_for(&portal, &ann)
    }

    #[tokio::test]
    async fn signs_in() {
        assert_eq!(
            signed_in("active").await,
            [
                "link: Pat Example active code_grant by the web client",
                "audit: player.session.started by player {\"with\":\"amazon\"}",
                "session: amazon",
            ]
        );
    }

    #[tokio::test]
    async fn signs_in_and_connects_again() {
        for state in ["needs_reconnect", "revoked"] {
            assert_eq!(
                signed_in(state).await,
                [
                    "link: Pat Example active code_grant by the web client",
                    "audit: link.amazon.reconnected by player {}",
                    "audit: player.session.started by player {\"with\":\"amazon\"}",
                    "event: reconnected by player",
                    "session: amazon",
                ],
                "{state}"
            );
        }
    }

    async fn came_back_as_before(state: &str, button: &str, path: &str) -> Vec<String> {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, state);
        back_from_amazon(&portal, &portal.browser_of(&ann), "pat", path, button).await;
        written_for(&portal, &ann)
    }

    #[tokio::test]
    async fn renews_the_players_own_link() {
        assert_eq!(
            came_back_as_before("active", "Link a different account", "/amazon/replace").await,
            [
                "link: Pat Example active code_grant by the web client",
                "audit: link.amazon.renewed by player {}",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn connects_the_players_own_link_again() {
        assert_eq!(
            came_back_as_before("revoked", "Link Amazon account", "/account").await,
            [
                "link: Pat Example active code_grant by the web client",
                "audit: link.amazon.reconnected by player {}",
                "event: reconnected by player",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn proves_who_somebody_is() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let browser = portal.stale_browser_of(&ann);
        portal.at_amazon(&browser, "pat").await;
        browser.visit("/account/confirm-identity").await.press("Confirm with Amazon").await;
        assert_eq!(
            written_for(&portal, &ann),
            [
                "link: Pat Example active code_grant by the web client",
                "audit: player.identity.confirmed by player {}",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn registers_a_player() {
        let portal = Portal::start().await;
        portal.amazon.admits("nova", "Nova Example", "nova@customers.test");
        let asked = back_from_amazon(&portal, &portal.browser(), "nova", "/", "Login with Amazon").await;
        assert_eq!(asked.url.path(), "/amazon/register", "{}", asked.text());
        asked.fill("display_name", "Nova").press("Create account").await;
        assert_eq!(
            written_for(&portal, &player_called(&portal, "Nova")),
            [
                "link: Nova Example active code_grant by the web client",
                "audit: link.amazon.added by player {}",
                "audit: player.account.registered by player {\"with\":\"amazon\"}",
                "audit: player.email.change_asked by player {}",
                "audit: player.session.started by player {\"with\":\"amazon\"}",
                "mail: email-code",
                "event: linked by player",
                "session: amazon",
            ]
        );
    }
}

mod email_match {
    use super::*;

    async fn matched(portal: &Portal, person: &Person) -> Vec<String> {
        portal.amazon.admits("twin", "Twin at Amazon", person.email());
        let asked = back_from_amazon(portal, &portal.browser(), "twin", "/", "Login with Amazon").await;
        assert_eq!(asked.url.path(), "/amazon/match", "{}", asked.text());
        asked.fill("password", person.password()).press("Link and sign in").await;
        written_for(portal, person)
    }

    #[tokio::test]
    async fn adds_a_link() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        assert_eq!(
            matched(&portal, &bo).await,
            [
                "link: Twin at Amazon active code_grant by the web client",
                "audit: link.amazon.added by player {}",
                "audit: player.session.started by player {\"with\":\"password\"}",
                "mail: amazon-linked",
                "event: linked by player",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn lets_a_revoked_link_give_way() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, "revoked");
        assert_eq!(
            matched(&portal, &ann).await,
            [
                "link: Twin at Amazon active code_grant by the web client",
                "former: revoked_by_amazon by amazon",
                "audit: link.amazon.added by player {}",
                "audit: player.session.started by player {\"with\":\"password\"}",
                "mail: amazon-linked",
                "event: linked by player",
                "session: password",
            ]
        );
    }

    #[tokio::test]
    async fn only_signs_in_where_there_is_another_link() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        assert_eq!(
            matched(&portal, &ann).await,
            [
                "link: Pat Example active code_grant by the web client",
                "audit: player.session.started by player {\"with\":\"password\"}",
                "session: password",
            ]
        );
    }
}

mod presented_token {
    use super::*;

    async fn connected(portal: &Portal, person: Option<&Person>, customer: &str) -> Value {
        let mut game = match person {
            Some(person) => portal.proven_game_of(person).await,
            None => portal.game().await,
        };
        let fields = json!({ "accessToken": portal.amazon.token_of(customer) });
        let answer = game.ask("AmazonConnectRequest", fields).await;
        assert!(answer.get("error").is_none(), "{answer}");
        answer
    }

    const ENTERED: &str = "audit: player.session.started by player {\"door\":\"game\",\"with\":\"amazon\"}";

    const PROVEN: &str = "audit: player.session.started by player {\"door\":\"game\",\"with\":\"password\"}";

    #[tokio::test]
    async fn creates_a_player() {
        let portal = Portal::start().await;
        portal.amazon.admits("nova", "Nova Example", "nova@customers.test");
        connected(&portal, None, "nova").await;
        assert_eq!(
            written_for(&portal, &player_called(&portal, "Nova Example")),
            [
                "link: Nova Example active handed_over by the web client",
                "audit: link.amazon.added by player {\"door\":\"game\"}",
                "audit: player.account.registered by player {\"door\":\"game\",\"with\":\"amazon\"}",
                ENTERED,
                "event: linked by player",
            ]
        );
    }

    #[tokio::test]
    async fn adds_a_link() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        connected(&portal, Some(&bo), "mork").await;
        assert_eq!(
            written_for(&portal, &bo),
            [
                "link: Mork Hashimoto active handed_over by the web client",
                "audit: link.amazon.added by player {\"door\":\"game\"}",
                ENTERED,
                PROVEN,
                "mail: amazon-linked",
                "event: linked by player",
            ]
        );
    }

    #[tokio::test]
    async fn lets_a_revoked_link_give_way() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, "revoked");
        connected(&portal, Some(&ann), "mork").await;
        assert_eq!(
            written_for(&portal, &ann),
            [
                "link: Mork Hashimoto active handed_over by the web client",
                "former: revoked_by_amazon by amazon",
                "audit: link.amazon.added by player {\"door\":\"game\"}",
                ENTERED,
                PROVEN,
                "mail: amazon-linked",
                "event: linked by player",
            ]
        );
    }

    #[tokio::test]
    async fn keeps_tokens_that_amazon_issued_to_the_portal() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        for person in [Some(&ann), None] {
            connected(&portal, person, "pat").await;
        }
        assert_eq!(
            written_for(&portal, &ann),
            ["link: Pat Example active code_grant by the web client", ENTERED, ENTERED, PROVEN]
        );
    }

    #[tokio::test]
    async fn connects_the_players_own_link_again() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, "revoked");
        connected(&portal, Some(&ann), "pat").await;
        assert_eq!(
            written_for(&portal, &ann),
            [
                "link: Pat Example active handed_over by the web client",
                "audit: link.amazon.reconnected by player {\"door\":\"game\"}",
                ENTERED,
                PROVEN,
                "event: reconnected by player",
            ]
        );
    }
}

mod device_flow {
    use super::*;

    fn with_device_client(settings: &mut Settings) {
        let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
        settings
            .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
            .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
    }

    async fn linked_by_code(portal: &Portal, person: &Person, customer: &str) -> Vec<String> {
        let mut game = portal.proven_game_of(person).await;
        let begun = game.ask("AmazonLinkByCodeRequest", json!({})).await;
        assert!(begun.get("error").is_none(), "{begun}");
        let code = begun["userCode"].as_str().unwrap();
        assert!(portal.amazon.simulator.approve_device(code, customer));
        portal.wait(TimeDelta::seconds(30));
        poll_batch(portal.app()).await.unwrap();
        let yes = json!({ "linkingId": begun["linkingId"], "confirm": true });
        game.ask("AmazonLinkByCodeRequest", yes).await;
        let mut written = written_for(portal, person);
        written.retain(|line| !line.starts_with("audit: player.session.started"));
        written
    }

    const ASKED: &str = "audit: link.amazon.code_asked by player {\"door\":\"game\"}";

    #[tokio::test]
    async fn adds_a_link() {
        let portal = Portal::with(with_device_client).await;
        let bo = portal.bo().await;
        assert_eq!(
            linked_by_code(&portal, &bo, "mork").await,
            [
                "link: Mork Hashimoto active code_grant by the device client",
                "audit: link.amazon.added by player {\"door\":\"code\"}",
                ASKED,
                "mail: amazon-linked",
                "mail: amazon-linked-by-code",
                "event: linked by player",
            ]
        );
    }

    #[tokio::test]
    async fn lets_a_revoked_link_give_way() {
        let portal = Portal::with(with_device_client).await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, "revoked");
        assert_eq!(
            linked_by_code(&portal, &ann, "mork").await,
            [
                "link: Mork Hashimoto active code_grant by the device client",
                "former: revoked_by_amazon by amazon",
                "audit: link.amazon.added by player {\"door\":\"code\"}",
                ASKED,
                "mail: amazon-linked",
                "mail: amazon-linked-by-code",
                "event: linked by player",
            ]
        );
    }

    #[tokio::test]
    async fn connects_the_players_own_link_again() {
        let portal = Portal::with(with_device_client).await;
        let ann = portal.ann().await;
        portal.link_becomes(&ann, "revoked");
        assert_eq!(
            linked_by_code(&portal, &ann, "pat").await,
            [
                "link: Pat Example active code_grant by the device client",
                ASKED,
                "audit: link.amazon.reconnected by player {\"door\":\"code\"}",
                "event: reconnected by player",
            ]
        );
    }
}
