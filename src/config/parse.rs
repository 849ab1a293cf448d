//! Parsers for the texts of settings.
//!
//! Every error is the end of a sentence that begins with the setting's name. It repeats nothing of the value.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use url::{Host, Origin, Url};

pub(super) type ParseResult<T> = Result<T, String>;

/// `on` or `off`.
pub(super) fn switch(text: &str) -> ParseResult<bool> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off".to_owned()),
    }
}

/// `127.0.0.1:8080`, `[::1]:8080`.
pub(super) fn address(text: &str) -> ParseResult<SocketAddr> {
    text.parse().map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080".to_owned())
}

/// A whole number.
pub(super) fn number(text: &str) -> ParseResult<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("must be a whole number".to_owned());
    }
    text.parse().map_err(|_| "is too large a number".to_owned())
}

/// `90s`, `15min`, `2h`, `14d`: in seconds.
pub(super) fn seconds(text: &str) -> ParseResult<u64> {
    let units = [("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)];
    amount(text, &units, "must be a number and a unit, such as 90s, 15min, 2h or 14d")
}

/// `512B`, `16KiB`, `1MiB`: in bytes.
pub(super) fn bytes(text: &str) -> ParseResult<u64> {
    let units = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)];
    amount(text, &units, "must be a number and a unit, such as 512B, 16KiB or 1MiB")
}

fn amount(text: &str, units: &[(&str, u64)], advice: &str) -> ParseResult<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let size = units.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
    let count: Option<u64> = count.parse().ok();
    count.zip(size).and_then(|(count, size)| count.checked_mul(size)).ok_or_else(|| advice.to_owned())
}

/// Checks that a text has an allowed number of characters.
pub(super) fn length(text: &str, allowed: &RangeInclusive<usize>) -> ParseResult<()> {
    if allowed.contains(&text.chars().count()) {
        return Ok(());
    }
    Err(format!("must have {} to {} characters", allowed.start(), allowed.end()))
}

/// The entries of a comma list. Blanks around an entry are dropped; empty and repeated entries are errors.
pub(super) fn list(text: &str) -> ParseResult<Vec<&str>> {
    let mut entries: Vec<&str> = Vec::new();
    for (at, entry) in text.split(',').map(str::trim).enumerate() {
        let place = at + 1;
        if entry.is_empty() {
            return Err(format!("has an empty entry (number {place}) in its comma list"));
        }
        if entries.contains(&entry) {
            return Err(format!("repeats an entry (number {place}) of its comma list"));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// The parsed entries of a comma list.
pub(super) fn list_of<T>(text: &str, parse: impl Fn(&str) -> ParseResult<T>) -> ParseResult<Vec<T>> {
    list(text)?
        .into_iter()
        .enumerate()
        .map(|(at, entry)| parse(entry).map_err(|says| format!("entry {}: {says}", at + 1)))
        .collect()
}

/// A URL with `http` or `https`, without user info and fragment.
pub(super) fn web_url(text: &str) -> ParseResult<Url> {
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

/// A URL of scheme, host and port only.
pub(super) fn origin_url(text: &str) -> ParseResult<Url> {
    let url = web_url(text)?;
    if url.path() != "/" || url.query().is_some() {
        return Err("must be scheme, host and port only, without path or query".to_owned());
    }
    Ok(url)
}

/// An origin that pages may come from or go to: `https`, or this machine in development.
pub(super) fn trusted_origin(text: &str, is_production: bool) -> ParseResult<Origin> {
    let url = origin_url(text)?;
    let is_safe = url.scheme() == "https" || (!is_production && is_this_machine(&url));
    if is_safe { Ok(url.origin()) } else { Err("must be an https origin".to_owned()) }
}

/// Any URL except one on a host that is known to be a foreign proxy.
pub(super) fn any_url(text: &str) -> ParseResult<Url> {
    let url = Url::parse(text).map_err(|_| "is not a valid URL".to_owned())?;
    // Copies of Amazon's documentation were made through this web proxy. A token sent there would leak (S53).
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    if host == "goskope.com" || host.ends_with(".goskope.com") {
        return Err("names a goskope.com host, which is somebody's web proxy and not the service".to_owned());
    }
    Ok(url)
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
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_need_a_unit() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("15min"), Ok(900));
        assert_eq!(seconds("14d"), Ok(1_209_600));
        assert_eq!(bytes("16KiB"), Ok(16_384));
        for wrong in ["", "90", "s", "-1s", "1.5h", "1 h", "1H", "99999999999999999999d", "213503982334602d"]
        {
            assert!(seconds(wrong).is_err(), "{wrong}");
            assert!(bytes(wrong).is_err(), "{wrong}");
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
        assert!(origin_url("https://play.studio.test").is_ok());
        assert!(origin_url("https://play.studio.test:8443/").is_ok());
        for wrong in [
            "https://play.studio.test/x",
            "https://play.studio.test/?x",
            "https://u@play.studio.test",
            "https://play.studio.test/#x",
            "ftp://play.studio.test",
            "play.studio.test",
            "https://",
            "https://api.amazon.com.rproxy.GOSKOPE.com",
        ] {
            assert!(origin_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_masked_address_keeps_the_place_and_loses_the_secret() {
        let url = Url::parse("postgres://ann:hunter2@db:5433/portal?password=hunter2").unwrap();
        assert_eq!(masked(&url), "postgres://***@db:5433/portal?***");
    }
}
