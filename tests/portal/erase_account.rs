//! S130: an account goes, with everything that is held of its player, whatever else happens meanwhile.

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::audit::AuditChain;
use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};
use dovetail::testing::operations::cleanup;
use dovetail::testing::outbound::mail;
use dovetail::testing::outbound::webhooks::deliver_due;
use dovetail::testing::platform::db::Conn;
use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::export_data::many_records;
use super::harness::full_account::Filled;
use super::harness::personal_data_doc::Inventory;
use super::harness::program::Program;
use super::harness::renewals::until;
use super::harness::smtp::MailServer;
use super::harness::{Browser, Page, Person, Portal, Receiver};

/// A portal where accounts go at once. Accounts that close first have stories of their own.
async fn at_once() -> Portal {
    Portal::with(|settings| {
        settings.set("DOVETAIL_ERASE_AFTER", "0d");
    })
    .await
}

async fn erase(browser: &Browser) -> Page {
    let page = browser.visit("/account/data").await.click("Delete my account").await;
    page.fill("confirm", "DELETE").press("Delete my account").await
}

/// Nothing is left of this person but the id, where it names nobody, and the last mail until it is sent.
pub fn is_gone(portal: &Portal, person: &Person, traces: &[String]) {
    for (table, known) in &Inventory::read().tables {
        let (owner, is_kept) = match table.as_str() {
            "players" => ("id", false),
            "game_tokens" | "held_answers" | "registrations" | "throttles" => continue,
            _ => ("player_id", known.erased != "rows go"),
        };
        if !is_kept {
            let rows = portal
                .count(&format!("SELECT count(*) AS count FROM {table} WHERE {owner} = '{}'", person.id));
            assert_eq!(rows, 0, "{table}");
        }
    }
    for (table, rows) in portal.dump() {
        for row in rows.iter().filter(|row| !row.contains("account-erased")) {
            let lower = row.to_lowercase();
            let found = traces.iter().find(|trace| lower.contains(&trace.to_lowercase()));
            assert_eq!(found, None, "in {table}: {row}");
            let may_name =
                ["audit_events", "audit_keys", "link_events", "throttles"].contains(&table.as_str());
            assert!(may_name || !row.contains(&person.id), "the id in {table}: {row}");
        }
    }
    if matches!(&*portal.app().db.connection().unwrap(), Conn::Sqlite(_)) {
        let broken = portal.lines("SELECT \"table\" AS line FROM pragma_foreign_key_check");
        assert!(broken.is_empty(), "{broken:?}");
    }
}

fn no_trace_of(person: &Person) -> Vec<String> {
    person.email.iter().cloned().collect()
}

async fn portal_with_mail(server: &MailServer) -> Portal {
    let url = server.url();
    Portal::with(move |settings| {
        settings
            .set("DOVETAIL_ERASE_AFTER", "0d")
            .set("DOVETAIL_SMTP_URL", &url)
            .set("DOVETAIL_MAIL_FROM", "Dovetail <no-reply@play.test>");
    })
    .await
}

#[tokio::test]
async fn nothing_is_left_in_any_table_or_file() {
    let server = MailServer::start();
    let portal = portal_with_mail(&server).await;
    let bo = portal.filled("Zoltan", "mork", "nobody").await;
    let ann = portal.filled("Wilhelmina", "pat", &bo.person.id).await;
    let others = portal.belongings_of(&bo.person);
    let browser = portal.browser_of(&ann.person);
    let dora = portal.person("Dora", true, None).await;
    let form = portal.browser_of(&dora).visit("/account/email").await.fill("email", ann.person.email());
    form.press("Send code").await;
    let page = erase(&browser).await;
    assert_eq!((page.status, page.path().as_str()), (200, "/goodbye"), "{}", page.text());
    assert!(page.links().contains(&"Your apps at Amazon".into()));
    assert!(page.html.contains(&format!("href=\"{}/ap/adam\"", portal.amazon.url())), "{}", page.html);
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(portal.belongings_of(&bo.person), others, "and nothing of anybody else's is gone");

    let waiting = portal.lines(
        "SELECT kind || ' ' || recipient AS line FROM mails WHERE player_id IS NULL AND sent_at IS NULL",
    );
    assert!(waiting.contains(&format!("account-erased {}", ann.person.email())), "{waiting:?}");
    assert!(mail::deliver_due(portal.app()).await.unwrap() > 0);
    let received = server.received();
    let last = received.iter().find(|mail| mail.to == [ann.person.email()]).expect("a last mail");
    assert!(last.text.contains("was deleted") && last.text.contains("ap/adam"), "{last:?}");
    assert_eq!(received.iter().filter(|mail| mail.to == [ann.person.email()]).count(), 1, "and no other");

    assert_eq!(portal.count("SELECT count(*) AS count FROM mails WHERE kind = 'account-erased'"), 0);
    is_gone(&portal, &ann.person, &ann.traces());
    cleanup::clean_up_once(portal.app()).await.unwrap();
    let Some(file) = portal.sqlite_file() else { return };
    let folder = Path::new(file).parent().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        for trace in ann.traces() {
            assert!(!bytes.contains(&trace), "{trace} in {}", path.display());
        }
        let is_file = path.to_str().unwrap() == file;
        assert!(!is_file || bytes.contains(&bo.canary), "the search finds what is there");
    }
}

