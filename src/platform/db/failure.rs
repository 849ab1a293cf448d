//! What the database's errors mean: a conflict, a shortage, something broken, or a race that was lost.

use diesel::result::{DatabaseErrorKind, Error};

use crate::platform::fault::{Fault, Stop};

/// An error that may carry a fault, so that the write door can tell a conflict from a refusal.
pub trait Failure {
    fn fault(&self) -> Option<&Fault>;
}

impl Failure for Fault {
    fn fault(&self) -> Option<&Fault> {
        Some(self)
    }
}

impl<R> Failure for Stop<R> {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused(_) => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let during = "asking the database";
        match &error {
            // Or what the row belongs to was erased meanwhile: run again, the verb sees that it is gone.
            Error::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ForeignKeyViolation,
                _,
            ) => Self::conflict(during, error),
            Error::DatabaseError(_, info) if info.message().contains("deadlock detected") => {
                Self::conflict(during, error)
            }
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | Error::BrokenTransactionManager => Self::busy(during, error),
            Error::DatabaseError(_, info) if is_shortage(info.message()) => Self::busy(during, error),
            _ => Self::broken(during, error),
        }
    }
}

impl<R> From<Error> for Stop<R> {
    fn from(error: Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Whether a unique rule of the schema refused the row: the race that the code lost (S55).
pub fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// A row that could not be written down, where a question has to say so.
pub fn unwritable(error: serde_json::Error) -> Error {
    Error::SerializationError(error.into())
}

fn is_shortage(message: &str) -> bool {
    const SHORTAGES: [&str; 7] = [
        "database is locked",
        "database or disk is full",
        "statement timeout",
        "lock timeout",
        "terminating connection",
        "server closed the connection",
        "the database system is",
    ];
    SHORTAGES.iter().any(|shortage| message.contains(shortage))
}
