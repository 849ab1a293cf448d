//! Unexpected failures, and the difference between a failure and a refusal.
//!
//! A [`Fault`] is unexpected: an unreachable database, an unreadable file. It keeps its chain of causes for
//! the log and has no text for a user. A refusal is expected: the action that refuses names it by a small
//! enum, and a page explains it. [`Stop`] contains either of them.

use std::error::Error;
use std::fmt;

use crate::text_enum;

/// An unexpected failure, for the log only.
///
/// It is logged once, where the request ends, with the request's reference.
pub struct Fault {
    kind: Kind,
    shortage: Option<Shortage>,
    during: &'static str,
    cause: Box<dyn Error + Send + Sync>,
}

text_enum! {
    /// What a caller may do about a fault. Its word is a label in metrics.
    pub enum Kind {
        /// A later attempt may succeed: the database is busy or unreachable, or its pool is exhausted (S92).
        Busy = "busy",
        /// Two transactions were in conflict; `Db::write` repeats the transaction by itself (S91).
        Conflict = "conflict",
        /// A broken rule of the program; another attempt fails as well.
        Broken = "broken",
    }
}

text_enum! {
    /// What the database lacks while it cannot serve. Its word is a label in metrics.
    pub enum Shortage {
        /// The server cannot be reached, has ended the connection, is starting or is stopping.
        Connection = "connection",
        /// All connections are in use, the portal's own or the server's.
        Connections = "connections",
        /// Too many transactions waited to write.
        WriteTurn = "write_turn",
        /// The server left a statement unanswered.
        Answer = "answer",
        /// Another transaction kept a lock for too long.
        Lock = "lock",
        /// A statement took too long, or an operator cancelled it.
        Time = "time",
        /// The database takes no writes: a standby, or a file that may not be written.
        ReadOnly = "read_only",
        DiskFull = "disk_full",
        DiskError = "disk_error",
        Memory = "memory",
    }
}

impl Fault {
    /// A broken rule. `during` names the operation, such as "sealing the refresh token".
    pub fn broken(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Broken, shortage: None, during, cause: cause.into() }
    }

    /// A temporary shortage. `during` names the operation.
    pub fn busy(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Busy, shortage: None, during, cause: cause.into() }
    }

    /// A shortage of the database. `during` names the operation.
    pub fn short(
        shortage: Shortage,
        during: &'static str,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { shortage: Some(shortage), ..Self::busy(during, cause) }
    }

    /// A conflict of two transactions. `during` names the operation.
    pub fn conflict(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Conflict, shortage: None, during, cause: cause.into() }
    }

    /// Tells whether another attempt may succeed.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the database lacks, also if another fault was wrapped around; `None` if it is no such shortage.
    pub fn shortage(&self) -> Option<Shortage> {
        self.shortage.or_else(|| self.cause.downcast_ref::<Self>().and_then(Self::shortage))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Fault {
    /// The whole chain of causes on one line, so that one log line explains the failure.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.during, self.cause)?;
        let mut next = self.cause.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

impl Error for Fault {}

/// Why an action ended early: it was refused, or it failed.
#[derive(Debug)]
pub enum Stop<R> {
    Refused(R),
    Fault(Fault),
}

impl<R> From<Fault> for Stop<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
