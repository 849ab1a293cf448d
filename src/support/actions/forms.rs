//! What a browser may send to the forms of a player's page.

use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /support/actions/…`
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ActionForm {
    pub(super) player: String,
    pub(super) reason: String,
    /// What the page showed that decides.
    pub(super) seen: String,
    /// Of a note only.
    pub(super) note: String,
}

impl ParsedForm for ActionForm {}

/// `POST /support/actions/note`: a note may be longer than what a cookie holds while somebody proves who they are.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub struct NoteForm(pub(super) ActionForm);

impl ParsedForm for NoteForm {
    const MAY_BE_LONG: bool = true;
}
