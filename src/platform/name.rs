//! Names that others see: display names for people, user names for signing in to a game.
//!
//! Promises that a display name is readable, no longer than it looks, free of characters that hide or
//! reorder text, written in scripts that go together, and not that of the staff or of the place, in
//! any spelling that looks alike (S105). Display names are not unique and prove nothing. Names from a
//! provider are cleaned if they can be, and otherwise dropped (S52).

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_security::{MixedScript, RestrictionLevel, RestrictionLevelDetection};
use unicode_segmentation::UnicodeSegmentation;

pub use reserved::ReservedNames;

mod reserved;

/// The most a display name may have of what a person calls a letter.
pub const MAX_LETTERS: usize = 32;
/// Emoji and marks make letters of several code points; this many are enough for 32 of any.
const MAX_CODE_POINTS: usize = 128;
const MAX_TYPED_BYTES: usize = 2048;
const MAX_MARKS: usize = 3;

const ZERO_WIDTH_JOINER: char = '\u{200d}';
const EMOJI_SELECTOR: char = '\u{fe0f}';

/// A name to show. Show it isolated (`<bdi>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName {
    text: String,
}

/// Why a display name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRefusal {
    /// Nothing, or nothing but white space and marks.
    Empty,
    /// Over [`MAX_LETTERS`] letters.
    TooLong,
    /// A control, invisible, private or unassigned character.
    ForbiddenCharacter,
    /// More than three marks on one letter.
    TooManyMarks,
    /// Letters of scripts that are not written together, such as Latin and Cyrillic.
    MixedScripts,
    /// It reads like a word of the staff, or like the name of the place.
    Reserved,
}

impl DisplayName {
    /// Reads what a person typed: NFKC, white space around it dropped.
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

    /// The best that can be made of a provider's name: forbidden characters and surplus marks are
    /// dropped, white space is joined, the end is cut. Nothing, if what remains is refused.
    pub fn from_upstream(raw: &str, reserved: &ReservedNames) -> Option<Self> {
        let bounded = raw.chars().take(4 * MAX_CODE_POINTS).nfkc().collect::<String>();
        let mut kept = String::new();
        for letter in bounded.split_whitespace().collect::<Vec<_>>().join(" ").graphemes(true) {
            if kept.graphemes(true).count() == MAX_LETTERS {
                break;
            }
            // An emoji that is in order stays whole; anything else loses what hides in it.
            let cleaned: String = if has_forbidden(letter) {
                letter.chars().filter(|c| !is_hidden(*c)).collect()
            } else {
                letter.to_owned()
            };
            let mut marks = 0;
            kept.extend(cleaned.nfd().filter(|c| {
                marks = if is_stacking_mark(*c) { marks + 1 } else { 0 };
                marks <= MAX_MARKS
            }));
        }
        Self::parse(&kept, reserved).ok()
    }

    /// The name, as it is shown and stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form for searching by prefix.
    pub fn key(&self) -> String {
        search_key(&self.text)
    }
}

/// How names, and what is typed to find them, are folded: compatibility form, lower case, and white
/// space joined.
pub fn search_key(text: &str) -> String {
    let folded: String = text.nfkc().collect::<String>().to_lowercase().nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name to sign in to a game with. It is unique by its key and can never be taken for an address.
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
    /// Something else than `A-Z a-z 0-9 . _ -`.
    ForbiddenCharacter,
}

impl UserName {
    /// Reads a user name; nothing is forgiven, not even white space around it.
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

    /// The name as it was chosen.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form to compare and to keep unique.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

/// Characters that cannot be seen or that change how others are seen: controls, format characters
/// (bidi, zero width, tags), private use, unassigned, line separators, strange spaces, fillers and
/// variation selectors.
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

/// Joiners and selectors are allowed where they make one emoji: after one, and a joiner also before
/// one.
fn has_forbidden(text: &str) -> bool {
    let before = std::iter::once(None).chain(text.chars().map(Some));
    let after = text.chars().skip(1).map(Some).chain(std::iter::once(None));
    text.chars().zip(before).zip(after).any(|((c, before), after)| {
        let follows_emoji = before.is_some_and(|c| is_emoji(c) || c == EMOJI_SELECTOR);
        match c {
            ZERO_WIDTH_JOINER => !(follows_emoji && after.is_some_and(is_emoji)),
            EMOJI_SELECTOR => !before.is_some_and(UnicodeEmoji::is_emoji_char),
            _ => is_hidden(c),
        }
    })
}

/// Emoji proper and their skin tones; digits and signs count as emoji in the tables, but join nothing.
fn is_emoji(c: char) -> bool {
    c.is_emoji_char() && !c.is_ascii()
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !is_hidden(c) && !is_stacking_mark(c)
}

fn is_stacking_mark(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// Counted on the decomposed text, where a composed letter shows its marks. A mark with no letter
/// before it would sit on whatever the page shows before the name, so it is refused as well.
fn has_stacked_marks(text: &str) -> bool {
    let mut marks = MAX_MARKS;
    text.nfd().any(|c| {
        marks = if is_stacking_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS
    })
}

/// One script, or Latin with those of Japanese, Chinese or Korean ("highly restrictive", UTS #39
/// §5.2). Only letters are asked; digits, signs and emoji belong to all scripts.
fn scripts_go_together(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    letters.as_str().is_single_script()
        || letters.as_str().check_restriction_level(RestrictionLevel::HighlyRestrictive)
}

#[cfg(test)]
mod tests;
