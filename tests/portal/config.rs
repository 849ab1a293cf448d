//! The settings: what production refuses, what development fills in, and what docs/configuration.md says of them.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use dovetail::testing::config::{Config, DatabaseLocation, MailDelivery, Mode, all_settings, new_keys};
use tempfile::TempDir;

type Values = BTreeMap<String, String>;

/// A folder with a database file, and settings that production accepts.
struct Studio {
    folder: TempDir,
    values: Values,
}

impl Studio {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("portal.db");
        fs::write(&database, "").unwrap();
        fs::set_permissions(&database, Permissions::from_mode(0o600)).unwrap();
        let mut studio = Self { folder, values: Values::new() };
        for line in new_keys().unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            studio.values.insert(name.to_owned(), value.to_owned());
        }
        studio
            .with("DOVETAIL_PUBLIC_URL", "https://account.studio.test")
            .with("DOVETAIL_DATABASE_URL", &format!("sqlite:{}", database.display()))
            .with("DOVETAIL_AMAZON_CLIENT_ID", "amzn1.application-oa2-client.9f3c1b7a2e6d4508")
            .with(
                "DOVETAIL_AMAZON_CLIENT_SECRET",
                "8f3a61c0d97b24e5f01846bd93ac7e2570bd19f4ce8632a5d7410e9fb86c3a25",
            )
            .with("DOVETAIL_SMTP_URL", "smtps://portal:hunter2@mail.studio.test")
            .with("DOVETAIL_MAIL_FROM", "Studio <no-reply@studio.test>")
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A file in the studio's folder that everybody may read.
    fn open_file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        path.display().to_string()
    }

    fn read(&self) -> Result<Config, Vec<String>> {
        Config::from_map(self.values.clone()).map_err(|refused| {
            let said = refused.to_string();
            for secret in ["hunter2", "8f3a61c0d97b24e5"] {
                assert!(!said.contains(secret), "{said}");
            }
            refused.problems.into_iter().map(|problem| problem.setting).collect()
        })
    }
}

/// What production must not start with: a name, the change, the setting that is named.
fn unsafe_studios() -> Vec<(&'static str, Studio, &'static str)> {
    let mut lines: Vec<(&str, Studio, &str)> = Vec::new();
    for name in [
        "DOVETAIL_PUBLIC_URL",
        "DOVETAIL_DATABASE_URL",
        "DOVETAIL_AMAZON_CLIENT_ID",
        "DOVETAIL_AMAZON_CLIENT_SECRET",
        "DOVETAIL_TOKEN_KEYS",
        "DOVETAIL_SESSION_KEY",
        "DOVETAIL_SMTP_URL",
        "DOVETAIL_MAIL_FROM",
    ] {
        let mut studio = Studio::new();
        studio.values.remove(name);
        lines.push(("missing", studio, name));
    }
    for (what, name, value) in changes() {
        lines.push((what, Studio::new().with(name, &value), name));
    }
    lines.extend(equal_keys());
    lines.extend(open_files());
    lines
}

