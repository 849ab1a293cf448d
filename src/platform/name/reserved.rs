//! Names that are reserved for the staff and the site, in any spelling.
//!
//! Names are compared by their skeletons: what they look like by the Unicode table of confusable characters
//! (UTS #39 §4). Characters between letters are dropped, and digits are read as the letters that they
//! imitate. A name is refused if it is a reserved word, contains one as a separate word, or is composed of
//! several.

use unicode_security::skeleton;

/// A name with one of these as a separate word could be taken for staff.
const WORDS: [&str; 17] = [
    "admin",
    "admins",
    "administrator",
    "administration",
    "moderator",
    "moderators",
    "support",
    "staff",
    "official",
    "helpdesk",
    "sysadmin",
    "gamemaster",
    "gm",
    "mod",
    "mods",
    "superuser",
    "webmaster",
];

/// Harmless beside other words, but refused alone or in combination with reserved words.
const ALONE: [&str; 15] = [
    "root",
    "system",
    "security",
    "help",
    "owner",
    "team",
    "service",
    "customer",
    "info",
    "abuse",
    "postmaster",
    "noreply",
    "null",
    "amazon",
    "game",
];

/// Names that display names may not resemble. Built once, with the name of the site.
#[derive(Clone, Debug)]
pub struct ReservedNames {
    words: Vec<String>,
    alone: Vec<String>,
}

impl ReservedNames {
    /// The reserved words, and the name of the site.
    pub fn new(site: &str) -> Self {
        let mut words: Vec<String> = WORDS.iter().map(|word| skeleton_of(word)).collect();
        let site = skeleton_of(site);
        // A very short site name would refuse too many names.
        if site.chars().count() >= 3 {
            words.push(site);
        }
        Self { words, alone: ALONE.iter().map(|word| skeleton_of(word)).collect() }
    }

    /// Whether a reader could mistake `name` for a reserved name.
    pub(super) fn resembles(&self, name: &str) -> bool {
        // Both are checked, because lower-case and upper-case letters have different look-alikes.
        [name.to_owned(), name.to_lowercase()].iter().any(|name| {
            let whole = skeleton_of(name);
            let words = name.split(|c: char| !is_word_character(c)).map(skeleton_of);
            self.is_composed(&whole) || words.into_iter().any(|word| self.words.contains(&word))
        })
    }

    /// Whether `text_skeleton` consists only of reserved words.
    fn is_composed(&self, text_skeleton: &str) -> bool {
        // The positions where reserved words can end; names are short.
        let mut ends = vec![0];
        let mut at = 0;
        while let Some(end) = ends.get(at).copied() {
            let rest = text_skeleton.get(end..).unwrap_or_default();
            for word in self.words.iter().chain(&self.alone) {
                let next = end + word.len();
                if rest.starts_with(word.as_str()) && !ends.contains(&next) {
                    ends.push(next);
                }
            }
            at += 1;
        }
        !text_skeleton.is_empty() && ends.contains(&text_skeleton.len())
    }
}

/// Letters, and the digits and signs that imitate them.
fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '$' | '@' | '!' | '|')
}

/// What a careless reader sees: letters only.
fn skeleton_of(text: &str) -> String {
    let seen: String = skeleton(text).flat_map(char::to_lowercase).collect();
    // Again, because lower-casing creates letters with other look-alikes.
    skeleton(&seen).flat_map(char::to_lowercase).filter_map(as_letter).collect()
}

fn as_letter(c: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        // Skeletons read 1, | and capital I as l; a careless reader reads i and l alike.
        '1' | '!' | '|' | 'l' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        _ => c.is_alphanumeric().then_some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_reserved_under_its_own_name() {
        let reserved = ReservedNames::new("Blue Heron");
        for name in ["Blue Heron", "blueheron", "BIue-Heron", "Blue Heron Support", "B1ue Her0n"] {
            assert!(reserved.resembles(name), "{name}");
        }
        for name in ["Heron", "Blue", "Dovetail", "Blueheronlike"] {
            assert!(!reserved.resembles(name), "{name}");
        }
    }

    #[test]
    fn a_short_name_of_a_place_does_not_swallow_names() {
        assert!(!ReservedNames::new("Go").resembles("Go"));
        assert!(!ReservedNames::new("").resembles("Ann"));
    }

    #[test]
    fn nothing_resembles_nothing() {
        assert!(!ReservedNames::new("Dovetail").resembles(""));
        assert!(!ReservedNames::new("Dovetail").resembles("🦀"));
    }
}
