//! S89: a verb does all of its work or none of it. The database fails at each kind of write in turn.

use std::collections::BTreeMap;

use dovetail::testing::platform::db::Conn;

use super::harness::{Page, Portal};

const TABLES: [&str; 20] = [
    "players",
    "amazon_links",
    "former_links",
    "sessions",
    "link_attempts",
    "mails",
    "audit_events",
    "link_events",
    "link_event_counter",
    "webhook_deliveries",
    "email_changes",
    "password_resets",
    "devices",
    "pending_sign_ins",
    "player_second_factors",
    "player_recovery_codes",
    "staff",
    "staff_sessions",
    "staff_recovery_codes",
    "staff_proposals",
];

fn is_on_postgres(portal: &Portal) -> bool {
    matches!(&*portal.app().db.connection().unwrap(), Conn::Postgres(_))
}

/// Makes this kind of write to this table fail, in words that the portal takes for a busy database.
fn break_writes(portal: &Portal, write: &str, table: &str) {
    if is_on_postgres(portal) {
        portal.run(
            "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ \
             BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout'; END $$",
        );
        portal.run(&format!(
            "CREATE TRIGGER broken BEFORE {write} ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"
        ));
    } else {
        portal.run(&format!(
            "CREATE TRIGGER broken BEFORE {write} ON {table} BEGIN SELECT RAISE(ABORT, 'database is locked'); END"
        ));
    }
}

fn mend_writes(portal: &Portal, table: &str) {
    let on = if is_on_postgres(portal) { format!(" ON {table}") } else { String::new() };
    portal.run(&format!("DROP TRIGGER broken{on}"));
}

/// Everything that a verb may change. Counted guesses and the time of use are not part of its work.
fn state(portal: &Portal) -> BTreeMap<String, Vec<String>> {
    let mut dump = portal.dump();
    dump.retain(|table, _| TABLES.contains(&table.as_str()));
    dump
}

/// Presses `button` while each of the verb's writes fails in turn, and at last with none failing: the page stays
/// good for another try.
async fn is_whole_or_nothing(portal: &Portal, page: &Page, button: &str, writes: &[&str]) {
    for write in writes {
        let (kind, table) = write.split_once(' ').unwrap();
        let before = state(portal);
        break_writes(portal, kind, table);
        let answer = page.press_only(button).await;
        mend_writes(portal, table);
        assert_eq!(answer.status, 503, "{write}");
        assert_eq!(state(portal), before, "{write} failed, and something was left behind");
    }
    assert_eq!(page.press_only(button).await.status, 303);
    portal.verify().await;
}

#[tokio::test]
async fn linking() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    let confirm = amazon.allow_as("Mork Hashimoto").await;
    let writes = [
        "UPDATE players",
        "DELETE link_attempts",
        "INSERT amazon_links",
        "UPDATE sessions",
        "INSERT audit_events",
        "INSERT mails",
        "UPDATE link_event_counter",
        "INSERT link_events",
    ];
    is_whole_or_nothing(&portal, &confirm, "Link this account", &writes).await;
    assert_eq!(portal.count_of("amazon_links", &bo), 1);
}

#[tokio::test]
async fn replacing() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let amazon =
        portal.browser_of(&ann).visit("/amazon/replace").await.press("Link a different account").await;
    let confirm = amazon.allow_as("Mork Hashimoto").await;
    let writes = [
        "UPDATE players",
        "DELETE link_attempts",
        "DELETE amazon_links",
        "INSERT former_links",
        "INSERT amazon_links",
        "UPDATE sessions",
        "INSERT audit_events",
        "INSERT mails",
        "UPDATE link_event_counter",
        "INSERT link_events",
    ];
    is_whole_or_nothing(&portal, &confirm, "Link this account", &writes).await;
    assert_eq!(portal.endings_of(&ann), ["replaced"]);
}

#[tokio::test]
async fn unlinking() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let page = portal.browser_of(&ann).visit("/amazon/unlink").await;
    let writes = [
        "UPDATE players",
        "DELETE amazon_links",
        "INSERT former_links",
        "UPDATE sessions",
        "INSERT audit_events",
        "INSERT mails",
        "UPDATE link_event_counter",
        "INSERT link_events",
    ];
    is_whole_or_nothing(&portal, &page, "Unlink Amazon account", &writes).await;
    assert_eq!(portal.count_of("amazon_links", &ann), 0);
}

/// S125: no change without its record, wherever there is a button.
mod without_a_record {
    use super::*;

    const RECORD: &[&str] = &["INSERT audit_events"];

