//! Detection of weak secrets and of secrets copied from an example (S137).

use std::collections::BTreeSet;

/// Words of examples and placeholders. Each has six characters or more, so that a random text rarely contains one.
const PLACEHOLDERS: [&str; 13] = [
    "change-me",
    "change_me",
    "changeme",
    "default",
    "development",
    "dovetail",
    "example",
    "insert",
    "password",
    "placeholder",
    "replace",
    "simulator",
    "yoursecret",
];

/// The weakness of a key of random bytes, if it has one.
pub(super) fn key_weakness(key: &[u8]) -> Option<&'static str> {
    if repeats_itself(key) || distinct(key) < key.len() / 2 {
        return Some("repeats itself; make one with `dovetail keys new`");
    }
    let steps: BTreeSet<u8> = key.iter().zip(key.iter().skip(1)).map(|(a, b)| b.wrapping_sub(*a)).collect();
    let is_readable = key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    if steps.len() == 1 || is_readable {
        return Some("looks like an example; make one with `dovetail keys new`");
    }
    None
}

/// The weakness of a secret that is a text from somebody else, if it has one.
pub(super) fn text_weakness(secret: &str, shortest: usize) -> Option<String> {
    if secret.len() < shortest {
        return Some(format!("is too short: at least {shortest} characters"));
    }
    let lower = secret.to_ascii_lowercase();
    if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return Some("looks like an example".to_owned());
    }
    let bytes = secret.as_bytes();
    if repeats_itself(bytes) || distinct(bytes) < 8 || bytes.chunk_by(u8::eq).any(|run| run.len() > 8) {
        return Some("repeats itself".to_owned());
    }
    None
}

/// Whether two secrets are equal, or one contains the other. One under 16 bytes may be contained by chance.
pub(super) fn overlap(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    one == other || (short.len() >= 16 && long.windows(short.len()).any(|part| part == short))
}

fn repeats_itself(text: &[u8]) -> bool {
    (1..=text.len() / 2).any(|period| text.iter().zip(text.iter().skip(period)).all(|(a, b)| a == b))
}

fn distinct(text: &[u8]) -> usize {
    text.iter().collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_key_is_no_example() {
        for _ in 0..200 {
            let mut key = [0; 32];
            getrandom::fill(&mut key).unwrap();
            assert_eq!(key_weakness(&key), None, "{key:?}");
            let text = data_encoding::HEXLOWER.encode(&key);
            assert_eq!(text_weakness(&text, 32), None, "{text}");
        }
    }

    #[test]
    fn examples_and_patterns_are_seen() {
        let counting: Vec<u8> = (0..32).collect();
        let halves = [counting.as_slice(), counting.as_slice()].concat();
        for key in [[0; 32].as_slice(), &[7; 64], &counting, &halves, b"this is just an example key, 32b"] {
            assert!(key_weakness(key).is_some(), "{key:?}");
        }
        for text in ["short", "please-CHANGEME-before-going-live-0123", "abababababababababababababababab"] {
            assert!(text_weakness(text, 32).is_some(), "{text}");
        }
    }

    #[test]
    fn a_key_inside_another_key_is_the_same_key() {
        assert!(overlap(b"0123456789abcdef", b"x0123456789abcdefx"));
        assert!(overlap(b"abc", b"abc"));
        assert!(!overlap(b"abc", b"xabcx"), "by chance");
        assert!(!overlap(b"", b"abd"));
    }
}
