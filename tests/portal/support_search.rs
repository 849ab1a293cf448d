//! Staff find a player by anything a player can quote.

use chrono::TimeDelta;
use scraper::{Html, Selector};
use url::form_urlencoded::byte_serialize;

use super::harness::{Browser, Page, Person, Portal};

const SEARCHED: &str =
    "SELECT details AS line FROM audit_events WHERE kind = 'staff.players.searched' ORDER BY id";

fn address(q: &str) -> String {
    format!("/support/players?q={}", byte_serialize(q.as_bytes()).collect::<String>())
}

async fn search(desk: &Browser, q: &str) -> Page {
    let page = desk.visit(&address(q)).await;
    assert_eq!(page.status, 200, "{q:?}: {}", page.text());
    page
}

/// The texts of everything that fits, in order.
fn all(page: &Page, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let text = |element: scraper::ElementRef<'_>| {
        element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    Html::parse_document(&page.html).select(&selector).map(text).collect()
}

/// Who was found, in order.
fn names(page: &Page) -> Vec<String> {
    all(page, ".hit .name a")
}

/// Why, in order.
fn reasons(page: &Page) -> Vec<String> {
    all(page, ".hit .because")
}

async fn viewer(portal: &Portal) -> Browser {
    portal.desk_of(&portal.agent("vic", "viewer").await)
}

/// Gives somebody a user name.
fn call(portal: &Portal, person: &Person, user_name: &str) {
    let key = user_name.to_lowercase();
    let id = &person.id;
    portal.run(&format!(
        "UPDATE players SET user_name = '{user_name}', user_name_key = '{key}' WHERE id = '{id}'"
    ));
}

/// Players with these names, oldest first.
fn named(portal: &Portal, names: impl IntoIterator<Item = String>) {
    for name in names {
        let id = dovetail::testing::platform::db::new_id(portal.clock.now());
        let key = dovetail::testing::platform::name::search_key(&name);
        let name = name.replace('\'', "''");
        portal.run(&format!(
            "INSERT INTO players (id, display_name, display_name_key, created_at) \
             VALUES ('{id}', '{name}', '{}', '2032-11-30 12:00:00')",
            key.replace('\'', "''")
        ));
    }
}

#[tokio::test]
async fn a_player_is_found_by_each_thing_they_can_quote() {
    let portal = Portal::start().await;
    let (ann, _bo) = (portal.ann().await, portal.bo().await);
    call(&portal, &ann, "Pilot_7");
    let identity = portal.amazon.identity_of("pat");
    let desk = viewer(&portal).await;
    for (text, because) in [
        (ann.id.as_str(), "Player id"),
        (&ann.id.to_uppercase(), "Player id"),
        (&identity, "Amazon id"),
        ("Ann@Example.TEST", "Email"),
        ("PILOT_7", "User name"),
        ("ann", "Display name"),
        (" ann\r\n", "Display name"),
    ] {
        let page = search(&desk, text).await;
        assert_eq!((names(&page), reasons(&page)), (vec!["Ann".into()], vec![because.to_owned()]), "{text}");
        assert_eq!(page.attribute(".hit .name a", "href"), Some(format!("/support/players/{}", ann.id)));
        assert_eq!(page.text_of(".hit code"), Some(ann.id.clone()));
        assert_eq!(page.attribute(".hit", "data-link-state"), Some("active".into()));
        assert_eq!(page.text_of("h2"), Some("One player".into()));
        assert_eq!(page.value("q"), Some(text.trim().to_owned()), "the text is kept");
    }
    for text in
        ["pilot", "ann@example", &identity[..identity.len() - 1], &identity.to_lowercase(), "example.test"]
    {
        assert_eq!(names(&search(&desk, text).await), Vec::<String>::new(), "{text} is not all of it");
    }
}

