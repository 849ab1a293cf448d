//! Reads one setting after another, and collects every problem instead of stopping at the first.
//!
//! An empty value counts as unset. Blanks around a value, control characters, and a secret given both directly
//! and as a file are rejected. Such mistakes would otherwise show much later.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};

use super::database::{DOVETAIL_DATABASE_URL, DatabaseLocation};
use super::environment::{is_ours, printable};
use super::parse::{ParseResult, ParseRules, SettingValue};
use super::refused::ConfigProblem;
use super::setting::{Setting, SettingDefault, SettingGroup};
use super::{Config, DOVETAIL_MODE, DatabaseFile, Mode, development, files, strength};

/// The problem is recorded. The caller only has to stop using the value.
#[derive(Debug)]
pub(super) struct ReportedSetting;

pub(super) type ReadResult<T> = Result<T, ReportedSetting>;

pub(super) struct SettingReader {
    mode: Mode,
    /// Whether production requires that the database file exists.
    pub(super) database_file: DatabaseFile,
    values: BTreeMap<String, String>,
    /// The keys that an earlier `serve` created in development. A value from the environment takes precedence.
    made_keys: BTreeMap<String, String>,
    problems: Vec<ConfigProblem>,
    shown: BTreeMap<&'static str, String>,
    secrets: Vec<(&'static Setting, SecretSlice<u8>)>,
}

impl SettingReader {
    /// Reads first what decides how the other settings are read: the mode, and where development keeps its keys.
    pub(super) fn new(
        values: BTreeMap<String, String>,
        problems: Vec<ConfigProblem>,
        database_file: DatabaseFile,
    ) -> Self {
        let mut reader = Self {
            mode: Mode::Production,
            database_file,
            values,
            made_keys: BTreeMap::new(),
            problems,
            shown: BTreeMap::new(),
            secrets: Vec::new(),
        };
        if let Ok(mode) = reader.read(&DOVETAIL_MODE, Mode::parse) {
            reader.mode = mode;
        }
        if !reader.is_production() {
            let database = reader.read(&DOVETAIL_DATABASE_URL, DatabaseLocation::parse).ok();
            reader.made_keys = development::read(&mut reader, &development::keys_file(database.as_ref()));
        }
        reader.refuse_unknown_names();
        reader
    }

    pub(super) fn is_production(&self) -> bool {
        self.mode == Mode::Production
    }

    /// The value of a setting. `config show` prints its text, or of a secret what may be shown.
    pub(super) fn read<T: SettingValue>(
        &mut self,
        setting: &'static Setting,
        parse: impl Fn(&str, ParseRules) -> ParseResult<T>,
    ) -> ReadResult<T> {
        let rules = ParseRules { is_production: self.is_production(), range: setting.range };
        if let Some(text) = self.text(setting)? {
            let masked = || T::masked(&text).unwrap_or_else(|| fingerprint(&text));
            self.show(setting, if setting.is_secret { masked() } else { text.clone() });
            return parse(&text, rules).map_err(|says| self.refuse(setting, says));
        }
        if let Some(made) = self.made_keys.get(setting.name) {
            let parsed = parse(made, rules);
            self.show(setting, "set (made in development)");
            return parsed.map_err(|_| {
                self.refuse(setting, "is damaged in keys.env beside the database; restore that file")
            });
        }
        self.show(setting, "unset");
        T::unset().ok_or_else(|| self.refuse(setting, "must be set"))
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
    pub(super) fn demand(&mut self, setting: &Setting, holds: bool, says: &str) {
        if !holds {
            self.refuse(setting, says);
        }
    }

    /// Hands over what `config show` prints, by name.
    pub(super) fn take_shown(&mut self) -> BTreeMap<&'static str, String> {
        std::mem::take(&mut self.shown)
    }

    /// All problems, sorted by setting.
    pub(super) fn finish(mut self) -> Vec<ConfigProblem> {
        self.refuse_equal_secrets();
        self.problems.sort();
        self.problems.dedup();
        self.problems
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
        let known: Vec<String> = Config::settings().into_iter().flat_map(names).collect();
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
