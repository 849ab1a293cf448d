//! The code of a sign-in: from the app, or a recovery code (S122).
//!
//! A try is counted before the code is checked. The code is used up in the transaction of the action it allows.

use data_encoding::HEXLOWER;

use crate::app::App;
use crate::platform::crypto::vault::Vault;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::platform::recovery_codes;
use crate::platform::totp::TotpSecret;
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal};
use crate::support::staff::model::{StaffMember, place_of_factor};
use crate::support::staff::store;
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
        if let Some(code) = recovery_codes::canonical(typed) {
            return Ok(Some(Self::Recovery(recovery_hash(&context.app, &member.id, &code))));
        }
        let Some(sealed) = &member.totp_sealed else { return Ok(None) };
        let Some(secret) = open_secret(&context.app.vault, &member.id, sealed) else { return Ok(None) };
        Ok(secret.step_of(typed, context.now)?.map(Self::Step))
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

/// The stored form of a recovery code of this member.
pub(super) fn recovery_hash(app: &App, owner: &StaffId, code: &str) -> String {
    let parts: [&[u8]; 3] = [b"staff recovery code", owner.as_str().as_bytes(), code.as_bytes()];
    HEXLOWER.encode(&app.keys.codes.tag(&parts))
}

/// Opens the sealed secret. `None` and an alert if it does not open: every code is then wrong (S66).
///
/// The member still has a second factor. A recovery code signs in, and an administrator can send a new link.
pub(super) fn open_secret(vault: &Vault, id: &StaffId, sealed: &[u8]) -> Option<TotpSecret> {
    match TotpSecret::open(vault, &place_of_factor(id), sealed) {
        Ok(secret) => Some(secret),
        Err(fault) => {
            tracing::error!(
                event = "support.second_factor.unreadable",
                alert = "second_factor_will_not_open",
                staff.id = %id,
                %fault,
                "the second factor of a member of staff cannot be opened"
            );
            None
        }
    }
}
