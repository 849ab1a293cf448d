//! S129, S111: a player takes everything that is held of them, and nothing else.

use chrono::TimeDelta;
use serde_json::Value;

use super::harness::full_account::{Filled, SECRET};
use super::harness::personal_data_doc::Inventory;
use super::harness::{Browser, Page, Portal};

async fn take(browser: &Browser) -> Page {
    browser.visit("/account/data").await.press("Download my data").await
}

fn json(file: &Page) -> Value {
    serde_json::from_str(&file.html).unwrap_or_else(|error| panic!("{error}: {}", file.html))
}

/// The rows of the column that are this player's, in the order of the file.
fn stored(portal: &Portal, who: &Filled, table: &str, column: &str) -> Vec<String> {
    let id = &who.person.id;
    let whose = match table {
        "players" => format!("id = '{id}'"),
        "game_tokens" => format!("session_id = 'game of {id}'"),
        "mails" => format!("player_id = '{id}' OR id LIKE '%{id}'"),
        _ => format!("player_id = '{id}'"),
    };
    let order = match table {
        "game_tokens" => "token_hash",
        "player_second_factors" => "player_id",
        "audit_events" => "id DESC",
        _ => "id",
    };
    portal.lines(&format!(
        "SELECT coalesce(CAST({column} AS TEXT), '<null>') AS line FROM {table} WHERE {whose} ORDER BY {order}"
    ))
}

/// What stands at a place of the file: `mails[].to`.
fn told(file: &Value, place: &str) -> Vec<Value> {
    let (list, key) = place.rsplit_once('.').unwrap();
    let field = |row: &Value| row.get(key).unwrap_or_else(|| panic!("no {place}")).clone();
    match list.strip_suffix("[]") {
        Some(list) => {
            file[list].as_array().unwrap_or_else(|| panic!("no {list}")).iter().map(field).collect()
        }
        None => vec![field(&file[list])],
    }
}

/// Whether the file says what the row says.
fn is_same(stored: &str, told: &Value) -> bool {
    match told {
        Value::Null => stored == "<null>",
        Value::Bool(told) => *told == matches!(stored, "1" | "true"),
        Value::Number(told) => told.to_string() == stored,
        Value::String(told) => {
            *told == stored || told[..told.len().min(19)].replace('T', " ") == stored[..stored.len().min(19)]
        }
        other => serde_json::from_str::<Value>(stored).is_ok_and(|stored| stored == *other),
    }
}

#[tokio::test]
async fn every_column_of_the_list_is_in_the_file_and_no_other() {
    let portal = Portal::start().await;
    let bo = portal.filled("Bo", "mork", "nobody").await;
    let ann = portal.filled("Ann", "pat", &bo.person.id).await;
    let browser = portal.browser_of(&ann.person);
    let file = take(&browser).await;
    let file_json = json(&file);
    let inventory = Inventory::read();
    let mut places = 0;
    for (table, column, place) in inventory.places() {
        let told = told(&file_json, place);
        assert!(!told.is_empty(), "{place} is of no row");
        if column.at_rest != "open" || (table, column.name.as_str()) == ("audit_events", "network") {
            let texts: Vec<&str> = told.iter().filter_map(Value::as_str).collect();
            let is_opened = texts.iter().any(|text| text.contains(&ann.canary) || *text == "198.51.100.0/24");
            assert!(is_opened, "{place}: {told:?}");
        } else if (table, column.name.as_str()) == ("audit_events", "details") {
            assert!(told.contains(&serde_json::json!({ "door": "game" })), "others are left out: {told:?}");
        } else {
            let stored = stored(&portal, &ann, table, &column.name);
            assert_eq!(stored.len(), told.len(), "{place}: {stored:?} {told:?}");
            for (stored, told) in stored.iter().zip(&told) {
                assert!(is_same(stored, told), "{place}: {stored} is not {told}");
            }
        }
        places += 1;
    }
    assert!(places > 100, "the list was read");

    // And nothing that the list does not know.
    for (section, rows) in file_json.as_object().unwrap().iter().filter(|(name, _)| *name != "about") {
        let (prefix, rows) = match rows {
            Value::Array(rows) => (format!("{section}[]"), rows.clone()),
            object => (section.clone(), vec![object.clone()]),
        };
        for key in rows.iter().flat_map(|row| row.as_object().unwrap().keys()) {
            let place = format!("{prefix}.{key}");
            assert!(inventory.places().any(|(_, _, known)| known == place), "{place} is not in the list");
        }
    }
}

#[tokio::test]
async fn no_secret_and_nobody_else_is_in_it() {
    let portal = Portal::start().await;
    let bo = portal.filled("Bo", "mork", "nobody").await;
    let ann = portal.filled("Ann", "pat", &bo.person.id).await;
    let browser = portal.browser_of(&ann.person);
    let file = take(&browser).await;
    assert!(file.html.contains(&ann.canary));
    let mut never = vec![SECRET, "of-the-harness", "Atza|", "Atzr|", "$argon2", "staff-who", "Somebody Else"];
    never.extend([bo.person.id.as_str(), bo.person.email(), &bo.canary]);
    for text in never {
        assert!(!file.html.contains(text), "{text} in {}", file.html);
    }
    assert_eq!(json(&file)["history"][0]["by"], "player", "the export itself comes first");
    assert!(file.html.contains("\"by\": \"support\""));
}

