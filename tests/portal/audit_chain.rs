//! The record of what happened: one chain, and whoever breaks in and changes it is found (S125, S126).

use std::sync::Arc;

use chrono::TimeDelta;
use dovetail::testing::app::App;
use dovetail::testing::audit::{self, Actor, AuditChain, AuditEvent, ChainFinding, ChainReport, Kind};
use dovetail::testing::platform::db::{Conn, migrate};

use super::harness::Portal;
use super::harness::renewals::until;

fn chain(portal: &Portal) -> AuditChain {
    let app = portal.app();
    AuditChain::new(app.db.clone(), app.clock.clone(), app.keys.audit.clone(), app.config.audit.keep_for)
}

/// Writes a record about nobody in particular, and returns its id.
async fn happens(portal: &Portal, what: &str) {
    happens_at(portal, portal.app(), what).await;
}

/// The same, written by this copy of the program.
async fn happens_at(portal: &Portal, app: &App, what: &str) {
    let event =
        AuditEvent::new(portal.clock.now(), Kind::SignInFailed, Actor::Visitor, what).from("192.0.2.0/24");
    portal.wait(TimeDelta::milliseconds(1));
    app.db.write(move |conn| Ok(audit::append_event(conn, &event)?)).await.unwrap();
}

async fn seal(portal: &Portal) -> i64 {
    let mut sealed = 0;
    while let Some(pass) = chain(portal).seal("one").await.unwrap() {
        sealed += pass.records;
        if !pass.has_more {
            break;
        }
    }
    sealed
}

async fn verify(portal: &Portal) -> ChainReport {
    chain(portal).verify(None, |_, _| {}).await.unwrap()
}

/// Ten records in the chain, and the id of each by its position.
async fn ten(portal: &Portal) -> Vec<String> {
    for number in 0..10 {
        happens(portal, &format!("R{number}")).await;
    }
    assert_eq!(seal(portal).await, 10);
    let report = verify(portal).await;
    assert_eq!((report.checked, report.findings), (10, vec![]));
    portal.lines("SELECT event_id AS line FROM audit_seals ORDER BY position")
}

/// What somebody does who holds the database: the triggers go first.
fn break_in(portal: &Portal) {
    for table in ["audit_events", "audit_seals", "audit_heads"] {
        for trigger in ["keep", "stay"] {
            let on = match &*portal.app().db.connection().unwrap() {
                Conn::Postgres(_) => format!(" ON {table}"),
                Conn::Sqlite(_) => String::new(),
            };
            portal.run(&format!("DROP TRIGGER {table}_{trigger}{on}"));
        }
    }
}

#[tokio::test]
async fn the_triggers_let_nobody_change_anything() {
    let portal = Portal::start().await;
    let ids = ten(&portal).await;
    happens(&portal, "waiting").await;
    let first = &ids[0];
    for statement in [
        format!("UPDATE audit_events SET details = '{{}} ' WHERE id = '{first}'"),
        format!("UPDATE audit_events SET at = '2020-01-01 00:00:00' WHERE id = '{first}'"),
        format!("DELETE FROM audit_events WHERE id = '{first}'"),
        "DELETE FROM audit_events".to_owned(),
        format!("UPDATE audit_seals SET position = 99 WHERE event_id = '{first}'"),
        "UPDATE audit_seals SET tag = NULL WHERE position IS NULL".to_owned(),
        "DELETE FROM audit_seals WHERE position IS NULL".to_owned(),
        "DELETE FROM audit_seals".to_owned(),
        "UPDATE audit_heads SET position = 3".to_owned(),
        "DELETE FROM audit_heads".to_owned(),
    ] {
        assert!(portal.try_run(&statement).is_err(), "{statement}");
    }
    if matches!(&*portal.app().db.connection().unwrap(), Conn::Postgres(_)) {
        for table in ["audit_events", "audit_seals", "audit_heads"] {
            assert!(portal.try_run(&format!("TRUNCATE {table}")).is_err(), "{table}");
        }
    }
    assert_eq!(verify(&portal).await.findings, []);
}

