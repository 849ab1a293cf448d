//! Every page in every state, looked at on a small phone, a phone and a desk: one heading, nothing wider than the
//! window, a label on every field, no id twice, no complaint in the console. The pictures are kept in `target/screenshots`.

mod games;

use std::cell::RefCell;

use dovetail::testing::lwa::simulator::{DEVICE_CLIENT_ID, SimulatedCall};

use super::visitor::Visitor;
use crate::harness::chromium::{Scheme, Window};
use crate::harness::{Person, Portal};

/// A name and an address as long as they come.
const LONG: (&str, &str, &str) = (
    "long",
    "Maximiliana-Christophina Featherstonehaugh-Wolverhampton",
    "maximiliana.christophina.featherstonehaugh@wolverhampton.example.com",
);

const WRONGS: &str = "
    const wrongs = [];
    const headings = document.querySelectorAll('h1').length;
    if (headings !== 1) wrongs.push(`${headings} h1`);
    const root = document.documentElement;
    if (root.scrollWidth > window.innerWidth) {
        const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 0.5);
        wrongs.push(`${root.scrollWidth} px wide: ${wide.map((e) => e.tagName + '.' + e.className).slice(-3)}`);
    }
    for (const field of document.querySelectorAll('input:not([type=hidden], [hidden]), select, textarea')) {
        if (field.labels.length === 0) wrongs.push(`no label: ${field.name}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrongs.push(`twice: ${id}`);
    return wrongs;
";

#[tokio::test]
async fn all_is_well_in_the_light() {
    walk(Scheme::Light).await;
}

#[tokio::test]
async fn all_is_well_in_the_dark() {
    walk(Scheme::Dark).await;
}

async fn walk(scheme: Scheme) {
    let portal = Portal::with(|settings| {
        let amazon = format!("http://{}", settings.0["DOVETAIL_SIMULATOR_LISTEN"]);
        settings
            .set("DOVETAIL_SUPPORT_URL", "https://help.example.com/")
            .set("DOVETAIL_AMAZON_DEVICE_CLIENT_ID", DEVICE_CLIENT_ID)
            .set("DOVETAIL_AMAZON_CODEPAIR_URL", &format!("{amazon}/auth/o2/create/codepair"));
    })
    .await;
    let visitor = Visitor::open(&portal, Window { scheme, ..Window::default() }).await;
    let tour = Tour { visitor, scheme, wrongs: RefCell::default() };
    let (ann, bo, cleo) = (portal.ann().await, portal.bo().await, portal.cleo().await);
    portal.amazon.admits(LONG.0, LONG.1, LONG.2);
    tour.signed_out().await;
    tour.registering().await;
    tour.recovery(&bo).await;
    tour.coming_with_amazon(&bo).await;
    tour.without_a_link(&bo).await;
    tour.linking(&bo).await;
    tour.with_a_link(&ann).await;
    tour.own_pages(&ann).await;
    tour.proving_identity(&ann, &bo).await;
    portal.amazon.admits("pia", "Pia", "pia@example.com");
    tour.history(&portal.person("Pia", true, Some("pia")).await).await;
    tour.losing_the_link(&ann).await;
    tour.without_a_password(&cleo).await;
    tour.leaving(&ann, &cleo).await;
    tour.games_and_tvs().await;
    tour.at_the_desk().await;
    tour.players_at_the_desk().await;
    let wrongs = tour.wrongs.into_inner();
    assert!(wrongs.is_empty(), "{wrongs:#?}");
}

struct Tour<'a> {
    visitor: Visitor<'a>,
    scheme: Scheme,
    wrongs: RefCell<Vec<String>>,
}

impl Tour<'_> {
    /// Looks at this page in every size. `code` is what its notice says, if it says anything.
    async fn see(&self, name: &str, code: Option<&str>) {
        let (scheme, browser) = (self.scheme, &self.visitor.browser);
        let found = self.visitor.code().await;
        if found.as_deref() != code {
            self.wrong(name, &format!("says {found:?}, not {code:?}, at {}", self.visitor.path().await));
        }
        // At the desk people sit before a tablet, too.
        let tablet = name.starts_with("desk-player").then_some((768, 1024));
        for size in [(320, 640), (360, 740), (1280, 800)].into_iter().chain(tablet) {
            browser.show(Window { size, scheme, ..Window::default() }).await;
            let wrongs = browser.execute(WRONGS, Vec::new()).await.unwrap();
            for wrong in wrongs.as_array().unwrap() {
                self.wrong(name, &format!("at {}: {wrong}", size.0));
            }
            if size.0 >= 360 {
                let file = format!("{name}-{}-{scheme:?}", size.0).to_lowercase();
                browser.save_screenshot(&file).await;
            }
        }
        for line in self.visitor.complaints().await {
            self.wrong(name, &line);
        }
    }

    async fn visit(&self, name: &str, address: &str, code: Option<&str>) {
        self.visitor.visit(address).await;
        self.see(name, code).await;
    }

    /// Fills fields and presses a button.
    async fn send(&self, fields: &[(&str, &str)], button: &str) {
        for (field, value) in fields {
            self.visitor.fill(field, value).await;
        }
        self.visitor.press(button).await;
    }

    fn wrong(&self, name: &str, what: &str) {
        self.wrongs.borrow_mut().push(format!("{name}: {what}"));
    }

    fn portal(&self) -> &Portal {
        self.visitor.portal
    }

    async fn is_nobody(&self) {
        self.visitor.sits_down_as(&self.portal().browser()).await;
    }

    async fn is(&self, person: &Person) {
        self.visitor.sits_down_as(&self.portal().browser_of(person)).await;
    }

    async fn leaving(&self, ann: &Person, cleo: &Person) {
        self.visitor.sits_down_as(&self.portal().stale_browser_of(ann)).await;
        self.visit("data", "/account/data", None).await;
        self.send(&[], "Download my data").await;
        self.send(&[("password", ann.password())], "Confirm").await;
        self.see("data-ready", Some("data_ready")).await;
        self.visit("delete", "/account/data/delete", None).await;
        self.send(&[("confirm", "please")], "Delete my account").await;
        self.see("delete-errors", None).await;
        self.is(cleo).await;
        self.visitor.visit("/account/data/delete").await;
        self.send(&[("confirm", "DELETE")], "Delete my account").await;
        self.see("goodbye", None).await;
    }

    async fn at_the_desk(&self) {
        self.is_nobody().await;
        self.visit("desk-sign-in", "/support/sign-in", None).await;
        self.visit("desk-enrol-dead", "/support/enrol", Some("code_expired")).await;
        let ada = self.portal().agent("ada.featherstonehaugh-wolverhampton", "admin").await;
        let bea = self.portal().agent("bea", "admin").await;
        let page = self.portal().desk_of(&bea).visit("/support/staff").await;
        let page = page.fill("staff", &ada.id).fill("role", "lead").fill("reason", "moves on, ticket 4711");
        page.press("Propose role").await;
        self.visitor.sits_down_as(&self.portal().desk_of(&ada)).await;
        self.visit("desk-home", "/support", None).await;
        self.visit("desk-staff", "/support/staff", None).await;
        self.visit("desk-audit", "/support/audit", None).await;
        self.visit("desk-recovery", "/support/recovery-codes", None).await;
        self.send(&[], "Make new codes").await;
        self.see("desk-recovery-new", None).await;
        self.visit("desk-confirm", "/support/confirm-identity", None).await;
        self.visit("desk-not-found", "/support/nowhere", Some("not_found")).await;
    }

    async fn players_at_the_desk(&self) {
        let portal = self.portal();
        let lee = portal.agent("lee", "lead").await;
        portal.amazon.admits("past", LONG.1, "past@example.com");
        let fay = portal.person_with_a_past("Fay", "past").await;
        let whose = format!("WHERE player_id = '{}'", fay.id);
        portal.note_about(&lee, &fay, "Called twice about rewards.\nThe Amazon account is the sister’s.");
        self.visitor.sits_down_as(&portal.desk_of(&lee)).await;
        let file = portal.file_of(&fay);
        self.visit("desk-player", &file, None).await;
        self.unmasks(" x ").await;
        self.see("desk-player-errors", None).await;
        self.unmasks("ticket 4711, the player reads the Amazon id out").await;
        self.see("desk-player-unmasked", Some("player_unmasked")).await;
        portal.run(&format!("UPDATE players SET display_name = '{}' WHERE id = '{}'", LONG.1, fay.id));
        portal.run(&format!("UPDATE amazon_links SET state = 'needs_reconnect', failures = 3 {whose}"));
        self.visit("desk-player-needs-reconnect", &file, None).await;
        portal.link_becomes(&fay, "revoked");
        portal.disable(&fay);
        self.visit("desk-player-revoked-disabled", &file, None).await;
        let gil = portal.person("Gil", false, None).await;
        portal.run(&format!("UPDATE players SET display_name = '' WHERE id = '{}'", gil.id));
        self.visit("desk-player-bare", &portal.file_of(&gil), None).await;
    }

    /// The field waits behind its summary.
    async fn unmasks(&self, reason: &str) {
        let open = "document.querySelector('details.unmask').open = true";
        self.visitor.browser.execute(open, Vec::new()).await.unwrap();
        self.send(&[("unmask-reason", reason)], "Show everything").await;
    }

    async fn signed_out(&self) {
        self.visit("welcome", "/", None).await;
        self.visit("sign-in", "/sign-in", None).await;
        self.send(&[("identifier", " "), ("password", " ")], "Sign in").await;
        self.see("sign-in-errors", None).await;
        self.send(&[("identifier", "nobody@example.test"), ("password", "not this one")], "Sign in").await;
        self.see("sign-in-wrong", Some("credentials_wrong")).await;
        self.visit("second-factor-over", "/sign-in/code", None).await;
        self.visit("privacy", "/privacy", None).await;
        self.visit("not-found", "/nowhere", Some("not_found")).await;
        self.visit("email-undo-dead", "/account/email/undo", Some("undo_unknown")).await;
        self.visit("attempt-unknown", "/amazon/callback?code=a&state=b", Some("attempt_unknown")).await;
        self.visitor.visit("/sign-in").await;
        let forge = "document.querySelector('[name=csrf]').value = 'forged'";
        self.visitor.browser.execute(forge, Vec::new()).await.unwrap();
        self.visitor.press("Login with Amazon").await;
        self.see("csrf", Some("csrf")).await;
    }

    async fn registering(&self) {
        self.visit("register", "/register", None).await;
        let form = [("display_name", " "), ("email", "a@b"), ("password", "short")];
        self.send(&form, "Create account").await;
        self.see("register-errors", None).await;
        let form =
            [("display_name", "Dora"), ("email", "dora@example.test"), ("password", "seven purple otters")];
        self.send(&form, "Create account").await;
        self.see("verify", None).await;
        self.send(&[("code", "12345")], "Confirm email").await;
        self.see("verify-errors", None).await;
        self.send(&[], "Send a new code").await;
        self.see("verify-new-code", Some("code_sent")).await;
        self.visit("outbox", "/dev/outbox", None).await;
        let code = self.portal().mail_to("dora@example.test").code();
        self.visitor.visit("/register/verify").await;
        self.send(&[("code", &code)], "Confirm email").await;
        self.see("registered", Some("registered")).await;
        self.send(&[], "Sign out").await;
        self.see("signed-out", Some("signed_out")).await;
    }

    async fn recovery(&self, bo: &Person) {
        self.visit("forgot", "/forgot-password", None).await;
        self.send(&[("identifier", bo.email())], "Send link").await;
        self.see("forgot-sent", Some("reset_asked")).await;
        let link = self.portal().mail_to(bo.email()).link();
        self.visit("reset", &link, None).await;
        self.send(&[("new_password", "short")], "Save password").await;
        self.see("reset-errors", None).await;
        self.is_nobody().await;
        // A browser that has shown no cookie yet is told that cookies are needed.
        self.visit("reset-without-cookies", "/reset-password", Some("cookies_needed")).await;
        self.visit("reset-dead", "/reset-password", Some("code_expired")).await;
    }

    async fn coming_with_amazon(&self, bo: &Person) {
        let amazon = &self.portal().amazon;
        self.visitor.at_amazon("mork").await;
        self.comes().await;
        self.see("amazon-register", None).await;
        self.send(&[("display_name", " ")], "Create account").await;
        self.see("amazon-register-errors", None).await;
        amazon.admits("twin", "Twin", bo.email());
        self.visitor.at_amazon("twin").await;
        self.comes().await;
        self.see("match", None).await;
        self.send(&[("password", "not this one")], "Link and sign in").await;
        self.see("match-wrong", Some("credentials_wrong")).await;
        amazon.will_deny();
        self.comes().await;
        self.see("declined-signed-out", Some("declined")).await;
        amazon.recovers();
        amazon.refuses(SimulatedCall::Exchange, "invalid_client");
        self.comes().await;
        self.see("amazon-misconfigured", Some("amazon_misconfigured")).await;
        amazon.recovers();
        let dee = self.portal().person("Dee", true, Some("dana")).await;
        self.portal().disable(&dee);
        self.visitor.at_amazon("dana").await;
        self.comes().await;
        self.see("account-disabled", Some("account_disabled")).await;
    }

    async fn comes(&self) {
        self.visitor.visit("/").await;
        self.visitor.press("Login with Amazon").await;
    }

    async fn without_a_link(&self, bo: &Person) {
        self.is(bo).await;
        self.visit("account-none", "/account", None).await;
        self.visit("start-none", "/link/amazon", None).await;
        self.visitor.leave_amazon().await;
        self.links().await;
        self.visit("account-none-attempt-open", "/account", None).await;
        self.portal().amazon.will_deny();
        self.links().await;
        self.see("declined", Some("declined")).await;
        self.portal().amazon.recovers();
        self.portal().amazon.is_broken(SimulatedCall::Exchange);
        self.visitor.at_amazon("pat").await;
        self.links().await;
        self.see("amazon-unavailable", Some("amazon_unavailable")).await;
        self.portal().amazon.recovers();
        self.links().await;
        self.see("identity-taken", Some("identity_taken")).await;
        self.portal().run("ALTER TABLE amazon_links RENAME TO amazon_links_gone");
        self.visit("busy", "/account", Some("busy")).await;
        self.portal().run("ALTER TABLE amazon_links_gone RENAME TO amazon_links");
    }

    async fn links(&self) {
        self.visitor.visit("/account").await;
        self.visitor.press("Link Amazon account").await;
    }

    async fn linking(&self, bo: &Person) {
        self.is(bo).await;
        self.visitor.at_amazon("mork").await;
        self.links().await;
        self.see("confirm", None).await;
        self.visitor.press("Cancel").await;
        self.see("confirm-cancelled", Some("cancelled")).await;
        self.visitor.at_amazon(LONG.0).await;
        self.links().await;
        self.see("confirm-long", None).await;
        self.visitor.press("Link this account").await;
        self.see("account-just-linked", Some("linked")).await;
    }

    async fn with_a_link(&self, ann: &Person) {
        self.is(ann).await;
        self.visit("account-active", "/account", None).await;
        self.visit("start-linked", "/link/amazon", None).await;
        self.visit("unlink", "/amazon/unlink", None).await;
        self.visit("replace", "/amazon/replace", None).await;
        self.visitor.at_amazon("pat").await;
        self.replaces().await;
        self.see("replace-same", Some("already_yours")).await;
        self.visitor.at_amazon("mork").await;
        self.replaces().await;
        self.see("confirm-replaces", None).await;
        self.visitor.press("Cancel").await;
        let rows = format!("WHERE player_id = '{}'", ann.id);
        self.portal().run(&format!("UPDATE amazon_links SET refresh_token_sealed = NULL {rows}"));
        self.visit("account-not-renewable", "/account", None).await;
        self.links().await;
        self.see("player-has-another", Some("player_has_another")).await;
    }

    async fn replaces(&self) {
        self.visitor.visit("/amazon/replace").await;
        self.visitor.press("Link a different account").await;
    }

    async fn own_pages(&self, ann: &Person) {
        self.is(ann).await;
        self.visit("profile", "/account/profile", None).await;
        self.send(&[("display_name", " "), ("user_name", "!")], "Save").await;
        self.see("profile-errors", None).await;
        self.send(&[("display_name", "Ann"), ("user_name", "ann_1")], "Save").await;
        self.see("profile-saved", Some("saved")).await;
        self.visit("email", "/account/email", None).await;
        self.send(&[("email", "a@b")], "Send code").await;
        self.see("email-errors", None).await;
        self.send(&[("email", "ann@elsewhere.example")], "Send code").await;
        self.see("email-verify", None).await;
        self.send(&[("code", "12345")], "Confirm email").await;
        self.see("email-verify-errors", Some("code_wrong")).await;
        self.visit("password", "/account/password", None).await;
        self.send(&[("current_password", "not this one"), ("new_password", "short")], "Save password").await;
        self.see("password-errors", None).await;
        self.visit("security", "/account/security", None).await;
    }

    /// A history with something of every group.
    async fn history(&self, person: &Person) {
        let portal = self.portal();
        self.is(person).await;
        self.visit("activity-nothing", "/account/activity?show=support", None).await;
        let form = portal.browser().visit("/sign-in").await.fill("identifier", person.email());
        form.fill("password", "not this one").press("Sign in").await;
        let form = portal.browser().visit("/sign-in").await.fill("identifier", person.email());
        let account = form.fill("password", person.password()).press("Sign in").await;
        account.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
        let lee = portal.agent("lin", "lead").await;
        for _ in 0..3 {
            portal.desk_of(&lee).visit(&format!("/support/audit?player={}", person.id)).await;
        }
        self.visit("activity", "/account/activity", None).await;
    }

    async fn proving_identity(&self, ann: &Person, bo: &Person) {
        self.visitor.sits_down_as(&self.portal().stale_browser_of(bo)).await;
        self.visit("confirm-identity", "/account/email", None).await;
        self.visitor.sits_down_as(&self.portal().stale_browser_of(ann)).await;
        self.visit("confirm-identity-with-amazon", "/account/email", None).await;
        self.visitor.at_amazon("mork").await;
        self.visitor.visit("/account/email").await;
        self.visitor.press("Confirm with Amazon").await;
        self.see("wrong-identity", Some("wrong_identity")).await;
    }

    async fn losing_the_link(&self, ann: &Person) {
        self.is(ann).await;
        self.portal().link_becomes(ann, "needs_reconnect");
        self.visit("account-needs-reconnect", "/account", None).await;
        self.portal().link_becomes(ann, "revoked");
        self.visit("account-revoked", "/account", Some("revoked_by_amazon")).await;
        let whose = format!("WHERE player_id = '{}'", ann.id);
        self.portal().run(&format!(
            "INSERT INTO former_links (id, player_id, amazon_id_hash, linked_at, ended_at, actor, cause) \
             SELECT id, player_id, 'hash', linked_at, checked_at, 'amazon', 'revoked_by_amazon' FROM amazon_links {whose}"
        ));
        self.portal().run(&format!("DELETE FROM amazon_links {whose}"));
        self.visit("account-ended", "/account", Some("revoked_by_amazon")).await;
    }

    async fn without_a_password(&self, cleo: &Person) {
        self.is(cleo).await;
        self.visit("security-no-password", "/account/security", None).await;
        self.visit("profile-no-email", "/account/profile", None).await;
        self.visit("last-method", "/amazon/unlink", Some("last_method")).await;
        self.visitor.click("Set a password").await;
        self.see("password-first", None).await;
        self.send(&[("user_name", "cleo_7"), ("new_password", "nine purple umbrellas")], "Save password")
            .await;
        self.see("unlink-goes-on", Some("password_saved")).await;
        self.visitor.press("Unlink Amazon account").await;
        self.see("unlinked", Some("unlinked")).await;
    }
}