#[expect(clippy::too_many_lines, reason = "one table")]
fn changes() -> Vec<(&'static str, &'static str, String)> {
    let base64 = |key: &[u8]| data_encoding::BASE64.encode(key);
    let counting: Vec<u8> = (0..64).collect();
    [
        ("empty", "DOVETAIL_SESSION_KEY", String::new()),
        ("a short key", "DOVETAIL_SESSION_KEY", base64(&counting[..32])),
        ("a counting key", "DOVETAIL_SESSION_KEY", base64(&counting)),
        ("a key of zeros", "DOVETAIL_SESSION_KEY", base64(&[0; 64])),
        ("a short ring key", "DOVETAIL_TOKEN_KEYS", format!("a:{}", base64(&counting[..16]))),
        (
            "an example key",
            "DOVETAIL_TOKEN_KEYS",
            format!("a:{}", base64(b"this-is-an-example-of-32-bytes!!")),
        ),
        ("a repeated index key", "DOVETAIL_INDEX_KEY", base64(&[9; 32])),
        ("a repeated audit key", "DOVETAIL_AUDIT_KEY", base64(&[9; 32])),
        ("a short client secret", "DOVETAIL_AMAZON_CLIENT_SECRET", "8f3a61c0d97b24e5".into()),
        ("an example client secret", "DOVETAIL_AMAZON_CLIENT_SECRET", "example-".repeat(5)),
        (
            "the simulator's client secret",
            "DOVETAIL_AMAZON_CLIENT_SECRET",
            "amzn1.oa2-cs.v1.646f76657461696c000000000000000000000000000000000000000000000001".into(),
        ),
        (
            "the simulator's client",
            "DOVETAIL_AMAZON_CLIENT_ID",
            "amzn1.application-oa2-client.646f76657461696c0000000000000001".into(),
        ),
        ("plain http", "DOVETAIL_PUBLIC_URL", "http://account.studio.test".into()),
        ("plain http at home", "DOVETAIL_PUBLIC_URL", "http://localhost:8080".into()),
        ("a path", "DOVETAIL_PUBLIC_URL", "https://studio.test/account".into()),
        ("a query", "DOVETAIL_PUBLIC_URL", "https://studio.test/?a=b".into()),
        ("user info", "DOVETAIL_PUBLIC_URL", "https://ann@studio.test".into()),
        (
            "another authorize host",
            "DOVETAIL_AMAZON_AUTHORIZE_URL",
            "https://amazon.studio.test/ap/oa".into(),
        ),
        ("another token host", "DOVETAIL_AMAZON_TOKEN_URL", "https://api.amazon.com.studio.test/".into()),
        ("plain tokens", "DOVETAIL_AMAZON_TOKEN_URL", "http://api.amazon.com/auth/o2/token".into()),
        (
            "another port",
            "DOVETAIL_AMAZON_TOKENINFO_URL",
            "https://api.amazon.com:8443/auth/o2/tokeninfo".into(),
        ),
        (
            "another profile host",
            "DOVETAIL_AMAZON_PROFILE_URL",
            "https://api.amazon.com.proxy.studio.test/user/profile".into(),
        ),
        ("this machine", "DOVETAIL_AMAZON_CODEPAIR_URL", "https://127.0.0.1/auth/o2/create/codepair".into()),
        ("the simulator", "DOVETAIL_SIMULATOR", "on".into()),
        ("no throttle", "DOVETAIL_THROTTLE", "off".into()),
        ("the default database", "DOVETAIL_DATABASE_URL", "sqlite:data/dovetail.db".into()),
        ("a database in memory", "DOVETAIL_DATABASE_URL", "sqlite::memory:".into()),
        ("a database that is not there", "DOVETAIL_DATABASE_URL", "sqlite:/nowhere/portal.db".into()),
        ("everybody a proxy", "DOVETAIL_TRUSTED_PROXIES", "0.0.0.0/0".into()),
        ("everybody in halves", "DOVETAIL_TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1".into()),
        ("everybody in IPv6", "DOVETAIL_TRUSTED_PROXIES", "::/0".into()),
        (
            "everybody in scattered pieces",
            "DOVETAIL_TRUSTED_PROXIES",
            (0..128).map(|first| format!("{}.0.0.0/8", first * 2)).collect::<Vec<_>>().join(","),
        ),
        (
            "a far server by its address",
            "DOVETAIL_DATABASE_URL",
            "postgres://portal:hunter2@localhost/portal?hostaddr=10.0.0.9".into(),
        ),
        (
            "a mail password in the clear",
            "DOVETAIL_SMTP_URL",
            "smtp://portal:hunter2@mail.studio.test".into(),
        ),
        (
            "a mail password in the clear at times",
            "DOVETAIL_SMTP_URL",
            "smtp://portal:hunter2@mail.studio.test?tls=opportunistic".into(),
        ),
        ("a misspelt level of the log", "DOVETAIL_LOG", "inof".into()),
        ("a misspelt module in the log", "DOVETAIL_LOG", "info,dovetail::lwaa=debug".into()),
        ("an empty audience", "DOVETAIL_AMAZON_AUDIENCES", ",".into()),
        ("a list in a list", "DOVETAIL_AMAZON_AUDIENCES", "[\"amzn1.application-oa2-client.9f\"]".into()),
        ("a plain origin to return to", "DOVETAIL_RETURN_ORIGINS", "http://studio.test".into()),
        ("an origin with a path", "DOVETAIL_RETURN_ORIGINS", "https://studio.test/offers".into()),
        ("a plain origin for games", "DOVETAIL_GAME_ORIGINS", "http://game.studio.test".into()),
        (
            "the game credentials of a checkout",
            "DOVETAIL_GAME_CREDENTIALS",
            "dovetail:device:development-device-secret-0001".into(),
        ),
        (
            "one game credential twice",
            "DOVETAIL_GAME_CREDENTIALS",
            "key:device:5d0Vq81LmZx3RtWc9aYe,key:device:8Kp2TnYw6HsBq4JvRc7X".into(),
        ),
        ("a short game secret", "DOVETAIL_GAME_CREDENTIALS", "key:device:83hf7s".into()),
        ("a cheap hash", "DOVETAIL_ARGON2_MEMORY_KIB", "8192".into()),
        ("a short password", "DOVETAIL_PASSWORD_MIN", "7".into()),
        ("an endless session", "DOVETAIL_SESSION_MAX", "31d".into()),
        ("a lease shorter than a call", "DOVETAIL_REFRESH_LEASE", "4s".into()),
        ("a name nobody knows", "DOVETAIL_LISTNE", "127.0.0.1:1".into()),
    ]
    .into()
}

