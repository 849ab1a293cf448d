//! Pauses that grow with each failure, and random changes that keep copies of the program from running in step.

use std::time::Duration;

use crate::platform::crypto::token::random_bytes;

/// Pauses from the first to the longest. Each is a fixed multiple of the one before.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first: Duration,
    factor: u32,
    longest: Duration,
}

impl Backoff {
    pub const fn doubling(first: Duration, longest: Duration) -> Self {
        Self { first, factor: 2, longest }
    }

    pub const fn tripling(first: Duration, longest: Duration) -> Self {
        Self { first, factor: 3, longest }
    }

    /// The pause after so many failures in a row. The first pause follows the first failure.
    pub fn pause_after(&self, failures: i64) -> Duration {
        let steps = u32::try_from(failures.saturating_sub(1).max(0)).unwrap_or(u32::MAX);
        self.first.saturating_mul(self.factor.saturating_pow(steps)).min(self.longest)
    }
}

/// `span`, changed by at most one part of `parts`. The random byte `jitter` decides by how much.
pub fn spread(span: Duration, parts: u32, jitter: u8) -> Duration {
    span.saturating_sub(span / parts) + share(span * 2 / parts, jitter)
}

/// From nothing (0) to all of `span` (255).
pub fn share(span: Duration, jitter: u8) -> Duration {
    span * u32::from(jitter) / 255
}

/// Without randomness it is always the same byte.
pub fn random_byte() -> u8 {
    let [byte] = random_bytes::<1>().unwrap_or([128]);
    byte
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOUBLING: Backoff = Backoff::doubling(Duration::from_secs(30), Duration::from_hours(2));
    const TRIPLING: Backoff = Backoff::tripling(Duration::from_secs(5), Duration::from_hours(12));

    #[test]
    fn pauses_grow_by_their_factor_up_to_the_longest() {
        let seconds = |of: Backoff| (1..=12).map(|failures| of.pause_after(failures).as_secs()).collect();
        let (doubling, tripling): (Vec<u64>, Vec<u64>) = (seconds(DOUBLING), seconds(TRIPLING));
        assert_eq!(doubling[..4], [30, 60, 120, 240]);
        assert_eq!(tripling[..4], [5, 15, 45, 135]);
        assert_eq!((doubling[11], tripling[11]), (2 * 60 * 60, 12 * 60 * 60));
    }

    #[test]
    fn no_number_of_failures_is_too_small_or_too_large() {
        for failures in [i64::MIN, -1, 0, 1] {
            assert_eq!(TRIPLING.pause_after(failures), Duration::from_secs(5), "{failures}");
        }
        assert_eq!(DOUBLING.pause_after(i64::MAX), Duration::from_hours(2));
    }

    proptest! {
        #[test]
        fn a_spread_pause_stays_within_its_part(seconds in 1_u64..1_000_000, parts in 1_u32..20, jitter: u8) {
            let span = Duration::from_secs(seconds);
            let pause = spread(span, parts, jitter);
            let most = span / parts + Duration::from_micros(1);
            prop_assert!(pause + most >= span && pause <= span + most, "{pause:?}");
            prop_assert!(share(span, jitter) <= span);
        }
    }
}
