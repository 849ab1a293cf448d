//! What narrows a player's timeline, and what lifts the masks.

use serde::Deserialize;

use crate::web::ParsedForm;

/// The query of `GET /support/players/{id}`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TimelineForm {
    /// A group of kinds, or a kind.
    pub(super) kind: String,
    /// The id of the last record of the page before.
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
