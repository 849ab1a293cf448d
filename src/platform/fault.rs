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

impl Fault {
    /// A broken rule. `during` names the operation, such as "sealing the refresh token".
    pub fn broken(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Broken, during, cause: cause.into() }
    }

    /// A temporary shortage. `during` names the operation.
    pub fn busy(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Busy, during, cause: cause.into() }
    }

    /// A conflict of two transactions. `during` names the operation.
    pub fn conflict(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Conflict, during, cause: cause.into() }
    }

    /// Tells whether another attempt may succeed.
    pub fn kind(&self) -> Kind {
        self.kind
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
