//! The connections that are kept open. One that was in use a moment ago is taken to be alive; one that has
//! been idle is asked first, so that a database that restarted meanwhile costs no player an error (S92).
//!
//! Asking every time would be one more trip to PostgreSQL for each question that the portal has.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, ManageConnection, Pool};

use crate::platform::db::connection::{self, Conn, PATIENCE};
use crate::platform::fault::Fault;

/// How long ago an answer still vouches for a connection.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Opens a pool of at most so many connections to `target`.
pub(super) fn open(target: &str, connections: u32) -> Result<Pool<Keeper>, Fault> {
    Pool::builder()
        .max_size(connections)
        .min_idle(Some(0))
        .connection_timeout(PATIENCE)
        .connection_customizer(Box::new(SetUp))
        .build(Keeper(ConnectionManager::new(target)))
        .map_err(|error| Fault::busy("opening the database", error))
}

/// Takes a connection out, or says that there is none to be had.
pub(super) fn check_out(pool: &Pool<Keeper>) -> Result<CheckedOut, Fault> {
    pool.get().map(CheckedOut).map_err(|error| Fault::busy("waiting for a database connection", error))
}

/// Makes, asks and discards connections.
pub(super) struct Keeper(ConnectionManager<Conn>);

/// A connection, and when it came back last.
pub(super) struct Kept {
    conn: Conn,
    used_at: Instant,
}

impl ManageConnection for Keeper {
    type Connection = Kept;
    type Error = PoolError;

    fn connect(&self) -> Result<Kept, PoolError> {
        Ok(Kept { conn: self.0.connect()?, used_at: Instant::now() })
    }

    fn is_valid(&self, kept: &mut Kept) -> Result<(), PoolError> {
        // A file does not go away.
        let needs_no_asking = matches!(kept.conn, Conn::Sqlite(_)) || kept.used_at.elapsed() < A_MOMENT;
        if needs_no_asking { Ok(()) } else { self.0.is_valid(&mut kept.conn) }
    }

    /// Asked each time a connection comes back. Diesel marks those that were cut off.
    fn has_broken(&self, kept: &mut Kept) -> bool {
        kept.used_at = Instant::now();
        self.0.has_broken(&mut kept.conn)
    }
}

/// What SQLite's and PostgreSQL's defaults leave open (S90, S91).
#[derive(Debug)]
struct SetUp;

impl CustomizeConnection<Kept, PoolError> for SetUp {
    fn on_acquire(&self, kept: &mut Kept) -> Result<(), PoolError> {
        connection::set_up(&mut kept.conn).map_err(PoolError::QueryError)
    }
}

/// A connection in use. Goes back when dropped.
pub struct CheckedOut(diesel::r2d2::PooledConnection<Keeper>);

impl Deref for CheckedOut {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0.conn
    }
}

impl DerefMut for CheckedOut {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0.conn
    }
}
