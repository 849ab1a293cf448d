//! The forms of the pages about a forgotten password.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /forgot-password`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ForgotForm {
    pub(super) identifier: String,
}

impl ParsedForm for ForgotForm {}

/// `GET /reset-password?token=…`, the address in the mail.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResetQuery {
    pub(super) token: Option<String>,
}

/// `POST /reset-password`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResetForm {
    pub(super) new_password: SecretString,
}

impl ParsedForm for ResetForm {
    const MAY_WAIT: bool = false;
}
