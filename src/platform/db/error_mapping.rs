//! What the database's errors mean: a conflict, a shortage, something broken, or a race that was lost.

use diesel::result::{DatabaseErrorKind, Error};

use crate::platform::fault::{Fault, Stop};

/// An error that may carry a fault, so that the write door can tell a conflict from a refusal.
pub trait DbFailure {
    fn fault(&self) -> Option<&Fault>;
}

impl DbFailure for Fault {
    fn fault(&self) -> Option<&Fault> {
        Some(self)
    }
}

impl<R> DbFailure for Stop<R> {
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
            // A server that takes no writes for now is a standby on its way to become the primary.
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::busy(during, error),
            _ if is_lost_connection(&error) => Self::busy(during, error),
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

/// Whether the connection is gone. libpq refuses to send on one that it knows to be dead ("no connection to the
/// server").
pub(super) fn is_lost_connection(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Error::BrokenTransactionManager
    )
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
    const SHORTAGES: [&str; 5] = [
        "database is locked",
        "database or disk is full",
        "statement timeout",
        "lock timeout",
        "the database system is",
    ];
    SHORTAGES.iter().any(|shortage| message.contains(shortage))
}
