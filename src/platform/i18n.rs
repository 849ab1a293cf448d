//! Every text for users, from `locales/<language>/*.ftl`, compiled into the program.
//!
//! English is complete; a message that another language lacks falls back to English. Bidi isolation marks are
//! disabled, because they would appear in accessible names and in mails. Texts without variables are formatted once,
//! because a page has some forty of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Locale, Utc};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use crate::text_enum;

#[derive(RustEmbed)]
#[folder = "locales/"]
#[include = "*.ftl"]
struct CatalogueFiles;

text_enum! {
    /// A language of the portal, English first. Its word is the language tag, as in `lang` attributes and folder names.
    pub enum Language {
        English = "en",
        German = "de",
    }
}

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English));
static GERMAN: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::German));

/// The texts of the messages without variables, by message.
type FixedTexts = HashMap<String, String>;

static ENGLISH_TEXTS: LazyLock<FixedTexts> = LazyLock::new(|| fixed_texts(Language::English));
static GERMAN_TEXTS: LazyLock<FixedTexts> = LazyLock::new(|| fixed_texts(Language::German));

impl Language {
    /// The language's own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language with this tag, if the portal has it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        tag.parse().ok()
    }

    /// The best match for an `Accept-Language` header (RFC 9110 §12.5.4).
    pub fn from_accept_language(header: &str) -> Self {
        let ranges: Vec<(String, f32)> = header.split(',').take(32).filter_map(language_range).collect();
        let weight = |language: Self| {
            let own = ranges.iter().filter(|(primary, _)| primary == language.as_str());
            let any = ranges.iter().filter(|(primary, _)| primary == "*");
            // A range that names the language decides over `*`. With several, such as `de-AT` and `de`, the best does.
            own.map(|(_, weight)| *weight)
                .reduce(f32::max)
                .or_else(|| any.map(|(_, weight)| *weight).reduce(f32::max))
                .unwrap_or(0.0)
        };
        let position = |language: Self| ranges.iter().position(|(primary, _)| primary == language.as_str());
        let mut wanted: Vec<Self> =
            Self::ALL.iter().copied().filter(|language| weight(*language) > 0.0).collect();
        wanted.sort_by(|one, other| {
            let by_weight = weight(*other).total_cmp(&weight(*one));
            by_weight.then(position(*one).unwrap_or(usize::MAX).cmp(&position(*other).unwrap_or(usize::MAX)))
        });
        wanted.first().copied().unwrap_or(Self::English)
    }

    /// The text of `message`.
    pub fn text(self, message: &str) -> String {
        match self.fixed_texts().get(message) {
            Some(text) => text.clone(),
            None => self.format(message, None),
        }
    }

    /// The text of `message` with its placeables replaced by `args`.
    pub fn text_of<'a, const N: usize>(self, message: &str, args: [(&'a str, &'a str); N]) -> String {
        self.text_with(message, &args)
    }

    /// Like [`Language::text_of`], for a list of any length.
    pub fn text_with(self, message: &str, args: &[(&str, &str)]) -> String {
        let args: FluentArgs<'_> =
            args.iter().map(|&(name, value)| (name, FluentValue::from(value))).collect();
        self.format(message, Some(&args))
    }

    /// The text of `message` in the plural form for `count`.
    pub fn text_for_count(self, message: &str, count: i64) -> String {
        let args: FluentArgs<'_> = [("count", FluentValue::from(count))].into_iter().collect();
        self.format(message, Some(&args))
    }

    /// Whether this language itself, not its fallback, has `message`.
    pub fn has(self, message: &str) -> bool {
        self.bundle().has_message(message)
    }

    /// A date in this language's format: "3 October 2026".
    pub fn date(self, at: DateTime<Utc>) -> String {
        match self {
            Self::English => at.format_localized("%-d %B %Y", Locale::en_GB).to_string(),
            Self::German => at.format_localized("%-d. %B %Y", Locale::de_DE).to_string(),
        }
    }

    /// A date with its time and the label "UTC". Browsers with scripts show the user's own time zone instead.
    pub fn date_time(self, at: DateTime<Utc>) -> String {
        format!("{}, {}", self.date(at), self.time(at))
    }

    /// The time of day with the label "UTC".
    #[expect(clippy::unused_self, reason = "a language may write it differently")]
    pub fn time(self, at: DateTime<Utc>) -> String {
        format!("{} UTC", at.format("%H:%M"))
    }

    fn format(self, message: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = if self.has(message) { self.bundle() } else { &*ENGLISH };
        let Some(pattern) = bundle.get_message(message).and_then(|found| found.value()) else {
            tracing::error!(event = "platform.message.missing", message.id = message, "a message is missing");
            return message.to_owned();
        };
        bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    }

    fn bundle(self) -> &'static Bundle {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }

    fn fixed_texts(self) -> &'static FixedTexts {
        match self {
            Self::English => &ENGLISH_TEXTS,
            Self::German => &GERMAN_TEXTS,
        }
    }
}

