//! One chain through all records, in one total order, built after they are committed.
//!
//! An action only seals its own record, so sign-ins do not queue behind one another. One worker at a time,
//! chosen by a lease, gives each committed record its position. Each link is an HMAC over the record and the
//! hash before it. The worker then signs the new end of the chain. A record that commits late gets a later
//! position: the worker finds waiting records by their missing position, not by age. Retention moves a signed
//! tail forward.
//!
//! Records from before the chain have no seal of their own. The first passes adopt them, oldest first. The
//! signed head then notes that this is complete: from then on, a record without a seal is a finding.

mod findings;
mod model;
mod retain;
mod seal;
mod store;
mod verify;
mod worker;

use chrono::TimeDelta;

use crate::platform::clock::Clock;
use crate::platform::crypto::keys::PurposeKey;
use crate::platform::db::Db;

#[cfg(feature = "test-support")]
pub use findings::ChainFinding;
pub use findings::ChainReport;
pub use model::ExternalChainHead;
pub use worker::start;

#[derive(Clone)]
pub struct AuditChain {
    db: Db,
    clock: Clock,
    key: PurposeKey,
    keep_for: TimeDelta,
}

impl AuditChain {
    /// Builds a chain with the key of `KeyPurpose::Audit`; records older than `keep_for` are deleted.
    pub fn new(db: Db, clock: Clock, key: PurposeKey, keep_for: TimeDelta) -> Self {
        Self { db, clock, key, keep_for }
    }
}