/// What stays names nobody, still is whole, and is told to whom it concerns.
#[tokio::test]
async fn the_record_stays_whole_and_its_personal_part_is_closed() {
    let portal = at_once().await;
    let ann = portal.filled("Ann", "pat", "nobody").await;
    erase(&portal.browser_of(&ann.person)).await;
    let events = portal.events_of(&ann.person);
    assert!(events.contains(&"player.account.erased".to_owned()) && events.len() == 4, "{events:?}");
    assert_eq!(portal.feed_of(&ann.person), ["erased"]);
    let keys = "SELECT count(*) AS count FROM audit_keys WHERE key_sealed IS NULL";
    assert_eq!(portal.count(keys), 1);
    portal.verify().await;
    let app = portal.app();
    let chain =
        AuditChain::new(app.db.clone(), app.clock.clone(), app.keys.audit.clone(), app.config.audit.keep_for);
    chain.seal("one").await.unwrap();
    assert_eq!(chain.verify(None, |_, _| {}).await.unwrap().findings, []);
    let lee = portal.agent("lee", "lead").await;
    let list = portal.desk_of(&lee).visit(&format!("/support/audit?player={}", ann.person.id)).await;
    assert!(list.text().contains("player.account.erased"), "{}", list.text());
    assert!(!list.text().contains("asked for it") && !list.text().contains("198.51.100"), "{}", list.text());

    // Whatever is still recorded about the id afterwards is as bare.
    let late = dovetail::testing::audit::AuditEvent::new(
        portal.clock.now(),
        dovetail::testing::audit::Kind::SignInFailed,
        dovetail::testing::audit::Actor::Visitor,
        "R",
    );
    portal.append(vec![late.on(&ann.person.id.clone().into()).from("203.0.113.0/24")]).await;
    assert_eq!(portal.count(keys), 1, "no new key");
    assert!(!portal.dump()["audit_events"].join("\n").contains("203.0.113"));
    chain.seal("one").await.unwrap();
    assert_eq!(chain.verify(None, |_, _| {}).await.unwrap().findings, []);
}

#[tokio::test]
async fn only_the_word_deletes_and_the_page_says_what_follows() {
    let portal = Portal::with(|settings| {
        settings
            .set("DOVETAIL_ERASE_AFTER", "0d")
            .set("DOVETAIL_BACKUP_KEEP", "14d")
            .set("DOVETAIL_AUDIT_KEEP", "90d");
    })
    .await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    let data = browser.visit("/account/data").await;
    assert!(data.text().contains("14 days") && data.text().contains("90 days"), "{}", data.text());
    let page = data.click("Delete my account").await;
    let says = page.text();
    for words in ["14 days", "90 days", "Type DELETE", "Ann and everything", "Games are told"] {
        assert!(says.contains(words), "{words}: {says}");
    }
    assert!(page.links().contains(&"Your apps at Amazon".into()));
    let before = portal.dump();
    for typed in [" ", "Ann", "yes", "DELETE!"] {
        let refused = page.fill("confirm", typed).press("Delete my account").await;
        assert_eq!(refused.status, 422, "{typed}");
        assert!(refused.error_of("confirm").unwrap().contains("DELETE"));
        assert_eq!(refused.value("confirm").as_deref(), Some(typed), "what was typed stays");
    }
    let kept = page.click("Keep my account").await;
    assert_eq!(kept.path(), "/account");
    assert_eq!(portal.dump(), before);
    let german = portal.browser_of(&ann).speaking("de");
    let page = german.visit("/account/data/delete").await;
    assert!(page.text().contains("Tippe LÖSCHEN"), "{}", page.text());
    let gone = page.fill("confirm", "löschen").press("Mein Konto löschen").await;
    assert_eq!((gone.path().as_str(), gone.h1().as_str()), ("/goodbye", "Dein Konto ist gelöscht"));
}

