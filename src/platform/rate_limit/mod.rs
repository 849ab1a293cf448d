//! The rate limiter: how many attempts a subject has in a time window (S14 to S17, S20).
//!
//! Counters are in the database, because several copies of the program share them and a restart must not
//! reset them. Limiters in memory can do neither. An attempt is counted before anything is checked, in one
//! atomic step, so parallel attempts count too. A refusal costs one read.

mod address;
mod store;
mod turns;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

pub use address::address_block;
pub use store::sweep;
pub use turns::TurnQueue;

use crate::platform::db::Db;
use crate::platform::fault::{Fault, Stop};
use crate::platform::jobs::backoff::Backoff;
use crate::platform::metrics::{Limit, Metrics};

/// The pauses of [`OverBudget::Slower`].
const PAUSES: Backoff = Backoff::doubling(Duration::from_secs(1), Duration::from_mins(1));

/// A rate limit for one subject.
#[derive(Clone, Debug)]
pub struct RateBudget {
    /// What is limited, for the metric of refusals.
    pub limit: Limit,
    /// The counter's id. The caller hashes it if it contains anything personal.
    pub id: String,
    /// The number of attempts before `then` applies.
    pub free: u32,
    /// The time window in which attempts are counted together.
    pub window: TimeDelta,
    pub then: OverBudget,
}

/// What happens once the allowed attempts are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverBudget {
    /// A pause before each further attempt: 1, 2, 4 … 60 seconds.
    Slower,
    /// No further attempt until the window ends.
    Wait,
}

/// Whether this attempt is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateVerdict {
    Allowed,
    /// Seconds until another attempt makes sense, at least one.
    Refused {
        retry_after: i64,
    },
}

impl RateBudget {
    fn pause_after(
        &self,
        taken: i64,
        window_ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let over = taken - i64::from(self.free);
        match self.then {
            _ if over < 0 => None,
            OverBudget::Wait => Some(window_ends_at),
            OverBudget::Slower => Some(now + PAUSES.pause_after(over.saturating_add(1))),
        }
    }
}

/// Counts attempts. It can be disabled, for load tests in development only.
#[derive(Clone)]
pub struct RateLimiter {
    db: Db,
    is_on: bool,
    metrics: Arc<Metrics>,
}

impl RateLimiter {
    pub fn new(db: Db, is_on: bool, metrics: Arc<Metrics>) -> Self {
        Self { db, is_on, metrics }
    }

    /// Counts one attempt in every rate limit.
    ///
    /// If any of them refuses, none counts it and the result says how long to wait.
    pub async fn take(&self, budgets: Vec<RateBudget>, now: DateTime<Utc>) -> Result<RateVerdict, Fault> {
        if !self.is_on {
            return Ok(RateVerdict::Allowed);
        }
        let budgets: Arc<[RateBudget]> = budgets.into();
        let asked = Arc::clone(&budgets);
        let blocked = self.db.read(move |conn| store::blocked_until(conn, &asked, now)).await?;
        if let Some((limit, until)) = blocked {
            self.metrics.throttle_refusals.add(limit);
            return Ok(refused(until, now));
        }
        let taken = self
            .db
            .write_or_refuse(move |conn| {
                for budget in budgets.iter() {
                    if let Some(until) = store::take(conn, budget, now)? {
                        return Err(Stop::Refused((budget.limit, until)));
                    }
                }
                Ok(())
            })
            .await;
        match taken {
            Ok(()) => Ok(RateVerdict::Allowed),
            Err(Stop::Refused((limit, until))) => {
                self.metrics.throttle_refusals.add(limit);
                Ok(refused(until, now))
            }
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    /// Starts a counter again after a success. The counter of a network is never reset (S15).
    pub async fn reset(&self, id: String) -> Result<(), Fault> {
        if !self.is_on {
            return Ok(());
        }
        self.db.write(move |conn| Ok(store::reset_counter(conn, &id)?)).await
    }

    /// Starts the counter `reset_id` again after a success, and subtracts one attempt from each counter in `counted`.
    ///
    /// The attempt was no failure. Failures of others stay counted (S15).
    pub async fn succeeded(&self, reset_id: String, counted: Vec<String>) -> Result<(), Fault> {
        if !self.is_on {
            return Ok(());
        }
        self.db
            .write(move |conn| {
                store::reset_counter(conn, &reset_id)?;
                Ok(store::refund_attempts(conn, &counted)?)
            })
            .await
    }
}

fn refused(until: DateTime<Utc>, now: DateTime<Utc>) -> RateVerdict {
    let millis = (until - now).num_milliseconds();
    RateVerdict::Refused { retry_after: (millis + 999).div_euclid(1000).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::db::migrate;

    fn throttle() -> (tempfile::TempDir, RateLimiter) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("t.db").display()), 8).unwrap();
        migrate::up(&mut db.connection().unwrap()).unwrap();
        (folder, RateLimiter::new(db, true, Arc::default()))
    }

