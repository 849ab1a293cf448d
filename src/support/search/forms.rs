//! What the box sends.

use serde::Deserialize;

use crate::support::search::list::ListPosition;
use crate::web::urls;

/// The query of `GET /support/players`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchForm {
    pub(super) q: String,
    /// Where the page begins. One that cannot be read is the first page.
    pub(super) after: String,
}

/// The page of a search that begins behind this place, or the first.
pub(super) fn address(q: &str, after: Option<&ListPosition>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .extend_pairs(after.map(|after| ("after", after.written())))
        .finish();
    format!("{}?{query}", urls::PLAYERS)
}
