//! Many at once, for real: what is counted afterwards is rows.

use dovetail::testing::lwa::simulator::SimulatedCall;
use futures_util::future::join_all;

use super::harness::{Browser, Page, Person, Portal};

/// A portal that lets a crowd in.
async fn for_a_crowd() -> Portal {
    Portal::with(|settings| {
        settings.set("DOVETAIL_THROTTLE", "off");
    })
    .await
}

async fn crowd(portal: &Portal, many: usize) -> Vec<(Person, Browser)> {
    let mut crowd = Vec::new();
    for number in 0..many {
        let person = portal.person(&format!("Player{number:02}"), true, None).await;
        let browser = portal.browser_of(&person);
        crowd.push((person, browser));
    }
    crowd
}

/// How many pages have this status and code.
fn count(pages: &[Page], status: u16, code: &str) -> usize {
    pages.iter().filter(|page| page.status == status && page.code().as_deref() == Some(code)).count()
}

fn told(pages: &[Page]) -> Vec<(u16, Option<String>)> {
    pages.iter().map(|page| (page.status, page.code())).collect()
}

/// S55.
#[tokio::test]
async fn of_fifty_players_confirming_one_identity_one_gets_it() {
    let portal = for_a_crowd().await;
    let mut confirms = Vec::new();
    for (_, browser) in crowd(&portal, 50).await {
        portal.at_amazon(&browser, "mork").await;
        let confirm = browser.visit("/account").await.press("Link Amazon account").await;
        assert_eq!(confirm.url.path(), "/amazon/confirm", "{}", confirm.text());
        confirms.push(confirm);
    }
    let pages = join_all(confirms.iter().map(|confirm| confirm.press_only("Link this account"))).await;
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1, "{:?}", told(&pages));
    assert_eq!(count(&pages, 409, "identity_taken"), 49, "{:?}", told(&pages));
    assert_eq!(portal.count_all("amazon_links"), 1);
    assert_eq!(portal.count_all("sessions"), 50, "everybody is still signed in");
    assert_eq!(portal.count_all("link_attempts"), 0);
    assert_eq!(portal.count_all("former_links"), 0);
    portal.verify().await;
}

#[tokio::test]
async fn one_player_with_two_identities_gets_one() {
    for path in ["/account", "/amazon/replace"] {
        let portal = for_a_crowd().await;
        let bo = portal.bo().await;
        let button = if path == "/account" { "Link Amazon account" } else { "Link a different account" };
        for round in 0..10 {
            let browser = portal.browser_of(&bo);
            let mut confirms = Vec::new();
            for customer in ["mork", "pat"] {
                portal.at_amazon(&browser, customer).await;
                confirms.push(browser.visit(path).await.press(button).await);
            }
            let pages =
                join_all(confirms.iter().map(|confirm| confirm.press_only("Link this account"))).await;
            assert_eq!(portal.count_of("amazon_links", &bo), 1, "{path} {round}: {:?}", told(&pages));
            assert_eq!(portal.count_of("former_links", &bo), 0, "{path} {round}");
            assert!(pages.iter().all(|page| page.status < 500), "{:?}", told(&pages));
            portal.run("DELETE FROM amazon_links");
        }
    }
}

/// S42.
#[tokio::test]
async fn of_fifty_callbacks_with_one_state_one_is_exchanged() {
    let portal = for_a_crowd().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    let callback = browser.visit("/account").await.press_to_callback("Link Amazon account").await;
    let pages = join_all((0..50).map(|_| browser.get(&callback))).await;
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1, "{:?}", told(&pages));
    assert_eq!(count(&pages, 400, "attempt_unknown"), 49, "{:?}", told(&pages));
    assert_eq!(portal.amazon.calls(SimulatedCall::Exchange), 1);
    portal.verify().await;
}

#[tokio::test]
async fn of_twenty_first_sign_ins_of_one_identity_one_makes_a_player_and_all_are_signed_in() {
    let portal = for_a_crowd().await;
    let mut forms = Vec::new();
    for _ in 0..20 {
        let browser = portal.browser();
        portal.at_amazon(&browser, "mork").await;
        forms.push(browser.visit("/").await.press("Login with Amazon").await.fill("email", ""));
    }
    let pages = join_all(forms.iter().map(|form| form.press_only("Create account"))).await;
    for page in &pages {
        assert_eq!((page.status, page.location().as_deref()), (303, Some("/account")), "{:?}", told(&pages));
        assert_eq!(page.browser().visit("/account").await.link_state().as_deref(), Some("active"));
    }
    for (table, rows) in [("players", 1), ("amazon_links", 1), ("sessions", 20), ("link_attempts", 0)] {
        assert_eq!(portal.count_all(table), rows, "{table}");
    }
    portal.verify().await;
}

