//! Counts what a transaction did, once it is committed.
//!
//! A closure that was rolled back, or ran twice, must not change the metrics. A transaction runs on one
//! thread from start to end, so its counts are stored per thread.

use std::cell::RefCell;

use crate::platform::metrics::Metrics;

type CommitNote = Box<dyn FnOnce(&Metrics)>;

thread_local! {
    /// `None` outside a transaction of [`Db::write`](super::Db::write).
    static NOTES: RefCell<Option<Vec<CommitNote>>> = const { RefCell::new(None) };
}

/// Registers a count that is made once the transaction on this thread commits.
///
/// Store functions call it. Outside [`Db::write`](super::Db::write) nothing is counted.
pub fn on_commit(note: impl FnOnce(&Metrics) + 'static) {
    NOTES.with_borrow_mut(|notes| {
        if let Some(notes) = notes {
            notes.push(Box::new(note));
        }
    });
}

/// Runs a transaction, and makes its registered counts if it succeeds.
pub(super) fn counting<T, E>(metrics: &Metrics, transaction: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    NOTES.set(Some(Vec::new()));
    let done = transaction();
    let notes = NOTES.take().unwrap_or_default();
    if done.is_ok() {
        for note in notes {
            note(metrics);
        }
    }
    done
}
