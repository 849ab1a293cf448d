//! Checks the stored rows against the invariants at the end of a story.

use dovetail::testing::operations::verify::{INVARIANTS, InvariantFinding, judge};

use super::portal::Portal;

impl Portal {
    /// Every row that breaks an invariant.
    pub async fn findings(&self) -> Vec<InvariantFinding> {
        let mut findings = Vec::new();
        for invariant in INVARIANTS {
            let mut found = |finding: &InvariantFinding| findings.push(finding.clone());
            judge(self.app(), invariant, &mut found, &mut |_| {}).await.unwrap();
        }
        findings
    }

    /// Panics if a row breaks an invariant.
    ///
    /// Links that the harness wrote itself have no audit record and need none.
    pub async fn verify(&self) {
        let mut findings = self.findings().await;
        findings.retain(|finding| finding.invariant != "I6" || !self.made_link(&finding.row));
        assert!(findings.is_empty(), "{findings:#?}");
    }
}
