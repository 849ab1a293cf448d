//! Maps database errors to faults: a conflict, a shortage or a broken rule.
//!
//! Detects violated unique constraints.

use diesel::result::{DatabaseErrorKind, Error};

use crate::platform::fault::{Fault, Stop};

/// An error that may contain a fault, so that `Db::write` can distinguish a conflict from a refusal.
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
            // A foreign key fails when the parent row was erased meanwhile. The action then runs again and
            // finds it missing.
            Error::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ForeignKeyViolation,
                _,
            ) => Self::conflict(during, error),
            Error::DatabaseError(_, info) if info.message().contains("deadlock detected") => {
                Self::conflict(during, error)
            }
            // A server that accepts no writes may be a standby that is becoming the primary.
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

/// Whether the connection is lost.
///
/// That includes libpq's refusal to send on a connection that it knows to be closed ("no connection to the
/// server").
pub(super) fn is_lost_connection(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Error::BrokenTransactionManager
    )
}

/// Whether a unique constraint refused the row, because another transaction was first (S55).
pub fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// Whether a foreign key refused the row, because another transaction has deleted its parent.
pub fn is_foreign_key_violation(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _))
}

/// Wraps a value that could not be serialised, for functions that return a database error.
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
