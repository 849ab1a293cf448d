//! The search form, and the addresses of its pages.

use serde::Deserialize;

use crate::support::search::list::ListPosition;
use crate::web::urls;

/// The query of `GET /support/players`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchForm {
    pub(super) q: String,
    /// The position that the page begins after; an invalid one gives the first page.
    pub(super) after: String,
}

/// The address of the search page that begins after this position, or of the first page.
pub(super) fn address(q: &str, after: Option<&ListPosition>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .extend_pairs(after.map(|after| ("after", after.written())))
        .finish();
    format!("{}?{query}", urls::PLAYERS)
}
