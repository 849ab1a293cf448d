//! Computes when a link is checked again and how long Amazon is not called. Pure: time and randomness are arguments.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::links::refresh::model::UpstreamSignal;
use crate::platform::jobs::backoff::{Backoff, spread};

/// The pauses between background checks of a failing link.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
const PAUSES: Backoff = Backoff::doubling(Duration::from_secs(30), LONGEST_PAUSE);
/// The same between tries on demand, where a request is waiting.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
const WAITS: Backoff = Backoff::doubling(Duration::from_secs(1), LONGEST_WAIT);
/// The pause for a link that the mass-revocation guard keeps. After a release the link is checked within about this
/// time.
const HELD_FOR: Duration = Duration::from_mins(15);

/// Consecutive failures, of any links, that end the batch.
const ENOUGH_FAILURES: u32 = 10;
const AFTER_FAILURES: Duration = Duration::from_secs(15);
const WHEN_THROTTLED: Duration = Duration::from_secs(30);
const WHEN_REFUSED: Duration = Duration::from_mins(1);
const LONGEST_BACKOFF: Duration = Duration::from_mins(15);

/// The next check after a success: `every`, a tenth more or less.
pub(super) fn next_check(now: DateTime<Utc>, every: TimeDelta, jitter: u8) -> DateTime<Utc> {
    now + spread(every.to_std().unwrap_or_default(), 10, jitter)
}

/// The times of the next tries after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NextCheck {
    /// For requests.
    pub retry_at: DateTime<Utc>,
    /// For the background check.
    pub next_check_at: DateTime<Utc>,
}

/// Doubles with each earlier failure. Never before Amazon's own `Retry-After`.
pub(super) fn plan_next_check(
    now: DateTime<Utc>,
    failures_before: i64,
    signal: UpstreamSignal,
    jitter: u8,
) -> NextCheck {
    let asked = match signal {
        UpstreamSignal::Nothing { retry_after } | UpstreamSignal::Throttled { retry_after } => retry_after,
        UpstreamSignal::Answer | UpstreamSignal::ClientRefused | UpstreamSignal::CircuitOpen(_) => None,
    };
    let (asked, failures) = (asked.unwrap_or_default(), failures_before.saturating_add(1));
    let wait = WAITS.pause_after(failures).max(asked);
    let pause = spread(PAUSES.pause_after(failures), 4, jitter).max(asked);
    NextCheck { retry_at: now + wait, next_check_at: now + pause.max(wait) }
}

/// The times for a link that the mass-revocation guard keeps.
pub(super) fn next_check_when_held(now: DateTime<Utc>, jitter: u8) -> NextCheck {
    NextCheck { retry_at: now + LONGEST_WAIT, next_check_at: now + spread(HELD_FOR, 10, jitter) }
}

/// The pace of calls to Amazon, shared by the background batches of one copy.
#[derive(Debug, Default)]
pub(super) struct RefreshPace {
    failures: u32,
    /// Consecutive batches that ended in a backoff.
    backoffs: i64,
    backoff: Option<Duration>,
}

impl RefreshPace {
    /// Starts a batch without a backoff.
    pub fn begin(&mut self) {
        self.failures = 0;
        self.backoff = None;
    }

    /// Adapts the pace to the answer of a call.
    pub fn note_signal(&mut self, signal: UpstreamSignal) {
        match signal {
            UpstreamSignal::Answer => {
                self.failures = 0;
                if self.backoff.is_none() {
                    self.backoffs = 0;
                }
            }
            UpstreamSignal::Nothing { .. } => {
                self.failures += 1;
                if self.failures >= ENOUGH_FAILURES {
                    self.back_off_for(AFTER_FAILURES, None);
                }
            }
            UpstreamSignal::Throttled { retry_after } => self.back_off_for(WHEN_THROTTLED, retry_after),
            UpstreamSignal::ClientRefused => self.back_off_for(WHEN_REFUSED, None),
            // The circuit breaker decides how long, so this backoff does not double.
            UpstreamSignal::CircuitOpen(left) => {
                self.backoff = Some(self.backoff.unwrap_or_default().max(left));
            }
        }
    }

    /// How long Amazon must not be called, if at all.
    pub fn backoff(&self) -> Option<Duration> {
        self.backoff
    }

