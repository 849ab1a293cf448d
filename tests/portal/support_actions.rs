//! What staff do for a player, as an agent does it in a browser: each verb with its record, its letter, and what it
//! leaves alone.

use chrono::TimeDelta;
use dovetail::testing::audit::{self, AuditEntry, AuditFilter};
use dovetail::testing::links::refresh::AccessTokenRefusal;
use dovetail::testing::lwa::simulator::{SimulatedCall, SimulatedFault};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::harness::game_client::DEVICE_SECRET;
use super::harness::{Agent, Browser, Page, Person, Portal};

const REASON: &str = "ticket 4711, asked on the phone";
const NEW: &str = "nine brown kettles on ice";

/// Every form of a player's page, with the role that has it at least.
const BUTTONS: [(&str, &str, &str); 7] = [
    ("Check with Amazon now", "check-link", "agent"),
    ("Unlink Amazon account", "unlink-amazon", "agent"),
    ("End sessions", "end-sessions", "agent"),
    ("Send password reset", "send-reset", "agent"),
    ("Add note", "note", "agent"),
    ("Disable account", "disable", "lead"),
    ("Enable account", "enable", "lead"),
];

fn address_of(person: &Person) -> String {
    format!("/support/players/{}", person.id)
}

/// The player's page at a lead's desk.
async fn at_the_desk(portal: &Portal, person: &Person) -> (Agent, Page) {
    let lee = portal.agent("lee", "lead").await;
    let page = portal.desk_of(&lee).visit(&address_of(person)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    (lee, page)
}

/// The form behind a button, filled in.
fn because(page: &Page, button: &str) -> Page {
    let page = page.fill("reason", REASON);
    if button == "Add note" { page.fill("note", "prefers to be called") } else { page }
}

async fn press(page: &Page, button: &str) -> Page {
    because(page, button).press(button).await
}

fn records(portal: &Portal, person: &Person, kind: &str) -> Vec<AuditEntry> {
    let kinds = vec![kind.parse().unwrap()];
    let filter = AuditFilter { kinds, player: Some(person.id.clone().into()), ..AuditFilter::default() };
    let conn = &mut *portal.app().db.connection().unwrap();
    audit::list_records(conn, &portal.app().vault, &filter, None, 100).unwrap()
}

/// The one record of this kind: who did it, why, and the details.
#[track_caller]
fn one_record(portal: &Portal, person: &Person, kind: &str, by: &Agent) -> Value {
    let records = records(portal, person, kind);
    assert_eq!(records.len(), 1, "{records:?}");
    let AuditEntry { actor, staff, reason, details, network, .. } = &records[0];
    assert_eq!((actor.as_str(), reason.as_deref()), ("support", Some(REASON)));
    assert_eq!(staff.as_ref().map(ToString::to_string).as_deref(), Some(by.id.as_str()));
    assert!(network.is_some());
    serde_json::from_str(details).unwrap()
}

/// Letters of this kind to the person. None of them tells why, or who it was.
fn letters(portal: &Portal, person: &Person, kind: &str) -> Vec<String> {
    let mails = portal.mails_to(person.email()).into_iter().filter(|mail| mail.kind == kind);
    let texts: Vec<String> = mails.map(|mail| mail.text).collect();
    for text in &texts {
        assert!(!text.contains("4711") && !text.contains("desk.test"), "{text}");
        assert!(text.contains("1 December 2032") || text.contains("1. Dezember 2032"), "{text}");
        assert!(text.to_lowercase().contains("support"), "{text}");
    }
    texts
}

fn prove_address(portal: &Portal, person: &Person) -> Person {
    let email = format!("{}@example.test", person.name.to_lowercase());
    portal.run(&format!(
        "UPDATE players SET email = '{email}', email_key = '{email}', email_proven_at = created_at WHERE id = '{}'",
        person.id
    ));
    Person { email: Some(email), ..person.clone() }
}

async fn sign_in(browser: &Browser, identifier: &str, password: &str) -> Page {
    let form = browser.visit("/sign-in").await;
    form.fill("identifier", identifier).fill("password", password).press("Sign in").await
}

async fn sign_in_with_amazon(portal: &Portal, customer: &str) -> Page {
    let browser = portal.browser();
    portal.at_amazon(&browser, customer).await;
    browser.visit("/").await.press("Login with Amazon").await
}

/// Whether a game that stored this token is let in by it.
async fn is_known(portal: &Portal, token: &str) -> bool {
    let mut game = portal.knock("/ws/device/dovetail").await;
    let welcome = game.shake(DEVICE_SECRET, json!({ "authToken": token })).await;
    welcome.get("userId").is_some()
}

/// Opens the mailed link and chooses a password.
async fn choose(portal: &Portal, person: &Person) -> Page {
    let form = portal.browser().visit(&portal.mail_to(person.email()).link()).await;
    form.fill("new_password", NEW).press("Save password").await
}

mod unlinking {
    use super::*;

    #[tokio::test]
    async fn takes_the_link_and_what_it_opened_and_nothing_else() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.linked("Ann", "pat").await, portal.linked("Bo", "mork").await);
        let others = portal.belongings_of(&bo);
        let by_password = portal.browser_of(&ann);
        let by_amazon = sign_in_with_amazon(&portal, "pat").await;
        let game = portal.game_token_of(&ann);
        let open = by_password.visit("/amazon/replace").await;
        portal.at_amazon(&by_password, "hanako").await;
        let callback = open.press_to_callback("Link a different account").await;
        let (lee, page) = at_the_desk(&portal, &ann).await;
        assert!(page.text().contains("The player still gets in with the password."), "{}", page.text());
        let done = press(&page, "Unlink Amazon account").await;
        assert_eq!(
            (done.status, done.path(), done.code()),
            (200, address_of(&ann), Some("support_unlinked".into()))
        );
        assert_eq!(done.link_state().as_deref(), Some("none"));
        assert!(
            !done.buttons().contains(&"Unlink Amazon account".to_owned()),
            "there is nothing left to unlink"
        );

        assert_eq!(portal.count_of("amazon_links", &ann), 0);
        let former = portal.lines("SELECT actor || ' ' || cause AS line FROM former_links");
        assert_eq!(former, ["support unlinked_by_support"]);
        assert_eq!(by_amazon.reload().await.url.path(), "/sign-in", "S63");
        assert!(!is_known(&portal, &game).await);
        assert_eq!(by_password.visit(&callback).await.status, 400, "trips that were open are over");
        let told = "SELECT kind || ' ' || actor || ' ' || cause AS line FROM link_events";
        assert_eq!(portal.lines(told), ["unlinked support unlinked_by_support"]);
        one_record(&portal, &ann, "link.amazon.removed", &lee);
        let letters = letters(&portal, &ann, "support-unlinked");
        assert_eq!((letters.len(), portal.mails_to(ann.email()).len()), (1, 1));
        assert!(letters[0].contains("Pat Example") && letters[0].contains("Hello Ann"), "{letters:?}");

        let account = by_password.visit("/account").await;
        assert_eq!(account.code().as_deref(), Some("unlinked_by_support"), "{}", account.text());
        assert!(account.text().contains("1 December 2032"));
        assert_eq!(portal.belongings_of(&bo), others);
        portal.verify().await;
    }

    /// The whole point of a record: two who help at once do not do it twice.
    #[tokio::test]
    async fn by_twenty_agents_at_once_happens_once() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let mut pages = Vec::new();
        for number in 0..20 {
            let agent = portal.agent(&format!("agent{number:02}"), "agent").await;
            pages.push(because(
                &portal.desk_of(&agent).visit(&address_of(&ann)).await,
                "Unlink Amazon account",
            ));
        }
        let answers = join_all(pages.iter().map(|page| page.press_only("Unlink Amazon account"))).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        for answer in answers.iter().filter(|answer| answer.status != 303) {
            assert_eq!((answer.status, answer.code()), (409, Some("support_changed".into())));
            assert_eq!(answer.link_state().as_deref(), Some("none"), "the page shows how it is now");
            assert!(answer.text().contains("This was last done by agent"), "{}", answer.text());
        }
        assert_eq!(portal.endings_of(&ann), ["unlinked_by_support"]);
        assert_eq!(records(&portal, &ann, "link.amazon.removed").len(), 1);
        assert_eq!(portal.mails_to(ann.email()).len(), 1);
        assert_eq!(portal.feed_of(&ann), ["unlinked"]);
        portal.verify().await;
    }

    #[tokio::test]
    async fn a_link_that_is_not_the_one_on_the_page_leaves_it() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let (_, page) = at_the_desk(&portal, &ann).await;
        let browser = portal.browser_of(&ann);
        browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
        portal.at_amazon(&browser, "mork").await;
        browser.visit("/account").await.press("Link Amazon account").await.press("Link this account").await;
        let before = portal.belongings_of(&ann);
        let answer = press(&page, "Unlink Amazon account").await;
        assert_eq!((answer.status, answer.code()), (409, Some("support_changed".into())));
        assert!(answer.text().contains("This was last done by Player"), "{}", answer.text());
        assert_eq!(answer.link_state().as_deref(), Some("active"));
        assert_eq!(portal.belongings_of(&ann), before);
    }

    #[tokio::test]
    async fn a_revoked_link_is_nothing_to_unlink() {
        let portal = Portal::start().await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        let (_, page) = at_the_desk(&portal, &prove_address(&portal, &cleo)).await;
        portal.link_becomes(&cleo, "revoked");
        let before = portal.belongings_of(&cleo);
        let answer = press(&page, "Unlink Amazon account").await;
        assert_eq!((answer.status, answer.code()), (409, Some("support_changed".into())));
        assert!(!answer.buttons().contains(&"Unlink Amazon account".to_owned()));
        assert!(!answer.buttons().contains(&"Check with Amazon now".to_owned()));
        assert_eq!(portal.belongings_of(&cleo), before);
    }
}

