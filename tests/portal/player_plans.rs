//! No question of a player's page at the desk reads a whole table, or walks through other players' rows to find this one's.

use super::harness::plans::{Overheard, plan_of, scans};
use super::harness::{Person, Portal};

/// Players, each with a row or more of every kind.
const PLAYERS: u32 = 20_000;
const TABLES: [&str; 9] = [
    "players",
    "amazon_links",
    "former_links",
    "sessions",
    "game_sessions",
    "devices",
    "mails",
    "player_notes",
    "audit_events",
];

/// How plans say that they go by the player's id, or by a span of time where only a few minutes are asked about.
const BY_PLAYER: [&str; 7] = [
    "(player_id=?",
    "(id=?",
    "AND id>?",
    "Index Cond: (player_id = ",
    "Index Cond: ((player_id = ",
    "Index Cond: (id = ",
    "AND (id >= ",
];

fn populate(portal: &Portal) {
    let numbers = format!(
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {PLAYERS})"
    );
    let id = "'00000000-0000-7000-8000-' || (100000000000 + i)";
    let at = "'2032-11-30 12:00:00'";
    let until = "'2033-11-01 12:00:00'";
    let fill = |table: &str, columns: &str, values: &str| {
        portal.run(&format!("INSERT INTO {table} ({columns}) {numbers} SELECT {values} FROM numbers"));
    };
    fill(
        "players",
        "id, display_name, display_name_key, created_at",
        &format!("{id}, 'Heron', 'heron', {at}"),
    );
    fill(
        "amazon_links",
        "id, player_id, amazon_id, client_id, scopes, state, state_since, token_version, linked_at, checked_at, next_check_at",
        &format!(
            "'link' || i, {id}, 'amzn1.account.LINKED' || i, 'c', 'profile', 'revoked', {at}, 1, {at}, {at}, {at}"
        ),
    );
    fill(
        "former_links",
        "id, player_id, amazon_id_hash, linked_at, ended_at, actor, cause",
        &format!("'former' || i, {id}, 'hash' || i, {at}, {at}, 'player', 'unlinked_by_player'"),
    );
    fill(
        "sessions",
        "id, token_hash, player_id, csrf_secret, signed_in_with, is_remembered, browser, network, created_at, last_seen_at, expires_at",
        &format!("'session' || i, 'hash' || i, {id}, 'x', 'amazon', false, '', '', {at}, {at}, {until}"),
    );
    fill(
        "game_sessions",
        "id, player_id, api_key, credential, client, signed_in_with, network, created_at, last_seen_at, ends_at, expires_at",
        &format!("'game' || i, {id}, 'dovetail', 'device', '', 'amazon', '', {at}, {at}, {until}, {until}"),
    );
    fill(
        "devices",
        "id, player_id, api_key, device_hash, label, network, made_at, last_used_at",
        &format!("'device' || i, {id}, 'dovetail', 'hash' || i, '', '', {at}, {at}"),
    );
    fill(
        "mails",
        "id, player_id, kind, recipient, subject, next_attempt_at, created_at, sent_at",
        &format!("'mail' || i, {id}, 'amazon-linked', '', '', {at}, {at}, {at}"),
    );
    let sealed = match portal.sqlite_file() {
        Some(_) => "X'00'",
        None => "'\\x00'",
    };
    fill(
        "player_notes",
        "id, player_id, staff_id, note_sealed, created_at",
        &format!("'note' || i, {id}, 'somebody', {sealed}, {at}"),
    );
    // Some kinds happen to everybody every day, others to nobody ever.
    for (round, kind) in
        ["player.session.started", "player.session.ended", "link.amazon.added"].iter().enumerate()
    {
        fill(
            "audit_events",
            "id, at, kind, player_id, actor, reference, details",
            &format!("'0{round}' || i, {at}, '{kind}', {id}, 'player', 'R', '{{}}'"),
        );
    }
    portal.run("ANALYZE");
}

#[tokio::test]
async fn a_players_page_is_answered_from_the_players_own_rows() {
    let portal = Portal::start().await;
    let sam = portal.agent("sam", "agent").await;
    populate(&portal);
    let id = "00000000-0000-7000-8000-100000000007".to_owned();
    let person = Person { id, name: "Heron".into(), email: None, password: None };
    let desk = portal.desk_of(&sam);
    let heard = Overheard::at(portal.app()).await;
    let file = portal.file_of(&person);
    for query in ["", "?kind=link", "?kind=link.amazon.replaced", "?kind=support", "?before=01&kind=sign-ins"]
    {
        heard.questions_about(&TABLES);
        let page = desk.visit(&format!("{file}{query}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let questions = heard.questions_about(&TABLES);
        assert!((9..=14).contains(&questions.len()), "{}: {questions:#?}", questions.len());
        let conn = &mut *portal.app().db.connection().unwrap();
        for question in questions {
            let plan = plan_of(conn, &question);
            assert_eq!(scans(&plan, &TABLES), Vec::<String>::new(), "{question}\n{plan:#?}");
            let is_by_player = plan.iter().any(|step| BY_PLAYER.iter().any(|by| step.contains(by)));
            assert!(is_by_player, "{query}: {question}\n{plan:#?}");
        }
    }
}
