//! What a write has at hand to vouch for the records it makes: the key of the audit chain, and the vault.
//!
//! A record needs both in the very transaction that it tells of, and a hundred verbs make records; so the
//! write door hands them to whatever runs behind it, for exactly that long, instead of every verb carrying
//! them. There is none outside the write door: a record cannot be made beside a transaction.

use std::cell::RefCell;
use std::sync::Arc;

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::crypto::vault::Vault;

/// The key and the vault.
#[derive(Clone)]
pub struct AuditContext {
    pub key: PurposeKey,
    pub vault: Arc<Vault>,
}

thread_local! {
    static AT_HAND: RefCell<Option<AuditContext>> = const { RefCell::new(None) };
}

impl AuditContext {
    /// The witness of the write that runs on this thread, if one does.
    pub fn at_hand() -> Option<Self> {
        AT_HAND.with_borrow(Clone::clone)
    }

    /// Runs `body` with `witness` at hand.
    pub(super) fn during<T>(witness: Option<Self>, body: impl FnOnce() -> T) -> T {
        let _until_done = PreviousContext(AT_HAND.replace(witness));
        body()
    }
}

/// What was at hand before; it comes back, after a panic as well.
struct PreviousContext(Option<AuditContext>);

impl Drop for PreviousContext {
    fn drop(&mut self) {
        AT_HAND.set(self.0.take());
    }
}
