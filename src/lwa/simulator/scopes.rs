//! Scopes as Amazon parses them: a space-separated list, and which scopes may be declined.

use std::collections::BTreeMap;

use serde::Deserialize;

pub(super) const PROFILE: &str = "profile";
pub(super) const USER_ID: &str = "profile:user_id";
pub(super) const POSTAL_CODE: &str = "postal_code";
pub(super) const PRIME: &str = "games::prime";

/// The scopes of a request in their order, without repeats.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split_whitespace() {
        if !has(&scopes, scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

pub(super) fn has(scopes: &[String], scope: &str) -> bool {
    scopes.iter().any(|one| one == scope)
}

pub(super) fn contain(all: &[String], some: &[String]) -> bool {
    some.iter().all(|scope| has(all, scope))
}

/// `scope_data`: for each scope, whether the customer must grant it.
#[derive(Default)]
pub(super) struct EssentialScopes(BTreeMap<String, ScopeWish>);

#[derive(Deserialize)]
struct ScopeWish {
    essential: Option<bool>,
}

impl EssentialScopes {
    pub(super) fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// Amazon's own defaults are not known. Here the postal code is the only scope that may be declined by default.
    pub(super) fn may_decline(&self, scope: &str) -> bool {
        let requested = self.0.get(scope).and_then(|requested| requested.essential);
        !requested.unwrap_or(scope != POSTAL_CODE)
    }
}
