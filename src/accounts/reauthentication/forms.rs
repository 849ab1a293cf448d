//! The form of reauthentication.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /account/confirm-identity`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReauthenticationForm {
    pub(super) password: SecretString,
    /// The mark of the action that the page named.
    pub(super) mark: String,
    /// Asked for while the second factor is on.
    pub(super) code: String,
}

impl ParsedForm for ReauthenticationForm {
    const MAY_WAIT: bool = false;
}