mod the_only_way_in {
    use super::*;

    /// "I lost my password and my Amazon account is closed."
    #[tokio::test]
    async fn goes_with_a_link_by_mail_to_choose_a_password() {
        let portal = Portal::start().await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        let cleo = prove_address(&portal, &cleo);
        let by_amazon = sign_in_with_amazon(&portal, "hanako").await;
        let (lee, page) = at_the_desk(&portal, &cleo).await;
        assert!(page.text().contains("This is the only way in."), "{}", page.text());
        let done = press(&page, "Unlink Amazon account").await;
        assert_eq!(done.code().as_deref(), Some("support_unlinked"));
        assert!(done.text().contains("a way back is in the mail"), "{}", done.text());
        assert_eq!(by_amazon.reload().await.url.path(), "/sign-in");
        one_record(&portal, &cleo, "link.amazon.removed", &lee);
        let letters = letters(&portal, &cleo, "support-unlinked-recovery");
        assert_eq!((letters.len(), portal.mails_to(cleo.email()).len()), (1, 1), "one letter says it all");
        portal.verify().await;

        let chosen = choose(&portal, &cleo).await;
        assert_eq!(chosen.code().as_deref(), Some("password_reset"), "{}", chosen.text());
        let account = sign_in(&portal.browser(), cleo.email(), NEW).await;
        assert_eq!((account.url.path(), account.link_state().as_deref()), ("/account", Some("none")));
        portal.verify().await;
    }