/// The primary language and the weight of one entry of `Accept-Language`: `de-AT-u-co-phonebk;q=0.9` is `de`, 0.9.
fn language_range(entry: &str) -> Option<(String, f32)> {
    let mut parts = entry.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    let mut weight = 1.0;
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("q")
        {
            weight = value.trim().parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
        }
    }
    Some((primary, weight))
}

/// Formats every message of `language` that needs no variable.
fn fixed_texts(language: Language) -> FixedTexts {
    let bundle = language.bundle();
    let formatted = |id: &str| {
        let pattern = bundle.get_message(id)?.value()?;
        let mut problems = Vec::new();
        let text = bundle.format_pattern(pattern, None, &mut problems).into_owned();
        problems.is_empty().then(|| (id.to_owned(), text))
    };
    let sources: Vec<String> = catalogue(language).map(|(_, source)| source).collect();
    sources.iter().flat_map(|source| message_ids(source)).filter_map(formatted).collect()
}

/// The ids of the messages in a catalogue file. Terms and comments begin with other characters.
fn message_ids(source: &str) -> impl Iterator<Item = &str> {
    let ids = source.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id);
    ids.filter(|id| id.starts_with(|first: char| first.is_ascii_lowercase()))
}

/// The files of a language: path and content.
fn catalogue(language: Language) -> impl Iterator<Item = (String, String)> {
    let folder = format!("{}/", language.as_str());
    let files = CatalogueFiles::iter().filter(move |path| path.starts_with(&folder));
    files.filter_map(|path| {
        let file = CatalogueFiles::get(&path)?;
        Some((path.into_owned(), String::from_utf8(file.data.into_owned()).ok()?))
    })
}

fn bundle(language: Language) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![
        language.as_str().parse::<LanguageIdentifier>().unwrap_or_default(),
    ]);
    bundle.set_use_isolating(false);
    for (path, source) in catalogue(language) {
        let resource = match FluentResource::try_new(source) {
            Ok(resource) => resource,
            Err((resource, problems)) => {
                tracing::error!(
                    event = "platform.message_file.malformed",
                    file = %path,
                    ?problems,
                    "a message file has lines that cannot be parsed"
                );
                resource
            }
        };
        if let Err(problems) = bundle.add_resource(resource) {
            tracing::error!(
                event = "platform.message.repeated",
                file = %path,
                ?problems,
                "a message file defines a message twice"
            );
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(language: Language) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for (path, source) in catalogue(language) {
            FluentResource::try_new(source.clone())
                .unwrap_or_else(|(_, problems)| panic!("{path}: {problems:?}"));
            for id in message_ids(&source) {
                assert!(ids.insert(id.to_owned()), "{path}: {id} stands twice");
            }
        }
        ids
    }

    /// What is formatted once is what formatting gives, and what needs a variable is not among it.
    #[test]
    fn only_texts_without_variables_are_formatted_once() {
        for &language in Language::ALL {
            let fixed = language.fixed_texts();
            for (id, text) in fixed {
                assert_eq!(*text, language.format(id, None), "{id}");
                assert!(!text.contains("{$"), "{id}: {text}");
            }
            assert!(fixed.contains_key("sign-in"));
            for needs_variables in ["back-to", "privacy-lead", "pace-ago-minutes"] {
                assert!(language.has(needs_variables) && !fixed.contains_key(needs_variables));
            }
        }
    }

    #[test]
    fn every_language_has_every_message() {
        let english = ids(Language::English);
        assert!(!english.is_empty());
        for &language in Language::ALL {
            let own = ids(language);
            let missing: Vec<_> = english.symmetric_difference(&own).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", language.as_str());
        }
    }

    #[test]
    fn the_reader_gets_the_first_language_we_speak() {
        for (header, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("fr,de;q=0.5", Language::German),
            ("en-US,en;q=0.9,de;q=0.8", Language::English),
            ("fr", Language::English),
            ("", Language::English),
            ("*", Language::English),
            ("\u{0}, ;;", Language::English),
            ("de;q=0, en;q=0.1", Language::English),
            ("de;q=0", Language::English),
            ("en;q=0, de;q=0.1", Language::German),
            ("en;q=0, *;q=0.5", Language::German),
            ("*;q=0.5, en;q=0", Language::German),
            ("en;q=0.2, de;q=0.9", Language::German),
            ("en;Q=0.2,DE;Q=0.9", Language::German),
            ("de-DE-u-co-phonebk", Language::German),
            ("de-u-nu-latn;q=0.9, en;q=0.8", Language::German),
            ("de-Latn-AT-1996-x-own, en;q=0.5", Language::German),
            ("fr-CA, de_AT;q=0.5", Language::German),
            ("den, en", Language::English),
            ("de;q=abc, en;q=0.1", Language::English),
            ("de;q=2, en;q=0.1", Language::English),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header:?}");
        }
    }

    #[test]
    fn dates_are_written_as_the_language_does() {
        let at = DateTime::from_timestamp(1_791_000_000, 0).unwrap();
        assert_eq!(Language::English.date(at), "3 October 2026");
        assert_eq!(Language::German.date_time(at), "3. Oktober 2026, 04:00 UTC");
    }
}
