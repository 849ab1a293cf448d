//! What went wrong although nobody did anything wrong.
//!
//! A [`Fault`] is unexpected: a database that is gone, a file that cannot be read. It keeps its
//! chain of causes for the log and has no words for a person. A refusal is the other thing: expected,
//! named by a small enum of the verb that refuses, and explained on a page. [`Stop`] carries either.

use std::error::Error;
use std::fmt;

/// An unexpected failure, for the log only.
///
/// Logged once, where the request ends, together with the request's reference.
pub struct Fault {
    kind: Kind,
    during: &'static str,
    cause: Box<dyn Error + Send + Sync>,
}

/// What a caller may do about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Trying again later may work: the database is busy, gone, or its pool is exhausted (S92).
    Busy,
    /// Two transactions got in each other's way; the write door tries again by itself (S91).
    Conflict,
    /// A broken rule of ours; trying again will not help.
    Broken,
}

impl Kind {
    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Conflict => "conflict",
            Self::Broken => "broken",
        }
    }
}

impl Fault {
    /// A broken rule, noticed while `during` (a phrase: "sealing the refresh token").
    pub fn broken(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Broken, during, cause: cause.into() }
    }

    /// A passing shortage, noticed while `during`.
    pub fn busy(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Busy, during, cause: cause.into() }
    }

    /// Two transactions in each other's way, noticed while `during`.
    pub fn conflict(during: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Conflict, during, cause: cause.into() }
    }

    /// Whether trying again may help.
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
    /// The whole chain on one line: a log reader should not need a second look-up.
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

/// Why a verb ended early: it refused (part of the story) or it failed (a fault).
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