    /// The link in the mail expires; the address stays a way back, and nothing calls the account locked out.
    #[tokio::test]
    async fn can_be_asked_for_again_with_the_address() {
        let portal = Portal::start().await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        let cleo = prove_address(&portal, &cleo);
        press(&at_the_desk(&portal, &cleo).await.1, "Unlink Amazon account").await;
        let old = portal.mail_to(cleo.email()).link();
        portal.wait(TimeDelta::days(1));
        let dead = portal.browser().visit(&old).await;
        assert_eq!(dead.code().as_deref(), Some("code_expired"), "{}", dead.text());
        let form = portal.browser().visit("/forgot-password").await;
        form.fill("identifier", cleo.email()).press("Send link").await;
        assert_eq!(choose(&portal, &cleo).await.code().as_deref(), Some("password_reset"));
        portal.verify().await;
    }

    #[tokio::test]
    async fn stays_where_there_is_no_address() {
        let portal = Portal::start().await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        let (_, page) = at_the_desk(&portal, &cleo).await;
        assert!(!page.buttons().contains(&"Unlink Amazon account".to_owned()));
        assert!(page.text().contains("there is no proven address to mail another one to"), "{}", page.text());
        let before = portal.belongings_of(&cleo);
        let link = portal.lines("SELECT id AS line FROM amazon_links").remove(0);
        let fields =
            [("csrf", page.csrf()), ("player", cleo.id.clone()), ("seen", link), ("reason", REASON.into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = page.browser().post("/support/actions/unlink-amazon", &fields).await;
        assert_eq!(
            (refused.status, refused.code().as_deref()),
            (409, Some("last_method")),
            "{}",
            refused.text()
        );
        assert_eq!(portal.belongings_of(&cleo), before);
        assert_eq!(records(&portal, &cleo, "link.amazon.removed").len(), 0);
    }

    /// A password that is set in the meantime makes it another case: the agent sees that, and decides again.
    #[tokio::test]
    async fn is_looked_at_again_in_the_transaction() {
        let portal = Portal::start().await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        let cleo = prove_address(&portal, &cleo);
        let (_, page) = at_the_desk(&portal, &cleo).await;
        portal.disable(&cleo);
        let refused = press(&page, "Unlink Amazon account").await;
        assert_eq!((refused.status, refused.code().as_deref()), (409, Some("support_is_disabled")));
        assert_eq!((portal.count_of("amazon_links", &cleo), portal.mails_to(cleo.email()).len()), (1, 0));
    }
}

mod checking {
    use super::*;

    #[tokio::test]
    async fn says_what_amazon_says() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let (lee, page) = at_the_desk(&portal, &ann).await;
        let done = press(&page, "Check with Amazon now").await;
        assert_eq!((done.path(), done.code()), (address_of(&ann), Some("support_check_active".into())));
        assert_eq!(portal.renewals(), 1);
        assert_eq!(one_record(&portal, &ann, "staff.link.checked", &lee), json!({ "outcome": "active" }));
        assert!(letters(&portal, &ann, "support-checked-link")[0].contains("Amazon said that it does"));
    }

    #[tokio::test]
    async fn ends_a_link_that_amazon_has_ended() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let (lee, page) = at_the_desk(&portal, &ann).await;
        portal.amazon.revokes("pat");
        let done = press(&page, "Check with Amazon now").await;
        assert_eq!(
            (done.code().as_deref(), done.link_state().as_deref()),
            (Some("support_check_revoked"), Some("none"))
        );
        assert_eq!(portal.endings_of(&ann), ["revoked_by_amazon"]);
        assert_eq!(one_record(&portal, &ann, "staff.link.checked", &lee), json!({ "outcome": "revoked" }));
        assert_eq!(letters(&portal, &ann, "support-checked-link").len(), 1);
        portal.verify().await;
    }

