//! S128: the list of what is kept about players is what is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::harness::personal_data_doc::Inventory;
use super::harness::{Page, Portal};

/// The tables of the schema with their columns, as they stand in the source.
fn schema() -> BTreeMap<String, Vec<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/platform/db/schema.rs");
    let (mut tables, mut table): (BTreeMap<String, Vec<String>>, _) = (BTreeMap::new(), String::new());
    for line in fs::read_to_string(source).unwrap().lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        } else if let Some((column, _)) = line.split_once(" -> ").filter(|_| line.ends_with(',')) {
            tables.entry(table.clone()).or_default().push(column.to_owned());
        }
    }
    tables
}

#[test]
fn every_column_has_a_line_and_every_line_a_column() {
    let (schema, inventory) = (schema(), Inventory::read());
    let listed: BTreeMap<String, Vec<String>> = inventory
        .tables
        .iter()
        .map(|(name, table)| (name.clone(), table.columns.iter().map(|column| column.name.clone()).collect()))
        .collect();
    let named: BTreeSet<&String> = listed.keys().chain(&inventory.nothing).collect();
    assert_eq!(named, schema.keys().collect(), "every table stands once, in one of the two lists");
    assert_eq!(named.len(), listed.len() + inventory.nothing.len(), "no table stands twice");
    for (table, columns) in &listed {
        let sorted = |columns: &[String]| columns.iter().cloned().collect::<BTreeSet<String>>();
        assert_eq!(sorted(columns), sorted(&schema[table]), "{table}");
        assert_eq!(columns.len(), schema[table].len(), "{table} has a column twice");
    }
}

/// A column that names a player cannot hide among the tables that hold nothing of one.
#[test]
fn no_table_without_a_player_names_one() {
    let (schema, inventory) = (schema(), Inventory::read());
    for table in &inventory.nothing {
        let names = schema[table].iter().find(|column| column.contains("player"));
        assert_eq!(names, None, "{table}");
    }
}

#[test]
fn what_lets_somebody_in_is_never_in_the_file() {
    for (table, known) in Inventory::read().tables {
        for column in known.columns {
            let is_secret = column.name.ends_with("_hash")
                || column.name == "csrf_secret"
                || column.name.contains("token_sealed")
                || column.name == "password_sealed";
            assert!(!is_secret || column.told_at.is_empty(), "{table}.{}", column.name);
            assert!(
                !column.name.ends_with("_sealed") || column.at_rest == "sealed",
                "{table}.{}",
                column.name
            );
            assert!(!column.name.ends_with("_hash") || column.at_rest == "hash", "{table}.{}", column.name);
        }
    }
}

/// S132: only the scopes that the settings name are asked for, and there is no column for more than they give.
#[tokio::test]
async fn little_is_asked() {
    for (scope, asked) in [("profile", "profile"), ("games::prime profile", "games::prime profile")] {
        let portal = Portal::with(|settings| {
            settings.set("DOVETAIL_AMAZON_SCOPE", scope);
        })
        .await;
        let browser = portal.browser();
        let token = browser.visit("/").await.csrf();
        let trip: Page = browser.post("/amazon/sign-in", &[("csrf", &token)]).await;
        let address = url::Url::parse(&trip.location().unwrap()).unwrap();
        let scopes: Vec<String> = address
            .query_pairs()
            .filter(|(name, _)| name == "scope")
            .map(|(_, value)| value.into())
            .collect();
        assert_eq!(scopes, [asked]);
    }
    let columns: Vec<String> = schema().into_values().flatten().collect();
    assert!(!columns.iter().any(|column| column.contains("birth") || column.contains("phone")));
}
