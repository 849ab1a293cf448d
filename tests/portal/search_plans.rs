//! No search reads a whole table: what the databases say about the very questions that the search asks.

use super::harness::plans::{Overheard, plan_of, scans};
use super::harness::{Browser, Portal};

/// Enough that reading a few hundred rows to find twenty is never the cheaper way.
const PLAYERS: u32 = 20_000;
const TABLES: [&str; 3] = ["players", "amazon_links", "former_links"];

/// Players with an address and, by turns, a user name, a link, and a link that ended.
fn populate(portal: &Portal) {
    let numbers = format!(
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {PLAYERS})"
    );
    let id = "'00000000-0000-7000-8000-' || (100000000000 + i)";
    let at = "'2032-11-01 12:00:00'";
    portal.run(&format!(
        "INSERT INTO players (id, display_name, display_name_key, user_name, user_name_key, email, email_key, created_at) \
         {numbers} SELECT {id}, 'Heron ' || i, 'heron ' || i, 'user' || i, 'user' || i, \
         'p' || i || '@example.test', 'p' || i || '@example.test', {at} FROM numbers"
    ));
    portal.run(&format!(
        "INSERT INTO amazon_links (id, player_id, amazon_id, client_id, scopes, state, state_since, \
         access_token_sealed, token_version, linked_at, checked_at, next_check_at) \
         {numbers} SELECT 'link' || i, {id}, 'amzn1.account.LINKED' || i, 'client', 'profile', 'revoked', {at}, \
         NULL, 1, {at}, {at}, {at} FROM numbers WHERE i % 2 = 0"
    ));
    portal.run(&format!(
        "INSERT INTO former_links (id, player_id, amazon_id_hash, linked_at, ended_at, actor, cause) \
         {numbers} SELECT 'former' || i, {id}, 'hash' || i, {at}, {at}, 'player', 'unlinked_by_player' FROM numbers"
    ));
    // PostgreSQL does so by itself, sooner or later. SQLite never does, and plans without.
    if portal.sqlite_file().is_none() {
        portal.run("ANALYZE");
    }
}

/// What a search asks about players and links, with the plan for each question.
async fn plans(
    portal: &Portal,
    desk: &Browser,
    heard: &Overheard,
    address: &str,
) -> Vec<(String, Vec<String>)> {
    heard.questions_about(&TABLES);
    let page = desk.visit(address).await;
    assert_eq!(page.status, 200, "{address}");
    let questions = heard.questions_about(&TABLES);
    let conn = &mut *portal.app().db.connection().unwrap();
    questions.into_iter().map(|question| (question.clone(), plan_of(conn, &question))).collect()
}

#[tokio::test]
async fn every_kind_of_search_is_answered_from_an_index() {
    let portal = Portal::start().await;
    populate(&portal);
    let sam = portal.agent("sam", "agent").await;
    let desk = portal.desk_of(&sam);
    let heard = Overheard::at(portal.app()).await;
    let next = desk.visit("/support/players?q=heron").await.attribute("a[rel=next]", "href").unwrap();
    for (what, address, questions) in [
        ("id", "/support/players?q=00000000-0000-7000-8000-100000000007", 2),
        ("Amazon id", "/support/players?q=amzn1.account.LINKED8", 5),
        ("former Amazon id", "/support/players?q=amzn1.account.ENDED", 4),
        ("email", "/support/players?q=p9@example.test", 3),
        ("user name", "/support/players?q=user10", 3),
        ("name of few", "/support/players?q=heron%2012345", 2),
        ("name of many", "/support/players?q=heron", 3),
        ("a later page", next.as_str(), 3),
        ("nobody", "/support/players?q=nobody%20at%20all", 1),
    ] {
        let plans = plans(&portal, &desk, &heard, address).await;
        assert_eq!(plans.len(), questions, "{what}: {plans:#?}");
        for (question, plan) in plans {
            assert_eq!(scans(&plan, &TABLES), Vec::<String>::new(), "{what}: {question}\n{plan:#?}");
            let is_by_index = plan.iter().any(|step| step.contains("USING") || step.contains("Index"));
            assert!(is_by_index, "{what}: {question}\n{plan:#?}");
        }
    }
}

/// The proof above proves something.
#[tokio::test]
async fn a_question_without_an_index_is_noticed() {
    let portal = Portal::start().await;
    populate(&portal);
    let conn = &mut *portal.app().db.connection().unwrap();
    let question = "SELECT id FROM players WHERE display_name = 'Heron 7'";
    assert_eq!(scans(&plan_of(conn, question), &TABLES).len(), 1, "{:?}", plan_of(conn, question));
}
