//! Checks every record, its seal and its position (`dovetail audit verify`).
//!
//! It is safe beside a running portal. The head is read after the links that it covers, and records that
//! retention deletes meanwhile are not reported. Links are read page by page, so memory use does not grow
//! with the log.

use chrono::TimeDelta;

use crate::audit::chain::AuditChain;
use crate::audit::chain::findings::{ChainFinding, ChainReport};
use crate::audit::chain::model::{ChainHead, ChainLink, ExternalChainHead};
use crate::audit::chain::store::{self, SignedHead};
use crate::platform::fault::Fault;

/// Links in one query.
const PAGE: i64 = 1_000;
/// How long a record may wait for its position.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);

/// The progress along the chain.
struct ChainWalk {
    report: ChainReport,
    position: i64,
    hash: Vec<u8>,
    /// Whether the last link was wrong. The next link may then not follow it, which is no new finding.
    last_was_wrong: bool,
    external: Option<ExternalChainHead>,
}

impl AuditChain {
    /// Checks everything. `external` is a head that was noted outside the database.
    ///
    /// `progress` gets the number of checked links and their total.
    pub async fn verify(
        &self,
        external: Option<ExternalChainHead>,
        progress: impl Fn(i64, i64),
    ) -> Result<ChainReport, Fault> {
        let Some(first) = self.db.read(store::read_head).await? else {
            return self.verify_without_head(external).await;
        };
        let mut walk = ChainWalk {
            report: ChainReport::default(),
            position: first.head.tail_position,
            hash: first.head.tail_hash.clone(),
            last_was_wrong: false,
            external,
        };
        if !first.head.is_signed_by(&self.key, &first.signature) {
            walk.report.findings.push(ChainFinding::HeadForged);
        }
        loop {
            let after = walk.position;
            let links = self.db.read(move |conn| store::list_links(conn, after, PAGE)).await?;
            let Some(last) = links.last().and_then(|link| link.position) else { break };
            for link in &links {
                if let Some(gap) = walk.check_next(self, link) {
                    self.missing(&mut walk, gap).await?;
                }
            }
            progress(walk.report.checked, first.head.position - first.head.tail_position);
            debug_assert!(walk.position >= last);
        }
        self.end(&mut walk).await?;
        self.waiting(&mut walk.report).await?;
        self.unsealed(&mut walk.report).await?;
        Ok(walk.report)
    }

    /// The report when no head exists: the chain never began, or all of it was deleted.
    async fn verify_without_head(&self, external: Option<ExternalChainHead>) -> Result<ChainReport, Fault> {
        let mut report = ChainReport::default();
        if self.db.read(store::last_position).await?.is_some() {
            report.findings.push(ChainFinding::NoHead);
        }
        report
            .findings
            .extend(external.map(|external| ChainFinding::Rewritten { position: external.position }));
        self.waiting(&mut report).await?;
        self.unsealed(&mut report).await?;
        Ok(report)
    }

    /// Reports missing positions, unless retention has passed them meanwhile.
    async fn missing(&self, walk: &mut ChainWalk, (from, to): (i64, i64)) -> Result<(), Fault> {
        let now = self.db.read(store::read_head).await?;
        let is_retention = now.is_some_and(|now| {
            now.head.tail_position >= to && now.head.is_signed_by(&self.key, &now.signature)
        });
        if !is_retention {
            walk.report.findings.push(ChainFinding::Missing { from, to });
        }
        Ok(())
    }

    /// Compares the end of the chain with the head, which is read after it.
    async fn end(&self, walk: &mut ChainWalk) -> Result<(), Fault> {
        let now = self.db.read(store::read_head).await?;
        let Some(SignedHead { head: ChainHead { position, hash, .. }, .. }) = now else {
            walk.report.findings.push(ChainFinding::NoHead);
            return Ok(());
        };
        let findings = &mut walk.report.findings;
        if position < walk.position {
            findings.push(ChainFinding::HeadTooOld { position });
        } else if position == walk.position && hash != walk.hash && !walk.last_was_wrong {
            findings.push(ChainFinding::HeadDiffers { position });
        } else if position > walk.position {
            // The sealer may have continued since the last page.
            let from = walk.position;
            let more = self.db.read(move |conn| store::list_links(conn, from, 1)).await?;
            if more.is_empty() {
                findings.push(ChainFinding::CutOff { from: from + 1, to: position });
            }
        }
        if let Some(external) = walk.external.take().filter(|external| external.position > walk.position) {
            findings.push(ChainFinding::Rewritten { position: external.position });
        }
        Ok(())
    }

