//! Visible names: display names for people, user names for signing in to a game.
//!
//! A display name is readable, of limited length, without characters that hide or reorder text, and in
//! scripts that belong together. It does not resemble the names of the staff or the site, in any spelling
//! (S105). Display names are not unique and prove nothing. A name from a provider is cleaned if possible, and
//! otherwise dropped (S52).

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_security::{MixedScript, RestrictionLevel, RestrictionLevelDetection};
use unicode_segmentation::UnicodeSegmentation;

pub use reserved::ReservedNames;

mod reserved;

/// The maximum length of a display name, in graphemes (what a person calls a letter).
pub const MAX_LETTERS: usize = 32;
/// Emoji and marks need several code points for each grapheme; this limit is enough for 32 of any.
const MAX_CODE_POINTS: usize = 128;
const MAX_TYPED_BYTES: usize = 2048;
const MAX_MARKS: usize = 3;

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';
const EMOJI_SELECTOR: char = '\u{fe0f}';

/// A name for display. Pages isolate it with `<bdi>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName {
    text: String,
}

/// Why a display name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRefusal {
    /// Empty, or only white space and marks.
    Empty,
    /// Over [`MAX_LETTERS`] graphemes.
    TooLong,
    /// A control, invisible, private-use or unassigned character.
    ForbiddenCharacter,
    /// More than three marks on one letter.
    TooManyMarks,
    /// Letters of scripts that are not written together, such as Latin and Cyrillic.
    MixedScripts,
    /// It reads like a word reserved for staff, or like the name of the site.
    Reserved,
}

impl DisplayName {
    /// Parses typed text: normalises it by NFKC and removes white space around it.
    pub fn parse(raw: &str, reserved: &ReservedNames) -> Result<Self, NameRefusal> {
        if raw.len() > MAX_TYPED_BYTES {
            return Err(NameRefusal::TooLong);
        }
        let text: String = raw.nfkc().collect();
        let text = text.trim();
        if text.chars().count() > MAX_CODE_POINTS || text.graphemes(true).count() > MAX_LETTERS {
            return Err(NameRefusal::TooLong);
        }
        if !text.chars().any(is_visible) {
            return Err(if text.chars().any(is_hidden) {
                NameRefusal::ForbiddenCharacter
            } else {
                NameRefusal::Empty
            });
        }
        if has_forbidden(text) {
            return Err(NameRefusal::ForbiddenCharacter);
        }
        if has_stacked_marks(text) {
            return Err(NameRefusal::TooManyMarks);
        }
        if !scripts_go_together(text) {
            return Err(NameRefusal::MixedScripts);
        }
        if reserved.resembles(text) {
            return Err(NameRefusal::Reserved);
        }
        Ok(Self { text: text.to_owned() })
    }

    /// Cleans a provider's name. `None` if the result is refused.
    ///
    /// Forbidden characters and surplus marks are removed, white space is collapsed, and the end is cut off.
    pub fn from_upstream(raw: &str, reserved: &ReservedNames) -> Option<Self> {
        let bounded = raw.chars().take(4 * MAX_CODE_POINTS).nfkc().collect::<String>();
        let mut kept = String::new();
        let cleaned = without_hidden(&bounded);
        for letter in cleaned.graphemes(true) {
            if kept.graphemes(true).count() == MAX_LETTERS {
                break;
            }
            let mut marks = 0;
            kept.extend(letter.nfd().filter(|c| {
                marks = if is_stacking_mark(*c) { marks + 1 } else { 0 };
                marks <= MAX_MARKS
            }));
        }
        // The cut may have left a joiner without what it joined.
        let kept = kept.trim_end_matches([ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER]);
        Self::parse(kept, reserved).ok()
    }

    /// The name as it is shown and stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form for searching by prefix.
    pub fn key(&self) -> String {
        search_key(&self.text)
    }
}