fn equal_keys() -> Vec<(&'static str, Studio, &'static str)> {
    let studio = Studio::new();
    let ring = studio.values["DOVETAIL_TOKEN_KEYS"].clone();
    let (id, token_key) = ring.split_once(':').unwrap();
    let other = Studio::new().values["DOVETAIL_TOKEN_KEYS"].clone();
    let other_key = other.split_once(':').unwrap().1;
    let session_key = studio.values["DOVETAIL_SESSION_KEY"].clone();
    let whole = data_encoding::BASE64.decode(session_key.as_bytes()).unwrap();
    let part = data_encoding::BASE64.encode(&whole[16..48]);
    let twice = "k:device:5d0Vq81LmZx3RtWc9aYe,k:server:5d0Vq81LmZx3RtWc9aYe";
    vec![
        (
            "one key twice in the ring",
            studio.with("DOVETAIL_TOKEN_KEYS", &format!("{ring},b:{token_key}")),
            "DOVETAIL_TOKEN_KEYS",
        ),
        (
            "one id for two keys",
            Studio::new().with("DOVETAIL_TOKEN_KEYS", &format!("{ring},{id}:{other_key}")),
            "DOVETAIL_TOKEN_KEYS",
        ),
        (
            "one key for two purposes",
            Studio::new().with("DOVETAIL_TOKEN_KEYS", &ring).with("DOVETAIL_INDEX_KEY", token_key),
            "DOVETAIL_INDEX_KEY",
        ),
        (
            "a part of the session key",
            Studio::new().with("DOVETAIL_SESSION_KEY", &session_key).with("DOVETAIL_AUDIT_KEY", &part),
            "DOVETAIL_AUDIT_KEY",
        ),
        (
            "two games with one secret",
            Studio::new().with("DOVETAIL_GAME_CREDENTIALS", twice),
            "DOVETAIL_GAME_CREDENTIALS",
        ),
    ]
}

/// A studio whose database lies where everybody may put a file in its place.
fn open_folder() -> Studio {
    let studio = Studio::new();
    fs::set_permissions(studio.folder.path(), Permissions::from_mode(0o777)).unwrap();
    studio
}

fn open_files() -> Vec<(&'static str, Studio, &'static str)> {
    let mut secret = Studio::new();
    let key = secret.values.remove("DOVETAIL_SESSION_KEY").unwrap();
    let path = secret.open_file("session.key", &key);
    let database = Studio::new();
    database.open_file("portal.db", "");
    let log = Studio::new();
    log.open_file("portal.db-wal", "");
    vec![
        ("a secret everybody reads", secret.with("DOVETAIL_SESSION_KEY_FILE", &path), "DOVETAIL_SESSION_KEY"),
        ("a database everybody reads", database, "DOVETAIL_DATABASE_URL"),
        ("a write-ahead log everybody reads", log, "DOVETAIL_DATABASE_URL"),
        ("a database in a folder everybody writes", open_folder(), "DOVETAIL_DATABASE_URL"),
    ]
}

/// The program with these settings and no others.
fn dovetail(arguments: &[&str], values: &Values, folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .args(arguments)
        .env_clear()
        .envs(values)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn development() -> Values {
    Values::from([("DOVETAIL_MODE".to_owned(), "development".to_owned())])
}

#[test]
fn production_accepts_a_studio_that_is_set_up_well() {
    let config = Studio::new().read().unwrap();
    assert_eq!(config.mode, Mode::Production);
    assert_eq!(config.amazon.endpoints.token.as_str(), "https://api.amazon.com/auth/o2/token");
    assert_eq!(config.amazon.audiences, ["amzn1.application-oa2-client.9f3c1b7a2e6d4508"]);
    assert!(config.game.credentials.is_empty(), "the door for games is closed");
    assert!(config.amazon.simulator_listen.is_none());
    assert!(config.http.has_secure_cookies());
}

#[test]
fn production_refuses_each_unsafe_line_and_names_the_setting() {
    for (what, studio, setting) in unsafe_studios() {
        let named = studio.read().expect_err(what);
        assert_eq!(named, [setting], "{what}");
    }
}

#[test]
fn the_program_exits_with_78_before_it_binds_a_port() {
    // Whoever binds this taken port fails in another way than 78.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (what, studio, setting) in unsafe_studios() {
        let studio = studio.with("DOVETAIL_LISTEN", &address);
        let output = dovetail(&[], &studio.values, studio.folder.path());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(78), "{what}: {said}");
        assert!(said.contains(setting), "{what}: {said}");
        let value = studio.values.get(setting).filter(|value| value.len() > 8);
        assert!(value.is_none_or(|value| !said.contains(value)), "{what}: the value is shown: {said}");
    }
}

