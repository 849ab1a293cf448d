//! What a browser may send with the page's address.

use serde::Deserialize;

use crate::web::NextAddress;

/// The page where the player was going when the list was shown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AccessQuery {
    next: String,
}

impl AccessQuery {
    pub(super) fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }
}