    #[tokio::test]
    async fn says_so_where_there_is_nothing_to_ask_with() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        portal.run("UPDATE amazon_links SET refresh_token_sealed = NULL");
        let (_, page) = at_the_desk(&portal, &ann).await;
        let done = press(&page, "Check with Amazon now").await;
        assert_eq!((done.code().as_deref(), portal.renewals()), (Some("support_check_unasked"), 0));
        portal.token_ends(&ann);
        let done = press(&done, "Check with Amazon now").await;
        assert_eq!(done.code().as_deref(), Some("support_check_reconnect"), "{}", done.text());
        assert_eq!(done.link_state().as_deref(), Some("needs_reconnect"));
        let letters = letters(&portal, &ann, "support-checked-link");
        assert!(letters[0].contains("Nothing was changed") && letters[1].contains("has to be linked again"));
    }

    /// Amazon's silence changes nothing, and is on record; nobody is told of it.
    #[tokio::test]
    async fn waits_while_amazon_does_not_answer() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let worth = portal.worth_of(&ann);
        let (lee, page) = at_the_desk(&portal, &ann).await;
        portal.amazon.is_down(SimulatedCall::Refresh);
        let done = press(&page, "Check with Amazon now").await;
        assert_eq!(done.code().as_deref(), Some("support_check_later"), "{}", done.text());
        assert!(done.text().contains("Try again in") && done.text().contains("seconds"), "{}", done.text());
        assert_eq!(portal.worth_of(&ann), worth);
        assert_eq!(one_record(&portal, &ann, "staff.link.checked", &lee), json!({ "outcome": "try_later" }));
        assert_eq!(portal.mails_to(ann.email()).len(), 0);
    }
}

mod ending_sessions {
    use super::*;

    #[tokio::test]
    async fn signs_out_of_browsers_and_games() {
        let portal = Portal::start().await;
        let (ann, bo) = (portal.ann().await, portal.bo().await);
        let (here, there) = (portal.browser_of(&ann), portal.browser_of(&ann));
        let (game, others) = (portal.game_token_of(&ann), portal.browser_of(&bo));
        let (lee, page) = at_the_desk(&portal, &ann).await;
        assert!(page.text().contains("All 3 sessions end now"), "{}", page.text());
        let done = press(&page, "End sessions").await;
        assert_eq!((done.path(), done.code()), (address_of(&ann), Some("support_ended_sessions".into())));
        assert!(done.text().contains("Sessions ended: 3."), "{}", done.text());
        for browser in [here, there] {
            assert_eq!(browser.visit("/account").await.url.path(), "/sign-in");
        }
        assert!(!is_known(&portal, &game).await);
        assert_eq!(others.visit("/account").await.url.path(), "/account");
        assert_eq!(one_record(&portal, &ann, "staff.sessions.ended", &lee), json!({ "ended": 3 }));
        assert_eq!(letters(&portal, &ann, "support-ended-sessions").len(), 1);
        assert!(!done.buttons().contains(&"End sessions".to_owned()), "nobody is signed in");
    }
}

mod sending_a_reset {
    use super::*;

    #[tokio::test]
    async fn gives_a_first_password_to_who_only_had_amazon() {
        let portal = Portal::start().await;
        let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
        let cleo = prove_address(&portal, &cleo);
        let (lee, page) = at_the_desk(&portal, &cleo).await;
        let done = press(&page, "Send password reset").await;
        assert_eq!((done.path(), done.code()), (address_of(&cleo), Some("support_sent_reset".into())));
        one_record(&portal, &cleo, "staff.reset.sent", &lee);
        let letters = letters(&portal, &cleo, "support-sent-reset");
        assert_eq!((letters.len(), portal.mails_to(cleo.email()).len()), (1, 1), "it is its own notice");
        assert!(!done.html.contains("token="), "the link is the player's alone");
        assert_eq!(choose(&portal, &cleo).await.code().as_deref(), Some("password_reset"));
        let account = sign_in(&portal.browser(), cleo.email(), NEW).await;
        assert_eq!((account.url.path(), account.link_state().as_deref()), ("/account", Some("active")));
    }

    /// S20, S16: support has letters of its own, which no stranger can use up.
    #[tokio::test]
    async fn has_a_budget_of_its_own() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let form = portal.browser().visit("/forgot-password").await;
        form.fill("identifier", bo.email()).press("Send link").await;
        let (_, mut page) = at_the_desk(&portal, &bo).await;
        for _ in 0..3 {
            page = press(&page, "Send password reset").await;
            assert_eq!(page.code().as_deref(), Some("support_sent_reset"));
        }
        let refused = press(&page, "Send password reset").await;
        assert_eq!((refused.status, refused.code().as_deref()), (429, Some("support_reset_throttled")));
        assert!(refused.header("retry-after").is_some());
        assert_eq!(refused.attribute("#send-reset-reason", "value").as_deref(), Some(REASON), "it is kept");
        assert_eq!(portal.mails_to(bo.email()).len(), 4);
        assert_eq!(portal.count("SELECT count(*) AS count FROM password_resets"), 1, "the newest counts");
    }

    #[tokio::test]
    async fn needs_a_proven_address_and_an_open_account() {
        let portal = Portal::start().await;
        let (cleo, bo) = (portal.cleo().await, portal.bo().await);
        let (lee, page) = at_the_desk(&portal, &cleo).await;
        assert!(page.text().contains("There is no proven address to send a link to."));
        assert!(!page.buttons().contains(&"Send password reset".to_owned()));
        let mut answers = Vec::new();
        portal.disable(&bo);
        for person in [&cleo, &bo] {
            let desk = portal.desk_of(&lee);
            let csrf = desk.visit("/support/recovery-codes").await.csrf();
            let fields = [("csrf", csrf.as_str()), ("player", &person.id), ("reason", REASON)];
            let answer = desk.post("/support/actions/send-reset", &fields).await;
            answers.push((answer.status, answer.code().unwrap()));
        }
        assert_eq!(
            answers,
            [(409, "support_no_address".to_owned()), (409, "support_is_disabled".to_owned())]
        );
        assert_eq!(portal.count_all("mails"), 0);
    }
}

