//! `dovetail doctor`: each thing broken in turn, found, and told with what to do. The real program, as an operator
//! runs it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use dovetail::testing::config::new_keys;
use dovetail::testing::lwa::simulator::{RunningSimulator, Simulator, SimulatorSettings};
use dovetail::testing::platform::clock::Clock;
use serde_json::Value;

use super::harness::ports::port_for_a_program;
use super::harness::smtp::MailServer as Smtp;

/// A healthy installation, to be broken.
struct Patient {
    folder: tempfile::TempDir,
    settings: BTreeMap<String, String>,
    amazon: RunningSimulator,
}

impl Patient {
    fn healthy() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let amazon = Simulator::new(SimulatorSettings::development(
            Clock::system(),
            "http://localhost:8080/amazon/callback",
        ));
        let amazon = amazon.start(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
        let mut patient = Self { folder, settings: BTreeMap::new(), amazon };
        let file = patient.folder.path().join("dovetail.db");
        let url = patient.amazon.url().clone();
        patient.set("DOVETAIL_MODE", "development");
        patient.set("DOVETAIL_DATABASE_URL", &format!("sqlite:{}", file.display()));
        patient.set("DOVETAIL_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()));
        patient.set("DOVETAIL_OPS_LISTEN", &format!("127.0.0.1:{}", port_for_a_program()));
        patient.set("DOVETAIL_SIMULATOR", "off");
        patient.set("DOVETAIL_AMAZON_CLIENT_ID", dovetail::testing::config::simulated::CLIENT_ID);
        patient.set("DOVETAIL_AMAZON_CLIENT_SECRET", dovetail::testing::config::simulated::CLIENT_SECRET);
        patient.amazon_at(&url);
        for line in new_keys().unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            patient.set(name, value);
        }
        assert_eq!(patient.run(&["migrate"]).status.code(), Some(0));
        patient
    }

    fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    fn amazon_at(&mut self, url: &str) {
        self.set("DOVETAIL_AMAZON_AUTHORIZE_URL", &format!("{url}/ap/oa"));
        self.set("DOVETAIL_AMAZON_TOKEN_URL", &format!("{url}/auth/o2/token"));
        self.set("DOVETAIL_AMAZON_TOKENINFO_URL", &format!("{url}/auth/o2/tokeninfo"));
        self.set("DOVETAIL_AMAZON_PROFILE_URL", &format!("{url}/user/profile"));
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dovetail"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(&self.settings)
            .output()
            .unwrap()
    }

    /// What it finds, but for what is wrong with the machine of the tests themselves, and its exit status.
    fn findings(&self) -> (Vec<Value>, i32) {
        let output = self.run(&["doctor", "--json"]);
        let said = String::from_utf8(output.stdout).unwrap();
        let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let is_ours = |line: &Value| line["verdict"] == "finding" && line["about"] != "machine";
        (lines.filter(is_ours).collect(), output.status.code().unwrap())
    }
}

#[track_caller]
fn one(findings: &[Value], about: &str, says: &str, fix: &str) {
    let found = findings.iter().any(|line| {
        line["about"] == about
            && line["says"].as_str().unwrap().contains(says)
            && line["fix"].as_str().unwrap().contains(fix)
    });
    assert!(found, "{about}: {says} → {fix} is not in {findings:#?}");
}

