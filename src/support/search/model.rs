//! Parses the typed text into a query. Pure: it sends no text anywhere.

use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::ids::PlayerId;
use crate::platform::name::{UserName, search_key};
use crate::text_enum;

/// The most characters of a query: the length of an email address.
pub(super) const LONGEST: usize = 254;
/// The fewest characters that find the names that begin with them (S120). A shorter text finds whole names.
const FEWEST: usize = 3;
/// The same in scripts whose characters are syllables or words.
const FEWEST_SYLLABLES: usize = 2;
/// The most characters of an Amazon id.
const LONGEST_AMAZON_ID: usize = 128;
/// The start of every Amazon id.
const AMAZON_ID: &str = "amzn1.";

text_enum! {
    /// A way to find a player, in the order of display.
    pub enum Way {
        PlayerId = "player_id",
        AmazonId = "amazon_id",
        FormerAmazonId = "former_amazon_id",
        Email = "email",
        UserName = "user_name",
        /// The only way that is not an exact match.
        DisplayName = "display_name",
    }
}

/// Every reading of one text: a text may match in several ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SearchQuestion {
    pub player: Option<PlayerId>,
    /// Compared byte for byte, because Amazon ids differ by case.
    pub amazon_id: Option<String>,
    pub email_key: Option<String>,
    pub user_name_key: Option<String>,
    pub names: Option<NameQuery>,
}

/// The display names with one prefix, as a range of keys.
///
/// An index answers a range on both databases, but not a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameQuery {
    pub from: String,
    /// The first key after the range; `None` if there is none.
    pub below: Option<String>,
}

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnclearQuery {
    TooShort,
    TooLong,
}

/// The text without control characters and outer space, which the clipboard may add.
pub(super) fn cleaned(typed: &str) -> String {
    let visible: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.trim().to_owned()
}

/// Parses a cleaned text that is not empty.
pub(super) fn understand(text: &str) -> Result<SearchQuestion, UnclearQuery> {
    if text.chars().count() > LONGEST {
        return Err(UnclearQuery::TooLong);
    }
    let question = SearchQuestion {
        player: player_id(text),
        amazon_id: is_amazon_id(text).then(|| text.to_owned()),
        email_key: EmailAddress::parse(text, LocalPart::Unicode).ok().map(|email| email.key().to_owned()),
        user_name_key: UserName::parse(text).ok().map(|name| name.key()),
        names: NameQuery::beginning_with(text),
    };
    if question == SearchQuestion::default() { Err(UnclearQuery::TooShort) } else { Ok(question) }
}

impl SearchQuestion {
    /// The ways that this query searches in.
    pub(super) fn ways(&self) -> Vec<Way> {
        let asks = |way: Way| match way {
            Way::PlayerId => self.player.is_some(),
            Way::AmazonId | Way::FormerAmazonId => self.amazon_id.is_some(),
            Way::Email => self.email_key.is_some(),
            Way::UserName => self.user_name_key.is_some(),
            Way::DisplayName => self.names.is_some(),
        };
        Way::ALL.iter().copied().filter(|way| asks(*way)).collect()
    }
}

impl NameQuery {
    fn beginning_with(text: &str) -> Option<Self> {
        let from = search_key(text);
        let length = from.chars().count();
        let fewest = if from.chars().all(is_syllable) { FEWEST_SYLLABLES } else { FEWEST };
        match length {
            0 => None,
            // No key has a control character, so only the whole name itself is in this range.
            _ if length < fewest => Some(Self { below: Some(format!("{from}\u{1}")), from }),
            _ => Some(Self { below: first_behind(&from), from }),
        }
    }

    /// Whether a key is in the range.
    pub(super) fn hold(&self, key: &str) -> bool {
        *key >= *self.from && self.below.as_deref().is_none_or(|below| key < below)
    }
}

