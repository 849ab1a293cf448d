//! A player saves a password: a new one over the old, or the first.

use secrecy::SecretString;

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::password::forms::PasswordForm;
use crate::accounts::password::record;
use crate::accounts::players::store::{credentials_by_id, hold, set_password, set_user_name};
use crate::accounts::players::{PlayerCredentials, TABLE};
use crate::accounts::sign_in::login_attempts::{PasswordCheck, PasswordProof, check_password};
use crate::audit::{self, Kind as Happened};
use crate::outbound::mail::{self, Kind, MailMessage};
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
    /// The new one, by policy.
    Unfit(PasswordRefusal),
    /// The user name that goes with a first password.
    UserName(UserNameRefusal),
    UserNameTaken,
    /// The present one is not right, or was changed meanwhile.
    CredentialsWrong,
    Throttled {
        retry_after: i64,
    },
    Overloaded,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// The password is saved.
pub(super) struct SavedPassword {
    pub session: StartedSession,
    /// The user name that came with it, where there was nothing to type it with.
    pub user_name: Option<String>,
}

type PasswordWriteDenied = Stop<SavePasswordRefusal>;

/// Saves `new`, ends every other session and gives this one a new id. The handler has seen to fresh proof
/// where there is no password yet; where there is one, `current` is the proof (S7). A password needs a name
/// to be typed with: a player with neither address nor user name chooses one, or is given one.
pub(super) async fn save(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    form: &PasswordForm,
) -> Result<SavedPassword, PasswordWriteDenied> {
    let app = &visit.app;
    let player = viewer.player.id.clone();
    let new = judged(visit, viewer, &form.new_password)
        .map_err(|why| Stop::Refused(SavePasswordRefusal::Unfit(why)))?;
    let user_name = user_name(viewer, &form.user_name)?;
    let account = LoginAccount::of_player(app, &player).await?;
    let known = account.player().cloned().ok_or(Stop::Refused(SavePasswordRefusal::SessionEnded))?;
    let proof = match &known.password {
        Some(_) => Some(checked(visit, viewer, &account, &form.current_password).await?),
        None => None,
    };
    let place = place_of_hash(TABLE, player.as_str(), player.as_str());
    let hash = app.passwords.hash(new, place).await.map_err(overloaded)?;
    // Typing the present password is proof of identity.
    let (rotation, kind) = match proof {
        Some(_) => (SessionRotation::fresh(viewer, visit.now)?, Happened::PasswordChanged),
        None => (SessionRotation::prepare(viewer)?, Happened::PasswordSet),
    };
    let letter = letter(visit, &known)?;
    let (event, started, now) = (record(visit, viewer, kind), rotation.started(), visit.now);
    let given = user_name.as_ref().map(|name| name.as_str().to_owned());
    app.db
        .write(move |conn| {
            if !still_stands(conn, &player, proof.as_ref())? {
                return Err(Stop::Refused(SavePasswordRefusal::CredentialsWrong));
            }
            set_password(conn, &player, &hash, now)?;
            if let Some(user_name) = &user_name {
                named(conn, &player, user_name)?;
            }
            browser::end_others(conn, &player, rotation.session())?;
            crate::accounts::email::forget_resets(conn, &player)?;
            crate::accounts::email::forget_changes(conn, &player)?;
            audit::append(conn, &event)?;
            if let Some(letter) = &letter {
                mail::enqueue(conn, letter)?;
            }
            if browser::rotate(conn, &rotation)? {
                Ok(())
            } else {
                Err(Stop::Refused(SavePasswordRefusal::SessionEnded))
            }
        })
        .await?;
    Ok(SavedPassword { session: started, user_name: given })
}

/// Whether a password alone would open nothing: there is no name or address to type with it.
pub(super) fn needs_user_name(viewer: &CurrentPlayer) -> bool {
    viewer.player.email.is_none() && viewer.player.user_name.is_none()
}

fn user_name(viewer: &CurrentPlayer, typed: &str) -> Result<Option<UserName>, PasswordWriteDenied> {
    if !needs_user_name(viewer) {
        return Ok(None);
    }
    match typed.trim() {
        "" => Ok(Some(suggested_user_name(viewer)?)),
        typed => {
            UserName::parse(typed).map(Some).map_err(|why| Stop::Refused(SavePasswordRefusal::UserName(why)))
        }
    }
}

/// A user name made from the display name and four digits.
pub(super) fn suggested_user_name(viewer: &CurrentPlayer) -> Result<UserName, Fault> {
    let letters = viewer.player.display_name.to_lowercase();
    let letters: String = letters.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let stem = if letters.is_empty() { "player" } else { &letters };
    let [high, low] = random_bytes::<2>()?;
    let digits = u16::from_be_bytes([high, low]) % 10_000;
    let name = UserName::parse(&format!("{stem}-{digits:04}"));
    name.map_err(|_| Fault::broken("making a user name", "it is not one"))
}

fn named(conn: &mut Conn, player: &PlayerId, user_name: &UserName) -> Result<(), PasswordWriteDenied> {
    match set_user_name(conn, player, user_name) {
        Err(error) if is_unique_violation(&error) => Err(Stop::Refused(SavePasswordRefusal::UserNameTaken)),
        set => Ok(set?),
    }
}

fn judged(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    new: &SecretString,
) -> Result<Password, PasswordRefusal> {
    let config = &visit.app.config;
    let context = PasswordContext {
        min: config.policy.password.min,
        site: &config.site.name,
        company_words: &[],
        display_name: &viewer.player.display_name,
        email: viewer.player.email.as_deref().unwrap_or_default(),
    };
    Password::judge(new, &context)
}

/// Proof by the present password, counted before it is checked (S14).
async fn checked(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    account: &LoginAccount,
    current: &SecretString,
) -> Result<PasswordProof, PasswordWriteDenied> {
    match check_password(visit, account, current).await.map_err(overloaded)? {
        PasswordCheck::Right(proof) => Ok(proof),
        PasswordCheck::Throttled { retry_after } => {
            Err(Stop::Refused(SavePasswordRefusal::Throttled { retry_after }))
        }
        PasswordCheck::Wrong => {
            let event = record(visit, viewer, Happened::IdentityNotConfirmed);
            visit.app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await?;
            Err(Stop::Refused(SavePasswordRefusal::CredentialsWrong))
        }
    }
}

/// Whether what was found before hashing is still so: the same password, or still none. Holds the row.
fn still_stands(conn: &mut Conn, player: &PlayerId, proof: Option<&PasswordProof>) -> Result<bool, Fault> {
    if let Some(proof) = proof {
        return proof.still_holds(conn);
    }
    let is_here = hold(conn, player)?;
    let known = credentials_by_id(conn, player)?;
    Ok(is_here && known.is_some_and(|known| known.password.is_none()))
}

/// "Your password was changed", to a player who has an address.
fn letter(visit: &RequestContext, player: &PlayerCredentials) -> Result<Option<MailMessage>, Fault> {
    let Some(email) = player.email.as_deref() else { return Ok(None) };
    let args = [("name", player.display_name.as_str())];
    MailMessage::write(&visit.app, Kind::PasswordChanged, Some(&player.id), email, visit.language, &args)
        .map(Some)
}

fn overloaded(stop: Stop<HasherOverloaded>) -> PasswordWriteDenied {
    match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(SavePasswordRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}