#[tokio::test]
async fn an_edited_record_is_found_and_named() {
    let portal = Portal::start().await;
    let ids = ten(&portal).await;
    break_in(&portal);
    portal.run(&format!("UPDATE audit_events SET details = '{{\"a\":1}}' WHERE id = '{}'", ids[3]));
    portal.run(&format!("UPDATE audit_events SET network = '198.51.100.0/24' WHERE id = '{}'", ids[7]));
    let edited = |at: usize| {
        let position = i64::try_from(at).unwrap() + 1;
        ChainFinding::Edited { position: Some(position), event: ids[at].clone() }
    };
    assert_eq!(verify(&portal).await.findings, [edited(3), edited(7)]);
}

#[tokio::test]
async fn a_deleted_record_is_found_and_named_with_and_without_its_seal() {
    let portal = Portal::start().await;
    let ids = ten(&portal).await;
    break_in(&portal);
    portal.run(&format!("DELETE FROM audit_events WHERE id = '{}'", ids[2]));
    for gone in [5, 6] {
        portal.run(&format!("DELETE FROM audit_events WHERE id = '{}'", ids[gone]));
        portal.run(&format!("DELETE FROM audit_seals WHERE event_id = '{}'", ids[gone]));
    }
    let deleted = ChainFinding::Deleted { position: Some(3), event: ids[2].clone() };
    assert_eq!(verify(&portal).await.findings, [deleted, ChainFinding::Missing { from: 6, to: 7 }]);
}

#[tokio::test]
async fn swapped_records_are_found_and_named() {
    let portal = Portal::start().await;
    let ids = ten(&portal).await;
    break_in(&portal);
    let place = |event: &str, position: i64| {
        portal.run(&format!("UPDATE audit_seals SET position = {position} WHERE event_id = '{event}'"))
    };
    place(&ids[1], 99);
    place(&ids[4], 2);
    place(&ids[1], 5);
    let moved = |position: i64, at: usize| ChainFinding::Moved { position, event: ids[at].clone() };
    assert_eq!(verify(&portal).await.findings, [moved(2, 4), moved(5, 1)]);
}

#[tokio::test]
async fn a_chain_that_was_cut_off_is_found_even_with_an_older_head() {
    let portal = Portal::start().await;
    let mut ids = Vec::new();
    for number in 0..6 {
        happens(&portal, &format!("R{number}")).await;
    }
    let early = chain(&portal).seal("one").await.unwrap().unwrap().head;
    let head = portal.dump()["audit_heads"].clone();
    let kept = portal.lines("SELECT position || ' ' || tail_position AS line FROM audit_heads");
    assert_eq!((head.len(), kept), (1, vec!["6 0".to_owned()]));
    portal.run("CREATE TABLE kept AS SELECT * FROM audit_heads");
    for number in 6..10 {
        happens(&portal, &format!("R{number}")).await;
    }
    portal.wait(TimeDelta::seconds(11));
    let late = chain(&portal).seal("two").await.unwrap().unwrap().head;
    ids.extend(portal.lines("SELECT event_id AS line FROM audit_seals WHERE position > 6 ORDER BY position"));

    break_in(&portal);
    for id in &ids {
        portal.run(&format!("DELETE FROM audit_events WHERE id = '{id}'"));
        portal.run(&format!("DELETE FROM audit_seals WHERE event_id = '{id}'"));
    }
    assert_eq!(verify(&portal).await.findings, [ChainFinding::CutOff { from: 7, to: 10 }]);
    // Somebody cleverer puts the head of then back, signature and all. The log knows a later one.
    portal.run("DELETE FROM audit_heads");
    portal.run("INSERT INTO audit_heads SELECT * FROM kept");
    assert_eq!(verify(&portal).await.findings, []);
    let known = chain(&portal).verify(Some(late), |_, _| {}).await.unwrap();
    assert_eq!(known.findings, [ChainFinding::Rewritten { position: 10 }]);
    assert_eq!(chain(&portal).verify(Some(early), |_, _| {}).await.unwrap().findings, []);
}

/// Whoever empties the tables leaves a head that says what was there. Whoever empties that one, too, leaves a chain
/// that does not contain what the log says of it.
#[tokio::test]
async fn a_chain_that_was_taken_away_whole_is_found() {
    let portal = Portal::start().await;
    ten(&portal).await;
    happens(&portal, "eleventh").await;
    portal.wait(TimeDelta::seconds(11));
    let known = chain(&portal).seal("two").await.unwrap().unwrap().head;
    break_in(&portal);
    portal.run("DELETE FROM audit_seals");
    portal.run("DELETE FROM audit_events");
    assert_eq!(verify(&portal).await.findings, [ChainFinding::CutOff { from: 1, to: 11 }]);
    portal.run("DELETE FROM audit_heads");
    assert_eq!(verify(&portal).await.findings, [], "as on the first day");
    let report = chain(&portal).verify(Some(known), |_, _| {}).await.unwrap();
    assert_eq!(report.findings, [ChainFinding::Rewritten { position: 11 }]);
}

