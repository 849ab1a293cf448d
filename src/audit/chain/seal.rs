//! Gives records their positions in the chain.

use chrono::TimeDelta;

use crate::audit::chain::AuditChain;
use crate::audit::chain::model::{ChainHead, ChainLink, ExternalChainHead, hash_of};
use crate::audit::chain::store::{self, SignedHead};
use crate::platform::crypto::keys::PurposeKey;
use crate::platform::db::{Conn, is_unique_violation};
use crate::platform::fault::{Fault, Stop};
use crate::platform::jobs::lease::Lease;

/// How long the lease of a crashed copy blocks the other copies.
const LEASE: TimeDelta = TimeDelta::seconds(10);
/// Records in one transaction.
const BATCH: i64 = 500;

/// The result of one pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealOutcome {
    /// Records that got a position.
    pub records: i64,
    /// Records that were rejected: without a seal, or with one that does not match.
    ///
    /// `dovetail audit verify` reports each.
    pub refused: i64,
    /// Whether more records may be waiting.
    pub has_more: bool,
    pub head: ExternalChainHead,
}

/// Another copy of the program has the lease.
pub(super) struct SealerLeaseLost;

impl AuditChain {
    /// Gives waiting records their positions, at most one batch, and signs the new head.
    ///
    /// Returns `None` if no record waits or another copy has the lease. `lease` identifies this copy.
    pub async fn seal(&self, lease: &str) -> Result<Option<SealOutcome>, Fault> {
        let idle = self
            .db
            .read(|conn| {
                let is_founded = store::read_head(conn)?.is_some_and(|signed| signed.head.is_founded);
                Ok(is_founded && !store::is_waiting(conn)?)
            })
            .await?;
        if idle {
            return Ok(None);
        }
        let (chain, lease) = (self.clone(), lease.to_owned());
        match self.db.write_or_refuse(move |conn| chain.seal_batch(conn, &lease)).await {
            Ok(sealed) => Ok(Some(sealed)),
            Err(Stop::Refused(SealerLeaseLost)) => Ok(None),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    fn seal_batch(&self, conn: &mut Conn, lease: &str) -> Result<SealOutcome, Stop<SealerLeaseLost>> {
        let mut head = self.lock_head(conn, lease)?;
        let before = head.clone();
        let mut sealed = SealOutcome { records: 0, refused: 0, has_more: false, head: head.external() };
        let mut after = String::new();
        while sealed.records == 0 {
            let page = store::list_waiting(conn, &after, BATCH)?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.event);
            sealed.has_more = i64::try_from(page.len()).unwrap_or(BATCH) == BATCH;
            for link in page {
                match accepted_content(&self.key, &link, &head) {
                    Some(content) => {
                        append(conn, &self.key, &mut head, &link, &content)?;
                        sealed.records += 1;
                    }
                    None => sealed.refused += 1,
                }
            }
        }
        // When none are left to find, every record from before the chain is in it.
        head.is_founded |= !sealed.has_more;
        if head != before {
            head.signed_at = self.clock.now();
            store::sign_head(conn, &head, &self.key)?;
        }
        sealed.head = head.external();
        Ok(sealed)
    }

    /// The head, leased to this copy, with its signature checked.
    pub(super) fn lock_head(&self, conn: &mut Conn, owner: &str) -> Result<ChainHead, Stop<SealerLeaseLost>> {
        let lease = Lease::owned_by(owner.to_owned(), &self.clock, LEASE);
        let SignedHead { head, signature } = match store::take_lease(conn, &lease)? {
            Some(signed) => signed,
            None if store::read_head(conn)?.is_some() => return Err(Stop::Refused(SealerLeaseLost)),
            None => self.create_head(conn, &lease)?,
        };
        if head.is_signed_by(&self.key, &signature) {
            return Ok(head);
        }
        // A new signature here would hide the manipulation.
        let why = "its head is not signed with this key; `dovetail audit verify` says more";
        Err(Fault::broken("sealing the audit log", why).into())
    }

    fn create_head(&self, conn: &mut Conn, lease: &Lease) -> Result<SignedHead, Stop<SealerLeaseLost>> {
        if store::last_position(conn)?.is_some() {
            let why = "there is a chain and no head; `dovetail audit verify` says more";
            return Err(Fault::broken("sealing the audit log", why).into());
        }
        store::insert_head(conn, &ChainHead::new(lease.taken_at), &self.key).map_err(|error| {
            if is_unique_violation(&error) { Stop::Refused(SealerLeaseLost) } else { Stop::from(error) }
        })?;
        store::take_lease(conn, lease)?.ok_or(Stop::Refused(SealerLeaseLost))
    }
}

/// The content to chain, if the record is accepted.
fn accepted_content(key: &PurposeKey, link: &ChainLink, head: &ChainHead) -> Option<[u8; 32]> {
    let is_ours = if link.tag.is_some() { link.is_as_sealed(key) } else { !head.is_founded };
    link.content(key).filter(|_| is_ours)
}

fn append(
    conn: &mut Conn,
    key: &PurposeKey,
    head: &mut ChainHead,
    link: &ChainLink,
    content: &[u8],
) -> Result<(), Fault> {
    let position = head.position + 1;
    let hash = hash_of(key, &head.hash, position, &link.event, content);
    if !store::set_position(conn, &link.event, position, &head.hash, &hash)? {
        return Err(Fault::conflict("sealing the audit log", "a record was sealed meanwhile"));
    }
    head.position = position;
    head.hash = hash.to_vec();
    Ok(())
}
