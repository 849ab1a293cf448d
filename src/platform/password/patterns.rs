//! Passwords that are long but easy to guess: repetitions, and runs along the alphabet or a keyboard.
//!
//! It works on folded text of at most a few hundred characters; the time is at worst quadratic in the length.

use std::collections::HashSet;

/// Character orders that people follow; each counts in both directions.
const TRACKS: [&str; 27] = [
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    // Rows: American, then the differences of German and French keyboards.
    "1234567890-=",
    "!@#$%^&*()_+",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiopü",
    "asdfghjklöä",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    // Columns, down and to the right.
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    // Two rows at once.
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qawsedrftgyhujikolp",
    "qazwsxedcrfvtgbyhnujmikolp",
];

/// The shortest unit that gives all of `chars` when repeated; the last repetition may be cut off.
///
/// `None` unless it occurs at least twice.
pub(super) fn repeated_unit(chars: &[char]) -> Option<&[char]> {
    (1..=chars.len() / 2)
        .find(|period| chars.iter().zip(chars.iter().skip(*period)).all(|(a, b)| a == b))
        .and_then(|period| chars.get(..period))
}

/// Whether there are fewer than four different characters.
pub(super) fn has_few_characters(chars: &[char]) -> bool {
    chars.iter().collect::<HashSet<_>>().len() < 4
}

/// Whether at least three quarters of `chars` are runs of three or more along a track, or of one key.
pub(super) fn is_mostly_runs(chars: &[char]) -> bool {
    let mut covered = vec![false; chars.len()];
    mark_runs(chars, &mut covered, |a, b| (a == b).then_some(0));
    for track in TRACKS {
        let place = |c: char| track.chars().position(|key| key == c);
        mark_runs(chars, &mut covered, |a, b| match (place(a)?, place(b)?) {
            (from, to) if to == from + 1 => Some(1),
            (from, to) if from == to + 1 => Some(-1),
            _ => None,
        });
    }
    covered.iter().filter(|is_covered| **is_covered).count() * 4 >= chars.len() * 3
}

/// Marks each stretch of three or more characters whose neighbours all differ by the same `step`.
fn mark_runs(chars: &[char], covered: &mut [bool], step: impl Fn(char, char) -> Option<i8>) {
    let steps: Vec<_> = chars.iter().zip(chars.iter().skip(1)).map(|(a, b)| step(*a, *b)).collect();
    let mut start = 0;
    for run in steps.chunk_by(|a, b| a == b) {
        // `run.len()` steps connect one character more than there are steps.
        if run.len() >= 2 && run.first().is_some_and(Option::is_some) {
            covered.iter_mut().skip(start).take(run.len() + 1).for_each(|mark| *mark = true);
        }
        start += run.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    fn unit(text: &str) -> Option<String> {
        repeated_unit(&chars(text)).map(|unit| unit.iter().collect())
    }

    #[test]
    fn the_shortest_repeated_stretch_is_found() {
        assert_eq!(unit("aaaaaaaa").as_deref(), Some("a"));
        assert_eq!(unit("abcabcabcab").as_deref(), Some("abc"));
        assert_eq!(unit("sunshinesunshine").as_deref(), Some("sunshine"));
        assert_eq!(unit("sunshinesun"), None);
        assert_eq!(unit("abcdefgh"), None);
        assert_eq!(unit(""), None);
    }

    #[test]
    fn runs_are_seen_in_both_directions_and_in_pieces() {
        for text in [
            "abcdefghij",
            "zyxwvutsrq",
            "1234567890",
            "0987654321",
            "qwertyuiop",
            "poiuytrewq",
            "asdfghjkl;",
            "qazwsxedcrfv",
            "1qaz2wsx3edc",
            "1q2w3e4r5t",
            "abc123def456",
            "azertyuiop",
            "qwertzuiop",
            "aaaabbbbcccc",
            "qwerty123456",
            "abcdefgh1x",
            "!@#$%^&*()",
            "321qwerty321",
        ] {
            assert!(is_mostly_runs(&chars(text)), "{text}");
        }
    }

    #[test]
    fn ordinary_passwords_are_not_runs() {
        for text in [
            "correct horse battery",
            "k8#vq2!mzp",
            "abc my own thing",
            "trustno1again",
            "defying gravity",
            "1234 is not it",
        ] {
            assert!(!is_mostly_runs(&chars(text)), "{text}");
        }
    }

    #[test]
    fn few_characters_are_counted_once_each() {
        assert!(has_few_characters(&chars("ababababcc")));
        assert!(!has_few_characters(&chars("abcdabcdab")));
    }
}