/// The second tab of one browser, and the second of two equal posts, end where the first one does.
#[tokio::test]
async fn two_tabs_that_create_one_player_are_both_signed_in() {
    let portal = for_a_crowd().await;
    for same_trip in [true, false] {
        for at_once in [true, false] {
            let browser = portal.browser();
            portal.at_amazon(&browser, "mork").await;
            let one = browser.visit("/").await.press("Login with Amazon").await.fill("email", "");
            let other = if same_trip {
                one.clone()
            } else {
                browser.visit("/").await.press("Login with Amazon").await.fill("email", "")
            };
            let (first, second) = if at_once {
                tokio::join!(one.press_only("Create account"), other.press_only("Create account"))
            } else {
                (one.press_only("Create account").await, other.press_only("Create account").await)
            };
            let what = format!("{same_trip} {at_once}");
            for page in [&first, &second] {
                // One that came after the other's commit, without its cookie, finds nothing.
                let is_late = at_once && page.code().as_deref() == Some("attempt_unknown");
                let told = (page.status, page.location());
                assert!(is_late || told == (303, Some("/account".into())), "{what}: {}", page.text());
            }
            assert_eq!(browser.visit("/account").await.link_state().as_deref(), Some("active"), "{what}");
            for (table, rows) in [("players", 1), ("amazon_links", 1), ("link_attempts", 0)] {
                assert_eq!(portal.count_all(table), rows, "{what}: {table}");
            }
            portal.run("DELETE FROM players");
        }
    }
}

/// The password was right in each, and the identity is theirs: everybody gets in, and it is linked once.
#[tokio::test]
async fn five_matches_of_one_identity_all_sign_in() {
    let portal = for_a_crowd().await;
    let bo = portal.bo().await;
    portal.amazon.admits("twin", "Twin at Amazon", bo.email());
    let mut forms = Vec::new();
    for _ in 0..5 {
        let browser = portal.browser();
        portal.at_amazon(&browser, "twin").await;
        let asked = browser.visit("/").await.press("Login with Amazon").await;
        assert_eq!(asked.url.path(), "/amazon/match", "{}", asked.text());
        forms.push(asked.fill("password", bo.password()));
    }
    let pages = join_all(forms.iter().map(|form| form.press_only("Link and sign in"))).await;
    assert!(pages.iter().all(|page| page.status == 303), "{:?}", told(&pages));
    assert_eq!(portal.count_of("amazon_links", &bo), 1);
    assert_eq!(portal.count_of("former_links", &bo), 0);
    assert_eq!(portal.count_of("sessions", &bo), 5);
    portal.verify().await;
}

/// A mailed code that is sent twice makes one account, and both answers lead into it.
#[tokio::test]
async fn two_posts_of_one_registration_code_both_lead_into_the_account() {
    let portal = for_a_crowd().await;
    for at_once in [true, false] {
        let browser = portal.browser();
        let form = browser.visit("/register").await.fill("display_name", "Dora");
        let form = form.fill("email", "dora@example.test").fill("password", "seven purple otters");
        let verify = form.press("Create account").await;
        let verify = verify.fill("code", &portal.mail_to("dora@example.test").code());
        let (first, second) = if at_once {
            tokio::join!(verify.press_only("Confirm email"), verify.press_only("Confirm email"))
        } else {
            (verify.press_only("Confirm email").await, verify.press_only("Confirm email").await)
        };
        for page in [&first, &second] {
            let is_late = at_once && page.code().as_deref() == Some("registration_gone");
            let told = (page.status, page.location());
            assert!(is_late || told == (303, Some("/account".into())), "{at_once}: {}", page.text());
        }
        assert!(browser.visit("/account").await.text().contains("Dora"), "{at_once}");
        for (table, rows) in [("players", 1), ("sessions", 1), ("registrations", 0)] {
            assert_eq!(portal.count_all(table), rows, "{at_once}: {table}");
        }
        portal.run("DELETE FROM players");
    }
}

