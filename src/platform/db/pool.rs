//! A pool of open connections, and the permits to use them.
//!
//! A connection that answered within the last second is assumed to be alive. An idle one is pinged first, so
//! a database restart causes no error for a player (S92). When one connection is lost, the idle ones are
//! closed too, because the cause has probably ended them as well.
//!
//! A ping before every use would add a round trip to PostgreSQL for each query. Library pools keep a permit
//! until its connection is returned, and a connection to a silent server never is.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;
use diesel::sqlite::SqliteConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;
use tracing::Instrument;

use crate::platform::db::connect_failure;
use crate::platform::db::connection::{self, Conn, WAIT_LIMIT, WaitDeadline};
use crate::platform::db::error_mapping;
use crate::platform::db::watch::{self, ConnectionEvents, Watch};
use crate::platform::fault::{Fault, Shortage};

/// How long after its last answer a connection is assumed to be alive.
const ASSUMED_ALIVE_FOR: Duration = Duration::from_secs(1);

/// How long a connection may be unused, and how old it may be: a server may have moved meanwhile.
const MAX_IDLE: Duration = Duration::from_mins(10);
const MAX_AGE: Duration = Duration::from_mins(30);

/// How often a blocking thread checks for a free permit.
const POLL_EVERY: Duration = Duration::from_millis(10);

pub(super) struct Pool {
    target: String,
    is_file: bool,
    size: usize,
    permits: Arc<Semaphore>,
    /// Permits for threads that wait for a silent server although their caller has given up.
    ///
    /// Their number is limited to the pool's size, so a server that freezes repeatedly does not get new
    /// connections without end.
    abandoned_permits: Arc<Semaphore>,
    idle: Mutex<Vec<PooledConn>>,
}

/// A connection, with the times that show whether it is alive.
struct PooledConn {
    conn: Conn,
    events: ConnectionEvents,
    made_at: Instant,
    answered_at: Instant,
}

