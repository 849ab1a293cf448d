//! Ids at other systems (contract §7.1).

use crate::games::protocol::ExternalIds;
use crate::links::LinkSummaryRow;

/// Amazon's two letters.
pub(super) const AMAZON: &str = "AM";

/// The player's ids: Amazon's, where a link counts as one.
pub(in crate::games) fn external_ids(link: Option<&LinkSummaryRow>) -> ExternalIds {
    link.map(|link| (AMAZON, link.amazon_id.clone())).into_iter().collect()
}
