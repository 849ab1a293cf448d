//! The database, accessed only by [`Db::read`] and [`Db::write`].
//!
//! Both run a synchronous closure, so that no connection stays in use during a call to Amazon: on the blocking
//! pool, or at once for a look-up in SQLite ([`Db::read_at_once`]). A write is always a transaction that has the
//! write lock from its start. Store functions take `&mut Conn` and never open transactions; actions do, by
//! calling one of the two.

mod audit_context;
pub mod backup;
mod connect_failure;
mod connection;
mod error_mapping;
pub mod exported;
mod ledger_lines;
mod location;
pub mod migrate;
mod on_commit;
mod pool;
mod probe;
pub mod schema;
pub mod sealed;
pub mod server_info;
mod shortage_messages;
mod thread_reader;
pub mod types;
mod watch;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::result::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;

pub use audit_context::AuditContext;
pub(crate) use connection::on_backend;
pub use connection::{Conn, columns_of};
pub use diesel::QueryResult;
pub use error_mapping::{DbFailure, is_foreign_key_violation, is_unique_violation, unwritable};
pub use location::{is_sqlite, sqlite_path};
pub use on_commit::on_commit;
pub use pool::CheckedOut;
pub use types::UtcTime;

use crate::platform::db::connection::{WAIT_LIMIT, WaitDeadline};
use crate::platform::db::pool::Pool;
use crate::platform::fault::{Fault, Kind, Shortage, Stop};
use crate::platform::ledger::Ledger;
use crate::platform::metrics::{DbAccess, Metrics};
#[cfg(feature = "test-support")]
use crate::platform::test_gate::TestGate;

/// A pool of connections to the database.
#[derive(Clone)]
pub struct Db {
    pool: Arc<Pool>,
    /// SQLite has one writer. Waiting in this queue is fair; SQLite's own busy handler is not.
    writers: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    /// The audit context of writes.
    audit: Option<AuditContext>,
    /// The file that says, besides the database, what has ended.
    ledger: Option<Arc<Ledger>>,
    #[cfg(feature = "test-support")]
    write_gate: TestGate,
}