impl Pool {
    /// A pool of at most `size` connections to `target`. Opens none.
    pub(super) fn new(target: String, is_file: bool, size: usize) -> Arc<Self> {
        Arc::new(Self {
            target,
            is_file,
            size,
            permits: Arc::new(Semaphore::new(size)),
            abandoned_permits: Arc::new(Semaphore::new(size)),
            idle: Mutex::default(),
        })
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether the database is a file of SQLite, which all connections share.
    pub(super) fn is_shared_file(&self) -> bool {
        self.is_file && self.size > 1
    }

    pub(super) fn in_use(&self) -> usize {
        self.size.saturating_sub(self.permits.available_permits())
    }

    /// Waits for a permit to use a connection.
    pub(super) async fn permit(&self, deadline: WaitDeadline) -> Result<OwnedSemaphorePermit, Fault> {
        let during = "waiting for a database connection";
        timeout_at(deadline.turn_ends_at().into(), Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|error| Fault::short(Shortage::Connections, during, error))?
            .map_err(|error| Fault::broken(during, error))
    }

    /// Runs `body` with a connection on a blocking thread, and abandons it if the server falls silent.
    ///
    /// Connecting takes no more than is left of `deadline`. A statement may be unanswered for `silence`. The work
    /// continues when the caller goes away, so a player who disconnects does not keep a permit from others.
    pub(super) async fn run<T, E>(
        self: &Arc<Self>,
        permits: Vec<OwnedSemaphorePermit>,
        deadline: WaitDeadline,
        silence: Duration,
        body: impl FnOnce(&mut Conn, &Watch) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (pool, watch, span) =
            (Arc::clone(self), Watch::with(permits, deadline, silence), tracing::Span::current());
        let (work_pool, work_watch, work_span) = (Arc::clone(self), Arc::clone(&watch), span.clone());
        let mut work =
            spawn_blocking(move || work_span.in_scope(|| work_pool.use_connection(&work_watch, body)));
        let watched = async move {
            tokio::select! {
                done = &mut work => return done,
                () = watch.silence() => {}
            }
            if pool.abandon(&watch) { Ok(Err(watch::timeout_fault().into())) } else { work.await }
        };
        match tokio::spawn(watched.instrument(span)).await.and_then(|done| done) {
            Ok(done) => done,
            Err(error) => Err(Fault::broken("running a database task", error).into()),
        }
    }

    /// A new connection for a thread that may block. The pool does not keep it.
    pub(super) fn connection(&self) -> Result<CheckedOut, Fault> {
        let requested_at = Instant::now();
        let permit = loop {
            match Arc::clone(&self.permits).try_acquire_owned() {
                Ok(permit) => break permit,
                Err(_) if requested_at.elapsed() < WAIT_LIMIT => thread::sleep(POLL_EVERY),
                Err(error) => {
                    let during = "waiting for a database connection";
                    return Err(Fault::short(Shortage::Connections, during, error));
                }
            }
        };
        Ok(CheckedOut { conn: self.connect_unpooled()?, _permit: permit })
    }

    /// A new connection that counts for no permit. The pool does not keep it.
    pub(super) fn connect_unpooled(&self) -> Result<Conn, Fault> {
        Ok(self.connect(&Watch::with(Vec::new(), WaitDeadline::starting_now(), WAIT_LIMIT))?.conn)
    }

    fn use_connection<T, E: From<Fault>>(
        &self,
        watch: &Arc<Watch>,
        body: impl FnOnce(&mut Conn, &Watch) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut pooled = self.take(watch)?;
        let done = watch.check().map_err(E::from).and_then(|()| body(&mut pooled.conn, watch));
        self.return_connection(pooled, watch);
        done
    }

    fn take(&self, watch: &Arc<Watch>) -> Result<PooledConn, Fault> {
        while let Some(mut pooled) = self.pop() {
            pooled.events.report_to(watch);
            if pooled.was_just_used() || pooled.conn.ping().is_ok() {
                return Ok(pooled);
            }
            self.close_idle();
        }
        self.connect(watch)
    }

    fn connect(&self, watch: &Arc<Watch>) -> Result<PooledConn, Fault> {
        watch.begin_connecting();
        // Each driver is called directly: diesel's common connection reports no cause.
        let conn = if self.is_file {
            SqliteConnection::establish(&self.target).map(Conn::Sqlite)
        } else {
            PgConnection::establish(&self.target).map(Conn::Postgres)
        };
        watch.end(None);
        let conn = conn.map_err(|error| connect_failure::explain(&error, self.is_file))?;
        let events = ConnectionEvents::reported_to(watch);
        let mut pooled = PooledConn { conn, events, made_at: Instant::now(), answered_at: Instant::now() };
        // SQLite needs no watch: it has a timeout of its own.
        if let Conn::Postgres(conn) = &mut pooled.conn {
            conn.set_instrumentation(pooled.events.clone());
        }
        connection::set_up(&mut pooled.conn).map_err(|error| {
            let shortage = error_mapping::shortage_of(&error).unwrap_or(Shortage::Connection);
            Fault::short(shortage, "setting up a database connection", error)
        })?;
        Ok(pooled)
    }

    /// Returns a working connection to the pool, and closes one that failed.
    fn return_connection(&self, mut pooled: PooledConn, watch: &Watch) {
        let (seen, permits) = watch.finish();
        if seen.is_lost {
            self.close_idle();
        } else if !pooled.conn.is_broken() {
            pooled.answered_at = seen.answered_at.unwrap_or(pooled.answered_at);
            let mut idle = self.idle();
            let old: Vec<PooledConn> = idle.extract_if(.., |pooled| pooled.is_old()).collect();
            idle.push(pooled);
            drop(idle);
            drop(old);
        }
        // The permit is released last, so its next owner finds the returned connection.
        drop(permits);
    }

    /// Abandons the connection. Returns false if its use ended at this moment.
    fn abandon(&self, watch: &Watch) -> bool {
        let is_abandoned = watch.abandon(Arc::clone(&self.abandoned_permits).try_acquire_owned().ok());
        if is_abandoned {
            tracing::warn!(event = "platform.db.connection_abandoned", "the database did not answer in time");
            self.close_idle();
        }
        is_abandoned
    }

    fn close_idle(&self) {
        let idle = std::mem::take(&mut *self.idle());
        drop(idle);
    }

    fn pop(&self) -> Option<PooledConn> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<PooledConn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PooledConn {
    fn was_just_used(&self) -> bool {
        matches!(self.conn, Conn::Sqlite(_)) || self.answered_at.elapsed() < ASSUMED_ALIVE_FOR
    }

    fn is_old(&self) -> bool {
        let is_old = self.answered_at.elapsed() > MAX_IDLE || self.made_at.elapsed() > MAX_AGE;
        is_old && matches!(self.conn, Conn::Postgres(_))
    }
}

/// A connection in use by a command. Closed when dropped.
pub struct CheckedOut {
    conn: Conn,
    _permit: OwnedSemaphorePermit,
}

impl Deref for CheckedOut {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for CheckedOut {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
