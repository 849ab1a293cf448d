//! Which keys may be needed here.
//!
//! A small table remembers every key that was in the ring of a running portal, and when a copy last said that it
//! seals with it. So a start costs one look at a few rows; the values themselves are counted only when a key
//! that was there is gone.
//!
//! A key that has left the ring while values hang on it stops the start of a production portal, because every
//! such value would look lost to players. Two things end that: the key put back, or the operator's word that it
//! is lost, after which its values are treated one by one as values that will not open (S66).

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::operations::key_rotation::store::{self, KnownKey};
use crate::operations::key_rotation::walk;
use crate::platform::db::{Conn, QueryResult, is_unique_violation};
use crate::platform::fault::{Fault, Stop};

/// A copy says once a minute that it seals with a key; after this long without a word it has stopped.
const SILENCE: TimeDelta = TimeDelta::minutes(3);

/// A key that is not in the ring and is needed.
#[derive(Debug, PartialEq, Eq)]
pub struct MissingKey {
    pub key: String,
    /// Values sealed with it; at least one.
    pub values: u64,
}

/// The keys that are needed and not in the ring. A key that turns out to seal nothing is forgotten.
pub async fn missing(app: &App) -> Result<Vec<MissingKey>, Fault> {
    let known = app.db.read(store::known).await?;
    let is_gone = |known: &KnownKey| !known.is_given_up && !app.vault.key_ids().any(|id| id == known.id);
    let gone: Vec<KnownKey> = known.into_iter().filter(is_gone).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let tally = walk::look(app, &|_| {}).await?;
    let now = app.clock.now();
    let mut missing = Vec::new();
    for KnownKey { id, sealing_at, .. } in gone {
        let values = tally.by_key.get(&id).copied().unwrap_or_default();
        if values > 0 {
            missing.push(MissingKey { key: id, values });
        } else if sealing_at.is_some_and(|at| (now - at).abs() < SILENCE) {
            tracing::warn!(
                key = id,
                "another copy sealed with this key just now, and it is not in the ring here"
            );
        } else {
            app.db.write(move |conn| Ok::<_, Fault>(store::forget(conn, &id)?)).await?;
        }
    }
    Ok(missing)
}

/// Keys that may have sealed something here and are not in a ring of these ids. Only looks, and counts nothing.
pub fn not_in(conn: &mut Conn, ring: &[&str]) -> QueryResult<Vec<String>> {
    let known =
        store::known(conn)?.into_iter().filter(|key| !key.is_given_up && !ring.contains(&key.id.as_str()));
    Ok(known.map(|key| key.id).collect())
}

/// Remembers the ring of a portal that starts.
pub async fn take_up(app: &App) -> Result<(), Fault> {
    for key in app.vault.key_ids().skip(1) {
        remember(app, key, None).await?;
    }
    seals_here(app).await
}

/// Says that this copy seals with its first key.
pub async fn seals_here(app: &App) -> Result<(), Fault> {
    match app.vault.key_ids().next() {
        Some(first) => remember(app, first, Some(app.clock.now())).await,
        None => Ok(()),
    }
}

/// Takes the operator's word that a key is lost. False if nobody remembers such a key.
pub async fn give_up(app: &App, key: &str) -> Result<bool, Fault> {
    let (key, now) = (key.to_owned(), app.clock.now());
    app.db.write(move |conn| Ok::<_, Fault>(store::give_up(conn, &key, now)?)).await
}

async fn remember(app: &App, key: &str, sealing_at: Option<DateTime<Utc>>) -> Result<(), Fault> {
    let once = || {
        let key = key.to_owned();
        app.db.write(move |conn| match store::remember(conn, &key, sealing_at) {
            Err(error) if is_unique_violation(&error) => Err(Stop::Refused(AnotherCopyActed)),
            done => Ok(done?),
        })
    };
    match once().await {
        Err(Stop::Refused(AnotherCopyActed)) => once().await,
        done => done,
    }
    .or_else(|stop| match stop {
        Stop::Refused(AnotherCopyActed) => Ok(()),
        Stop::Fault(fault) => Err(fault),
    })
}

struct AnotherCopyActed;
