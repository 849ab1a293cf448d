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
    context: &RequestContext,
    current_player: &CurrentPlayer,
    password: &SecretString,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let account = LoginAccount::of_player(&context.app, &current_player.player.id).await?;
    match check_password(context, &account, password).await {
        Ok(PasswordCheck::Right(proof)) => reauthenticated(context, current_player, proof).await,
        Ok(PasswordCheck::Wrong) => {
            let event = reauthentication_event(context, current_player, Kind::IdentityNotConfirmed);
            audit::write_event(&context.app.db, event).await?;
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
    context: &RequestContext,
    current_player: &CurrentPlayer,
    proof: PasswordProof,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let rotation = SessionRotation::fresh(current_player, context.now)?;
    let started = rotation.started();
    let event = reauthentication_event(context, current_player, Kind::IdentityConfirmed);
    context
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

fn reauthentication_event(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    kind: Kind,
) -> AuditEvent {
    context.player_event(current_player, kind).with(serde_json::json!({ "with": "password" }))
}
