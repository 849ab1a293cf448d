//! Forms of a player's page: the filter of the timeline, and the request to unmask.

use serde::Deserialize;

use crate::web::ParsedForm;

/// The query of `GET /support/players/{id}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TimelineForm {
    /// A group of event kinds, or one kind.
    pub(super) kind: String,
    /// The id of the last record on the previous page.
    pub(super) before: String,
}

/// `POST /support/actions/unmask`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UnmaskForm {
    pub(super) player: String,
    pub(super) reason: String,
}

impl ParsedForm for UnmaskForm {}
