//! The only reader of the wall clock.
//!
//! Instants are in UTC with microsecond precision, because PostgreSQL stores microseconds. An instant must
//! compare equal after it was stored, on both databases. Tests use a clock that moves only by
//! [`Clock::advance`].

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};

/// A source of the current time. Clones of a test clock share its time: moving one moves all.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The microseconds since the epoch on a test clock; `None` on the machine's clock.
    test_time: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { test_time: None }
    }

    /// A test clock that stays at `instant` until [`Clock::advance`] moves it.
    #[cfg(feature = "test-support")]
    pub fn standing_at(instant: DateTime<Utc>) -> Self {
        let test_time = AtomicI64::new(instant.timestamp_micros());
        Self { test_time: Some(Arc::new(test_time)) }
    }

    /// The current instant, truncated to the microsecond.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.test_time {
            #[expect(clippy::disallowed_methods, reason = "this is the one place that may ask the system")]
            None => Utc::now().trunc_subsecs(6),
            Some(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a test clock, also backwards. Does nothing on the machine's clock.
    #[cfg(feature = "test-support")]
    pub fn advance(&self, by: chrono::TimeDelta) {
        if let Some(micros) = &self.test_time {
            micros.fetch_add(by.num_microseconds().unwrap_or_default(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_instant_has_no_more_than_microseconds() {
        let now = Clock::system().now();
        assert_eq!(now, now.trunc_subsecs(6));
    }

    #[test]
    fn clones_share_one_hand() {
        let clock = Clock::standing_at(DateTime::UNIX_EPOCH);
        clock.clone().advance(TimeDelta::seconds(90));
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH + TimeDelta::seconds(90));
    }
}
