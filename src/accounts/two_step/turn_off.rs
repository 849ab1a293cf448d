//! Turns the second factor off.
//!
//! While it was on, a short password was enough. Alone it is not, and its length is known only where it is typed. So a
//! player with a password types it here, and one that is too short has to be changed first.

use secrecy::SecretString;

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::players::store::{credentials_by_id, lock_origin};
use crate::accounts::second_factor::{self, shortest_password};
use crate::accounts::sign_in::login_attempts::{PasswordCheck, PasswordProof, check_password};
use crate::accounts::sign_in::lost_factor;
use crate::accounts::sign_in::store::end_pending_of;
use crate::accounts::two_step::mails;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::platform::password::{HasherOverloaded, Password};
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// Why the second factor stays on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TurnOffRefusal {
    WrongPassword,
    /// The password is right and too short to stand alone.
    ShortPassword {
        min: usize,
    },
    Throttled {
        retry_after: i64,
    },
    Overloaded,
    /// It is off already, or the session has ended.
    Over,
}

/// Deletes the secret, the recovery codes and the remembered browsers.
pub(super) async fn turn_off(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    typed: &SecretString,
) -> Result<(), Stop<TurnOffRefusal>> {
    let app = &context.app;
    let account = LoginAccount::of_player(app, &current_player.player.id).await?;
    let has_password = account.credentials.as_ref().is_some_and(|known| known.password.is_some());
    let proof = if has_password {
        Some(long_password(context, current_player, &account, typed).await?)
    } else {
        None
    };
    let message = mails::message(context, current_player, mail::Kind::TwoStepOff)?;
    let event = context.player_event(current_player, audit::Kind::SecondFactorTurnedOff);
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    app.db
        .write_or_refuse(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Err(Stop::Refused(TurnOffRefusal::Over));
            }
            let is_as_judged = match &proof {
                Some(proof) => proof.still_holds(conn)?,
                // A password that was set meanwhile has not been judged.
                None => {
                    credentials_by_id(conn, &origin.player)?.is_some_and(|known| known.password.is_none())
                }
            };
            if !is_as_judged || !second_factor::store::turn_off(conn, &origin.player)? {
                return Err(Stop::Refused(TurnOffRefusal::Over));
            }
            end_pending_of(conn, &origin.player)?;
            lost_factor::store::forget(conn, &origin.player)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(())
        })
        .await
}

async fn long_password(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    account: &LoginAccount,
    typed: &SecretString,
) -> Result<PasswordProof, Stop<TurnOffRefusal>> {
    let proof = match check_password(context, account, typed).await {
        Ok(PasswordCheck::Right(proof)) => proof,
        Ok(PasswordCheck::Wrong) => {
            let event = context.player_event(current_player, audit::Kind::IdentityNotConfirmed);
            audit::write_event(&context.app.db, event).await?;
            return Err(Stop::Refused(TurnOffRefusal::WrongPassword));
        }
        Ok(PasswordCheck::Throttled { retry_after }) => {
            return Err(Stop::Refused(TurnOffRefusal::Throttled { retry_after }));
        }
        Err(Stop::Refused(HasherOverloaded)) => return Err(Stop::Refused(TurnOffRefusal::Overloaded)),
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
    };
    let min = shortest_password(&context.app, false);
    if Password::is_shorter_than(typed, min) {
        return Err(Stop::Refused(TurnOffRefusal::ShortPassword { min }));
    }
    Ok(proof)
}
