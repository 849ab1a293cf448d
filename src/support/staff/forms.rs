//! Forms of the pages for staff.

use secrecy::SecretString;
use serde::Deserialize;

use crate::platform::ids::StaffId;
use crate::support::staff::Role;
use crate::web::{NextAddress, ParsedForm, StaffReason};

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

/// A change to a member of staff, as the form asks for it.
pub(super) struct StaffChange {
    pub whom: StaffId,
    /// The new role. `None` disables the member of staff.
    pub role: Option<Role>,
    pub reason: StaffReason,
}

impl StaffChangeForm {
    /// The change, or the message for each field that is not accepted.
    pub(super) fn checked(&self) -> Result<StaffChange, Vec<(&'static str, &'static str)>> {
        let whom = match self.staff.as_str() {
            "" => Err(("staff", "staff-missing")),
            id => Ok(StaffId::from(id.to_owned())),
        };
        let role = match self.choice.as_str() {
            "disable" => Ok(None),
            _ => self.role.parse::<Role>().map(Some).map_err(|_| ("role", "staff-role-missing")),
        };
        let reason = StaffReason::parse(&self.reason).ok_or((StaffReason::FIELD, StaffReason::MISSING));
        match (whom, reason, role) {
            (Ok(whom), Ok(reason), Ok(role)) => Ok(StaffChange { whom, role, reason }),
            (whom, reason, role) => {
                Err([whom.err(), reason.err(), role.err()].into_iter().flatten().collect())
            }
        }
    }
}

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
