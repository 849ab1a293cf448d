//! The circuit breaker for calls to Amazon (S86).
//!
//! Ten failures within thirty seconds open it. Calls are then rejected at once for fifteen seconds; after that one
//! call at a time tries Amazon until one succeeds. Only a missing response, 5xx and 429 count as failures. Other
//! error responses can be provoked by a visitor, so they never open the breaker.
//!
//! The failures must also be a tenth of the calls in that time. A refresher makes hundreds of calls a second,
//! and its few ordinary failures must not open the breaker.
//!
//! All calls share one breaker, because a sign-in needs token, tokeninfo and profile, which are on one host. Each
//! copy of the program has its own breaker, because each reaches Amazon over its own network path.
//!
//! `docs/adr/0004-own-circuit-breaker.md` says why no crate is used.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::LwaLimits;
use crate::platform::clock::Clock;

/// The state of the circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitBreaker {
    /// Calls go to Amazon.
    Closed,
    /// Calls are rejected before `until`.
    Open { until: DateTime<Utc> },
    /// One call at a time tests whether Amazon answers again.
    HalfOpen,
}

/// Failures count only if they are at least one in this many calls.
const CALLS_PER_FAILURE: u64 = 10;

/// How long pages warn after the latest failure. An older failure says nothing about now.
const WARN_FOR: TimeDelta = TimeDelta::minutes(5);

pub(super) struct BreakerCore {
    clock: Clock,
    failures: u64,
    window: TimeDelta,
    open_time: TimeDelta,
    /// How long a rejected caller waits while another call tests Amazon.
    probe_wait: Duration,
    state: Mutex<BreakerState>,
}

struct BreakerState {
    phase: BreakerPhase,
    /// One bucket for each of the latest seconds that had calls, oldest first.
    seconds: VecDeque<SecondBucket>,
    failed_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy)]
enum BreakerPhase {
    Closed,
    /// Open at first; half-open after `open_time`.
    Tripped {
        at: DateTime<Utc>,
        is_probed: bool,
    },
}

struct SecondBucket {
    number: i64,
    calls: u64,
    failures: u64,
}

impl BreakerCore {
    pub(super) fn new(limits: &LwaLimits, clock: Clock) -> Self {
        let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        Self {
            clock,
            failures: u64::from(limits.failures),
            window: delta(limits.failure_window),
            open_time: delta(limits.open_time),
            probe_wait: limits.total,
            state: Mutex::new(BreakerState {
                phase: BreakerPhase::Closed,
                seconds: VecDeque::new(),
                failed_at: None,
            }),
        }
    }

    pub(super) fn status(&self) -> CircuitBreaker {
        let now = self.clock.now();
        match self.state().phase {
            BreakerPhase::Closed => CircuitBreaker::Closed,
            BreakerPhase::Tripped { at, .. } => match self.open_time_left(at, now) {
                Some(left) => CircuitBreaker::Open { until: now + left },
                None => CircuitBreaker::HalfOpen,
            },
        }
    }

    pub(super) fn has_recent_failure(&self) -> bool {
        let now = self.clock.now();
        let state = self.state();
        let is_tripped = matches!(state.phase, BreakerPhase::Tripped { .. });
        is_tripped && state.failed_at.is_some_and(|at| (now - at).abs() < WARN_FOR)
    }

    /// Admits a call, or returns how long to wait before the next one.
    pub(super) fn acquire_permit(self: &Arc<Self>) -> Result<CallPermit, Duration> {
        let now = self.clock.now();
        let mut state = self.state();
        let is_probe = match state.phase {
            BreakerPhase::Closed => false,
            BreakerPhase::Tripped { at, is_probed } => {
                if let Some(left) = self.open_time_left(at, now) {
                    return Err(left.to_std().unwrap_or_default());
                }
                if is_probed {
                    return Err(self.probe_wait);
                }
                state.phase = BreakerPhase::Tripped { at, is_probed: true };
                true
            }
        };
        Ok(CallPermit { breaker: Arc::clone(self), is_probe })
    }

