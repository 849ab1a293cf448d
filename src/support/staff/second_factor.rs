//! A code that was typed: from the app, or one of the recovery codes. Counted before it is looked at, spent in
//! the transaction that it opens (S122).

use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal};
use crate::support::staff::model::StaffMember;
use crate::support::staff::totp::TotpSecret;
use crate::support::staff::{recovery, store};
use crate::web::RequestContext;

/// A code that is right, and not yet spent.
#[derive(Clone, Debug)]
pub(super) enum SecondFactor {
    /// The step whose code it is.
    Step(i64),
    /// The hash of a recovery code; whether there is such a one, spending it will tell.
    Recovery(String),
}

impl SecondFactor {
    /// Counts a try and looks at what was typed.
    pub async fn check(
        visit: &RequestContext,
        member: &StaffMember,
        typed: &str,
    ) -> Result<Self, Stop<StaffAttemptRefusal>> {
        login_attempts::count_code(visit, &member.id).await?;
        Self::read(visit, member, typed)?.ok_or(Stop::Refused(StaffAttemptRefusal::Wrong))
    }

    /// What was typed, without counting.
    fn read(visit: &RequestContext, member: &StaffMember, typed: &str) -> Result<Option<Self>, Fault> {
        if let Some(hash) = recovery::hash_of(&visit.app, &member.id, typed) {
            return Ok(Some(Self::Recovery(hash)));
        }
        let Some(sealed) = &member.totp_sealed else { return Ok(None) };
        let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).take(7).collect();
        let step = TotpSecret::open(&visit.app.vault, &member.id, sealed)?.step_of(&digits, visit.now)?;
        Ok(step.map(Self::Step))
    }

    /// Uses it up. False if somebody just did, or the member may not come in any more.
    pub fn spend(&self, conn: &mut Conn, member: &StaffMember) -> Result<bool, Fault> {
        Ok(match self {
            Self::Step(step) => store::spend_step(conn, member, *step)?,
            Self::Recovery(hash) => store::spend_recovery(conn, member, hash)?,
        })
    }

    /// The word for the record.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Step(_) => "totp",
            Self::Recovery(_) => "recovery_code",
        }
    }
}
