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
    /// The session has ended meanwhile.
    SignedOut,
}

/// Checks password and code, and rotates the session's token.
pub(super) async fn reauthenticate_staff(
    visit: &RequestContext,
    viewer: &CurrentStaffMember,
    password: &SecretString,
    code: &str,
) -> Result<OpaqueToken, Stop<StaffNotProven>> {
    let id = viewer.id.clone();
    let member = visit.app.db.read(move |conn| store::by_id(conn, &id)).await?;
    let member = member.filter(StaffMember::may_come_in).ok_or(Stop::Refused(StaffNotProven::SignedOut))?;
    match prove_staff(visit, &member, password, code).await {
        Ok(factor) => rotate_staff_session(visit, viewer, member, factor).await,
        Err(Stop::Refused(StaffAttemptRefusal::Wrong)) => {
            record_refusal(visit, viewer).await?;
            Err(Stop::Refused(StaffNotProven::Refused(StaffAttemptRefusal::Wrong)))
        }
        Err(Stop::Refused(refused)) => Err(Stop::Refused(StaffNotProven::Refused(refused))),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn prove_staff(
    visit: &RequestContext,
    member: &StaffMember,
    password: &SecretString,
    code: &str,
) -> Result<SecondFactor, Stop<StaffAttemptRefusal>> {
    let key = EmailAddress::parse(&member.email, LocalPart::Unicode)
        .map_or_else(|_| member.email.clone(), |address| address.key().to_owned());
    login_attempts::check_password(visit, Some(member), &key, password).await?;
    SecondFactor::check(visit, member, code).await
}

async fn rotate_staff_session(
    visit: &RequestContext,
    viewer: &CurrentStaffMember,
    member: StaffMember,
    factor: SecondFactor,
) -> Result<OpaqueToken, Stop<StaffNotProven>> {
    let rotation = StaffSessionRotation::prepare(viewer, visit.now)?;
    let token = rotation.token.clone();
    let event = visit
        .staff_event(viewer, Kind::StaffConfirmed)
        .with(serde_json::json!({ "with": ["password", factor.word()] }));
    visit
        .app
        .db
        .write(move |conn| {
            if !factor.spend(conn, &member)? {
                return Err(Stop::Refused(StaffNotProven::Refused(StaffAttemptRefusal::Wrong)));
            }
            if !staff::rotate(conn, &rotation)? {
                return Err(Stop::Refused(StaffNotProven::SignedOut));
            }
            Ok(audit::append_event(conn, &event)?)
        })
        .await?;
    login_attempts::code_was_right(visit, &viewer.id).await?;
    Ok(token)
}

async fn record_refusal(visit: &RequestContext, viewer: &CurrentStaffMember) -> Result<(), Fault> {
    let event = visit.staff_event(viewer, Kind::StaffNotConfirmed);
    audit::write_event(&visit.app.db, event).await
}
