//! `dovetail verify`: what is broken by hand is named, and what the verbs leave is whole.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use dovetail::testing::operations::verify::{InvariantFinding, TABLES};
use dovetail::testing::platform::db::Conn;
use dovetail::testing::platform::password::place_of_hash;
use secrecy::SecretString;
use serde_json::json;

use super::harness::{Person, Portal};

/// A copy of the table without its rules, as a restored or hand-made database may have it.
fn loosen(portal: &Portal, table: &str) {
    portal.run(&format!("CREATE TABLE loose AS SELECT * FROM {table}"));
    // PostgreSQL keeps a table to which others refer, SQLite knows no such word.
    let cascade = if portal.sqlite_file().is_some() { "" } else { " CASCADE" };
    portal.run(&format!("DROP TABLE {table}{cascade}"));
    portal.run(&format!("ALTER TABLE loose RENAME TO {table}"));
}

fn is_on_postgres(portal: &Portal) -> bool {
    matches!(&*portal.app().db.connection().unwrap(), Conn::Postgres(_))
}

fn bytes(portal: &Portal, text: &str) -> String {
    if is_on_postgres(portal) { format!("'{text}'::bytea") } else { format!("CAST('{text}' AS BLOB)") }
}

#[track_caller]
fn names(findings: &[InvariantFinding], invariant: &str, table: &str, row: &str, says: &str) {
    let found = findings
        .iter()
        .any(|it| it.invariant == invariant && it.table == table && it.row == row && it.says.contains(says));
    assert!(found, "{invariant} {table} {row} {says} is not in {findings:#?}");
}

fn link_of(portal: &Portal, person: &Person) -> String {
    portal.lines(&format!("SELECT id AS line FROM amazon_links WHERE player_id = '{}'", person.id)).remove(0)
}

#[tokio::test]
async fn what_the_verbs_leave_breaks_nothing() {
    let portal = Portal::start().await;
    portal.verify().await;
    let bo = portal.bo().await;
    let browser = portal.browser_of(&bo);
    for (customer, path, button) in
        [("mork", "/account", "Link Amazon account"), ("pat", "/amazon/replace", "Link a different account")]
    {
        portal.at_amazon(&browser, customer).await;
        let confirm = browser.visit(path).await.press(button).await;
        confirm.press("Link this account").await;
        portal.wait(chrono::TimeDelta::seconds(1));
    }
    portal.verify().await;
    browser.visit("/amazon/unlink").await.press("Unlink Amazon account").await;
    assert_eq!(portal.endings_of(&bo).len(), 2);
    assert_eq!(portal.findings().await, [], "these links have records of their own");
}

#[tokio::test]
async fn i1_an_identity_on_two_players() {
    let portal = Portal::start().await;
    let (ann, bo, cleo) = (portal.ann().await, portal.bo().await, portal.cleo().await);
    loosen(&portal, "amazon_links");
    let (link, other) = (link_of(&portal, &ann), link_of(&portal, &cleo));
    let amazon_id =
        portal.lines(&format!("SELECT amazon_id AS line FROM amazon_links WHERE id = '{link}'")).remove(0);
    portal.run(&format!("UPDATE amazon_links SET amazon_id = '{amazon_id}' WHERE id = '{other}'"));
    let findings = portal.findings().await;
    names(&findings, "I1", "amazon_links", &link, "another link holds too");
    names(&findings, "I1", "amazon_links", &other, "another link holds too");
    assert!(!format!("{findings:?}").contains(&amazon_id), "an identity is nobody's to print");
    portal.run(&format!(
        "UPDATE amazon_links SET amazon_id = 'x', player_id = '{}' WHERE id = '{other}'",
        ann.id
    ));
    names(&portal.findings().await, "I1", "amazon_links", &other, "has another link");
    portal.run(&format!("UPDATE amazon_links SET player_id = 'nobody' WHERE id = '{other}'"));
    names(&portal.findings().await, "I1", "amazon_links", &other, "belongs to no player");
    drop(bo);
}

