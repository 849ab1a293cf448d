//! Filters of made-up passwords, from lists of both kinds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXUPPER;
use sha1::{Digest, Sha1};
use tempfile::TempDir;

use super::build::{BuiltFilter, FilterSourceRefused};
use super::*;

fn sha1_of(text: &str) -> String {
    HEXUPPER.encode(&Sha1::digest(text))
}

fn stolen(n: usize) -> Vec<String> {
    let mut lines: Vec<String> =
        (0..n).map(|i| format!("{}:{}", sha1_of(&format!("stolen {i}")), i % 7 + 1)).collect();
    lines.sort();
    lines
}

fn ordered(folder: &TempDir, lines: &[String]) -> PathBuf {
    let path = folder.path().join("ordered.txt");
    fs::write(&path, lines.join("\r\n")).unwrap();
    path
}

fn ranges(folder: &TempDir, lines: &[String]) -> PathBuf {
    let path = folder.path().join("ranges");
    fs::create_dir(&path).unwrap();
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for line in lines {
        let (prefix, rest) = line.split_at(5);
        files.entry(prefix).or_default().extend([rest, "\r\n"]);
    }
    for (prefix, text) in files {
        fs::write(path.join(prefix), text).unwrap();
    }
    path
}

fn build(from: &[PathBuf], out: &Path, min_count: u64) -> Result<BuiltFilter, FilterSourceRefused> {
    build_filter(from, out, min_count, DateTime::from_timestamp(1_780_000_000, 0).unwrap())
}

fn has(filter: &BreachedPasswords, text: &str) -> bool {
    filter.contains_key(key_of(&Sha1::digest(text))).unwrap()
}

#[test]
fn what_is_in_the_lists_is_in_the_filter_and_nothing_else() {
    for n in [1, 2, 511, 512, 513, 5000] {
        let folder = tempfile::tempdir().unwrap();
        let (list, out) = (ordered(&folder, &stolen(n)), folder.path().join("filter"));
        assert_eq!(build(&[list], &out, 1).unwrap(), BuiltFilter { count: n as u64, left_out: 0 });
        let filter = BreachedPasswords::check(&out).unwrap();
        assert_eq!(filter.header().count, n as u64);
        for i in 0..n {
            assert!(has(&filter, &format!("stolen {i}")), "{i} of {n}");
            assert!(!has(&filter, &format!("good {i}")), "{i} of {n}");
        }
        for edge in [0, 1, u64::MAX] {
            assert!(!filter.contains_key(edge).unwrap());
        }
    }
}

#[test]
fn keys_that_are_not_spread_evenly_are_found_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines: Vec<String> = (0..3000_u64).map(|i| format!("{i:016X}{:024X}:1", 0)).collect();
    lines.extend((0..3000_u64).map(|i| format!("{:016X}{:024X}:1", u64::MAX - 3000 + i, 0)));
    let (list, out) = (ordered(&folder, &lines), folder.path().join("filter"));
    build(&[list], &out, 1).unwrap();
    let filter = BreachedPasswords::open(&out).unwrap();
    for i in 0..3000 {
        assert!(filter.contains_key(i).unwrap() && filter.contains_key(u64::MAX - 3000 + i).unwrap(), "{i}");
    }
    assert!(!filter.contains_key(3000).unwrap() && !filter.contains_key(u64::MAX).unwrap());
}

#[test]
fn both_kinds_of_lists_give_the_same_filter_also_together() {
    let folder = tempfile::tempdir().unwrap();
    let lines = stolen(3000);
    let (one, many) = (ordered(&folder, &lines), ranges(&folder, &lines));
    let singly: Vec<PathBuf> = fs::read_dir(&many).unwrap().map(|entry| entry.unwrap().path()).collect();
    let built: Vec<Vec<u8>> = [vec![one.clone()], vec![many.clone()], singly, vec![one, many]]
        .iter()
        .map(|from| {
            let out = folder.path().join("filter");
            build(from, &out, 1).unwrap();
            fs::read(out).unwrap()
        })
        .collect();
    assert!(built.iter().all(|bytes| *bytes == built[0]));
}

#[test]
fn what_was_stolen_too_seldom_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (list, out) = (ordered(&folder, &stolen(700)), folder.path().join("filter"));
    assert_eq!(
        build(std::slice::from_ref(&list), &out, 7).unwrap(),
        BuiltFilter { count: 100, left_out: 600 }
    );
    let filter = BreachedPasswords::open(&out).unwrap();
    assert!(has(&filter, "stolen 6") && !has(&filter, "stolen 5"));
    assert!(matches!(build(&[list], &out, 8), Err(FilterSourceRefused::Empty)));
    assert!(BreachedPasswords::open(&out).is_ok(), "the former filter stays");
}

#[test]
fn files_that_are_no_filter_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (list, out) = (ordered(&folder, &stolen(1000)), folder.path().join("filter"));
    build(std::slice::from_ref(&list), &out, 1).unwrap();
    let whole = fs::read(&out).unwrap();
    let broken = folder.path().join("broken");
    let opened = |bytes: &[u8]| {
        fs::write(&broken, bytes).unwrap();
        BreachedPasswords::open(&broken).err()
    };
    assert!(opened(&whole).is_none());
    for length in [20, 50, 95, 96, 97, whole.len() - 8, whole.len() - 1] {
        assert!(matches!(opened(&whole[..length]), Some(FilterRefused::CutShort(_))), "{length}");
    }
    assert!(matches!(opened(&[&whole[..], &[0; 8]].concat()), Some(FilterRefused::CutShort(_))));
    assert!(matches!(opened(b""), Some(FilterRefused::NoFilter(_))));
    assert!(matches!(BreachedPasswords::open(&list).err(), Some(FilterRefused::NoFilter(_))));
    assert!(matches!(
        BreachedPasswords::open(&folder.path().join("none")).err(),
        Some(FilterRefused::Unreadable(..))
    ));
    let mut other = whole.clone();
    other[19] = 2;
    assert!(matches!(opened(&other), Some(FilterRefused::OtherVersion(_, 2))));
    let mut bent = whole.clone();
    bent[30] ^= 1;
    assert!(matches!(opened(&bent), Some(FilterRefused::Damaged(_))));
    let mut bent = whole;
    bent[500] ^= 1;
    assert!(opened(&bent).is_none(), "a start does not read all of it");
    assert!(matches!(BreachedPasswords::check(&broken), Err(FilterRefused::Damaged(_))));
}

#[test]
fn lists_that_are_none_are_refused_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("filter");
    let lines = stolen(10);
    let mut swapped = lines.clone();
    swapped.swap(4, 5);
    let list = ordered(&folder, &swapped);
    assert!(matches!(build(&[list], &out, 1), Err(FilterSourceRefused::Unordered(_, 6))));
    for bad in ["no line", "0123:4", &format!("{}:x", sha1_of("a")), &sha1_of("a"), &"A".repeat(10_000)] {
        let list = ordered(&folder, &[bad.to_owned()]);
        assert!(matches!(build(&[list], &out, 1), Err(FilterSourceRefused::NoLine(_, 1))), "{bad}");
    }
    let mixed = ranges(&folder, &lines);
    fs::write(mixed.join("README"), "").unwrap();
    assert!(matches!(build(&[mixed], &out, 1), Err(FilterSourceRefused::NoRange(_))));
    assert!(matches!(
        build(&[folder.path().join("none")], &out, 1),
        Err(FilterSourceRefused::Unreadable(..))
    ));
    assert!(!out.exists() && !folder.path().join("filter.part").exists());
}