#[tokio::test]
async fn an_inserted_record_is_found_and_never_taken_in() {
    let portal = Portal::start().await;
    let ids = ten(&portal).await;
    let columns = "at, kind, player_id, actor, session_id, reference, network, details";
    let copy = |id: &str| {
        portal.run(&format!(
            "INSERT INTO audit_events (id, {columns}) SELECT '{id}', {columns} FROM audit_events WHERE id = '{}'",
            ids[0]
        ))
    };
    copy("a-bare");
    copy("b-empty");
    portal.run("INSERT INTO audit_seals (event_id) VALUES ('b-empty')");
    copy("c-forged");
    portal.run(&format!(
        "INSERT INTO audit_seals (event_id, tag) SELECT 'c-forged', tag FROM audit_seals WHERE event_id = '{}'",
        ids[0]
    ));
    happens(&portal, "genuine").await;
    assert_eq!(seal(&portal).await, 1, "only what this portal wrote");
    let findings = verify(&portal).await.findings;
    let inserted = |id: &str| ChainFinding::Inserted { event: id.to_owned() };
    let edited = ChainFinding::Edited { position: None, event: "c-forged".to_owned() };
    assert_eq!(findings, [inserted("b-empty"), edited, inserted("a-bare")]);
}

#[tokio::test]
async fn a_head_that_was_touched_is_found_and_not_signed_over() {
    let portal = Portal::start().await;
    ten(&portal).await;
    break_in(&portal);
    portal.run("UPDATE audit_heads SET is_founded = FALSE");
    assert_eq!(verify(&portal).await.findings, [ChainFinding::HeadForged]);
    happens(&portal, "later").await;
    assert!(chain(&portal).seal("one").await.is_err(), "to sign it anew would hide it");
    portal.run("DELETE FROM audit_heads");
    assert_eq!(verify(&portal).await.findings[0], ChainFinding::NoHead);
    assert!(chain(&portal).seal("one").await.is_err());
}

#[tokio::test]
async fn fifty_writers_at_once_and_two_sealers_keep_one_chain() {
    let portal = Portal::start().await;
    let apps = [portal.app().clone(), portal.another_copy()];
    let writers = (0..50).map(|writer| {
        let (portal, app) = (&portal, &apps[writer % 2]);
        async move {
            for number in 0..4 {
                happens_at(portal, app, &format!("W{writer}-{number}")).await;
            }
        }
    });
    let sealer = |name: &'static str| {
        let chain = chain(&portal);
        async move {
            let mut sealed = 0;
            for _ in 0..40 {
                sealed += chain.seal(name).await.unwrap().map_or(0, |pass| pass.records);
                tokio::task::yield_now().await;
            }
            sealed
        }
    };
    let writing = futures_util::future::join_all(writers);
    let (_, one, two) = tokio::join!(writing, sealer("one"), sealer("two"));
    portal.wait(TimeDelta::seconds(11));
    let rest = seal(&portal).await;
    assert_eq!(one + two + rest, 200);
    let report = verify(&portal).await;
    assert_eq!((report.checked, report.waiting, report.findings), (200, 0, vec![]));
    assert_eq!(portal.count("SELECT max(position) AS count FROM audit_seals"), 200);
}

/// A copy seals and dies while its clock is a month ahead (S88).
#[tokio::test]
async fn a_sealer_whose_clock_was_ahead_keeps_no_other_waiting() {
    let portal = Portal::start().await;
    portal.wait(TimeDelta::days(30));
    happens(&portal, "next month").await;
    chain(&portal).seal("the dead").await.unwrap().expect("the lease");
    happens(&portal, "meanwhile").await;
    assert_eq!(seal(&portal).await, 0, "the lease is another's");
    portal.wait(TimeDelta::days(-30));
    assert_eq!(seal(&portal).await, 1);
    assert_eq!(verify(&portal).await.findings, []);
}

