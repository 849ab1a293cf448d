//! The error for rejected settings: every problem at once, each with its setting, none with a value.

use std::fmt;

use super::setting::Setting;

/// One problem with one setting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigProblem {
    /// The name of the setting, such as `DOVETAIL_LISTEN`.
    pub setting: String,
    /// The rest of the sentence, such as "is not an address and port".
    pub says: String,
}

/// All problems of one start.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigRefused {
    pub problems: Vec<ConfigProblem>,
}

impl ConfigProblem {
    pub(super) fn new(setting: &Setting, says: impl Into<String>) -> Self {
        Self { setting: setting.name.to_owned(), says: says.into() }
    }
}

impl fmt::Display for ConfigRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => writeln!(f, "The settings are refused: one needs attention.")?,
            count => writeln!(f, "The settings are refused: {count} need attention.")?,
        }
        for problem in &self.problems {
            writeln!(f, "  {} {}.", problem.setting, problem.says)?;
        }
        write!(f, "docs/configuration.md describes each setting.")
    }
}

impl std::error::Error for ConfigRefused {}
