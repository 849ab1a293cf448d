//! Rules for new passwords, and the one canonical form in which all passwords are compared.
//!
//! The same keys give the same password on every device: NFKC once, without trimming, folding or cutting (S1,
//! S3). Passwords that attackers try first are refused: short and common ones, also in disguise, repetitions, runs,
//! and those made of context words (S2). There are no rules about kinds of characters.

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::{common, disguise, patterns};

/// The length that no password exceeds, whatever the settings say, in characters after normalisation.
const MAX_CHARACTERS: usize = 1024;
/// A character has at most four bytes.
const MAX_BYTES: usize = 4 * MAX_CHARACTERS;
/// Normalisation shortens text to no less than a third; longer input is not worth normalising.
const MAX_TYPED_BYTES: usize = 4 * MAX_BYTES;

/// Words that attackers try on every site.
const ALWAYS: [&str; 2] = ["amazon", "password"];

/// A password in canonical form.
pub struct Password(SecretString);

/// What a new password is checked against.
#[derive(Clone, Copy)]
pub struct PasswordContext<'a> {
    /// The fewest characters allowed.
    pub min: usize,
    /// The most characters allowed.
    pub max: usize,
    /// The name of the site.
    pub site: &'a str,
    /// Empty if there is none.
    pub display_name: &'a str,
    /// The address of the account; empty if there is none.
    pub email: &'a str,
}

/// Why a password was refused: the first reason found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRefusal {
    /// Fewer than `min` characters.
    TooShort { min: usize },
    /// More than `max` characters.
    TooLong { max: usize },
    /// A control character, or one that Unicode has not assigned and may still change.
    ForbiddenCharacter,
    /// In the list of common passwords, or one of them repeated or in disguise.
    Common,
    /// A short unit repeated, or fewer than four different characters.
    Repetitive,
    /// A run along the alphabet, the digits or the keyboard.
    Sequence,
    /// Made mostly of the site's or the player's own name or address.
    ContextWords,
    /// In the operator's list of stolen passwords ([`super::BreachedPasswords`]).
    Breached,
}

impl Password {
    /// Checks a new password and returns it in canonical form.
    pub fn judge(raw: &SecretString, context: &PasswordContext<'_>) -> Result<Self, PasswordRefusal> {
        let too_long = PasswordRefusal::TooLong { max: context.max };
        let password = Self::normalised(raw).ok_or(too_long)?;
        let text = password.0.expose_secret();
        let length = text.chars().count();
        if length > context.max {
            return Err(too_long);
        }
        if text.chars().any(is_forbidden) {
            return Err(PasswordRefusal::ForbiddenCharacter);
        }
        if length < context.min {
            return Err(PasswordRefusal::TooShort { min: context.min });
        }
        refuse_guessable(text, context)?;
        Ok(password)
    }

    /// A password as it was typed to sign in, in the same form but without checks.
    ///
    /// It may be older than the present rules. `None` if it is longer than any password can be.
    pub fn as_typed(raw: &SecretString) -> Option<Self> {
        Self::normalised(raw)
    }

    /// Whether what was typed has fewer than `min` characters in canonical form.
    pub fn is_shorter_than(raw: &SecretString, min: usize) -> bool {
        Self::normalised(raw).is_some_and(|password| password.0.expose_secret().chars().count() < min)
    }

    /// An empty password, to be hashed where nothing can match.
    pub(super) fn none() -> Self {
        Self(SecretString::default())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    fn normalised(raw: &SecretString) -> Option<Self> {
        let raw = raw.expose_secret();
        if raw.len() > MAX_TYPED_BYTES {
            return None;
        }
        let bytes = raw.nfkc().map(char::len_utf8).sum();
        if bytes > MAX_BYTES {
            return None;
        }
        // Allocated at full size, because growing would leave copies of the password in memory.
        let mut text = Zeroizing::new(String::with_capacity(bytes));
        text.extend(raw.nfkc());
        (text.chars().count() <= MAX_CHARACTERS).then(|| Self(SecretString::from(text.as_str())))
    }
}

/// Whether a character is unassigned or a control character.
///
/// Unicode may assign an unassigned code point later with a normal form of its own, and the password would no
/// longer match.
fn is_forbidden(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::Unassigned | GeneralCategory::Control)
}

