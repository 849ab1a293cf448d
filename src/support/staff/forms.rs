//! Forms of the pages for staff.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::{NextAddress, ParsedForm};

/// `POST /support/sign-in`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct StaffSignInForm {
    pub(super) email: String,
    pub(super) password: SecretString,
    next: String,
}

impl ParsedForm for StaffSignInForm {
    const MAY_WAIT: bool = false;
}

impl StaffSignInForm {
    pub(super) fn next(&self) -> Option<NextAddress> {
        NextAddress::parse_at_desk(&self.next)
    }
}

/// `GET /support/sign-in?next=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct StaffSignInQuery {
    next: String,
}

impl StaffSignInQuery {
    pub(super) fn next(&self) -> Option<NextAddress> {
        NextAddress::parse_at_desk(&self.next)
    }
}

/// `POST /support/sign-in/code`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct StaffCodeForm {
    pub(super) code: String,
}

impl ParsedForm for StaffCodeForm {
    const MAY_WAIT: bool = false;
}

/// `POST /support/enrol` and `POST /support/confirm-identity`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct StaffReauthenticationForm {
    pub(super) password: SecretString,
    pub(super) code: String,
}

impl ParsedForm for StaffReauthenticationForm {
    const MAY_WAIT: bool = false;
}

/// `GET /support/enrol?token=…`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EnrolmentQuery {
    pub(crate) token: Option<String>,
}

/// `POST /support/staff/change`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct StaffChangeForm {
    pub(crate) staff: String,
    pub(super) role: String,
    pub(super) reason: String,
    /// The button that was pressed: `role` or `disable`.
    pub(super) choice: String,
}

impl ParsedForm for StaffChangeForm {}

/// `POST /support/staff/approve` and `…/withdraw`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ProposalForm {
    pub(super) proposal: String,
}

impl ParsedForm for ProposalForm {}

/// A form with only a button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ProposalButton {}

impl ParsedForm for ProposalButton {}
