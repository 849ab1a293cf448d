//! Whatever happens is recorded, once, when it succeeds and when it is refused (S125). What the records are worth is
//! `audit_chain.rs`; that no change goes without its record is `rollback.rs`.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use dovetail::testing::audit::Kind;
use serde_json::json;

use super::harness::staff::{code_at, sign_in};
use super::harness::{Agent, Page, Person, Portal, Receiver};

#[test]
fn every_kind_is_written_somewhere_and_seen_by_a_story() {
    let source = texts("src", |path| {
        !path.starts_with("src/audit/event.rs") && !path.starts_with("src/accounts/activity")
    });
    let stories = texts("tests/portal", |_| true);
    let mut wrong = Vec::new();
    for kind in Kind::ALL {
        let (path, word) = (format!("::{kind:?}"), kind.as_str());
        let is_named = |text: &str| {
            let mut found = text.match_indices(&path).map(|(at, found)| at + found.len());
            found.any(|end| !text[end..].starts_with(|next: char| next.is_alphanumeric() || next == '_'))
        };
        let is_written = source.iter().any(|text| is_named(text));
        let is_seen = stories
            .iter()
            .any(|text| text.contains(&format!("\"{word}\"")) || text.contains(&format!("'{word}'")));
        if !is_written || !is_seen {
            wrong.push(format!("{word}: written {is_written}, seen by a story {is_seen}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the files of a folder say, tests within the source left out.
fn texts(folder: &str, is_wanted: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_wanted(path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap()) {
                let text = fs::read_to_string(&path).unwrap_or_default();
                texts.push(text.split("\n#[cfg(test)]\nmod tests").next().unwrap().to_owned());
            }
        }
    }
    texts
}

/// What is recorded from one look to the next.
struct Ledger<'a> {
    portal: &'a Portal,
    seen: RefCell<HashSet<String>>,
}

impl<'a> Ledger<'a> {
    fn of(portal: &'a Portal) -> Self {
        let ledger = Self { portal, seen: RefCell::default() };
        ledger.new_ones();
        ledger
    }

    /// Kinds by name: of one transaction nobody promises an order.
    fn new_ones(&self) -> Vec<String> {
        let all = self.portal.lines("SELECT id || ' ' || kind AS line FROM audit_events ORDER BY kind, id");
        let mut seen = self.seen.borrow_mut();
        let new = all.into_iter().filter(|line| seen.insert(line.clone()));
        new.map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
    }

    /// These and no others were recorded since the last look.
    #[track_caller]
    fn has(&self, what: &str, kinds: &[&str]) {
        assert_eq!(self.new_ones(), kinds, "{what}");
    }
}

async fn signs_in(portal: &Portal, person: &Person, password: &str) -> Page {
    let form = portal.browser().visit("/sign-in").await.fill("identifier", person.email());
    form.fill("password", password).press("Sign in").await
}

#[tokio::test]
async fn of_a_player_in_a_browser() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let ledger = Ledger::of(&portal);
    signs_in(&portal, &bo, "not the password").await;
    ledger.has("a wrong password", &["player.session.refused"]);
    let account = signs_in(&portal, &bo, bo.password()).await;
    ledger.has("a right one", &["player.session.started"]);
    let browser = account.browser();

    let profile = browser.visit("/account/profile").await;
    profile.fill("display_name", " ").press("Save").await;
    ledger.has("a name that will not do", &[]);
    profile.fill("display_name", "Bob").press("Save").await;
    ledger.has("a new name", &["player.profile.changed"]);

    let form = browser.visit("/account/password").await.fill("new_password", "nine purple umbrellas");
    form.fill("current_password", "not the password").press("Save password").await;
    ledger.has("the present password wrong", &["player.identity.refused"]);
    form.fill("current_password", bo.password()).press("Save password").await;
    ledger.has("a new password", &["player.password.changed"]);

    let stale = portal.stale_browser_of(&ann);
    let asked = stale.visit("/amazon/unlink").await;
    asked.fill("password", "not the password").press("Confirm").await;
    ledger.has("no proof", &["player.identity.refused"]);
    asked.fill("password", ann.password()).press("Confirm").await;
    ledger.has("proof", &["player.identity.confirmed"]);
    stale.visit("/account/password/remove").await.press("Remove password").await;
    ledger.has("a password is removed", &["player.password.removed"]);
    stale
        .visit("/account/password")
        .await
        .fill("new_password", "ten silver anchors")
        .press("Save password")
        .await;
    ledger.has("and set", &["player.password.set"]);

    let session =
        portal.lines(&format!("SELECT id AS line FROM sessions WHERE player_id = '{}'", ann.id)).remove(0);
    let csrf = browser.visit("/account/security").await.csrf();
    browser.post("/account/security/end-session", &[("csrf", &csrf), ("session", &session)]).await;
    ledger.has("somebody else's session", &["player.session.ended_from_afar"]);
    portal.browser_of(&bo);
    let page = browser.visit("/account/security").await.press("End session").await;
    ledger.has("an own one", &["player.session.ended_from_afar"]);
    page.browser().post("/account/security/sign-out-everywhere", &[("csrf", &csrf)]).await;
    ledger.has("everywhere", &["player.session.ended_everywhere"]);
    page.press("Sign out").await;
    ledger.has("out", &["player.session.ended"]);
}

#[tokio::test]
async fn of_an_address_and_a_lost_password() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let ledger = Ledger::of(&portal);
    let form = portal.browser_of(&bo).visit("/account/email").await.fill("email", "bo.new@example.test");
    let verify = form.press("Send code").await;
    ledger.has("another address", &["player.email.change_asked"]);
    verify.fill("code", &portal.mail_to("bo.new@example.test").code()).press("Confirm email").await;
    ledger.has("its code", &["player.email.changed"]);
    let undo = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
    let button = undo.buttons().remove(0);
    undo.press(&button).await;
    ledger.has("undone", &["player.email.restored"]);

    for address in ["nobody@example.test", bo.email()] {
        portal.browser().visit("/forgot-password").await.fill("identifier", address).press("Send link").await;
        ledger.has(address, &["player.password.reset_asked"]);
    }
    let form = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
    form.fill("new_password", "short").press("Save password").await;
    ledger.has("a password that will not do", &[]);
    form.fill("new_password", "nine brown kettles on ice").press("Save password").await;
    ledger.has("a new password", &["player.password.reset"]);
    form.fill("new_password", "nine brown kettles on ice").press("Save password").await;
    ledger.has("the link once more", &[]);
}