#[tokio::test]
async fn it_waits_for_proof_of_identity_and_then_goes_on() {
    let portal = at_once().await;
    let (ann, cleo) = (portal.ann().await, portal.cleo().await);
    let asked = erase(&portal.stale_browser_of(&ann)).await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    assert_eq!(portal.count_all("players"), 2);
    let page = asked.fill("password", ann.password()).press("Confirm").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/goodbye"), "{}", page.text());
    assert_eq!(page.browser().cookie("session"), None);
    is_gone(&portal, &ann, &[]);

    let browser = portal.stale_browser_of(&cleo);
    portal.at_amazon(&browser, "hanako").await;
    let page = erase(&browser).await.press("Confirm with Amazon").await;
    assert_eq!((page.status, page.path().as_str()), (200, "/goodbye"), "{}", page.text());
    assert_eq!(browser.cookie("session"), None);
    is_gone(&portal, &cleo, &[]);

    // Who typed something else is asked on the page itself.
    let bo = portal.bo().await;
    let page = portal.stale_browser_of(&bo).visit("/account/data/delete").await;
    let asked = page.fill("confirm", "delete it").press("Delete my account").await;
    let page = asked.fill("password", bo.password()).press("Confirm").await;
    assert_eq!(page.path(), "/account/data/delete");
    assert_eq!(portal.count_of("sessions", &bo), 1);
}

/// The same identity, address and user name, at once and with nothing of before.
#[tokio::test]
async fn whoever_comes_back_starts_anew() {
    let portal = at_once().await;
    let ann = portal.filled("Ann", "pat", "nobody").await;
    let browser = portal.browser_of(&ann.person);
    erase(&browser).await;
    let form = browser.visit("/register").await.fill("display_name", "Ann").fill("email", ann.person.email());
    let page = form.fill("password", "seven purple otters").press("Create account").await;
    let page = page.fill("code", &portal.mail_to(ann.person.email()).code()).press("Confirm email").await;
    assert_eq!(
        (page.path().as_str(), page.link_state().as_deref()),
        ("/account", Some("none")),
        "{}",
        page.text()
    );
    let page = browser.visit("/account/profile").await.fill("user_name", &ann.canary).press("Save").await;
    assert_eq!(page.code().as_deref(), Some("saved"), "{}", page.text());
    portal.at_amazon(&browser, "pat").await;
    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    let page = confirm.press("Link this account").await;
    assert_eq!(page.link_state().as_deref(), Some("active"), "{}", page.text());
    let ids = portal.lines("SELECT id AS line FROM players");
    assert!(ids.len() == 1 && ids[0] != ann.person.id);
    let news =
        portal.count(&format!("SELECT count(*) AS count FROM audit_events WHERE player_id = '{}'", ids[0]));
    assert!(news > 0);
    for table in ["former_links", "devices", "player_notes"] {
        assert_eq!(portal.count_all(table), 0, "{table}");
    }
    // Erasing again does not take back what the first time still has to say.
    erase(&browser).await;
    let farewells =
        portal.mails_to(ann.person.email()).into_iter().filter(|mail| mail.kind == "account-erased");
    assert_eq!(farewells.count(), 2);
    portal.wait(TimeDelta::hours(26));
    cleanup::clean_up_once(portal.app()).await.unwrap();
    assert_eq!(portal.mails_to(ann.person.email()).len(), 0, "nor does it lie about for ever");
}