    /// Counts a failure for a call that was cancelled before it could report.
    pub(super) fn count_failure(&self) {
        self.count(true);
    }

    fn count(&self, is_failure: bool) {
        let now = self.clock.now();
        let mut state = self.state();
        if is_failure {
            state.failed_at = Some(now);
        }
        if !matches!(state.phase, BreakerPhase::Closed) {
            return;
        }
        state.add(now, self.window, is_failure);
        let (calls, failures) = state.totals();
        if failures >= self.failures && failures.saturating_mul(CALLS_PER_FAILURE) >= calls {
            state.trip(now);
            tracing::warn!(
                event = "lwa.circuit.opened",
                lwa.calls = calls,
                lwa.failures = failures,
                "too many calls to Amazon failed"
            );
        }
    }

    fn finish_probe(&self, is_failure: bool) {
        let now = self.clock.now();
        let mut state = self.state();
        if is_failure {
            state.failed_at = Some(now);
            state.trip(now);
        } else {
            state.phase = BreakerPhase::Closed;
            tracing::info!(event = "lwa.circuit.closed", "a call to Amazon succeeded again");
        }
    }

    fn release_probe(&self) {
        if let BreakerPhase::Tripped { is_probed, .. } = &mut self.state().phase {
            *is_probed = false;
        }
    }

    /// The time until the breaker is half-open. A clock that was set back ends it instead of prolonging it.
    fn open_time_left(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<TimeDelta> {
        let open_for = now - since;
        (open_for >= TimeDelta::zero() && open_for < self.open_time).then(|| self.open_time - open_for)
    }

    fn state(&self) -> MutexGuard<'_, BreakerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BreakerState {
    fn add(&mut self, now: DateTime<Utc>, window: TimeDelta, is_failure: bool) {
        let number = now.timestamp();
        let oldest = number.saturating_sub(window.num_seconds());
        // Later seconds were counted before the clock was set back.
        self.seconds.retain(|second| second.number > oldest && second.number <= number);
        if self.seconds.back().is_none_or(|last| last.number != number) {
            self.seconds.push_back(SecondBucket { number, calls: 0, failures: 0 });
        }
        if let Some(last) = self.seconds.back_mut() {
            last.calls += 1;
            last.failures += u64::from(is_failure);
        }
    }

    fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&SecondBucket) -> u64| self.seconds.iter().map(of).sum();
        (sum(|second| second.calls), sum(|second| second.failures))
    }

    fn trip(&mut self, at: DateTime<Utc>) {
        self.phase = BreakerPhase::Tripped { at, is_probed: false };
        self.seconds.clear();
    }
}

/// Permission for one call. A permit that is dropped without a report, as when a browser disconnects, counts nothing.
pub(super) struct CallPermit {
    breaker: Arc<BreakerCore>,
    is_probe: bool,
}

impl CallPermit {
    pub(super) fn report(mut self, is_failure: bool) {
        if std::mem::take(&mut self.is_probe) {
            self.breaker.finish_probe(is_failure);
        } else {
            self.breaker.count(is_failure);
        }
    }
}

