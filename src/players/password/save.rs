//! A player saves a password: a new one over the old, or the first.

use secrecy::SecretString;

use crate::audit::{self, Kind as Happened};
use crate::mail::{self, Kind, Letter};
use crate::platform::fault::{Fault, Stop};
use crate::platform::password::{
    Context, Overloaded, Password, PasswordRefused, StoredHash, Verdict, place_of_hash,
};
use crate::platform::throttle;
use crate::players::email::{forget_changes, forget_resets};
use crate::players::store::{change_password, credentials_by_id};
use crate::players::{TABLE, limits, record};
use crate::sessions::{self, Rotation, Started};
use crate::web::{Viewer, Visit};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum SaveRefused {
    /// The new one, by policy.
    Unfit(PasswordRefused),
    /// The present one is not right, or was changed meanwhile.
    CredentialsWrong,
    Throttled {
        retry_after: i64,
    },
    Overloaded,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

type Refused = Stop<SaveRefused>;

/// Saves `new`, ends every other session and gives this one a new id. The handler has seen to fresh proof
/// where there is no password yet; where there is one, `current` is the proof.
pub(super) async fn save(
    visit: &Visit,
    viewer: &Viewer,
    current: &SecretString,
    new: &SecretString,
) -> Result<Started, Refused> {
    let app = &visit.app;
    let player = viewer.player.id.clone();
    let new = judged(visit, viewer, new).map_err(|why| Stop::Refused(SaveRefused::Unfit(why)))?;
    let asked = player.clone();
    let known = app.db.read(move |conn| credentials_by_id(conn, &asked)).await?;
    let known = known.filter(|known| !known.is_disabled);
    let known = known.ok_or(Stop::Refused(SaveRefused::SessionEnded))?;
    if let Some(old) = &known.password {
        check(visit, viewer, old, current).await?;
    }
    let place = place_of_hash(TABLE, player.as_str(), player.as_str());
    let hash = app.passwords.hash(new, place).await.map_err(overloaded)?;
    // Typing the present password is proof of identity.
    let rotation = match known.password {
        Some(_) => Rotation::fresh(viewer, visit.now)?,
        None => Rotation::prepare(viewer)?,
    };
    let kind = if known.password.is_some() { Happened::PasswordChanged } else { Happened::PasswordSet };
    let letter = letter(visit, viewer, known.email.as_deref())?;
    let (event, started, now) = (record(visit, viewer, kind), rotation.started(), visit.now);
    let session = viewer.session.id.clone();
    app.db
        .write(move |conn| {
            if !change_password(conn, &player, known.password.as_ref(), &hash, now)? {
                return Err(Stop::Refused(SaveRefused::CredentialsWrong));
            }
            sessions::end_others(conn, &player, &session)?;
            forget_resets(conn, &player)?;
            forget_changes(conn, &player)?;
            audit::append(conn, &event)?;
            if let Some(letter) = &letter {
                mail::enqueue(conn, letter)?;
            }
            match sessions::rotate(conn, &rotation)? {
                true => Ok(()),
                false => Err(Stop::Refused(SaveRefused::SessionEnded)),
            }
        })
        .await?;
    Ok(started)
}

fn judged(visit: &Visit, viewer: &Viewer, new: &SecretString) -> Result<Password, PasswordRefused> {
    let config = &visit.app.config;
    let context = Context {
        min: config.policy.password.min,
        site: &config.site.name,
        company_words: &[],
        display_name: &viewer.player.display_name,
        email: viewer.player.email.as_deref().unwrap_or_default(),
    };
    Password::judge(new, &context)
}

/// The present password, counted before it is checked (S7, S14).
async fn check(
    visit: &Visit,
    viewer: &Viewer,
    old: &StoredHash,
    current: &SecretString,
) -> Result<(), Refused> {
    let app = &visit.app;
    let account = viewer.player.id.as_str();
    let budgets = limits::guesses(visit, viewer);
    if let throttle::Verdict::Refused { retry_after } = app.throttle.take(budgets, visit.now).await? {
        return Err(Stop::Refused(SaveRefused::Throttled { retry_after }));
    }
    match app.passwords.verify(Some(old), current).await.map_err(overloaded)? {
        Verdict::Match { .. } => {}
        verdict => {
            if verdict == Verdict::TooCostly {
                tracing::error!(player.id = account, "a stored password hash costs more than any of ours");
            }
            let event = record(visit, viewer, Happened::IdentityNotConfirmed);
            app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await?;
            return Err(Stop::Refused(SaveRefused::CredentialsWrong));
        }
    }
    Ok(app.throttle.forgive(limits::guess_id(visit, viewer)).await?)
}

/// "Your password was changed", to a player who has an address.
fn letter(visit: &Visit, viewer: &Viewer, email: Option<&str>) -> Result<Option<Letter>, Fault> {
    let Some(email) = email else { return Ok(None) };
    let args = [("name", viewer.player.display_name.as_str())];
    let (kind, reader) = (Kind::PasswordChanged, Some(&viewer.player.id));
    Letter::write(&visit.app, kind, reader, email, visit.language, &args).map(Some)
}

fn overloaded(stop: Stop<Overloaded>) -> Refused {
    match stop {
        Stop::Refused(Overloaded) => Stop::Refused(SaveRefused::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}
