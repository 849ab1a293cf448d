//! One attempt a minute that many callers share, in fair turns.
//!
//! Whoever asks fastest would have every turn. So a caller who finds the turn taken may reserve the next one, and a
//! caller who had and asked for fewer turns lately takes the reservation over. A reservation counts as a turn and
//! ends if its caller does not come back, so that nobody keeps others out by reserving.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::{RateLimiter, RateVerdict, refused, store};
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::platform::metrics::Limit;

/// How long callers' turns are remembered.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// How long a reserved turn waits for its caller.
const RESERVED_FOR: TimeDelta = TimeDelta::seconds(30);

/// What a turn counts beside a question for one. A caller who had a turn comes after whoever has asked for so long.
const TURN: i64 = 16;

/// Bits of a claim that name the caller. The bits above them count its turns and questions.
const CALLER_BITS: u32 = 40;

/// Turns of one subject.
#[derive(Clone, Debug)]
pub struct TurnQueue {
    /// What is limited, for the metric of refusals.
    pub limit: Limit,
    /// What the turns are for. The caller hashes it if it contains anything personal.
    pub id: String,
    /// Who asks, for example the keyed hash of a network.
    pub caller: String,
    /// The time between two turns.
    pub every: TimeDelta,
}

impl RateLimiter {
    /// Takes the next turn, if it has come and no caller with fewer turns has reserved it.
    pub async fn take_turn(&self, queue: TurnQueue, now: DateTime<Utc>) -> Result<RateVerdict, Fault> {
        if !self.is_on {
            return Ok(RateVerdict::Allowed);
        }
        let limit = queue.limit;
        let verdict = self.db.write(move |conn| Ok(take_turn(conn, &queue, now)?)).await?;
        let Some(until) = verdict else { return Ok(RateVerdict::Allowed) };
        self.metrics.throttle_refusals.add(limit);
        Ok(refused(until, now))
    }
}

/// Returns when it makes sense to ask again, or `None` if the turn is the caller's.
fn take_turn(conn: &mut Conn, queue: &TurnQueue, now: DateTime<Utc>) -> QueryResult<Option<DateTime<Utc>>> {
    let turn = format!("turn {}", queue.id);
    let reservation = format!("turn {} reserved", queue.id);
    let ends_at = now + REMEMBERED;
    // First, because it locks the row: callers of one subject then come one by one.
    let taken_until = store::add_to_number(conn, &turn, 1, ends_at)?.1;
    let me = name_of(&queue.caller);
    let (asked, _) = store::add_to_number(conn, &row_of(queue, me), 1, ends_at)?;
    let claim = (asked << CALLER_BITS) | me;
    let reserved = store::read_number(conn, &reservation, now)?;
    let is_mine = reserved.is_some_and(|(claim, _)| caller_of(claim) == me);
    let is_first = !is_mine && reserved.is_none_or(|(reserved, _)| claim < reserved);
    if is_first {
        store::add_to_number(conn, &row_of(queue, me), TURN, ends_at)?;
        if let Some((reserved, _)) = reserved {
            store::add_to_number(conn, &row_of(queue, caller_of(reserved)), -TURN, ends_at)?;
        }
    }
    if let Some(until) = taken_until.filter(|until| *until > now) {
        if is_first {
            store::write_number(conn, &reservation, claim, until + RESERVED_FOR)?;
        }
        return Ok(Some(until));
    }
    if let Some((_, until)) = reserved
        && !is_first
        && !is_mine
    {
        return Ok(Some(until));
    }
    store::delete_number(conn, &reservation)?;
    store::block(conn, &turn, now + queue.every)?;
    Ok(None)
}

/// The row that counts a caller's turns and questions.
fn row_of(queue: &TurnQueue, caller: i64) -> String {
    format!("turn {} had by {caller:x}", queue.id)
}

/// A caller as a number. It decides among equal counts, and nobody can choose it.
fn name_of(caller: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(caller).into();
    digest.iter().take(5).fold(0, |name, byte| (name << 8) | i64::from(*byte))
}

fn caller_of(claim: i64) -> i64 {
    claim & ((1 << CALLER_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::platform::db::{Db, migrate};

    fn throttle() -> (tempfile::TempDir, RateLimiter) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("t.db").display()), 8).unwrap();
        migrate::up(&mut db.connection().unwrap()).unwrap();
        (folder, RateLimiter::new(db, true, Arc::default()))
    }

    fn asked_by(caller: &str) -> TurnQueue {
        TurnQueue {
            limit: Limit::SharedTurns,
            id: "ann".into(),
            caller: caller.into(),
            every: TimeDelta::minutes(1),
        }
    }

    #[tokio::test]
    async fn there_is_one_turn_a_minute_for_all() {
        let (_folder, throttle) = throttle();
        let mut now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut turns = 0;
        for _ in 0..600 {
            turns += i32::from(throttle.take_turn(asked_by("a"), now).await.unwrap() == RateVerdict::Allowed);
            now += TimeDelta::seconds(1);
        }
        assert_eq!(turns, 10);
    }

    #[tokio::test]
    async fn whoever_comes_when_told_has_a_turn_beside_twenty_who_always_ask() {
        let (_folder, throttle) = throttle();
        let mut now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let strangers: Vec<String> = (0..20).map(|number| format!("stranger {number}")).collect();
        let all_ask = async |now| {
            for stranger in &strangers {
                throttle.take_turn(asked_by(stranger), now).await.unwrap();
            }
        };
        for _ in 0..(30 * 12) {
            all_ask(now).await;
            now += TimeDelta::seconds(5);
        }
        let began = now;
        loop {
            // The strangers are always a moment earlier.
            all_ask(now).await;
            match throttle.take_turn(asked_by("owner"), now).await.unwrap() {
                RateVerdict::Allowed => break,
                RateVerdict::Refused { retry_after } => {
                    let comes_back = now + TimeDelta::seconds(retry_after);
                    while now < comes_back {
                        now += TimeDelta::seconds(1);
                        all_ask(now).await;
                    }
                }
            }
            assert!(now - began < TimeDelta::minutes(15), "no turn within 15 minutes");
        }
    }

    #[tokio::test]
    async fn a_reserved_turn_is_free_again_if_nobody_comes() {
        let (_folder, throttle) = throttle();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(throttle.take_turn(asked_by("a"), now).await.unwrap(), RateVerdict::Allowed);
        throttle.take_turn(asked_by("b"), now).await.unwrap();
        let later = now + TimeDelta::minutes(1);
        let waits = throttle.take_turn(asked_by("a"), later).await.unwrap();
        assert_eq!(waits, RateVerdict::Refused { retry_after: 30 });
        let later = later + TimeDelta::seconds(30);
        assert_eq!(throttle.take_turn(asked_by("a"), later).await.unwrap(), RateVerdict::Allowed);
    }

    #[tokio::test]
    async fn callers_at_once_have_one_turn() {
        let (_folder, throttle) = throttle();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let callers: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        let asked = callers.iter().map(|caller| throttle.take_turn(asked_by(caller), now));
        let verdicts = futures_util::future::join_all(asked).await;
        let allowed = verdicts.into_iter().filter(|done| matches!(done, Ok(RateVerdict::Allowed))).count();
        assert_eq!(allowed, 1);
    }
}
