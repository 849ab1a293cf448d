//! The declaration of a setting.
//!
//! Everything else follows from it: the field of a struct, how the environment is read, `dovetail config show`,
//! the check for unknown names, the checks of ranges, and the table in `docs/configuration.md`.

use super::reader::{ReadResult, SettingReader};

/// Declares a group of settings: a struct, and how it is read.
///
/// - `field: Type = NAME, default("…");` is a setting. Its comment is its meaning in `docs/configuration.md`.
/// - `by function` names the parser, where the type alone does not say how to read the text.
/// - `field: Type;` is a group of its own.
/// - `checked by method` names a check that needs several settings. It records what it refuses.
macro_rules! settings {
    (@declare [$($meaning:literal)*]) => {};
    (@declare [$($meaning:literal)*] $name:ident, $declared:expr) => {
        pub(in crate::config) static $name: $crate::config::setting::Setting =
            $crate::config::setting::Setting {
                name: stringify!($name),
                meaning: concat!($($meaning),*),
                ..$declared
            };
    };
    (@list $type:ty) => { <$type as $crate::config::setting::SettingGroup>::settings() };
    (@list $type:ty, $name:ident) => { vec![&$name] };
    (@read $reader:ident, $type:ty) => {
        <$type as $crate::config::setting::SettingGroup>::read($reader)
    };
    (@read $reader:ident, $type:ty, $name:ident) => {
        $reader.read(&$name, <$type as $crate::config::parse::SettingValue>::parse)
    };
    (@read $reader:ident, $type:ty, $name:ident, $parser:path) => { $reader.read(&$name, $parser) };
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $group:ident $(, checked by $check:ident)? {
            $(
                $(#[doc = $meaning:literal])*
                $field_visibility:vis $field:ident: $type:ty
                    $(= $name:ident, $declared:expr $(, by $parser:path)?)?;
            )*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $group {
            $( $(#[doc = $meaning])* $field_visibility $field: $type, )*
        }

        $( $crate::config::setting::settings!(@declare [$($meaning)*] $($name, $declared)?); )*

        impl $crate::config::setting::SettingGroup for $group {
            fn settings() -> Vec<&'static $crate::config::setting::Setting> {
                [$( $crate::config::setting::settings!(@list $type $(, $name)?) ),*].concat()
            }

            fn read(
                reader: &mut $crate::config::reader::SettingReader,
            ) -> $crate::config::reader::ReadResult<Self> {
                // Every field is read before the first failure returns, so that all problems are found.
                $(
                    let $field =
                        $crate::config::setting::settings!(@read reader, $type $(, $name $(, $parser)?)?);
                )*
                let group = Self { $( $field: $field? ),* };
                $( group.$check(reader); )?
                Ok(group)
            }
        }
    };
}

pub(super) use settings;

/// Settings that are read together.
pub(super) trait SettingGroup: Sized {
    /// In the order of `docs/configuration.md`.
    fn settings() -> Vec<&'static Setting>;

    fn read(reader: &mut SettingReader) -> ReadResult<Self>;
}

/// One `DOVETAIL_` variable.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    pub fallback: SettingDefault,
    /// The smallest and the largest allowed value.
    pub range: Option<(&'static str, &'static str)>,
    /// For `docs/configuration.md`, as a phrase.
    #[cfg_attr(
        not(feature = "test-support"),
        expect(dead_code, reason = "a test compares the page with it")
    )]
    pub meaning: &'static str,
    /// Whether production refuses to start without it.
    pub is_required: bool,
    /// Whether its value is never shown. A secret may also come from a file named by `<name>_FILE` (S139).
    pub is_secret: bool,
}

/// What applies while a setting is unset.
#[derive(Clone, Copy, Debug)]
pub enum SettingDefault {
    /// This value, in both modes.
    Value(&'static str),
    /// This value, in development only.
    Development(&'static str),
    /// No value. The text says what happens instead.
    #[cfg_attr(not(feature = "test-support"), expect(dead_code, reason = "a test compares the page with it"))]
    Words(&'static str),
}

/// A setting that always has a value.
pub(super) const fn default(value: &'static str) -> Setting {
    declared(SettingDefault::Value(value))
}

/// A setting that has a value of its own in development only.
pub(super) const fn in_development(value: &'static str) -> Setting {
    declared(SettingDefault::Development(value))
}

/// A setting that may stay unset; `words` says what happens then.
pub(super) const fn or_else(words: &'static str) -> Setting {
    declared(SettingDefault::Words(words))
}

const fn declared(fallback: SettingDefault) -> Setting {
    Setting { name: "", fallback, range: None, meaning: "", is_required: false, is_secret: false }
}

impl Setting {
    /// Allows values from `least` to `most`, both included.
    pub(super) const fn within(self, least: &'static str, most: &'static str) -> Self {
        Self { range: Some((least, most)), ..self }
    }

    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    /// The row of the table in `docs/configuration.md`.
    #[cfg(feature = "test-support")]
    pub fn row(&self) -> String {
        let default = match self.fallback {
            SettingDefault::Value(value) => format!("`{value}`"),
            SettingDefault::Development(value) => format!("`{value}` in development"),
            SettingDefault::Words(words) => words.to_owned(),
        };
        let required = if self.is_required { "; required in production" } else { "" };
        let range = self.range.map_or_else(String::new, |(least, most)| format!("; {least} to {most}"));
        let file = if self.is_secret { "; or `…_FILE`" } else { "" };
        format!("| `{}` | {default}{required} |{}{range}{file} |", self.name, self.meaning)
    }
}
