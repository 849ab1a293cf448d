//! `docs/security.md`: every promise that is cited has an entry there, and every entry names tests that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::architecture::files;

/// Words of that shape that are no promises: hash functions, and PKCE's method by one of them.
const NO_PROMISES: [&str; 3] = ["S256", "S384", "S512"];

/// Where promises are cited: folders, and the endings of the files in them.
const CITING: [(&str, &str); 3] = [("src", "rs"), ("tests", "rs"), ("templates", "html")];

#[test]
fn every_cited_promise_has_an_entry() {
    let entries = entries(&page());
    let mut unknown = Vec::new();
    for (folder, ending) in CITING {
        for (path, text) in files(folder, ending) {
            let missing = cited(&text).into_iter().filter(|number| !entries.contains_key(number));
            unknown.extend(missing.map(|number| format!("{path}: {number}")));
        }
    }
    assert!(unknown.is_empty(), "no entry in docs/security.md:\n{}", unknown.join("\n"));
}

#[test]
fn every_entry_names_tests_that_exist() {
    let entries = entries(&page());
    assert!(entries.len() > 100, "only {} entries were read", entries.len());
    let broken: Vec<String> = entries.iter().flat_map(|(number, entry)| complaints(number, entry)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_check_sees_what_is_wrong() {
    assert_eq!(
        cited("a code (S67), S7's rule; S256, MS12 and S1234 are none"),
        ["S67".to_owned(), "S7".to_owned()].into()
    );
    let page = "### <a id=\"S1\"></a>S1 · One\n\nText.\n\n- Held by: `src/lib.rs::nothing`,\n  `tests/none.rs::a`\n\n### <a id=\"S2\"></a>S2 · Two\n\n- Held by: none yet\n";
    let entries = entries(page);
    assert_eq!(entries.keys().map(String::as_str).collect::<Vec<_>>(), ["S1", "S2"]);
    let found: Vec<String> = entries.iter().flat_map(|(number, entry)| complaints(number, entry)).collect();
    assert_eq!(found.len(), 3, "{found:?}");
}

/// What is wrong with the tests of an entry.
fn complaints(number: &str, entry: &str) -> Vec<String> {
    let Some((_, held)) = entry.split_once("- Held by:") else {
        return vec![format!("{number}: names no test")];
    };
    let held = held.split("\n- ").next().unwrap_or_default();
    let tests: Vec<(&str, &str)> =
        held.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")).collect();
    if tests.is_empty() {
        return vec![format!("{number}: names no test")];
    }
    let missing = tests.into_iter().filter(|(path, name)| !has_function(path, name));
    missing.map(|(path, name)| format!("{number}: there is no {name} in {path}")).collect()
}

/// Whether the file has the function that `name` ends in.
fn has_function(path: &str, name: &str) -> bool {
    let Ok(text) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else { return false };
    let function = name.rsplit("::").next().unwrap_or_default();
    text.contains(&format!("fn {function}("))
}

/// The numbers that a text cites.
fn cited(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    let numbers = words.filter(|word| {
        let digits = word.strip_prefix('S').unwrap_or_default();
        (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    numbers.filter(|number| !NO_PROMISES.contains(number)).map(str::to_owned).collect()
}

/// Each promise with its part of the page.
fn entries(page: &str) -> BTreeMap<String, String> {
    let parts = page.split("\n### ").map(|part| part.strip_prefix("### ").unwrap_or(part));
    let entries = parts.filter_map(|part| {
        let number = part.strip_prefix("<a id=\"")?.split('"').next()?;
        Some((number.to_owned(), part.to_owned()))
    });
    entries.collect()
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap()
}
