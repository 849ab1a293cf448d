//! A player's page at the desk: what staff see, what they see only with a reason, and what nobody sees (S120, S121).

use chrono::TimeDelta;
use serde_json::json;

use super::harness::{Agent, Page, Person, Portal};

const UNMASK: &str = "/support/actions/unmask";

async fn look(portal: &Portal, agent: &Agent, person: &Person) -> Page {
    let page = portal.desk_of(agent).visit(&portal.file_of(person)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

/// The text of the section of this name.
fn part(page: &Page, name: &str) -> String {
    let selector = format!("section[aria-labelledby={name}]");
    page.text_of(&selector).unwrap_or_else(|| panic!("no section {name}: {}", page.text()))
}

fn gist(page: &Page) -> String {
    page.text_of(".gist").unwrap()
}

/// Everything about this person that is a secret, or would help to guess one.
fn secrets_of(portal: &Portal, person: &Person) -> Vec<String> {
    let of = |column: &str, table: &str| {
        let id = &person.id;
        portal.lines(&format!(
            "SELECT {column} AS line FROM {table} WHERE player_id = '{id}' AND {column} IS NOT NULL"
        ))
    };
    let mut secrets = [
        of("token_hash", "sessions"),
        of("csrf_secret", "sessions"),
        of("amazon_id_hash", "former_links"),
        of("device_hash", "devices"),
        of("token_hash", "password_resets"),
        portal.lines("SELECT token_hash AS line FROM game_tokens"),
        portal.lines("SELECT token_hash AS line FROM staff_sessions"),
    ]
    .concat();
    secrets.extend(["Atza|", "Atzr|", "$argon2"].map(str::to_owned));
    secrets
}

/// What is masked: the identity at Amazon, addresses, and networks.
fn masked_of(portal: &Portal, person: &Person) -> Vec<String> {
    let id = &person.id;
    let mut masked = portal.lines(&format!(
        "SELECT amazon_id AS line FROM amazon_links WHERE player_id = '{id}' \
         UNION ALL SELECT amazon_email AS line FROM amazon_links WHERE player_id = '{id}' AND amazon_email IS NOT NULL \
         UNION ALL SELECT email AS line FROM players WHERE id = '{id}' AND email IS NOT NULL"
    ));
    masked.extend(["127.0.0.0/24", "198.51.100.0/24"].map(str::to_owned));
    masked
}

mod the_page {
    use super::*;

    #[tokio::test]
    async fn tells_everything_around_a_player() {
        let portal = Portal::start().await;
        let (ada, ann) = (portal.agent("ada", "agent").await, portal.person_with_a_past("Ann", "pat").await);
        portal.note_about(&ada, &ann, "Called twice.\nWants the old account back.");
        let page = look(&portal, &ada, &ann).await;
        assert_eq!((page.h1(), page.link_state()), ("Ann".to_owned(), Some("active".to_owned())));
        assert_eq!(gist(&page), "Can sign in with a password or with Amazon. The Amazon link works.");
        let has = |name: &str, all: &[&str]| {
            let text = part(&page, name);
            for wanted in all {
                assert!(text.contains(wanted), "{name} lacks {wanted:?}: {text}");
            }
        };
        has("identity", &[&ann.id, "Ann", "ann.1", "a…@e….test, confirmed", "Deutsch", "3 days ago"]);
        has(
            "ways-in",
            &["Set; last changed", "A reset can be mailed to a…@e….test", "One gets in by itself"],
        );
        has(
            "link",
            &[
                "Pat Example",
                "Linked",
                "Games are told: linked.",
                "Last checked",
                "Works until",
                "Held",
                "This portal’s web client",
                "profile",
            ],
        );
        has("former", &["The player unlinked it", "Search for the Amazon id"]);
        has("signed-in", &["Firefox · Linux", "With password", "Android", "dovetail", "127.0.…"]);
        has("devices", &["Living room · tvOS", "Old Fire TV", "Disabled", "198.51.…"]);
        has(
            "mails",
            &[
                "Amazon was unlinked",
                "Sent",
                "Amazon was linked",
                "Given up after 8 tries",
                "Link to reset",
                "Waiting",
            ],
        );
        has("notes", &["Called twice.", "ada@desk.test"]);
        has(
            "timeline",
            &[
                "Linked Amazon",
                "Unlinked by the player",
                "Sign-in refused",
                "Somebody asked for a reset of the password",
                "Visitor",
            ],
        );
    }

    #[tokio::test]
    async fn shows_no_token_no_hash_and_nothing_sealed_to_anybody() {
        let portal = Portal::start().await;
        let ann = portal.person_with_a_past("Ann", "pat").await;
        let ada = portal.agent("ada", "admin").await;
        let masked = look(&portal, &ada, &ann).await;
        let revealed = masked.fill("reason", "ticket 4711").press("Show everything").await;
        assert_eq!(revealed.code(), Some("player_unmasked".into()), "{}", revealed.text());
        let secrets = secrets_of(&portal, &ann);
        assert!(secrets.len() >= 9, "{secrets:?}");
        for page in [&masked, &revealed] {
            for secret in &secrets {
                assert!(!page.html.contains(secret.as_str()), "{secret}");
            }
        }
    }

    #[tokio::test]
    async fn is_found_for_players_only() {
        let portal = Portal::start().await;
        let vic = portal.agent("vic", "viewer").await;
        let desk = portal.desk_of(&vic);
        for id in [vic.id.as_str(), "x", "%00", "0190a000-0000-7000-8000-000000000000", "..%2Fstaff"] {
            let page = desk.get(&format!("/support/players/{id}")).await;
            assert_eq!(page.status, 404, "{id}");
        }
        assert_eq!(
            portal.count("SELECT count(*) AS count FROM audit_events WHERE kind LIKE 'staff.player%'"),
            0
        );
        let ann = portal.ann().await;
        let own = portal.browser_of(&ann).get(&portal.file_of(&ann)).await;
        let way = own.location().unwrap();
        assert!(way.starts_with("/support/sign-in?next="), "not even to the player: {way}");
    }

    #[tokio::test]
    async fn says_where_a_list_is_cut() {
        let portal = Portal::start().await;
        let (vic, ann) = (portal.agent("vic", "viewer").await, portal.ann().await);
        for number in 1..=20 {
            portal.device_named(&ann, &format!("Device {number}."), false);
            portal.wait(TimeDelta::seconds(1));
        }
        let page = look(&portal, &vic, &ann).await;
        assert!(!part(&page, "devices").contains("Only the newest are shown."));
        portal.device_named(&ann, "One more", false);
        let text = part(&look(&portal, &vic, &ann).await, "devices");
        assert!(text.contains("Only the newest are shown.") && text.contains("One more"), "{text}");
        assert!(text.contains("Device 2.") && !text.contains("Device 1."), "{text}");
    }

    #[tokio::test]
    async fn reads_in_german_too() {
        let portal = Portal::start().await;
        let (ada, ann) = (portal.agent("ada", "lead").await, portal.person_with_a_past("Ann", "pat").await);
        let page = portal.desk_of(&ada).speaking("de").visit(&portal.file_of(&ann)).await;
        assert_eq!(gist(&page), "Kommt mit Passwort oder mit Amazon herein. Die Amazon-Verknüpfung geht.");
        assert!(part(&page, "timeline").contains("Vom Spieler getrennt"), "{}", page.text());
    }
}

mod the_first_sentences {
    use super::*;

    /// A statement about the player's rows, what the page then says, and the state it shows.
    async fn say(change: &[&str], has_password: bool, says: &str, state: &str) {
        let portal = Portal::start().await;
        let vic = portal.agent("vic", "viewer").await;
        let person = if has_password {
            portal.linked("Ann", "pat").await
        } else {
            portal.linked_with_amazon_only("Ann", "pat").await
        };
        for statement in change {
            let rows = portal.run(&statement.replace("ID", &format!("'{}'", person.id)));
            assert_eq!(rows, 1, "{statement}");
        }
        let page = look(&portal, &vic, &person).await;
        assert_eq!((gist(&page).as_str(), page.link_state().as_deref()), (says, Some(state)));
    }

    #[tokio::test]
    async fn tell_of_a_player_who_must_reconnect() {
        let change = "UPDATE amazon_links SET state = 'needs_reconnect', state_cause = 'key_lost' WHERE player_id = ID";
        let says = "Can sign in with Amazon only. The link needs the player to reconnect since 1 December 2032: \
                    we can no longer read what Amazon gave us.";
        say(&[change], false, says, "needs_reconnect").await;
    }

    #[tokio::test]
    async fn tell_of_a_revoked_link() {
        let change = "UPDATE amazon_links SET state = 'revoked', state_cause = 'revoked_by_amazon', \
                      access_token_sealed = NULL, refresh_token_sealed = NULL WHERE player_id = ID";
        let says = "Can sign in only by coming back with the same Amazon account. \
                    Our access was removed at Amazon on 1 December 2032.";
        say(&[change], false, says, "revoked").await;
    }

    #[tokio::test]
    async fn tell_of_a_link_on_hold() {
        let change = "UPDATE amazon_links SET held_at = state_since, failures = 2 WHERE player_id = ID";
        let says = "Can sign in with a password or with Amazon. Amazon says since 1 December 2032 that our access \
                    was removed; the brake on mass revocation keeps the link.";
        say(&[change], true, says, "active").await;
    }

    #[tokio::test]
    async fn tell_of_checks_that_give_nothing() {
        let change = "UPDATE amazon_links SET failures = 3 WHERE player_id = ID";
        let says = "Can sign in with Amazon only. The Amazon link stands, but Amazon gave nothing at the last 3 checks.";
        say(&[change], false, says, "active").await;
    }

    #[tokio::test]
    async fn tell_of_a_disabled_player() {
        let change = "UPDATE players SET disabled_at = created_at WHERE id = ID";
        let says = "Disabled since 1 December 2032: nobody can sign in. The Amazon link works.";
        say(&[change], true, says, "active").await;
    }

    /// "I lost my password and my Amazon account is closed."
    #[tokio::test]
    async fn tell_of_a_player_whom_only_a_mail_lets_back_in() {
        let (link, password) = (
            "DELETE FROM amazon_links WHERE player_id = ID",
            "UPDATE players SET password_sealed = NULL WHERE id = ID",
        );
        let says = "Cannot sign in: there is neither a password nor a link. A mailed reset would let the player set \
                    a password. No Amazon account was ever linked.";
        say(&[link, password], true, says, "none").await;
    }

    #[tokio::test]
    async fn tell_of_a_player_from_a_game_without_a_name() {
        let portal = Portal::start().await;
        let vic = portal.agent("vic", "viewer").await;
        let mut game = portal.game().await;
        let device = json!({ "deviceId": "0f3c9a52-7d1e-4b7b", "deviceOS": "ANDROID", "deviceModel": "Fire TV Stick" });
        let entered = game.ask("DeviceAuthenticationRequest", device).await;
        let id = entered["userId"].as_str().unwrap().to_owned();
        let person = Person { id, name: String::new(), email: None, password: None };
        let page = look(&portal, &vic, &person).await;
        assert_eq!(page.h1(), "Player without a name");
        assert_eq!(
            gist(&page),
            "Cannot sign in in a browser: there is neither a password nor a link. A game still lets a device in. \
             No Amazon account was ever linked."
        );
        assert!(
            part(&page, "identity").contains("a game brought this player without one"),
            "{}",
            page.text()
        );
        assert!(part(&page, "ways-in").contains("No address to mail a reset to"));
        assert!(part(&page, "devices").contains("Fire TV Stick"));
        assert!(part(&page, "timeline").contains("Created the account, by a device, in a game"));
    }
}

mod masks {
    use super::*;

    #[tokio::test]
    async fn lie_over_whatever_identifies_a_person_for_every_role() {
        let portal = Portal::start().await;
        let ann = portal.person_with_a_past("Ann", "pat").await;
        for role in ["viewer", "agent", "lead", "admin"] {
            let somebody = portal.agent(role, role).await;
            let page = look(&portal, &somebody, &ann).await;
            for hidden in masked_of(&portal, &ann) {
                assert!(!page.html.contains(&hidden), "{role} sees {hidden}");
            }
            let may_unmask = page.buttons().contains(&"Show everything".to_owned());
            assert_eq!(may_unmask, role != "viewer", "{role}");
        }
    }

    #[tokio::test]
    async fn are_lifted_once_with_a_reason_on_record() {
        let portal = Portal::start().await;
        let (ada, ann) = (portal.agent("ada", "agent").await, portal.person_with_a_past("Ann", "pat").await);
        let page = look(&portal, &ada, &ann).await;
        let revealed = page.fill("reason", "ticket 4711").press("Show everything").await;
        assert_eq!((revealed.status, revealed.path().as_str()), (200, UNMASK));
        for hidden in masked_of(&portal, &ann) {
            assert!(revealed.html.contains(&hidden), "{hidden} is shown");
        }
        let again = revealed.click("Mask again").await;
        assert_eq!(again.path(), portal.file_of(&ann));
        for hidden in masked_of(&portal, &ann) {
            assert!(!again.html.contains(&hidden), "{hidden} is hidden again");
        }
        let record = part(&again, "timeline");
        assert!(record.contains("Saw what is masked ticket 4711 Staff ada@desk.test"), "{record}");
        assert_eq!(portal.browser_of(&ann).get(UNMASK).await.status, 405);
        assert_eq!(revealed.links().iter().filter(|link| *link == "Deutsch").count(), 1);
        let german = revealed.click("Deutsch").await;
        assert_eq!((german.status, german.url.path()), (200, portal.file_of(&ann).as_str()));
        assert!(!german.html.contains(ann.email()), "another page is masked");
    }

    #[tokio::test]
    async fn stay_without_a_reason() {
        let portal = Portal::start().await;
        let (ada, ann) = (portal.agent("ada", "agent").await, portal.person_with_a_past("Ann", "pat").await);
        let page = look(&portal, &ada, &ann).await;
        let refused = page.fill("reason", " x ").press("Show everything").await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.error_of("unmask-reason"), Some("Say why, in 4 to 200 characters.".into()));
        assert_eq!(refused.attribute("#unmask-reason", "value"), Some(" x ".into()));
        assert!(!refused.html.contains(ann.email()));
        let records = portal.events_of(&ann);
        assert!(!records.contains(&"staff.player.unmasked".to_owned()), "{records:?}");
    }

    #[tokio::test]
    async fn are_not_for_viewers_to_lift_nor_without_proof() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        let (vic, ada) = (portal.agent("vic", "viewer").await, portal.agent("ada", "agent").await);
        let desk = portal.desk_of(&vic);
        let csrf = desk.visit("/support").await.csrf();
        let form = [("csrf", csrf.as_str()), ("player", &ann.id), ("reason", "ticket 4711")];
        assert_eq!(desk.post(UNMASK, &form).await.status, 404);
        let fresh = portal.desk_of(&ada);
        let csrf = fresh.visit("/support").await.csrf();
        let form = [("csrf", csrf.as_str()), ("player", "nobody"), ("reason", "ticket 4711")];
        assert_eq!(fresh.post(UNMASK, &form).await.status, 404);
        assert!(portal.events_of(&ann).is_empty());

        let stale = portal.stale_desk_of(&ada).visit(&portal.file_of(&ann)).await;
        let asked = stale.fill("reason", "ticket 4711").press("Show everything").await;
        assert_eq!(asked.path(), "/support/confirm-identity");
        assert!(!asked.html.contains(ann.email()));
        let proof = asked.fill("password", &ada.password).fill("code", &portal.code_of(&ada));
        let revealed = proof.press("Confirm").await;
        assert!(revealed.html.contains(ann.email()), "it went on by itself: {}", revealed.text());
        assert_eq!(portal.events_of(&ann), ["staff.player.viewed", "staff.player.unmasked"]);
    }
}