#[tokio::test]
async fn i2_tokens_of_a_link_that_is_over() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    loosen(&portal, "amazon_links");
    let link = link_of(&portal, &ann);
    portal.run("UPDATE amazon_links SET state = 'revoked'");
    names(&portal.findings().await, "I2", "amazon_links", &link, "still has tokens");
    let bo = portal.bo().await;
    let amazon = portal.browser_of(&bo).visit("/account").await.press("Link Amazon account").await;
    amazon.allow_as("Mork Hashimoto").await;
    let attempt = portal.lines("SELECT id AS line FROM link_attempts").remove(0);
    portal.wait(chrono::TimeDelta::days(2));
    names(&portal.findings().await, "I2", "link_attempts", &attempt, "is long over");
}

#[tokio::test]
async fn i3_a_session_of_somebody_disabled_or_gone() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.browser_of(&bo);
    let session = portal.lines("SELECT id AS line FROM sessions").remove(0);
    portal.run("UPDATE players SET disabled_at = created_at");
    names(&portal.findings().await, "I3", "sessions", &session, "disabled");
    // They refer to sessions, and would stand in the way.
    loosen(&portal, "link_attempts");
    loosen(&portal, "email_changes");
    loosen(&portal, "passkey_ceremonies");
    loosen(&portal, "sessions");
    portal.run("DELETE FROM players");
    names(&portal.findings().await, "I3", "sessions", &session, "belongs to no player");
    portal.wait(chrono::TimeDelta::days(3_650));
    assert_eq!(portal.findings().await, [], "a session that is over is no use to anybody");
}

#[tokio::test]
async fn i4_a_code_tried_beyond_its_limit_and_a_state_in_two_attempts() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let page = portal.browser_of(&bo).visit("/account/email").await;
    page.fill("email", "new@example.test").press("Send code").await;
    let change = portal.lines("SELECT id AS line FROM email_changes").remove(0);
    portal.run("UPDATE email_changes SET tries = 6");
    names(&portal.findings().await, "I4", "email_changes", &change, "more often than allowed");
    loosen(&portal, "link_attempts");
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    for _ in 0..2 {
        browser.visit("/account").await.press_to_callback("Link Amazon account").await;
    }
    portal.run("UPDATE link_attempts SET state_hash = 'the same'");
    let attempt = portal.lines("SELECT min(id) AS line FROM link_attempts").remove(0);
    names(&portal.findings().await, "I4", "link_attempts", &attempt, "same state");
}

#[tokio::test]
async fn i5_somebody_without_a_way_in() {
    let portal = Portal::start().await;
    let (ann, cleo) = (portal.ann().await, portal.cleo().await);
    portal.run(
        "UPDATE amazon_links SET access_token_sealed = NULL, refresh_token_sealed = NULL, state = 'revoked'",
    );
    portal.verify().await;
    portal.run("DELETE FROM amazon_links");
    let findings = portal.findings().await;
    names(&findings, "I5", "players", &cleo.id, "neither a password nor a passkey nor a link");
    assert!(!findings.iter().any(|it| it.row == ann.id), "{findings:?}");
}

#[tokio::test]
async fn i6_a_link_without_a_record() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    names(&portal.findings().await, "I6", "amazon_links", &link_of(&portal, &ann), "without a record");
    let record = |id: &str| {
        format!(
            "INSERT INTO audit_events (id, at, kind, player_id, actor, reference, details) \
             SELECT '{id}', linked_at, 'link.amazon.added', player_id, 'player', 'x', '{{}}' FROM amazon_links"
        )
    };
    portal.run(&record("one"));
    assert_eq!(portal.findings().await, []);
    portal.run(&record("two"));
    names(&portal.findings().await, "I6", "amazon_links", &link_of(&portal, &ann), "more than one record");
    portal.run(
        "INSERT INTO former_links (id, player_id, amazon_id_hash, linked_at, ended_at, actor, cause) \
         SELECT 'former', player_id, 'x', '2032-01-01 00:00:00', '2032-11-01 00:00:00', 'player', 'replaced' FROM amazon_links",
    );
    names(&portal.findings().await, "I6", "former_links", "former", "without a record");
}

