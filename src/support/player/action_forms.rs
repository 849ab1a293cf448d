//! The forms of the actions on a player's page.

use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /support/actions/…`
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ActionForm {
    pub(super) player: String,
    pub(super) reason: String,
    /// The state that the page showed; see `ActionGuard`.
    pub(super) seen: String,
    /// Used by the note form only.
    pub(super) note: String,
}

impl ParsedForm for ActionForm {}

/// `POST /support/actions/note`: a note may be too long for the cookie that keeps a form during fresh proof.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub struct NoteForm(pub(super) ActionForm);

impl ParsedForm for NoteForm {
    const MAY_BE_LONG: bool = true;
}
