//! What a transaction did, counted when it is committed: a closure that was rolled back, or ran twice, must not
//! be in the metrics. A transaction runs on one thread from its start to its end, so the thread keeps the notes.

use std::cell::RefCell;

use crate::platform::metrics::Metrics;

type CommitNote = Box<dyn FnOnce(&Metrics)>;

thread_local! {
    /// Nothing outside of a transaction of the write door.
    static NOTES: RefCell<Option<Vec<CommitNote>>> = const { RefCell::new(None) };
}

/// Counts once the transaction on this thread is committed, and not at all if it is not: to be called by store
/// functions. Outside of [`Db::write`](super::Db::write) nothing is counted.
pub fn on_commit(note: impl FnOnce(&Metrics) + 'static) {
    NOTES.with_borrow_mut(|notes| {
        if let Some(notes) = notes {
            notes.push(Box::new(note));
        }
    });
}

/// Runs a transaction, and counts what it noted if it ends well.
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