/// How often a write is repeated when PostgreSQL reports a conflict with another (S91).
const CONFLICT_RETRIES: u32 = 3;

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`) with at most `connections` connections.
    ///
    /// Creates only SQLite's own files; the schema comes from [`migrate`].
    pub fn open(url: &str, connections: u32) -> Result<Self, Fault> {
        let connections = connections as usize;
        if let Some(path) = sqlite_path(url) {
            location::restrict_to_owner(&path)?;
        }
        let pool = Pool::new(location::target_of(url), is_sqlite(url), connections);
        let writers = if is_sqlite(url) { 1 } else { connections };
        Ok(Self {
            pool,
            writers: Arc::new(Semaphore::new(writers)),
            metrics: Arc::default(),
            audit: None,
            ledger: None,
            #[cfg(feature = "test-support")]
            write_gate: TestGate::default(),
        })
    }

    /// The same database, counting its use in `metrics`.
    #[must_use]
    pub fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// Updates the gauges of connections in use.
    pub fn update_gauges(&self) {
        self.metrics.db_connections.set(self.pool.in_use());
        self.metrics.db_connection_limit.set(self.pool.size());
    }

    /// The same database, whose writes can write audit records (see [`AuditContext`]).
    #[must_use]
    pub fn with_audit(self, audit: AuditContext) -> Self {
        Self { audit: Some(audit), ..self }
    }

    /// The same database, whose writes record in `ledger` what they end, before they commit.
    #[must_use]
    pub fn with_ledger(self, ledger: Option<Arc<Ledger>>) -> Self {
        Self { ledger, ..self }
    }

    /// The ledger of the writes, if there is one.
    pub fn ledger(&self) -> Option<&Arc<Ledger>> {
        self.ledger.as_ref()
    }

    /// Runs queries without a transaction: they do not share one snapshot.
    pub async fn read<T, F>(&self, body: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        let (metrics, deadline) = (Arc::clone(&self.metrics), WaitDeadline::starting_now());
        let permit = self.pool.permit(deadline).await;
        let permit = self.count_fault(permit)?;
        // A read waits for no lock, and a connection is not given up for a statement that is merely slow.
        let read = self.pool.run(vec![permit], deadline, WAIT_LIMIT, move |conn, _| {
            note_read(&metrics, deadline);
            Ok(body(conn)?)
        });
        self.count_fault(read.await)
    }

    /// Does the same as [`Db::read`] for a few rows found by an index, which SQLite reads without another thread.
    ///
    /// `body` may run again on the blocking pool. What reads many rows would keep all requests of its thread waiting.
    pub async fn read_at_once<T, F>(&self, body: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        if self.pool.is_shared_file() {
            let deadline = WaitDeadline::starting_now();
            if let Some(found) = thread_reader::try_read(&self.pool, &body) {
                note_read(&self.metrics, deadline);
                return Ok(found);
            }
        }
        self.read(body).await
    }

    /// Runs a transaction. A fault rolls everything back.
    ///
    /// `body` may run again when PostgreSQL reports a conflict (40001, 40P01). It must not do anything that
    /// cannot be rolled back.
    pub async fn write<T, F>(&self, body: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
    {
        self.run_transaction(body).await
    }

    /// Does the same as [`Db::write`]. A refusal rolls everything back as well.
    pub async fn write_or_refuse<T, R, F>(&self, body: F) -> Result<T, Stop<R>>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Stop<R>> + Send + 'static,
    {
        self.run_transaction(body).await
    }

    /// The gate before each transaction of this copy of the program.
    #[cfg(feature = "test-support")]
    pub fn write_gate(&self) -> &TestGate {
        &self.write_gate
    }

    async fn run_transaction<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<Fault> + DbFailure + Send + 'static,
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        #[cfg(feature = "test-support")]
        self.write_gate.pass().await;
        let (metrics, audit) = (Arc::clone(&self.metrics), self.audit.clone());
        let ledger = self.ledger.clone();
        let deadline = WaitDeadline::starting_now();
        let permits = self.write_permits(deadline).await;
        let permits = self.count_fault(permits)?;
        let written = self.pool.run(permits, deadline, deadline.silence(), move |conn, watch| {
            metrics.db_wait.observe(DbAccess::Write, deadline.waited());
            tracing::trace!(event = "platform.db.write_started", "a write started");
            let body = |conn: &mut Conn| {
                let value = body(conn)?;
                // The caller already got a busy fault, so nothing may be stored.
                watch.check()?;
                Ok::<T, E>(value)
            };
            let mut attempt = || -> Result<T, E> {
                on_commit::counting(&metrics, || {
                    ledger_lines::recording(ledger.as_deref(), |before_commit| {
                        connection::write_transaction(conn, deadline, |conn| {
                            let value = body(conn)?;
                            before_commit()?;
                            Ok(value)
                        })
                    })
                })
            };
            AuditContext::during(audit, || {
                for _ in 0..CONFLICT_RETRIES {
                    match attempt() {
                        Err(error)
                            if error.fault().is_some_and(|f| f.kind() == Kind::Conflict)
                                && !deadline.is_over() =>
                        {
                            metrics.db_write_retries.add();
                        }
                        done => return done,
                    }
                }
                attempt()
            })
        });
        self.count_fault(written.await)
    }

    /// Removes deleted data from the files too (S130).
    ///
    /// An open reader can prevent a part of this; the next call removes the rest.
    pub async fn empty_log(&self) -> Result<(), Fault> {
        let deadline = WaitDeadline::starting_now();
        let permits = self.write_permits(deadline).await?;
        let emptied =
            self.pool.run(permits, deadline, WAIT_LIMIT, |conn, _| Ok(connection::empty_log(conn)?));
        self.count_fault(emptied.await)
    }

    /// Waits for the permit to write and a permit for a connection.
    async fn write_permits(&self, deadline: WaitDeadline) -> Result<Vec<OwnedSemaphorePermit>, Fault> {
        let during = "waiting for the write lock";
        let _waiting = self.metrics.db_writers_waiting.hold();
        let permit = timeout_at(deadline.turn_ends_at().into(), self.writers.clone().acquire_owned())
            .await
            .map_err(|error| Fault::short(Shortage::WriteTurn, during, error))?
            .map_err(|error| Fault::broken(during, error))?;
        Ok(vec![permit, self.pool.permit(deadline).await?])
    }

    fn count_fault<T, E: DbFailure>(&self, done: Result<T, E>) -> Result<T, E> {
        if let Some(fault) = done.as_ref().err().and_then(DbFailure::fault) {
            self.metrics.db_faults.add(fault.kind());
            if let Some(shortage) = fault.shortage() {
                self.metrics.db_shortages.add(shortage);
            }
        }
        done
    }

    /// A connection for commands and start-up, where blocking is allowed.
    pub fn connection(&self) -> Result<CheckedOut, Fault> {
        self.pool.connection()
    }
}

/// A new `UUIDv7` as text: 48 bits of `now`, 74 bits from the system's generator.
pub fn new_id(now: DateTime<Utc>) -> String {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let mut random = [0_u8; 10];
    // If the generator fails, the unique index refuses equal ids; they are never confused.
    let _ = getrandom::fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

/// Counts how long a read waited, and tells that it has begun.
fn note_read(metrics: &Metrics, deadline: WaitDeadline) {
    metrics.db_wait.observe(DbAccess::Read, deadline.waited());
    tracing::trace!(event = "platform.db.read_started", "a read started");
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;

    use super::*;

    fn fresh() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("dovetail.db").display()), 8).unwrap();
        migrate::up(&mut db.connection().unwrap()).unwrap();
        (folder, db)
    }

    fn insert_throttle(conn: &mut Conn, id: &str) -> QueryResult<usize> {
        use crate::platform::db::schema::throttles::dsl;
        diesel::insert_into(dsl::throttles)
            .values((
                dsl::id.eq(id.to_owned()),
                dsl::taken.eq(0),
                dsl::window_ends_at.eq(UtcTime::from(DateTime::UNIX_EPOCH)),
            ))
            .execute(conn)
    }

    #[tokio::test]
    async fn a_write_that_ends_in_an_error_leaves_nothing() {
        let (_folder, db) = fresh();
        let ended: Result<(), Stop<&str>> = db
            .write_or_refuse(|conn| {
                insert_throttle(conn, "a")?;
                Err(Stop::Refused("changed my mind"))
            })
            .await;
        assert!(matches!(ended, Err(Stop::Refused("changed my mind"))));
        let rows: i64 = db.read(|conn| schema::throttles::table.count().get_result(conn)).await.unwrap();
        assert_eq!(rows, 0);
    }

    /// Another transaction erased the parent row: the action runs again, then fails with a conflict.
    #[tokio::test]
    async fn a_row_of_something_that_is_gone_is_a_conflict() {
        use crate::platform::db::schema::former_links::dsl;
        let (_folder, db) = fresh();
        let at = UtcTime::from(DateTime::UNIX_EPOCH);
        let written = db.write(move |conn| {
            diesel::insert_into(dsl::former_links)
                .values((
                    dsl::id.eq("a"),
                    dsl::player_id.eq("nobody"),
                    dsl::amazon_id_hash.eq(""),
                    dsl::linked_at.eq(at),
                    dsl::ended_at.eq(at),
                    dsl::actor.eq("player"),
                    dsl::cause.eq("replaced"),
                ))
                .execute(conn)
                .map_err(Fault::from)
        });
        assert_eq!(written.await.unwrap_err().kind(), Kind::Conflict);
    }

    #[tokio::test]
    async fn writers_at_once_wait_for_one_another() {
        use crate::platform::db::schema::throttles::dsl;
        let (_folder, db) = fresh();
        db.write(|conn| insert_throttle(conn, "a").map_err(Fault::from)).await.unwrap();
        let writers = (0..40).map(|_| {
            db.write(|conn| {
                diesel::update(dsl::throttles)
                    .set(dsl::taken.eq(dsl::taken + 1))
                    .execute(conn)
                    .map_err(Fault::from)
            })
        });
        for written in futures_util::future::join_all(writers).await {
            assert_eq!(written.unwrap(), 1);
        }
        let taken: i64 = db.read(|conn| dsl::throttles.select(dsl::taken).get_result(conn)).await.unwrap();
        assert_eq!(taken, 40);
    }

    fn shortage(written: Result<usize, Fault>) -> Option<Shortage> {
        written.unwrap_err().shortage()
    }

    #[tokio::test]
    async fn a_file_that_is_full_or_read_only_or_locked_is_a_shortage() {
        let (folder, db) = fresh();
        let full = db.write(|conn| {
            conn.batch_execute("PRAGMA max_page_count = 1")?;
            (0..1_000).try_fold(0, |rows, row| {
                let id = format!("{row} {}", "x".repeat(1_000));
                Ok::<usize, Fault>(rows + insert_throttle(conn, &id)?)
            })
        });
        assert_eq!(shortage(full.await), Some(Shortage::DiskFull));
        let read_only = db.write(|conn| {
            conn.batch_execute("PRAGMA query_only = ON")?;
            let inserted = insert_throttle(conn, "a").map_err(Fault::from);
            conn.batch_execute("PRAGMA query_only = OFF")?;
            inserted
        });
        assert_eq!(shortage(read_only.await), Some(Shortage::ReadOnly));

        let file = folder.path().join("dovetail.db");
        let mut other = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        let began = std::time::Instant::now();
        let writers = (0..4).map(|_| db.write(|conn| insert_throttle(conn, "a").map_err(Fault::from)));
        let refused: Vec<_> =
            futures_util::future::join_all(writers).await.into_iter().map(shortage).collect();
        // One after the other they would take four times as long.
        assert!(began.elapsed() < WAIT_LIMIT * 2, "all waits together: {:?}", began.elapsed());
        for shortage in refused {
            assert!(matches!(shortage, Some(Shortage::Lock | Shortage::WriteTurn)), "{shortage:?}");
        }
    }

    #[tokio::test]
    async fn only_what_is_committed_is_counted() {
        let (_folder, db) = fresh();
        let metrics = Arc::new(Metrics::new());
        let db = db.counted_by(Arc::clone(&metrics));
        let kept = db.write(|_| {
            on_commit(|m| m.audit_events.add("kept"));
            Ok(())
        });
        kept.await.unwrap();
        let taken_back: Result<(), Stop<&str>> = db
            .write_or_refuse(|_| {
                on_commit(|m| m.audit_events.add("taken back"));
                Err(Stop::Refused("no"))
            })
            .await;
        assert!(taken_back.is_err());
        on_commit(|m| m.audit_events.add("outside"));
        db.write(|_| Ok(())).await.unwrap();
        let counted = ["kept", "taken back", "outside"].map(|kind| metrics.audit_events.so_far(kind));
        assert_eq!(counted, [1, 0, 0]);
    }
}
