//! One chain through all records, in one total order, made after the fact.
//!
//! Verbs only seal their own record, so that sign-ins do not queue behind one another. A worker, one at a time
//! by lease, gives each record that has committed its position, with an HMAC over itself and its forerunner,
//! and signs where the chain now ends. A record that commits late simply comes later: what waits is found by
//! having no position, never by being younger than the last. Retention moves a signed tail forward.
//!
//! Records from before the chain have no seal of their own. The first passes adopt them, oldest first, and end
//! that time for good, in the signed head: after it a record without a seal is a finding.

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

pub use findings::{ChainFinding, ChainReport};
pub use model::ExternalChainHead;
pub use seal::SealOutcome;
pub use worker::start;

/// The chain of one portal's records.
#[derive(Clone)]
pub struct AuditChain {
    db: Db,
    clock: Clock,
    key: PurposeKey,
    keep_for: TimeDelta,
}

impl AuditChain {
    /// `key` is that of `Purpose::Audit`; records older than `keep_for` go.
    pub fn new(db: Db, clock: Clock, key: PurposeKey, keep_for: TimeDelta) -> Self {
        Self { db, clock, key, keep_for }
    }
}