/// Twenty browsers of one customer whose player exists: everybody gets in, and the link stays one.
#[tokio::test]
async fn twenty_sign_ins_of_one_player_all_get_in() {
    let portal = for_a_crowd().await;
    let ann = portal.ann().await;
    let mut callbacks = Vec::new();
    for _ in 0..20 {
        let browser = portal.browser();
        portal.at_amazon(&browser, "pat").await;
        let callback = browser.visit("/").await.press_to_callback("Login with Amazon").await;
        callbacks.push((browser, callback));
    }
    let pages = join_all(callbacks.iter().map(|(browser, callback)| browser.get(callback))).await;
    assert!(pages.iter().all(|page| page.status == 303), "{:?}", told(&pages));
    assert_eq!(portal.count_of("amazon_links", &ann), 1);
    assert_eq!(portal.token_version_of(&ann), 21);
    assert_eq!(portal.count_of("sessions", &ann), 20);
    portal.verify().await;
}

/// Whoever comes second finds another player than the page said, and nothing is half done.
#[tokio::test]
async fn an_unlink_and_a_replacement_at_once_leave_at_most_one_link_and_one_story() {
    let portal = for_a_crowd().await;
    let ann = portal.ann().await;
    portal.run("CREATE TABLE kept_links AS SELECT * FROM amazon_links");
    for round in 0..40 {
        let (one, two) = (portal.browser_of(&ann), portal.browser_of(&ann));
        portal.at_amazon(&two, "mork").await;
        let confirm = two.visit("/amazon/replace").await.press("Link a different account").await;
        let unlink = one.visit("/amazon/unlink").await;
        let (unlink, confirm) =
            tokio::join!(unlink.press_only("Unlink Amazon account"), confirm.press_only("Link this account"));
        assert!(
            unlink.status == 303 && matches!(confirm.status, 303 | 400),
            "{round}: {:?}",
            told(&[unlink, confirm])
        );
        let (linked, ended) = (portal.count_of("amazon_links", &ann), portal.endings_of(&ann));
        let is_whole = match linked {
            0 => ended == ["unlinked_by_player"] || ended.len() == 2,
            _ => ended.len() == 1,
        };
        assert!(is_whole, "{round}: {linked} {ended:?}");
        for table in ["amazon_links", "former_links", "sessions", "link_attempts"] {
            portal.run(&format!("DELETE FROM {table}"));
        }
        portal.run("INSERT INTO amazon_links SELECT * FROM kept_links");
    }
    portal.verify().await;
}

/// S63: the check and the write are under one lock, so the two can never both pass.
#[tokio::test]
async fn two_hundred_rounds_of_unlink_against_password_removal_leave_a_way_in() {
    let portal = for_a_crowd().await;
    let ann = portal.ann().await;
    portal.run("CREATE TABLE kept_links AS SELECT * FROM amazon_links");
    portal.run("CREATE TABLE kept_players AS SELECT id, password_sealed FROM players");
    let (mut unlinked, mut removed) = (0, 0);
    for round in 0..200 {
        // Two sessions, so that not the first one's new id but the lock decides.
        let (one, two) = (portal.browser_of(&ann), portal.browser_of(&ann));
        let (csrf_one, csrf_two) = (one.visit("/account").await.csrf(), two.visit("/account").await.csrf());
        let fields = [[("csrf", csrf_one.as_str())], [("csrf", csrf_two.as_str())]];
        let unlink = one.post("/amazon/unlink", &fields[0]);
        let remove = two.post("/account/password/remove", &fields[1]);
        let pages = if round % 2 == 0 {
            let (unlink, remove) = tokio::join!(unlink, remove);
            [unlink, remove]
        } else {
            let (remove, unlink) = tokio::join!(remove, unlink);
            [unlink, remove]
        };
        assert!(pages.iter().all(|page| page.status < 500), "{round}: {:?}", told(&pages));
        let ways = portal.count(
            "SELECT (SELECT count(*) FROM amazon_links WHERE state <> 'revoked') \
             + (SELECT count(*) FROM players WHERE password_sealed IS NOT NULL) AS count",
        );
        assert_eq!(ways, 1, "{round}: {:?}", told(&pages));
        if portal.count_all("amazon_links") == 0 {
            unlinked += 1;
        } else {
            removed += 1;
        }
        portal.run("DELETE FROM amazon_links");
        portal.run("DELETE FROM sessions");
        portal.run("INSERT INTO amazon_links SELECT * FROM kept_links");
        portal.run("UPDATE players SET password_sealed = (SELECT password_sealed FROM kept_players)");
    }
    assert_eq!(unlinked + removed, 200);
    assert!(unlinked > 0 && removed > 0, "both win sometimes: {unlinked} unlinked, {removed} removed");
    portal.verify().await;
}
