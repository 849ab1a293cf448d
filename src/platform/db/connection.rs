//! One connection type for two databases, its safe set-up, and the write transaction.

use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use crate::platform::db::error_mapping;

/// A connection to the configured database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// The columns of a row type, for `returning`: diesel's `as_returning` does not know both databases at once.
pub fn columns_of<R: Selectable<MultiBackend>>() -> R::SelectExpression {
    R::construct_selection()
}

/// Runs the same expression on the connection of either database.
///
/// It is for diesel features that exist on each database but not on both at once, such as upsert. A test
/// limits its uses in the crate to ten.
macro_rules! on_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::platform::db::Conn::Postgres($inner) => $body,
            $crate::platform::db::Conn::Sqlite($inner) => $body,
        }
    };
}
pub(crate) use on_backend;

/// How long a caller waits before it gets a busy fault (S92).
pub(super) const WAIT_LIMIT: Duration = Duration::from_secs(3);

/// The database's own limit for waiting for a lock, and PostgreSQL's for a statement.
///
/// It ends before `WAIT_LIMIT`, so only a silent server costs a connection.
const SERVER_TIMEOUT: Duration = Duration::from_millis(2500);

/// How long a transaction that waited for its turn still waits for a lock.
const SHORTEST_LOCK_WAIT: Duration = Duration::from_millis(250);

/// The one limit of a transaction's waits: for its turn, for a connection, and for a lock.
///
/// Each wait takes only what the earlier ones left, because together they must not exceed `WAIT_LIMIT`.
#[derive(Clone, Copy)]
pub(super) struct WaitDeadline {
    requested_at: Instant,
}

impl WaitDeadline {
    pub(super) fn starting_now() -> Self {
        Self { requested_at: Instant::now() }
    }

    /// The deadline of a request from a while ago.
    #[cfg(test)]
    pub(super) fn started(ago: Duration) -> Self {
        Self { requested_at: Instant::now().checked_sub(ago).unwrap() }
    }

    /// The time since the request.
    pub(super) fn waited(self) -> Duration {
        self.requested_at.elapsed()
    }

    /// When the waits for a turn and a connection end. A short wait for a lock still fits in after it.
    pub(super) fn turn_ends_at(self) -> Instant {
        self.requested_at + SERVER_TIMEOUT.saturating_sub(SHORTEST_LOCK_WAIT)
    }

    /// How long a statement may wait for a lock.
    fn lock_wait(self) -> Duration {
        SERVER_TIMEOUT.saturating_sub(self.waited()).max(SHORTEST_LOCK_WAIT)
    }

    /// How long the server may leave a statement unanswered.
    pub(super) fn silence(self) -> Duration {
        WAIT_LIMIT.saturating_sub(self.waited()).max(SHORTEST_LOCK_WAIT * 2)
    }

    /// Whether there is no time for another attempt.
    pub(super) fn is_over(self) -> bool {
        Instant::now() >= self.turn_ends_at()
    }
}

/// Between two tries to make a new file write ahead.
const WAL_RETRY: Duration = Duration::from_millis(10);

/// Applies the session settings of S90 and S91 to a fresh connection.
pub(super) fn set_up(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            conn.batch_execute(&format!("PRAGMA busy_timeout = {}", SERVER_TIMEOUT.as_millis()))?;
            use_wal(conn)?;
            conn.batch_execute(
                "PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON;
                 PRAGMA trusted_schema = OFF;
                 PRAGMA secure_delete = ON;
                 PRAGMA journal_size_limit = 67108864;",
            )
        }
        Conn::Postgres(conn) => {
            conn.batch_execute(&format!(
                "SET TIME ZONE 'UTC';
                 SET application_name = 'dovetail';
                 SET statement_timeout = '{patience}ms';
                 SET lock_timeout = '{patience}ms';
                 SET idle_in_transaction_session_timeout = '10s';",
                patience = SERVER_TIMEOUT.as_millis()
            ))?;
            // A server without PL/pgSQL refuses this one; its messages then keep their language.
            let _ = conn.batch_execute(ENGLISH_MESSAGES);
            Ok(())
        }
    }
}

/// Has the file write ahead.
///
/// Where several copies start at once on a new file, SQLite tells all but one without any wait that it is locked.
fn use_wal(conn: &mut SqliteConnection) -> QueryResult<()> {
    let until = Instant::now() + SERVER_TIMEOUT;
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if error_mapping::shortage_of(&error).is_some() && Instant::now() < until => {
                std::thread::sleep(WAL_RETRY);
            }
            done => return done,
        }
    }
}

/// Makes PostgreSQL's messages English, as far as the role may change their language.
///
/// They are the ones that change least between versions, and `shortage_messages` recognises a shortage by its message.
/// The role may if it is a superuser or was granted `SET` on
/// `lc_messages`. A plain `SET` by any other role would put an error into the server's log for each connection.
const ENGLISH_MESSAGES: &str = "DO $$ BEGIN \
     IF current_setting('lc_messages') NOT IN ('C', 'POSIX') THEN \
     PERFORM set_config('lc_messages', 'C', false); END IF; \
     EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";

/// Shortens PostgreSQL's limits for this transaction, if it has waited noticeably before.
///
/// Most transactions have not, and are spared the round trip.
fn limit_waits(conn: &mut PgConnection, wait: Duration) -> QueryResult<()> {
    if wait + SHORTEST_LOCK_WAIT > SERVER_TIMEOUT {
        return Ok(());
    }
    let wait = wait.as_millis();
    conn.batch_execute(&format!(
        "SET LOCAL lock_timeout = '{wait}ms'; SET LOCAL statement_timeout = '{wait}ms'"
    ))
}

/// Copies SQLite's write-ahead log into the file and empties it, because the log still contains deleted data.
///
/// PostgreSQL needs no such step.
pub(super) fn empty_log(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"),
        Conn::Postgres(_) => Ok(()),
    }
}

/// Runs `body` in a transaction that has the write lock from its first statement.
///
/// SQLite's deferred transactions fail with "database is locked" when two of them write; `BEGIN IMMEDIATE`
/// waits instead. Never nested: `Db::write` is the only caller.
pub(super) fn write_transaction<T, E>(
    conn: &mut Conn,
    deadline: WaitDeadline,
    body: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    type Manager = <Conn as Connection>::TransactionManager;
    let limited = match conn {
        Conn::Sqlite(conn) => {
            let wait = deadline.lock_wait().as_millis();
            conn.batch_execute(&format!("PRAGMA busy_timeout = {wait}"))?;
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?;
            Ok(())
        }
        Conn::Postgres(conn) => {
            AnsiTransactionManager::begin_transaction(conn)?;
            limit_waits(conn, deadline.lock_wait())
        }
    };
    match limited.map_err(E::from).and_then(|()| body(conn)) {
        Ok(value) => {
            Manager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(error) => {
            // The first error explains the failure; a failed rollback marks the connection as broken.
            let _ = Manager::rollback_transaction(conn);
            Err(error)
        }
    }
}