fn refuse_guessable(text: &str, context: &PasswordContext<'_>) -> Result<(), PasswordRefusal> {
    let folded = Zeroizing::new(text.to_lowercase());
    let chars: Zeroizing<Vec<char>> = Zeroizing::new(folded.chars().collect());
    // "p.a.s.s.w.o.r.d" counts as "password", because separators add nothing.
    let bare: Zeroizing<Vec<char>> =
        Zeroizing::new(chars.iter().copied().filter(|c| c.is_alphanumeric()).collect());

    for chars in [&chars, &bare] {
        if common::contains(&Zeroizing::new(chars.iter().collect::<String>())) {
            return Err(PasswordRefusal::Common);
        }
        if let Some(unit) = patterns::repeated_unit(chars) {
            if common::contains(&Zeroizing::new(unit.iter().collect::<String>())) {
                return Err(PasswordRefusal::Common);
            }
            if unit.len() < context.min {
                return Err(PasswordRefusal::Repetitive);
            }
        }
    }
    if patterns::has_few_characters(&chars) {
        return Err(PasswordRefusal::Repetitive);
    }
    if patterns::is_mostly_runs(&chars) {
        return Err(PasswordRefusal::Sequence);
    }
    if is_mostly_words(&folded, &context_words(context), context.min) {
        return Err(PasswordRefusal::ContextWords);
    }
    if disguise::is_common(&chars) {
        return Err(PasswordRefusal::Common);
    }
    Ok(())
}

/// Whether `words` make up half of the password, or all but digits and signs shorter than the minimum.
fn is_mostly_words(folded: &str, words: &[String], min: usize) -> bool {
    let mut rest = Zeroizing::new(folded.to_owned());
    for word in words {
        // NUL is in no password, so the text on both sides of a word does not join.
        rest = Zeroizing::new(rest.replace(word.as_str(), "\0"));
    }
    let all = folded.chars().count();
    let left: Vec<char> = rest.chars().filter(|c| *c != '\0').collect();
    let covered = all.saturating_sub(left.len());
    let only_decoration = left.len() < min && !left.iter().any(|c| c.is_alphabetic());
    covered * 2 >= all || (covered > 0 && only_decoration)
}