/// A game hears it on every copy, like the end of any session; another copy lets the old cookie do nothing.
#[tokio::test]
async fn every_place_hears_of_it() {
    let portal = at_once().await;
    let copy = portal.copy();
    let ann = portal.ann().await;
    let (here, there) = (portal.game_token_of(&ann), portal.game_token_of(&ann));
    let mut games = [portal.game_with(&here).await, copy.game_with(&there).await];
    let (browser, other) = (portal.browser_of(&ann), portal.browser_of(&ann));
    erase(&browser).await;
    for game in &mut games {
        assert_eq!(game.next().await, json!({ "@class": ".SessionTerminatedMessage" }));
        let answer = game.ask("AccountDetailsRequest", json!({})).await;
        assert_eq!(answer["error"], json!({ "authentication": "NOTAUTHORIZED" }));
    }
    assert_eq!(other.visit("/account").await.url.path(), "/sign-in");
    let mut back = copy.knock("/ws/device/dovetail").await;
    let welcome = back.shake(super::harness::game_client::DEVICE_SECRET, json!({ "authToken": there })).await;
    assert!(welcome.get("userId").is_none(), "{welcome}");
    is_gone(&portal, &ann, &no_trace_of(&ann));
}

/// Game servers read it in the feed, are told of it, and find nobody any more.
#[tokio::test]
async fn game_servers_hear_of_it() {
    let portal = at_once().await;
    portal.meet_the_real_clock();
    let receiver = Receiver::start().await;
    portal.says(&["webhook", "add", &receiver.url()]);
    let server = portal.service(&["players:read", "events:read"]).await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    for person in [&ann, &bo] {
        erase(&portal.browser_of(person)).await;
        assert_eq!(server.get(&format!("/api/v1/players/{}", person.id)).await.status, 404);
    }
    let feed = server.get("/api/v1/link-events").await.body;
    let events = feed["events"].as_array().unwrap_or_else(|| panic!("{feed}"));
    for (event, person) in events.iter().zip([&ann, &bo]) {
        assert_eq!((&event["kind"], &event["actor"]), (&"erased".into(), &"player".into()));
        assert_eq!(event["player_id"], person.id, "linked or not");
    }
    assert_eq!(deliver_due(portal.app()).await.unwrap(), 2);
    let heard = receiver.heard();
    assert!(heard.iter().all(|heard| heard.json()["type"] == "erased"), "{heard:?}");
}

mod meanwhile {
    use super::*;

    /// The tokens that Amazon returns are written nowhere.
    #[tokio::test]
    async fn a_refresh_is_under_way() {
        let portal = at_once().await;
        let ann = portal.linked("Ann", "pat").await;
        portal.token_ends(&ann);
        portal.amazon.simulator.set_fault_times(
            SimulatedCall::Refresh,
            SimulatedFault::Slow(Duration::from_millis(700)),
            1,
        );
        let asked = portal.token_meanwhile(&ann);
        until("a call to Amazon", || portal.renewals() == 1).await;
        erase(&portal.browser_of(&ann)).await;
        assert!(asked.await.unwrap().is_err(), "nobody gets a token");
        is_gone(&portal, &ann, &no_trace_of(&ann));
        assert_eq!(portal.feed_of(&ann), ["erased"]);

        // The same in a pass over all links, and where Amazon has revoked.
        for is_revoked in [false, true] {
            let bo = portal.linked("Bo", "mork").await;
            portal.link_is_due(&bo);
            if is_revoked {
                portal.amazon.simulator.revoke("mork");
            }
            let asked_before = portal.renewals();
            portal.amazon.simulator.set_fault_times(
                SimulatedCall::Refresh,
                SimulatedFault::Slow(Duration::from_millis(700)),
                1,
            );
            let (pass, ()) = tokio::join!(portal.pass(), async {
                until("a call to Amazon", || portal.renewals() > asked_before).await;
                erase(&portal.browser_of(&bo)).await;
            });
            assert_eq!(pass.done, 1);
            is_gone(&portal, &bo, &no_trace_of(&bo));
            assert_eq!(portal.feed_of(&bo), ["erased"]);
        }
    }

