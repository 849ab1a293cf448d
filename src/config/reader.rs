//! Reads one setting after another, and collects every problem instead of stopping at the first.
//!
//! An empty value counts as unset. Blanks around a value, control characters, and a secret given both directly
//! and as a file are rejected. Such mistakes would otherwise show much later.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};

use super::environment::{is_ours, printable};
use super::parse::{self, ParseResult};
use super::refused::ConfigProblem;
use super::setting::{self, AllowedValues, MODE, Setting, SettingDefault};
use super::{Mode, files, strength};

/// The problem is recorded. The caller only has to stop using the value.
#[derive(Debug)]
pub(super) struct ReportedSetting;

pub(super) type ReadResult<T> = Result<T, ReportedSetting>;

pub(super) struct SettingReader {
    mode: Mode,
    values: BTreeMap<String, String>,
    problems: Vec<ConfigProblem>,
    shown: BTreeMap<&'static str, String>,
    secrets: Vec<(&'static Setting, SecretSlice<u8>)>,
}

impl SettingReader {
    /// Reads the mode first, because it decides what the other settings may contain.
    pub(super) fn new(values: BTreeMap<String, String>, problems: Vec<ConfigProblem>) -> Self {
        let mut reader =
            Self { mode: Mode::Production, values, problems, shown: BTreeMap::new(), secrets: Vec::new() };
        if let Ok(mode) = reader.value(&MODE, mode) {
            reader.mode = mode;
        }
        reader.refuse_unknown_names();
        reader
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn is_production(&self) -> bool {
        self.mode == Mode::Production
    }

    /// A setting that always has a value.
    pub(super) fn value<T>(
        &mut self,
        setting: &'static Setting,
        parse: impl Fn(&str) -> ParseResult<T>,
    ) -> ReadResult<T> {
        match self.optional(setting, parse)? {
            Some(value) => Ok(value),
            None => Err(self.refuse(setting, "must be set")),
        }
    }

    /// A setting that may be unset.
    pub(super) fn optional<T>(
        &mut self,
        setting: &'static Setting,
        parse: impl Fn(&str) -> ParseResult<T>,
    ) -> ReadResult<Option<T>> {
        let Some(text) = self.text(setting)? else {
            self.show(setting, "unset");
            return Ok(None);
        };
        self.show(setting, if setting.is_secret { fingerprint(&text) } else { text.clone() });
        parse(&text).map(Some).map_err(|says| self.refuse(setting, says))
    }

    /// A whole number within the setting's range.
    pub(super) fn number<T: TryFrom<u64>>(&mut self, setting: &'static Setting) -> ReadResult<T> {
        let number = self.value(setting, |text| match setting.allowed {
            AllowedValues::Size(..) => parse::bytes(text),
            AllowedValues::Time(..) => parse::seconds(text),
            AllowedValues::Number(..) | AllowedValues::AsDescribed => parse::number(text),
        })?;
        let (AllowedValues::Number(from, to) | AllowedValues::Size(from, to) | AllowedValues::Time(from, to)) =
            setting.allowed
        else {
            return T::try_from(number).map_err(|_| self.refuse(setting, "is too large"));
        };
        match T::try_from(number) {
            Ok(value) if (from..=to).contains(&number) => Ok(value),
            _ => {
                let range = setting.allowed.words().unwrap_or_default();
                Err(self.refuse(setting, format!("is out of range: {range}")))
            }
        }
    }

    /// A time limit.
    pub(super) fn wait(&mut self, setting: &'static Setting) -> ReadResult<Duration> {
        self.number(setting).map(Duration::from_secs)
    }

    /// A lifetime, to be added to an instant.
    pub(super) fn span(&mut self, setting: &'static Setting) -> ReadResult<TimeDelta> {
        self.number(setting).map(TimeDelta::seconds)
    }

    /// Stores a secret, to be compared with all others at the end.
    pub(super) fn remember_secret(&mut self, setting: &'static Setting, secret: &[u8]) {
        self.secrets.push((setting, secret.to_vec().into()));
    }

    /// Sets what `config show` prints, where that is not the text of the setting.
    pub(super) fn show(&mut self, setting: &'static Setting, text: impl Into<String>) {
        self.shown.insert(setting.name, text.into());
    }

    /// Records a problem.
    pub(super) fn refuse(&mut self, setting: &Setting, says: impl Into<String>) -> ReportedSetting {
        self.problems.push(ConfigProblem::new(setting, says));
        ReportedSetting
    }

    /// Records a problem unless `holds` is true.
    pub(super) fn demand(&mut self, setting: &Setting, holds: bool, says: &str) -> ReadResult<()> {
        if holds { Ok(()) } else { Err(self.refuse(setting, says)) }
    }

    /// The values to be shown, and all problems sorted by setting.
    pub(super) fn finish(mut self) -> (BTreeMap<&'static str, String>, Vec<ConfigProblem>) {
        self.refuse_equal_secrets();
        self.problems.sort();
        self.problems.dedup();
        (self.shown, self.problems)
    }

    /// The effective text of a setting: its own, its file's, or its default.
    fn text(&mut self, setting: &'static Setting) -> ReadResult<Option<String>> {
        let own = self.own_text(setting)?;
        if own.is_some() {
            return Ok(own);
        }
        match setting.fallback {
            SettingDefault::Value(value) => Ok(Some(value.to_owned())),
            SettingDefault::Development(value) if !self.is_production() => Ok(Some(value.to_owned())),
            _ if setting.is_required && self.is_production() => {
                self.show(setting, "unset");
                Err(self.refuse(setting, "is required in production"))
            }
            _ => Ok(None),
        }
    }

    fn own_text(&mut self, setting: &'static Setting) -> ReadResult<Option<String>> {
        let direct = self.values.get(setting.name).filter(|text| !text.is_empty()).cloned();
        let file_name = format!("{}_FILE", setting.name);
        let file = self.values.get(&file_name).filter(|text| setting.is_secret && !text.is_empty()).cloned();
        let text = match (direct, file) {
            (Some(_), Some(_)) => {
                return Err(self.refuse(setting, "is set twice: directly and through its _FILE"));
            }
            (None, Some(path)) => Some(self.secret_file(setting, Path::new(&path))?),
            (direct, None) => direct,
        };
        match &text {
            Some(text) if text.trim().is_empty() => Err(self.refuse(setting, "holds nothing but blanks")),
            Some(text) if text.trim() != text => Err(self.refuse(setting, "begins or ends with a blank")),
            Some(text) if text.chars().any(char::is_control) => {
                Err(self.refuse(setting, "contains control characters"))
            }
            _ => Ok(text),
        }
    }

    fn secret_file(&mut self, setting: &'static Setting, path: &Path) -> ReadResult<String> {
        if files::others_may_use(path) && self.is_production() {
            return Err(self.refuse(
                setting,
                "comes from a file that everybody on the machine may read; chmod it to 600",
            ));
        }
        let text = fs::read_to_string(path)
            .map_err(|_| self.refuse(setting, "comes from a file that cannot be read as text"))?;
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    }

    fn refuse_unknown_names(&mut self) {
        let known: Vec<String> = setting::all().flat_map(names).collect();
        let unknown = self.values.keys().filter(|name| is_ours(name) && !known.contains(name));
        let problems: Vec<ConfigProblem> = unknown
            .map(|name| ConfigProblem { setting: printable(name), says: unknown_says(name, &known) })
            .collect();
        self.problems.extend(problems);
    }

    fn refuse_equal_secrets(&mut self) {
        let mut rest = self.secrets.as_slice();
        while let Some(((setting, secret), others)) = rest.split_first() {
            for (other, _) in others
                .iter()
                .filter(|(_, other)| strength::overlap(secret.expose_secret(), other.expose_secret()))
            {
                let says = if setting.name == other.name {
                    "uses one secret twice".to_owned()
                } else {
                    format!("holds the same secret as {}; every purpose needs its own", setting.name)
                };
                self.problems.push(ConfigProblem::new(other, says));
            }
            rest = others;
        }
    }
}

fn mode(text: &str) -> ParseResult<Mode> {
    match text {
        "production" => Ok(Mode::Production),
        "development" => Ok(Mode::Development),
        _ => Err("must be production or development".to_owned()),
    }
}

fn names(setting: &Setting) -> Vec<String> {
    let file = setting.is_secret.then(|| format!("{}_FILE", setting.name));
    std::iter::once(setting.name.to_owned()).chain(file).collect()
}

fn unknown_says(name: &str, known: &[String]) -> String {
    let wanted = name.to_ascii_uppercase();
    let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, &wanted));
    match nearest {
        Some(nearest) if strsim::damerau_levenshtein(nearest, &wanted) <= 3 => {
            format!("is not a setting; did you mean {nearest}")
        }
        _ => "is not a setting".to_owned(),
    }
}

/// Enough of a hash to distinguish two secrets, too little to find one.
fn fingerprint(secret: &str) -> String {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(secret.as_bytes()));
    format!("set (sha256 {})", hash.get(..8).unwrap_or_default())
}
