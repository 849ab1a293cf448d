//! The distance between a time and now, in words.

use chrono::{DateTime, Utc};

use crate::platform::i18n::Language;
use crate::web::Page;
use crate::web::page::ShownTime;

/// A time with its distance from now.
pub struct RelativeTime {
    pub when: ShownTime,
    /// "3 hours ago".
    pub relative: String,
    /// Whether the page shows only the day.
    pub is_day: bool,
}

impl RelativeTime {
    pub fn of(page: &Page, at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { when: page.moment(at), relative: relative_time(page.language(), at, now), is_day: false }
    }

    /// Only the day, for a time that is long past or never urgent.
    pub fn day(page: &Page, at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { when: page.when(at), is_day: true, ..Self::of(page, at, now) }
    }
}

/// "3 hours ago", "in 20 minutes", "just now".
fn relative_time(language: Language, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (minutes, direction) =
        if at <= now { ((now - at).num_minutes(), "ago") } else { ((at - now).num_minutes(), "in") };
    let (hours, days) = (minutes / 60, minutes / (24 * 60));
    let (unit, count) = match () {
        () if minutes < 1 => return language.text(&format!("pace-{direction}-moment")),
        () if hours < 2 => ("minutes", minutes),
        () if days < 2 => ("hours", hours),
        () if days < 61 => ("days", days),
        () if days < 731 => ("months", days / 30),
        () => ("years", days / 365),
    };
    language.text_for_count(&format!("pace-{direction}-{unit}"), count)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_distance_is_told_in_its_own_unit() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let told = |delta: TimeDelta| relative_time(Language::English, now + delta, now);
        assert_eq!(told(TimeDelta::zero()), "just now");
        assert_eq!(told(TimeDelta::seconds(30)), "in a moment");
        assert_eq!(told(TimeDelta::minutes(-1)), "1 minute ago");
        assert_eq!(told(TimeDelta::minutes(-119)), "119 minutes ago");
        assert_eq!(told(TimeDelta::hours(5)), "in 5 hours");
        assert_eq!(told(TimeDelta::days(-60)), "60 days ago");
        assert_eq!(told(TimeDelta::days(-100)), "3 months ago");
        assert_eq!(told(TimeDelta::days(-1000)), "2 years ago");
        assert_eq!(relative_time(Language::German, now - TimeDelta::days(3), now), "vor 3 Tagen");
    }
}