mod a_disabled_player {
    use super::*;

    #[tokio::test]
    async fn is_out_everywhere_and_in_again_once_enabled() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        let service = portal.service(&["players:read", "tokens:issue", "links:start"]).await;
        let (browser, game) = (portal.browser_of(&ann), portal.game_token_of(&ann));
        let mut socket = portal.game_with(&game).await;
        let form = portal.browser().visit("/forgot-password").await;
        form.fill("identifier", ann.email()).press("Send link").await;
        let reset = portal.mail_to(ann.email()).link();
        let (lee, page) = at_the_desk(&portal, &ann).await;
        let done = press(&page, "Disable account").await;
        assert_eq!((done.path(), done.code()), (address_of(&ann), Some("support_disabled".into())));
        assert!(!done.buttons().contains(&"Disable account".to_owned()));
        assert_eq!(one_record(&portal, &ann, "staff.player.disabled", &lee), json!({ "ended": 2 }));
        assert_eq!(letters(&portal, &ann, "support-disabled").len(), 1);

        assert_eq!(browser.visit("/account").await.url.path(), "/sign-in");
        let refused = sign_in(&portal.browser(), ann.email(), ann.password()).await;
        let stranger = sign_in(&portal.browser(), "nobody@example.test", ann.password()).await;
        assert_eq!((refused.status, refused.code().as_deref()), (422, Some("credentials_wrong")));
        assert!(refused.text().contains("the account may be disabled."), "{}", refused.text());
        let same = |page: &Page| page.text().replace("ann@", "nobody@");
        assert_eq!(same(&refused), same(&stranger), "S12");
        let amazon = sign_in_with_amazon(&portal, "pat").await;
        assert_eq!(amazon.code().as_deref(), Some("account_disabled"), "{}", amazon.text());
        assert!(amazon.text().contains("The account was disabled."), "{}", amazon.text());
        assert!(!is_known(&portal, &game).await);
        let answer = socket.ask("AccountDetailsRequest", json!({})).await;
        assert!(answer.get("error").is_some(), "{answer}");
        let mut fresh = portal.game().await;
        let who = json!({ "userName": ann.email(), "password": ann.password() });
        assert!(fresh.ask("AuthenticationRequest", who).await.get("error").is_some());
        let token = json!({ "accessToken": portal.amazon.token_of("pat") });
        assert!(fresh.ask("AmazonConnectRequest", token).await.get("error").is_some());
        for path in ["", "/amazon-link"] {
            assert_eq!(service.get(&format!("/api/v1/players/{}{path}", ann.id)).await.status, 404);
        }
        let by_identity = format!("/api/v1/players?amazon_id={}", portal.amazon.identity_of("pat"));
        assert_eq!(service.get(&by_identity).await.body["players"], json!([]));
        for path in ["access-token", "code"] {
            assert_eq!(
                service.post(&format!("/api/v1/players/{}/amazon-link/{path}", ann.id)).await.status,
                404
            );
        }
        assert_eq!(portal.token(&ann).await, Err(AccessTokenRefusal::NoLink));
        assert_eq!(portal.browser().visit(&reset).await.code().as_deref(), Some("code_expired"));
        let mails = portal.mails_to(ann.email()).len();
        let form = portal.browser().visit("/forgot-password").await;
        form.fill("identifier", ann.email()).press("Send link").await;
        assert_eq!(portal.mails_to(ann.email()).len(), mails, "no link is sent");
        portal.verify().await;

