//! The signed-in member of staff and their permissions, known under `/support` only.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{Queryable, Selectable};

use crate::platform::db::schema::{staff, staff_sessions};
use crate::platform::ids::{SessionId, StaffId};
use crate::stored_enum;
use crate::text_enum;

stored_enum! {
    /// The roles of staff (S119). Each has all permissions of the one before.
    #[derive(PartialOrd, Ord)]
    pub enum Role {
        /// Searches and reads players, masked.
        Viewer = "viewer",
        /// Shows masked values, writes notes, ends sessions, unlinks on request, starts a password reset.
        Agent = "agent",
        /// Disables and enables players, releases the mass-revocation guard, reads the audit log.
        Lead = "lead",
        /// Manages staff.
        Admin = "admin",
    }
}

text_enum! {
    /// What a route of the support pages lets staff do: the closed list of S119.
    pub enum Permission {
        /// Opening the support pages.
        Desk = "desk",
        /// Searching players, and reading one, masked.
        View = "view",
        /// Showing masked values, with a reason.
        Unmask = "unmask",
        /// Writing a note about a player.
        Note = "note",
        /// Asking Amazon now whether a link still works.
        CheckLink = "check_link",
        EndSessions = "end_sessions",
        /// Starting a password reset by mail.
        Mail = "mail",
        Unlink = "unlink",
        /// Disabling and enabling a player.
        Disable = "disable",
        /// Releasing the mass-revocation guard (S69).
        Brake = "brake",
        /// Reading and exporting the audit log.
        Audit = "audit",
        /// Managing staff.
        Staff = "staff",
    }
}

impl Permission {
    /// The lowest role with this permission.
    fn needs(self) -> Role {
        match self {
            Self::Desk | Self::View => Role::Viewer,
            Self::Unmask | Self::Note | Self::CheckLink | Self::EndSessions | Self::Mail | Self::Unlink => {
                Role::Agent
            }
            Self::Disable | Self::Brake | Self::Audit => Role::Lead,
            Self::Staff => Role::Admin,
        }
    }
}

impl Role {
    /// Whether this role has the permission.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.needs()
    }
}

/// A signed-in member of staff, read as one joined row.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub struct CurrentStaffMember {
    pub id: StaffId,
    pub email: String,
    /// Read with every request, so that a change takes effect at once (S124).
    pub role: Role,
    #[diesel(embed)]
    pub session: StaffSession,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = staff_sessions)]
pub struct StaffSession {
    pub id: SessionId,
    /// The hash of the request's session token, so that a verb rotates exactly this session.
    pub token_hash: String,
    pub csrf_secret: String,
    /// When the member of staff last proved password and second factor (S28).
    pub fresh_at: Option<DateTime<Utc>>,
}

impl CurrentStaffMember {
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    pub fn may_unmask(&self) -> bool {
        self.may(Permission::Unmask)
    }

    pub fn may_read_audit_log(&self) -> bool {
        self.may(Permission::Audit)
    }

    pub fn may_manage_staff(&self) -> bool {
        self.may(Permission::Staff)
    }

    /// Whether the last proof of identity still counts.
    pub fn is_fresh(&self, now: DateTime<Utc>, fresh_for: TimeDelta) -> bool {
        self.session.fresh_at.is_some_and(|at| now >= at && now - at < fresh_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_holds_what_the_one_before_holds_and_more() {
        let held = |role: Role| Permission::ALL.iter().filter(|permission| role.may(**permission)).count();
        assert_eq!(Role::ALL.iter().map(|role| held(*role)).collect::<Vec<_>>(), [2, 8, 11, 12]);
    }
}