    /// Checks records without a position: their seals, and how long they have waited.
    async fn waiting(&self, report: &mut ChainReport) -> Result<(), Fault> {
        let is_founded = self.db.read(store::read_head).await?.is_some_and(|signed| signed.head.is_founded);
        let late = self.clock.now() - PATIENCE;
        let mut after = String::new();
        loop {
            let from = after.clone();
            let page = self.db.read(move |conn| store::list_waiting(conn, &from, PAGE)).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.event);
            for link in page {
                let event = link.event.clone();
                let finding = match &link.record {
                    None => Some(ChainFinding::Deleted { position: None, event }),
                    Some(_) if link.tag.is_none() && is_founded => Some(ChainFinding::Inserted { event }),
                    // A record from before the chain that is not adopted yet.
                    Some(_) if link.tag.is_none() => None,
                    Some(_) if link.tag.is_some() && !link.is_as_sealed(&self.key) => {
                        Some(ChainFinding::Edited { position: None, event })
                    }
                    Some(record) if record.at < late => Some(ChainFinding::Waits { event }),
                    Some(_) => None,
                };
                match finding {
                    Some(finding) => report.findings.push(finding),
                    None => report.waiting += 1,
                }
            }
        }
    }

    /// Reports records without a seal.
    async fn unsealed(&self, report: &mut ChainReport) -> Result<(), Fault> {
        let mut after = String::new();
        loop {
            let from = after.clone();
            let page = self.db.read(move |conn| store::list_seal_states(conn, &from, PAGE)).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            let bare = page.into_iter().filter(|(_, is_sealed)| !is_sealed);
            report.findings.extend(bare.map(|(event, _)| ChainFinding::Inserted { event }));
        }
    }
}

impl ChainWalk {
    /// Checks one link. Returns the positions that are missing before it.
    fn check_next(&mut self, chain: &AuditChain, link: &ChainLink) -> Option<(i64, i64)> {
        let position = link.position.unwrap_or_default();
        let gap = (position > self.position + 1).then_some((self.position + 1, position - 1));
        // After a gap the previous hash is unknown; the link's own hash still proves its position.
        let follows = gap.is_some() || self.last_was_wrong || link.previous.as_deref() == Some(&self.hash);
        let finding = self.check_link(chain, link, position, follows);
        self.last_was_wrong = finding.is_some();
        self.report.findings.extend(finding);
        self.report.checked += 1;
        self.report.from_before += i64::from(link.tag.is_none());
        self.position = position;
        self.hash = link.hash.clone().unwrap_or_default();
        if self.external.as_ref().is_some_and(|external| external.position <= position) {
            let external = self.external.take();
            if external.is_some_and(|external| external.position == position && external.hash != self.hash) {
                self.report.findings.push(ChainFinding::Rewritten { position });
            }
        }
        gap
    }

    fn check_link(
        &self,
        chain: &AuditChain,
        link: &ChainLink,
        position: i64,
        follows: bool,
    ) -> Option<ChainFinding> {
        let event = link.event.clone();
        let at = Some(position);
        let is_first = self.report.checked == 0;
        if link.record.is_none() {
            return Some(ChainFinding::Deleted { position: at, event });
        }
        if link.tag.is_some() && !link.is_as_sealed(&chain.key) {
            return Some(ChainFinding::Edited { position: at, event });
        }
        match (link.is_in_place(&chain.key), follows) {
            (true, true) => None,
            (true, false) if is_first => Some(ChainFinding::TailDiffers { position: self.position }),
            // The chain alone covers this record's content, and its position is unchanged.
            (false, true) if link.tag.is_none() => Some(ChainFinding::Edited { position: at, event }),
            _ => Some(ChainFinding::Moved { position, event }),
        }
    }
}
