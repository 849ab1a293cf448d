//! The forms of the pages about a lost second factor.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::ParsedForm;

/// A form that is one button; the token of a mailed link is in a cookie.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LostFactorButton {}

impl ParsedForm for LostFactorButton {}

/// `POST /sign-in/lost-factor/finish`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FinishForm {
    /// Empty for a player without password.
    pub(super) new_password: SecretString,
}

impl ParsedForm for FinishForm {
    const MAY_WAIT: bool = false;
}

/// The query of a mailed link.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RecoveryLinkQuery {
    pub(super) token: Option<String>,
}
