//! The forms of the pages about a forgotten password.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::{NextAddress, ParsedForm};

/// `POST /forgot-password`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ForgotForm {
    pub(super) identifier: String,
    next: String,
}

impl ParsedForm for ForgotForm {}

impl ForgotForm {
    /// Where the player was going, if that is a page of the portal (S48).
    pub(super) fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }
}

/// `GET /forgot-password?next=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ForgotQuery {
    pub(super) next: String,
}

/// `GET /reset-password?token=…`, the address in the mail.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResetQuery {
    pub(super) token: Option<String>,
    pub(super) next: String,
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