#[tokio::test]
async fn a_former_amazon_id_finds_its_former_owner_and_its_present_one() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let identity = portal.amazon.identity_of("pat");
    let page = portal.browser_of(&ann).visit("/amazon/unlink").await;
    assert_eq!(page.press("Unlink Amazon account").await.status, 200);
    let desk = viewer(&portal).await;
    let page = search(&desk, &identity).await;
    assert_eq!(names(&page), ["Ann"]);
    assert_eq!(reasons(&page), ["Amazon id of a former link, until 1 December 2032"]);
    assert_eq!(page.attribute(".hit", "data-link-state"), Some("none".into()));
    let tail = &identity[identity.len() - 4..];
    assert!(!page.text().contains(tail), "not even its end: {}", page.text());

    portal.person("Cora", true, Some("pat")).await;
    let page = search(&desk, &identity).await;
    assert_eq!(names(&page), ["Cora", "Ann"]);
    assert_eq!(reasons(&page), ["Amazon id", "Amazon id of a former link, until 1 December 2032"]);

    // The one who has it again had it before: one row, both reasons.
    portal.run("DELETE FROM players WHERE display_name = 'Cora'");
    let page = portal.browser_of(&ann).visit("/account").await.press("Link Amazon account").await;
    page.allow_as("Pat Example").await.press("Link this account").await;
    let page = search(&desk, &identity).await;
    assert_eq!(names(&page), ["Ann"]);
    assert_eq!(reasons(&page), ["Amazon id", "Amazon id of a former link, until 1 December 2032"]);
}

#[tokio::test]
async fn a_link_that_ended_at_amazon_and_a_closed_account_are_still_found() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    portal.run(&format!(
        "UPDATE amazon_links SET state = 'revoked', access_token_sealed = NULL, refresh_token_sealed = NULL \
         WHERE player_id = '{}'",
        ann.id
    ));
    portal.run(&format!("UPDATE players SET disabled_at = '2032-11-30 12:00:00' WHERE id = '{}'", bo.id));
    portal
        .run(&format!("UPDATE players SET display_name = '', display_name_key = '' WHERE id = '{}'", bo.id));
    let desk = viewer(&portal).await;
    let page = search(&desk, &portal.amazon.identity_of("pat")).await;
    assert_eq!(page.attribute(".hit", "data-link-state"), Some("revoked".into()));
    assert!(page.text().contains("Link revoked since 1 December 2032"), "{}", page.text());
    let page = search(&desk, bo.email()).await;
    assert_eq!(names(&page), ["No display name"]);
    assert_eq!(page.attribute(".hit", "data-standing"), Some("disabled".into()));
    assert!(page.text().contains("Disabled since 30 November 2032"), "{}", page.text());
}