/// The words of the context, folded as passwords are, of three or more characters, longest first.
fn context_words(context: &PasswordContext<'_>) -> Vec<String> {
    let (local_part, domain) = context.email.rsplit_once('@').unwrap_or((context.email, ""));
    let domain_without_top = domain.rsplit_once('.').map_or("", |(labels, _)| labels);
    let mut words: Vec<String> = [context.site, context.display_name, local_part, domain_without_top]
        .into_iter()
        .chain(ALWAYS)
        .flat_map(words_of)
        .filter(|word| word.chars().count() >= 3)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

/// Each word of a text, and its letters and digits joined together.
fn words_of(text: &str) -> Vec<String> {
    const MAX_WORDS: usize = 32;
    let folded: String = text.chars().take(MAX_CHARACTERS).nfkc().collect::<String>().to_lowercase();
    let words = folded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let run_together: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    words.take(MAX_WORDS).map(str::to_owned).chain([run_together]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use PasswordRefusal::{
        Common, ContextWords, ForbiddenCharacter, Repetitive, Sequence, TooLong, TooShort,
    };

    const CONTEXT: PasswordContext<'static> = PasswordContext {
        min: 10,
        max: 256,
        site: "Dovetail",
        display_name: "Anna Schmidt",
        email: "ann.marie77@wintergarten.example.com",
    };

    fn refusal_in(context: &PasswordContext<'_>, text: &str) -> Option<PasswordRefusal> {
        Password::judge(&text.into(), context).err()
    }

    fn refusal(text: &str) -> Option<PasswordRefusal> {
        refusal_in(&CONTEXT, text)
    }

    /// `n` characters that match no list and no pattern.
    fn long(n: usize) -> String {
        (0..).flat_map(|i| format!("{} tin ", i * 7919).chars().collect::<Vec<_>>()).take(n).collect()
    }

    #[test]
    fn good_passwords_are_accepted() {
        for text in [
            "correct horse battery staple",
            "k8#vq2!mzp",
            " leading space kept",
            "größer als gedacht",
            "пароль который длинный",
            "🦀🐳🌋🎲🚲🧩🪁🥁🎷🧭",
            "tr0ub4dor&3x",
            "my amazon river boat trip",
            "秘密の合言葉をここに置く",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_after_normalisation() {
        assert_eq!(refusal("k8#vq2!mz"), Some(TooShort { min: 10 }));
        assert_eq!(refusal(&long(10)), None);
        assert_eq!(refusal(&long(64)), None);
        assert_eq!(refusal(&long(256)), None);
        assert_eq!(refusal(&long(257)), Some(TooLong { max: 256 }));
        assert_eq!(refusal(&long(1_000_000)), Some(TooLong { max: 256 }));
        // Nine letters typed as ten code points.
        assert_eq!(refusal("k8#vq2!me\u{301}"), Some(TooShort { min: 10 }));
        // 300 bytes of emoji are 75 characters; 1,028 bytes are 257 characters.
        assert_eq!(refusal(&"🦀🐳🌋🎲🚲".repeat(15)), Some(Repetitive));
        assert_eq!(refusal(&"🦀".repeat(257)), Some(TooLong { max: 256 }));
        // One character that becomes eighteen.
        assert_eq!(refusal(&"\u{fdfa}".repeat(256)), Some(TooLong { max: 256 }));
    }

    #[test]
    fn the_minimum_is_the_callers() {
        assert_eq!(refusal_in(&PasswordContext { min: 8, ..CONTEXT }, "k8#vq2!m"), None);
        assert_eq!(refusal_in(&PasswordContext { min: 15, ..CONTEXT }, "k8#vq2!mzp wasd"), None);
        assert_eq!(
            refusal_in(&PasswordContext { min: 15, ..CONTEXT }, "k8#vq2!mzp was"),
            Some(TooShort { min: 15 })
        );
    }

    #[test]
    fn the_maximum_is_the_callers() {
        for max in [64, 256, 1024] {
            let context = PasswordContext { max, ..CONTEXT };
            assert_eq!(refusal_in(&context, &long(max)), None, "{max}");
            assert_eq!(refusal_in(&context, &long(max + 1)), Some(TooLong { max }), "{max}");
            assert_eq!(refusal_in(&context, &"🦀".repeat(max + 1)), Some(TooLong { max }), "{max}");
        }
    }

    #[test]
    fn control_and_unassigned_characters_are_refused() {
        for c in ['\0', '\n', '\t', '\u{7f}', '\u{85}', '\u{378}', '\u{ffff}', '\u{e0fff}'] {
            assert_eq!(refusal(&format!("k8#vq2!mzp{c}w")), Some(ForbiddenCharacter), "{c:?}");
        }
        assert_eq!(refusal("k8#vq2!mzp\u{200d}w"), None);
    }

    #[test]
    fn common_passwords_are_refused_in_any_case_and_width() {
        for text in [
            "password123",
            "PassWord123",
            "ｐａｓｓｗｏｒｄ１２３",
            "p.a.s.s.w.o.r.d.1.2.3",
            "iloveyou12",
            "sunshinesunshine",
            "p@ssw0rd!!1",
            "summer2026!",
            "P4ssw0rd123",
        ] {
            assert_eq!(refusal(text), Some(Common), "{text}");
        }
    }

    #[test]
    fn every_fiftieth_entry_of_the_list_is_refused() {
        let context = PasswordContext { min: 8, ..CONTEXT };
        for entry in include_str!("common.txt").lines().step_by(50) {
            assert_eq!(refusal_in(&context, entry), Some(Common), "{entry}");
        }
    }

    #[test]
    fn repetitions_are_refused() {
        for text in ["zqzqzqzqzqzq", "xk!7xk!7xk!7", "vvvvvvvvvvvvv", "wort-wort-wort", "hh jj hh jj hj"] {
            assert_eq!(refusal(text), Some(Repetitive), "{text}");
        }
    }

    #[test]
    fn runs_are_refused() {
        for text in
            ["abcdefghijklm", "lkjhgfdsapoiuytrewq", "9876543210abcdef", "qaywsxedcrfvtgb1234567890abc"]
        {
            assert_eq!(refusal(text), Some(Sequence), "{text}");
        }
    }

    #[test]
    fn words_that_stand_on_the_page_are_refused() {
        for text in [
            "dovetail-2031",
            "Amazon!!1997",
            "AnnaSchmidt!",
            "schmidt.anna.x",
            "ann.marie77x",
            "wintergarten",
            "7wintergarten7",
            "password-marie",
            "Marie 8251 84!",
        ] {
            assert_eq!(refusal(text), Some(ContextWords), "{text}");
        }
        let context = PasswordContext { site: "Blue Heron Games", ..CONTEXT };
        assert_eq!(refusal_in(&context, "blueheron4ever"), Some(ContextWords));
        assert_eq!(refusal_in(&context, "a heron in the reeds"), None);
        assert_eq!(refusal("blueheron4ever"), None);
    }

    #[test]
    fn signing_in_asks_for_the_form_only() {
        assert!(Password::as_typed(&"a".into()).is_some());
        assert!(Password::as_typed(&"password".into()).is_some());
        assert!(Password::as_typed(&long(1024).into()).is_some());
        assert!(Password::as_typed(&long(1025).into()).is_none());
    }

    #[test]
    fn the_form_joins_what_keyboards_compose_differently_and_nothing_else() {
        let same = |a: &str, b: &str| {
            Password::as_typed(&a.into()).unwrap().as_bytes()
                == Password::as_typed(&b.into()).unwrap().as_bytes()
        };
        assert!(same("ﬁn", "fin") && same("é", "e\u{301}") && same("한", "\u{1112}\u{1161}\u{11ab}"));
        assert!(!same("A", "a") && !same(" a", "a") && !same("a ", "a") && !same("ß", "ss"));
    }

    proptest! {
        #[test]
        fn composed_and_decomposed_text_is_one_password(text in "\\PC{0,60}") {
            let composed = Password::as_typed(&text.nfc().collect::<String>().into());
            let decomposed = Password::as_typed(&text.nfd().collect::<String>().into());
            prop_assert_eq!(composed.map(|p| p.as_bytes().to_vec()), decomposed.map(|p| p.as_bytes().to_vec()));
        }

        #[test]
        fn what_is_accepted_keeps_to_the_bounds(text in "\\PC{0,300}") {
            if let Ok(password) = Password::judge(&text.as_str().into(), &CONTEXT) {
                let kept = std::str::from_utf8(password.as_bytes()).unwrap();
                prop_assert!((10..=256).contains(&kept.chars().count()));
                prop_assert_eq!(kept, text.nfkc().collect::<String>());
            }
        }

        #[test]
        fn no_input_is_too_strange_to_judge(text in any::<String>(), name in any::<String>(), email in any::<String>()) {
            let context = PasswordContext { display_name: &name, email: &email, ..CONTEXT };
            let _ = Password::judge(&text.into(), &context);
        }
    }
}
