//! The types of a member of staff.

use chrono::{DateTime, Utc};

use crate::platform::crypto::vault::SealContext;
use crate::platform::ids::StaffId;
use crate::platform::password::{StoredHash, place_of_hash};
use crate::support::staff::Role;

/// The name of the table, for the seals of its columns.
pub(super) const TABLE: &str = "staff";

/// A row of the table, as sign-in needs it.
#[derive(Clone)]
pub(super) struct StaffMember {
    pub id: StaffId,
    pub email: String,
    pub role: Role,
    pub password: Option<StoredHash>,
    pub password_changed_at: Option<DateTime<Utc>>,
    pub totp_sealed: Option<Vec<u8>>,
    pub is_disabled: bool,
}

impl StaffMember {
    /// Whether the member is enrolled, with password and second factor, and not disabled.
    pub fn may_come_in(&self) -> bool {
        !self.is_disabled && self.password.is_some() && self.totp_sealed.is_some()
    }
}

/// A member of staff in a list.
#[derive(Clone, Debug)]
pub struct StaffSummary {
    pub id: StaffId,
    pub email: String,
    pub role: Role,
    pub standing: StaffStanding,
    pub created_at: DateTime<Utc>,
}

/// The state of an account of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffStanding {
    Active,
    /// The enrolment is not complete.
    Invited,
    Disabled,
}

impl StaffStanding {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }
}

pub(super) fn place_of_password(id: &StaffId) -> SealContext {
    place_of_hash(TABLE, id.as_str(), "")
}

pub(super) fn place_of_factor(id: &StaffId) -> SealContext {
    SealContext {
        purpose: "second factor",
        table: TABLE,
        row: id.to_string(),
        player: String::new(),
        identity: String::new(),
    }
}
