//! Common passwords in disguise: letters swapped for digits and signs, digits and signs put around them, the whole
//! written more than once (S2).
//!
//! Programs that guess passwords try these changes with every word of their lists, so that `P4ssw0rd2026!` is as easy
//! to guess as `password`. The time is at worst cubic in the length, which is bounded by [`LONGEST`].

use std::collections::HashSet;
use std::sync::LazyLock;

use secrecy::zeroize::Zeroizing;

use super::{common, patterns};

/// A longer password is more than one word with something around it.
const LONGEST: usize = 64;

/// Shorter words say nothing: they are in too many good passwords.
const SHORTEST_WORD: usize = 4;

/// What around a word makes it no harder to guess: so many free characters, or as many years, runs and repetitions.
const FREE_CHARACTERS: usize = 4;

/// The words that common passwords consist of, each without what stands around it.
static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = common::entries().filter_map(|entry| {
        let chars: Vec<char> = entry.chars().collect();
        let (start, end) = (edge(chars.iter()), chars.len() - edge(chars.iter().rev()));
        word(chars.get(start..end)?)
    });
    words.collect()
});

/// Whether `folded`, in lower case, is a common password in disguise.
pub(super) fn is_common(folded: &[char]) -> bool {
    let folded = patterns::repeated_unit(folded).unwrap_or(folded);
    if folded.len() > LONGEST {
        return false;
    }
    // A digit at the edge may stand for a letter or be put on, so every cut is tried.
    (0..=edge(folded.iter())).any(|start| {
        (0..=edge(folded.iter().rev())).any(|cut| {
            let end = folded.len() - cut;
            let (Some(before), Some(core), Some(after)) =
                (folded.get(..start), folded.get(start..end), folded.get(end..))
            else {
                return false;
            };
            free_characters(before) + free_characters(after) <= FREE_CHARACTERS
                && word(core).is_some_and(|word| WORDS.contains(&*Zeroizing::new(word)))
        })
    })
}

/// How many characters at the edge are no letters.
fn edge<'a>(chars: impl Iterator<Item = &'a char>) -> usize {
    chars.take_while(|c| !c.is_alphabetic()).count()
}

/// The letters of a text, with those that look alike as one; a repeated text once. `None` if there are too few.
fn word(core: &[char]) -> Option<String> {
    let letters: Zeroizing<Vec<char>> =
        Zeroizing::new(core.iter().copied().map(plain).filter(|c| c.is_alphanumeric()).collect());
    let unit = patterns::repeated_unit(&letters).filter(|unit| letters.len().is_multiple_of(unit.len()));
    let word = unit.unwrap_or(&letters);
    (word.len() >= SHORTEST_WORD).then(|| word.iter().collect())
}

/// The letter that a character is read as. `1` may be an i or an l, so these two count as one letter.
fn plain(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '2' => 'z',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' | '9' => 'g',
        '7' | '+' => 't',
        '8' => 'b',
        c => c,
    }
}

/// How many characters of what stands around a word somebody has to guess: a year, a run such as 123 and a repetition
/// count as one.
fn free_characters(around: &[char]) -> usize {
    let (mut free, mut rest) = (0, around);
    while let Some((_, others)) = rest.split_first() {
        free += 1;
        rest = rest.get(predictable(rest)..).unwrap_or(others);
    }
    free
}

/// The length of what `rest` begins with, if it can be told from its beginning; otherwise 1.
fn predictable(rest: &[char]) -> usize {
    if let [a, b, c, d, ..] = rest
        && matches!((a, b), ('1', '9') | ('2', '0'))
        && c.is_ascii_digit()
        && d.is_ascii_digit()
    {
        return 4;
    }
    let steps = rest
        .iter()
        .zip(rest.iter().skip(1))
        .map(|(a, b)| i64::from(u32::from(*b)) - i64::from(u32::from(*a)));
    let mut steps = steps.peekable();
    let Some(first) = steps.peek().copied().filter(|step| (-1..=1).contains(step)) else { return 1 };
    match steps.take_while(|step| *step == first).count() + 1 {
        // Two characters in a row are a run only if they are the same.
        2 if first != 0 => 1,
        length => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_disguised(text: &str) -> bool {
        is_common(&text.to_lowercase().chars().collect::<Vec<char>>())
    }

    #[test]
    fn disguised_common_passwords_are_seen() {
        for text in [
            "p@ssw0rd!!",
            "P@$$w0rd",
            "P4ssw0rd123",
            "p4s5w0rd2026",
            "summer2026!",
            "Summer2026!!!!!!",
            "2026summer",
            "!!sunshine!!",
            "5unsh1ne#1",
            "1l0vey0u1999",
            "Dr4g0n_1234567",
            "m0nk3y*2025*",
            "football99!",
            "passwordPassword2026",
            "Summer-Summer-2026",
            "p@ssw0rdp@ssw0rd",
            "l3tm31n!",
            "letmein letmein 1",
            "qwerty!2025",
            "dragon123dragon123",
            "sunshine31121999",
        ] {
            assert!(is_disguised(text), "{text}");
        }
    }

    #[test]
    fn passphrases_and_random_passwords_are_none() {
        for text in [
            "correct horse battery staple",
            "summer rain on a tin roof",
            "monkey climbs dragon hill",
            "summer2026picnic basket",
            "sunshine after the thunder 7",
            "my first password was a poem",
            "four dragons 4 breakfast",
            "tr0ub4dor&3x",
            "k8#vq2!mzp",
            "anna-8251-8451-9942-1123",
            "dragon 73914 08265",
            "eleven slow trains to riga",
            "пароль который длинный",
            "größer als gedacht",
            "84629173650284",
            "",
            "!!!!",
        ] {
            assert!(!is_disguised(text), "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_word_is_counted_by_what_has_to_be_guessed() {
        for (around, free) in [
            ("", 0),
            ("2026", 1),
            ("2026!", 2),
            ("!!!!!!", 1),
            ("123456", 1),
            ("321", 1),
            ("12", 2),
            ("99", 1),
            ("7391", 4),
            ("1999123!", 3),
        ] {
            assert_eq!(free_characters(&around.chars().collect::<Vec<char>>()), free, "{around}");
        }
    }

    #[test]
    fn the_longest_input_takes_no_time_to_speak_of() {
        let text: String = "!5".repeat(LONGEST / 2);
        for text in [text.clone(), format!("{}a{}", &text[..31], &text[..32])] {
            let since = std::time::Instant::now();
            let _ = is_disguised(&text);
            assert!(since.elapsed().as_secs() < 5, "{text}");
        }
    }
}
