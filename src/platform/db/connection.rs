//! One connection type for two databases, set up safely, and the transaction that writes.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// A connection to whichever database the operator chose.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs the same expression on the connection itself, for what diesel offers on each database but not on
/// both at once (upsert). At most ten uses in the house; a test counts them.
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::platform::db::Conn::Postgres($inner) => $body,
            $crate::platform::db::Conn::Sqlite($inner) => $body,
        }
    };
}

/// How long a caller waits before it is told to try again (S92).
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// How long PostgreSQL waits for a lock or runs a statement. It ends first, so that only a server that is silent
/// costs a connection.
const SERVERS_PATIENCE: Duration = Duration::from_millis(2500);

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
            PATIENCE.as_millis()
        )),
        Conn::Postgres(conn) => conn.batch_execute(&format!(
            "SET TIME ZONE 'UTC';
             SET application_name = 'dovetail';
             SET statement_timeout = '{patience}ms';
             SET lock_timeout = '{patience}ms';
             SET idle_in_transaction_session_timeout = '10s';",
            patience = SERVERS_PATIENCE.as_millis()
        )),
    }
}

/// Writes SQLite's log back into the file and empties it: until then it holds what was deleted, too. PostgreSQL
/// keeps its own house.
pub(super) fn empty_log(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"),
        Conn::Postgres(_) => Ok(()),
    }
}

/// Runs `body` in a transaction that holds the write lock from its first statement.
///
/// SQLite's deferred transactions fail with "database is locked" as soon as two of them write;
/// `BEGIN IMMEDIATE` waits its turn instead. Never nested: the write door is the only caller.
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
            // The first error says what happened; a failed rollback leaves the connection marked as broken.
            let _ = Manager::rollback_transaction(conn);
            Err(error)
        }
    }
}
