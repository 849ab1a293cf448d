//! What a browser may send from the list of sessions.

use serde::Deserialize;

use crate::web::Form;

/// `POST /account/security/end-session`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EndForm {
    pub(super) session: String,
}

impl Form for EndForm {}

/// `POST /account/security/sign-out-everywhere`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EverywhereForm {}

impl Form for EverywhereForm {}
