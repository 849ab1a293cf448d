//! Writing down what came of a turn.
//!
//! Amazon may have voided the old refresh token with its answer, so a new one is not given up while the lease
//! lasts: until then nobody else asks, and the next try may find the database again (S70).

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant, sleep};

use crate::audit::{self, Actor, Event, Kind};
use crate::platform::db::{Conn, Db};
use crate::platform::fault::Fault;
use crate::platform::token::random_bytes;
use crate::refresher::brake;
use crate::refresher::model::{Leased, Outcome, Settled};
use crate::refresher::schedule::{again, next_check};
use crate::refresher::store;
use crate::words::{LinkState, StateCause};

/// Between two tries to write.
const PAUSE: Duration = Duration::from_millis(200);

/// Writes all of `settled` in one transaction. Says of each whether the link still was what was sent; a fault
/// only once the first of their leases has ended.
pub(super) async fn settle(
    db: &Db,
    every: TimeDelta,
    settled: &Arc<Vec<Settled>>,
) -> Result<Vec<bool>, Fault> {
    let Some(ends) = settled.iter().map(|one| one.leased.lease.ends).min() else { return Ok(Vec::new()) };
    until(ends, || {
        let settled = Arc::clone(settled);
        db.write(move |conn| write(conn, &settled, every))
    })
    .await
}

/// Tries until it is done or the lease has ended. What Amazon said must not be lost to a database that is gone for a moment.
pub(super) async fn until<T, F>(ends: Instant, attempt: impl Fn() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let mut tries = 0_u32;
    loop {
        match attempt().await {
            Ok(done) if tries == 0 => return Ok(done),
            Ok(done) => {
                tracing::warn!(tries, "what Amazon answered is written after all");
                return Ok(done);
            }
            Err(fault) if Instant::now() + PAUSE >= ends => {
                tracing::error!(alert = "refresh_lost", tries, fault = %fault, "what Amazon answered could not be written before the lease ended");
                return Err(fault);
            }
            Err(fault) => {
                if tries == 0 {
                    tracing::error!(alert = "refresh_not_stored", fault = %fault, "what Amazon answered is not written yet; trying again");
                }
                tries += 1;
                sleep(PAUSE).await;
            }
        }
    }
}

/// A byte that keeps links from coming back in step. Without randomness they merely do.
pub(super) fn chance() -> u8 {
    let [byte] = random_bytes::<1>().unwrap_or([128]);
    byte
}

fn write(conn: &mut Conn, settled: &[Settled], every: TimeDelta) -> Result<Vec<bool>, Fault> {
    let mut are_written = Vec::with_capacity(settled.len());
    let mut renewed = 0;
    for one in settled {
        let is_written = write_one(conn, one, every)?;
        renewed += i64::from(is_written && matches!(one.outcome, Outcome::Renewed(_)));
        are_written.push(is_written);
    }
    if let (Some(one), 1..) = (settled.first(), renewed) {
        brake::count_renewed(conn, renewed, one.at, one.chance)?;
    }
    Ok(are_written)
}

fn write_one(conn: &mut Conn, one: &Settled, every: TimeDelta) -> Result<bool, Fault> {
    let Settled { leased, outcome, at, chance } = one;
    let (at, later) = (*at, next_check(*at, every, *chance));
    match outcome {
        Outcome::Renewed(renewed) => {
            let is_written = store::store_renewed(conn, leased, renewed, at, later)?;
            let kind = match (leased.state, renewed.lacks_scope) {
                (LinkState::Active, true) => Some(Kind::LinkNeedsReconnect),
                (LinkState::NeedsReconnect | LinkState::Revoked, false) => Some(Kind::LinkReconnected),
                _ => None,
            };
            if let Some(kind) = kind.filter(|_| is_written) {
                audit::append(conn, &event(leased, kind, at))?;
            }
            Ok(is_written)
        }
        Outcome::KeyLost => {
            let seen = (&leased.sent.link, leased.sent.token_version);
            if store::needs_reconnect(conn, seen, StateCause::KeyLost, at)? {
                audit::append(conn, &event(leased, Kind::LinkNeedsReconnect, at))?;
            }
            store::give_back(conn, &leased.sent, later)?;
            Ok(true)
        }
        Outcome::NotNow(heard) => {
            store::put_off(conn, &leased.sent, again(at, leased.failures, *heard, *chance), None)?;
            Ok(true)
        }
        Outcome::Unasked => {
            store::give_back(conn, &leased.sent, at)?;
            Ok(true)
        }
    }
}

fn event(leased: &Leased, kind: Kind, at: chrono::DateTime<chrono::Utc>) -> Event {
    Event::new(at, kind, Actor::System, "refresher").on(&leased.sent.player)
}