/// Whether a character is a syllable or a word: Chinese, Japanese and Korean.
fn is_syllable(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
        || matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// The smallest text greater than every text with this prefix, by code point.
///
/// Both databases sort the keys in that order.
fn first_behind(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

fn player_id(text: &str) -> Option<PlayerId> {
    let id = uuid::Uuid::try_parse(text).ok()?.hyphenated().to_string();
    id.eq_ignore_ascii_case(text).then(|| PlayerId::from(id))
}

fn is_amazon_id(text: &str) -> bool {
    text.len() > AMAZON_ID.len()
        && text.len() <= LONGEST_AMAZON_ID
        && text.starts_with(AMAZON_ID)
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Way::{AmazonId, DisplayName, Email, FormerAmazonId, PlayerId, UserName};
    use super::*;

    fn ways(text: &str) -> Vec<Way> {
        understand(text).unwrap().ways()
    }

    #[test]
    fn one_text_may_be_several_things() {
        assert_eq!(ways("019afb3c-3a1e-7d52-9f4e-3c7a1b2d4e5f"), [PlayerId, DisplayName]);
        assert_eq!(ways("amzn1.account.AGF3UNTJH25"), [AmazonId, FormerAmazonId, UserName, DisplayName]);
        let long = format!("amzn1.account.{}", "A".repeat(60));
        assert_eq!(ways(&long), [AmazonId, FormerAmazonId, DisplayName]);
        assert_eq!(ways("ann@example.com"), [Email, DisplayName]);
        assert_eq!(ways("a@b.co"), [Email, DisplayName]);
        assert_eq!(ways("ann_7"), [UserName, DisplayName]);
        assert_eq!(ways("Quiet Heron"), [DisplayName]);
        assert_eq!(ways("李小龍"), [DisplayName]);
    }

    #[test]
    fn each_is_asked_in_the_form_that_is_stored() {
        let asked = understand("019AFB3C-3A1E-7D52-9F4E-3C7A1B2D4E5F").unwrap();
        assert_eq!(asked.player.unwrap().as_str(), "019afb3c-3a1e-7d52-9f4e-3c7a1b2d4e5f");
        assert_eq!(understand("Ann@Example.COM").unwrap().email_key.unwrap(), "ann@example.com");
        assert_eq!(understand("Ann_7").unwrap().user_name_key.unwrap(), "ann_7");
        assert_eq!(understand("QUIET  Heron").unwrap().names.unwrap().from, "quiet heron");
        let id = "amzn1.account.AGF3unt";
        assert_eq!(understand(id).unwrap().amazon_id.unwrap(), id, "case counts");
    }

    #[test]
    fn ids_in_another_spelling_are_names() {
        for text in [
            "019afb3c3a1e7d529f4e3c7a1b2d4e5f",
            "{019afb3c-3a1e-7d52-9f4e-3c7a1b2d4e5f}",
            "amzn1.",
            "amzn1.a b",
        ] {
            let asked = understand(text).unwrap();
            assert!(asked.player.is_none() && asked.amazon_id.is_none(), "{text}");
        }
        let longest = format!("amzn1.{}", "a".repeat(LONGEST_AMAZON_ID - 6));
        assert!(understand(&longest).unwrap().amazon_id.is_some());
        assert!(understand(&format!("{longest}a")).unwrap().amazon_id.is_none());
    }

    #[test]
    fn a_short_text_finds_whole_names_and_a_longer_one_how_they_begin() {
        let holds = |text: &str, key: &str| NameQuery::beginning_with(text).unwrap().hold(key);
        for (text, key) in [("Bo", "bo"), ("É", "e"), ("%", "%"), ("_%", "_%"), ("Al", "al"), ("李", "李")]
        {
            assert!(holds(text, key), "{text}");
            for longer in ["x", " ", "\u{301}", "明", "\u{10ffff}"] {
                assert!(!holds(text, &format!("{key}{longer}")), "{text} {longer:?}");
            }
        }
        for (text, key) in [("李明", "李明博"), ("김수", "김수현"), ("さく", "さくら"), ("bob", "bobby")]
        {
            assert!(holds(text, key) && holds(text, text), "{text}");
        }
        assert!(!holds("李a", "李ab"), "letters beside syllables need three");
        assert_eq!(understand("\u{3000}"), Err(UnclearQuery::TooShort));
        assert!(understand("abc").is_ok() && understand("a b").is_ok() && understand("%_%").is_ok());
        assert_eq!(understand(&"a".repeat(255)), Err(UnclearQuery::TooLong));
        assert!(understand(&"ä".repeat(254)).is_ok(), "characters, not bytes");
    }

    #[test]
    fn what_the_clipboard_adds_is_dropped() {
        assert_eq!(cleaned(" \0ann@example.com\r\n"), "ann@example.com");
        assert_eq!(cleaned("Quiet\tHeron"), "Quiet Heron");
        assert_eq!(cleaned("\0\0 \n"), "");
    }

    #[test]
    fn the_range_of_a_prefix_ends_where_the_next_begins() {
        let below = |text: &str| NameQuery::beginning_with(text).unwrap().below;
        assert_eq!(below("abc"), Some("abd".into()));
        assert_eq!(below("ab%"), Some("ab&".into()));
        assert_eq!(below("ab\u{d7ff}"), Some("ab\u{e000}".into()), "over the surrogates");
        assert_eq!(below("ab\u{10ffff}"), Some("ac".into()));
        assert_eq!(below(&"\u{10ffff}".repeat(3)), None);
    }

    proptest! {
        #[test]
        fn a_range_holds_what_begins_so_and_nothing_else(prefix in "\\PC{3,9}", rest in "\\PC{0,5}", other in "\\PC{0,9}") {
            if let Some(names) = NameQuery::beginning_with(&prefix) {
                for key in [format!("{}{rest}", names.from), other] {
                    let is_behind = names.below.as_ref().is_some_and(|below| *below <= key);
                    prop_assert_eq!(names.hold(&key), names.from <= key && !is_behind, "{:?}", key);
                }
            }
        }

        #[test]
        fn no_text_is_too_strange_to_judge(text in any::<String>()) {
            let text = cleaned(&text);
            prop_assert!(!text.contains('\0'));
            if let Ok(question) = understand(&text) {
                prop_assert!(!question.ways().is_empty());
            }
        }
    }
}