/// S121, for whoever may search at all.
#[tokio::test]
async fn nobody_is_shown_an_address_or_an_amazon_id_in_full() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let identity = portal.amazon.identity_of("pat");
    let tail = &identity[identity.len() - 4..];
    for role in ["viewer", "agent", "lead", "admin"] {
        let desk = portal.desk_of(&portal.agent(&format!("sam-{role}"), role).await);
        for text in [&ann.id, &ann.name, ann.email(), &identity] {
            let page = search(&desk, text).await;
            // The box repeats what its reader has typed.
            let shown = page.html.replace(&format!("value=\"{text}\""), "");
            assert!(!shown.contains(ann.email()) && !shown.contains(&identity), "{role}, {text}: {shown}");
            assert!(
                !shown.contains("player@") && !shown.contains("Pat Ex"),
                "nor what Amazon calls her: {shown}"
            );
            assert!(
                page.text().contains("a…@e….test") && page.text().contains(&format!("…{tail}")),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn who_is_meant_exactly_comes_first_and_nobody_comes_twice() {
    let portal = Portal::start().await;
    let zoe = portal.person("Herons forever", true, None).await;
    call(&portal, &zoe, "Heron");
    named(&portal, ["Heron".into(), "Heron and Co".into()]);
    let desk = viewer(&portal).await;
    let page = search(&desk, "heron").await;
    assert_eq!(names(&page), ["Herons forever", "Heron", "Heron and Co"]);
    assert_eq!(reasons(&page), ["User name", "Display name", "Display name", "Display name"]);
    assert_eq!(page.text_of("h2"), Some("3 players".into()));

    // Not on a later page either, where she would come by her name.
    named(&portal, (0..30).map(|number| format!("Heron {number:02}")));
    let first = search(&desk, "heron").await;
    assert_eq!(names(&first)[0], "Herons forever");
    assert_eq!(first.text_of("h2"), Some("The first 21 players".into()));
    let second = first.click("Next page").await;
    assert!(!names(&second).contains(&"Herons forever".into()), "{:?}", names(&second));
    assert_eq!(names(&first).len() + names(&second).len(), 33);
    assert_eq!(second.text_of("h2"), Some("12 more players".into()));
    assert_eq!(names(&second.click("First page").await), names(&first));
}

#[tokio::test]
async fn pages_of_names_go_on_without_gap_or_repeat_while_players_come() {
    let portal = Portal::start().await;
    let wanted: Vec<String> = (0..45).map(|number| format!("Otter {number:03}")).collect();
    named(&portal, wanted.iter().cloned());
    // A name that several have is in order too.
    named(&portal, std::iter::repeat_n("Otter 019".to_owned(), 5));
    let desk = viewer(&portal).await;
    let mut page = search(&desk, "OTTER").await;
    let mut seen = Vec::new();
    for number in 0..5 {
        seen.extend(names(&page));
        named(
            &portal,
            [format!("Otter 000 new {number}"), format!("Otter 010 new {number}"), "Otters".into()],
        );
        if !page.links().contains(&"Next page".into()) {
            break;
        }
        page = page.click("Next page").await;
    }
    let old: Vec<&String> = seen.iter().filter(|name| !name.contains("new") && *name != "Otters").collect();
    let mut all_of_them = wanted.clone();
    all_of_them.extend(std::iter::repeat_n("Otter 019".to_owned(), 5));
    all_of_them.sort();
    assert_eq!(old, all_of_them.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_ends_after_five_pages_and_says_so() {
    let portal = Portal::start().await;
    named(&portal, (0..130).map(|number| format!("Lynx {number:03}")));
    let desk = viewer(&portal).await;
    let mut page = search(&desk, "lynx").await;
    let mut seen = names(&page);
    let mut last_way = String::new();
    while let Some(way) = page.attribute("a[rel=next]", "href") {
        assert!(!page.text().contains("Type more of the name"));
        page = desk.visit(&way).await;
        seen.extend(names(&page));
        last_way = way;
    }
    assert_eq!(seen, (0..100).map(|number| format!("Lynx {number:03}")).collect::<Vec<_>>());
    assert!(
        page.text().contains("More display names begin like this. Type more of the name"),
        "{}",
        page.text()
    );

    // However its place is changed, a page shows nobody behind those.
    let place = |key: &str| data_encoding::BASE64URL_NOPAD.encode(format!("x/{key}").as_bytes());
    for key in ["lynx 099", "lynx 105", "lynx 129", "m"] {
        let page = desk.visit(&format!("/support/players?q=lynx&after={}", place(key))).await;
        assert_eq!((page.status, names(&page)), (200, vec![]), "{key}");
        assert_eq!(page.text_of("h2"), Some("Nobody comes after that".into()));
    }
    let first = names(&search(&desk, "lynx").await);
    for broken in ["x", "%00", "%FF%FE", "&after", &last_way[10..30]] {
        let page = desk.get(&format!("/support/players?q=lynx&after={broken}")).await;
        assert!(
            page.status == 400 || (page.status == 200 && names(&page) == first),
            "{broken}: {}",
            page.status
        );
    }
}

/// Whole names only, so that a letter does not list everybody whose name begins with it.
#[tokio::test]
async fn a_short_text_finds_whole_names() {
    let portal = Portal::start().await;
    let (bo, bob) = (portal.bo().await, portal.person("Bob", true, None).await);
    let li = portal.person("李明", true, None).await;
    let longer = portal.person("李明博", true, None).await;
    let u = portal.person("Ü", true, None).await;
    let zoe = portal.person("Zoë", true, None).await;
    let desk = viewer(&portal).await;
    for (typed, found, not_found) in [
        ("bo", vec![&bo], vec![&bob]),
        ("Bo ", vec![&bo], vec![&bob]),
        ("b", vec![], vec![&bo, &bob]),
        ("李", vec![], vec![&li, &longer]),
        ("李明", vec![&li, &longer], vec![&bo]),
        ("ü", vec![&u], vec![&bo]),
        ("u", vec![&u], vec![&bo]),
        ("zoe", vec![&zoe], vec![&bo]),
        ("ZOË", vec![&zoe], vec![&bo]),
        ("zoë b", vec![], vec![&zoe]),
        ("%", vec![], vec![&bo, &bob, &u]),
        ("__", vec![], vec![&bo, &bob]),
        ("\u{1f426}", vec![], vec![&bo]),
    ] {
        let page = desk.visit(&address(typed)).await;
        assert_eq!(page.status, 200, "{typed:?}: {:?}", page.error_of("q"));
        for person in found {
            assert!(page.html.contains(&person.id), "{typed:?} finds {}", person.id);
        }
        for person in not_found {
            assert!(!page.html.contains(&person.id), "{typed:?} does not find {}", person.id);
        }
    }
}

#[tokio::test]
async fn an_endless_text_and_no_text_are_not_searched() {
    let portal = Portal::start().await;
    portal.bo().await;
    let desk = viewer(&portal).await;
    let long = "b".repeat(255);
    let page = desk.visit(&address(&long)).await;
    assert_eq!((page.status, page.error_of("q")), (422, Some("Type at most 254 characters.".into())));
    assert_eq!(page.value("q"), Some(long), "so that it can be shortened");
    assert_eq!(portal.lines(SEARCHED), Vec::<String>::new(), "nothing was asked");
    for nothing in ["", "  ", "\0", "\r\n"] {
        let page = desk.visit(&address(nothing)).await;
        assert_eq!((page.status, page.text_of("h2")), (200, None), "{nothing:?} asks nothing");
    }
}

#[tokio::test]
async fn no_text_is_too_strange_to_look_for() {
    let portal = Portal::start().await;
    named(
        &portal,
        ["100% Ann".into(), "100 times".into(), "O'Hara".into(), "\u{10ffff}\u{10ffff}\u{10ffff}x".into()],
    );
    let desk = viewer(&portal).await;
    for (text, found) in [
        ("100%", vec!["100% Ann"]),
        ("100", vec!["100 times", "100% Ann"]),
        ("100_", vec![]),
        ("%%%", vec![]),
        ("___", vec![]),
        ("o'h", vec!["O'Hara"]),
        ("' OR 1=1 --", vec![]),
        ("o\0h", vec![]),
        ("\0o'hara\0", vec!["O'Hara"]),
        ("Ｏ'ＨＡＲＡ", vec!["O'Hara"]),
        ("\u{10ffff}\u{10ffff}\u{10ffff}", vec!["\u{10ffff}\u{10ffff}\u{10ffff}x"]),
        ("\u{202e}ann", vec![]),
        ("🧑‍🚀🧑‍🚀🧑‍🚀", vec![]),
        ("\u{fdfa}\u{fdfa}\u{fdfa}", vec![]),
        ("a@b@c.com\r\nBcc: x@y.z", vec![]),
        ("<script>alert(1)</script>", vec![]),
        ("{{7*7}}${x}", vec![]),
    ] {
        let page = search(&desk, text).await;
        assert_eq!(names(&page), found, "{text:?}");
    }
    for text in
        ["é".repeat(254), "\u{fdfa}".repeat(254), format!("{}@{}.com", "a".repeat(60), "b".repeat(180))]
    {
        search(&desk, &text).await;
    }
    let twice = desk.get("/support/players?q=ann&q=bob").await;
    assert_eq!(twice.status, 400);
}

#[tokio::test]
async fn where_nobody_is_found_the_page_says_what_else_to_ask_for() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let desk = viewer(&portal).await;
    let page = search(&desk, "nobody@example.test").await;
    assert_eq!(page.text_of("h2"), Some("Nobody was found".into()));
    assert_eq!(all(&page, ".quotes dt"), ["Player id", "Amazon id", "Email", "User name", "Display name"]);
    assert!(page.attribute("input[autofocus]", "name").is_some(), "the next text can be typed at once");
    let page = search(&desk, ann.email()).await;
    assert!(page.attribute("input[autofocus]", "name").is_none());
    assert_eq!(page.attribute("a[autofocus]", "href"), Some(format!("/support/players/{}", ann.id)));

    let home = desk.visit("/support").await;
    let page = home.fill("q", &ann.id).press("Search").await;
    assert_eq!(names(&page), ["Ann"], "the box of the home page is the same");
    let german = portal.desk_of(&portal.agent("gus", "viewer").await).speaking("de");
    assert_eq!(search(&german, "niemand@example.test").await.text_of("h2"), Some("Niemand gefunden".into()));
    assert_eq!(reasons(&search(&german, ann.email()).await), ["E-Mail"]);
}

/// S125: how it was asked and how many there were, and not a word of what was typed.
#[tokio::test]
async fn a_search_leaves_a_record_without_its_text() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    named(&portal, ["Wombat one".into(), "Wombat two".into()]);
    let desk = portal.desk_of(&sam);
    for text in ["wombat", "wombat.nobody@example.test", "amzn1.account.WOMBATNOBODY"] {
        search(&desk, text).await;
    }
    let records: Vec<serde_json::Value> =
        portal.lines(SEARCHED).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records[0], serde_json::json!({ "asked": ["user_name", "display_name"], "found": 2 }));
    assert_eq!(records[1], serde_json::json!({ "asked": ["email", "display_name"], "found": 0 }));
    let ways = ["amazon_id", "former_amazon_id", "user_name", "display_name"];
    assert_eq!(records[2], serde_json::json!({ "asked": ways, "found": 0 }));
    let whose = "SELECT count(*) AS count FROM audit_events WHERE kind = 'staff.players.searched' \
                 AND actor = 'support' AND player_id IS NULL AND staff_id = ";
    assert_eq!(portal.count(&format!("{whose}'{}'", sam.id)), 3);
    let kept: Vec<String> = portal
        .dump()
        .into_iter()
        .filter(|(table, _)| table != "players")
        .flat_map(|(_, rows)| rows)
        .collect();
    assert!(!kept.iter().any(|row| row.to_lowercase().contains("wombat")), "{kept:#?}");
}

/// S120: an hour has so many searches, and coming to their end is told once.
#[tokio::test]
async fn searching_on_and_on_is_refused_and_told() {
    let portal = Portal::start().await;
    portal.ann().await;
    let (sam, vic) = (portal.agent("sam", "agent").await, portal.agent("vic", "viewer").await);
    let desk = portal.desk_of(&sam);
    search(&desk, "ann").await;
    let of_sam = format!("id = 'staff searches {}'", sam.id);
    assert_eq!(portal.run(&format!("UPDATE throttles SET taken = 119 WHERE {of_sam}")), 1);
    search(&desk, "ann").await;
    for _ in 0..3 {
        let refused = desk.visit(&address("ann")).await;
        assert_eq!((refused.status, refused.code()), (429, Some("throttled".into())));
        let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((3_000..=3_600).contains(&wait), "{wait}");
        assert_eq!((refused.value("q"), names(&refused)), (Some("ann".into()), vec![]));
        assert!(refused.text().contains("the operator has been told"), "{}", refused.text());
    }
    let told: Vec<String> =
        portal.lines(SEARCHED).into_iter().filter(|line| line.contains("too_many")).collect();
    assert_eq!(told, [r#"{"refused":"too_many"}"#], "once an hour");
    let refusals = portal
        .app()
        .metrics
        .throttle_refusals
        .so_far(dovetail::testing::platform::metrics::Limit::StaffSearches);
    assert_eq!(refusals, 3);
    assert_eq!(names(&search(&portal.desk_of(&vic), "ann").await), ["Ann"], "others go on");
    portal.wait(TimeDelta::hours(1));
    assert_eq!(names(&search(&portal.desk_of(&sam), "ann").await), ["Ann"]);
}
