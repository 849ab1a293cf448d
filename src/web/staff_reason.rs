//! The reason that every change by staff asks for, in their own words (S123).

/// A reason of 4 to 200 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffReason(String);

impl StaffReason {
    /// The field's name and id in forms.
    pub const FIELD: &'static str = "reason";
    /// The message for a reason that is not accepted.
    pub const MISSING: &'static str = "reason-missing";

    /// The typed reason, trimmed. `None` if it is too short, too long, or has control characters.
    pub fn parse(typed: &str) -> Option<Self> {
        let text = typed.trim();
        let length = text.chars().count();
        let is_good = (4..=200).contains(&length) && !text.chars().any(char::is_control);
        is_good.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        assert_eq!(StaffReason::parse("  ticket 4711 ").unwrap().as_str(), "ticket 4711");
        for nothing in ["", "   ", "abc", "a\nb\nc\nd", &"x".repeat(201)] {
            assert_eq!(StaffReason::parse(nothing), None, "{nothing:?}");
        }
    }
}