    fn budget(free: u32, then: OverBudget) -> Vec<RateBudget> {
        vec![RateBudget {
            limit: Limit::Guesses,
            id: "ann".into(),
            free,
            window: TimeDelta::minutes(15),
            then,
        }]
    }

    #[tokio::test]
    async fn tries_beyond_the_free_ones_come_slower_and_slower() {
        let (_folder, throttle) = throttle();
        let mut now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        for _ in 0..3 {
            assert_eq!(
                throttle.take(budget(3, OverBudget::Slower), now).await.unwrap(),
                RateVerdict::Allowed
            );
        }
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            let refused = throttle.take(budget(3, OverBudget::Slower), now).await.unwrap();
            assert_eq!(refused, RateVerdict::Refused { retry_after: pause });
            now += TimeDelta::seconds(pause);
            assert_eq!(
                throttle.take(budget(3, OverBudget::Slower), now).await.unwrap(),
                RateVerdict::Allowed
            );
        }
    }

    #[tokio::test]
    async fn a_success_gives_back_its_own_try_and_no_other() {
        let (_folder, throttle) = throttle();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        for _ in 0..9 {
            assert_eq!(throttle.take(budget(3, OverBudget::Wait), now).await.unwrap(), RateVerdict::Allowed);
            throttle.succeeded("bo".into(), vec!["ann".into()]).await.unwrap();
        }
        for _ in 0..3 {
            assert_eq!(throttle.take(budget(3, OverBudget::Wait), now).await.unwrap(), RateVerdict::Allowed);
        }
        let refused = throttle.take(budget(3, OverBudget::Wait), now).await.unwrap();
        assert!(matches!(refused, RateVerdict::Refused { .. }));
    }

    #[tokio::test]
    async fn a_budget_is_full_again_when_its_window_ends() {
        let (_folder, throttle) = throttle();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(throttle.take(budget(1, OverBudget::Wait), now).await.unwrap(), RateVerdict::Allowed);
        let refused = throttle.take(budget(1, OverBudget::Wait), now + TimeDelta::minutes(5)).await.unwrap();
        assert_eq!(refused, RateVerdict::Refused { retry_after: 600 });
        let later = now + TimeDelta::minutes(15);
        assert_eq!(throttle.take(budget(1, OverBudget::Wait), later).await.unwrap(), RateVerdict::Allowed);
    }

    /// S88: what was counted while the clock was a month ahead locks nobody out for a month.
    #[tokio::test]
    async fn a_window_that_ends_too_late_was_begun_by_a_wrong_clock() {
        let (_folder, throttle) = throttle();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        for then in [OverBudget::Wait, OverBudget::Slower] {
            for ahead in [TimeDelta::days(30), TimeDelta::hours(1)] {
                let wrong = now + ahead;
                assert_eq!(throttle.take(budget(1, then), wrong).await.unwrap(), RateVerdict::Allowed);
                assert!(matches!(
                    throttle.take(budget(1, then), wrong).await.unwrap(),
                    RateVerdict::Refused { .. }
                ));
                assert_eq!(
                    throttle.take(budget(1, then), now).await.unwrap(),
                    RateVerdict::Allowed,
                    "{ahead}"
                );
                // Clocks of several copies differ a little, and each counts what the others have counted.
                let slower = throttle.take(budget(1, then), now - TimeDelta::seconds(30)).await.unwrap();
                assert!(matches!(slower, RateVerdict::Refused { .. }), "{ahead}");
                throttle.db.write(|conn| Ok(store::delete_number(conn, "ann")?)).await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn parallel_tries_are_not_free() {
        let (_folder, throttle) = throttle();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let tries = (0..100).map(|_| throttle.take(budget(5, OverBudget::Slower), now));
        let allowed = futures_util::future::join_all(tries)
            .await
            .into_iter()
            .filter(|verdict| matches!(verdict, Ok(RateVerdict::Allowed)))
            .count();
        assert_eq!(allowed, 5);
    }
}