    /// A trip that is open, one whose answer is being fetched, and one that waits for a decision.
    #[tokio::test]
    async fn a_trip_comes_back_from_amazon() {
        let portal = at_once().await;
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        portal.at_amazon(&browser, "mork").await;
        let open = browser.visit("/amazon/replace").await.press_to_callback("Link a different account").await;
        let deciding = browser.visit("/amazon/replace").await.press("Link a different account").await;
        let slow = browser.visit("/amazon/replace").await.press_to_callback("Link a different account").await;
        let tab = browser.second_tab();
        let asked = portal.amazon.calls(SimulatedCall::Exchange);
        portal.amazon.simulator.set_fault_times(
            SimulatedCall::Exchange,
            SimulatedFault::Slow(Duration::from_millis(700)),
            1,
        );
        let (came, ()) = tokio::join!(tab.get(&slow), async {
            until("a call to Amazon", || portal.amazon.calls(SimulatedCall::Exchange) > asked).await;
            assert_eq!(erase(&browser).await.path(), "/goodbye");
        });
        assert!(came.status < 500, "{} {}", came.status, came.text());
        assert!(browser.visit(&open).await.status < 500);
        assert!(deciding.press("Link this account").await.status < 500);
        is_gone(&portal, &ann, &no_trace_of(&ann));
        assert_eq!(portal.count_all("link_attempts"), 0);
    }

    #[tokio::test]
    async fn somebody_signs_in_with_the_same_identity() {
        let portal = at_once().await;
        let ann = portal.ann().await;
        let phone = portal.browser();
        portal.at_amazon(&phone, "pat").await;
        let asked = portal.amazon.calls(SimulatedCall::Profile);
        portal.amazon.simulator.set_fault_times(
            SimulatedCall::Profile,
            SimulatedFault::Slow(Duration::from_millis(700)),
            1,
        );
        let welcome = phone.visit("/").await;
        let (came, ()) = tokio::join!(welcome.press("Login with Amazon"), async {
            until("a call to Amazon", || portal.amazon.calls(SimulatedCall::Profile) > asked).await;
            erase(&portal.browser_of(&ann)).await;
        });
        assert!(came.status < 500, "{}", came.text());
        assert_eq!(portal.count_all("sessions"), 0);
        is_gone(&portal, &ann, &no_trace_of(&ann));
    }

    /// What they write is refused or goes with the account; that they looked stays, under the id alone.
    #[tokio::test]
    async fn staff_look_and_help() {
        let portal = at_once().await;
        let lee = portal.agent("lee", "lead").await;
        for name in ["Ann", "Bo", "Cleo", "Dora"] {
            portal.amazon.admits(name, name, &format!("{name}@example.com"));
            let person = portal.person(name, true, Some(name)).await;
            let desk = portal.desk_of(&lee);
            let path = format!("/support/players/{}", person.id);
            let page = desk.visit(&path).await.fill("reason", "canary ticket 4711");
            let noting = page.fill("note", "canary of a note");
            let erasing = portal.browser_of(&person);
            let leaving = erasing.visit("/account/data/delete").await.fill("confirm", "DELETE");
            let (done, ..) = tokio::join!(
                leaving.press("Delete my account"),
                noting.press("Add note"),
                page.press("Unlink Amazon account"),
                page.press("Send password reset"),
                page.press("Show everything"),
                desk.visit(&path),
            );
            assert_eq!(done.path(), "/goodbye", "{}", done.text());
            assert_eq!(desk.visit(&path).await.status, 404);
            assert_eq!(noting.press("Add note").await.status, 404);
            is_gone(&portal, &person, &[no_trace_of(&person), vec!["canary".to_owned()]].concat());
            let record = desk.visit(&format!("/support/audit?player={}", person.id)).await;
            assert!(record.text().contains("player.account.erased"));
            assert!(!record.text().contains("canary"), "{}", record.text());
        }
        portal.verify().await;
    }

