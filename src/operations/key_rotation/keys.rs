//! Finds sealing keys that are needed but not in the ring.
//!
//! The table `sealing_keys` lists every key of a running portal's ring. It also has the time at which a copy
//! last reported that it seals with the key. A start therefore reads a few rows; sealed values are counted
//! only if a listed key has left the ring.
//!
//! A missing key stops the start of a production portal while values depend on it. Otherwise players would
//! seem to have lost those values. The operator can put the key back, or declare it lost. After that, each of
//! its values is handled as one that will not open (S66).

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::operations::key_rotation::store::{self, KnownKey};
use crate::operations::key_rotation::walk;
use crate::platform::db::{Conn, QueryResult, is_unique_violation};
use crate::platform::fault::{Fault, Stop};

/// A copy reports its sealing key once a minute. Without a report for this long it has stopped.
const SILENCE: TimeDelta = TimeDelta::minutes(3);

/// A needed key that is not in the ring.
#[derive(Debug, PartialEq, Eq)]
pub struct MissingKey {
    pub key: String,
    /// The number of values sealed with it, at least one.
    pub values: u64,
}

/// The missing keys. A listed key that seals nothing is removed from the table.
pub async fn missing_keys(app: &App) -> Result<Vec<MissingKey>, Fault> {
    let known = app.db.read(store::known).await?;
    let is_gone = |known: &KnownKey| !known.is_given_up && !app.vault.key_ids().any(|id| id == known.id);
    let gone: Vec<KnownKey> = known.into_iter().filter(is_gone).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let tally = walk::find_due(app, &|_| {}).await?;
    let now = app.clock.now();
    let mut missing = Vec::new();
    for KnownKey { id, sealing_at, .. } in gone {
        let values = tally.by_key.get(&id).copied().unwrap_or_default();
        if values > 0 {
            missing.push(MissingKey { key: id, values });
        } else if sealing_at.is_some_and(|at| (now - at).abs() < SILENCE) {
            tracing::warn!(
                event = "operations.keys.unknown_key_in_use",
                key = id,
                "another copy seals with a key that this copy lacks"
            );
        } else {
            app.db.write(move |conn| Ok(store::forget(conn, &id)?)).await?;
        }
    }
    Ok(missing)
}

/// Listed keys that are not in `ring`. Counts no values.
pub fn not_in(conn: &mut Conn, ring: &[&str]) -> QueryResult<Vec<String>> {
    let known =
        store::known(conn)?.into_iter().filter(|key| !key.is_given_up && !ring.contains(&key.id.as_str()));
    Ok(known.map(|key| key.id).collect())
}

/// Stores the key ids of this portal's ring at its start.
pub async fn take_up(app: &App) -> Result<(), Fault> {
    for key in app.vault.key_ids().skip(1) {
        remember_keys(app, key, None).await?;
    }
    seals_here(app).await
}

/// Reports that this copy seals with its first key.
pub async fn seals_here(app: &App) -> Result<(), Fault> {
    match app.vault.key_ids().next() {
        Some(first) => remember_keys(app, first, Some(app.clock.now())).await,
        None => Ok(()),
    }
}

/// Marks a key as lost, on the operator's command. Returns false if the key is not listed.
pub async fn give_up(app: &App, key: &str) -> Result<bool, Fault> {
    let (key, now) = (key.to_owned(), app.clock.now());
    app.db.write(move |conn| Ok(store::give_up(conn, &key, now)?)).await
}

async fn remember_keys(app: &App, key: &str, sealing_at: Option<DateTime<Utc>>) -> Result<(), Fault> {
    let once = || {
        let key = key.to_owned();
        app.db.write_or_refuse(move |conn| match store::remember(conn, &key, sealing_at) {
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
