//! Deletes old records (S131).
//!
//! The signed tail moves past them first: until then the triggers refuse to delete them.

use crate::audit::chain::AuditChain;
use crate::audit::chain::store;
use crate::platform::fault::{Fault, Stop};

/// Records in one transaction.
const BATCH: i64 = 500;

impl AuditChain {
    /// Removes the oldest records that are older than the retention period, at most one batch.
    ///
    /// Stops at the first gap, because a missing record is evidence that must stay visible. Returns how many
    /// records were removed: 0 if another copy of the program has the lease.
    pub async fn retain(&self, lease: &str) -> Result<usize, Fault> {
        let (chain, lease) = (self.clone(), lease.to_owned());
        let gone = self
            .db
            .write_or_refuse(move |conn| {
                let mut head = chain.lock_head(conn, &lease)?;
                let until = chain.clock.now() - chain.keep_for;
                let mut events = Vec::new();
                for link in store::list_links(conn, head.tail_position, BATCH)? {
                    let is_next = link.position == Some(head.tail_position + 1);
                    let is_over = link.record.as_ref().is_some_and(|record| record.at < until);
                    let (true, true, Some(hash)) = (is_next, is_over, link.hash) else { break };
                    head.tail_position += 1;
                    head.tail_hash = hash;
                    events.push(link.event);
                }
                if events.is_empty() {
                    return Ok(0);
                }
                head.signed_at = chain.clock.now();
                store::sign_head(conn, &head, &chain.key)?;
                Ok(store::remove_records(conn, &events)?)
            })
            .await;
        match gone {
            Ok(rows) => Ok(rows),
            Err(Stop::Refused(_)) => Ok(0),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }
}