mod the_timeline {
    use super::*;

    #[tokio::test]
    async fn is_narrowed_by_group_and_by_kind() {
        let portal = Portal::start().await;
        let (lee, ann) = (portal.agent("lee", "lead").await, portal.person_with_a_past("Ann", "pat").await);
        let page = look(&portal, &lee, &ann).await;
        let all = portal.count_of("audit_events", &ann) - 1;
        assert_eq!(entries(&page), usize::try_from(all).unwrap(), "everything but this look");
        let link = page.click("Amazon link").await;
        // The page's own way to its section, then the group: the second is taken by its address.
        assert_eq!(link.path(), page.path());
        let group = |word: &str| format!("{}?kind={word}", portal.file_of(&ann));
        let link = page.visit(&group("link")).await;
        let told = part(&link, "timeline");
        assert!(told.contains("Linked Amazon") && told.contains("Unlinked by the player"), "{told}");
        assert_eq!(kinds(&link), ["link.amazon.added", "link.amazon.removed"]);
        let staff = page.visit(&group("support")).await;
        assert_eq!(kinds(&staff), ["staff.player.viewed"]);
        let one = page.fill("kind", "link.amazon.removed").press("Show").await;
        assert_eq!(kinds(&one), ["link.amazon.removed"]);
        assert_eq!(kinds(&page.visit(&group("devices")).await), Vec::<String>::new());
        let wrong = portal.desk_of(&lee).visit(&group("nonsense")).await;
        assert!(wrong.status == 422 && wrong.error_of("kind").is_some(), "{}", wrong.text());
        assert!(page.links().contains(&"In the audit".into()));
    }

