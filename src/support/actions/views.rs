//! What staff are offered to do, beside the player's story.

use crate::support::player::Known;
use crate::web::Page;

/// The forms of `templates/support/actions.html`.
pub(in crate::support) struct Panel {}

impl Panel {
    /// What may be done for this player, by whoever looks at the page.
    pub(in crate::support) fn of(_page: &Page, _known: &Known) -> Self {
        Self {}
    }
}
