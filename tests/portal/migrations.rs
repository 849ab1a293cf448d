//! The schema, on whichever database the tests run: both sets of migrations, and the tables as the code knows them.

use diesel::QueryDsl;
use diesel::connection::SimpleConnection;
use dovetail::testing::platform::db::schema::{
    amazon_links, audit_events, audit_heads, audit_keys, audit_seals, claim_codes, code_linkings, devices,
    email_changes, email_undos, factor_recoveries, former_links, game_sessions, game_sign_in_codes,
    game_tokens, held_answers, link_attempts, link_undos, mails, passkey_ceremonies, passkeys,
    password_resets, pending_sign_ins, player_notes, player_recovery_codes, player_second_factors, players,
    refresh_brake, refresh_counts, registrations, remembered_browsers, restores, sealing_keys, sessions,
    sign_in_codes, staff, staff_proposals, staff_recovery_codes, staff_sessions, throttles,
};
use dovetail::testing::platform::db::schema::{
    link_event_counter, link_events, service_keys, webhook_deliveries, webhook_endpoints,
};
use dovetail::testing::platform::db::{Db, migrate};

use super::harness::Portal;

#[test]
fn both_databases_have_the_same_migrations() {
    let (sqlite, postgres) = migrate::names().unwrap();
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres);
}

/// A column that one set of migrations lacks, or names differently, is an error of the database here.
macro_rules! select_all {
    ($conn:expr, $($table:ident),+) => {
        $(on_backend!(&mut *$conn, |conn| conn.batch_execute(&format!(
            "SELECT {} FROM {} LIMIT 0",
            columns_of(&diesel::debug_query::<diesel::sqlite::Sqlite, _>(&$table::table.limit(0)).to_string()),
            stringify!($table)
        ))).unwrap_or_else(|error| panic!("{}: {error}", stringify!($table)));)+
    };
}

/// The columns between SELECT and FROM.
fn columns_of(query: &str) -> String {
    let columns = query.strip_prefix("SELECT ").unwrap().split(" FROM ").next().unwrap();
    columns.replace('`', "\"")
}

#[tokio::test]
async fn every_column_that_the_code_knows_is_there() {
    let portal = Portal::start().await;
    let mut conn = portal.app().db.connection().unwrap();
    select_all!(
        conn,
        players,
        player_notes,
        amazon_links,
        former_links,
        sessions,
        held_answers,
        link_attempts,
        registrations,
        email_changes,
        email_undos,
        passkeys,
        passkey_ceremonies,
        password_resets,
        sign_in_codes,
        pending_sign_ins,
        factor_recoveries,
        player_second_factors,
        player_recovery_codes,
        remembered_browsers,
        throttles,
        mails,
        audit_events,
        claim_codes,
        devices,
        audit_heads,
        audit_keys,
        audit_seals,
        staff,
        staff_proposals,
        staff_recovery_codes,
        staff_sessions,
        game_sessions,
        game_tokens,
        devices,
        claim_codes,
        refresh_counts,
        refresh_brake,
        link_event_counter,
        link_events,
        webhook_endpoints,
        webhook_deliveries,
        service_keys,
        sealing_keys,
        devices,
        claim_codes,
        code_linkings,
        game_sign_in_codes,
        link_undos,
        restores
    );
}

#[tokio::test]
async fn every_migration_can_be_taken_back_and_applied_again() {
    let portal = Portal::start().await;
    let conn = &mut *portal.app().db.connection().unwrap();
    let all = migrate::names().unwrap().0.len();
    for _ in 0..all {
        migrate::down(conn).unwrap();
    }
    assert_eq!(migrate::status(conn).unwrap().pending.len(), all);
    assert_eq!(migrate::up(conn).unwrap().len(), all);
    assert_eq!(migrate::up(conn).unwrap(), Vec::<String>::new(), "twice is once");
    let status = migrate::status(conn).unwrap();
    assert!(status.pending.is_empty() && status.unknown.is_empty());
}

/// S95: several copies start at once, one of them migrates.
#[test]
fn copies_that_start_at_once_migrate_once() {
    let all = migrate::names().unwrap().0.len();
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("dovetail.db").display());
        let db = Db::open(&url, 4).unwrap();
        let start = || migrate::up(&mut db.connection().unwrap()).map(|applied| applied.len());
        let applied: usize = std::thread::scope(|scope| {
            let copies: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            copies.into_iter().map(|copy| copy.join().unwrap().unwrap()).sum()
        });
        assert_eq!(applied, all);
    }
}

/// S95: a database that a newer program has migrated is left alone.
#[tokio::test]
async fn a_newer_schema_is_refused() {
    let portal = Portal::start().await;
    portal.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')");
    let conn = &mut *portal.app().db.connection().unwrap();
    assert_eq!(migrate::status(conn).unwrap().unknown, ["29991231000000"]);
    assert!(migrate::up(conn).is_err());
}