    #[tokio::test]
    async fn goes_on_page_by_page() {
        let portal = Portal::start().await;
        let (lee, ann) = (portal.agent("lee", "lead").await, portal.ann().await);
        for _ in 0..30 {
            let form = portal.browser().visit("/sign-in").await.fill("identifier", ann.email());
            form.fill("password", ann.password()).press("Sign in").await;
        }
        let first = portal.desk_of(&lee).visit(&format!("{}?kind=sign-ins", portal.file_of(&ann))).await;
        assert_eq!(entries(&first), 25);
        let second = first.click("Older").await;
        assert_eq!(entries(&second), 5, "{}", second.path());
        assert!(second.path().contains("kind=sign-ins") && !second.links().contains(&"Older".into()));
        assert_eq!(entries(&second.click("Newest").await), 25);
    }

    fn entries(page: &Page) -> usize {
        page.html.matches("<li data-kind=").count()
    }

    /// Newest first.
    fn kinds(page: &Page) -> Vec<String> {
        let found = page.html.split("<li data-kind=\"").skip(1);
        found.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }
}

mod looks {
    use super::*;

    #[tokio::test]
    async fn leave_one_record_for_a_few_minutes() {
        let portal = Portal::start().await;
        let (ada, bea) = (portal.agent("ada", "agent").await, portal.agent("bea", "viewer").await);
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        for _ in 0..3 {
            look(&portal, &ada, &ann).await;
        }
        assert_eq!(portal.events_of(&ann), ["staff.player.viewed"]);
        look(&portal, &ada, &bo).await;
        look(&portal, &bea, &ann).await;
        portal.wait(TimeDelta::minutes(6));
        look(&portal, &ada, &ann).await;
        let by = portal.lines(&format!(
            "SELECT staff_id AS line FROM audit_events WHERE kind = 'staff.player.viewed' AND player_id = '{}' ORDER BY id",
            ann.id
        ));
        assert_eq!(by, [ada.id.as_str(), &bea.id, &ada.id]);
        assert_eq!(portal.events_of(&bo), ["staff.player.viewed"]);
    }

    #[tokio::test]
    async fn come_to_an_end() {
        let portal = Portal::start().await;
        let (ada, ann) = (portal.agent("ada", "agent").await, portal.ann().await);
        look(&portal, &ada, &ann).await;
        portal.run(&format!("UPDATE throttles SET taken = 239 WHERE id = 'staff looks {}'", ada.id));
        look(&portal, &ada, &ann).await;
        let desk = portal.desk_of(&ada);
        let refused = desk.visit(&portal.file_of(&ann)).await;
        assert_eq!((refused.status, refused.code()), (429, Some("throttled".into())));
        assert!(
            refused.header("retry-after").is_some() && !refused.text().contains("Ann"),
            "{}",
            refused.text()
        );
        let csrf = desk.visit("/support").await.csrf();
        let form = [("csrf", csrf.as_str()), ("player", &ann.id), ("reason", "ticket 4711")];
        let refused = desk.post(UNMASK, &form).await;
        assert!(refused.status == 429 && !refused.html.contains(ann.email()));
        assert!(!portal.events_of(&ann).contains(&"staff.player.unmasked".into()));
    }
}
