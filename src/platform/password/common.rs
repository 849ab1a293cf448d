//! A list of common passwords. `common-list.md` documents the source and the making of the list.
//!
//! Look-ups need no network call (S2). The text must be in canonical form and folded to lower case.

use std::sync::LazyLock;

static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Whether `folded` is in the list.
pub(super) fn contains(folded: &str) -> bool {
    LIST.binary_search(&folded).is_ok()
}

/// Every entry of the list.
pub(super) fn entries() -> impl Iterator<Item = &'static str> {
    LIST.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_folded_and_without_repeats() {
        assert!(LIST.is_sorted_by(|a, b| a < b));
        for entry in LIST.iter() {
            assert!(entry.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()), "{entry}");
            assert!((8..=64).contains(&entry.len()), "{entry}");
        }
    }

    #[test]
    fn ten_thousand_entries_and_more_meet_the_default_length() {
        assert!(LIST.iter().filter(|entry| entry.len() >= 10).count() >= 10_000);
    }

    #[test]
    fn every_hundredth_entry_is_found_and_its_neighbour_is_not() {
        for entry in LIST.iter().step_by(100) {
            assert!(contains(entry));
            assert!(!contains(&format!("{entry}\u{1}")));
        }
        assert!(contains("password123") && contains("1q2w3e4r5t6y") && !contains(""));
    }
}
