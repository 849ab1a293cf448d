//! The authorization response: the query of the callback.
//!
//! [`read`] sorts the query into one [`CallbackResult`], without I/O. Nothing in it is trusted yet: the caller
//! finds, matches and spends the `state`. Repeated names (S112), another issuer (S45) and malformed codes are
//! rejected.

use std::collections::HashSet;

use secrecy::SecretString;

use super::{LwaClient, LwaErrorClass};

/// The longest accepted code, in bytes. Amazon's codes have 20 characters.
const CODE_BYTES: usize = 2048;

/// An authorization response.
pub struct CallbackQuery {
    /// The `state` as received; `None` when missing, empty or repeated. Without it no code is exchanged (S40).
    pub state: Option<SecretString>,
    pub outcome: CallbackResult,
}

/// The meaning of an authorization response.
pub enum CallbackResult {
    /// The customer agreed. `granted` is an input of [`super::missing_scopes`].
    Code { code: SecretString, granted: Option<String> },
    /// The customer declined.
    Declined,
    /// Amazon rejects our client; an operator must act.
    Misconfigured(LwaErrorClass),
    /// Amazon cannot answer now, or sent an `error` value that is unknown here; try later (S46).
    UpstreamError(LwaErrorClass),
    /// A response that Amazon never sends; it gets 400.
    Malformed,
}

impl LwaClient {
    /// Reads the decoded query of the callback, in its original order.
    pub fn read_callback(&self, pairs: &[(String, String)]) -> CallbackQuery {
        read(pairs, &self.settings.issuer)
    }
}

/// Reads the query of a callback from the server named `issuer`.
pub fn read(pairs: &[(String, String)], issuer: &str) -> CallbackQuery {
    let state = single_value(pairs, "state").filter(|state| !state.is_empty());
    CallbackQuery { state: state.map(SecretString::from), outcome: outcome(pairs, issuer) }
}

fn outcome(pairs: &[(String, String)], issuer: &str) -> CallbackResult {
    let mut names = HashSet::new();
    if !pairs.iter().all(|(name, _)| names.insert(name)) {
        return CallbackResult::Malformed;
    }
    if single_value(pairs, "iss").is_some_and(|iss| iss != issuer) {
        return CallbackResult::Malformed;
    }
    // RFC 6749 §3.1: a parameter without a value counts as omitted.
    if let Some(word) = single_value(pairs, "error").filter(|word| !word.is_empty()) {
        return refused(word);
    }
    match single_value(pairs, "code") {
        Some(code) if is_code(code) => {
            // An empty `scope` is kept: it grants nothing, while an omitted one means "as requested".
            let granted = single_value(pairs, "scope").map(str::to_owned);
            CallbackResult::Code { code: code.into(), granted }
        }
        _ => CallbackResult::Malformed,
    }
}

fn refused(word: &str) -> CallbackResult {
    match LwaErrorClass::of_word(word) {
        _ if word == "access_denied" => CallbackResult::Declined,
        class if class.rejects_our_client() => CallbackResult::Misconfigured(class),
        class => CallbackResult::UpstreamError(class),
    }
}

