//! Stolen passwords: the filter that an operator builds offline, what it refuses, and whom it warns (S2).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dovetail::testing::config::Config;
use serde_json::json;
use sha1::{Digest, Sha1};
use tempfile::TempDir;

use super::harness::second_factor::give_password;
use super::harness::staff::code_at;
use super::harness::{Browser, Page, Portal};

const STOLEN: &str = "eleven slow trains to Riga";
const GOOD: &str = "nine brown kettles on ice";
/// Of [`Portal::bo`].
const BOS: &str = "Bo keeps 7 green boats";
const ENGLISH: &str = "This password is in a list of passwords stolen elsewhere. Choose one that you have used nowhere \
                       else: a few words in a row are fine.";
const GERMAN: &str = "Dieses Passwort steht in einer Liste von Passwörtern, die anderswo gestohlen wurden. Wähle eins, \
                      das du sonst nirgends benutzt hast: ein paar Wörter hintereinander genügen.";

/// A few thousand made-up passwords and the two of these stories, as ordered lines.
fn list() -> Vec<String> {
    let made_up = (0..4000).map(|n| format!("made up {n}"));
    let all = made_up.chain([STOLEN.to_owned(), BOS.to_owned()]);
    let hash = |text: String| data_encoding::HEXUPPER.encode(&Sha1::digest(text));
    let mut lines: Vec<String> =
        all.enumerate().map(|(n, text)| format!("{}:{}", hash(text), n % 9 + 1)).collect();
    lines.sort();
    lines
}

fn ordered(folder: &Path) -> PathBuf {
    let path = folder.join("pwned-passwords-sha1-ordered-by-hash.txt");
    fs::write(&path, list().join("\r\n")).unwrap();
    path
}

fn ranges(folder: &Path) -> PathBuf {
    let path = folder.join("ranges");
    fs::create_dir(&path).unwrap();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for line in list() {
        let (prefix, rest) = line.split_at(5);
        files.entry(prefix.to_owned()).or_default().extend([rest, "\r\n"]);
    }
    for (prefix, lines) in files {
        fs::write(path.join(format!("{prefix}.txt")), lines).unwrap();
    }
    path
}

fn dovetail(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dovetail")).args(arguments).env_clear().output().unwrap()
}