    #[tokio::test]
    async fn it_is_pressed_twice() {
        let portal = at_once().await;
        let ann = portal.ann().await;
        let browser = portal.browser_of(&ann);
        let page = browser.visit("/account/data/delete").await.fill("confirm", "DELETE");
        let pages = join_all((0..4).map(|_| page.press("Delete my account"))).await;
        for page in &pages {
            assert!(page.status == 200, "{}", page.text());
            assert!(["/goodbye", "/sign-in"].contains(&page.url.path()), "{}", page.path());
        }
        assert!(pages.iter().any(|page| page.path() == "/goodbye"));
        assert_eq!(portal.events_of(&ann), ["player.account.erased"]);
        assert_eq!(portal.feed_of(&ann), ["erased"]);
        assert_eq!(portal.mails_to(ann.email()).len(), 1);
    }

    /// A session that ended a moment ago decides nothing.
    #[tokio::test]
    async fn the_session_ends() {
        let portal = at_once().await;
        let ann = portal.ann().await;
        let (thief, browser) = (portal.browser_of(&ann), portal.browser_of(&ann));
        let page = thief.visit("/account/data/delete").await.fill("confirm", "DELETE");
        browser.visit("/account/security").await.press("Sign out everywhere").await;
        assert_eq!(page.press("Delete my account").await.url.path(), "/sign-in");
        assert_eq!(portal.count_all("players"), 1);
    }

    /// Tabs that were open do what they were about to do. Some are too late; none meets a fault, none leaves a row.
    #[tokio::test]
    async fn everything_else_happens_too() {
        let portal = Portal::with(|settings| {
            settings.set("DOVETAIL_ERASE_AFTER", "0d").set("DOVETAIL_THROTTLE", "off");
        })
        .await;
        for round in 0..4 {
            let name = format!("Ann{round}");
            let key = format!("ann-{round}");
            portal.amazon.admits(&key, &name, &format!("{key}@example.com"));
            let ann = portal.person(&name, true, Some(&key)).await;
            let token = portal.game_token_of(&ann);
            let mut game = portal.game_with(&token).await;
            let tabs: Vec<Browser> = (0..6).map(|_| portal.browser_of(&ann)).collect();
            let profile =
                tabs[0].visit("/account/profile").await.fill("display_name", "Other").fill("user_name", &key);
            let email = tabs[1].visit("/account/email").await.fill("email", &format!("{key}@new.test"));
            let replace = tabs[2].visit("/amazon/replace").await;
            let unlink = tabs[3].visit("/amazon/unlink").await;
            let password = tabs[4].visit("/account/password").await;
            let password = password
                .fill("current_password", ann.password())
                .fill("new_password", "nine purple umbrellas");
            let data = taking(&portal, &tabs[5]).await;
            let stranger = portal.browser().visit("/sign-in").await;
            let stranger = stranger.fill("identifier", ann.email()).fill("password", ann.password());
            let forgotten = portal.browser().visit("/forgot-password").await.fill("identifier", ann.email());
            let erasing = portal.browser_of(&ann);
            let leaving = erasing.visit("/account/data/delete").await.fill("confirm", "DELETE");
            let (_, done) = tokio::join!(
                async {
                    tokio::join!(
                        profile.press("Save"),
                        email.press("Send code"),
                        replace.press_only("Link a different account"),
                        unlink.press("Unlink Amazon account"),
                        password.press("Save password"),
                        portal.raw(data),
                        stranger.press("Sign in"),
                        forgotten.press("Send link"),
                        async {
                            game.begin("AccountDetailsRequest", json!({})).await;
                            // Who is signed out meanwhile is told that, and gets no answer (S83).
                            game.next_of_all().await
                        },
                        portal.token(&ann),
                    )
                },
                leaving.press("Delete my account"),
            );
            // A new password, or an unlink, may have ended or rotated this very session before.
            if done.path() != "/goodbye" {
                assert_eq!(done.url.path(), "/sign-in", "{}", done.text());
                erase(&portal.browser_of(&ann)).await;
            }
            is_gone(&portal, &ann, &[]);
        }
    }

    /// The button, pressed by hand: a browser of the tests takes no file that breaks off.
    async fn taking(portal: &Portal, browser: &Browser) -> String {
        let token = browser.visit("/account/data").await.csrf();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.append_pair("csrf", &token).finish();
        format!(
            "POST /account/data/export HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: session={}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            portal.host(),
            portal.url(),
            browser.cookie("session").unwrap(),
            body.len(),
        )
    }

