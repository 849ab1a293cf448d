//! The definition of a setting: name, default, allowed values and meaning.
//!
//! One list, [`all`], feeds the reader, `dovetail config show`, the check for unknown names and the table in
//! `docs/configuration.md`, so that they cannot differ.

use super::{
    amazon, audit, database, events, game, http, limits, logging, mail, policy, privacy, secrets, sessions,
    site,
};

/// One `DOVETAIL_` variable.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    pub fallback: SettingDefault,
    pub allowed: AllowedValues,
    /// For `docs/configuration.md`, as a phrase.
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
    Words(&'static str),
}

/// The range of a setting that has one, both ends included.
#[derive(Clone, Copy, Debug)]
pub enum AllowedValues {
    AsDescribed,
    Number(u64, u64),
    /// In seconds.
    Time(u64, u64),
    /// In bytes.
    Size(u64, u64),
}

/// The setting that decides which rules apply.
pub(super) static MODE: Setting =
    Setting::new("DOVETAIL_MODE", SettingDefault::Value("production"), "`production` or `development`");

/// Every setting, in the order of `docs/configuration.md`.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    std::iter::once(&MODE)
        .chain(http::SETTINGS.iter().copied())
        .chain(database::SETTINGS.iter().copied())
        .chain(amazon::SETTINGS.iter().copied())
        .chain(amazon::ENDPOINT_SETTINGS.iter().copied())
        .chain(secrets::SETTINGS.iter().copied())
        .chain(mail::SETTINGS.iter().copied())
        .chain(site::SETTINGS.iter().copied())
        .chain(game::SETTINGS.iter().copied())
        .chain(logging::SETTINGS.iter().copied())
        .chain(policy::SETTINGS.iter().copied())
        .chain(sessions::SETTINGS.iter().copied())
        .chain(limits::SETTINGS.iter().copied())
        .chain(audit::SETTINGS.iter().copied())
        .chain(events::SETTINGS.iter().copied())
        .chain(privacy::SETTINGS.iter().copied())
}

impl Setting {
    pub(super) const fn new(name: &'static str, fallback: SettingDefault, meaning: &'static str) -> Self {
        Self {
            name,
            fallback,
            allowed: AllowedValues::AsDescribed,
            meaning,
            is_required: false,
            is_secret: false,
        }
    }

    pub(super) const fn within(self, allowed: AllowedValues) -> Self {
        Self { allowed, ..self }
    }

    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    /// The row of the table in `docs/configuration.md`.
    pub fn row(&self) -> String {
        let default = match self.fallback {
            SettingDefault::Value(value) => format!("`{value}`"),
            SettingDefault::Development(value) => format!("`{value}` in development"),
            SettingDefault::Words(words) => words.to_owned(),
        };
        let required = if self.is_required { "; required in production" } else { "" };
        let range = self.allowed.words().map_or_else(String::new, |words| format!("; {words}"));
        let file = if self.is_secret { "; or `…_FILE`" } else { "" };
        format!("| `{}` | {default}{required} | {}{range}{file} |", self.name, self.meaning)
    }
}

impl AllowedValues {
    /// A range such as "8 to 64"; `None` if the meaning already says what is allowed.
    pub(super) fn words(self) -> Option<String> {
        match self {
            Self::AsDescribed => None,
            Self::Number(from, to) => Some(format!("{from} to {to}")),
            Self::Time(from, to) => Some(format!("{} to {}", time_words(from), time_words(to))),
            Self::Size(from, to) => Some(format!("{} to {}", size_words(from), size_words(to))),
        }
    }
}

fn time_words(seconds: u64) -> String {
    in_units(seconds, &[(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")])
}

fn size_words(bytes: u64) -> String {
    in_units(bytes, &[(1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")])
}

fn in_units(amount: u64, units: &[(u64, &str)]) -> String {
    let unit = units.iter().find(|(size, _)| amount >= *size && amount.is_multiple_of(*size));
    unit.map_or_else(|| amount.to_string(), |(size, name)| format!("{}{name}", amount / size))
}