fn build(from: &Path, out: &Path, more: &[&str]) -> (i32, String) {
    let (from, out) = (from.to_str().unwrap(), out.to_str().unwrap());
    let done = dovetail(&[&["passwords", "filter", "--from", from, "--out", out], more].concat());
    (done.status.code().unwrap(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

/// A portal with a filter, and the folder in which it is.
async fn portal_with_filter() -> (Portal, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let filter = folder.path().join("filter");
    let (status, said) = build(&ordered(folder.path()), &filter, &[]);
    assert_eq!(status, 0, "{said}");
    let set = |settings: &mut super::harness::portal::Settings| {
        settings.set("DOVETAIL_PASSWORD_FILTER", filter.to_str().unwrap());
    };
    (Portal::with(set).await, folder)
}

async fn register(browser: &Browser, button: &str) -> Page {
    let form = browser.visit("/register").await;
    let form = form.fill("display_name", "Dora").fill("email", "dora@example.test");
    form.fill("password", STOLEN).press(button).await
}

#[tokio::test]
async fn a_stolen_password_is_refused_at_every_door_of_a_browser() {
    let (portal, _folder) = portal_with_filter().await;
    let refused = |page: &Page, field: &str, words: &str| {
        assert_eq!((page.status, page.error_of(field).as_deref()), (422, Some(words)), "{}", page.text());
    };
    // Registration, in both languages.
    refused(&register(&portal.browser().speaking("en"), "Create account").await, "password", ENGLISH);
    refused(&register(&portal.browser().speaking("de"), "Konto anlegen").await, "password", GERMAN);
    assert_eq!(portal.count_all("registrations"), 0);
    // A change.
    let bo = portal.bo().await;
    let change = portal.browser_of(&bo).visit("/account/password").await.fill("current_password", BOS);
    refused(&change.fill("new_password", STOLEN).press("Save password").await, "new_password", ENGLISH);
    // A reset, whose link stays.
    let form = portal.browser().visit("/forgot-password").await;
    form.fill("identifier", bo.email()).press("Send link").await;
    let form = portal.browser().visit(&portal.mail_to(bo.email()).link()).await;
    refused(&form.fill("new_password", STOLEN).press("Save password").await, "new_password", ENGLISH);
    assert_eq!(form.fill("new_password", GOOD).press("Save password").await.path(), "/sign-in");
    // A first password.
    let cleo = portal.cleo().await;
    let first = portal.browser_of(&cleo).visit("/account/password").await;
    refused(&first.fill("new_password", STOLEN).press("Save password").await, "new_password", ENGLISH);
    let saved = first.fill("new_password", "Kettles whistle at half past 6").press("Save password").await;
    assert_eq!(saved.code().as_deref(), Some("password_saved"), "{}", saved.text());
    // A device's player who is claimed.
    let mut game = portal.game().await;
    let device = json!({ "deviceId": "0f3c9a52-7d1e-4b7b-9a51-0d3f6f1f2a10", "deviceOS": "tvOS" });
    game.ask("DeviceAuthenticationRequest", device).await;
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let page = portal.browser().visit("/activate").await;
    let look = page.fill("code", begun["userCode"].as_str().unwrap()).press("Continue").await;
    let form = look.fill("display_name", "Zoe").fill("user_name", "zoe").fill("password", STOLEN);
    refused(&form.press("Create account").await, "password", ENGLISH);
    portal.verify().await;
}

#[tokio::test]
async fn staff_choose_no_stolen_password_either() {
    let (portal, _folder) = portal_with_filter().await;
    portal.meet_the_real_clock();
    let said = portal.says(&["staff", "add", "sam@desk.test", "--role", "admin"]);
    let page = portal.browser().visit(said.lines().find(|line| line.starts_with("http")).unwrap()).await;
    let code = code_at(&page.text_of(".secret").unwrap(), portal.clock.now());
    let refused = page.fill("password", STOLEN).fill("code", &code).press("Finish").await;
    assert_eq!((refused.status, refused.error_of("password").as_deref()), (422, Some(ENGLISH)));
}

#[tokio::test]
async fn a_stolen_password_is_refused_by_games() {
    let (portal, _folder) = portal_with_filter().await;
    let mut game = portal.game().await;
    let asked = |password: &str| json!({ "displayName": "Zoe", "userName": "zoe", "password": password });
    let answer = game.ask("RegistrationRequest", asked(STOLEN)).await;
    assert_eq!(answer["error"], json!({ "password": "INVALID" }));
    assert!(game.ask("RegistrationRequest", asked(GOOD)).await.get("error").is_none());
    let change = json!({ "oldPassword": GOOD, "newPassword": STOLEN });
    let answer = game.ask("ChangeUserDetailsRequest", change).await;
    assert_eq!(answer["error"], json!({ "newPassword": "INVALID" }));
    let change = json!({ "oldPassword": GOOD, "newPassword": "Zoe sails 9 blue kites" });
    assert!(game.ask("ChangeUserDetailsRequest", change).await.get("error").is_none());
}

#[tokio::test]
async fn whoever_signs_in_with_a_stolen_password_gets_in_and_is_told() {
    let (portal, _folder) = portal_with_filter().await;
    let bo = portal.bo().await;
    assert_eq!(bo.password(), BOS);
    let account = give_password(&portal.browser().speaking("en"), &bo).await;
    assert_eq!((account.path(), account.code()), ("/account".into(), Some("password_breached".into())));
    assert!(account.text().contains("stolen elsewhere"), "{}", account.text());
    assert_eq!(account.click("Choose another password").await.path(), "/account/password");
    assert_eq!(account.visit("/account").await.code(), None, "once");
    // A wrong password is told nothing about.
    let form = portal.browser().visit("/sign-in").await;
    let wrong = form.fill("identifier", bo.email()).fill("password", STOLEN).press("Sign in").await;
    assert_eq!((wrong.status, wrong.code()), (422, Some("credentials_wrong".into())));
    assert!(!wrong.text().contains("stolen"), "{}", wrong.text());
    // Another player's good one neither.
    let ann = portal.ann().await;
    assert_eq!(give_password(&portal.browser(), &ann).await.code(), None);
    // Before the second step the player is told as well, on the page of the code.
    let secret = portal.second_factor_of(&bo);
    let step = give_password(&portal.browser(), &bo).await;
    assert_eq!((step.path(), step.code()), ("/sign-in/two-step".into(), Some("password_breached".into())));
    let account = step.fill("code", &portal.app_code(&secret)).press("Continue").await;
    assert_eq!(account.path(), "/account");
}

#[tokio::test]
async fn the_warning_is_german_in_a_german_browser() {
    let (portal, _folder) = portal_with_filter().await;
    let bo = portal.bo().await;
    let form = portal.browser().speaking("de").visit("/sign-in").await;
    let account = form.fill("identifier", bo.email()).fill("password", BOS).press("Anmelden").await;
    assert_eq!(account.code().as_deref(), Some("password_breached"));
    assert!(account.text().contains("anderswo gestohlen"), "{}", account.text());
}

#[test]
fn lists_of_both_kinds_give_the_same_filter() {
    let folder = tempfile::tempdir().unwrap();
    let (one, many) = (folder.path().join("one"), folder.path().join("many"));
    let (status, said) = build(&ordered(folder.path()), &one, &[]);
    assert!(status == 0 && said.contains("4002 passwords are in"), "{said}");
    let (status, said) = build(&ranges(folder.path()), &many, &[]);
    assert_eq!(status, 0, "{said}");
    let [one, many] = [one, many].map(|path| fs::read(path).unwrap());
    assert_eq!(one.len(), 96 + 8 * 4002);
    assert_eq!(one[96..], many[96..]);
    // The time of the making and the check of the header may differ; the checksum of the rest does not.
    assert_eq!((&one[..32], &one[40..80]), (&many[..32], &many[40..80]));
}

#[test]
fn a_list_that_is_none_leaves_the_former_filter() {
    let folder = tempfile::tempdir().unwrap();
    let (list, out) = (ordered(folder.path()), folder.path().join("filter"));
    let (status, said) = build(&list, &out, &["--min-count", "9"]);
    assert!(status == 0 && said.contains("444 passwords") && said.contains("3558 were counted"), "{said}");
    let former = fs::read(&out).unwrap();
    for (lines, complaint) in [
        ("B:1\n", "line 1: expected a SHA-1"),
        (&format!("{:040}:1\n{:040}:1\n", 2, 1), "line 2: the hash is smaller"),
        ("", "no password"),
    ] {
        fs::write(&list, lines).unwrap();
        let (status, said) = build(&list, &out, &[]);
        assert!(status == 1 && said.contains(complaint), "{said}");
        assert!(fs::read(&out).unwrap() == former && !folder.path().join("filter.part").exists());
    }
}

#[tokio::test]
async fn the_program_does_not_start_on_a_file_that_is_no_whole_filter() {
    let folder = tempfile::tempdir().unwrap();
    let (list, out) = (ordered(folder.path()), folder.path().join("filter"));
    build(&list, &out, &[]);
    let portal = Portal::start().await;
    let mut settings = portal.settings_of_a_program();
    settings.insert("DOVETAIL_PASSWORD_FILTER".into(), out.to_str().unwrap().into());
    Config::from_map(settings.clone()).unwrap();
    let whole = fs::read(&out).unwrap();
    fs::write(folder.path().join("cut"), &whole[..whole.len() - 100]).unwrap();
    for (file, complaint) in [
        (folder.path().join("cut"), "is not as long as it was written"),
        (list, "is no filter"),
        (folder.path().join("none"), "cannot be read"),
    ] {
        settings.insert("DOVETAIL_PASSWORD_FILTER".into(), file.to_str().unwrap().into());
        let run = |command: &str| {
            let mut program = Command::new(env!("CARGO_BIN_EXE_dovetail"));
            program.arg(command).env_clear().envs(&settings).output().unwrap()
        };
        let done = run("serve");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(78), "{said}");
        assert!(said.contains("DOVETAIL_PASSWORD_FILTER") && said.contains(complaint), "{said}");
    }
}

#[tokio::test]
async fn doctor_tells_of_the_filter_and_reads_all_of_it() {
    let (portal, folder) = portal_with_filter().await;
    let (_, said) = portal.runs(&["doctor"]);
    assert!(said.contains("the filter has 4002 stolen passwords and was built 0 days ago"), "{said}");
    let filter = folder.path().join("filter");
    let mut bytes = fs::read(&filter).unwrap();
    bytes[1000] ^= 1;
    fs::write(&filter, bytes).unwrap();
    let (status, said) = portal.runs(&["doctor"]);
    assert!(status == 1 && said.contains("is not as it was written"), "{said}");
    let (_, said) = Portal::start().await.runs(&["doctor"]);
    assert!(said.contains("DOVETAIL_PASSWORD_FILTER is not set"), "{said}");
}