    /// The file breaks off; what was sent is no JSON, and nobody takes it for whole.
    #[tokio::test]
    async fn the_data_is_being_taken() {
        let portal = at_once().await;
        let ann = portal.ann().await;
        many_records(&portal, &ann.id, 6_000, &"x".repeat(4_000));
        let browser = portal.browser_of(&ann);
        let request = taking(&portal, &browser).await;
        let address = portal.url().trim_start_matches("http://").replace("localhost", "127.0.0.1");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut first = vec![0_u8; 4_096];
        stream.read_exact(&mut first).await.unwrap();
        assert!(String::from_utf8_lossy(&first).starts_with("HTTP/1.1 200"));
        erase(&browser).await;
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        let text = String::from_utf8_lossy(&rest);
        assert!(!text.ends_with("\r\n0\r\n\r\n"), "the answer is not whole");
        assert!(text.len() < 6_000 * 4_000, "and stops when its player is gone: {}", text.len());
        is_gone(&portal, &ann, &no_trace_of(&ann));
    }
}

/// The log of the whole program says that it happened, and to which id.
#[tokio::test]
async fn the_log_holds_no_trace() {
    let portal = at_once().await;
    portal.meet_the_real_clock();
    let ann = portal.filled("Wilhelmina", "pat", "nobody").await;
    let mut settings = portal.settings_of_a_program();
    let url = settings["DOVETAIL_LISTEN"].replace("127.0.0.1", "http://localhost");
    settings.insert("DOVETAIL_PUBLIC_URL".to_owned(), url.clone());
    settings.insert("DOVETAIL_LOG".to_owned(), "trace".to_owned());
    let program = Program::serve(&settings);
    let browser = Browser::new(&url, &portal.clock);
    portal.sign_in(&browser, &ann.person);
    assert_eq!(browser.visit("/account/data").await.press("Download my data").await.status, 200);
    assert_eq!(erase(&browser).await.path(), "/goodbye");
    let said = program.stop();
    assert!(said.contains("privacy.account.erased") && said.contains(&ann.person.id), "{said}");
    for trace in ann.traces() {
        let found = said.lines().find(|line| line.contains(&trace));
        assert_eq!(found, None, "{trace}");
    }
}

mod the_command {
    use super::*;

    #[tokio::test]
    async fn erases_whoever_is_named_and_asked_about() {
        let portal = at_once().await;
        let (ann, bo): (Filled, Filled) = (
            portal.filled("Wilhelmina", "pat", "nobody").await,
            portal.filled("Zoltan", "mork", "nobody").await,
        );
        let id = ann.person.id.as_str();
        let (code, said) = portal.runs(&["player", "erase", id]);
        assert_eq!(code, 1, "nobody is there to be asked: {said}");
        assert!(said.contains("--yes"), "{said}");
        assert_eq!(portal.count_all("players"), 2);
        let others = portal.belongings_of(&bo.person);
        let (code, said) = portal.runs(&["player", "erase", id, "--yes"]);
        assert_eq!(code, 0, "{said}");
        let record =
            portal.lines("SELECT actor AS line FROM audit_events WHERE kind = 'player.account.erased'");
        assert_eq!(record, ["operator"]);
        assert_eq!(portal.lines("SELECT actor AS line FROM link_events WHERE kind = 'erased'"), ["system"]);
        is_gone(&portal, &ann.person, &ann.traces());
        assert_eq!(portal.belongings_of(&bo.person), others);
        assert_eq!(portal.runs(&["player", "erase", id, "--yes"]).0, 1, "twice is once");
        assert_eq!(portal.runs(&["player", "erase"]).0, 2);
        let (code, said) = portal.runs(&["audit", "verify"]);
        assert_eq!(code, 0, "{said}");
    }

    /// Somebody whom support has closed can still be forgotten.
    #[tokio::test]
    async fn erases_who_cannot_sign_in() {
        let portal = at_once().await;
        let ann = portal.ann().await;
        portal.disable(&ann);
        assert_eq!(portal.runs(&["player", "erase", &ann.id, "--yes"]).0, 0);
        assert_eq!(portal.count_all("players"), 0);
    }
}
