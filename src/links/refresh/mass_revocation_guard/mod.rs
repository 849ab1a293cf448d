//! The brake on mass revocation (S69).
//!
//! A client changed or deleted at Amazon ends every refresh token at once, with the very answer that one player's
//! withdrawal gives. When more than twenty, and more than a fiftieth, of the refreshes of ten minutes say so, links
//! stop ending: their tokens stay, and staff decide. Everything else goes on.
//!
//! The brake is one row, and counting is rows of a minute: renewals of all copies spread over sixteen of them, so
//! that nobody waits for a count. Refusals take the brake's own row first and so come one after the other, which
//! makes the limit exact; there are few of them, or this is just what should be slow. After a release the count
//! begins anew, and links that were held are not counted again: about those, staff have decided.

mod store;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde_json::json;

use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;

pub use store::{GuardRow, status, sweep};

/// Refusals in a window that are nothing unusual, however few the refreshes.
const ALWAYS_ALLOWED: i64 = 20;
/// The share of refreshes beyond which refusals are unusual: one in so many.
const ONE_IN: i64 = 50;
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// Rows that share a minute's renewals. Refusals have one of their own.
const SHARDS: i64 = 16;
const REFUSALS: i64 = SHARDS;

/// Whether a link may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RevocationDecision {
    Clear,
    Held,
    /// This one pulled the brake.
    HeldFirst,
}

/// Counts a refusal and says whether its link may end. `held_at`: since when the brake holds it already.
pub(super) fn weigh(
    conn: &mut Conn,
    held_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<RevocationDecision, Fault> {
    let brake = store::take(conn)?;
    if brake.on_since.is_some() {
        return Ok(RevocationDecision::Held);
    }
    if held_at.is_some_and(|held| brake.released_at.is_some_and(|released| released >= held)) {
        return Ok(RevocationDecision::Clear);
    }
    store::count(conn, minute(now), REFUSALS, 0, 1)?;
    let (renewed, refused) = store::sums(conn, minute(now) - WINDOW)?;
    if refused <= limit(renewed + refused) {
        return Ok(RevocationDecision::Clear);
    }
    store::pull(conn, now, refused, renewed + refused)?;
    let event = AuditEvent::new(now, Kind::BrakePulled, Actor::System, "refresher");
    audit::append(conn, &event.with(json!({ "refused": refused, "refreshes": renewed + refused })))?;
    Ok(RevocationDecision::HeldFirst)
}

/// Counts renewals. `chance` picks the row.
pub(super) fn count_renewed(conn: &mut Conn, many: i64, at: DateTime<Utc>, chance: u8) -> Result<(), Fault> {
    Ok(store::count(conn, minute(at), i64::from(chance) % SHARDS, many, 0)?)
}

/// Lets links end again, in the caller's transaction. False if the brake was off, or was pulled anew since somebody
/// looked at it (`seen`: since when it was on then).
///
/// `by`: the public id of whoever decided, or `command`. `event` is the record, of kind [`Kind::BrakeReleased`].
pub fn release(
    conn: &mut Conn,
    by: &str,
    seen: Option<DateTime<Utc>>,
    event: &AuditEvent,
) -> Result<bool, Fault> {
    let brake = store::take(conn)?;
    if seen.is_some_and(|seen| brake.on_since != Some(seen)) || !store::release(conn, by, event.at)? {
        return Ok(false);
    }
    let details = json!({ "by": by, "refused": brake.refused, "refreshes": brake.refreshes });
    audit::append(conn, &event.clone().with(details))?;
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
