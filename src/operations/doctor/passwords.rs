//! Checks the filter of stolen passwords.

use chrono::{DateTime, Utc};

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::config::Config;
use crate::platform::clock::Clock;
use crate::platform::password::BreachedPasswords;

const ABOUT: &str = "passwords";

/// The lists grow by new thefts; a filter that is older than this misses many.
const OLD: i64 = 365;

/// Reads all of the filter, which a start does not.
pub(super) fn check_passwords(config: &Config) -> Vec<DoctorLine> {
    let Some(path) = config.policy.password.filter.as_deref() else {
        return vec![note_line(
            ABOUT,
            "DOVETAIL_PASSWORD_FILTER is not set; stolen passwords are refused only where they are common",
        )];
    };
    vec![match BreachedPasswords::check(path) {
        Ok(filter) => tell(filter.header().count, filter.header().built_at, Clock::system().now()),
        Err(why) => finding_line(
            ABOUT,
            format!("DOVETAIL_PASSWORD_FILTER {why}"),
            "build the filter with `dovetail passwords filter`, or unset the setting; the portal does not start on a \
             file that it cannot use",
        ),
    }]
}

fn tell(count: u64, built_at: DateTime<Utc>, now: DateTime<Utc>) -> DoctorLine {
    let days = (now - built_at).num_days();
    let says = format!(
        "the filter has {count} stolen passwords and was built {days} days ago, on {}",
        built_at.date_naive()
    );
    if days > OLD {
        finding_line(ABOUT, says, "fetch the lists anew and build it again with `dovetail passwords filter`")
    } else {
        ok_line(ABOUT, says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::doctor::DoctorVerdict;

    #[test]
    fn a_filter_older_than_a_year_is_a_finding() {
        let built = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let verdict = |days| tell(5, built, built + chrono::TimeDelta::days(days)).verdict;
        assert_eq!((verdict(365), verdict(366)), (DoctorVerdict::Well, DoctorVerdict::Finding));
    }
}
