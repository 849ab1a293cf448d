//! The cookies of one browser.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, SET_COOKIE};
use url::Url;

/// Cookies by host; a cookie counts for every port.
#[derive(Default)]
pub struct Jar(BTreeMap<String, BTreeMap<String, Cookie>>);

struct Cookie {
    value: String,
    is_strict: bool,
}

impl Jar {
    pub fn get(&self, site: &Url, name: &str) -> Option<String> {
        self.0.get(host(site))?.get(name).map(|cookie| cookie.value.clone())
    }

    pub fn names(&self, site: &Url) -> Vec<String> {
        self.0.get(host(site)).into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    pub fn put(&mut self, site: &Url, name: &str, value: &str, is_strict: bool) {
        self.of(site).insert(name.to_owned(), Cookie { value: value.to_owned(), is_strict });
    }

    pub fn forget(&mut self, site: &Url, name: &str) {
        self.of(site).remove(name);
    }

    /// Deletes the cookies of every other host.
    pub fn keep_only(&mut self, site: &Url) {
        self.0.retain(|holder, _| holder == host(site));
    }

    /// The `Cookie` header of a request; a cross-site request sends no strict cookies.
    pub fn line_for(&self, site: &Url, is_foreign: bool) -> Option<String> {
        let held = self.0.get(host(site))?.iter();
        let sent = held.filter(|(_, cookie)| !(cookie.is_strict && is_foreign));
        let pairs: Vec<String> = sent.map(|(name, cookie)| format!("{name}={}", cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Applies the `Set-Cookie` headers of a response.
    pub fn take_from(&mut self, site: &Url, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let mut parts = line.to_str().unwrap().split(';').map(str::trim);
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap();
            let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
            let has = |wanted: &str| attributes.iter().any(|attribute| attribute == wanted);
            if has("max-age=0") {
                self.forget(site, name);
            } else {
                self.put(site, name, value, has("samesite=strict"));
            }
        }
    }

    fn of(&mut self, site: &Url) -> &mut BTreeMap<String, Cookie> {
        self.0.entry(host(site).to_owned()).or_default()
    }
}

fn host(site: &Url) -> &str {
    site.host_str().unwrap()
}