/// A record that is too old to be kept is not missed, however long the operator keeps them.
#[tokio::test]
async fn i6_goes_back_as_far_as_records_are_kept() {
    for (keep, days, is_missed) in [("100d", 99, true), ("100d", 101, false), ("800d", 401, true)] {
        let portal = Portal::with(|settings| {
            settings.set("DOVETAIL_AUDIT_KEEP", keep);
        })
        .await;
        portal.ann().await;
        portal.wait(TimeDelta::days(days));
        let found = portal.findings().await.iter().any(|it| it.invariant == "I6");
        assert_eq!(found, is_missed, "{keep}, after {days} days");
    }
}

#[tokio::test]
async fn i7_a_secret_in_plain_sight() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let link = link_of(&portal, &ann);
    portal.run("UPDATE amazon_links SET amazon_name = 'Atza|IwEBI-of-somebody'");
    let findings = portal.findings().await;
    names(&findings, "I7", "amazon_links", &link, "looks like a secret");
    assert!(!format!("{findings:?}").contains("IwEBI"), "it is not printed again");
    portal.run(&format!(
        "UPDATE amazon_links SET amazon_name = NULL, refresh_token_sealed = {}",
        bytes(&portal, "Atzr-of-somebody")
    ));
    names(&portal.findings().await, "I7", "amazon_links", &link, "not sealed");
}

/// Bytes that are no secret: tags, hashes and a signature, which tell nothing to who has no key.
const TAGS: [&str; 6] = [
    "audit_seals.tag",
    "audit_seals.previous",
    "audit_seals.hash",
    "audit_heads.hash",
    "audit_heads.tail_hash",
    "audit_heads.signature",
];

/// A new column is listed, or this says so.
#[tokio::test]
async fn i7_looks_at_every_column_of_text_and_of_bytes() {
    let portal = Portal::start().await;
    let columns = if is_on_postgres(&portal) {
        "SELECT table_name || '.' || column_name || ' ' || data_type AS line FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' AND data_type IN ('text', 'bytea')"
    } else {
        "SELECT t.name || '.' || c.name || ' ' || c.type AS line FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%' AND c.type IN ('TEXT', 'BLOB')"
    };
    let kind = |name: &str| if name.eq_ignore_ascii_case("text") { "text" } else { "sealed" };
    let there: BTreeSet<String> = portal
        .lines(columns)
        .into_iter()
        .map(|line| {
            let (column, of) = line.rsplit_once(' ').unwrap();
            format!("{column} {}", kind(of))
        })
        .filter(|line| !TAGS.iter().any(|tag| *line == format!("{tag} sealed")))
        .collect();
    let listed: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|of| {
            let texts = of.text.iter().map(|name| format!("{}.{name} text", of.table));
            texts.chain(of.sealed.iter().map(|name| format!("{}.{name} sealed", of.table)))
        })
        .collect();
    assert_eq!(listed, there, "src/operations/verify/secrets.rs lists every column that could hold a secret");
}

#[tokio::test]
async fn i9_a_hash_that_cannot_be_run() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let store = |text: &str| {
        let sealed =
            portal.app().vault.seal(&place_of_hash("players", &bo.id, &bo.id), &SecretString::from(text));
        let hex = data_encoding::HEXLOWER.encode(&sealed.unwrap());
        let value = if is_on_postgres(&portal) { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") };
        portal.run(&format!("UPDATE players SET password_sealed = {value}"));
    };
    store("no hash at all");
    names(&portal.findings().await, "I9", "players", &bo.id, "does not parse");
    store("nfkc1$argon2id$v=19$m=8388608,t=1000,p=1$c2l4dGVlbiBvZiBzYWx0Lg$MDEyMzQ1Njc4OWFiY2RlZg");
    names(&portal.findings().await, "I9", "players", &bo.id, "costs more");
    // A hash of somebody else does not open here (S64).
    let ann = portal.ann().await;
    portal.run(&format!(
        "UPDATE players SET password_sealed = (SELECT password_sealed FROM players WHERE id = '{}') WHERE id = '{}'",
        ann.id, bo.id
    ));
    names(&portal.findings().await, "I9", "players", &bo.id, "will not open");
}