#[tokio::test]
async fn of_a_link() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.linked("Ann", "pat").await, portal.bo().await);
    let ledger = Ledger::of(&portal);
    let browser = portal.browser_of(&bo);
    portal.amazon.will_deny();
    browser.visit("/account").await.press("Link Amazon account").await.allow_as("Mork Hashimoto").await;
    portal.amazon.recovers();
    ledger.has("declined at Amazon, where nobody refused anything", &[]);
    let confirm = browser.visit("/account").await.press("Link Amazon account").await;
    let confirm = confirm.allow_as("Mork Hashimoto").await;
    ledger.has("before the last look", &[]);
    confirm.press("Link this account").await;
    ledger.has("linked", &["link.amazon.added"]);
    let again = async || browser.visit("/amazon/replace").await.press("Link a different account").await;
    again().await;
    ledger.has("the same again", &["link.amazon.renewed"]);
    portal.link_becomes(&bo, "needs_reconnect");
    again().await;
    ledger.has("mended", &["link.amazon.reconnected"]);
    browser.leave_amazon();
    again().await.allow_as("Pat Example").await;
    ledger.has("somebody else's", &["link.amazon.refused"]);
    browser.leave_amazon();
    portal.amazon.admits("zed", "Zed", "zed@example.com");
    again().await.allow_as("Zed").await.press("Link this account").await;
    ledger.has("another", &["link.amazon.replaced"]);
    browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    ledger.has("unlinked", &["link.amazon.removed"]);

    let service = portal.service(&["tokens:issue"]).await;
    ledger.has("a key", &["service.key.added"]);
    let token = format!("/api/v1/players/{}/amazon-link/access-token", ann.id);
    assert_eq!(service.post(&token).await.status, 200);
    ledger.has("a token", &["link.amazon.token_handed_out"]);
    portal.says(&["service-key", "revoke", &service.id]);
    ledger.has("no key any more", &["service.key.revoked"]);
    portal.amazon.revokes("pat");
    portal.token_ends(&ann);
    portal.link_is_due(&ann);
    portal.pass().await;
    ledger.has("revoked at Amazon", &["link.amazon.revoked"]);
    let cleo = portal.cleo().await;
    portal.run("UPDATE amazon_links SET refresh_token_sealed = NULL");
    portal.token_ends(&cleo);
    assert!(portal.token(&cleo).await.is_err());
    ledger.has("an end", &["link.amazon.reconnect_needed"]);
}

