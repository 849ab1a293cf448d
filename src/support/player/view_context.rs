//! The context of a player's page: its language, its time, and what is masked.

use chrono::{DateTime, Utc};

use crate::support::player::masking::Masking;
use crate::web::Page;
use crate::web::relative_time::RelativeTime;

/// Passed to each function that builds a part of the page.
#[derive(Clone, Copy)]
pub(super) struct ViewContext<'a> {
    pub page: &'a Page,
    pub now: DateTime<Utc>,
    pub masking: Masking,
}

/// A name with its value: words, a time, or both.
pub(super) struct NetworkPair {
    pub name: String,
    pub text: String,
    pub at: Option<RelativeTime>,
    /// Whether the value is an identifier, to be copied or read out character by character.
    pub is_code: bool,
}

impl ViewContext<'_> {
    pub fn t(self, message: &str) -> String {
        self.page.t(message)
    }

    pub fn moment(self, at: DateTime<Utc>) -> RelativeTime {
        RelativeTime::of(self.page, at, self.now)
    }

    pub fn day(self, at: DateTime<Utc>) -> String {
        self.page.when(at).text
    }

    pub fn words(self, name: &str, text: String) -> NetworkPair {
        NetworkPair { name: self.t(name), text, at: None, is_code: false }
    }

    pub fn code(self, name: &str, text: String) -> NetworkPair {
        NetworkPair { name: self.t(name), text, at: None, is_code: true }
    }

    pub fn at(self, name: &str, at: DateTime<Utc>) -> NetworkPair {
        NetworkPair { name: self.t(name), text: String::new(), at: Some(self.moment(at)), is_code: false }
    }

    /// Words, and the day since when they apply.
    pub fn since(self, name: &str, text: String, at: DateTime<Utc>) -> NetworkPair {
        let at = Some(RelativeTime::day(self.page, at, self.now));
        NetworkPair { name: self.t(name), text, at, is_code: false }
    }

    /// Words, and the time since or until when they apply.
    pub fn words_at(self, name: &str, text: String, at: DateTime<Utc>) -> NetworkPair {
        NetworkPair { name: self.t(name), text, at: Some(self.moment(at)), is_code: false }
    }
}