#[tokio::test]
async fn i9_looks_at_the_hashes_of_staff() {
    let portal = Portal::start().await;
    let (ada, bea) = (portal.agent("ada", "admin").await, portal.agent("bea", "admin").await);
    portal.run(&format!("UPDATE staff SET password_sealed = NULL WHERE id = '{}'", bea.id));
    assert_eq!(portal.findings().await, [], "who has not enrolled has none");
    let others = format!("(SELECT password_sealed FROM staff WHERE id = '{}')", ada.id);
    portal.run(&format!("UPDATE staff SET password_sealed = {others} WHERE id = '{}'", bea.id));
    names(&portal.findings().await, "I9", "staff", &bea.id, "will not open");
    portal.run(&format!(
        "UPDATE staff SET password_sealed = {} WHERE id = '{}'",
        bytes(&portal, "\x01\x02k1"),
        ada.id
    ));
    names(&portal.findings().await, "I9", "staff", &ada.id, "will not open");
}

/// More rows than one batch holds, with the broken one behind the first thousand.
#[tokio::test]
async fn every_batch_is_judged() {
    let portal = Portal::start().await;
    for thousand in 0..3 {
        let ids = (0..1_000).map(|number| {
            format!(
                "('{thousand}{number:03}', 'x', FALSE, 'x', {}, '2032-01-01 00:00:00')",
                bytes(&portal, "\x01\x02k1")
            )
        });
        let rows: Vec<String> = ids.collect();
        portal.run(&format!(
            "INSERT INTO players (id, display_name, sync_display_name, display_name_key, password_sealed, created_at) VALUES {}",
            rows.join(", ")
        ));
    }
    portal.run("UPDATE players SET password_sealed = NULL WHERE id = '2717'");
    let findings = portal.findings().await;
    names(&findings, "I5", "players", "2717", "neither");
    assert_eq!(findings.iter().filter(|it| it.invariant == "I5").count(), 1);
    assert_eq!(findings.iter().filter(|it| it.invariant == "I9").count(), 2_999);
}

/// The one id in a table.
fn id_in(portal: &Portal, table: &str) -> String {
    portal.lines(&format!("SELECT id AS line FROM {table}")).remove(0)
}

#[tokio::test]
async fn i10_a_proof_that_was_given_elsewhere() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.browser_of(&bo);
    portal.game_token_of(&bo);
    let uma = portal.agent("uma", "agent").await;
    portal.desk_of(&uma);
    portal.run("UPDATE game_tokens SET proved_at = created_at");
    assert_eq!(portal.findings().await, []);
    for (table, column) in
        [("sessions", "fresh_at"), ("game_sessions", "proved_at"), ("staff_sessions", "fresh_at")]
    {
        portal.run(&format!("UPDATE {table} SET {column} = '2032-11-30 12:00:00'"));
        let row = id_in(&portal, table);
        names(&portal.findings().await, "I10", table, &row, "from before it began");
    }
    portal.run("UPDATE game_tokens SET proved_at = '2032-12-01 12:00:01'");
    let findings = portal.findings().await;
    names(
        &findings,
        "I10",
        "game_tokens",
        &id_in(&portal, "game_sessions"),
        "another time than it was issued",
    );
    let hash = portal.lines("SELECT token_hash AS line FROM game_tokens").remove(0);
    assert!(!format!("{findings:?}").contains(&hash), "a token is named by its session");
}

