//! Maps database errors to faults: a conflict, a shortage or a broken rule.
//!
//! Detects violated unique constraints.

use diesel::result::{DatabaseErrorKind, Error};

use crate::platform::db::shortage_messages;
use crate::platform::fault::{Fault, Shortage, Stop};

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
            Error::DatabaseError(_, info) if shortage_messages::is_deadlock(info.message()) => {
                Self::conflict(during, error)
            }
            _ => match shortage_of(&error) {
                Some(shortage) => Self::short(shortage, during, error),
                None => Self::broken(during, error),
            },
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

/// What the database lacks; `None` if the error is none of its shortages (S92, S93).
///
/// Diesel keeps SQLSTATE and SQLite's result code to itself, except for the few kinds that it names. What it does
/// hand over is the primary message. SQLite has one fixed text for each result code. PostgreSQL's texts are those of
/// its language, and `shortage_messages` leads from them back to the code.
pub(super) fn shortage_of(error: &Error) -> Option<Shortage> {
    match error {
        // 25006. A server that accepts no writes may be a standby that is becoming the primary.
        Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Some(Shortage::ReadOnly),
        _ if is_lost_connection(error) => Some(Shortage::Connection),
        Error::DatabaseError(_, info) => {
            let of_sqlite = SQLITE_RESULTS.iter().find(|(text, _)| info.message() == *text);
            of_sqlite.map(|(_, shortage)| *shortage).or_else(|| shortage_messages::shortage(info.message()))
        }
        _ => None,
    }
}

/// SQLite's text of each result code that is a shortage (`sqlite3_errstr`).
const SQLITE_RESULTS: [(&str, Shortage); 8] = [
    // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL
    ("database is locked", Shortage::Lock),
    ("database table is locked", Shortage::Lock),
    ("locking protocol", Shortage::Lock),
    // SQLITE_NOMEM; 53200 has the same text
    ("out of memory", Shortage::Memory),
    // SQLITE_READONLY
    ("attempt to write a readonly database", Shortage::ReadOnly),
    // SQLITE_IOERR, SQLITE_CANTOPEN
    ("disk I/O error", Shortage::DiskError),
    ("unable to open database file", Shortage::DiskError),
    // SQLITE_FULL
    ("database or disk is full", Shortage::DiskFull),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fault::Kind;

    fn told(message: &str) -> Fault {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
    }

    #[test]
    fn each_shortage_is_told_apart() {
        for (message, shortage) in [
            ("database is locked", Shortage::Lock),
            ("disk I/O error", Shortage::DiskError),
            ("database or disk is full", Shortage::DiskFull),
            ("attempt to write a readonly database", Shortage::ReadOnly),
            ("canceling statement due to lock timeout", Shortage::Lock),
            ("canceling statement due to statement timeout", Shortage::Time),
            (
                "could not extend file \"base/5/16384\": wrote only 4096 of 8192 bytes at block 7",
                Shortage::DiskFull,
            ),
            ("could not write to file \"base/pgsql_tmp/x\": No space left on device", Shortage::DiskFull),
            ("could not fsync file \"base/5/16384\": Input/output error", Shortage::DiskError),
            ("sorry, too many clients already", Shortage::Connections),
            ("the database system is in recovery mode", Shortage::Connection),
            ("terminating connection due to administrator command", Shortage::Connection),
        ] {
            let fault = told(message);
            assert_eq!((fault.kind(), fault.shortage()), (Kind::Busy, Some(shortage)), "{message}");
        }
        for kind in [DatabaseErrorKind::ReadOnlyTransaction, DatabaseErrorKind::ClosedConnection] {
            let fault = Fault::from(Error::DatabaseError(kind, Box::new("en ny ordning".to_owned())));
            assert!(fault.kind() == Kind::Busy && fault.shortage().is_some(), "{fault}");
        }
    }

    #[test]
    fn an_error_of_ours_is_no_shortage() {
        for message in [
            "relation \"players\" does not exist",
            "no such table: database is locked",
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "database disk image is malformed",
            "permission denied for table players",
        ] {
            let fault = told(message);
            assert_eq!((fault.kind(), fault.shortage()), (Kind::Broken, None), "{message}");
        }
        assert_eq!(told("deadlock detected").kind(), Kind::Conflict);
    }
}
