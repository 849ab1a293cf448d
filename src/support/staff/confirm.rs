//! Fresh proof of identity of staff, with password and code (S28, S123).

use secrecy::SecretString;

use crate::audit::{self, Kind};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::staff::{self, StaffSessionRotation};
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal};
use crate::support::staff::model::StaffMember;
use crate::support::staff::second_factor::SecondFactor;
use crate::support::staff::store;
use crate::web::{CurrentStaffMember, RequestContext};

/// Why the proof failed.
#[derive(Debug)]
pub(super) enum StaffNotProven {
    Refused(StaffAttemptRefusal),
    /// The session has ended meanwhile, or another request has rotated it.
    SignedOut,
}

/// Checks password and code, and rotates the session's token.
pub(super) async fn reauthenticate_staff(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    password: &SecretString,
    code: &str,
) -> Result<OpaqueToken, Stop<StaffNotProven>> {
    let id = staff_member.id.clone();
    let member = context.app.db.read(move |conn| store::by_id(conn, &id)).await?;
    let member = member.filter(StaffMember::may_come_in).ok_or(Stop::Refused(StaffNotProven::SignedOut))?;
    match prove_staff(context, &member, password, code).await {
        Ok(factor) => rotate_staff_session(context, staff_member, member, factor).await,
        Err(Stop::Refused(StaffAttemptRefusal::Wrong)) => {
            record_refusal(context, staff_member).await?;
            Err(Stop::Refused(StaffNotProven::Refused(StaffAttemptRefusal::Wrong)))
        }
        Err(Stop::Refused(refused)) => Err(Stop::Refused(StaffNotProven::Refused(refused))),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn prove_staff(
    context: &RequestContext,
    member: &StaffMember,
    password: &SecretString,
    code: &str,
) -> Result<SecondFactor, Stop<StaffAttemptRefusal>> {
    let key = EmailAddress::parse(&member.email, LocalPart::Unicode)
        .map_or_else(|_| member.email.clone(), |address| address.key().to_owned());
    login_attempts::check_password(context, Some(member), &key, password).await?;
    SecondFactor::check(context, member, code).await
}

async fn rotate_staff_session(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    member: StaffMember,
    factor: SecondFactor,
) -> Result<OpaqueToken, Stop<StaffNotProven>> {
    let rotation = StaffSessionRotation::prepare(staff_member, context.now)?;
    let token = rotation.token.clone();
    let event = context
        .staff_event(staff_member, Kind::StaffConfirmed)
        .with(serde_json::json!({ "with": ["password", factor.word()] }));
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !factor.spend(conn, &member)? {
                return Err(Stop::Refused(StaffNotProven::Refused(StaffAttemptRefusal::Wrong)));
            }
            if !staff::rotate(conn, &rotation)? {
                return Err(Stop::Refused(StaffNotProven::SignedOut));
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await?;
    login_attempts::code_was_right(context, &staff_member.id).await?;
    Ok(token)
}

async fn record_refusal(context: &RequestContext, staff_member: &CurrentStaffMember) -> Result<(), Fault> {
    let event = context.staff_event(staff_member, Kind::StaffNotConfirmed);
    audit::write_event(&context.app.db, event).await
}
