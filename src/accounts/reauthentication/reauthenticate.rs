//! Reauthentication with the password (S28).

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::sign_in::login_attempts::{PasswordCheck, PasswordProof, check_password};
use crate::audit::{self, AuditEvent, Kind};
use crate::platform::fault::Stop;
use crate::platform::password::HasherOverloaded;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

use secrecy::SecretString;

/// Why the identity is not confirmed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReauthenticationRefusal {
    Wrong,
    TooMany {
        retry_after: i64,
    },
    Overloaded,
    /// The session ended meanwhile, or another request has rotated it.
    SignedOut,
}

/// Rotates the session after the right password. The interrupted action may then continue.
pub(super) async fn reauthenticate(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    password: &SecretString,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let account = LoginAccount::of_player(&visit.app, &viewer.player.id).await?;
    match check_password(visit, &account, password).await {
        Ok(PasswordCheck::Right(proof)) => reauthenticated(visit, viewer, proof).await,
        Ok(PasswordCheck::Wrong) => {
            let event = reauthentication_event(visit, viewer, Kind::IdentityNotConfirmed);
            audit::write_event(&visit.app.db, event).await?;
            Err(Stop::Refused(ReauthenticationRefusal::Wrong))
        }
        Ok(PasswordCheck::Throttled { retry_after }) => {
            Err(Stop::Refused(ReauthenticationRefusal::TooMany { retry_after }))
        }
        Err(Stop::Refused(HasherOverloaded)) => Err(Stop::Refused(ReauthenticationRefusal::Overloaded)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn reauthenticated(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    proof: PasswordProof,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let rotation = SessionRotation::fresh(viewer, visit.now)?;
    let started = rotation.started();
    let event = reauthentication_event(visit, viewer, Kind::IdentityConfirmed);
    visit
        .app
        .db
        .write_or_refuse(move |conn| {
            if !proof.still_holds(conn)? {
                return Err(Stop::Refused(ReauthenticationRefusal::Wrong));
            }
            if !browser::rotate_session(conn, &rotation)? {
                return Err(Stop::Refused(ReauthenticationRefusal::SignedOut));
            }
            audit::append_event(conn, &event)?;
            Ok(())
        })
        .await?;
    Ok(started)
}

fn reauthentication_event(visit: &RequestContext, viewer: &CurrentPlayer, kind: Kind) -> AuditEvent {
    visit.player_event(viewer, kind).with(serde_json::json!({ "with": "password" }))
}
