//! The forms of the password page.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::ParsedForm;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// Empty for a first password.
    pub current_password: SecretString,
    pub new_password: SecretString,
    /// Requested if the player has no address and no user name to sign in with.
    pub user_name: String,
    pub next: String,
}

impl ParsedForm for PasswordForm {
    const MAY_WAIT: bool = false;
}

/// `POST /account/password/remove`, which has no fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RemoveForm {}

impl ParsedForm for RemoveForm {}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordQuery {
    pub next: String,
}