#[tokio::test]
async fn the_worker_seals_what_waits_and_counts_its_passes() {
    let portal = Portal::start().await;
    happens(&portal, "waits").await;
    let metrics = &portal.app().metrics;
    let worker = audit::start_sealing(chain(&portal), Arc::clone(metrics));
    let sealed = "SELECT count(*) AS count FROM audit_seals WHERE position IS NOT NULL";
    until("the record's position", || portal.count(sealed) == 1).await;
    worker.stop().await;
    let passes = "dovetail_worker_passes_total{worker=\"audit_sealer\",outcome=\"well\"}";
    assert!(metrics.text().contains(passes), "{}", metrics.text());
}

/// On PostgreSQL an older id may become visible after a younger one was sealed.
#[tokio::test]
async fn whoever_commits_late_is_not_passed_over() {
    let portal = Portal::start().await;
    let old = AuditEvent::new(portal.clock.now(), Kind::SignInFailed, Actor::Visitor, "old");
    portal.wait(TimeDelta::seconds(5));
    happens(&portal, "young").await;
    assert_eq!(seal(&portal).await, 1);
    portal.app().db.write(move |conn| Ok(audit::append_event(conn, &old)?)).await.unwrap();
    assert_eq!(seal(&portal).await, 1);
    let order =
        "SELECT reference AS line FROM audit_events JOIN audit_seals ON event_id = id ORDER BY position";
    assert_eq!(portal.lines(order), ["young", "old"]);
    assert_eq!(verify(&portal).await.findings, []);
}

#[tokio::test]
async fn a_record_that_waits_too_long_says_that_nobody_seals() {
    let portal = Portal::start().await;
    ten(&portal).await;
    happens(&portal, "waits").await;
    let report = verify(&portal).await;
    assert_eq!((report.waiting, report.findings), (1, vec![]));
    portal.wait(TimeDelta::seconds(61));
    assert!(matches!(verify(&portal).await.findings[..], [ChainFinding::Waits { .. }]));
}

#[tokio::test]
async fn what_is_too_old_goes_and_the_chain_still_holds() {
    let portal = Portal::start().await;
    ten(&portal).await;
    portal.wait(TimeDelta::days(300));
    happens(&portal, "recent").await;
    seal(&portal).await;
    assert_eq!(chain(&portal).retain("one").await.unwrap(), 0);
    portal.wait(TimeDelta::days(101));
    assert_eq!(chain(&portal).retain("one").await.unwrap(), 10);
    assert_eq!((portal.count_all("audit_events"), portal.count_all("audit_seals")), (1, 1));
    assert!(portal.try_run("DELETE FROM audit_events").is_err(), "what is not too old stays");
    assert_eq!(verify(&portal).await.findings, []);
    happens(&portal, "after").await;
    assert_eq!(seal(&portal).await, 1);
    let report = verify(&portal).await;
    assert_eq!((report.checked, report.findings), (2, vec![]));
    // What somebody takes at the front is not taken for retention's work.
    break_in(&portal);
    portal.run("DELETE FROM audit_events WHERE reference = 'recent'");
    portal.run("DELETE FROM audit_seals WHERE position = 11");
    assert_eq!(verify(&portal).await.findings, [ChainFinding::Missing { from: 11, to: 11 }]);
}

