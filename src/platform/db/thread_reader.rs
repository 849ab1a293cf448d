//! A connection of SQLite for each thread that answers requests, for reads that wait for nothing.
//!
//! In WAL mode a reader waits for no writer, and finding a row by an index takes microseconds. Handing such a read to
//! another thread and back costs more than the read. The connection cannot write, waits for no lock, and keeps
//! no permit of the pool: its thread does nothing else meanwhile. What does not succeed is left to the pool.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use diesel::QueryResult;
use diesel::connection::SimpleConnection;

use crate::platform::db::connection::Conn;
use crate::platform::db::pool::Pool;
use crate::platform::fault::Fault;

thread_local! {
    /// One for each open database: a program has one, and tests have several.
    static READERS: RefCell<Vec<ThreadReader>> = const { RefCell::new(Vec::new()) };
}

struct ThreadReader {
    pool: Weak<Pool>,
    conn: Conn,
}

/// Reads with this thread's connection to the database of `pool`. `None` if that failed for any reason.
pub(super) fn try_read<T>(pool: &Arc<Pool>, body: impl FnOnce(&mut Conn) -> QueryResult<T>) -> Option<T> {
    // The connection is out of the list meanwhile, so that one whose read failed is closed.
    let mut conn = take(pool).or_else(|| connect(pool).ok())?;
    let found = body(&mut conn).ok()?;
    READERS.with_borrow_mut(|readers| readers.push(ThreadReader { pool: Arc::downgrade(pool), conn }));
    Some(found)
}

/// This thread's connection. Those of databases that are closed go.
fn take(pool: &Arc<Pool>) -> Option<Conn> {
    READERS.with_borrow_mut(|readers| {
        readers.retain(|reader| reader.pool.strong_count() > 0);
        let own = readers.iter().position(|reader| Weak::as_ptr(&reader.pool) == Arc::as_ptr(pool))?;
        Some(readers.swap_remove(own).conn)
    })
}

fn connect(pool: &Pool) -> Result<Conn, Fault> {
    let mut conn = pool.connect_unpooled()?;
    conn.batch_execute("PRAGMA busy_timeout = 0; PRAGMA query_only = ON")?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::result::Error;

    use super::*;
    use crate::platform::db::schema::throttles;
    use crate::platform::db::{Db, migrate};

    fn fresh() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("dovetail.db").display()), 2).unwrap();
        migrate::up(&mut db.connection().unwrap()).unwrap();
        (folder, db)
    }

    fn count(conn: &mut Conn) -> QueryResult<i64> {
        throttles::table.count().get_result(conn)
    }

    #[test]
    fn a_thread_keeps_its_connection_until_the_database_is_closed() {
        let ((_one_folder, one), (_two_folder, two)) = (fresh(), fresh());
        for db in [&one, &two, &one, &two] {
            assert_eq!(try_read(&db.pool, count), Some(0));
        }
        assert_eq!(READERS.with_borrow(Vec::len), 2);
        drop(one);
        assert_eq!(try_read(&two.pool, count), Some(0));
        assert_eq!(READERS.with_borrow(Vec::len), 1);
    }

    #[test]
    fn it_cannot_write_and_is_closed_when_it_fails() {
        let (_folder, db) = fresh();
        let write = |conn: &mut Conn| diesel::delete(throttles::table).execute(conn);
        assert_eq!(try_read(&db.pool, write), None);
        assert_eq!(READERS.with_borrow(Vec::len), 0);
        assert_eq!(try_read::<i64>(&db.pool, |_| Err(Error::NotFound)), None);
        assert_eq!(try_read(&db.pool, count), Some(0));
    }

    /// What its thread's connection cannot read, the pool reads.
    #[tokio::test]
    async fn a_read_that_fails_is_left_to_the_pool() {
        let (_folder, db) = fresh();
        // Only a connection of the pool may write.
        let found = db.read_at_once(|conn| {
            diesel::delete(throttles::table).execute(conn)?;
            count(conn)
        });
        assert_eq!(found.await.unwrap(), 0);
    }

    /// A transaction that holds the write lock, and what it has not committed, keep no reader waiting.
    #[tokio::test]
    async fn a_writer_keeps_no_reader_waiting() {
        let (_folder, db) = fresh();
        let mut writer = db.connection().unwrap();
        writer.batch_execute("BEGIN IMMEDIATE").unwrap();
        assert_eq!(try_read(&db.pool, count), Some(0));
        writer.batch_execute("COMMIT").unwrap();
    }
}
