//! The documents for people: the README stays a first page, every link leads to a file and a heading that exist, and
//! every path that is named exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A longer first page is not read to its end.
const README_LINES: usize = 120;

/// Code in a text that begins so is a path of the repository.
#[rustfmt::skip]
const FOLDERS: [&str; 11] = [
    "src/", "tests/", "benches/", "docs/", "deploy/", "locales/", "templates/", "static/", "migrations/", ".ci/", ".cargo/",
];

/// Pages that name paths of former versions.
const HISTORY: [&str; 1] = ["docs/adr/renames.md"];

#[test]
fn the_readme_is_a_first_page() {
    let lines = fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= README_LINES, "README.md has {lines} lines; more than {README_LINES} belong into docs/");
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let broken: Vec<String> = documents().iter().flat_map(|(path, text)| broken_links(path, text)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_path_that_is_named_exists() {
    let documents = documents();
    let present = documents.iter().filter(|(path, _)| !HISTORY.contains(&path.as_str()));
    let broken: Vec<String> = present.flat_map(|(path, text)| missing_paths(path, text)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn broken_links(path: &str, text: &str) -> Vec<String> {
    let links = prose(text).flat_map(links);
    let ours = links.filter(|link| !["http://", "https://", "mailto:"].iter().any(|to| link.starts_with(to)));
    ours.filter_map(|link| Some(format!("{path}: {link}: {}", complaint(path, text, &link)?))).collect()
}

/// Why a relative link leads nowhere, if it does.
fn complaint(path: &str, text: &str, link: &str) -> Option<&'static str> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = root().join(path).with_file_name(file);
    if !file.is_empty() && !target.exists() {
        return Some("there is no such file");
    }
    if heading.is_empty() {
        return None;
    }
    let there = if file.is_empty() { text.to_owned() } else { fs::read_to_string(target).unwrap() };
    (!anchors(&there).contains(heading)).then_some("there is no such heading")
}

/// What a link may name behind `#`: headings as GitHub writes them, and ids that stand in the text.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in prose(text) {
        let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'));
        if let Some(first) = heading.map(slug) {
            let later = (1..).map(|number| format!("{first}-{number}"));
            let free = std::iter::once(first.clone()).chain(later).find(|name| !found.contains(name));
            found.extend(free);
        }
        let ids = line.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(ids.map(str::to_owned));
    }
    found
}

/// A heading without its tags and its punctuation.
fn slug(heading: &str) -> String {
    let mut is_tag = false;
    let plain = heading.trim().chars().filter(|char| {
        is_tag |= *char == '<';
        let is_text = !is_tag;
        is_tag &= *char != '>';
        is_text && (char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'))
    });
    plain.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Targets of the links and pictures of a line; what stands in code is none.
fn links(line: &str) -> Vec<String> {
    let text: String = line.split('`').step_by(2).collect();
    text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()).map(str::to_owned).collect()
}

fn missing_paths(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = prose(text).collect();
    let mut missing = Vec::new();
    for paragraph in lines.split(|line| line.trim().is_empty()) {
        let paragraph = paragraph.join("\n");
        let named = paragraph.split('`').skip(1).step_by(2).filter_map(named_path);
        let absent = named.filter(|named| !root().join(named).exists());
        missing.extend(absent.map(|named| format!("{path}: {named} does not exist")));
    }
    missing
}

/// `src/web/form.rs` of `src/web/form.rs::parsed`. A pattern names no path.
fn named_path(code: &str) -> Option<&str> {
    let path = code.split([' ', '\n', ':', '#']).next()?;
    let is_ours = FOLDERS.iter().any(|folder| path.starts_with(folder));
    (is_ours && !path.contains(['<', '*', '…', '{'])).then_some(path)
}

/// The lines outside fenced blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Path and text of every document, in order. What is hidden or made by a program is none.
fn documents() -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let (name, path) = (entry.file_name().into_string().unwrap(), entry.path());
            if name.starts_with('.') || ["data", "target"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

mod the_checker {
    use super::{broken_links, missing_paths};

    #[track_caller]
    fn refuses(text: &str, reason: &str) {
        let broken = [broken_links("docs/page.md", text), missing_paths("docs/page.md", text)].concat();
        assert!(broken.len() == 1 && broken[0].contains(reason), "{text} gave {broken:?}");
    }

    #[track_caller]
    fn accepts(text: &str) {
        let broken = [broken_links("docs/page.md", text), missing_paths("docs/page.md", text)].concat();
        assert!(broken.is_empty(), "{text} gave {broken:?}");
    }

    #[test]
    fn refuses_what_leads_nowhere() {
        refuses("See [this](nowhere.md).", "nowhere.md: there is no such file");
        refuses("![a picture](images/nothing.png)", "no such file");
        refuses("[here](#nowhere)\n\n# Somewhere", "#nowhere: there is no such heading");
        refuses("[there](../README.md#nowhere)", "no such heading");
        refuses("It is in `src/nowhere.rs`.", "src/nowhere.rs does not exist");
        refuses("Run `tests/nothing sqlite`.", "tests/nothing does not exist");
    }

    #[test]
    fn accepts_what_is_there() {
        accepts("[out](https://example.com/) [a page](../README.md) [a heading](../README.md#run-it)");
        accepts("[here](#a-b--c)\n\n## A, `b` · c");
        accepts("[the second](#again-1)\n\n# Again\n\n# Again");
        accepts("[by its id](#S2)\n\n### <a id=\"S2\"></a>S2 · Lists");
        accepts(
            "`src/lib.rs` `src/lib.rs::run` `src/lib.rs:7` `src/` `tests/run sqlite` `locales/<language>/*.ftl`",
        );
        accepts("```\n[code](nowhere.md)\n```\n\n`[code](nowhere.md)`");
    }
}