#[tokio::test]
async fn of_a_device() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let ledger = Ledger::of(&portal);
    let enters = async |id: &str| {
        let mut game = portal.game().await;
        let device = json!({ "deviceId": id, "deviceOS": "ANDROID", "deviceModel": "Fire TV Stick" });
        game.ask("DeviceAuthenticationRequest", device).await;
        game
    };
    let mut one = enters("0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10").await;
    ledger.has("a new player", &["player.account.registered", "player.session.started"]);
    enters("0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10").await;
    ledger.has("back again", &["player.session.started"]);
    let begun = one.ask("ClaimAccountByCodeRequest", json!({})).await;
    ledger.has("a code", &["player.claim.begun"]);
    let code = begun["userCode"].as_str().unwrap();
    let look = portal.browser().visit("/activate").await.fill("code", code).press("Continue").await;
    ledger.has("typed", &[]);
    let form =
        look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", "Zoe keeps 7 green boats");
    let account = form.press("Create account").await;
    ledger.has("claimed", &["player.account.claimed", "player.password.set", "player.session.started"]);
    account.visit("/account/devices").await.press("Disable").await;
    ledger.has("switched off", &["player.device.switched_off"]);

    let mut other = enters("another device of 16 bytes").await;
    let begun = other.ask("ClaimAccountByCodeRequest", json!({})).await;
    ledger.new_ones();
    let code = begun["userCode"].as_str().unwrap();
    let look = portal.browser_of(&bo).visit("/activate").await.fill("code", code).press("Continue").await;
    look.press("Play as Bo on this device").await;
    ledger.has("moved", &["player.device.added", "player.device.switched_off"]);
}

#[tokio::test]
async fn of_staff() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let (ada, bea, sam) = (
        portal.agent("ada", "admin").await,
        portal.agent("bea", "admin").await,
        portal.agent("sam", "agent").await,
    );
    let ledger = Ledger::of(&portal);
    let said = portal.says(&["staff", "add", "vic@desk.test", "--role", "viewer"]);
    ledger.has("added", &["staff.account.added"]);
    let page = portal.browser().visit(said.lines().find(|line| line.starts_with("http")).unwrap()).await;
    let code = code_at(&page.text_of(".secret").unwrap(), portal.clock.now());
    page.fill("password", "Turnip lanterns sway at 6").fill("code", &code).press("Finish").await;
    ledger.has("enrolled", &["staff.account.enrolled"]);

    let form = portal.browser().visit("/support/sign-in").await.fill("email", &sam.email);
    form.fill("password", "not the password").press("Continue").await;
    ledger.has("a wrong password", &["staff.session.refused"]);
    sign_in(&portal.browser(), &sam, "000000").await;
    ledger.has("a wrong code", &["staff.session.refused"]);
    let home = sign_in(&portal.browser(), &sam, &portal.code_of(&sam)).await;
    ledger.has("in", &["staff.session.started"]);
    assert_eq!(home.browser().get("/support/staff").await.status, 404);
    ledger.has("not their page", &["staff.request.refused"]);
    assert_eq!(home.browser().get("/support/nowhere").await.status, 404);
    ledger.has("nobody's page", &[]);
    home.press("Sign out").await;
    ledger.has("out", &["staff.session.ended"]);

    let asked =
        portal.stale_desk_of(&sam).visit("/support/recovery-codes").await.press("Make new codes").await;
    ledger.has("no fresh proof", &[]);
    let typed = asked.fill("password", &sam.password);
    typed.fill("code", "000000").press("Confirm").await;
    ledger.has("a wrong proof", &["staff.identity.refused"]);
    typed.fill("code", &portal.next_code_of(&sam)).press("Confirm").await;
    ledger.has("proof, and what waited", &["staff.identity.confirmed", "staff.recovery.renewed"]);

    let proposes = async |by: &Agent| {
        let page = portal.desk_of(by).visit("/support/staff").await.fill("staff", &sam.id);
        page.fill("role", "lead").fill("reason", "ticket 4711").press("Propose role").await
    };
    let page = proposes(&ada).await;
    ledger.has("proposed", &["staff.role.proposed"]);
    let id = page.value("proposal").unwrap();
    let form = [("csrf", page.csrf()), ("proposal", id)];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    page.browser().post("/support/staff/approve", &form).await;
    ledger.has("by the same", &["staff.request.refused"]);
    page.press("Withdraw").await;
    ledger.has("withdrawn", &["staff.role.withdrawn"]);
    proposes(&ada).await;
    portal.desk_of(&bea).visit("/support/staff").await.press("Approve").await;
    ledger.has("approved", &["staff.role.changed", "staff.role.proposed"]);
    let audit = portal.desk_of(&sam).visit("/support/audit").await;
    ledger.has("read", &["staff.audit.read"]);
    audit.press("Export as CSV").await;
    ledger.has("exported", &["staff.audit.exported"]);
    let page = portal.desk_of(&ada).visit("/support/staff").await.fill("staff", &sam.id);
    page.fill("reason", "left the studio").press("Disable").await;
    ledger.has("disabled", &["staff.account.disabled"]);
    assert_eq!(portal.runs(&["staff", "disable", &sam.email]).0, 1);
    ledger.has("once more", &[]);
    portal.says(&["staff", "reset-mfa", &bea.email]);
    ledger.has("a lost telephone", &["staff.factor.reset"]);
    portal.says(&["staff", "role", "vic@desk.test", "agent"]);
    ledger.has("by command", &["staff.role.changed"]);
}

