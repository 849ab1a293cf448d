//! `dovetail doctor`: what is wrong, and what to do about it.
//!
//! Promises to look at everything the portal stands on, in the order in which it would fail, and to say of each
//! thing in one sentence how it is and, where it is not well, what to fix. Refuses to send a mail, to spend a
//! code or a token, to print a secret, and to change anything but the mode of a SQLite file that others may read,
//! which opening it always puts right (S90).

mod amazon;
mod clock;
mod database;
mod keys;
mod machine;
mod smtp;
mod web;

use std::pin::Pin;

use crate::config::Config;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorLine {
    pub about: &'static str,
    pub verdict: DoctorVerdict,
    /// How it is: "answers in 12 ms".
    pub says: String,
    /// What to do; only where it is not well.
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoctorVerdict {
    Well,
    /// Worth knowing, nothing to fix.
    Note,
    /// Something to fix.
    Finding,
}

/// Looks at one thing; may find several.
type DoctorCheck = for<'a> fn(&'a Config) -> Pin<Box<dyn Future<Output = Vec<DoctorLine>> + 'a>>;

/// Everything that is looked at. A new check is a new line here.
const CHECKS: &[DoctorCheck] = &[
    |config| Box::pin(async { database::look(config) }),
    |config| Box::pin(async { keys::look(config) }),
    |config| Box::pin(clock::look(config)),
    |config| Box::pin(amazon::look(config)),
    |config| Box::pin(smtp::look(config)),
    |config| Box::pin(web::look(config)),
    |config| Box::pin(async { machine::look(config) }),
];

/// Looks at everything. `tell` hears of each line as it is found.
pub async fn examine(config: &Config, tell: &mut dyn FnMut(&DoctorLine)) -> Vec<DoctorLine> {
    let mut lines = Vec::new();
    for check in CHECKS {
        let found = check(config).await;
        found.iter().for_each(&mut *tell);
        lines.extend(found);
    }
    lines
}

fn well(about: &'static str, says: impl Into<String>) -> DoctorLine {
    DoctorLine { about, verdict: DoctorVerdict::Well, says: says.into(), fix: None }
}

fn note(about: &'static str, says: impl Into<String>) -> DoctorLine {
    DoctorLine { about, verdict: DoctorVerdict::Note, says: says.into(), fix: None }
}

fn finding(about: &'static str, says: impl Into<String>, fix: impl Into<String>) -> DoctorLine {
    DoctorLine { about, verdict: DoctorVerdict::Finding, says: says.into(), fix: Some(fix.into()) }
}