#[tokio::test]
async fn i11_codes_and_trips_that_rest_on_nothing_of_their_players() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let browser = portal.browser_of(&bo);
    portal.at_amazon(&browser, "mork").await;
    browser.visit("/account").await.press_to_callback("Link Amazon account").await;
    for person in [&ann, &bo] {
        portal.game_token_of(person);
    }
    let game_of = |person: &Person| {
        portal
            .lines(&format!("SELECT id AS line FROM game_sessions WHERE player_id = '{}'", person.id))
            .remove(0)
    };
    let (anns, bos) = (game_of(&ann), game_of(&bo));
    let quoted = |text: &str| format!("'{text}'");
    portal.put(
        "claim_codes",
        &[
            ("id", quoted("claim")),
            ("player_id", quoted(&bo.id)),
            ("selector", quoted("x")),
            ("code_hash", quoted("x")),
            ("api_key", quoted("dovetail")),
            ("device_label", quoted("")),
            ("network", quoted("")),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(10)),
            ("session_id", quoted(&bos)),
        ],
    );
    portal.put(
        "code_linkings",
        &[
            ("id", quoted("linking")),
            ("player_id", quoted(&bo.id)),
            ("asked_by", quoted("game")),
            ("asker_id", quoted(&bos)),
            ("pair_sealed", bytes(&portal, "\x01\x02k1")),
            ("interval_seconds", "5".into()),
            ("next_poll_at", portal.moment(1)),
            ("reference", quoted("x")),
            ("network", quoted("")),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(10)),
        ],
    );
    let others = |findings: Vec<InvariantFinding>| {
        findings.into_iter().filter(|found| found.invariant == "I11").collect::<Vec<_>>()
    };
    assert_eq!(others(portal.findings().await), []);
    for (table, column, row) in
        [("claim_codes", "session_id", "claim"), ("code_linkings", "asker_id", "linking")]
    {
        portal.run(&format!("UPDATE {table} SET {column} = '{anns}'"));
        names(&portal.findings().await, "I11", table, row, "session of another player");
        portal.run(&format!("UPDATE {table} SET {column} = '{bos}', player_version = 9"));
        names(&portal.findings().await, "I11", table, row, "never was");
    }
    portal.run(&format!("UPDATE link_attempts SET player_id = '{}'", ann.id));
    let attempt = id_in(&portal, "link_attempts");
    names(&portal.findings().await, "I11", "link_attempts", &attempt, "session of another player");
}

#[tokio::test]
async fn i11_permissions_for_a_tv_and_changes_of_an_address_that_rest_on_nothing_of_their_players() {
    let portal = Portal::start().await;
    let (ann, bo) = (portal.ann().await, portal.bo().await);
    let mut tv = portal.game_with(&portal.game_token_of(&bo)).await;
    let begun = tv.ask("SignInByCodeRequest", json!({})).await;
    let browser = portal.browser_of(&bo);
    let form = browser.visit("/activate").await.fill("code", begun["userCode"].as_str().unwrap());
    let look = form.press("Continue").await;
    look.press("Play as Bo on this device").await;
    let page = browser.visit("/account/email").await;
    page.fill("email", "new@example.test").press("Send code").await;
    portal.game_token_of(&ann);
    portal.browser_of(&ann);
    let others = |findings: Vec<InvariantFinding>| {
        findings.into_iter().filter(|found| found.invariant == "I11").collect::<Vec<_>>()
    };
    assert_eq!(others(portal.findings().await), []);
    let of_ann = |table: &str| {
        portal.lines(&format!("SELECT id AS line FROM {table} WHERE player_id = '{}'", ann.id)).remove(0)
    };
    let (game, web) = (of_ann("game_sessions"), of_ann("sessions"));
    for (table, column, version, session) in [
        ("game_sign_in_codes", "session_id", Some("player_version"), &game),
        ("game_sign_in_codes", "granted_session_id", Some("granted_version"), &web),
        ("email_changes", "session_id", None, &web),
    ] {
        let row = id_in(&portal, table);
        let was = portal.lines(&format!("SELECT {column} AS line FROM {table}")).remove(0);
        portal.run(&format!("UPDATE {table} SET {column} = '{session}'"));
        names(&portal.findings().await, "I11", table, &row, "session of another player");
        portal.run(&format!("UPDATE {table} SET {column} = '{was}'"));
        if let Some(version) = version {
            portal.run(&format!("UPDATE {table} SET {version} = {version} + 9"));
            names(&portal.findings().await, "I11", table, &row, "never was");
            portal.run(&format!("UPDATE {table} SET {version} = {version} - 9"));
        }
    }
    assert_eq!(others(portal.findings().await), []);
}

