//! The lease by which one copy of the program at a time works on a row.
//!
//! The row stores the owner and the end of its lease. Time alone thus frees the rows of a copy that died. Only the
//! owner records an outcome.
//!
//! A lease that ends later than its length allows was taken while a clock was wrong. It counts as ended.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{And, Gt, IsNotNull, IsNull, LtEq, Or};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use tokio::time::Instant;

use crate::platform::clock::Clock;
use crate::platform::db::types::UtcTimestamp;
use crate::platform::db::{UtcTime, new_id};

/// The largest difference between the clocks of two copies. Without it, the slower copy would ignore a new lease.
pub const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

/// A lease to be taken, or taken just now.
#[derive(Clone, Debug)]
pub struct Lease {
    pub owner: String,
    pub taken_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// The end by the monotonic clock, which does not change when the system time is set.
    pub ends: Instant,
}

type IsFree<Owner, Until> =
    Or<Or<IsNull<Until>, LtEq<Until, UtcTime>>, And<IsNotNull<Owner>, Gt<Until, UtcTime>>>;

impl Lease {
    pub fn new(clock: &Clock, length: TimeDelta) -> Self {
        Self::owned_by(new_id(clock.now()), clock, length)
    }

    /// The lease of an owner who may already have it.
    pub fn owned_by(owner: String, clock: &Clock, length: TimeDelta) -> Self {
        let now = clock.now();
        let ends = Instant::now() + length.to_std().unwrap_or_default();
        Self { owner, taken_at: now, until: now + length, ends }
    }

    /// Whether nobody has the row's lease. `owner` and `until` are its columns.
    ///
    /// In a row without an owner, `until` may be the time at which the row is due.
    pub fn is_free<Owner, Until>(&self, owner: Owner, until: Until) -> IsFree<Owner, Until>
    where
        Owner: Expression<SqlType = Nullable<Text>>,
        Until: Expression<SqlType = Nullable<UtcTimestamp>> + Copy,
    {
        let (now, latest) = (UtcTime::from(self.taken_at), UtcTime::from(self.until + CLOCK_SKEW));
        until.is_null().or(until.le(now)).or(owner.is_not_null().and(until.gt(latest)))
    }
}

/// How long a stored lease of this length still lasts. `None` if it has ended.
pub fn time_left(until: Option<DateTime<Utc>>, now: DateTime<Utc>, length: TimeDelta) -> Option<Duration> {
    let left = until? - now;
    (left > TimeDelta::zero() && left <= length + CLOCK_SKEW).then(|| left.to_std().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::db::Db;

    const LENGTH: TimeDelta = TimeDelta::minutes(5);

    fn lease() -> Lease {
        let noon = DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(12);
        Lease::new(&Clock::standing_at(noon), LENGTH)
    }

    async fn is_free(owner: Option<&'static str>, ends_in: Option<TimeDelta>) -> bool {
        let lease = lease();
        let until = ends_in.map(|left| UtcTime::from(lease.taken_at + left));
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("t.db").display()), 1).unwrap();
        let asked = db.read(move |conn| {
            let (owner, until) =
                (owner.into_sql::<Nullable<Text>>(), until.into_sql::<Nullable<UtcTimestamp>>());
            diesel::select(lease.is_free(owner, until)).get_result::<Option<bool>>(conn)
        });
        asked.await.unwrap() == Some(true)
    }

    #[tokio::test]
    async fn a_lease_is_free_before_it_is_taken_and_once_it_has_ended() {
        assert!(is_free(None, None).await);
        assert!(is_free(Some("another"), Some(TimeDelta::zero())).await);
        assert!(is_free(Some("another"), Some(TimeDelta::days(-1))).await);
        for left in [TimeDelta::microseconds(1), LENGTH, LENGTH + CLOCK_SKEW] {
            assert!(!is_free(Some("another"), Some(left)).await, "{left}");
        }
    }

    #[tokio::test]
    async fn a_lease_that_ends_later_than_any_can_is_free() {
        for left in [LENGTH + CLOCK_SKEW + TimeDelta::microseconds(1), TimeDelta::days(30)] {
            assert!(is_free(Some("another"), Some(left)).await, "{left}");
        }
    }

    #[tokio::test]
    async fn a_row_without_an_owner_is_free_once_it_is_due() {
        assert!(is_free(None, Some(TimeDelta::zero())).await);
        for left in [TimeDelta::microseconds(1), TimeDelta::days(30)] {
            assert!(!is_free(None, Some(left)).await, "{left}");
        }
    }

    #[test]
    fn the_time_left_follows_the_same_rule() {
        let Lease { taken_at, until, .. } = lease();
        assert_eq!(until, taken_at + LENGTH);
        let left = |until| time_left(until, taken_at, LENGTH);
        assert_eq!(left(Some(until)), Some(Duration::from_mins(5)));
        assert_eq!(left(Some(taken_at + TimeDelta::seconds(1))), Some(Duration::from_secs(1)));
        let ended = [taken_at, taken_at - LENGTH, until + TimeDelta::days(30)];
        assert_eq!((left(None), ended.map(|until| left(Some(until)))), (None, [None; 3]));
    }
}
