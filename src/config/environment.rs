//! The only reader of the process environment.
//!
//! It takes names that begin with `DOVETAIL_` in any case, so that a misspelt name is reported and not ignored.
//! Repeated names and values that are not UTF-8 are rejected.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::refused::ConfigProblem;

const PREFIX: &str = "dovetail_";

/// The product's variables, and the problems found in reading them.
pub(super) fn from_process() -> (BTreeMap<String, String>, Vec<ConfigProblem>) {
    from_pairs(std::env::vars_os())
}

fn from_pairs(
    pairs: impl Iterator<Item = (OsString, OsString)>,
) -> (BTreeMap<String, String>, Vec<ConfigProblem>) {
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, value) in pairs {
        let name = name.to_string_lossy().into_owned();
        if !is_ours(&name) {
            continue;
        }
        let Ok(value) = value.into_string() else {
            problems.push(ConfigProblem { setting: printable(&name), says: "is not valid UTF-8".to_owned() });
            continue;
        };
        if values.insert(name.clone(), value).is_some() {
            problems.push(ConfigProblem {
                setting: printable(&name),
                says: "is set twice in the environment".to_owned(),
            });
        }
    }
    (values, problems)
}

pub(super) fn is_ours(name: &str) -> bool {
    name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// A name in printable form, because a name from the environment gets into a log line (S110).
pub(super) fn printable(name: &str) -> String {
    name.chars().take(80).flat_map(char::escape_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (BTreeMap<String, String>, Vec<ConfigProblem>) {
        from_pairs(pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
    }

    #[test]
    fn other_programs_variables_are_left_alone() {
        assert_eq!(read(&[("PATH", "/bin"), ("DOVETAILED", "x"), ("LANG", "C")]).0, BTreeMap::new());
    }

    #[test]
    fn a_name_that_stands_there_twice_is_a_problem() {
        let (_, problems) = read(&[("DOVETAIL_MODE", "production"), ("DOVETAIL_MODE", "development")]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].setting, "DOVETAIL_MODE");
    }

    #[test]
    fn bytes_that_are_no_text_are_a_problem() {
        use std::os::unix::ffi::OsStringExt;
        let pair = (OsString::from("DOVETAIL_SITE_NAME"), OsString::from_vec(vec![0xff, 0xfe]));
        let (values, problems) = from_pairs([pair].into_iter());
        assert!(values.is_empty());
        assert!(problems[0].says.contains("UTF-8"));
    }
}