#[test]
fn a_healthy_installation_has_nothing_to_fix() {
    let patient = Patient::healthy();
    let (findings, _) = patient.findings();
    assert!(findings.is_empty(), "{findings:#?}");
    let output = patient.run(&["doctor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    for about in [
        "settings",
        "database",
        "keys",
        "passwords",
        "clock",
        "amazon",
        "mail",
        "address",
        "listener",
        "machine",
    ] {
        assert!(
            said.lines().any(|line| line.contains(&format!(" {about} "))),
            "{about} is missing in\n{said}"
        );
    }
    assert!(said.contains("changing DOVETAIL_SESSION_KEY signs everybody out"), "{said}");
    for secret in ["DOVETAIL_TOKEN_KEYS", "DOVETAIL_SESSION_KEY"] {
        assert!(!said.contains(&patient.settings[secret]), "{said}");
    }
}

#[test]
fn settings_that_are_refused_end_it_with_78_and_all_of_them_are_told() {
    let mut patient = Patient::healthy();
    patient.set("DOVETAIL_LISTEN", "nowhere");
    patient.set("DOVETAIL_SESSION_KEY", "short");
    let (findings, code) = patient.findings();
    assert_eq!(code, 78);
    one(&findings, "settings", "DOVETAIL_LISTEN", "docs/configuration.md");
    one(&findings, "settings", "DOVETAIL_SESSION_KEY", "docs/configuration.md");
}

#[test]
fn a_database_that_is_not_there() {
    let mut patient = Patient::healthy();
    let nowhere = patient.folder.path().join("nowhere.db");
    patient.set("DOVETAIL_DATABASE_URL", &format!("sqlite:{}", nowhere.display()));
    let (findings, code) = patient.findings();
    assert_eq!(code, 1);
    one(&findings, "database", "there is no file", "dovetail migrate");
    assert!(!nowhere.exists(), "looking makes nothing");
    patient.set(
        "DOVETAIL_DATABASE_URL",
        &format!("postgres://ann:hunter2@127.0.0.1:{}/portal", port_for_a_program()),
    );
    let (findings, code) = patient.findings();
    assert_eq!(code, 1);
    one(&findings, "database", "cannot be reached", "start PostgreSQL");
    one(&findings, "database", "nobody listens at this address and port", "start PostgreSQL");
    assert!(!format!("{findings:?}").contains("hunter2"));
    for command in [["serve"].as_slice(), &["verify"], &["migrate"], &["staff", "list"]] {
        let output = patient.run(command);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        assert!(said.contains("nobody listens at this address and port"), "{command:?}: {said}");
        assert!(!said.contains("hunter2"), "{command:?}: {said}");
    }
    patient.set("DOVETAIL_DATABASE_URL", "postgres://ann:hunter2@nowhere.invalid/portal");
    one(&patient.findings().0, "database", "there is no host of this name", "start PostgreSQL");
}

/// S95: it has columns that this program does not know.
#[test]
fn no_command_works_on_the_schema_of_a_newer_program() {
    let patient = Patient::healthy();
    let file = patient.folder.path().join("dovetail.db");
    run(&file, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    for command in [
        ["staff", "list"].as_slice(),
        &["staff", "add", "ann@studio.test", "--role", "admin"],
        &["refresh"],
        &["brake", "status"],
        &["brake", "release"],
        &["audit", "verify"],
        &["service-key", "list"],
        &["webhook", "list"],
        &["keys", "reseal"],
        &["migrate"],
        &["serve"],
        &["verify"],
    ] {
        let output = patient.run(command);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        assert!(
            said.contains("newer dovetail") || said.contains("not this program's"),
            "{command:?}: {said}"
        );
    }
}

#[test]
fn a_database_of_another_schema_and_for_everybody_to_read() {
    let patient = Patient::healthy();
    let file = patient.folder.path().join("dovetail.db");
    run(&file, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (findings, _) = patient.findings();
    one(&findings, "database", "mode 644", "chmod 600");
    one(&findings, "database", "newer dovetail", "backup");
    run(&file, "DELETE FROM __diesel_schema_migrations");
    one(&patient.findings().0, "database", "migrations", "dovetail migrate");
}

fn run(file: &Path, statement: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    SqliteConnection::establish(file.to_str().unwrap()).unwrap().batch_execute(statement).unwrap();
}

#[test]
fn anamazon_that_does_not_answer() {
    let mut patient = Patient::healthy();
    let nobody = format!("http://127.0.0.1:{}", port_for_a_program());
    patient.amazon_at(&nobody);
    let (findings, code) = patient.findings();
    assert_eq!(code, 1);
    for path in ["/auth/o2/token", "/auth/o2/tokeninfo", "/user/profile"] {
        one(&findings, "amazon", &format!("{nobody}{path} cannot be reached (connect)"), "firewall");
    }
}

/// What it sends holds nothing worth having, and the clock of the other side is believed enough to compare.
#[test]
fn a_clock_that_is_wrong() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut patient = Patient::healthy();
    patient.amazon_at(&format!("http://{}", listener.local_addr().unwrap()));
    let heard = thread::spawn(move || {
        let mut heard = String::new();
        for stream in listener.incoming().take(6) {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 4_096];
            let length = stream.read(&mut bytes).unwrap();
            heard.push_str(&String::from_utf8_lossy(&bytes[..length]));
            let answer = "HTTP/1.1 400 Bad Request\r\nDate: Tue, 01 Jan 2019 00:00:00 GMT\r\nContent-Length: 0\r\n\
                          Connection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).unwrap();
        }
        heard
    });
    let (findings, _) = patient.findings();
    one(&findings, "clock", "ahead of Amazon's", "NTP");
    let heard = heard.join().unwrap();
    assert!(heard.contains("GET /auth/o2/tokeninfo?access_token=made-up "), "the documented form: {heard}");
    assert!(
        !heard.contains("client_secret") && !heard.contains("amzn1.") && !heard.contains("Atz"),
        "{heard}"
    );
}

#[tokio::test]
async fn a_mail_server_that_does_not_answer_and_one_that_gets_no_mail() {
    let mut patient = Patient::healthy();
    patient.set("DOVETAIL_SMTP_URL", &format!("smtp://ann:hunter2@127.0.0.1:{}", port_for_a_program()));
    let (findings, _) = tokio::task::spawn_blocking(move || patient.findings()).await.unwrap();
    one(&findings, "mail", "cannot be reached", "DOVETAIL_SMTP_URL");
    assert!(!format!("{findings:?}").contains("hunter2"));
    let mut patient = Patient::healthy();
    let server = Smtp::start();
    patient.set("DOVETAIL_SMTP_URL", &server.url());
    let (findings, _) = tokio::task::spawn_blocking(move || patient.findings()).await.unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(server.received().is_empty(), "looking sends nothing");
}

#[test]
fn a_port_that_somebody_else_has() {
    let patient = Patient::healthy();
    let _other = TcpListener::bind(&patient.settings["DOVETAIL_LISTEN"]).unwrap();
    one(&patient.findings().0, "listener", "used by another program", "DOVETAIL_LISTEN");
}
