//! Letting old records go (S131): the signed tail moves past them, and only then will the triggers let them out.

use crate::audit::chain::AuditChain;
use crate::audit::chain::store;
use crate::platform::fault::{Fault, Stop};

/// Records of one transaction.
const BATCH: i64 = 500;

impl AuditChain {
    /// Removes the oldest records, as long as they are older than they are kept for. Stops at the first gap: what
    /// somebody took is evidence, and stays one. Returns how many went; none if another copy is at it.
    pub async fn retain(&self, lease: &str) -> Result<usize, Fault> {
        let (chain, lease) = (self.clone(), lease.to_owned());
        let gone = self
            .db
            .write(move |conn| {
                let mut head = chain.leased(conn, &lease)?;
                let until = chain.clock.now() - chain.keep_for;
                let mut events = Vec::new();
                for link in store::links(conn, head.tail_position, BATCH)? {
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
                store::sign(conn, &head, &chain.key)?;
                Ok(store::remove(conn, &events)?)
            })
            .await;
        match gone {
            Ok(rows) => Ok(rows),
            Err(Stop::Refused(_)) => Ok(0),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }
}
