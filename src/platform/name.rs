//! Visible names: display names for people, user names for signing in to a game.
//!
//! A display name is readable, of limited length, without characters that hide or reorder text, and in
//! scripts that belong together. It does not resemble the names of the staff or the site, in any spelling
//! (S105). Display names are not unique and prove nothing. A name from a provider is cleaned if possible, and
//! otherwise dropped (S52).

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
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
        for letter in bounded.split_whitespace().collect::<Vec<_>>().join(" ").graphemes(true) {
            if kept.graphemes(true).count() == MAX_LETTERS {
                break;
            }
            // A valid emoji sequence stays whole; any other grapheme loses its hidden characters.
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

    /// The name as it is shown and stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form for searching by prefix.
    pub fn key(&self) -> String {
        search_key(&self.text)
    }
}

/// Folds names and search terms: NFKC, lower case, white space collapsed.
pub fn search_key(text: &str) -> String {
    let folded: String = text.nfkc().collect::<String>().to_lowercase().nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
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

/// Whether text has hidden characters other than those inside an emoji sequence.
///
/// A selector is allowed after an emoji, a joiner only between two of them.
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