#[tokio::test]
async fn i11_a_linking_that_is_over_and_keeps_its_code() {
    let portal = Portal::start().await;
    portal.filled("Zoltan", "mork", "nobody").await;
    loosen(&portal, "code_linkings");
    portal.run(&format!("UPDATE code_linkings SET pair_sealed = {}", bytes(&portal, "\x01\x02k1")));
    let row = id_in(&portal, "code_linkings");
    names(&portal.findings().await, "I11", "code_linkings", &row, "still has its code");
}

#[tokio::test]
async fn i11_what_was_mailed_before_a_player_was_disabled_or_chose_a_new_password() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    let page = portal.browser_of(&bo).visit("/account/email").await;
    page.fill("email", "new@example.test").press("Send code").await;
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", bo.email()).press_only("Send link").await;
    portal.put(
        "sign_in_codes",
        &[
            ("id", "'code'".into()),
            ("browser_hash", "'x'".into()),
            ("player_id", format!("'{}'", bo.id)),
            ("is_remembered", "FALSE".into()),
            ("code_hash", "'x'".into()),
            ("tries", "0".into()),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(10)),
        ],
    );
    assert_eq!(portal.findings().await, []);
    portal.put(
        "pending_sign_ins",
        &[
            ("id", "'pending'".into()),
            ("browser_hash", "'y'".into()),
            ("player_id", format!("'{}'", bo.id)),
            ("player_version", "0".into()),
            ("signed_in_with", "'password'".into()),
            ("is_remembered", "FALSE".into()),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(10)),
        ],
    );
    portal.put(
        "factor_recoveries",
        &[
            ("id", "'lost'".into()),
            ("player_id", format!("'{}'", bo.id)),
            ("token_hash", "'z'".into()),
            ("created_at", portal.moment(0)),
            ("expires_at", portal.moment(10)),
        ],
    );
    let tables =
        ["email_changes", "password_resets", "sign_in_codes", "pending_sign_ins", "factor_recoveries"];
    portal.run("UPDATE players SET password_changed_at = '2032-12-01 12:10:00'");
    for table in tables {
        let row = id_in(&portal, table);
        names(&portal.findings().await, "I11", table, &row, "before the password last changed");
    }
    portal.run("UPDATE players SET password_changed_at = created_at, disabled_at = created_at");
    for table in tables {
        names(&portal.findings().await, "I11", table, &id_in(&portal, table), "disabled");
    }
}

#[tokio::test]
async fn i12_sessions_and_tokens_that_live_too_long() {
    let portal = Portal::start().await;
    let bo = portal.bo().await;
    portal.browser_of(&bo);
    portal.game_token_of(&bo);
    let uma = portal.agent("uma", "agent").await;
    portal.desk_of(&uma);
    assert_eq!(portal.findings().await, []);
    for table in ["sessions", "game_sessions", "staff_sessions"] {
        portal.run(&format!("UPDATE {table} SET expires_at = '2033-12-01 12:00:00'"));
        names(&portal.findings().await, "I12", table, &id_in(&portal, table), "lives longer");
    }
    portal.run("UPDATE game_sessions SET ends_at = '2033-12-02 12:00:00'");
    let session = id_in(&portal, "game_sessions");
    names(&portal.findings().await, "I12", "game_sessions", &session, "absolute end");
    portal.run("UPDATE game_tokens SET ends_at = '2033-12-02 12:00:00'");
    names(&portal.findings().await, "I12", "game_tokens", &session, "outlives its session");
}
