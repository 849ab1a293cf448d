//! One connection type for two databases, its safe set-up, and the write transaction.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

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

/// PostgreSQL's limit for waiting for a lock and for a statement.
///
/// It ends before `WAIT_LIMIT`, so only a silent server costs a connection.
const SERVER_TIMEOUT: Duration = Duration::from_millis(2500);

/// Applies the session settings of S90 and S91 to a fresh connection.
pub(super) fn set_up(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {};
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA secure_delete = ON;
             PRAGMA journal_size_limit = 67108864;",
            WAIT_LIMIT.as_millis()
        )),
        Conn::Postgres(conn) => conn.batch_execute(&format!(
            "SET TIME ZONE 'UTC';
             SET application_name = 'dovetail';
             SET statement_timeout = '{patience}ms';
             SET lock_timeout = '{patience}ms';
             SET idle_in_transaction_session_timeout = '10s';",
            patience = SERVER_TIMEOUT.as_millis()
        )),
    }
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
    body: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    type Manager = <Conn as Connection>::TransactionManager;
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
        Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn)?,
    }
    match body(conn) {
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
