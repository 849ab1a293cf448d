//! Records in the ledger what a transaction ends, as the last step before its commit.

use std::cell::RefCell;

use crate::platform::db::error_mapping::DbFailure;
use crate::platform::fault::{Fault, Kind};
use crate::platform::ledger::{Commit, Ledger, OpenLines};

/// Runs a transaction that calls the function it gets when everything else has been done.
///
/// That function fails if the ledger cannot be written, and so does the transaction.
pub(super) fn recording<T, E: DbFailure + From<Fault>>(
    ledger: Option<&Ledger>,
    transaction: impl FnOnce(&dyn Fn() -> Result<(), E>) -> Result<T, E>,
) -> Result<T, E> {
    let Some(ledger) = ledger else { return transaction(&|| Ok(())) };
    let lines: RefCell<Option<OpenLines>> = RefCell::default();
    Ledger::begin();
    let done = transaction(&|| {
        *lines.borrow_mut() = Some(ledger.write_noted()?);
        Ok(())
    });
    Ledger::forget();
    if let Some(lines) = lines.take() {
        let commit = match &done {
            Ok(_) => Commit::Done,
            // The database has refused the commit because of another transaction.
            Err(error) if error.fault().is_some_and(|fault| fault.kind() == Kind::Conflict) => {
                Commit::RolledBack
            }
            Err(_) => Commit::Unknown,
        };
        ledger.close(&lines, commit);
    }
    done
}
