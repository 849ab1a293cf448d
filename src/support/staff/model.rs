//! The types of a member of staff.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, Queryable, Selectable};

use crate::platform::crypto::vault::SealContext;
use crate::platform::db::schema::staff;
use crate::platform::ids::StaffId;
use crate::platform::password::{StoredHash, place_of_hash};
use crate::support::staff::Role;
use crate::text_enum;

/// The name of the table, for the seals of its columns.
pub(super) const TABLE: &str = "staff";

/// A row of the table, as sign-in needs it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub(super) struct StaffMember {
    pub id: StaffId,
    pub email: String,
    pub role: Role,
    /// The sealed hash.
    #[diesel(column_name = password_sealed)]
    pub password: Option<Vec<u8>>,
    pub password_changed_at: Option<DateTime<Utc>>,
    pub totp_sealed: Option<Vec<u8>>,
    #[diesel(select_expression = staff::disabled_at.is_not_null())]
    pub is_disabled: bool,
}

impl StaffMember {
    pub fn stored_hash(&self) -> Option<StoredHash> {
        self.password.clone().map(|sealed| StoredHash::at(place_of_password(&self.id), sealed))
    }

    /// Whether the member is enrolled, with password and second factor, and not disabled.
    pub fn may_come_in(&self) -> bool {
        !self.is_disabled && self.password.is_some() && self.totp_sealed.is_some()
    }
}

/// A member of staff in a list.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub struct StaffSummary {
    pub id: StaffId,
    pub email: String,
    pub role: Role,
    /// Whether the enrolment is complete.
    #[diesel(select_expression = staff::password_sealed.is_not_null().and(staff::totp_sealed.is_not_null()))]
    pub is_enrolled: bool,
    #[diesel(select_expression = staff::disabled_at.is_not_null())]
    pub is_disabled: bool,
    pub created_at: DateTime<Utc>,
}

impl StaffSummary {
    pub fn standing(&self) -> StaffStanding {
        match (self.is_disabled, self.is_enrolled) {
            (true, _) => StaffStanding::Disabled,
            (false, true) => StaffStanding::Active,
            (false, false) => StaffStanding::Invited,
        }
    }
}

text_enum! {
    /// The state of an account of staff.
    pub enum StaffStanding {
        Active = "active",
        /// The enrolment is not complete.
        Invited = "invited",
        Disabled = "disabled",
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