        let done = press(&done, "Enable account").await;
        assert_eq!((done.path(), done.code()), (address_of(&ann), Some("support_enabled".into())));
        one_record(&portal, &ann, "staff.player.enabled", &lee);
        assert_eq!(letters(&portal, &ann, "support-enabled").len(), 1);
        assert_eq!(browser.visit("/account").await.url.path(), "/sign-in", "what was ended stays ended");
        assert_eq!(portal.browser().visit(&reset).await.code().as_deref(), Some("code_expired"));
        assert_eq!(sign_in(&portal.browser(), ann.email(), ann.password()).await.url.path(), "/account");
        assert_eq!(sign_in_with_amazon(&portal, "pat").await.url.path(), "/account");
        assert!(portal.token(&ann).await.is_ok());
    }

    /// Amazon takes its time, and meanwhile support disables the player: the token that comes back stays here.
    #[tokio::test]
    async fn gets_no_token_that_was_on_its_way() {
        let portal = Portal::start().await;
        let ann = portal.linked("Ann", "pat").await;
        portal.token_ends(&ann);
        let (_, page) = at_the_desk(&portal, &ann).await;
        let slow = SimulatedFault::Slow(std::time::Duration::from_millis(1_500));
        portal.amazon.simulator.set_fault_times(SimulatedCall::Refresh, slow, 1);
        let asked = portal.renewals();
        let token = portal.token_meanwhile(&ann);
        super::super::harness::renewals::until("a call to Amazon", || portal.renewals() > asked).await;
        assert_eq!(press(&page, "Disable account").await.code().as_deref(), Some("support_disabled"));
        assert_eq!(token.await.unwrap(), Err(AccessTokenRefusal::NoLink));
    }

    #[tokio::test]
    async fn is_disabled_once_whoever_presses() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (_, page) = at_the_desk(&portal, &bo).await;
        let kim = portal.agent("kim", "lead").await;
        let other = portal.desk_of(&kim).visit(&address_of(&bo)).await;
        press(&page, "Disable account").await;
        let answer = press(&other, "Disable account").await;
        assert_eq!((answer.status, answer.code()), (409, Some("support_changed".into())));
        assert!(answer.text().contains("This was last done by lee@desk.test"), "{}", answer.text());
        assert!(answer.buttons().contains(&"Enable account".to_owned()), "the page shows how it is now");
        assert_eq!(records(&portal, &bo, "staff.player.disabled").len(), 1);
        assert_eq!(portal.mails_to(bo.email()).len(), 1);
    }

    /// A player whose device moved on is closed for good, unless something opens it again.
    #[tokio::test]
    async fn whom_nothing_opens_stays_disabled() {
        let portal = Portal::start().await;
        let cleo = portal.person("Cleo", false, None).await;
        portal.disable(&cleo);
        let (_, page) = at_the_desk(&portal, &cleo).await;
        let answer = press(&page, "Enable account").await;
        assert_eq!(
            (answer.status, answer.code()),
            (409, Some("support_no_way_in".into())),
            "{}",
            answer.text()
        );
        portal.verify().await;
        let cleo = prove_address(&portal, &cleo);
        assert_eq!(press(&answer, "Enable account").await.code().as_deref(), Some("support_enabled"));
        portal.verify().await;
        assert_eq!(portal.mails_to(cleo.email()).len(), 1);
    }
}

mod a_note {
    use super::*;

    #[tokio::test]
    async fn is_kept_for_colleagues_and_its_player_hears_that_there_is_one() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (lee, page) = at_the_desk(&portal, &bo).await;
        let text = "prefers to be called.\nNot before noon.";
        let done = page.fill("note", text).fill("reason", REASON).press("Add note").await;
        assert_eq!((done.path(), done.code()), (address_of(&bo), Some("support_noted".into())));
        assert!(done.text().contains("prefers to be called."), "{}", done.text());
        assert_eq!(one_record(&portal, &bo, "staff.note.added", &lee), json!({}));
        assert!(!letters(&portal, &bo, "support-wrote-note")[0].contains("noon"));
        assert!(!portal.dump().into_values().flatten().any(|row| row.contains("noon")), "it is sealed");
    }

    #[tokio::test]
    async fn that_says_nothing_is_not_accepted() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let (_, page) = at_the_desk(&portal, &bo).await;
        for note in ["", "  \n ", &"x".repeat(2_001)] {
            let again = page.fill("note", note).fill("reason", REASON).press("Add note").await;
            assert_eq!(again.status, 422);
            assert!(again.error_of("note-note").is_some(), "{}", again.text());
            assert_eq!(again.attribute("#note-reason", "value").as_deref(), Some(REASON));
        }
        assert_eq!((portal.count_all("player_notes"), portal.count_all("mails")), (0, 0));
    }
}

mod every_action {
    use super::*;

    /// Somebody for whom each of them makes sense, once enabling is asked for as well.
    async fn somebody(portal: &Portal, button: &str) -> Person {
        let ann = portal.linked("Ann", "pat").await;
        portal.browser_of(&ann);
        if button == "Enable account" {
            portal.disable(&ann);
        }
        ann
    }

    /// S123. What was typed is kept, and the error stands at the field that it is about.
    #[tokio::test]
    async fn asks_for_a_reason() {
        for (button, of, _) in BUTTONS {
            let portal = Portal::start().await;
            let ann = somebody(&portal, button).await;
            let (_, page) = at_the_desk(&portal, &ann).await;
            assert!(
                page.attribute("details.action[open]", "data-action").is_none(),
                "all are closed at first"
            );
            let before = portal.belongings_of(&ann);
            for reason in ["", "abc", "two\nlines"] {
                let page = page.fill("reason", reason);
                let page = if of == "note" { page.fill("note", "so far") } else { page };
                let again = page.press(button).await;
                assert_eq!(
                    (again.status, again.url.path()),
                    (422, format!("/support/players/{}", ann.id).as_str())
                );
                assert!(again.error_of(&format!("{of}-reason")).is_some(), "{button}: {}", again.text());
                assert_eq!(again.attribute("details.action[open]", "data-action").as_deref(), Some(of));
                assert_eq!(again.attribute(".summary a", "href"), Some(format!("#{of}-reason")));
                let kept = again.attribute(&format!("#{of}-reason"), "value");
                assert_eq!(kept.as_deref(), Some(reason), "{button}");
                if of == "note" {
                    assert_eq!(again.text_of("#note-note").as_deref(), Some("so far"));
                }
            }
            assert_eq!(portal.belongings_of(&ann), before, "{button}");
        }
    }

