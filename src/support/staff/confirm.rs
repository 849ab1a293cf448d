//! Proving that it is still you, with password and code, for whatever changes something (S28, S123).

use secrecy::SecretString;

use crate::audit::{self, Kind};
use crate::platform::crypto::token::Token;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::sessions::staff::{self, Rotation};
use crate::support::staff::login_attempts::{self, Refused};
use crate::support::staff::model::Member;
use crate::support::staff::second_factor::Factor;
use crate::support::staff::sign_in::about;
use crate::support::staff::store;
use crate::web::{StaffViewer, Visit};

/// Why it is not proven.
#[derive(Debug)]
pub(super) enum NotProven {
    Refused(Refused),
    /// The session ended meanwhile.
    SignedOut,
}

/// Rotates the session of who knows the password and holds the factor.
pub(super) async fn confirm(
    visit: &Visit,
    viewer: &StaffViewer,
    password: &SecretString,
    code: &str,
) -> Result<Token, Stop<NotProven>> {
    let id = viewer.id.clone();
    let member = visit.app.db.read(move |conn| store::by_id(conn, &id)).await?;
    let member = member.filter(Member::may_come_in).ok_or(Stop::Refused(NotProven::SignedOut))?;
    match proven(visit, &member, password, code).await {
        Ok(factor) => rotated(visit, viewer, member, factor).await,
        Err(Stop::Refused(Refused::Wrong)) => {
            record_refusal(visit, viewer).await?;
            Err(Stop::Refused(NotProven::Refused(Refused::Wrong)))
        }
        Err(Stop::Refused(refused)) => Err(Stop::Refused(NotProven::Refused(refused))),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn proven(
    visit: &Visit,
    member: &Member,
    password: &SecretString,
    code: &str,
) -> Result<Factor, Stop<Refused>> {
    let key = EmailAddress::parse(&member.email, LocalPart::Unicode)
        .map_or_else(|_| member.email.clone(), |address| address.key().to_owned());
    login_attempts::check_password(visit, Some(member), &key, password).await?;
    Factor::check(visit, member, code).await
}

async fn rotated(
    visit: &Visit,
    viewer: &StaffViewer,
    member: Member,
    factor: Factor,
) -> Result<Token, Stop<NotProven>> {
    let rotation = Rotation::prepare(viewer, visit.now)?;
    let token = rotation.token.clone();
    let event = about(visit, &viewer.id, Kind::StaffConfirmed)
        .in_session(&viewer.session.id)
        .with(serde_json::json!({ "with": ["password", factor.word()] }));
    visit
        .app
        .db
        .write(move |conn| {
            if !factor.spend(conn, &member)? {
                return Err(Stop::Refused(NotProven::Refused(Refused::Wrong)));
            }
            if !staff::rotate(conn, &rotation)? {
                return Err(Stop::Refused(NotProven::SignedOut));
            }
            Ok(audit::append(conn, &event)?)
        })
        .await?;
    login_attempts::code_was_right(visit, &viewer.id).await?;
    Ok(token)
}

async fn record_refusal(visit: &Visit, viewer: &StaffViewer) -> Result<(), Fault> {
    let event = about(visit, &viewer.id, Kind::StaffNotConfirmed).in_session(&viewer.session.id);
    visit.app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await
}
