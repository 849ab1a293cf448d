//! The audit context of a write: the key of the audit chain, and the vault.
//!
//! A record needs both in the transaction that it describes, and a hundred actions write records.
//! [`Db::write`](super::Db::write) therefore provides them to the code in its closure, so that no action
//! passes them along. Without a running write there is no audit context, so no record is written outside a
//! transaction.

use std::cell::RefCell;
use std::sync::Arc;

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::crypto::vault::Vault;

/// The key that seals audit records, and the vault that seals their personal parts.
#[derive(Clone)]
pub struct AuditContext {
    pub key: PurposeKey,
    pub vault: Arc<Vault>,
}

thread_local! {
    static CURRENT: RefCell<Option<AuditContext>> = const { RefCell::new(None) };
}

impl AuditContext {
    /// The audit context of the write that runs on this thread, if one runs.
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Runs `body` with `context` as this thread's audit context.
    pub(super) fn during<T>(context: Option<Self>, body: impl FnOnce() -> T) -> T {
        let _until_done = PreviousContext(CURRENT.replace(context));
        body()
    }
}

/// The previous audit context, restored on drop, also after a panic.
struct PreviousContext(Option<AuditContext>);

impl Drop for PreviousContext {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
