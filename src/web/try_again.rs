//! When somebody who tried too often may try again, as pages say it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::i18n::Language;
use crate::web::page::ShownTime;

/// The wait that a 429 names in `Retry-After`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TryAgain {
    seconds: i64,
    at: DateTime<Utc>,
}

/// The same in words. A longer wait ends with the time, which a script shows in the reader's zone.
pub struct ShownTryAgain {
    pub words: String,
    pub time: Option<ShownTime>,
    /// How the script shows the time.
    pub shows: &'static str,
}

/// The longest wait that is told in seconds.
const IN_SECONDS: i64 = 120;

/// The longest wait whose end is told without its day.
const WITHOUT_DAY: TimeDelta = TimeDelta::hours(12);

impl TryAgain {
    /// After `retry_after` seconds, as the header says.
    pub fn after(now: DateTime<Utc>, retry_after: i64) -> Self {
        let seconds = retry_after.max(1);
        let wait = TimeDelta::try_seconds(seconds).unwrap_or_default();
        Self { seconds, at: now.checked_add_signed(wait).unwrap_or(now) }
    }

    pub fn in_words(self, language: Language) -> ShownTryAgain {
        if self.seconds <= IN_SECONDS {
            let words = language.text_for_count("try-again-in", self.seconds);
            return ShownTryAgain { words, time: None, shows: "" };
        }
        let iso = self.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let (message, text, shows) = if self.seconds <= WITHOUT_DAY.num_seconds() {
            ("try-again-at", language.time(self.at), "time")
        } else {
            ("try-again-after", language.date_time(self.at), "moment")
        };
        ShownTryAgain { words: language.text(message), time: Some(ShownTime { iso, text }), shows }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn a_wait_is_told_as_people_say_it() {
        let now = Utc.with_ymd_and_hms(2026, 12, 1, 13, 25, 0).unwrap();
        let told = |seconds: i64, language: Language| {
            let shown = TryAgain::after(now, seconds).in_words(language);
            let time = shown.time.map(|time| format!(" {}", time.text)).unwrap_or_default();
            format!("{}{time}", shown.words)
        };
        assert_eq!(told(40, Language::English), "Try again in 40 seconds.");
        assert_eq!(told(1, Language::English), "Try again in one second.");
        assert_eq!(told(-5, Language::English), "Try again in one second.", "never at once");
        assert_eq!(told(2_400, Language::English), "Try again at 14:05 UTC");
        assert_eq!(told(86_400, Language::English), "Try again after 2 December 2026, 13:25 UTC");
        assert_eq!(told(40, Language::German), "Versuch es in 40 Sekunden noch einmal.");
        assert_eq!(told(2_400, Language::German), "Versuch es noch einmal um 14:05 UTC");
        assert_eq!(told(i64::MAX, Language::English).split(' ').next(), Some("Try"), "no overflow");
    }
}
