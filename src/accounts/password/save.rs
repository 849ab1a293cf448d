//! A player saves a first password, or replaces the current one.

use secrecy::SecretString;

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password::forms::PasswordForm;
use crate::accounts::players::store::{credentials_by_id, lock_player, set_password, set_user_name};
use crate::accounts::players::{TABLE, end_everything};
use crate::accounts::second_factor::{self, has_second_factor, shortest_password, too_short_alone};
use crate::accounts::sign_in::login_attempts::{PasswordCheck, PasswordProof, check_password};
use crate::audit;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::token::random_bytes;
use crate::platform::db::{Conn, is_unique_violation};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::name::{UserName, UserNameRefusal};
use crate::platform::password::{
    HasherOverloaded, Password, PasswordContext, PasswordRefusal, place_of_hash,
};
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum SavePasswordRefusal {
    /// The policy refuses the new password.
    Unfit(PasswordRefusal),
    /// The user name that comes with a first password is refused.
    UserName(UserNameRefusal),
    UserNameTaken,
    /// The current password is wrong, or was changed meanwhile.
    CredentialsWrong,
    Throttled {
        retry_after: i64,
    },
    Overloaded,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// The result of a saved password.
pub(super) struct SavedPassword {
    pub session: StartedSession,
    /// The user name that was set with it, for a player who had nothing to sign in with.
    pub user_name: Option<String>,
}

type PasswordWriteDenied = Stop<SavePasswordRefusal>;

/// Saves the new password, ends every other session and gives this one a new id.
///
/// A current password is the proof (S7). Without one, the handler has required fresh proof of identity. A
/// password needs an address or a user name: a player with neither chooses a user name, or gets a generated one.
pub(super) async fn save_password(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    form: &PasswordForm,
) -> Result<SavedPassword, PasswordWriteDenied> {
    let app = &context.app;
    let player = current_player.player.id.clone();
    let has_factor = has_second_factor(app, &player).await?;
    let new = judge_password(context, current_player, &form.new_password, has_factor)
        .await?
        .map_err(|why| Stop::Refused(SavePasswordRefusal::Unfit(why)))?;
    let needs_factor = too_short_alone(app, &form.new_password);
    let user_name = user_name(current_player, &form.user_name)?;
    let account = LoginAccount::of_player(app, &player).await?;
    let known = account.player().cloned().ok_or(Stop::Refused(SavePasswordRefusal::SessionEnded))?;
    let proof = match &known.password {
        Some(_) => {
            Some(check_current_password(context, current_player, &account, &form.current_password).await?)
        }
        None => None,
    };
    let place = place_of_hash(TABLE, player.as_str(), player.as_str());
    let hash = app.passwords.hash(new, place).await.map_err(overloaded)?;
    // Typing the current password is proof of identity, unless the second factor is asked for as well.
    let (rotation, kind) = match proof {
        Some(_) if has_factor => (SessionRotation::prepare(current_player)?, audit::Kind::PasswordChanged),
        Some(_) => (SessionRotation::fresh(current_player, context.now)?, audit::Kind::PasswordChanged),
        None => (SessionRotation::prepare(current_player)?, audit::Kind::PasswordSet),
    };
    let to = known.as_recipient(context.language);
    let (browser, network) = (context.caller.browser_in(context.language), context.caller.network());
    let from = [("browser", browser.as_str()), ("network", network.as_str())];
    let message = MailMessage::compose(app, mail::Kind::PasswordChanged, &to, &from)?;
    let (event, started, now) = (context.player_event(current_player, kind), rotation.started(), context.now);
    let given = user_name.as_ref().map(|name| name.as_str().to_owned());
    app.db
        .write_or_refuse(move |conn| {
            if !is_unchanged(conn, &player, proof.as_ref())? {
                return Err(Stop::Refused(SavePasswordRefusal::CredentialsWrong));
            }
            if let Some(why) = needs_factor
                && !second_factor::store::is_on(conn, &player)?
            {
                return Err(Stop::Refused(SavePasswordRefusal::Unfit(why)));
            }
            set_password(conn, &player, &hash, now)?;
            if let Some(user_name) = &user_name {
                set_chosen_user_name(conn, &player, user_name)?;
            }
            end_everything(conn, &player, Some(rotation.session()))?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            if browser::rotate_session(conn, &rotation)? {
                Ok(())
            } else {
                Err(Stop::Refused(SavePasswordRefusal::SessionEnded))
            }
        })
        .await?;
    Ok(SavedPassword { session: started, user_name: given })
}

/// Whether the player has neither address nor user name, so that a password alone would be useless.
pub(super) fn needs_user_name(current_player: &CurrentPlayer) -> bool {
    current_player.player.email.is_none() && current_player.player.user_name.is_none()
}

fn user_name(current_player: &CurrentPlayer, typed: &str) -> Result<Option<UserName>, PasswordWriteDenied> {
    if !needs_user_name(current_player) {
        return Ok(None);
    }
    match typed.trim() {
        "" => Ok(Some(suggested_user_name(current_player)?)),
        typed => {
            UserName::parse(typed).map(Some).map_err(|why| Stop::Refused(SavePasswordRefusal::UserName(why)))
        }
    }
}

/// A user name made from the display name and four digits.
pub(super) fn suggested_user_name(current_player: &CurrentPlayer) -> Result<UserName, Fault> {
    let letters = current_player.player.display_name.to_lowercase();
    let letters: String = letters.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let stem = if letters.is_empty() { "player" } else { &letters };
    let [high, low] = random_bytes::<2>()?;
    let digits = u16::from_be_bytes([high, low]) % 10_000;
    let name = UserName::parse(&format!("{stem}-{digits:04}"));
    name.map_err(|_| Fault::broken("making a user name", "it is not one"))
}

fn set_chosen_user_name(
    conn: &mut Conn,
    player: &PlayerId,
    user_name: &UserName,
) -> Result<(), PasswordWriteDenied> {
    match set_user_name(conn, player, user_name) {
        Err(error) if is_unique_violation(&error) => Err(Stop::Refused(SavePasswordRefusal::UserNameTaken)),
        set => Ok(set?),
    }
}

async fn judge_password(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    new: &SecretString,
    has_factor: bool,
) -> Result<Result<Password, PasswordRefusal>, Fault> {
    let email = current_player.player.email.as_deref().unwrap_or_default();
    let rules = context.app.password_context(&current_player.player.display_name, email);
    let rules = PasswordContext { min: shortest_password(&context.app, has_factor), ..rules };
    context.app.judge_password(new, &rules).await
}

/// Checks the current password, counted before it is checked (S14).
async fn check_current_password(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    account: &LoginAccount,
    current: &SecretString,
) -> Result<PasswordProof, PasswordWriteDenied> {
    match check_password(context, account, current).await.map_err(overloaded)? {
        PasswordCheck::Right(proof) => Ok(proof),
        PasswordCheck::Throttled { retry_after } => {
            Err(Stop::Refused(SavePasswordRefusal::Throttled { retry_after }))
        }
        PasswordCheck::Wrong => {
            let event = context.player_event(current_player, audit::Kind::IdentityNotConfirmed);
            audit::write_event(&context.app.db, event).await?;
            Err(Stop::Refused(SavePasswordRefusal::CredentialsWrong))
        }
    }
}

/// Locks the row and checks that it is as it was before hashing: the same password, or still none.
fn is_unchanged(conn: &mut Conn, player: &PlayerId, proof: Option<&PasswordProof>) -> Result<bool, Fault> {
    if let Some(proof) = proof {
        return proof.still_holds(conn);
    }
    let is_here = lock_player(conn, player)?;
    let known = credentials_by_id(conn, player)?;
    Ok(is_here && known.is_some_and(|known| known.password.is_none()))
}

fn overloaded(stop: Stop<HasherOverloaded>) -> PasswordWriteDenied {
    match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(SavePasswordRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}
