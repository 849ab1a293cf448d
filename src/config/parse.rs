//! How the text of a setting becomes a value.
//!
//! Every error is the end of a sentence that begins with the setting's name. It repeats nothing of the value.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use url::{Host, Origin, Url};

use crate::platform::text_enum::{self, TextEnum};

pub(super) type ParseResult<T> = Result<T, String>;

/// A type that a setting can have.
pub(super) trait SettingValue: Sized {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self>;

    /// The value while the setting is unset; `None` if it must be set.
    fn unset() -> Option<Self> {
        None
    }

    /// What may be shown of a secret text; `None` if nothing may.
    fn masked(_text: &str) -> Option<String> {
        None
    }
}

/// What else decides whether a text is allowed.
#[derive(Clone, Copy)]
pub(super) struct ParseRules {
    pub(super) is_production: bool,
    /// The smallest and the largest allowed value.
    pub(super) range: Option<(&'static str, &'static str)>,
}

impl ParseRules {
    /// The amount that `text` stands for, if it is within the range.
    fn amount(self, text: &str, parse: impl Fn(&str) -> ParseResult<u64>) -> ParseResult<u64> {
        let amount = parse(text)?;
        match self.range {
            Some((least, most)) if !(parse(least)?..=parse(most)?).contains(&amount) => {
                Err(format!("is out of range: {least} to {most}"))
            }
            _ => Ok(amount),
        }
    }

    fn count<T: TryFrom<u64>>(self, text: &str, parse: impl Fn(&str) -> ParseResult<u64>) -> ParseResult<T> {
        T::try_from(self.amount(text, parse)?).map_err(|_| "is too large".to_owned())
    }
}

impl<T: SettingValue> SettingValue for Option<T> {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        T::parse(text, rules).map(Some)
    }

    fn unset() -> Option<Self> {
        Some(None)
    }
}

/// A comma list; unset, it is empty.
impl<T: SettingValue> SettingValue for Vec<T> {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        let parsed = list(text)?
            .into_iter()
            .enumerate()
            .map(|(at, entry)| T::parse(entry, rules).map_err(|says| format!("entry {}: {says}", at + 1)));
        parsed.collect()
    }

    fn unset() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<E: TextEnum> SettingValue for E {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        text_enum::parse(text)
    }
}

impl SettingValue for bool {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        match text {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err("must be on or off".to_owned()),
        }
    }
}

impl SettingValue for u32 {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        rules.count(text, number)
    }
}

impl SettingValue for usize {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        rules.count(text, number)
    }
}

/// A time limit.
impl SettingValue for Duration {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        rules.amount(text, seconds).map(Self::from_secs)
    }
}

/// A lifetime, to be added to an instant.
impl SettingValue for TimeDelta {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        rules.count(text, seconds).map(Self::seconds)
    }
}

/// A directory that exists.
impl SettingValue for PathBuf {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        let path = Self::from(text);
        if !path.is_absolute() {
            return Err("must be an absolute path".to_owned());
        }
        if path.is_dir() { Ok(path) } else { Err("must be a directory that exists".to_owned()) }
    }
}

impl SettingValue for String {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        Ok(text.to_owned())
    }
}

impl SettingValue for SecretString {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        Ok(text.into())
    }
}

/// An address to listen on: `127.0.0.1:8080`, `[::1]:8080`. In development it must be a loopback address (S138).
impl SettingValue for SocketAddr {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        let address: Self = text
            .parse()
            .map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080".to_owned())?;
        if !rules.is_production && !address.ip().is_loopback() {
            return Err("must be a loopback address in development".to_owned());
        }
        Ok(address)
    }
}

/// A URL with `http` or `https`, without user info and fragment.
impl SettingValue for Url {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        let url = any_url(text)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must begin with https:// (or http://)".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or password".to_owned());
        }
        if url.fragment().is_some() {
            return Err("must not contain a fragment (#)".to_owned());
        }
        Ok(url)
    }
}

/// An origin that pages may come from or go to: `https`, or this machine in development.
impl SettingValue for Origin {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        let url = origin_url(text, rules)?;
        let is_safe = url.scheme() == "https" || (!rules.is_production && is_this_machine(&url));
        if is_safe { Ok(url.origin()) } else { Err("must be an https origin".to_owned()) }
    }
}

/// `512B`, `16KiB`, `1MiB`: a number of bytes.
pub(super) fn bytes(text: &str, rules: ParseRules) -> ParseResult<usize> {
    let units = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)];
    let advice = "must be a number and a unit, such as 512B, 16KiB or 1MiB";
    rules.count(text, |text| in_units(text, &units, advice))
}

