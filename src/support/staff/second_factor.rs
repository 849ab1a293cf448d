//! The code of a sign-in: from the app, or a recovery code (S122).
//!
//! A try is counted before the code is checked. The code is used up in the transaction of the action it allows.

use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal};
use crate::support::staff::model::StaffMember;
use crate::support::staff::totp::TotpSecret;
use crate::support::staff::{recovery, store};
use crate::web::RequestContext;

/// A valid code that is not used up yet.
#[derive(Clone, Debug)]
pub(super) enum SecondFactor {
    /// The time step of a code from the app.
    Step(i64),
    /// The hash of a recovery code; only [`Self::spend`] finds out whether it exists.
    Recovery(String),
}

impl SecondFactor {
    /// Counts a try and checks the typed code.
    pub async fn check(
        context: &RequestContext,
        member: &StaffMember,
        typed: &str,
    ) -> Result<Self, Stop<StaffAttemptRefusal>> {
        login_attempts::count_code(context, &member.id).await?;
        Self::read(context, member, typed)?.ok_or(Stop::Refused(StaffAttemptRefusal::Wrong))
    }

    /// Checks the typed code without counting.
    fn read(context: &RequestContext, member: &StaffMember, typed: &str) -> Result<Option<Self>, Fault> {
        if let Some(hash) = recovery::hash_of(&context.app, &member.id, typed) {
            return Ok(Some(Self::Recovery(hash)));
        }
        let Some(sealed) = &member.totp_sealed else { return Ok(None) };
        let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).take(7).collect();
        let Some(secret) = TotpSecret::open(&context.app.vault, &member.id, sealed) else { return Ok(None) };
        Ok(secret.step_of(&digits, context.now)?.map(Self::Step))
    }

    /// Uses the code up; false if it was just used, or the member may not sign in any more.
    pub fn spend(&self, conn: &mut Conn, member: &StaffMember) -> Result<bool, Fault> {
        Ok(match self {
            Self::Step(step) => store::spend_step(conn, member, *step)?,
            Self::Recovery(hash) => store::spend_recovery(conn, member, hash)?,
        })
    }

    /// The word in the audit record.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Step(_) => "totp",
            Self::Recovery(_) => "recovery_code",
        }
    }
}