#[test]
fn an_empty_environment_is_production_and_lists_what_it_wants() {
    let folder = tempfile::tempdir().unwrap();
    let output = dovetail(&[], &Values::new(), folder.path());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{said}");
    for setting in all_settings().filter(|setting| setting.is_required) {
        assert!(said.contains(setting.name), "{} is missing in: {said}", setting.name);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn all_problems_are_told_at_once() {
    let studio = Studio::new()
        .with("DOVETAIL_LISTEN", "here")
        .with("DOVETAIL_SITE_NAME", " blank")
        .with("DOVETAIL_SUPPORT_URL", "https://a\u{7}b")
        .with("DOVETAIL_LOG", "info=loud")
        .with("DOVETAIL_HASH_QUEUE", "many");
    let named = studio.read().unwrap_err();
    let wanted = [
        "DOVETAIL_HASH_QUEUE",
        "DOVETAIL_LISTEN",
        "DOVETAIL_LOG",
        "DOVETAIL_SITE_NAME",
        "DOVETAIL_SUPPORT_URL",
    ];
    assert_eq!(named, wanted);
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    for (wrong, right) in [
        ("DOVETAIL_LISTNE", "DOVETAIL_LISTEN"),
        ("dovetail_public_url", "DOVETAIL_PUBLIC_URL"),
        ("DOVETAIL_SESION_KEY_FILE", "DOVETAIL_SESSION_KEY_FILE"),
    ] {
        let values = Studio::new().with(wrong, "x").values;
        let said = Config::from_map(values).unwrap_err().to_string();
        assert!(said.contains(&format!("{wrong} is not a setting; did you mean {right}")), "{said}");
    }
    let values = Studio::new().with("DOVETAIL_\nFORGED=line", "x").values;
    assert!(!Config::from_map(values).unwrap_err().to_string().contains("\nFORGED"));
}

#[test]
fn development_needs_nothing_and_makes_its_keys_once() {
    let place = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", place.path().join("data/dovetail.db").display());
    let mut values = development();
    values.insert("DOVETAIL_DATABASE_URL".into(), database);
    assert!(Config::from_map(values.clone()).unwrap().secrets().is_err(), "reading makes nothing");
    let config = Config::from_map_making_keys(&values).unwrap();
    let id = config.secrets().unwrap().token_keys[0].id.clone();
    let again = Config::from_map(values).unwrap();
    assert_eq!(again.secrets().unwrap().token_keys[0].id, id);
    let mode = fs::metadata(place.path().join("data/keys.env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn development_stands_on_the_simulator_and_the_outbox() {
    let config = Config::from_map(development()).unwrap();
    assert!(
        matches!(&config.database.location, DatabaseLocation::Sqlite(path) if path == Path::new("data/dovetail.db"))
    );
    assert!(matches!(config.mail.delivery, MailDelivery::Outbox));
    assert_eq!(config.http.public_url.as_str(), "http://localhost:8080/");
    assert_eq!(config.amazon.endpoints.authorize.as_str(), "http://127.0.0.1:8081/ap/oa");
    let names: Vec<&str> =
        config.game.credentials.iter().map(|credential| credential.name.as_str()).collect();
    assert_eq!(names, ["device", "server"]);
}

#[test]
fn an_address_set_by_hand_wins_over_region_and_simulator() {
    let mut values = development();
    values.insert("DOVETAIL_AMAZON_REGION".into(), "eu".into());
    values.insert("DOVETAIL_AMAZON_TOKEN_URL".into(), "http://127.0.0.1:9999/token".into());
    let endpoints = Config::from_map(values.clone()).unwrap().amazon.endpoints;
    assert_eq!(endpoints.token.as_str(), "http://127.0.0.1:9999/token");
    assert_eq!(endpoints.profile.as_str(), "http://127.0.0.1:8081/eu/user/profile");
    values.insert("DOVETAIL_SIMULATOR".into(), "off".into());
    values.insert("DOVETAIL_AMAZON_CLIENT_ID".into(), "amzn1.application-oa2-client.9f".into());
    values.insert("DOVETAIL_AMAZON_CLIENT_SECRET".into(), "x".into());
    let endpoints = Config::from_map(values).unwrap().amazon.endpoints;
    assert_eq!(endpoints.authorize.as_str(), "https://eu.account.amazon.com/ap/oa");
    assert_eq!(endpoints.token.as_str(), "http://127.0.0.1:9999/token");
}

#[test]
fn development_listens_to_this_machine_only() {
    for name in ["DOVETAIL_LISTEN", "DOVETAIL_OPS_LISTEN", "DOVETAIL_SIMULATOR_LISTEN"] {
        let mut values = development();
        values.insert(name.into(), "0.0.0.0:8099".into());
        let refused = Config::from_map(values).unwrap_err();
        assert_eq!(refused.problems[0].setting, name);
    }
}

#[test]
fn a_secret_may_come_from_a_file_but_not_from_two_places() {
    let mut studio = Studio::new();
    let key = studio.values.remove("DOVETAIL_SESSION_KEY").unwrap();
    let path = studio.open_file("session.key", &format!("{key}\n"));
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let studio = studio.with("DOVETAIL_SESSION_KEY_FILE", &path);
    assert!(studio.read().is_ok());
    assert_eq!(studio.with("DOVETAIL_SESSION_KEY", &key).read().unwrap_err(), ["DOVETAIL_SESSION_KEY"]);
    let missing = Studio::new().with("DOVETAIL_INDEX_KEY_FILE", "/nowhere/index.key");
    assert_eq!(missing.read().unwrap_err(), ["DOVETAIL_INDEX_KEY"]);
    let plain = Studio::new().with("DOVETAIL_LISTEN_FILE", &path);
    assert_eq!(plain.read().unwrap_err(), ["DOVETAIL_LISTEN_FILE"]);
}

#[test]
fn config_show_prints_every_setting_and_no_secret() {
    let mut studio = Studio::new().with("DOVETAIL_GAME_CREDENTIALS", "k:device:5d0Vq81LmZx3RtWc9aYe");
    studio.values.remove("DOVETAIL_MODE");
    let output = dovetail(&["config", "show"], &studio.values, studio.folder.path());
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = said.lines().map(|line| line.split_once(" = ").unwrap().0).collect();
    let mut wanted: Vec<&str> = all_settings().map(|setting| setting.name).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    for name in ["DOVETAIL_SESSION_KEY", "DOVETAIL_AMAZON_CLIENT_SECRET"] {
        assert!(!said.contains(&studio.values[name]), "{said}");
    }
    assert!(!said.contains("hunter2") && !said.contains("5d0Vq81LmZx3RtWc9aYe"), "{said}");
    assert!(said.contains("DOVETAIL_SMTP_URL = smtps://***@mail.studio.test"), "{said}");
    assert!(said.contains("DOVETAIL_SESSION_KEY = set (sha256 "), "{said}");
    assert!(said.contains("DOVETAIL_INDEX_KEY = unset\n"), "{said}");
}

#[test]
fn new_keys_are_fit_for_production() {
    let mut studio = Studio::new();
    let output = dovetail(&["keys", "new"], &Values::new(), studio.folder.path());
    assert_eq!(output.status.code(), Some(0));
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let (name, value) = line.split_once('=').unwrap();
        studio = studio.with(name, value);
    }
    assert!(studio.read().is_ok());
}

#[test]
fn help_ends_well_and_nonsense_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code) in [
        (["--help"].as_slice(), 0),
        (&["help"], 0),
        (&["serve", "--help"], 0),
        (&["config", "show", "--help"], 0),
        (&["keys", "new", "--help"], 0),
        (&["nonsense"], 2),
        (&["serve", "--secret=x"], 2),
        (&["config"], 2),
    ] {
        let output = dovetail(arguments, &Values::new(), folder.path());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn the_table_of_settings_is_the_list_in_the_program() {
    let page = include_str!("../../docs/configuration.md");
    let written: Vec<&str> = page.lines().filter(|line| line.starts_with("| `DOVETAIL_")).collect();
    let wanted: Vec<String> = all_settings().map(dovetail::testing::config::Setting::row).collect();
    assert!(written == wanted, "the table in docs/configuration.md should be:\n{}", wanted.join("\n"));
}