#[tokio::test]
async fn of_webhooks() {
    let portal = Portal::start().await;
    let (bo, receiver) = (portal.bo().await, Receiver::start().await);
    let ledger = Ledger::of(&portal);
    let said = portal.says(&["webhook", "add", &receiver.url()]);
    ledger.has("added", &["service.webhook.added"]);
    let id = said.lines().find_map(|line| line.strip_prefix("id ")).unwrap().trim().to_owned();
    let confirm = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    confirm.allow_as("Mork Hashimoto").await.press("Link this account").await;
    ledger.new_ones();
    let event = portal.lines("SELECT id AS line FROM link_events").remove(0);
    portal.says(&["webhook", "replay", "--event", &event]);
    ledger.has("replayed", &["service.webhook.replayed"]);
    portal.says(&["webhook", "remove", &id]);
    ledger.has("removed", &["service.webhook.removed"]);
}

/// Nobody fills the log with what they are refused; it is counted on.
#[tokio::test]
async fn of_somebody_who_tries_every_door() {
    let portal = Portal::start().await;
    let vic = portal.agent("vic", "viewer").await;
    let (desk, ledger) = (portal.desk_of(&vic), Ledger::of(&portal));
    for _ in 0..25 {
        assert_eq!(desk.get("/support/staff").await.status, 404);
    }
    assert_eq!(ledger.new_ones().len(), 20);
    let counted = "dovetail_throttle_refusals_total{limit=\"staff_refusals\"} 5\n";
    assert!(portal.app().metrics.text().contains(counted));
    let csrf = desk.visit("/support/recovery-codes").await.csrf();
    portal.wait(TimeDelta::hours(1));
    let desk = portal.desk_of(&vic);
    assert_eq!(desk.get("/support/audit").await.status, 404);
    assert_eq!(desk.post("/support/staff/change", &[("csrf", &csrf)]).await.status, 404);
    ledger.has("an hour later", &["staff.request.refused"; 2]);
    let told = portal.lines("SELECT details AS line FROM audit_events ORDER BY id DESC");
    assert!(
        told[0].contains("\"method\":\"POST\"") && told[0].contains("\"route\":\"/support/staff/change\""),
        "{told:?}"
    );
    assert!(told[1].contains("\"permission\":\"audit\""), "{told:?}");
}

#[tokio::test]
async fn tries_to_get_in_at_the_desk_are_counted_by_what_came_of_them() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    let tries = async |password: &str| {
        let form = portal.browser().visit("/support/sign-in").await;
        form.fill("email", &sam.email).fill("password", password).press("Continue").await
    };
    sign_in(&portal.browser(), &sam, "000000").await;
    sign_in(&portal.browser(), &sam, &portal.code_of(&sam)).await;
    for _ in 0..=portal.app().config.policy.guessing.free_failures {
        tries("not the password").await;
    }
    let free = portal.app().config.policy.guessing.free_failures;
    let metrics = portal.app().metrics.text();
    for (outcome, count) in [
        ("in", 1),
        ("wrong", free),
        ("code_asked", 2),
        ("code_wrong", 1),
        ("throttled", 1),
        ("overloaded", 0),
    ] {
        let series = format!("dovetail_staff_sign_ins_total{{outcome=\"{outcome}\"}} {count}\n");
        assert!(metrics.contains(&series), "{series}: {metrics}");
    }
}
