//! Enrolment of staff: the owner of the link sets a password and proves that the app has the secret.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Actor, Kind};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::platform::password::{HasherOverloaded, Password, PasswordContext, PasswordRefusal};
use crate::platform::recovery_codes::RecoveryCodes;
use crate::sessions::staff::{self, NewStaffSession};
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal as CodeRefused};
use crate::support::staff::model::{StaffMember, place_of_password};
use crate::support::staff::second_factor::{SecondFactor, recovery_hash};
use crate::support::staff::store;
use crate::web::cookies::CookieName;
use crate::web::{CurrentStaffMember, Permission, RequestContext};

/// The token of an enrolment link, in a cookie instead of the address bar (S47).
#[derive(Serialize, Deserialize)]
pub(super) struct EnrolmentLink {
    enrolment_token: String,
}

impl EnrolmentLink {
    /// The cookie for the text in the address. A text that is no token opens a dead link.
    pub fn new(text: &str) -> Self {
        let token = OpaqueToken::parse(text);
        Self { enrolment_token: token.map_or_else(String::new, |token| token.expose().to_owned()) }
    }

    /// The token of the link that was opened in this browser.
    pub fn of(context: &RequestContext) -> Option<OpaqueToken> {
        let link: Self = context.cookies.read(&context.request, CookieName::Enrolment, context.now)?;
        OpaqueToken::parse(&link.enrolment_token)
    }
}

/// Why the enrolment was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EnrolmentRefusal {
    DeadLink,
    Password(PasswordRefusal),
    Code,
    TooMany { retry_after: i64 },
    Overloaded,
}

/// The member whose enrolment link was opened in this browser.
pub(super) async fn whose_enrolment(context: &RequestContext) -> Result<Option<StaffMember>, Fault> {
    let Some(token) = EnrolmentLink::of(context) else { return Ok(None) };
    let (hash, now) = (token.hash(), context.now);
    context.app.db.read(move |conn| store::by_enrolment(conn, hash.as_str(), now)).await
}

/// Uses the link up: sets the password, confirms the second factor, and signs in with ten recovery codes.
pub(super) async fn enrol_member(
    context: &RequestContext,
    password: &SecretString,
    code: &str,
) -> Result<(StaffId, OpaqueToken, RecoveryCodes), Stop<EnrolmentRefusal>> {
    let Some((member, link)) = whose_enrolment(context).await?.zip(EnrolmentLink::of(context)) else {
        return Err(Stop::Refused(EnrolmentRefusal::DeadLink));
    };
    let password = judge_password(context, &member, password)
        .await?
        .map_err(|why| Stop::Refused(EnrolmentRefusal::Password(why)))?;
    let step = match SecondFactor::check(context, &member, code).await {
        Ok(SecondFactor::Step(step)) => step,
        Ok(SecondFactor::Recovery(_)) | Err(Stop::Refused(CodeRefused::Wrong)) => {
            return Err(Stop::Refused(EnrolmentRefusal::Code));
        }
        Err(Stop::Refused(CodeRefused::TooMany { retry_after })) => {
            return Err(Stop::Refused(EnrolmentRefusal::TooMany { retry_after }));
        }
        Err(Stop::Refused(CodeRefused::Overloaded)) => {
            return Err(Stop::Refused(EnrolmentRefusal::Overloaded));
        }
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let hash = context.app.passwords.hash(password, place_of_password(&member.id)).await;
    let hash = hash.map_err(|stop| match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(EnrolmentRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    let codes = RecoveryCodes::generate()?;
    let hashes = codes.hashes(|code| recovery_hash(&context.app, &member.id, code));
    let session = NewStaffSession::prepare(context, &member.id)?;
    let token = session.token.clone();
    let enrolled =
        context.audit_event(Kind::StaffEnrolled, Actor::Support).by(&member.id).in_session(&session.id);
    let (id, link, now) = (member.id.clone(), link.hash(), context.now);
    let other = context.staff.as_ref().filter(|other| other.id != id);
    let other =
        other.map(|other| (other.session.id.clone(), context.staff_event(other, Kind::StaffSignedOut)));
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !store::enrol(conn, &id, link.as_str(), &hash, step, now)? {
                return Err(Stop::Refused(EnrolmentRefusal::DeadLink));
            }
            store::put_recovery(conn, &id, &hashes, now)?;
            if let Some((session, signed_out)) = &other
                && staff::end(conn, session)?
            {
                audit::append_event(conn, signed_out)?;
            }
            staff::end_all(conn, &id)?;
            staff::start(conn, &session)?;
            Ok(audit::append_event(conn, &enrolled)?)
        })
        .await?;
    login_attempts::code_was_right(context, &member.id).await?;
    Ok((member.id, token, codes))
}

/// Replaces all recovery codes with new ones. `None` if the session has ended meanwhile.
pub(super) async fn renew_recovery(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
) -> Result<Option<RecoveryCodes>, Fault> {
    let codes = RecoveryCodes::generate()?;
    let hashes = codes.hashes(|code| recovery_hash(&context.app, &staff_member.id, code));
    let event = context.staff_event(staff_member, Kind::StaffRecoveryRenewed);
    let (by, now) = (staff_member.clone(), context.now);
    let is_written = context
        .app
        .db
        .write(move |conn| {
            if !store::hold(conn, &by, Permission::Desk, now)? {
                return Ok(false);
            }
            store::put_recovery(conn, &by.id, &hashes, now)?;
            audit::append_event(conn, &event)?;
            Ok(true)
        })
        .await?;
    Ok(is_written.then_some(codes))
}

async fn judge_password(
    context: &RequestContext,
    member: &StaffMember,
    typed: &SecretString,
) -> Result<Result<Password, PasswordRefusal>, Fault> {
    let app = &context.app;
    let min = app.config.policy.password.staff_min;
    let password_context = PasswordContext { min, ..app.password_context("", &member.email) };
    app.judge_password(typed, &password_context).await
}
