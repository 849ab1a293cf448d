//! The commands, run as an operator would: their words, and how they end.

use std::path::Path;
use std::process::{Command, Output};

use diesel::{QueryDsl, RunQueryDsl};
use dovetail::testing::platform::db::Db;
use dovetail::testing::platform::db::schema::amazon_links;
use serde_json::Value;

fn dovetail(folder: &Path, mode: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dovetail"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("DOVETAIL_MODE", mode)
        .env("DOVETAIL_DATABASE_URL", format!("sqlite:{}", folder.join("dovetail.db").display()))
        .output()
        .unwrap()
}

#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}{complained}");
    said
}

#[test]
fn migrate_says_what_is_missing_and_makes_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| dovetail(folder.path(), "development", arguments);
    ends(&run(&["migrate", "status"]), 1);
    assert!(!folder.path().join("dovetail.db").exists(), "asking makes nothing");
    assert!(ends(&run(&["migrate"]), 0).contains("applied"));
    ends(&run(&["migrate", "status"]), 0);
    assert!(ends(&run(&["migrate", "up"]), 0).contains("up to date"));
    ends(&run(&["migrate", "sideways"]), 2);
}

#[test]
fn routes_are_listed_for_machines_and_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| dovetail(folder.path(), "development", arguments);
    let routes: Vec<Value> = serde_json::from_str(&ends(&run(&["routes", "--json"]), 0)).unwrap();
    let email = routes.iter().find(|row| row["method"] == "POST" && row["path"] == "/account/email").unwrap();
    assert_eq!(
        (&email["who"], &email["fresh"], &email["csrf"]),
        (&"player".into(), &true.into(), &true.into())
    );
    for row in &routes {
        let is_for_machines =
            row["who"].as_str().is_some_and(|who| who == "game" || who.starts_with("service:"));
        assert_eq!(row["csrf"], row["method"] != "GET" && !is_for_machines, "{row}");
    }
    assert_eq!(ends(&run(&["routes"]), 0).lines().count(), routes.len());
}

#[test]
fn a_population_is_made_up_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| dovetail(folder.path(), "development", arguments);
    assert!(ends(&run(&["seed", "--players", "7"]), 0).starts_with("7 players made"));
    assert!(ends(&run(&["seed", "--players", "9"]), 0).starts_with("2 players made"));
    let url = format!("sqlite:{}", folder.path().join("dovetail.db").display());
    let db = Db::open(&url, 1).unwrap();
    let links: i64 = amazon_links::table.count().get_result(&mut *db.connection().unwrap()).unwrap();
    assert_eq!(links, 4, "every second one is linked");
    ends(&run(&["seed", "--players", "0"]), 2);
    ends(&run(&["seed"]), 2);
}

#[test]
fn unsafe_settings_end_a_command_with_78() {
    let folder = tempfile::tempdir().unwrap();
    ends(&dovetail(folder.path(), "production", &["migrate"]), 78);
    ends(&dovetail(folder.path(), "production", &["seed", "--players", "1"]), 78);
}

#[test]
fn the_simulator_takes_only_return_urls_that_a_browser_can_follow() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| dovetail(folder.path(), "development", arguments);
    assert!(ends(&run(&["simulator", "--help"]), 0).contains("--allow-return-url <URL>"));
    for wrong in ["", "callback", "app:callback", "https://game.example/#x"] {
        let output = run(&["simulator", "--allow-return-url", wrong]);
        ends(&output, 1);
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(complained.contains("is not a URL with http:// or https://"), "{complained}");
    }
}