/// Records of the first issue had no seal. They come into the chain, and are vouched for from then on.
#[tokio::test]
async fn records_from_before_the_chain_are_carried_over() {
    let portal = Portal::start().await;
    let version = "SELECT count(*) AS count FROM __diesel_schema_migrations WHERE version = '20261121160000'";
    while portal.count(version) == 1 {
        migrate::down(&mut portal.app().db.connection().unwrap()).unwrap();
    }
    for number in 0..3 {
        portal.run(&format!(
            "INSERT INTO audit_events (id, at, kind, player_id, actor, reference, network, details) VALUES \
             ('old-{number}', '2032-11-01 00:00:00', 'player.session.started', 'ann', 'player', 'R', '192.0.2.0/24', '{{}}')"
        ));
    }
    migrate::up(&mut portal.app().db.connection().unwrap()).unwrap();
    assert_eq!(portal.count_all("audit_events"), 3);
    assert_eq!(verify(&portal).await.waiting, 3, "before the first pass nobody vouches for them");
    happens(&portal, "new").await;
    assert_eq!(seal(&portal).await, 4);
    let report = verify(&portal).await;
    assert_eq!((report.checked, report.from_before, report.findings), (4, 3, vec![]));

    // The open network may go with its player; nothing else may, and no more records without a seal come in.
    let ann = "ann".to_owned().into();
    let now = portal.clock.now();
    portal.app().db.write(move |conn| audit::destroy_player_key(conn, &ann, now)).await.unwrap();
    assert_eq!(
        portal.count(
            "SELECT count(*) AS count FROM audit_events WHERE player_id = 'ann' AND network IS NOT NULL"
        ),
        0
    );
    assert_eq!(verify(&portal).await.findings, []);
    break_in(&portal);
    portal.run("UPDATE audit_events SET reference = 'S' WHERE id = 'old-1'");
    let edited = ChainFinding::Edited { position: Some(3), event: "old-1".to_owned() };
    let found = verify(&portal).await.findings;
    assert!(found.contains(&edited) || found.len() == 1, "{found:?}");
}

/// S130: the personal part goes with its key, the record and the chain stay.
#[tokio::test]
async fn what_is_personal_is_closed_for_ever_once_the_key_is_destroyed() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let form = portal.browser().visit("/sign-in").await.fill("identifier", bo.email());
    form.fill("password", bo.password()).press("Sign in").await;
    seal(&portal).await;
    let in_the_open = "SELECT count(*) AS count FROM audit_events WHERE network IS NOT NULL";
    assert_eq!(portal.count(in_the_open), 0);
    let read = async || {
        let (vault, filter) = (portal.app().vault.clone(), audit::AuditFilter::default());
        let read =
            portal.app().db.read(move |conn| audit::list_records(conn, &vault, &filter, None, 10)).await;
        read.unwrap().pop().unwrap()
    };
    assert_eq!(read().await.network, Some("127.0.0.0/24".into()));

    let (player, now) = (bo.id.clone().into(), portal.clock.now());
    portal.app().db.write(move |conn| audit::destroy_player_key(conn, &player, now)).await.unwrap();
    let record = read().await;
    assert_eq!((record.network, record.kind.as_str()), (None, "player.session.started"));
    assert_eq!(verify(&portal).await.findings, []);
    // What still happens to somebody forgotten is recorded, without anything personal.
    portal.browser_of(&bo).visit("/account").await.press("Sign out").await;
    assert_eq!(portal.count("SELECT count(*) AS count FROM audit_keys WHERE key_sealed IS NOT NULL"), 0);
    assert_eq!((read().await.kind.as_str(), seal(&portal).await), ("player.session.started", 1));
    assert_eq!(verify(&portal).await.findings, []);
}

#[tokio::test]
async fn the_command_says_what_it_finds_and_ends_with_1() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let ids = ten(&portal).await;
    let (status, said) = portal.runs(&["audit", "verify"]);
    assert!(status == 0 && said.contains("Nothing was edited"), "{said}");
    break_in(&portal);
    portal.run(&format!("DELETE FROM audit_events WHERE id = '{}'", ids[4]));
    portal.run(&format!("UPDATE audit_events SET actor = 'player' WHERE id = '{}'", ids[1]));
    for (event, position) in [(6, 99), (7, 7), (6, 8)] {
        let seal = format!("WHERE event_id = '{}'", ids[event]);
        portal.run(&format!("UPDATE audit_seals SET position = {position} {seal}"));
    }
    portal.run(&format!("DELETE FROM audit_events WHERE id = '{}'", ids[9]));
    portal.run(&format!("DELETE FROM audit_seals WHERE event_id = '{}'", ids[9]));
    let (status, said) = portal.runs(&["audit", "verify"]);
    assert_eq!(status, 1);
    for named in [
        format!("edited: record {} at position 2", ids[1]),
        format!("deleted: record {} at position 5", ids[4]),
        format!("swapped: record {} stands at", ids[7]),
        format!("swapped: record {} stands at", ids[6]),
        "truncated: the newest records are gone, positions 10 to 10".to_owned(),
    ] {
        assert!(said.contains(&named), "{named}: {said}");
    }
    assert_eq!(portal.runs(&["audit", "verify", "--head", "nonsense"]).0, 2);
}
