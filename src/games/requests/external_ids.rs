//! The player's ids at other systems (docs/protocols/gamesparks.md#other-requests).

use crate::games::protocol::ExternalIds;
use crate::links::LinkSummaryRow;

/// GameSparks' two-letter name of Amazon.
pub(super) const AMAZON: &str = "AM";

/// The player's external ids: Amazon's `user_id` if there is a link.
pub(in crate::games) fn external_ids(link: Option<&LinkSummaryRow>) -> ExternalIds {
    link.map(|link| (AMAZON, link.amazon_id.clone())).into_iter().collect()
}
