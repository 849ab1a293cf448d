//! The guard against mass revocation (S69).
//!
//! A client that was changed or deleted at Amazon invalidates every refresh token at once. Amazon's answer is then
//! the same as after one player's withdrawal. When more than 20 refreshes within ten minutes, and more than 2 % of
//! them, are refused, links stop ending. Their tokens stay, and staff decide; everything else continues.
//!
//! The guard is one row. The counts are rows of a minute. Renewals of all copies are spread over sixteen of them, so
//! that no renewal waits for a count. A refusal first locks the row of the guard. Refusals are therefore serialized
//! and the limit is exact. They are few, and many at once may be slow.
//!
//! After a release the count starts at zero. Links that the guard kept are not counted again, because staff have
//! decided about them.

mod store;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde_json::json;

use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;

pub use store::{GuardRow, guard_status, sweep};

/// Refusals in a window that are always normal, however few the refreshes.
const ALWAYS_ALLOWED: i64 = 20;
/// Refusals are unusual above one in so many refreshes.
const ONE_IN: i64 = 50;
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// Rows that share a minute's renewals. Refusals have a row of their own.
const SHARDS: i64 = 16;
const REFUSALS: i64 = SHARDS;

/// Whether a link may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RevocationDecision {
    MayEnd,
    Kept,
    /// This refusal has turned the guard on.
    KeptFirst,
}

/// Counts a refusal and decides whether its link may end.
///
/// `held_at` is the time since which the guard has kept the link.
pub(super) fn decide_revocation(
    conn: &mut Conn,
    held_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<RevocationDecision, Fault> {
    let guard = store::lock_guard(conn)?;
    if guard.on_since.is_some() {
        return Ok(RevocationDecision::Kept);
    }
    if held_at.is_some_and(|held| guard.released_at.is_some_and(|released| released >= held)) {
        return Ok(RevocationDecision::MayEnd);
    }
    store::count_outcome(conn, minute(now), REFUSALS, 0, 1)?;
    let (renewed, refused) = store::outcome_sums(conn, minute(now) - WINDOW)?;
    if refused <= limit(renewed + refused) {
        return Ok(RevocationDecision::MayEnd);
    }
    store::trip_guard(conn, now, refused, renewed + refused)?;
    let event = AuditEvent::new(now, Kind::GuardTripped, Actor::System, "refresher");
    audit::append_event(conn, &event.with(json!({ "refused": refused, "refreshes": renewed + refused })))?;
    Ok(RevocationDecision::KeptFirst)
}

/// Counts renewals. The random byte `jitter` picks the row.
pub(super) fn count_renewed(conn: &mut Conn, many: i64, at: DateTime<Utc>, jitter: u8) -> Result<(), Fault> {
    Ok(store::count_outcome(conn, minute(at), i64::from(jitter) % SHARDS, many, 0)?)
}

/// Releases the guard in the caller's transaction, so that links end again.
///
/// False if the guard was off, or was turned on again after the caller read its state. `seen` is the time since which
/// it was on then.
///
/// `by` is the public id of the staff member, or `command`. `event` is the audit record, of kind
/// [`Kind::GuardReleased`].
pub fn release_guard(
    conn: &mut Conn,
    by: &str,
    seen: Option<DateTime<Utc>>,
    event: &AuditEvent,
) -> Result<bool, Fault> {
    let guard = store::lock_guard(conn)?;
    if seen.is_some_and(|seen| guard.on_since != Some(seen)) || !store::release_guard(conn, by, event.at)? {
        return Ok(false);
    }
    let details = json!({ "by": by, "refused": guard.refused, "refreshes": guard.refreshes });
    audit::append_event(conn, &event.clone().with(details))?;
    Ok(true)
}

fn limit(refreshes: i64) -> i64 {
    ALWAYS_ALLOWED.max(refreshes / ONE_IN)
}

fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_twenty_or_a_fiftieth() {
        for (refreshes, allowed) in [(0, 20), (999, 20), (1_000, 20), (1_050, 21), (100_000, 2_000)] {
            assert_eq!(limit(refreshes), allowed, "{refreshes}");
        }
    }
}