    /// S28: what changes something needs a proof of the last minutes, and goes on by itself after it.
    #[tokio::test]
    async fn waits_for_proof_and_then_goes_on() {
        for (button, of, role) in BUTTONS {
            let portal = Portal::start().await;
            let ann = somebody(&portal, button).await;
            let sam = portal.agent("sam", role).await;
            let page = portal.stale_desk_of(&sam).visit(&address_of(&ann)).await;
            let before = portal.belongings_of(&ann);
            let asked = press(&page, button).await;
            assert_eq!(asked.path(), "/support/confirm-identity", "{button}");
            assert!(asked.text().contains(&format!("“{button}”")), "{}", asked.text());
            assert_eq!(portal.belongings_of(&ann), before, "{button}");
            let proven = asked.fill("password", &sam.password).fill("code", &portal.next_code_of(&sam));
            let done = proven.press("Confirm").await;
            assert_eq!((done.status, done.path()), (200, address_of(&ann)), "{of}: {}", done.text());
            assert!(done.code().is_some_and(|code| code.starts_with("support_")), "{of}: {:?}", done.code());
            assert_ne!(portal.belongings_of(&ann), before, "{button}");
        }
    }

    #[tokio::test]
    async fn that_was_cancelled_is_never_carried_out() {
        let portal = Portal::start().await;
        let ann = portal.ann().await;
        portal.browser_of(&ann);
        let sam = portal.agent("sam", "agent").await;
        let page = portal.stale_desk_of(&sam).visit(&address_of(&ann)).await;
        let asked = press(&page, "End sessions").await;
        assert_eq!(asked.click("Cancel").await.path(), "/support");
        let before = portal.belongings_of(&ann);
        let again = asked.browser().visit("/support/confirm-identity").await;
        let proven = again.fill("password", &sam.password).fill("code", &portal.next_code_of(&sam));
        let done = proven.press("Confirm").await;
        assert_eq!((done.status, done.path().as_str()), (200, "/support"), "{}", done.text());
        assert_eq!(portal.belongings_of(&ann), before);
    }

    /// A cookie holds no long note; it stands on the page until the proof is given elsewhere.
    #[tokio::test]
    async fn loses_nothing_that_is_too_long_to_wait() {
        let portal = Portal::start().await;
        let (bo, sam) = (portal.bo().await, portal.agent("sam", "agent").await);
        let page = portal.stale_desk_of(&sam).visit(&address_of(&bo)).await;
        let text = "ß".repeat(2_000);
        let again = page.fill("note", &text).fill("reason", REASON).press("Add note").await;
        assert_eq!((again.status, again.code().as_deref()), (422, Some("support_prove_first")));
        assert_eq!(again.text_of("#note-note"), Some(text));
        assert_eq!(portal.count_all("player_notes"), 0);
        let asked = again.browser().second_tab().visit("/support/confirm-identity").await;
        let proven = asked.fill("password", &sam.password).fill("code", &portal.next_code_of(&sam));
        proven.press("Confirm").await;
        assert_eq!(again.press("Add note").await.code().as_deref(), Some("support_noted"));
    }

    #[tokio::test]
    async fn is_not_there_for_a_player_who_is_not() {
        let portal = Portal::start().await;
        let lee = portal.agent("lee", "lead").await;
        let desk = portal.desk_of(&lee);
        let csrf = desk.visit("/support/recovery-codes").await.csrf();
        for (_, of, _) in BUTTONS {
            for player in ["", "x", "018f0000-0000-7000-8000-000000000000"] {
                let fields = [("csrf", csrf.as_str()), ("player", player), ("reason", REASON), ("note", "x")];
                let answer = desk.post(&format!("/support/actions/{of}"), &fields).await;
                assert_eq!(
                    (answer.status, answer.code().as_deref()),
                    (404, Some("not_found")),
                    "{of} {player}"
                );
            }
        }
    }

    /// The page offers what the role may, and the address gives nobody more.
    #[tokio::test]
    async fn is_offered_to_its_roles_only() {
        let portal = Portal::start().await;
        let ann = somebody(&portal, "").await;
        for role in ["viewer", "agent", "lead", "admin"] {
            let agent = portal.agent(role, role).await;
            let desk = portal.desk_of(&agent);
            let page = desk.visit(&address_of(&ann)).await;
            let csrf = desk.visit("/support/recovery-codes").await.csrf();
            for (button, of, lowest) in BUTTONS.into_iter().filter(|(_, of, _)| *of != "enable") {
                let may = role != "viewer" && (lowest == "agent" || role != "agent");
                assert_eq!(page.buttons().contains(&button.to_owned()), may, "{button} for {role}");
                let fields = [("csrf", csrf.as_str()), ("player", &ann.id), ("reason", "")];
                let answer = desk.post(&format!("/support/actions/{of}"), &fields).await;
                assert_eq!(answer.status, if may { 422 } else { 404 }, "{button} for {role}");
            }
        }
    }

