//! Comparison of requested and granted scopes.
//!
//! A scope counts as granted only under its whole name. A voluntary one may be declined: the link is made without it.

/// The postal code of the customer's primary shipping address.
pub const POSTAL_CODE: &str = "postal_code";
/// Whether a customer may untick the scope. Nothing that the portal does needs a postal code.
pub fn is_voluntary(scope: &str) -> bool {
    scope == POSTAL_CODE
}

/// Whether this list of granted scopes names the scope.
pub fn names_scope(granted: &str, scope: &str) -> bool {
    // A `+` remains where the list was encoded twice on its way.
    granted.split([' ', '+']).any(|one| one == scope)
}

/// The requested scopes that were not granted.
///
/// `granted` is the `scope` of the authorization response. `None` means "as requested" (RFC 6749 §5.1); an empty
/// text means that nothing was granted.
pub fn missing_scopes<'a>(requested: &'a [String], granted: Option<&str>) -> Vec<&'a str> {
    let Some(granted) = granted else { return Vec::new() };
    requested.iter().map(String::as_str).filter(|scope| !names_scope(granted, scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested() -> Vec<String> {
        vec!["games::prime".to_owned(), "profile".to_owned()]
    }

    #[test]
    fn every_scope_granted_is_none_missing() {
        for granted in ["games::prime profile", "profile+games::prime", "profile other games::prime"] {
            assert!(missing_scopes(&requested(), Some(granted)).is_empty(), "{granted}");
        }
    }

    #[test]
    fn an_unticked_scope_is_named() {
        assert_eq!(missing_scopes(&requested(), Some("profile")), ["games::prime"]);
        assert_eq!(missing_scopes(&requested(), Some("profile:user_id Profile")), requested());
    }

    #[test]
    fn a_postal_code_may_be_declined_and_nothing_else() {
        assert!(is_voluntary("postal_code"));
        assert!(["profile", "profile:user_id", "games::prime"].iter().all(|scope| !is_voluntary(scope)));
    }

    #[test]
    fn an_absent_list_means_as_requested_and_an_empty_one_means_nothing() {
        assert!(missing_scopes(&requested(), None).is_empty());
        assert_eq!(missing_scopes(&requested(), Some("")), requested());
    }
}
