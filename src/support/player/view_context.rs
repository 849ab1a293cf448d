//! Through which a player is looked at: the page's language, its instant, and the veil.

use chrono::{DateTime, Utc};

use crate::support::player::masking::Veil;
use crate::support::player::relative_time::Moment;
use crate::web::Page;

/// Lent to whatever makes a part of the page.
#[derive(Clone, Copy)]
pub(super) struct Lens<'a> {
    pub page: &'a Page,
    pub now: DateTime<Utc>,
    pub veil: Veil,
}

/// A name with what belongs to it: words, an instant, or both.
pub(super) struct Pair {
    pub name: String,
    pub text: String,
    pub at: Option<Moment>,
    /// Something to be copied or read out letter by letter.
    pub is_code: bool,
}

impl Lens<'_> {
    pub fn t(self, message: &str) -> String {
        self.page.t(message)
    }

    pub fn moment(self, at: DateTime<Utc>) -> Moment {
        Moment::of(self.page, at, self.now)
    }

    pub fn day(self, at: DateTime<Utc>) -> String {
        self.page.when(at).text
    }

    pub fn words(self, name: &str, text: String) -> Pair {
        Pair { name: self.t(name), text, at: None, is_code: false }
    }

    pub fn code(self, name: &str, text: String) -> Pair {
        Pair { name: self.t(name), text, at: None, is_code: true }
    }

    pub fn at(self, name: &str, at: DateTime<Utc>) -> Pair {
        Pair { name: self.t(name), text: String::new(), at: Some(self.moment(at)), is_code: false }
    }

    /// Since which day.
    pub fn since(self, name: &str, text: String, at: DateTime<Utc>) -> Pair {
        let at = Some(Moment::day(self.page, at, self.now));
        Pair { name: self.t(name), text, at, is_code: false }
    }

    /// Words, and since or until when.
    pub fn words_at(self, name: &str, text: String, at: DateTime<Utc>) -> Pair {
        Pair { name: self.t(name), text, at: Some(self.moment(at)), is_code: false }
    }
}
