//! A backup is put back: what has ended since stays ended, with a ledger and without.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use dovetail::testing::platform::db::{Conn, Db};
use tempfile::TempDir;

use super::harness::program::Program;
use super::harness::{Browser, Person, Portal, dump};

/// A portal with a ledger, and a folder for its backups.
struct Kept {
    portal: Portal,
    folder: TempDir,
}

impl Kept {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let ledger = folder.path().join("ledger");
        fs::create_dir(&ledger).unwrap();
        let path = ledger.display().to_string();
        let portal = Portal::with(move |settings| {
            settings.set("DOVETAIL_LEDGER", &path).set("DOVETAIL_ERASE_AFTER", "0d");
        })
        .await;
        portal.meet_the_real_clock();
        Self { portal, folder }
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// Backs the database up as `dovetail backup` does or says, puts it back as another database, and returns the
    /// settings of a program that uses it.
    fn backup(&self) -> BTreeMap<String, String> {
        let file = self.folder.path().join("backup");
        // On PostgreSQL it exits 1 here, because commands of the harness find no pg_dump in their path.
        let (_, said) = self.portal.runs(&["backup", file.to_str().unwrap()]);
        let about = fs::read_to_string(file.with_extension("json")).unwrap();
        assert!(about.contains("\"token_keys\""), "{about}");
        let mut settings = self.portal.settings_of_a_program();
        let url = match self.portal.sqlite_file() {
            Some(_) => {
                assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
                format!("sqlite:{}", file.display())
            }
            None => self.restored_on_server(&file, &said),
        };
        settings.insert("DOVETAIL_DATABASE_URL".to_owned(), url);
        let url = settings["DOVETAIL_LISTEN"].replace("127.0.0.1", "http://localhost");
        settings.insert("DOVETAIL_PUBLIC_URL".to_owned(), url);
        settings
    }

    /// Runs the commands that `dovetail backup` has printed.
    fn restored_on_server(&self, file: &Path, said: &str) -> String {
        let url = self.portal.settings()["DOVETAIL_DATABASE_URL"].clone();
        let mut restored = url::Url::parse(&url).unwrap();
        let name = format!("{}_back", restored.path().trim_start_matches('/'));
        restored.set_path(&name);
        self.portal.try_run(&format!("CREATE DATABASE {name}")).unwrap();
        let dump = said.lines().find(|line| line.starts_with("pg_dump ")).expect("the command");
        let put_back = said.lines().find(|line| line.starts_with("pg_restore ")).expect("the command");
        let password = restored.password().unwrap_or_default().to_owned();
        run(dump, &password);
        assert!(file.exists());
        run(&put_back.replace("EMPTY_DATABASE", &format!("'{restored}'")), &password);
        restored.into()
    }
}

/// Runs a command with PostgreSQL's programs in its path.
fn run(command: &str, password: &str) {
    let path = "export PATH=\"$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')\"";
    let done = Command::new("sh")
        .args(["-c", &format!("{path}; {command}")])
        .env("PGPASSWORD", password)
        .output()
        .unwrap();
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
}

fn lines_of(settings: &BTreeMap<String, String>, query: &str) -> Vec<String> {
    let db = Db::open(&settings["DOVETAIL_DATABASE_URL"], 1).unwrap();
    let mut conn = db.connection().unwrap();
    dump::lines(&mut conn, query)
}

fn texts_of_ledger(ledger: &Path) -> String {
    let files = fs::read_dir(ledger).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    files.collect()
}

async fn erase(portal: &Portal, person: &Person) {
    let page = portal.browser_of(person).visit("/account/data/delete").await;
    let gone = page.fill("confirm", "DELETE").press("Delete my account").await;
    assert_eq!(gone.path(), "/goodbye", "{}", gone.text());
}

async fn unlink(portal: &Portal, person: &Person) -> super::harness::Page {
    portal.browser_of(person).visit("/amazon/unlink").await.press("Unlink Amazon account").await
}