/// A provider's text as one line for people: at most `longest` characters, none of them hidden. It may be empty.
///
/// White space of any kind, line breaks included, becomes one space. Unlike a [`DisplayName`] it keeps its spelling.
pub fn one_line(raw: &str, longest: usize) -> String {
    let bounded: String = raw.trim_start().chars().take(4 * longest).collect();
    let cut: String = without_hidden(&bounded).trim_start().chars().take(longest).collect();
    // The cut may have left a joiner without what it joined.
    without_hidden(&cut)
}

/// The text with its white space collapsed and without the characters that are hidden where none belongs.
///
/// What belongs to an emoji, a flag or a script stays.
fn without_hidden(text: &str) -> String {
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept = spaced.chars().zip(forbidden(&spaced)).filter(|(_, is_forbidden)| !is_forbidden);
    kept.map(|(c, _)| c).collect()
}

/// Folds names and search terms: NFKC, lower case, without accents and joiners, white space collapsed.
pub fn search_key(text: &str) -> String {
    let folded = text.nfkc().collect::<String>().to_lowercase();
    let plain: String = without_accents(&folded).nfkc().collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Drops the accents of Latin and Greek letters, where people leave them out. In other scripts a mark is a letter.
fn without_accents(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut takes_accents = false;
    for c in text.nfkd() {
        match c {
            ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => {}
            c if is_stacking_mark(c) && takes_accents => {}
            c if is_stacking_mark(c) => plain.push(c),
            c => {
                takes_accents = is_latin_or_greek(c);
                match c {
                    'æ' => plain.push_str("ae"),
                    'œ' => plain.push_str("oe"),
                    'ß' => plain.push_str("ss"),
                    'ø' => plain.push('o'),
                    'ł' => plain.push('l'),
                    'đ' | 'ð' => plain.push('d'),
                    'ı' => plain.push('i'),
                    'ς' => plain.push('σ'),
                    c => plain.push(c),
                }
            }
        }
    }
    plain
}

fn is_latin_or_greek(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}')
}

/// A name for signing in to a game. It is unique by its key, and never valid as an email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName {
    text: String,
}

/// Why a user name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserNameRefusal {
    /// Under 3 characters.
    TooShort,
    /// Over 32 characters.
    TooLong,
    /// A character outside `A-Z a-z 0-9 . _ -`.
    ForbiddenCharacter,
}

impl UserName {
    /// Parses a user name; even white space around it is refused.
    pub fn parse(raw: &str) -> Result<Self, UserNameRefusal> {
        match raw.len() {
            _ if !raw.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) => {
                Err(UserNameRefusal::ForbiddenCharacter)
            }
            0..3 => Err(UserNameRefusal::TooShort),
            3..=32 => Ok(Self { text: raw.to_owned() }),
            _ => Err(UserNameRefusal::TooLong),
        }
    }

    /// The name as the player typed it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The canonical form, for comparison and the unique constraint.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

