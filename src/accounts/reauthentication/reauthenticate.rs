//! Reauthentication with the password (S28), and with the code of the second factor where it is on (S157).

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::reauthentication::second_factor::{check_asked_code, message_of_recovery};
use crate::accounts::second_factor::{self, CheckedCode, CodeRefusal};
use crate::accounts::sign_in::login_attempts::{PasswordCheck, PasswordProof, check_password};
use crate::audit::{self, AuditEvent, Kind};
use crate::outbound::mail;
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::HasherOverloaded;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

use secrecy::SecretString;

/// Why the identity is not confirmed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReauthenticationRefusal {
    Wrong,
    /// The password is right, and the code of the second factor is missing or wrong.
    WrongCode,
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
    code: &str,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let account = LoginAccount::of_player(&context.app, &current_player.player.id).await?;
    match check_password(context, &account, password).await {
        Ok(PasswordCheck::Right(proof)) => {
            let done = with_code(context, current_player, &account, proof, code).await;
            if matches!(done, Err(Stop::Refused(ReauthenticationRefusal::WrongCode))) {
                record_refusal(context, current_player, "second_factor").await?;
            }
            done
        }
        Ok(PasswordCheck::Wrong) => {
            record_refusal(context, current_player, "password").await?;
            Err(Stop::Refused(ReauthenticationRefusal::Wrong))
        }
        Ok(PasswordCheck::Throttled { retry_after }) => {
            Err(Stop::Refused(ReauthenticationRefusal::TooMany { retry_after }))
        }
        Err(Stop::Refused(HasherOverloaded)) => Err(Stop::Refused(ReauthenticationRefusal::Overloaded)),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

async fn with_code(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    account: &LoginAccount,
    proof: PasswordProof,
    typed: &str,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let code =
        check_asked_code(context, account, current_player, typed).await.map_err(|stop| match stop {
            Stop::Refused(CodeRefusal::Wrong) => Stop::Refused(ReauthenticationRefusal::WrongCode),
            Stop::Refused(CodeRefusal::TooMany { retry_after }) => {
                Stop::Refused(ReauthenticationRefusal::TooMany { retry_after })
            }
            Stop::Fault(fault) => Stop::Fault(fault),
        })?;
    let started = reauthenticated(context, current_player, proof, code.clone()).await?;
    if let Some(code) = code {
        code.was_right(&context.app).await?;
    }
    Ok(started)
}

async fn reauthenticated(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    proof: PasswordProof,
    code: Option<CheckedCode>,
) -> Result<StartedSession, Stop<ReauthenticationRefusal>> {
    let message = message_of_recovery(context, current_player, code.as_ref())?;
    let rotation = SessionRotation::fresh(current_player, context.now)?;
    let started = rotation.started();
    let event = reauthentication_event(context, current_player, Kind::IdentityConfirmed, "password");
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !proof.still_holds(conn)? {
                return Err(Stop::Refused(ReauthenticationRefusal::Wrong));
            }
            let is_proven = match &code {
                Some(code) => code.spend(conn)?,
                // It may have been turned on meanwhile.
                None => !second_factor::store::is_on(conn, &proof.player.id)?,
            };
            if !is_proven {
                return Err(Stop::Refused(ReauthenticationRefusal::WrongCode));
            }
            mail::enqueue(conn, &message)?;
            if !browser::rotate_session(conn, &rotation)? {
                return Err(Stop::Refused(ReauthenticationRefusal::SignedOut));
            }
            audit::append_event(conn, &event)?;
            Ok(())
        })
        .await?;
    Ok(started)
}

async fn record_refusal(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    with: &str,
) -> Result<(), Fault> {
    let event = reauthentication_event(context, current_player, Kind::IdentityNotConfirmed, with);
    audit::write_event(&context.app.db, event).await
}

fn reauthentication_event(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    kind: Kind,
    with: &str,
) -> AuditEvent {
    context.player_event(current_player, kind).with(serde_json::json!({ "with": with }))
}
