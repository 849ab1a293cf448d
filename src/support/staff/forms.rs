//! What a browser may send to the pages of staff.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::{Form, Next};

/// `POST /support/sign-in`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    pub(super) email: String,
    pub(super) password: SecretString,
    next: String,
}

impl Form for SignInForm {
    const MAY_WAIT: bool = false;
}

impl SignInForm {
    pub(super) fn next(&self) -> Option<Next> {
        Next::parse_at_desk(&self.next)
    }
}

/// `GET /support/sign-in?next=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct GoingQuery {
    next: String,
}

impl GoingQuery {
    pub(super) fn next(&self) -> Option<Next> {
        Next::parse_at_desk(&self.next)
    }
}

/// `POST /support/sign-in/code`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    pub(super) code: String,
}

impl Form for CodeForm {
    const MAY_WAIT: bool = false;
}

/// `POST /support/enrol` and `POST /support/confirm-identity`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct BothForm {
    pub(super) password: SecretString,
    pub(super) code: String,
}

impl Form for BothForm {
    const MAY_WAIT: bool = false;
}

/// `GET /support/enrol?token=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Opened {
    pub(crate) token: Option<String>,
}

/// `POST /support/staff/change`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ChangeForm {
    pub(crate) staff: String,
    pub(super) role: String,
    pub(super) reason: String,
    /// Which button it was: `role` or `disable`.
    pub(super) choice: String,
}

impl Form for ChangeForm {}

/// `POST /support/staff/approve` and `…/withdraw`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ProposalForm {
    pub(super) proposal: String,
}

impl Form for ProposalForm {}

/// A form that is one button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Button {}

impl Form for Button {}