impl Drop for CallPermit {
    fn drop(&mut self) {
        if self.is_probe {
            self.breaker.release_probe();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scene {
        clock: Clock,
        breaker: Arc<BreakerCore>,
    }

    fn scene() -> Scene {
        let clock = Clock::standing_at(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let breaker = Arc::new(BreakerCore::new(&LwaLimits::default(), clock.clone()));
        Scene { clock, breaker }
    }

    impl Scene {
        fn wait(&self, seconds: i64) {
            self.clock.advance(TimeDelta::seconds(seconds));
        }

        fn call(&self, is_failure: bool) {
            let Ok(pass) = self.breaker.acquire_permit() else { panic!("no way through") };
            pass.report(is_failure);
        }

        fn fails(&self, times: usize) {
            (0..times).for_each(|_| self.call(true));
        }

        fn is_open(&self) -> bool {
            matches!(self.breaker.status(), CircuitBreaker::Open { .. })
        }

        fn left(&self) -> Option<Duration> {
            self.breaker.acquire_permit().err()
        }
    }

    #[test]
    fn ten_failures_in_thirty_seconds_open_it_for_fifteen() {
        let scene = scene();
        scene.fails(9);
        assert_eq!(scene.breaker.status(), CircuitBreaker::Closed);
        scene.wait(29);
        scene.fails(1);
        let until = scene.clock.now() + TimeDelta::seconds(15);
        assert_eq!(scene.breaker.status(), CircuitBreaker::Open { until });
        assert_eq!(scene.left(), Some(Duration::from_secs(15)));
        scene.wait(14);
        assert_eq!(scene.left(), Some(Duration::from_secs(1)));
        scene.wait(1);
        assert_eq!(scene.breaker.status(), CircuitBreaker::HalfOpen);
    }

    #[test]
    fn failures_further_apart_do_not_add_up() {
        let scene = scene();
        for _ in 0..50 {
            scene.fails(1);
            scene.wait(4);
        }
        assert_eq!(scene.breaker.status(), CircuitBreaker::Closed);
    }

    #[test]
    fn ten_failures_open_it_among_successes_unless_these_are_many() {
        let of = |successes| {
            let scene = scene();
            (0..successes).for_each(|_| scene.call(false));
            scene.fails(10);
            scene.is_open()
        };
        assert!(of(0) && of(20) && of(90));
        assert!(!of(91), "less than a tenth is noise");
    }

    #[test]
    fn one_call_at_a_time_tries_and_decides() {
        let scene = scene();
        scene.fails(10);
        scene.wait(15);
        let probe = scene.breaker.acquire_permit().ok().unwrap();
        assert_eq!(scene.left(), Some(LwaLimits::default().total), "another one is trying");
        probe.report(true);
        assert!(scene.is_open());
        scene.wait(15);
        scene.call(false);
        assert_eq!(scene.breaker.status(), CircuitBreaker::Closed);
        scene.fails(9);
        assert_eq!(scene.breaker.status(), CircuitBreaker::Closed, "what was before is forgotten");
    }

    #[test]
    fn a_try_that_was_given_up_lets_the_next_one_try() {
        let scene = scene();
        scene.fails(10);
        scene.wait(15);
        drop(scene.breaker.acquire_permit().ok().unwrap());
        assert_eq!(scene.breaker.status(), CircuitBreaker::HalfOpen);
        scene.call(false);
        assert_eq!(scene.breaker.status(), CircuitBreaker::Closed);
    }

    #[test]
    fn calls_that_were_under_way_change_nothing_once_it_is_open() {
        let scene = scene();
        let (well, badly) =
            (scene.breaker.acquire_permit().ok().unwrap(), scene.breaker.acquire_permit().ok().unwrap());
        scene.fails(10);
        scene.wait(14);
        well.report(false);
        badly.report(true);
        assert_eq!(scene.left(), Some(Duration::from_secs(1)));
    }

    /// S88: a clock jump neither keeps the breaker open for hours nor opens it.
    #[test]
    fn a_clock_that_jumps_does_no_harm() {
        for jump in [-3600, 3600] {
            let scene = scene();
            scene.fails(9);
            scene.wait(jump);
            scene.fails(1);
            assert_eq!(scene.breaker.status(), CircuitBreaker::Closed, "{jump}");
            scene.fails(9);
            assert!(scene.is_open(), "{jump}");
            scene.wait(jump);
            assert_eq!(scene.breaker.status(), CircuitBreaker::HalfOpen, "{jump}");
        }
    }

    #[test]
    fn pages_warn_until_the_news_is_old() {
        let scene = scene();
        assert!(!scene.breaker.has_recent_failure());
        scene.fails(10);
        assert!(scene.breaker.has_recent_failure());
        scene.wait(299);
        assert!(scene.breaker.has_recent_failure(), "half-open, and nobody has tried");
        scene.wait(1);
        assert!(!scene.breaker.has_recent_failure());
        scene.fails(1);
        assert!(scene.breaker.has_recent_failure());
        scene.wait(15);
        scene.call(false);
        assert!(!scene.breaker.has_recent_failure());
    }
}
