//! The forms of sign-in and sign-out.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::web::{NextAddress, ParsedForm};

/// `POST /sign-in`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    pub(in crate::accounts) identifier: String,
    pub(in crate::accounts) password: SecretString,
    remember: String,
    next: String,
}

impl ParsedForm for SignInForm {
    const MAY_WAIT: bool = false;
}

impl SignInForm {
    pub(super) fn is_remembered(&self) -> bool {
        !self.remember.is_empty()
    }

    /// Where the player was going, if that is a page of the portal (S48).
    pub(in crate::accounts) fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }

    /// The empty fields, each with the id of its message.
    pub(in crate::accounts) fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let mut missing = Vec::new();
        if self.identifier.trim().is_empty() {
            missing.push(("identifier", "identifier-missing"));
        }
        if self.password.expose_secret().is_empty() {
            missing.push(("password", "password-missing"));
        }
        missing
    }
}

/// `GET /sign-in?next=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInQuery {
    pub(in crate::accounts) next: String,
}

/// `POST /sign-in/code`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInCodeForm {
    pub(in crate::accounts) code: String,
}

impl ParsedForm for SignInCodeForm {}

/// `POST /sign-in/two-step`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TwoStepForm {
    pub(super) code: String,
    remember_browser: String,
}

impl ParsedForm for TwoStepForm {
    const MAY_WAIT: bool = false;
}

impl TwoStepForm {
    pub(super) fn remembers(&self) -> bool {
        !self.remember_browser.is_empty()
    }
}

/// A form without fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SubmitButton {}

impl ParsedForm for SubmitButton {}