    #[tokio::test]
    async fn nobody_comes_in() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let form = portal.browser().visit("/sign-in").await.fill("identifier", bo.email());
        is_whole_or_nothing(&portal, &form.fill("password", bo.password()), "Sign in", RECORD).await;
    }

    #[tokio::test]
    async fn nobody_goes_out() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let page = portal.browser_of(&bo).visit("/account").await;
        is_whole_or_nothing(&portal, &page, "Sign out", RECORD).await;
    }

    #[tokio::test]
    async fn no_session_ends_from_afar() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        portal.browser_of(&bo);
        let page = portal.browser_of(&bo).visit("/account/security").await;
        is_whole_or_nothing(&portal, &page, "End session", RECORD).await;
        portal.browser_of(&bo);
        is_whole_or_nothing(&portal, &page, "Sign out everywhere", RECORD).await;
    }

    #[tokio::test]
    async fn no_profile_password_or_address_changes() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let browser = portal.browser_of(&bo);
        let page = browser.visit("/account/profile").await.fill("display_name", "Bob");
        is_whole_or_nothing(&portal, &page, "Save", RECORD).await;
        let page = browser.visit("/account/password").await.fill("current_password", bo.password());
        is_whole_or_nothing(
            &portal,
            &page.fill("new_password", "ten silver anchors"),
            "Save password",
            RECORD,
        )
        .await;
        let page = browser.visit("/account/email").await.fill("email", "bo.new@example.test");
        is_whole_or_nothing(&portal, &page, "Send code", RECORD).await;
        let page = browser.visit("/account/email/verify").await;
        let page = page.fill("code", &portal.mail_to("bo.new@example.test").code());
        is_whole_or_nothing(&portal, &page, "Confirm email", RECORD).await;
    }

    #[tokio::test]
    async fn no_lost_password_is_replaced() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        let page = portal.browser().visit("/forgot-password").await.fill("identifier", bo.email());
        is_whole_or_nothing(&portal, &page, "Send link", RECORD).await;
        let page = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
        is_whole_or_nothing(
            &portal,
            &page.fill("new_password", "ten silver anchors"),
            "Save password",
            RECORD,
        )
        .await;
    }

    #[tokio::test]
    async fn no_device_is_switched_off() {
        let portal = Portal::start().await;
        let bo = portal.bo().await;
        portal.device_of(&bo);
        let page = portal.browser_of(&bo).visit("/account/devices").await;
        is_whole_or_nothing(&portal, &page, "Disable", RECORD).await;
    }

    #[tokio::test]
    async fn nobody_is_at_the_desk_and_nobody_changes_who_is() {
        let portal = Portal::start().await;
        let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
        let sam = portal.agent("sam", "lead").await;
        let form = portal.browser().visit("/support/sign-in").await.fill("email", &sam.email);
        let code = form.fill("password", &sam.password).press("Continue").await;
        let code = code.fill("code", &portal.code_of(&sam));
        is_whole_or_nothing(&portal, &code, "Sign in", RECORD).await;
        let page = portal.desk_of(&sam).visit("/support/recovery-codes").await;
        is_whole_or_nothing(&portal, &page, "Make new codes", RECORD).await;
        let page = portal.stale_desk_of(&sam).visit("/support/confirm-identity").await;
        let page = page.fill("password", &sam.password).fill("code", &portal.next_code_of(&sam));
        is_whole_or_nothing(&portal, &page, "Confirm", RECORD).await;

        let page = portal.desk_of(&ada).visit("/support/staff").await.fill("staff", &sam.id);
        let page = page.fill("role", "agent").fill("reason", "ticket 4711");
        is_whole_or_nothing(&portal, &page, "Propose role", RECORD).await;
        let proposed = portal.desk_of(&bea).visit("/support/staff").await;
        is_whole_or_nothing(&portal, &proposed, "Approve", RECORD).await;
        is_whole_or_nothing(&portal, &page.fill("role", "viewer"), "Propose role", RECORD).await;
        let proposed = portal.desk_of(&ada).visit("/support/staff").await;
        is_whole_or_nothing(&portal, &proposed, "Withdraw", RECORD).await;
        is_whole_or_nothing(&portal, &page, "Disable", RECORD).await;
        let page = portal.desk_of(&ada).visit("/support").await;
        is_whole_or_nothing(&portal, &page, "Sign out", RECORD).await;
    }

    /// Looking leaves a record, so without one nobody looks.
    #[tokio::test]
    async fn nobody_reads_or_takes_the_record() {
        let portal = Portal::start().await;
        let lee = portal.agent("lee", "lead").await;
        let desk = portal.desk_of(&lee);
        let page = desk.visit("/support/audit").await;
        break_writes(&portal, "INSERT", "audit_events");
        assert_eq!(desk.get("/support/audit").await.status, 503);
        assert_eq!(page.press_only("Export as CSV").await.status, 503);
        mend_writes(&portal, "audit_events");
        assert_eq!(desk.get("/support/audit").await.status, 200);
        assert_eq!(page.press_only("Export as CSV").await.status, 200);
    }
}