    /// Doubles the backoff once a batch, because concurrent calls report the same failure many times.
    fn back_off_for(&mut self, first: Duration, asked: Option<Duration>) {
        let own = self.backoff.unwrap_or_else(|| {
            self.backoffs += 1;
            Backoff::doubling(first, LONGEST_BACKOFF).pause_after(self.backoffs)
        });
        self.backoff = Some(own.max(asked.unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const NOTHING: UpstreamSignal = UpstreamSignal::Nothing { retry_after: None };

    fn signal() -> impl Strategy<Value = UpstreamSignal> {
        let wait = || prop::option::of((0_u64..=3600).prop_map(Duration::from_secs));
        prop_oneof![
            Just(UpstreamSignal::Answer),
            Just(UpstreamSignal::ClientRefused),
            wait().prop_map(|retry_after| UpstreamSignal::Nothing { retry_after }),
            wait().prop_map(|retry_after| UpstreamSignal::Throttled { retry_after }),
        ]
    }

    #[test]
    fn a_failing_link_is_asked_about_less_and_less() {
        let pauses: Vec<i64> = (0..10)
            .map(|n| (plan_next_check(NOW, n, NOTHING, 128).next_check_at - NOW).num_seconds())
            .collect();
        assert_eq!(pauses[..3], [30, 60, 120]);
        assert!(pauses.is_sorted());
        assert_eq!(pauses[9], 3603);
        assert_eq!((plan_next_check(NOW, 0, NOTHING, 0).retry_at - NOW).num_seconds(), 1);
        assert_eq!((plan_next_check(NOW, 99, NOTHING, 0).retry_at - NOW).num_seconds(), 60);
    }

    #[test]
    fn what_amazon_asks_for_is_kept() {
        let asked = UpstreamSignal::Throttled { retry_after: Some(Duration::from_mins(10)) };
        let NextCheck { retry_at, next_check_at } = plan_next_check(NOW, 0, asked, 0);
        assert_eq!((retry_at - NOW, next_check_at - NOW), (TimeDelta::minutes(10), TimeDelta::minutes(10)));
        let mut pace = RefreshPace::default();
        pace.note_signal(asked);
        assert_eq!(pace.backoff(), Some(Duration::from_mins(10)));
    }

    #[test]
    fn many_answers_of_one_kind_are_one_rest_and_rests_grow() {
        let mut pace = RefreshPace::default();
        for seconds in [30, 60, 120] {
            pace.begin();
            for _ in 0..16 {
                pace.note_signal(UpstreamSignal::Throttled { retry_after: None });
            }
            assert_eq!(pace.backoff(), Some(Duration::from_secs(seconds)));
        }
        pace.begin();
        pace.note_signal(UpstreamSignal::Answer);
        pace.note_signal(UpstreamSignal::Throttled { retry_after: None });
        assert_eq!(pace.backoff(), Some(Duration::from_secs(30)), "an answer made it good");
    }

    #[test]
    fn single_failures_do_not_stop_a_pass_and_many_in_a_row_do() {
        let mut pace = RefreshPace::default();
        for _ in 0..100 {
            (0..ENOUGH_FAILURES - 1).for_each(|_| pace.note_signal(NOTHING));
            pace.note_signal(UpstreamSignal::Answer);
        }
        assert_eq!(pace.backoff(), None);
        (0..ENOUGH_FAILURES).for_each(|_| pace.note_signal(NOTHING));
        assert_eq!(pace.backoff(), Some(AFTER_FAILURES));
    }

    proptest! {
        #[test]
        fn a_check_comes_within_a_tenth_of_its_time(hours in 1_i64..720, jitter: u8) {
            let every = TimeDelta::hours(hours);
            let wait = next_check(NOW, every, jitter) - NOW;
            prop_assert!(wait >= every - every / 10 && wait <= every + every / 10, "{wait}");
        }

        #[test]
        fn a_retry_is_later_than_now_and_within_bounds(failures: i64, signal in signal(), jitter: u8) {
            let NextCheck { retry_at, next_check_at } = plan_next_check(NOW, failures, signal, jitter);
            prop_assert!(retry_at > NOW && next_check_at >= retry_at);
            let longest = LONGEST_PAUSE + LONGEST_PAUSE / 4;
            prop_assert!((next_check_at - NOW).to_std().unwrap() <= longest);
        }

        #[test]
        fn a_rest_ends(all in prop::collection::vec(signal(), 0..200)) {
            let mut pace = RefreshPace::default();
            for signal in all {
                pace.note_signal(signal);
                prop_assert!(pace.backoff().is_none_or(|backoff| backoff <= Duration::from_hours(1)));
            }
        }
    }
}