/// Characters that are invisible or change how others appear.
///
/// These are control and format characters (bidi, zero width, tags), private-use and unassigned ones, and
/// line separators. Unusual spaces, fillers and variation selectors belong to them too.
fn is_hidden(c: char) -> bool {
    use GeneralCategory as G;
    match c.general_category() {
        G::Control | G::Format | G::Surrogate | G::PrivateUse | G::Unassigned => true,
        G::SpaceSeparator | G::LineSeparator | G::ParagraphSeparator => c != ' ',
        _ => {
            // Default-ignorable letters and marks (UAX #44), and the blank braille pattern.
            matches!(
                c,
                '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            ) || matches!(c, '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{fe00}'..='\u{fe0f}')
                || matches!(c, '\u{e0100}'..='\u{e01ef}')
        }
    }
}

/// Whether text has hidden characters in a place where none belongs.
fn has_forbidden(text: &str) -> bool {
    forbidden(text).contains(&true)
}

/// For each character, whether it is hidden and does not belong where it is.
///
/// A selector belongs after an emoji, a joiner between two of them, and a tag into the flag of a country's part. In
/// scripts such as Sinhala, Hindi and Persian joiners are part of the spelling.
fn forbidden(text: &str) -> Vec<bool> {
    let characters: Vec<char> = text.chars().collect();
    let flags = tagged_flags(&characters);
    let is_forbidden = |(at, c): (usize, &char)| {
        let before = at.checked_sub(1).and_then(|at| characters.get(at)).copied();
        let after = characters.get(at + 1).copied();
        let follows_emoji = before.is_some_and(|c| is_emoji(c) || c == EMOJI_SELECTOR);
        match *c {
            ZERO_WIDTH_JOINER if follows_emoji => !after.is_some_and(is_emoji),
            ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => !is_spelling(&characters, at),
            EMOJI_SELECTOR => !before.is_some_and(UnicodeEmoji::is_emoji_char),
            c => is_hidden(c) && !flags.iter().any(|flag| flag.contains(&at)),
        }
    };
    characters.iter().enumerate().map(is_forbidden).collect()
}

/// Whether the joiner at this place is part of the spelling of its word (RFC 5892, appendix A).
///
/// IDNA judges that for domain names by the same rule: after a virama, or between letters that would join.
fn is_spelling(characters: &[char], at: usize) -> bool {
    let is_of_word = |c: &&char| {
        let is_mark = c.general_category_group() == GeneralCategoryGroup::Mark;
        c.is_alphabetic() || is_mark || matches!(**c, ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER)
    };
    let (before, rest) = characters.split_at(at);
    let before: Vec<&char> = before.iter().rev().take_while(is_of_word).collect();
    let word: String = before.into_iter().rev().chain(rest.iter().take_while(is_of_word)).collect();
    // A joiner at either end of a word joins nothing.
    let is_inside = !word.ends_with([ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER]);
    is_inside && !word.is_ascii() && idna::domain_to_unicode(&word).1.is_ok()
}

/// The flags of parts of a country, as the emoji of Unicode have them: England, Scotland and Wales.
const TAGGED_FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// The places of tags in such flags: a black flag, a tag for each letter, and the tag that ends it.
fn tagged_flags(characters: &[char]) -> Vec<std::ops::Range<usize>> {
    let tag = |letter: char| char::from_u32(0xe0000 + u32::from(letter)).unwrap_or(letter);
    let mut found = Vec::new();
    for flag in TAGGED_FLAGS {
        let tags: Vec<char> = flag.chars().map(tag).chain(['\u{e007f}']).collect();
        for (at, _) in characters.iter().enumerate().filter(|(_, c)| **c == '\u{1f3f4}') {
            if characters.get(at + 1..).is_some_and(|rest| rest.starts_with(&tags)) {
                found.push(at + 1..at + 1 + tags.len());
            }
        }
    }
    found
}

/// Emoji and their skin tones. Unicode counts digits and signs as emoji, but they join nothing.
fn is_emoji(c: char) -> bool {
    c.is_emoji_char() && !c.is_ascii()
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_hidden(c) && !is_stacking_mark(c)
}

fn is_stacking_mark(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// Counts marks on the decomposed text, where a composed letter shows its marks.
///
/// A mark with no letter before it would be drawn on the text before the name, so it is refused as well.
fn has_stacked_marks(text: &str) -> bool {
    let mut marks = MAX_MARKS;
    text.nfd().any(|c| {
        marks = if is_stacking_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS
    })
}

/// One script, or Latin with those of Japanese, Chinese or Korean ("highly restrictive", UTS #39 §5.2).
///
/// Only letters are checked; digits, signs and emoji belong to all scripts.
fn scripts_go_together(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    letters.as_str().is_single_script()
        || letters.as_str().check_restriction_level(RestrictionLevel::HighlyRestrictive)
}

#[cfg(test)]
mod tests;