    /// One form, sent twice at once: one of them does it.
    #[tokio::test]
    async fn pressed_twice_happens_once() {
        for (button, of, _) in BUTTONS {
            let portal = Portal::start().await;
            let ann = somebody(&portal, button).await;
            let (_, page) = at_the_desk(&portal, &ann).await;
            let page = because(&page, button);
            let answers = join_all((0..3).map(|_| page.press_only(button))).await;
            let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409, 409], "{of}");
            assert_eq!(portal.mails_to(ann.email()).len(), 1, "{of}");
            let acts = "SELECT count(*) AS count FROM audit_events WHERE actor = 'support' AND kind";
            assert_eq!(portal.count(&format!("{acts} <> 'staff.player.viewed'")), 1, "{of}");
        }
    }

    #[tokio::test]
    async fn speaks_the_players_language() {
        let portal = Portal::start().await;
        let ann = somebody(&portal, "").await;
        portal.run("UPDATE players SET language = 'de'");
        let (_, mut page) = at_the_desk(&portal, &ann).await;
        for (button, ..) in BUTTONS {
            page = press(&page, button).await;
            assert_eq!(page.status, 200, "{button}: {}", page.text());
        }
        let mails = portal.mails_to(ann.email());
        assert_eq!(mails.len(), BUTTONS.len());
        for mail in &mails {
            assert!(mail.text.contains("Hallo Ann") && mail.text.contains("Support"), "{mail:?}");
            assert_eq!(letters(&portal, &ann, &mail.kind).len(), 1, "{}", mail.kind);
        }
    }

    /// Whoever has no address is told by nobody; the record stands all the same.
    #[tokio::test]
    async fn is_done_for_who_has_no_address_too() {
        let portal = Portal::start().await;
        let cleo = portal.cleo().await;
        portal.browser_of(&cleo);
        let (lee, page) = at_the_desk(&portal, &cleo).await;
        assert!(page.text().contains("so the player is not told by mail"), "{}", page.text());
        assert_eq!(press(&page, "End sessions").await.code().as_deref(), Some("support_ended_sessions"));
        one_record(&portal, &cleo, "staff.sessions.ended", &lee);
        assert_eq!(portal.count_all("mails"), 0);
    }
}

mod the_brake {
    use super::*;

    const PULL: &str =
        "UPDATE refresh_brake SET on_since = '2032-12-01 11:30:00', refused = 21, refreshes = 300";

    #[tokio::test]
    async fn is_shown_while_it_is_on_and_released_with_a_reason() {
        let portal = Portal::start().await;
        let (lee, kim) = (portal.agent("lee", "lead").await, portal.agent("kim", "lead").await);
        let sam = portal.agent("sam", "agent").await;
        let calm = portal.desk_of(&lee).visit("/support").await;
        assert!(!calm.buttons().contains(&"Release the brake".to_owned()));
        portal.run(PULL);
        assert!(!portal.desk_of(&sam).visit("/support").await.text().contains("The brake is on"));
        let home = portal.desk_of(&lee).visit("/support").await;
        assert!(
            home.text().contains("Amazon refused 21 of 300 renewals within ten minutes"),
            "{}",
            home.text()
        );
        assert!(home.text().contains("1 December 2032, 11:30 UTC"), "{}", home.text());
        let stale = portal.desk_of(&kim).visit("/support").await;

        let again = home.fill("reason", "no").press("Release the brake").await;
        assert_eq!(again.status, 422);
        assert!(again.error_of("brake-reason").is_some());
        assert_eq!(again.attribute("#brake-reason", "value").as_deref(), Some("no"));
        assert_eq!(portal.runs(&["brake", "status"]).0, 1, "it is on still");

        let done = home.fill("reason", REASON).press("Release the brake").await;
        assert_eq!((done.path().as_str(), done.code().as_deref()), ("/support", Some("brake_released")));
        assert!(!done.buttons().contains(&"Release the brake".to_owned()));
        assert_eq!(portal.runs(&["brake", "status"]).0, 0);
        let record = "SELECT staff_id || ' ' || details AS line FROM audit_events WHERE kind = 'refresh.brake.released'";
        let record = portal.lines(record);
        assert_eq!(record.len(), 1);
        assert!(record[0].starts_with(&lee.id) && record[0].contains(REASON), "{record:?}");
        assert!(record[0].contains("\"refused\":21"), "{record:?}");

        let late = stale.fill("reason", REASON).press("Release the brake").await;
        assert_eq!((late.status, late.code().as_deref()), (409, Some("brake_changed")));
        assert!(late.text().contains("It was released by lee@desk.test"), "{}", late.text());
        assert!(!late.buttons().contains(&"Release the brake".to_owned()));

        portal.run(&PULL.replace("11:30", "11:45"));
        let late = stale.fill("reason", REASON).press("Release the brake").await;
        assert_eq!((late.status, late.code().as_deref()), (409, Some("brake_changed")));
        assert!(late.buttons().contains(&"Release the brake".to_owned()), "it was pulled anew: decide again");
        assert_eq!(portal.runs(&["brake", "release"]).0, 0, "and the command still works");
    }

    #[tokio::test]
    async fn waits_for_proof_and_then_goes_on() {
        let portal = Portal::start().await;
        let lee = portal.agent("lee", "lead").await;
        portal.run(PULL);
        let home = portal.stale_desk_of(&lee).visit("/support").await;
        let asked = home.fill("reason", REASON).press("Release the brake").await;
        assert_eq!(asked.path(), "/support/confirm-identity");
        let proven = asked.fill("password", &lee.password).fill("code", &portal.next_code_of(&lee));
        assert_eq!(proven.press("Confirm").await.code().as_deref(), Some("brake_released"));
    }
}