#[tokio::test]
async fn it_is_a_file_that_opens_safely_and_its_player_is_told() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    let browser = portal.browser_of(&ann);
    let file = take(&browser).await;
    assert_eq!(file.status, 200);
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-disposition", "attachment; filename=\"dovetail-data-2032-12-01.json\""),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(file.header(name).as_deref(), Some(value));
    }
    let parsed = json(&file);
    assert_eq!(parsed["about"]["player_id"], ann.id);
    assert_eq!(parsed["account"]["email"], ann.email());
    let keys = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("  \""))
            .map(|line| line.split('"').nth(1).unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        keys(&file.html)[..3],
        ["about", "account", "amazon_link"],
        "a person can read it: {}",
        file.html
    );
    assert_eq!(portal.events_of(&ann), ["player.data.exported"]);
    let mail = portal.mail_to(ann.email());
    assert_eq!(mail.kind, "data-exported");
    assert!(mail.text.contains("/account/password"), "{mail:?}");
    // The page stays, and its button works again.
    assert_eq!(keys(&take(&browser).await.html), keys(&file.html), "the same keys each time");
    for _ in 0..3 {
        assert_eq!(take(&browser).await.status, 200);
    }
    let refused = take(&browser).await;
    assert_eq!((refused.status, refused.code().as_deref()), (429, Some("throttled")));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(portal.events_of(&ann).len(), 5);
    portal.wait(TimeDelta::hours(1));
    assert_eq!(take(&portal.browser_of(&ann)).await.status, 200);
}

/// A file would leave its reader on a page that asks something else.
#[tokio::test]
async fn after_proof_of_identity_the_button_is_there_again() {
    let portal = Portal::start().await;
    let (ann, cleo) = (portal.ann().await, portal.cleo().await);
    let asked = take(&portal.stale_browser_of(&ann)).await;
    assert_eq!(asked.path(), "/account/confirm-identity");
    assert_eq!(portal.events_of(&ann).len(), 0);
    let page = asked.fill("password", ann.password()).press("Confirm").await;
    assert_eq!((page.path().as_str(), page.code().as_deref()), ("/account/data", Some("data_ready")));
    assert_eq!(json(&page.press("Download my data").await)["about"]["player_id"], ann.id);

    let browser = portal.stale_browser_of(&cleo);
    portal.at_amazon(&browser, "hanako").await;
    let page = take(&browser).await.press("Confirm with Amazon").await;
    assert_eq!(page.path(), "/account/data", "{}", page.text());
    assert_eq!(json(&page.press("Download my data").await)["about"]["player_id"], cleo.id);
    assert_eq!(portal.mails_to("cleo@example.test").len(), 0, "nobody to write to");
}

/// Page after page of a history, each row once.
#[tokio::test]
async fn a_long_history_is_whole() {
    let portal = Portal::start().await;
    let ann = portal.ann().await;
    many_records(&portal, &ann.id, 1_203, "x");
    let file = json(&take(&portal.browser_of(&ann)).await);
    let history = file["history"].as_array().unwrap();
    let mut ids: Vec<&str> = history.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 1_204);
    ids.dedup();
    assert!(ids.len() == 1_204 && ids.is_sorted_by(|one, next| one > next), "newest first, each once");
}

/// Records without personal part or seal: many, quickly.
pub fn many_records(portal: &Portal, player: &str, many: usize, words: &str) {
    let rows: Vec<String> = (0..many)
        .map(|number| {
            format!(
                "('0190{number:08}', {}, 'player.session.started', '{player}', 'player', 'R', '{{\"with\":\"{words}\"}}')",
                portal.moment(-100)
            )
        })
        .collect();
    for rows in rows.chunks(500) {
        portal.run(&format!(
            "INSERT INTO audit_events (id, at, kind, player_id, actor, reference, details) VALUES {}",
            rows.join(", ")
        ));
    }
}

mod the_command {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn writes_the_same_file() {
        let portal = Portal::start().await;
        let ann = portal.filled("Ann", "pat", "nobody").await;
        let said = portal.says(&["player", "export", &ann.person.id]);
        let told: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(told["account"]["user_name"], ann.canary);
        assert!(!said.contains(SECRET));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ann.json");
        let out = path.to_str().unwrap();
        let (code, said) = portal.runs(&["player", "export", &ann.person.id, "--out", out]);
        assert_eq!(code, 0, "{said}");
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(kept["account"], told["account"]);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (code, _) = portal.runs(&["player", "export", &ann.person.id, "--out", out]);
        assert_eq!(code, 1, "nothing is written over");
        let records =
            portal.lines("SELECT actor AS line FROM audit_events WHERE kind = 'player.data.exported'");
        assert_eq!(records, ["operator", "operator"]);
        let told = portal.count("SELECT count(*) AS count FROM mails WHERE kind = 'data-exported'");
        assert_eq!(told, 2);
    }

    #[tokio::test]
    async fn knows_nobody_else() {
        let portal = Portal::start().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nobody.json");
        for id in ["0199aaaa-0000-7000-8000-000000000001", "", "%"] {
            let (code, said) = portal.runs(&["player", "export", id, "--out", path.to_str().unwrap()]);
            assert_eq!((code, said.as_str()), (1, "There is no such player.\n"));
            assert!(!path.exists());
        }
        assert_eq!(portal.runs(&["player", "export"]).0, 2);
        assert_eq!(portal.runs(&["player"]).0, 2);
        assert_eq!(portal.runs(&["player", "export", "--help"]).0, 0);
    }
}
