//! What a browser may send to get in, out, and past the question whether it is still you.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::web::{Form, Next};

/// `POST /sign-in`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    pub(super) identifier: String,
    pub(super) password: SecretString,
    remember: String,
    next: String,
}

impl Form for SignInForm {
    const MAY_WAIT: bool = false;
}

impl SignInForm {
    pub(super) fn is_remembered(&self) -> bool {
        !self.remember.is_empty()
    }

    /// Where the player was going, if that is a page of ours (S48).
    pub(super) fn next(&self) -> Option<Next> {
        Next::parse(&self.next)
    }

    /// The fields left empty, and the message that says so.
    pub(super) fn missing(&self) -> Vec<(&'static str, &'static str)> {
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
pub struct Going {
    pub(super) next: String,
}

/// `POST /sign-in/code`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    pub(super) code: String,
}

impl Form for CodeForm {}

/// A form that is one button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Button {}

impl Form for Button {}

/// `POST /account/confirm-identity`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ConfirmForm {
    pub(super) password: SecretString,
}

impl Form for ConfirmForm {
    const MAY_WAIT: bool = false;
}
