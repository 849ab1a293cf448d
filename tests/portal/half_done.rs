//! S89: a verb does all of its work or none of it. The database fails at each kind of write in turn.

use std::collections::BTreeMap;

use dovetail::platform::db::Conn;

use super::harness::{Page, Portal};

const TABLES: [&str; 10] = [
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
];

fn is_on_postgres(portal: &Portal) -> bool {
    matches!(&*portal.app().db.connection().unwrap(), Conn::Postgres(_))
}

/// Makes this kind of write to this table fail, in words that the portal takes for a busy database.
fn break_writes(portal: &Portal, write: &str, table: &str) {
    if is_on_postgres(portal) {
        portal.run(
            "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ \
             BEGIN RAISE EXCEPTION 'statement timeout'; END $$",
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
    TABLES
        .iter()
        .map(|&table| (table.to_owned(), portal.dump().get(table).cloned().unwrap_or_default()))
        .collect()
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