#[tokio::test]
async fn what_has_ended_since_the_backup_ends_again() {
    let kept = Kept::start().await;
    let portal = &kept.portal;
    let ann = portal.filled("Wilhelmina", "pat", "nobody").await;
    let bo = portal.linked("Bo", "mork").await;
    let dee = portal.linked("Dee", "hanako").await;
    let before = portal.browser_of(&dee);
    // The harness wrote a last mail of an earlier erasure, which is still owed.
    portal.run("DELETE FROM mails WHERE kind = 'account-erased'");
    let settings = kept.backup();
    assert_eq!(Program::run(&settings, &["restore", "--check"]).0, 0, "nothing has ended yet");

    erase(portal, &ann.person).await;
    assert_eq!(unlink(portal, &bo).await.link_state().as_deref(), Some("none"));
    let ledger = texts_of_ledger(&kept.ledger());
    assert!(ledger.contains(&ann.person.id) && ledger.contains("\"done\""), "{ledger}");
    for trace in ann.traces() {
        assert!(!ledger.contains(&trace), "{trace}");
    }
    let position = portal.count("SELECT position AS count FROM link_event_counter");

    let (code, said) = Program::run(&settings, &["restore", "--check"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("players to be erased again: 1") && said.contains("since: 1"), "{said}");
    let (code, said) = Program::run(&settings, &["serve"]);
    assert_eq!(code, 78, "{said}");
    assert!(said.contains("dovetail restore"), "{said}");

    let (code, said) = Program::run(&settings, &["restore"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("restore 1") && said.contains("players erased again: 1"), "{said}");
    let players = lines_of(&settings, "SELECT display_name AS line FROM players ORDER BY display_name");
    assert_eq!(players, ["Bo", "Dee"]);
    let state_of = |person: &Person| {
        let query = format!("SELECT state AS line FROM amazon_links WHERE player_id = '{}'", person.id);
        lines_of(&settings, &query)
    };
    assert_eq!(state_of(&bo), ["needs_reconnect"]);
    assert_eq!(state_of(&dee), ["active"]);
    for table in
        ["sessions", "game_sessions", "game_tokens", "staff_sessions", "password_resets", "claim_codes"]
    {
        let rows = lines_of(&settings, &format!("SELECT 'row' AS line FROM {table}"));
        assert!(rows.is_empty(), "{table}");
    }
    let positions =
        lines_of(&settings, "SELECT CAST(position AS TEXT) AS line FROM link_events ORDER BY position");
    let newest: i64 = positions.last().unwrap().parse().unwrap();
    assert!(newest > position + 1_000_000, "{newest} after {position}");
    let db = Db::open(&settings["DOVETAIL_DATABASE_URL"], 1).unwrap();
    for (table, rows) in dump::of(&mut db.connection().unwrap()) {
        for trace in ann.traces() {
            assert!(!rows.iter().any(|row| row.contains(&trace)), "{trace} in {table}: {rows:?}");
        }
    }
    drop(db);
    if let Some(file) = settings["DOVETAIL_DATABASE_URL"].strip_prefix("sqlite:") {
        for path in [file.to_owned(), format!("{file}-wal")] {
            let bytes = fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(path.ends_with("-wal") || text.contains("Dee"), "the search finds what is there");
            for trace in ann.traces() {
                assert!(!text.contains(&trace), "{trace} in {path}");
            }
        }
    }
    let (code, said) = Program::run(&settings, &["audit", "verify"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = Program::run(&settings, &["verify", "--only", "I3", "--only", "I15", "--only", "I2"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(Program::run(&settings, &["restore", "--check"]).0, 0);

    let program = Program::serve(&settings);
    let url = settings["DOVETAIL_PUBLIC_URL"].clone();
    let again = Browser::new(&url, &portal.clock);
    again.plant("session", &before.cookie("session").unwrap());
    assert_eq!(again.visit("/account").await.path(), "/sign-in", "a session from before is over");
    program.stop();
}

#[tokio::test]
async fn the_erasures_alone_can_be_carried_out() {
    let kept = Kept::start().await;
    let (ann, bo) = (kept.portal.ann().await, kept.portal.bo().await);
    let settings = kept.backup();
    erase(&kept.portal, &ann).await;
    let (code, said) = Program::run(&settings, &["player", "erase", "--replay"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(lines_of(&settings, "SELECT id AS line FROM players"), [bo.id]);
    assert!(lines_of(&settings, "SELECT kind AS line FROM mails").is_empty(), "they were told at the time");
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_ends_nothing() {
    let kept = Kept::start().await;
    let portal = &kept.portal;
    let (ann, bo) = (portal.linked("Ann", "pat").await, portal.bo().await);
    fs::remove_dir_all(kept.ledger()).unwrap();
    let page = portal.browser_of(&bo).visit("/account/data/delete").await;
    let refused = page.fill("confirm", "DELETE").press("Delete my account").await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(unlink(portal, &ann).await.status, 503);
    assert_eq!(portal.count_all("players"), 2);
    assert!(portal.identity_linked_to(&ann).is_some());
    assert!(portal.mails_to(ann.email()).is_empty() && portal.mails_to(bo.email()).is_empty());
    assert!(portal.feed_of(&bo).is_empty());
    fs::create_dir(kept.ledger()).unwrap();
    erase(portal, &bo).await;
    assert_eq!(portal.count_all("players"), 1);
    portal.verify().await;
}

/// A link that was revoked and reconnected before the backup is older in the ledger than in the database.
#[tokio::test]
async fn a_link_that_came_back_before_the_backup_stays() {
    let kept = Kept::start().await;
    let portal = &kept.portal;
    let cleo = portal.linked_with_amazon_only("Cleo", "hanako").await;
    portal.amazon.revokes("hanako");
    portal.link_is_due(&cleo);
    assert_eq!(portal.pass().await.revoked, 1);
    assert_eq!(portal.health_of(&cleo).as_deref(), Some("revoked revoked_by_amazon"));
    portal.wait(chrono::TimeDelta::minutes(5));
    let browser = portal.browser();
    portal.at_amazon(&browser, "hanako").await;
    let page = browser.visit("/sign-in").await.press("Login with Amazon").await;
    assert_eq!(page.link_state().as_deref(), Some("active"), "{}", page.text());
    let settings = kept.backup();
    let (code, said) = Program::run(&settings, &["restore", "--check"]);
    assert_eq!(code, 0, "{said}");
}

#[tokio::test]
async fn without_a_ledger_every_link_is_checked_before_it_is_believed() {
    let portal = Portal::start().await;
    portal.meet_the_real_clock();
    let ann = portal.linked("Ann", "pat").await;
    let bo = portal.linked("Bo", "mork").await;
    portal.browser_of(&ann);
    assert_eq!(portal.runs(&["restore", "--check"]).0, 1, "nothing tells what has ended");
    let (code, said) = portal.runs(&["restore"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("checked at Amazon") && said.contains("believed: 2"), "{said}");
    assert_eq!(portal.count_all("sessions"), 0);
    let kinds = portal.lines("SELECT kind AS line FROM audit_events WHERE player_id IS NULL");
    assert!(kinds.contains(&"service.database.restored".to_owned()), "{kinds:?}");
    portal.meet_the_real_clock();
    portal.amazon.revokes("mork");
    let before = portal.renewals();
    assert!(portal.token(&ann).await.is_ok());
    assert_eq!(portal.renewals(), before + 1, "Amazon was asked, although the stored token had not ended");
    assert!(portal.token(&bo).await.is_err(), "and what has ended at Amazon is not believed");
    portal.verify().await;
}

/// The copy is as of now, while somebody writes, and an existing file is left alone.
#[tokio::test]
async fn a_backup_never_overwrites() {
    let portal = Portal::start().await;
    portal.bo().await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("copy");
    let name = file.to_str().unwrap();
    let (code, said) = portal.runs(&["backup", name]);
    if portal.database().is_postgres() {
        assert!(said.contains("pg_dump --format=custom") && !said.contains("The copy is"), "{said}");
        assert!(!file.exists());
        return;
    }
    assert_eq!(code, 0, "{said}");
    let (code, said) = portal.runs(&["backup", name]);
    assert_eq!(code, 1, "{said}");
    let mut conn = Db::open(&format!("sqlite:{name}"), 1).unwrap().connection().unwrap();
    assert!(matches!(&*conn, Conn::Sqlite(_)));
    assert_eq!(dump::lines(&mut conn, "SELECT display_name AS line FROM players"), ["Bo"]);
}