/// `90s`, `15min`, `2h`, `14d`.
fn seconds(text: &str) -> ParseResult<u64> {
    let units = [("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)];
    in_units(text, &units, "must be a number and a unit, such as 90s, 15min, 2h or 14d")
}

fn in_units(text: &str, units: &[(&str, u64)], advice: &str) -> ParseResult<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let size = units.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
    let count: Option<u64> = count.parse().ok();
    count.zip(size).and_then(|(count, size)| count.checked_mul(size)).ok_or_else(|| advice.to_owned())
}

fn number(text: &str) -> ParseResult<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("must be a whole number".to_owned());
    }
    text.parse().map_err(|_| "is too large a number".to_owned())
}

/// The entries of a comma list. Blanks around an entry are dropped; empty and repeated entries are errors.
pub(super) fn list(text: &str) -> ParseResult<Vec<&str>> {
    let entries: Vec<&str> = text.split(',').map(str::trim).collect();
    if let Some(at) = entries.iter().position(|entry| entry.is_empty()) {
        return Err(format!("has an empty entry (number {}) in its comma list", at + 1));
    }
    if let Some(at) = first_repeated(&entries) {
        return Err(format!("repeats an entry (number {}) of its comma list", at + 1));
    }
    Ok(entries)
}

/// The position of the first item that is equal to an earlier one.
pub(super) fn first_repeated<T: Ord>(items: impl IntoIterator<Item = T>) -> Option<usize> {
    let mut seen = BTreeSet::new();
    items.into_iter().position(|item| !seen.insert(item))
}

/// A URL of scheme, host and port only.
pub(super) fn origin_url(text: &str, rules: ParseRules) -> ParseResult<Url> {
    let url = <Url as SettingValue>::parse(text, rules)?;
    if url.path() != "/" || url.query().is_some() {
        return Err("must be scheme, host and port only, without path or query".to_owned());
    }
    Ok(url)
}

pub(super) fn any_url(text: &str) -> ParseResult<Url> {
    Url::parse(text).map_err(|_| "is not a valid URL".to_owned())
}

/// Whether the host is `localhost` or a loopback address.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URL without the parts that may be secret: user info and the values of the query.
pub(super) fn masked(url: &Url) -> String {
    let userinfo = if url.username().is_empty() && url.password().is_none() { "" } else { "***@" };
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let query = if url.query().is_some() { "?***" } else { "" };
    format!("{}://{userinfo}{}{port}{}{query}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

#[cfg(test)]
pub(super) const DEVELOPMENT: ParseRules = ParseRules { is_production: false, range: None };

#[cfg(test)]
pub(super) const PRODUCTION: ParseRules = ParseRules { is_production: true, range: None };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_need_a_unit() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("15min"), Ok(900));
        assert_eq!(seconds("14d"), Ok(1_209_600));
        assert_eq!(bytes("16KiB", PRODUCTION), Ok(16_384));
        for wrong in ["", "90", "s", "-1s", "1.5h", "1 h", "1H", "99999999999999999999d", "213503982334602d"]
        {
            assert!(seconds(wrong).is_err(), "{wrong}");
            assert!(bytes(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_range_includes_its_ends() {
        let rules = ParseRules { range: Some(("1min", "2h")), ..PRODUCTION };
        for right in ["60s", "1min", "120min"] {
            assert!(Duration::parse(right, rules).is_ok(), "{right}");
        }
        for wrong in ["59s", "7201s", "3h"] {
            let said = Duration::parse(wrong, rules).unwrap_err();
            assert_eq!(said, "is out of range: 1min to 2h", "{wrong}");
        }
    }

    #[test]
    fn a_list_has_neither_empty_nor_repeated_entries() {
        assert_eq!(list("a, b"), Ok(vec!["a", "b"]));
        for wrong in [",", "a,,b", "a,", "a,b,a"] {
            assert!(list(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_nothing_but_an_origin() {
        assert!(origin_url("https://play.studio.test", PRODUCTION).is_ok());
        assert!(origin_url("https://play.studio.test:8443/", PRODUCTION).is_ok());
        for wrong in [
            "https://play.studio.test/x",
            "https://play.studio.test/?x",
            "https://u@play.studio.test",
            "https://play.studio.test/#x",
            "ftp://play.studio.test",
            "play.studio.test",
            "https://",
        ] {
            assert!(origin_url(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_masked_address_keeps_the_place_and_loses_the_secret() {
        let url = Url::parse("postgres://ann:hunter2@db:5433/portal?password=hunter2").unwrap();
        assert_eq!(masked(&url), "postgres://***@db:5433/portal?***");
    }
}
