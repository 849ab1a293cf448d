//! Which member of staff is asking, and what they may do. Known under `/support` only: no other page asks.

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::ids::{SessionId, StaffId};
use crate::word_type;

word_type! {
    /// What a member of staff may do (S119); each includes the one before it.
    Role {
        /// Searches and looks, masked.
        Viewer = "viewer",
        /// Helps: ends sessions, unlinks on request, starts a reset.
        Agent = "agent",
        /// Disables and enables, releases the brake, reads the audit.
        Lead = "lead",
        /// Decides who is staff.
        Admin = "admin",
    }
}

word_type! {
    /// What a route of the desk lets somebody do. The closed list of S119; a role holds some of them.
    Permission {
        /// Being at the desk at all.
        Desk = "desk",
        /// Searching, and looking at a player, masked.
        View = "view",
        /// Seeing what is masked, with a reason.
        Unmask = "unmask",
        /// Writing a note about a player.
        Note = "note",
        /// Asking Amazon now whether a link still holds.
        CheckLink = "check_link",
        EndSessions = "end_sessions",
        /// Sending a mail again, or starting a reset.
        Mail = "mail",
        Unlink = "unlink",
        /// Disabling and enabling a player.
        Disable = "disable",
        /// Releasing the brake on mass revocation (S69).
        Brake = "brake",
        /// Reading and exporting the record of what happened.
        Audit = "audit",
        /// Deciding who is staff.
        Staff = "staff",
    }
}

impl Permission {
    /// As `dovetail routes` prints it.
    pub fn who(self) -> &'static str {
        match self {
            Self::Desk => "staff:desk",
            Self::View => "staff:view",
            Self::Unmask => "staff:unmask",
            Self::Note => "staff:note",
            Self::CheckLink => "staff:check_link",
            Self::EndSessions => "staff:end_sessions",
            Self::Mail => "staff:mail",
            Self::Unlink => "staff:unlink",
            Self::Disable => "staff:disable",
            Self::Brake => "staff:brake",
            Self::Audit => "staff:audit",
            Self::Staff => "staff:staff",
        }
    }

    /// The lowest role that holds it.
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
    /// Whether this role holds the permission.
    pub fn may(self, permission: Permission) -> bool {
        self.rank() >= permission.needs().rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Agent => 1,
            Self::Lead => 2,
            Self::Admin => 3,
        }
    }
}

/// A signed-in member of staff, as one joined row tells it.
#[derive(Clone, Debug)]
pub struct CurrentStaffMember {
    pub id: StaffId,
    pub email: String,
    /// Read anew with every request, so that a change counts at once (S124).
    pub role: Role,
    pub session: StaffSession,
}

#[derive(Clone, Debug)]
pub struct StaffSession {
    pub id: SessionId,
    /// Lets a verb rotate exactly the row it was asked from.
    pub token_hash: String,
    pub csrf_secret: String,
    /// When its owner last proved password and factor (S28).
    pub fresh_at: Option<DateTime<Utc>>,
}

impl CurrentStaffMember {
    /// Whether the last proof still counts.
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
        for permission in Permission::ALL {
            assert_eq!(permission.who(), format!("staff:{}", permission.as_str()));
        }
    }
}
