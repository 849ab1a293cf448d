//! `dovetail doctor`: checks the installation, and says what to fix.
//!
//! It checks everything the portal depends on, in the order in which it would fail. Each result is one
//! sentence, with a fix where one is needed. It sends no mail, uses no code or token, and prints no secret.
//! It changes nothing, with one exception: opening a SQLite file always removes other users' access (S90).

mod amazon;
mod clock;
mod database;
mod keys;
mod machine;
mod passwords;
mod smtp;
mod web;

use std::pin::Pin;

pub use self::machine::runs_as_root;
use crate::config::Config;
use crate::text_enum;

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorLine {
    pub about: &'static str,
    pub verdict: DoctorVerdict,
    /// The state, such as "answers in 12 ms".
    pub says: String,
    /// What to do; only with [`DoctorVerdict::Finding`].
    pub fix: Option<String>,
}

text_enum! {
    pub enum DoctorVerdict {
        Well = "well",
        /// Information without anything to fix.
        Note = "note",
        /// Something to fix.
        Finding = "finding",
    }
}

/// One check, which may return several results.
type DoctorCheck = for<'a> fn(&'a Config) -> Pin<Box<dyn Future<Output = Vec<DoctorLine>> + 'a>>;

/// All checks, in order.
const CHECKS: &[DoctorCheck] = &[
    |config| Box::pin(async { database::check_database(config) }),
    |config| Box::pin(async { keys::check_keys(config) }),
    |config| Box::pin(async { passwords::check_passwords(config) }),
    |config| Box::pin(clock::check_clock(config)),
    |config| Box::pin(amazon::check_amazon(config)),
    |config| Box::pin(smtp::check_smtp(config)),
    |config| Box::pin(web::check_web(config)),
    |config| Box::pin(async { machine::check_machine(config) }),
];

/// Runs all checks. `tell` is called with each result as soon as it is known.
pub async fn run_checks(config: &Config, tell: &mut dyn FnMut(&DoctorLine)) -> Vec<DoctorLine> {
    let mut lines = Vec::new();
    for check in CHECKS {
        let found = check(config).await;
        found.iter().for_each(&mut *tell);
        lines.extend(found);
    }
    lines
}

fn ok_line(about: &'static str, says: impl Into<String>) -> DoctorLine {
    DoctorLine { about, verdict: DoctorVerdict::Well, says: says.into(), fix: None }
}

fn note_line(about: &'static str, says: impl Into<String>) -> DoctorLine {
    DoctorLine { about, verdict: DoctorVerdict::Note, says: says.into(), fix: None }
}

fn finding_line(about: &'static str, says: impl Into<String>, fix: impl Into<String>) -> DoctorLine {
    DoctorLine { about, verdict: DoctorVerdict::Finding, says: says.into(), fix: Some(fix.into()) }
}