fn is_code(code: &str) -> bool {
    (1..=CODE_BYTES).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The value of a parameter that occurs exactly once.
fn single_value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    const ISSUER: &str = "https://www.amazon.com";

    fn callback(query: &str) -> CallbackQuery {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        read(&pairs, ISSUER)
    }

    fn name(outcome: &CallbackResult) -> String {
        match outcome {
            CallbackResult::Code { code, granted } => format!("code {} {granted:?}", code.expose_secret()),
            CallbackResult::Declined => "declined".to_owned(),
            CallbackResult::Misconfigured(class) => format!("misconfigured {}", class.as_str()),
            CallbackResult::UpstreamError(class) => format!("later {}", class.as_str()),
            CallbackResult::Malformed => "nonsense".to_owned(),
        }
    }

    #[test]
    fn each_answer_has_its_outcome() {
        let long = "a".repeat(2049);
        for (query, expected) in [
            (
                "code=ANdNAVhyhqirUelHGEHA&scope=profile&state=s",
                "code ANdNAVhyhqirUelHGEHA Some(\"profile\")",
            ),
            ("state=s&code=A&scope=games%3A%3Aprime+profile", "code A Some(\"games::prime profile\")"),
            ("code=A&state=s", "code A None"),
            ("code=A&state=s&scope=", "code A Some(\"\")"),
            ("code=A&state=s&error=", "code A None"),
            ("code=A&state=s&later=1", "code A None"),
            ("code=A&state=s&iss=https%3A%2F%2Fwww.amazon.com", "code A None"),
            ("error_description=Access+not+permitted.&state=s&error=access_denied", "declined"),
            ("code=A&state=s&error=access_denied", "declined"),
            (
                "error_description=An+unknown+scope+was+requested&state=s&error=invalid_scope",
                "misconfigured invalid_scope",
            ),
            ("state=s&error=unauthorized_client", "misconfigured unauthorized_client"),
            ("state=s&error=invalid_request", "later invalid_request"),
            ("state=s&error=unsupported_response_type", "later unsupported_response_type"),
            ("state=s&error=server_error", "later server_error"),
            ("state=s&error=temporarily_unavailable", "later temporarily_unavailable"),
            ("state=s&error=%3Cscript%3E&error_description=%3Cscript%3E", "later other_word"),
            ("state=s&error=ACCESS_DENIED", "later other_word"),
            ("", "nonsense"),
            ("state=s", "nonsense"),
            ("state=s&code=", "nonsense"),
            ("state=s&code=a%20b", "nonsense"),
            ("state=s&code=a%0A", "nonsense"),
            ("state=s&code=%C3%A4", "nonsense"),
            ("state=s&code=A&code=A", "nonsense"),
            ("state=s&state=s&code=A", "nonsense"),
            ("state=s&error=access_denied&error=", "nonsense"),
            ("state=s&code=A&scope=a&scope=b", "nonsense"),
            ("state=s&code=A&later=1&later=1", "nonsense"),
            ("state=s&code=A&iss=https%3A%2F%2Fwww.amazon.com%2F", "nonsense"),
            ("state=s&code=A&iss=", "nonsense"),
            ("state=s&error=access_denied&iss=https%3A%2F%2Fevil.example", "nonsense"),
            (&format!("state=s&code={long}"), "nonsense"),
        ] {
            assert_eq!(name(&callback(query).outcome), expected, "{query}");
        }
    }

    #[test]
    fn a_state_counts_when_it_stands_once_and_says_something() {
        for (query, expected) in [
            ("state=s", Some("s")),
            ("state=s&error=access_denied", Some("s")),
            ("state=s&code=A&code=B", Some("s")),
            ("code=A", None),
            ("code=A&state=", None),
            ("code=A&state=s&state=s", None),
            ("code=A&state=&state=s", None),
            ("code=A&State=s", None),
        ] {
            let state = callback(query).state;
            assert_eq!(state.as_ref().map(secrecy::ExposeSecret::expose_secret), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_believed_only_where_it_stands_alone(
            pairs in prop::collection::vec(("(code|state|error|scope|iss|x)", "\\PC{0,8}"), 0..6)
        ) {
            if let CallbackResult::Code { code, .. } = read(&pairs, ISSUER).outcome {
                let count = |name: &str| pairs.iter().filter(|(key, _)| key == name).count();
                prop_assert_eq!(count("code"), 1);
                prop_assert!(pairs.iter().all(|(key, value)| key != "error" || value.is_empty()));
                prop_assert!(pairs.iter().all(|(key, value)| key != "iss" || value == ISSUER));
                prop_assert!(is_code(code.expose_secret()));
            }
        }
    }
}
