//! The secrets that passed, and the search for them.

use std::collections::BTreeMap;

use url::Url;

use crate::harness::Page;

/// What must not be found, with its name.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, &'static str>);

impl Secrets {
    pub fn add(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() >= 6, "{what} is too short to be looked for: {secret:?}");
        self.0.insert(secret.to_owned(), what);
    }

    /// Names of the secrets that stand in `place`, as they are or as an address would hold them.
    pub fn found_in(&self, place: &str, but: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (secret, what) in self.0.iter().filter(|(_, what)| !but.contains(what)) {
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret.as_str(), &encoded, &encoded.replace('+', "%20")] {
                if stands_in(place, form) {
                    found.push(format!("{what} {secret}"));
                    break;
                }
            }
        }
        found
    }

    pub fn count(&self, what: &str) -> usize {
        self.0.values().filter(|known| **known == what).count()
    }

    /// What pages carried: tokens of forms, cookies, and what Amazon's addresses hold.
    pub fn collect_from_pages(&mut self, pages: &[Page]) {
        for page in pages {
            if page.value("csrf").is_some() {
                self.add("CSRF token", &page.csrf());
            }
            for cookie in page.headers.get_all("set-cookie") {
                let (name, value) =
                    cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                if value.len() < 20 {
                    continue; // Taken back, or the simulator's own.
                }
                self.add(if name == "session" { "session cookie" } else { "cookie" }, value);
                if name == "session" {
                    // The signature stands before the token.
                    self.add("session cookie", &value[value.len() - 43..]);
                }
            }
            let Some(location) = page.location().and_then(|location| page.url.join(&location).ok()) else {
                continue;
            };
            self.collect_from_address(&location);
        }
    }

    fn collect_from_address(&mut self, address: &Url) {
        for (name, value) in address.query_pairs() {
            match &*name {
                "state" => self.add("state", &value),
                "code" => self.add("authorization code", &value),
                _ => {}
            }
        }
    }

    /// What only the two programs see: tokens and verifiers.
    pub fn collect_from_wire(&mut self, heard: &str) {
        let heard = heard.replace("%7C", "|");
        let words = heard.split(|c: char| c.is_whitespace() || "\"&{},<>".contains(c));
        for word in words {
            if let Some(verifier) = word.strip_prefix("code_verifier=") {
                self.add("verifier", verifier);
            }
            if let Some(code) = word.strip_prefix("device_code=") {
                self.add("device code", code);
            }
            for (prefix, what) in [("Atza|", "access token"), ("Atzr|", "refresh token")] {
                if let Some(at) = word.find(prefix).filter(|at| word.len() > at + 20) {
                    self.add(what, &word[at..]);
                }
            }
        }
    }
}

/// Six digits are found only where they stand alone: a longer number that contains them is another one.
fn stands_in(place: &str, secret: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    place.match_indices(secret).any(|(at, found)| {
        let (before, after) = (&place[..at], &place[at + found.len()..]);
        secret.len() != 6 || !(before.ends_with(is_part) || after.starts_with(is_part))
    })
}

#[test]
fn what_is_there_is_found() {
    let mut secrets = Secrets::default();
    secrets.add("token", "Atza|one+two");
    secrets.add("code", "123456");
    let found = |place: &str| secrets.found_in(place, &[]).len();
    assert_eq!(found("x=Atza|one+two;"), 1);
    assert_eq!(found("x=Atza%7Cone%2Btwo&y"), 1);
    assert_eq!(found("code 123456\n"), 1);
    assert_eq!(found("2026-11-21T12:43:22.123456Z 0123456 a123456"), 0);
    assert_eq!(secrets.found_in("123456", &["code"]).len(), 0);
}
