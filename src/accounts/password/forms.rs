//! What a browser may send to the password page.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::ParsedForm;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// Empty for a first password.
    pub current_password: SecretString,
    pub new_password: SecretString,
    /// Asked for where nothing else could be typed with the password.
    pub user_name: String,
    pub next: String,
}

impl ParsedForm for PasswordForm {
    const MAY_WAIT: bool = false;
}

/// "Remove password": a button and nothing else.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RemoveForm {}

impl ParsedForm for RemoveForm {}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordQuery {
    pub next: String,
}
