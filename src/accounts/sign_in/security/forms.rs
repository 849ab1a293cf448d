//! The forms of the list of sessions.

use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /account/security/end-session`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EndSessionForm {
    pub(super) session: String,
    /// The page whose button it was, if not the list of sessions.
    pub(super) next: String,
}

impl ParsedForm for EndSessionForm {}

/// `POST /account/security/sign-out-everywhere`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EndAllSessionsForm {}

impl ParsedForm for EndAllSessionsForm {}
